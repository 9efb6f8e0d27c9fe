//! From lexicon files to rules: sets put in their places, user's rules over built-in ones, every fault with its line.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use toml::Spanned;

use super::file::{File, FileExample, FileRule, TableExample};
use super::phrase::{self, Item, Tree};
use super::rule::{Example, Phrase, Rule};
use super::{Rules, Source};
use crate::text::script::{Script, scripts_of_language};
use crate::text::{Numerals, fold};
use crate::{Error, Result};

/// Sets of one language by name, already as trees.
type Sets = BTreeMap<String, Set>;

/// A set with the sets that it names put in.
#[derive(Clone)]
struct Set {
    members: Arc<Vec<Vec<Item>>>,
    extent: Extent,
}

/// How much a phrase or a set is when the sets that it names are written out.
#[derive(Clone, Copy, Default)]
struct Extent {
    word_count: usize,
    depth: usize,
}

/// A few sets that name each other twice stand for more than a memory holds; real ones stay below a fifth of this.
const MOST_WORDS: usize = 200_000;

/// Sets within sets, so deep.
const DEEPEST: usize = 16;

/// Loads the files of one language, then `user` files, whose rules replace or extend rules of the same id.
pub(super) fn load(built_in: &[Source], user: &[Source]) -> Result<Rules> {
    let mut rules = Rules::default();
    let mut sets = Sets::new();
    for (source, is_user) in built_in.iter().map(|s| (s, false)).chain(user.iter().map(|s| (s, true))) {
        let (path, text) = source;
        let file = File::parse(path, text)?;
        add_words(&file, &mut rules, &mut sets)?;
        for rule in &file.rules {
            let rule = resolve(&file, rule, &mut sets)?;
            place(&mut rules.rules, rule, &file, is_user)?;
        }
    }
    Ok(rules)
}

/// The language and the scripts of a file, from the keys before its first table: the rest is not read.
pub(super) fn header((path, text): &Source) -> Result<(String, Vec<Script>)> {
    #[derive(serde::Deserialize)]
    struct Header {
        language: String,
        scripts: Option<Vec<Script>>,
    }
    let end = if text.starts_with('[') { 0 } else { text.find("\n[").map_or(text.len(), |at| at + 1) };
    match toml::from_str::<Header>(&text[..end]) {
        Ok(Header { language, scripts }) => {
            let scripts = scripts.unwrap_or_else(|| scripts_of_language(&language));
            Ok((language, scripts))
        }
        // Reading the whole file says better what is wrong, and where.
        Err(fault) => File::parse(path, text).and_then(|_| {
            let help = "write language = \"en\" as the first key of the file";
            Err(Error::text(path, 1, fault.message().trim().replace('\n', " "), help))
        }),
    }
}

/// Adds the file's fillers, numerals and sets.
fn add_words(file: &File, rules: &mut Rules, sets: &mut Sets) -> Result<()> {
    let spelled = |word: &String| [folded(word), folded(&phrase::respelled(word, &file.spellings))];
    rules.fillers.extend(file.fillers.iter().flat_map(spelled));
    rules.proclitics.extend(file.proclitics.iter().map(|letters| folded(letters)));
    rules.not_typos.extend(file.not_typos.iter().map(|word| folded(word)));
    add_numerals(&mut rules.numerals, file)?;
    let mut own = Sets::new();
    for name in file.sets.keys() {
        set_of(file, name, &mut Known { own: &mut own, earlier: sets }, &mut Vec::new())?;
    }
    sets.extend(own);
    Ok(())
}

fn add_numerals(numerals: &mut Numerals, file: &File) -> Result<()> {
    let (path, spellings, file) = (&file.path, &file.spellings, &file.numerals);
    let add = |into: &mut HashMap<String, u32>, from: &BTreeMap<String, Vec<String>>| -> Result<()> {
        for (value, words) in from {
            let value = value.parse().map_err(|_| {
                Error::text(path, 1, format!("numeral `{value}` is no number"), "write it as 3 = [\"three\"]")
            })?;
            for word in words {
                into.insert(folded(word), value);
                into.insert(folded(&phrase::respelled(word, spellings)), value);
            }
        }
        Ok(())
    };
    add(&mut numerals.cardinal, &file.cardinal)?;
    add(&mut numerals.ordinal, &file.ordinal)?;
    add(&mut numerals.times, &file.times)?;
    numerals.ordinal_suffixes.extend(file.ordinal_suffixes.iter().map(|suffix| folded(suffix)));
    numerals.joiners.extend(file.joiners.iter().map(|joiner| folded(joiner)));
    if file.ordinal_prefix.is_some() {
        numerals.ordinal_prefix = file.ordinal_prefix.as_deref().map(folded);
    }
    Ok(())
}

