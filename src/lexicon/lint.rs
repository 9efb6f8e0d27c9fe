//! Whether a lexicon file is canonical: nothing twice, nothing for nothing. One way to write a file keeps files
//! comparable and phrases findable.
//!
//! Takes a file's text, gives faults with their lines. Whether the rules do what they say is
//! [`self_test`](crate::detect::self_test)'s work.

use std::collections::{BTreeSet, HashMap};

use toml::Spanned;

use super::Source;
use super::file::File;
use super::phrase::{self, Item};
use crate::{Error, Result};

/// Everything about a file that is not canonical. Fails if it cannot be read.
pub fn lint((path, text): &Source) -> Result<Vec<Error>> {
    let file = File::parse(path, text)?;
    let mut faults = Vec::new();
    for (name, members) in &file.sets {
        repeated(&file, members, &format!("set <{name}>"), &mut faults);
    }
    for rule in &file.rules {
        let id = rule.id.as_ref();
        for (what, list) in [
            ("phrases", &rule.phrases),
            ("unless", &rule.unless),
            ("unless_turn", &rule.unless_turn),
            ("after", &rule.after),
        ] {
            repeated(&file, list, &format!("`{what}` of rule `{id}`"), &mut faults);
        }
    }
    unused_sets(&file, &mut faults)?;
    Ok(faults)
}

/// Adds a fault for every entry of a list that stands there before.
fn repeated(file: &File, list: &[Spanned<String>], place: &str, faults: &mut Vec<Error>) {
    let mut lines: HashMap<&str, usize> = HashMap::new();
    for entry in list {
        let line = file.line(entry);
        if let Some(first) = lines.insert(entry.as_ref(), line) {
            let what = format!("`{}` is in {place} twice (the other is in line {first})", entry.as_ref());
            faults.push(Error::text(&file.path, line, what, "take one out"));
        }
    }
}

/// Adds a fault for every set that no phrase of the file uses, by itself or through another set.
fn unused_sets(file: &File, faults: &mut Vec<Error>) -> Result<()> {
    let mut used = BTreeSet::new();
    let read = |phrase: &Spanned<String>| {
        phrase::parse(phrase.as_ref(), &file.spellings)
            .map_err(|(what, help)| Error::text(&file.path, file.line(phrase), what, help))
    };
    for rule in &file.rules {
        let lists = [&rule.phrases, &rule.unless, &rule.unless_turn, &rule.after];
        for phrase in lists.into_iter().flatten() {
            read(phrase)?.parts.iter().for_each(|items| names_in(items, &mut used));
        }
    }
    // Sets that used sets use are used, until none is new.
    let mut open: Vec<String> = used.iter().cloned().collect();
    while let Some(name) = open.pop() {
        let mut inside = BTreeSet::new();
        for member in file.sets.get(&name).into_iter().flatten() {
            read(member)?.parts.iter().for_each(|items| names_in(items, &mut inside));
        }
        open.extend(inside.into_iter().filter(|name| used.insert(name.clone())));
    }
    for (name, members) in file.sets.iter().filter(|(name, _)| !used.contains(*name)) {
        let line = members.first().map_or(1, |member| file.line(member));
        let what = format!("no phrase uses the set <{name}>");
        faults.push(Error::text(&file.path, line, what, "use it, or take it out"));
    }
    Ok(())
}

/// Adds the names of the sets in a sequence.
fn names_in(items: &[Item], names: &mut BTreeSet<String>) {
    for item in items {
        match item {
            Item::Set(name) => {
                names.insert(name.clone());
            }
            Item::Optional(inner) => names_in(inner, names),
            Item::Choice(alternatives) => alternatives.iter().for_each(|items| names_in(items, names)),
            Item::Word(_) | Item::Prefix(_) | Item::Number(..) | Item::Gap(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lint;

    fn faults(text: &str) -> Vec<String> {
        lint(&("x.toml".into(), text.to_string())).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_stands_twice_and_what_nobody_uses_is_said_with_its_line() {
        let text = "language = \"en\"\n[sets]\na = [\"x\", \"<b>\", \"x\"]\nb = [\"y\"]\nc = [\"z\"]\n[[rule]]\n\
                    id = \"r\"\nkind = \"repeat\"\nphrases = [\n\"<a> q\",\n\"<a> q\",\n]\n";
        let found = faults(text);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(
            found[0].starts_with("x.toml:3: `x` is in set <a> twice (the other is in line 3)"),
            "{found:?}"
        );
        assert!(found[1].starts_with("x.toml:11: `<a> q` is in `phrases` of rule `r` twice"), "{found:?}");
        assert!(found[2].starts_with("x.toml:5: no phrase uses the set <c>"), "{found:?}");
    }

    #[test]
    fn a_canonical_file_has_no_faults() {
        let text = "language = \"en\"\n[sets]\na = [\"x\"]\n[[rule]]\nid = \"r\"\nkind = \"repeat\"\nphrases = [\"<a> q\"]\n";
        assert!(faults(text).is_empty());
    }
}
