//! The self-test of lexicons: every rule is tried on its own examples and near misses.
//!
//! Takes loaded files, gives a list of faults as `file:line: what: help`. The test-suite runs it on the built-in
//! files; `recontact lexicon check` runs it on the user's.

use super::{Cue, Detector, Scratch};
use crate::interaction::Speaker;
use crate::lexicon::{Example, Lexicon, Rule, RuleSpeaker};
use crate::{Error, Result};

/// Everything that is wrong with the rules of `lexicon`, in the order of the files. Fails only if the rules cannot
/// be compiled at all.
pub fn check(lexicon: &Lexicon) -> Result<Vec<Error>> {
    let detector = Detector::new(lexicon)?;
    let mut scratch = Scratch::default();
    let mut faults = Vec::new();
    for (index, rule) in lexicon.rules.iter().enumerate() {
        for example in rule.examples.iter().chain(&rule.non_examples) {
            let cues = detector.cues(&example.text, speaker(rule), &mut scratch);
            let own: Vec<&Cue> = cues.iter().filter(|cue| cue.rule == index).collect();
            faults.extend(fault(lexicon, rule, example, &cues, &own));
        }
    }
    Ok(faults)
}

fn speaker(rule: &Rule) -> Speaker {
    match rule.speaker {
        RuleSpeaker::Agent => Speaker::Agent,
        RuleSpeaker::Customer | RuleSpeaker::Any => Speaker::Customer,
    }
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
            all.iter().map(|cue| format!("`{}` on `{}`", lexicon.rules[cue.rule].id, show(cue))).collect();
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

#[cfg(test)]
mod tests {
    use super::check;
    use crate::lexicon::Lexicon;

    #[test]
    fn every_built_in_rule_fires_on_its_examples_and_on_none_of_its_near_misses() {
        let lexicon = Lexicon::with_user_files(&[]).unwrap();
        let faults: Vec<String> = check(&lexicon).unwrap().iter().map(ToString::to_string).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(lexicon.languages.len() >= 4);
    }

    fn faults(examples: &str) -> Vec<String> {
        let text = format!(
            "language = \"en\"\n[numerals]\nordinal = {{ 3 = [\"third\"] }}\n[[rule]]\nid = \"nth\"\nkind = \"repeat\"\n\
             phrases = [\"{{ordinal}} time [that] i call\"]\n{examples}"
        );
        let lexicon = Lexicon::from_sources(&[("x.toml".into(), text)]).unwrap();
        check(&lexicon).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn examples_that_hold_say_nothing() {
        let examples = "examples = [{ text = \"the >>THIRD time I call<<!\", stated = 3 }]\nnon_examples = [\"third time\"]";
        assert_eq!(faults(examples), Vec::<String>::new());
    }

    #[test]
    fn an_example_that_does_not_fire_is_a_fault() {
        let found = faults("examples = [\"the >>fourth time i call<<\"]\nnon_examples = [\"third time\"]");
        assert!(
            found[0].starts_with("x.toml:8: rule `nth` does not fire on `fourth time i call`"),
            "{found:?}"
        );
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
}
