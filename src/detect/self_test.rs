//! The self-test of lexicons: every rule is tried on its own examples and near misses.
//!
//! Takes loaded files, gives a list of faults as `file:line: what: help`. The test-suite runs it on the built-in
//! files; `recontact lexicon check` runs it on the user's.

use std::collections::HashSet;

use super::{Cue, Detector, Scratch, Utterance};
use crate::interaction::Speaker;
use crate::lexicon::{Example, Language, Lexicon, REPEAT, Rule, RuleIndex, RuleSpeaker, lint};
use crate::{Error, Result};

/// The fewest examples of a rule: one alone is often the sentence that the phrase was made from.
const FEWEST_EXAMPLES: usize = 2;

/// Everything that is wrong with the rules of `lexicon`, in the order of the files. Fails only if the rules cannot
/// be compiled at all.
pub fn check(lexicon: &Lexicon) -> Result<Vec<Error>> {
    let detector = Detector::new(lexicon)?;
    let mut scratch = Scratch::default();
    let mut faults = Vec::new();
    for source in lexicon.languages.iter().flat_map(Language::sources) {
        faults.extend(lint(source)?);
    }
    for (index, rule) in lexicon.rules() {
        for example in rule.examples.iter().chain(&rule.non_examples) {
            let turns = turns(rule, example);
            let cues = detector.cues_in_language(index.language, &turns, &mut scratch);
            let own: Vec<&Cue> = cues.iter().filter(|cue| cue.rule == index).collect();
            faults.extend(fault(lexicon, rule, example, &cues, &own));
            faults.extend(example.span.and_then(|_| unlisted(lexicon, index, example, &cues)));
            let everywhere = detector.contact(&turns, None, &mut scratch).turns.pop().unwrap_or_default();
            faults.extend(foreign(lexicon, index, example, &cues, &everywhere));
        }
        faults.extend(few_examples(rule));
        faults.extend(idle_phrases(&detector, index, rule, &mut scratch));
    }
    Ok(faults)
}

/// The example as a contact: the turn before, if there is one, and its own.
fn turns<'e>(rule: &Rule, example: &'e Example) -> Vec<Utterance<'e>> {
    let (speaker, other) = match rule.speaker {
        RuleSpeaker::Agent => (Speaker::Agent, Speaker::Customer),
        RuleSpeaker::Customer | RuleSpeaker::Any => (Speaker::Customer, Speaker::Agent),
    };
    let before = example.before.iter().map(|text| Utterance { speaker: other, text });
    before.chain([Utterance { speaker, text: &example.text }]).collect()
}

/// What is wrong with one example, if anything.
fn fault(lexicon: &Lexicon, rule: &Rule, example: &Example, all: &[Cue], own: &[&Cue]) -> Option<Error> {
    let say = |what: String, help: &str| Some(Error::text(&example.path, example.line, what, help));
    let show = |cue: &Cue| &example.text[cue.start..cue.end];
    let text = &example.text;
    let Some((start, end)) = example.span else {
        let cue = own.first()?;
        return say(
            format!("rule `{}` fires on `{}` in its non_example `{text}`", rule.id, show(cue)),
            "make the phrase narrower, or add an `unless` phrase",
        );
    };
    let Some(cue) = own.iter().find(|cue| (cue.start, cue.end) == (start, end)) else {
        let others: Vec<String> =
            all.iter().map(|cue| format!("`{}` on `{}`", lexicon.rule(cue.rule).id, show(cue))).collect();
        let found = if others.is_empty() {
            "nothing fires".to_string()
        } else {
            format!("fires: {}", others.join(", "))
        };
        return say(
            format!(
                "rule `{}` does not fire on `{}` in its example `{text}` ({found})",
                rule.id,
                &text[start..end]
            ),
            "add a phrase, or move the >>marks<< to what the rule finds",
        );
    };
    if cue.stated_contacts != example.stated {
        let number = |n: Option<u32>| n.map_or("none".to_string(), |n| n.to_string());
        return say(
            format!(
                "rule `{}` states {} contacts where its example `{text}` says {}",
                rule.id,
                number(cue.stated_contacts),
                number(example.stated)
            ),
            "set `stated` of the rule, or of the example",
        );
    }
    None
}

/// Another rule of the same kind and language that an example fires too, and that its rule does not list.
fn unlisted(lexicon: &Lexicon, index: RuleIndex, example: &Example, cues: &[Cue]) -> Option<Error> {
    let rule = lexicon.rule(index);
    let other = cues.iter().find(|cue| {
        let other = lexicon.rule(cue.rule);
        let is_other = cue.rule != index && cue.rule.language == index.language && other.kind == rule.kind;
        is_other && !rule.beside.contains_key(&other.id)
    })?;
    let id = &lexicon.rule(other.rule).id;
    let what = format!("rule `{id}` fires too, on `{}`", &example.text[other.start..other.end]);
    let help = format!("shorten the example, or say why: beside = {{ {id} = \"…\" }} of rule `{}`", rule.id);
    Some(Error::text(&example.path, example.line, what, help))
}