fn folded(word: &str) -> String {
    fold(word).text().trim().to_string()
}

/// The sets that a file may use: its own, as far as they are looked up, and those of earlier files of the language.
struct Known<'a> {
    own: &'a mut Sets,
    earlier: &'a Sets,
}

/// Looks up a set of `file`, with the sets that it names put in. `open` are the sets being looked up.
fn set_of(file: &File, name: &str, known: &mut Known, open: &mut Vec<String>) -> Result<Set> {
    if let Some(set) = known.own.get(name) {
        return Ok(set.clone());
    }
    open.push(name.to_string());
    let (mut members, mut extent) = (Vec::new(), Extent::default());
    for member in &file.sets[name] {
        let items =
            phrase::parse_sequence(member.as_ref(), &file.spellings).map_err(at_line(file, member))?;
        members.push(expand(items, file, file.line(member), known, open, &mut extent)?);
    }
    open.pop();
    let set = Set { members: Arc::new(members), extent };
    known.own.insert(name.to_string(), set.clone());
    Ok(set)
}

/// Puts the members of sets in the place of their names; adds to `extent` what that makes.
fn expand(
    items: Vec<Item>,
    file: &File,
    line: usize,
    known: &mut Known,
    open: &mut Vec<String>,
    extent: &mut Extent,
) -> Result<Vec<Item>> {
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        extent.word_count += 1;
        out.push(match item {
            Item::Optional(inner) => Item::Optional(expand(inner, file, line, known, open, extent)?),
            Item::Choice(inner) => {
                let alternatives = Arc::unwrap_or_clone(inner).into_iter();
                let inner: Result<Vec<_>> =
                    alternatives.map(|i| expand(i, file, line, known, open, extent)).collect();
                Item::Choice(inner?.into())
            }
            Item::Set(name) => {
                let set = named(file, line, &name, known, open)?;
                extent.word_count += set.extent.word_count;
                extent.depth = extent.depth.max(set.extent.depth + 1);
                extent.check(file, line)?;
                Item::Choice(set.members)
            }
            other => other,
        });
    }
    Ok(out)
}

/// The set of a name, of the file or of an earlier one.
fn named(file: &File, line: usize, name: &str, known: &mut Known, open: &mut Vec<String>) -> Result<Set> {
    if open.iter().any(|open| open == name) {
        let what = format!("set <{name}> contains itself");
        return Err(Error::text(&file.path, line, what, "take it out"));
    }
    if known.own.contains_key(name) || file.sets.contains_key(name) {
        // What is looked up within what is looked up must end before the stack does.
        Extent { word_count: 0, depth: open.len() }.check(file, line)?;
        return set_of(file, name, known, open);
    }
    known.earlier.get(name).cloned().ok_or_else(|| unknown_set(file, line, name, known.own))
}

impl Extent {
    fn check(self, file: &File, line: usize) -> Result<()> {
        let fault = |what: String, help: &str| Err(Error::text(&file.path, line, what, help));
        if self.depth > DEEPEST {
            return fault(
                format!("sets within sets, more than {DEEPEST} deep"),
                "write the words of some of them out",
            );
        }
        if self.word_count > MOST_WORDS {
            return fault(
                format!("with its sets written out this has over {MOST_WORDS} words"),
                "name fewer sets in one phrase, or smaller ones",
            );
        }
        Ok(())
    }
}

fn unknown_set(file: &File, line: usize, name: &str, known: &Sets) -> Error {
    let names = file.sets.keys().chain(known.keys());
    let nearest = names.max_by(|a, b| strsim::jaro(a, name).total_cmp(&strsim::jaro(b, name)));
    let help = match nearest {
        Some(nearest) => format!("add it under [sets], or did you mean <{nearest}>?"),
        None => "add it under [sets]".to_string(),
    };
    Error::text(&file.path, line, format!("there is no set <{name}>"), help)
}

/// The fault of a phrase as an error with its place.
fn at_line(file: &File, phrase: &Spanned<String>) -> impl FnOnce(phrase::Fault) -> Error {
    move |(what, help)| Error::text(&file.path, file.line(phrase), what, help)
}

