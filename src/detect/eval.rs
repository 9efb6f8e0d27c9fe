//! How good the lexicons are on texts that people labelled: precision, recall and F1 per language, counts per kind of
//! statement and per rule.
//!
//! Takes labelled texts (one JSON object a line), gives counts and every miss and false alarm. A text counts as
//! found when it has a cue of kind `repeat`; its language is taken as declared, unless that is asked not to be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Cue, Detector, Scratch, Utterance};
use crate::error::read_text;
use crate::interaction::Speaker;
use crate::lexicon::{Lexicon, REPEAT};
use crate::{Error, Result};

/// One text with the truth about it.
#[derive(Debug, Clone, Deserialize)]
pub struct Labelled {
    /// For lists of misses.
    #[serde(default)]
    pub id: String,
    /// BCP 47 tag.
    pub lang: String,
    /// 1: the speaker says that they contacted the company before about the issue.
    pub label: u8,
    /// The kind of statement, for breakdowns.
    #[serde(default)]
    pub kind: String,
    /// The number of contacts that the words state, this one included.
    #[serde(default)]
    pub stated_contacts: Option<u32>,
    /// Who speaks, where known.
    #[serde(default)]
    pub speaker: Option<Speaker>,
    /// The text.
    pub text: String,
}

/// Counts of one language (or of all).
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Quality {
    /// Labelled 1 and found.
    pub true_positive_count: u64,
    /// Labelled 0 and found.
    pub false_positive_count: u64,
    /// Labelled 1 and not found.
    pub false_negative_count: u64,
    /// Labelled 0 and not found.
    pub true_negative_count: u64,
    /// Found texts whose label states a number of contacts.
    pub stated_count: u64,
    /// Of those, the ones in which the largest number found is the stated one.
    pub stated_right_count: u64,
}

impl Quality {
    /// Share of the found texts that are labelled 1; none without any.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.true_positive_count, self.true_positive_count + self.false_positive_count)
    }

    /// Share of the texts labelled 1 that are found; none without any.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.true_positive_count, self.true_positive_count + self.false_negative_count)
    }

    /// Share of the texts that are rightly found or rightly not; none without any.
    pub fn accuracy(&self) -> Option<f64> {
        ratio(self.true_positive_count + self.true_negative_count, self.text_count())
    }

    /// How many texts there are.
    pub fn text_count(&self) -> u64 {
        self.true_positive_count
            + self.false_positive_count
            + self.false_negative_count
            + self.true_negative_count
    }

    /// Harmonic mean of precision and recall: 2·TP ÷ (2·TP + FP + FN).
    pub fn f1(&self) -> Option<f64> {
        let twice = 2 * self.true_positive_count;
        ratio(twice, twice + self.false_positive_count + self.false_negative_count)
    }

    fn add(&mut self, labelled: &Labelled, repeats: &[Cue]) {
        *match (labelled.label == 1, !repeats.is_empty()) {
            (true, true) => &mut self.true_positive_count,
            (true, false) => &mut self.false_negative_count,
            (false, true) => &mut self.false_positive_count,
            (false, false) => &mut self.true_negative_count,
        } += 1;
        if labelled.label == 1 && labelled.stated_contacts.is_some() && !repeats.is_empty() {
            let found = repeats.iter().filter_map(|cue| cue.stated_contacts).max();
            self.stated_count += 1;
            self.stated_right_count += u64::from(found == labelled.stated_contacts);
        }
    }
}

fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// How many texts of a kind of statement were found.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Found {
    /// Texts.
    pub text_count: u64,
    /// Of those, the ones with a cue of kind `repeat`.
    pub found_count: u64,
}

/// How often a rule was wrong.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct RuleQuality {
    /// Texts with a cue of the rule.
    pub found_count: u64,
    /// Of those, the ones that are labelled 0.
    pub false_positive_count: u64,
}

/// What an evaluation found.
#[derive(Debug, Default)]
pub struct Evaluation {
    /// By language tag.
    pub languages: BTreeMap<String, Quality>,
    /// By label and kind of statement, where the texts say it.
    pub kinds: BTreeMap<(u8, String), Found>,
    /// By language and id, rules of kind `repeat` that fired.
    pub rules: BTreeMap<(String, String), RuleQuality>,
    /// All languages together.
    pub overall: Quality,
    /// Texts labelled 1 without a cue.
    pub misses: Vec<Labelled>,
    /// Found texts whose number of contacts is another than the labelled one, with the one found.
    pub wrong_numbers: Vec<(Labelled, Option<u32>)>,
    /// Texts labelled 0 with the cues found in them.
    pub false_alarms: Vec<(Labelled, Vec<Cue>)>,
}

