//! The tester of lexicons: which rules fire in a text, where and why; and whether a phrase that is in no lexicon yet would.
//!
//! A phrase is tried as a rule of its own on top of the others, in a lexicon that lives as long as the answer takes.

use serde::{Deserialize, Serialize};

use super::answers::Fault;
use crate::detect::{Cue, Detector, Scratch, Utterance};
use crate::interaction::Speaker;
use crate::lexicon::{Lexicon, Source};
use crate::{Error, Result};

/// The longest phrase, in bytes.
const MAX_PHRASE_BYTES: usize = 2000;
/// The kind of a rule that is tried: it competes with no other.
const TRIED: &str = "tried";
const TRIED_PATH: &str = "your phrase";

/// What is to be tested; as `recontact detect` reads it, with a phrase to try.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    text: String,
    #[serde(default)]
    speaker: Speaker,
    #[serde(default)]
    lang: Option<String>,
    /// What the other speaker said just before.
    #[serde(default)]
    before: Option<String>,
    /// A phrase in the language of the lexicons, of the language `lang`.
    #[serde(default)]
    phrase: Option<String>,
}

/// What was found; as `recontact detect` prints it, with why.
#[derive(Serialize)]
pub(super) struct Tested {
    cues: Vec<TestedCue>,
    /// Where it is certain that the declared language is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    language_found: Option<String>,
}

#[derive(Serialize)]
struct TestedCue {
    rule: String,
    kind: String,
    language: String,
    start: usize,
    end: usize,
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated_contacts: Option<u32>,
    /// What the rule is about.
    about: String,
    /// Where it is written.
    path: String,
    line: usize,
    /// Its phrases that match in the text.
    phrases: Vec<TestedPhrase>,
}

#[derive(Serialize)]
struct TestedPhrase {
    phrase: String,
    line: usize,
}

/// The lexicons of the program and the user's.
pub(super) struct Tester {
    user: Vec<Source>,
    lexicon: Lexicon,
    /// Their tags, in order.
    languages: Vec<String>,
}

impl Tester {
    pub(super) fn new(user: Vec<Source>) -> Result<Tester> {
        let lexicon = Lexicon::with_user_files(&user)?;
        Detector::new(&lexicon)?;
        let mut languages: Vec<String> = lexicon.languages.iter().map(|it| it.tag.clone()).collect();
        languages.sort();
        Ok(Tester { user, lexicon, languages })
    }

    /// The tags of the languages there are.
    pub(super) fn languages(&self) -> &[String] {
        &self.languages
    }

    pub(super) fn test(&self, test: &Test) -> Result<Tested, Fault> {
        let language = test.lang.as_deref().filter(|lang| !lang.is_empty());
        let phrase = test.phrase.as_deref().map(str::trim).filter(|it| !it.is_empty());
        let with_phrase = phrase.map(|phrase| self.with(phrase, language)).transpose()?;
        let lexicon = with_phrase.as_ref().unwrap_or(&self.lexicon);
        let detector = Detector::new(lexicon).map_err(of_phrase)?;
        let other = if test.speaker == Speaker::Agent { Speaker::Customer } else { Speaker::Agent };
        let before = test.before.iter().filter(|text| !text.is_empty());
        let before = before.map(|text| Utterance { speaker: other, text });
        let turns: Vec<Utterance> =
            before.chain([Utterance { speaker: test.speaker, text: &test.text }]).collect();
        let mut scratch = Scratch::default();
        let heard = detector.contact(&turns, language, &mut scratch);
        let cues = heard.turns.last().into_iter().flatten();
        let told = |cue: &Cue| told(cue, &test.text, lexicon, &detector, &turns);
        Ok(Tested {
            cues: cues.map(told).collect(),
            language_found: heard.contradiction.map(|it| lexicon.languages[it].tag.clone()),
        })
    }

    /// The lexicons with a phrase as a rule of its own.
    fn with(&self, phrase: &str, language: Option<&str>) -> Result<Lexicon, Fault> {
        if phrase.len() > MAX_PHRASE_BYTES {
            return Err(Fault::bad("the phrase is over 2,000 bytes long: try a shorter one"));
        }
        let Some(index) = language.and_then(|language| self.lexicon.language_index(language)) else {
            return Err(Fault::bad(format!(
                "a phrase is of one language: choose one of {}",
                self.languages.join(", ")
            )));
        };
        let tag = &self.lexicon.languages[index].tag;
        // Texts of JSON are texts of TOML, too.
        let phrase = serde_json::to_string(phrase).expect("a text is plain data");
        let text = format!(
            "language = \"{tag}\"\n[[rule]]\nid = \"{TRIED}\"\nkind = \"{TRIED}\"\nspeaker = \"any\"\n\
             about = \"the phrase that you try\"\nstated = \"none\"\nphrases = [{phrase}]\n\
             examples = [\">>-<<\"]\nnon_examples = [\"-\"]\n"
        );
        let mut sources = self.user.clone();
        sources.push((TRIED_PATH.into(), text));
        Lexicon::with_user_files(&sources).map_err(of_phrase)
    }
}

/// A fault of the phrase has no file that anybody could look at.
fn of_phrase(error: Error) -> Fault {
    match error {
        Error::Text { path, what, help, .. } if path.as_os_str() == TRIED_PATH => {
            Fault::bad(format!("{what}: {help}"))
        }
        error => error.into(),
    }
}

fn told(cue: &Cue, text: &str, lexicon: &Lexicon, detector: &Detector, turns: &[Utterance]) -> TestedCue {
    let rule = lexicon.rule(cue.rule);
    let matching = detector.phrases_matching(cue.rule, turns, &mut Scratch::default());
    let mut phrases: Vec<&crate::lexicon::Phrase> =
        matching.into_iter().filter_map(|phrase| rule.phrases.get(phrase)).collect();
    phrases.dedup_by_key(|phrase| phrase.line);
    TestedCue {
        rule: rule.id.clone(),
        kind: rule.kind.clone(),
        language: lexicon.languages[usize::from(cue.rule.language)].tag.clone(),
        start: cue.start,
        end: cue.end,
        text: text[cue.start..cue.end].to_string(),
        stated_contacts: cue.stated_contacts,
        about: rule.about.clone(),
        path: rule.path.display().to_string(),
        line: rule.line,
        phrases: phrases
            .into_iter()
            .map(|phrase| TestedPhrase { phrase: phrase.source.clone(), line: phrase.line })
            .collect(),
    }
}