fn resolve(file: &File, rule: &FileRule, sets: &mut Sets) -> Result<Rule> {
    // The file's own sets are among those of the language by now; looking them up there saves reading them again.
    let earlier = Sets::new();
    let mut put_in = |phrase: &Spanned<String>, tree: Tree| -> Result<Phrase> {
        let line = file.line(phrase);
        let mut known = Known { own: sets, earlier: &earlier };
        let (parts, mut extent) = (tree.parts.into_iter(), Extent::default());
        let parts = parts.map(|items| expand(items, file, line, &mut known, &mut Vec::new(), &mut extent));
        let (parts, is_turn_start) = (parts.collect::<Result<_>>()?, tree.is_turn_start);
        Ok(Phrase { source: phrase.as_ref().clone(), parts, is_turn_start, line })
    };
    let mut phrases = |from: &[Spanned<String>]| -> Result<Vec<Phrase>> {
        let trees = from.iter().map(|phrase| {
            let tree = phrase::parse(phrase.as_ref(), &file.spellings).map_err(at_line(file, phrase))?;
            put_in(phrase, tree)
        });
        trees.collect()
    };
    let fire = phrases(&rule.phrases)?;
    let mut sequences = |from: &[Spanned<String>]| -> Result<Vec<Phrase>> {
        let trees = from.iter().map(|phrase| {
            let items =
                phrase::parse_sequence(phrase.as_ref(), &file.spellings).map_err(at_line(file, phrase))?;
            put_in(phrase, Tree { parts: vec![items], is_turn_start: false })
        });
        trees.collect()
    };
    let fault = |what: &str, help: &str| {
        Err(Error::text(&file.path, file.line(&rule.id), format!("rule `{}` {what}", rule.id.as_ref()), help))
    };
    if rule.phrases.is_empty() && !rule.extends {
        return fault("has no phrases", "add phrases = [\"…\"]");
    }
    if rule.examples.is_empty() && !rule.extends {
        return fault(
            "has no examples",
            "add examples = [\"… >>words that fire it<< …\"]: they are its test",
        );
    }
    if rule.non_examples.is_empty() && !rule.extends {
        return fault("has no non_examples", "add non_examples = [\"…\"]: near misses that must not fire it");
    }
    Ok(Rule {
        id: rule.id.as_ref().clone(),
        kind: rule.kind.clone(),
        about: rule.about.clone(),
        speaker: rule.speaker,
        priority: rule.priority,
        stated: rule.stated,
        after: sequences(&rule.after)?,
        phrases: fire,
        unless: sequences(&rule.unless)?,
        unless_turn: sequences(&rule.unless_turn)?,
        beside: rule.beside.clone(),
        examples: rule.examples.iter().map(|e| example(file, e)).collect::<Result<_>>()?,
        non_examples: rule.non_examples.iter().map(|text| non_example(file, text)).collect(),
        path: file.path.clone(),
        line: file.line(&rule.id),
    })
}

impl FileExample {
    fn text(&self) -> &str {
        match self {
            FileExample::Text(text) | FileExample::Table(TableExample { text, .. }) => text,
        }
    }

    fn before(&self) -> Option<String> {
        match self {
            FileExample::Text(_) => None,
            FileExample::Table(table) => table.before.clone(),
        }
    }

    fn stated(&self) -> Option<u32> {
        match self {
            FileExample::Text(_) => None,
            FileExample::Table(table) => table.stated,
        }
    }
}

/// Takes the `>>marks<<` out of an example.
fn example(file: &File, example: &Spanned<FileExample>) -> Result<Example> {
    let line = file.line(example);
    let marked = example.as_ref().text();
    let parts = marked.split_once(">>").and_then(|(before, rest)| Some((before, rest.split_once("<<")?)));
    let Some((before, (inside, after))) = parts.filter(|(_, (inside, _))| !inside.is_empty()) else {
        return Err(Error::text(
            &file.path,
            line,
            format!("the example `{marked}` does not mark what fires the rule"),
            "put the words between >> and <<",
        ));
    };
    Ok(Example {
        text: format!("{before}{inside}{after}"),
        before: example.as_ref().before(),
        span: Some((before.len(), before.len() + inside.len())),
        stated: example.as_ref().stated(),
        path: file.path.clone(),
        line,
    })
}

fn non_example(file: &File, example: &Spanned<FileExample>) -> Example {
    Example {
        text: example.as_ref().text().to_string(),
        before: example.as_ref().before(),
        span: None,
        stated: None,
        path: file.path.clone(),
        line: file.line(example),
    }
}