/// A rule of another language that fires on an example in which its own language has nothing of that kind.
fn foreign(
    lexicon: &Lexicon,
    index: RuleIndex,
    example: &Example,
    own: &[Cue],
    everywhere: &[Cue],
) -> Option<Error> {
    let kind = |cue: &Cue| &lexicon.rule(cue.rule).kind;
    let cue = everywhere.iter().find(|cue| {
        let is_of_kind = kind(cue) == REPEAT || *kind(cue) == lexicon.rule(index).kind;
        let is_foreign = cue.rule.language != index.language && own.iter().all(|own| kind(own) != kind(cue));
        is_of_kind && is_foreign
    })?;
    let tag = |rule: RuleIndex| &lexicon.languages[usize::from(rule.language)].tag;
    let rule = lexicon.rule(cue.rule);
    let what = format!(
        "rule `{}` of {} fires on `{}` in a text of {} that says nothing of the kind (line {} of {}): `{}`",
        rule.id,
        tag(cue.rule),
        &example.text[cue.start..cue.end],
        tag(index),
        example.line,
        example.path.display(),
        example.text
    );
    Some(Error::text(&rule.path, rule.line, what, "make its phrases narrower: people mix languages"))
}

fn few_examples(rule: &Rule) -> Option<Error> {
    (rule.examples.len() < FEWEST_EXAMPLES).then(|| {
        let what = format!("rule `{}` has one example", rule.id);
        Error::text(&rule.path, rule.line, what, "add another, of another make: two are the least")
    })
}

/// Phrases that no example of their rule exercises: nobody knows whether they do what they are for.
fn idle_phrases(detector: &Detector, index: RuleIndex, rule: &Rule, scratch: &mut Scratch) -> Vec<Error> {
    let mut exercised = HashSet::new();
    for example in &rule.examples {
        exercised.extend(detector.phrases_matching(index, &turns(rule, example), scratch));
    }
    let idle = rule.phrases.iter().enumerate().filter(|(at, _)| !exercised.contains(at));
    idle.map(|(_, phrase)| {
        let what = format!("no example of rule `{}` exercises its phrase `{}`", rule.id, phrase.source);
        Error::text(&rule.path, phrase.line, what, "add an example that it matches, or take the phrase out")
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::lexicon::Lexicon;

    #[test]
    fn every_built_in_rule_fires_on_its_examples_and_on_none_of_its_near_misses() {
        let lexicon = Lexicon::with_user_files(&[]).unwrap();
        let faults: Vec<String> = check(&lexicon).unwrap().iter().map(ToString::to_string).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(lexicon.languages.len() >= 32);
    }

    fn faults(examples: &str) -> Vec<String> {
        let text = format!(
            "language = \"en\"\n[numerals]\nordinal = {{ 3 = [\"third\"], 4 = [\"fourth\"] }}\n[[rule]]\nid = \"nth\"\nkind = \"repeat\"\n\
             phrases = [\"{{ordinal}} time [that] i call\"]\n{examples}"
        );
        let lexicon = Lexicon::from_sources(&[("x.toml".into(), text)]).unwrap();
        check(&lexicon).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn examples_that_hold_say_nothing() {
        let examples = "examples = [{ text = \"the >>THIRD time I call<<!\", stated = 3 }, { text = \">>fourth time I call<<\", stated = 4 }]\nnon_examples = [\"third time\"]";
        assert_eq!(faults(examples), Vec::<String>::new());
    }

    #[test]
    fn an_example_that_does_not_fire_is_a_fault() {
        let found = faults(
            "examples = [\"the >>fifth time i call<<\", { text = \">>third time i call<<\", stated = 3 }]\nnon_examples = [\"third time\"]",
        );
        assert!(
            found[0].starts_with("x.toml:8: rule `nth` does not fire on `fifth time i call`"),
            "{found:?}"
        );
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_wrong_mark_a_wrong_number_and_a_false_alarm_are_faults() {
        let found = faults(
            "examples = [\"the >>third time<< i call\", \">>third time i call<<\"]\nnon_examples = [\"third time that i call\"]",
        );
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found[0].contains("`nth` on `third time i call`"), "{found:?}");
        assert!(
            found[1].contains("states 3 contacts where its example `third time i call` says none"),
            "{found:?}"
        );
        assert!(found[2].contains("fires on `third time that i call`"), "{found:?}");
    }

    #[test]
    fn a_single_example_and_a_phrase_that_none_exercises_are_faults() {
        let found = faults("examples = [\"the >>first<< call\"]\nnon_examples = [\"third time\"]");
        assert!(found[1].contains("rule `nth` has one example"), "{found:?}");
        assert!(
            found[2].starts_with("x.toml:7: no example of rule `nth` exercises its phrase `{ordinal} time"),
            "{found:?}"
        );
    }
}