/// The longest file of labelled texts, in bytes: it is held whole.
const MAX_LABELLED_BYTES: u64 = 256 << 20;

/// Reads labelled texts: one JSON object a line with `lang`, `label` and `text`.
pub fn read(path: &Path) -> Result<Vec<Labelled>> {
    let text = read_text(path, MAX_LABELLED_BYTES)?;
    let help = "write {\"lang\":\"en\",\"label\":1,\"text\":\"…\"}";
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|fault| Error::text(path, at + 1, fault.to_string(), help))
        })
        .collect()
}

/// Tries `detector` on every text, whose language is declared to it or not.
pub fn evaluate(lexicon: &Lexicon, detector: &Detector, texts: &[Labelled], is_declared: bool) -> Evaluation {
    let mut evaluation = Evaluation::default();
    let mut scratch = Scratch::default();
    for labelled in texts {
        let speaker = labelled.speaker.unwrap_or_default();
        let turn = [Utterance { speaker, text: &labelled.text }];
        let declared = Some(labelled.lang.as_str()).filter(|_| is_declared);
        let mut cues = detector.contact(&turn, declared, &mut scratch).turns.concat();
        cues.retain(|cue| lexicon.rule(cue.rule).kind == REPEAT);
        evaluation.overall.add(labelled, &cues);
        evaluation.languages.entry(labelled.lang.clone()).or_default().add(labelled, &cues);
        let kind = evaluation.kinds.entry((labelled.label, labelled.kind.clone())).or_default();
        kind.text_count += 1;
        kind.found_count += u64::from(!cues.is_empty());
        let rules: BTreeSet<_> = cues.iter().map(|cue| cue.rule).collect();
        for index in rules {
            let language = lexicon.languages[usize::from(index.language)].tag.clone();
            let rule = evaluation.rules.entry((language, lexicon.rule(index).id.clone())).or_default();
            rule.found_count += 1;
            rule.false_positive_count += u64::from(labelled.label != 1);
        }
        let number = cues.iter().filter_map(|cue| cue.stated_contacts).max();
        if labelled.stated_contacts.is_some() && !cues.is_empty() && number != labelled.stated_contacts {
            evaluation.wrong_numbers.push((labelled.clone(), number));
        }
        match (labelled.label, cues.is_empty()) {
            (1, true) => evaluation.misses.push(labelled.clone()),
            (0, false) => evaluation.false_alarms.push((labelled.clone(), cues)),
            _ => {}
        }
    }
    evaluation
}

#[cfg(test)]
mod tests {
    use super::{Detector, Labelled, evaluate};
    use crate::lexicon::Lexicon;

    #[test]
    fn precision_recall_and_stated_numbers_are_counted_per_language() {
        let text = "language = \"en\"\n[numerals]\ntimes = { 2 = [\"twice\"] }\n[[rule]]\nid = \"n\"\nkind = \"repeat\"\n\
                    phrases = [\"called {times}\", \"again\"]\nexamples = [\">>again<<\"]\nnon_examples = [\"no\"]";
        let lexicon = Lexicon::from_sources(&[("x.toml".into(), text.to_string())]).unwrap();
        let detector = Detector::new(&lexicon).unwrap();
        let texts: Vec<Labelled> = [
            (1, "called twice", Some(3)),
            (1, "again", Some(2)),
            (1, "nothing", None),
            (0, "again", None),
            (0, "nothing", None),
        ]
        .map(|(label, text, stated_contacts)| Labelled {
            id: String::new(),
            lang: "en".into(),
            label,
            kind: String::new(),
            stated_contacts,
            speaker: None,
            text: text.into(),
        })
        .to_vec();
        let evaluation = evaluate(&lexicon, &detector, &texts, true);
        let quality = evaluation.languages["en"];
        assert_eq!(quality.precision(), Some(2.0 / 3.0));
        assert_eq!(quality.recall(), Some(2.0 / 3.0));
        assert_eq!(quality.f1(), Some(4.0 / 6.0));
        assert_eq!((quality.stated_count, quality.stated_right_count), (2, 1));
        let rule = evaluation.rules[&("en".to_string(), "n".to_string())];
        assert_eq!((rule.found_count, rule.false_positive_count), (3, 1));
        let positive = evaluation.kinds[&(1, String::new())];
        assert_eq!((positive.text_count, positive.found_count), (3, 2));
    }
}