/// Adds `rule`, or puts it over the rule of the same language and id if it is the user's.
fn place(rules: &mut Vec<Rule>, rule: Rule, file: &File, is_user: bool) -> Result<()> {
    let extends = file.rules.iter().any(|r| r.id.as_ref() == &rule.id && r.extends);
    let known = rules.iter_mut().find(|known| known.id == rule.id);
    match known {
        None if extends => Err(Error::text(
            &rule.path,
            rule.line,
            format!("rule `{}` extends nothing: {} has no such rule", rule.id, file.language),
            "leave out `extends`, or see `recontact lexicon list` for the ids",
        )),
        None => {
            rules.push(rule);
            Ok(())
        }
        Some(known) if !is_user || known.path == rule.path => Err(Error::text(
            &rule.path,
            rule.line,
            format!(
                "rule `{}` is there twice (the other is at {}:{})",
                rule.id,
                known.path.display(),
                known.line
            ),
            "give it another id",
        )),
        Some(known) if extends => {
            known.after.extend(rule.after);
            known.beside.extend(rule.beside);
            known.phrases.extend(rule.phrases);
            known.unless.extend(rule.unless);
            known.unless_turn.extend(rule.unless_turn);
            known.examples.extend(rule.examples);
            known.non_examples.extend(rule.non_examples);
            Ok(())
        }
        Some(known) => {
            *known = rule;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, load};
    use crate::lexicon::Source;

    fn source(name: &str, text: &str) -> Source {
        (name.into(), text.to_string())
    }

    const RULE: &str = r#"
language = "en"
[sets]
called = ["called", "rang <you>"]
you = ["you", "ye"]
[[rule]]
id = "again"
kind = "repeat"
phrases = ["<called> again"]
examples = ["i >>rang ye again<< today"]
non_examples = ["again"]
"#;

    #[track_caller]
    fn fails(text: &str, expected: &str) {
        let error = load(&[source("x.toml", text)], &[]).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn sets_may_use_sets_and_examples_lose_their_marks() {
        let lexicon = load(&[source("x.toml", RULE)], &[]).unwrap();
        let rule = &lexicon.rules[0];
        assert_eq!(rule.line, 7);
        assert!(matches!(&rule.phrases[0].parts[0][0], Item::Choice(members) if members.len() == 2));
        assert_eq!(rule.examples[0].text, "i rang ye again today");
        assert_eq!(rule.examples[0].span, Some((2, 15)));
    }

    #[test]
    fn faults_are_said_with_file_line_and_remedy() {
        fails(
            &RULE.replace("<called> again", "<caled> again"),
            "x.toml:9: there is no set <caled>: add it under [sets], or did you mean <called>?",
        );
        fails(
            &RULE.replace("<called> again", "(called again"),
            "x.toml:9: `(called again` has no closing `)`",
        );
        fails(&RULE.replace(">>", ""), "x.toml:10: the example `i rang ye again<< today` does not mark");
        fails(
            &RULE.replace("examples = [\"again\"]", "examples = []"),
            "x.toml:7: rule `again` has no non_examples",
        );
        fails(&RULE.replace("\"ye\"", "\"<called>\""), "x.toml:5: set <called> contains itself");
        fails(&RULE.replace("kind", "knid"), "x.toml:8: unknown field `knid`");
        fails(
            &format!("{RULE}{}", &RULE[RULE.find("[[rule]]").unwrap()..]),
            "x.toml:13: rule `again` is there twice",
        );
    }

    /// Sets `s0` to `s{count}`, each of which names the next as `member` says.
    fn sets(count: usize, member: fn(usize) -> String) -> String {
        let sets: String = (0..count).map(|at| format!("s{at} = [\"{}\"]\n", member(at + 1))).collect();
        let rule = RULE.replace("<called> again", "<s0> again");
        rule.replace("[sets]\n", &format!("[sets]\n{sets}s{count} = [\"rang\"]\n"))
    }

    #[test]
    fn sets_that_grow_without_bound_are_refused() {
        let chain = |count| sets(count, |next| format!("<s{next}>"));
        fails(&chain(17), "x.toml:20: sets within sets, more than 16 deep: write the words");
        fails(&chain(40_000), "x.toml:");
        load(&[source("x.toml", &chain(15))], &[]).unwrap();
        // With the names of sets counted, s2 has 147,621 words and s1, of which it is a third, 442,866.
        let tripled = sets(12, |next| format!("<s{next}> <s{next}> <s{next}>"));
        fails(&tripled, "x.toml:5: with its sets written out this has over 200000 words: name fewer sets");
    }

    #[test]
    fn a_users_rule_replaces_the_built_in_one_or_extends_it() {
        let built_in = [source("x.toml", RULE)];
        let user = RULE.replace("\"<called> again\"", "\"back again\"");
        let lexicon = load(&built_in, &[source("user.toml", &user)]).unwrap();
        assert_eq!(lexicon.rules.len(), 1);
        assert_eq!(lexicon.rules[0].phrases[0].source, "back again");
        let user = user.replace("kind =", "extends = true\nkind =");
        let lexicon = load(&built_in, &[source("user.toml", &user)]).unwrap();
        assert_eq!(lexicon.rules[0].phrases.len(), 2);
    }
}
