//! Which languages a contact is tried in.
//!
//! The declared language where there is one, with English beside it, because people everywhere mix English in; for a
//! script in which the declared language is not written, every language of that script. Without a declaration every
//! language of the scripts of the contact, and where something is found, those languages keep what they found that know
//! about as many words of the contact as the one that knows most. Where hardly a word is known, a detector of
//! languages is asked about the contact as a whole. A
//! declaration that the words contradict silences nothing: the language of the words counts beside it, and this is said.

use whatlang::Lang;

use super::vocabulary::ones;
use crate::lexicon::Lexicon;
use crate::text::script::{Letters, SCRIPT_COUNT, Script, count_letters};

/// Letters below which a contact is too short to tell its language.
const SHORT_LETTERS: u32 = 80;

/// Bytes of a contact that the detector of languages reads.
const SAMPLE_BYTES: usize = 600;

/// Of the words that the language knows that knows most, the share that another must know to count beside it.
const KNOWN_SHARE: f64 = 0.9;

/// Words of a contact that a language must know for the words alone to tell the language.
const MANY_WORDS: u32 = 12;

/// How sure the detector must be to contradict a declaration, 0 to 1.
const SURE: f64 = 0.9;

/// Languages that the detector takes for each other: one of them found stands for all.
const ALIKE: [&[&str]; 4] = [&["cs", "sk"], &["da", "sv"], &["ru", "uk", "bg"], &["zh", "ja"]];

/// The languages of one contact, as bits of the lexicon's languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice {
    /// Those to try.
    pub(super) tried: u64,
    /// The declared one, if the lexicon has it.
    pub(super) declared: Option<usize>,
    pub(super) letters: Letters,
}

impl Choice {
    /// Whether all that is tried counts, whatever is found.
    pub(super) fn is_settled(&self) -> bool {
        self.declared.is_some() || self.tried.count_ones() < 2
    }
}

/// What the languages of a lexicon have in common, by script.
#[derive(Debug)]
pub(super) struct Languages {
    by_script: [u64; SCRIPT_COUNT],
    /// Languages that are also written in Latin letters, in which the detector does not know them.
    romanised: u64,
    english: u64,
    known_to_detector: Vec<(Lang, usize)>,
    alike: Vec<u64>,
}

impl Languages {
    pub(super) fn new(lexicon: &Lexicon) -> Languages {
        let bit = |tag: &str| lexicon.language_index(tag).map_or(0, |index| 1u64 << index);
        let mut languages = Languages {
            by_script: [0; SCRIPT_COUNT],
            romanised: 0,
            english: bit("en"),
            known_to_detector: Vec::new(),
            alike: ALIKE.iter().map(|tags| tags.iter().fold(0, |bits, tag| bits | bit(tag))).collect(),
        };
        for (index, language) in lexicon.languages.iter().enumerate() {
            for &script in &language.scripts {
                languages.by_script[script as usize] |= 1 << index;
            }
            if language.scripts.first() != Some(&Script::Latin) && language.scripts.contains(&Script::Latin) {
                languages.romanised |= 1 << index;
            }
            languages.known_to_detector.extend(detector_code(&language.tag).map(|lang| (lang, index)));
        }
        languages
    }

    /// The languages to try in a contact with these turns.
    pub(super) fn choose<'t>(&self, turns: impl Iterator<Item = &'t str>, declared: Option<usize>) -> Choice {
        let mut letters = Letters::default();
        turns.for_each(|text| count_letters(text, &mut letters));
        // A declared language may be written in letters that are not its own.
        let mut tried = declared.map_or(0, |declared| 1 << declared);
        for script in (0..SCRIPT_COUNT).filter(|&script| letters[script] > 0) {
            let of_script = self.of_script(script, &letters);
            tried |= match declared.map(|declared| 1u64 << declared) {
                Some(declared) if of_script & declared != 0 => declared | (of_script & self.english),
                _ => of_script,
            };
        }
        Choice { tried, declared, letters }
    }

    /// Chinese is written without kana, and Japanese hardly ever: they tell the two apart.
    fn of_script(&self, script: usize, letters: &Letters) -> u64 {
        let (han, kana) = (letters[Script::Han as usize], letters[Script::Kana as usize]);
        let with_kana = self.by_script[Script::Kana as usize];
        let all = self.by_script[script];
        match script {
            _ if script != Script::Han as usize => all,
            _ if kana * 10 > han => all & with_kana,
            _ if kana == 0 && han > 8 => all & !with_kana,
            _ => all,
        }
    }

    /// The languages whose finds count, of a choice that is not settled, as far as words tell it; and whether that is
    /// the last word. `known` says how many words of the contact each language knows.
    pub(super) fn settle_by_words(&self, choice: &Choice, known: impl Fn(usize) -> u32) -> (u64, bool) {
        // A language that borrows the letters (and words) of others counts where it knows more than they do.
        let most = |languages: u64| ones(languages).map(&known).max().unwrap_or(0);
        let with = |languages: u64, least: u32| {
            ones(languages).filter(|&language| known(language) >= least).fold(0, |bits, l| bits | 1 << l)
        };
        let native = choice.tried & !self.romanised;
        let romanised = with(choice.tried & self.romanised, most(native) + 1);
        // Within each script the languages that know about as much as the one that knows most.
        let by_words = self.by_script.iter().fold(romanised, |bits, &of_script| {
            let languages = of_script & (native | romanised);
            bits | with(languages, (KNOWN_SHARE * f64::from(most(languages))).ceil().max(1.0) as u32)
        });
        let is_short = choice.letters.iter().sum::<u32>() < SHORT_LETTERS;
        let is_sure = is_short || most(native | romanised) >= MANY_WORDS;
        let english = if is_sure && !is_short { choice.tried & self.english } else { 0 };
        (by_words | english, is_sure)
    }

    /// The same where words alone do not tell it: the detector of languages is asked.
    pub(super) fn settle_by_detector<'t>(
        &self,
        choice: &Choice,
        by_words: u64,
        turns: impl Iterator<Item = &'t str>,
    ) -> u64 {
        match self.detected(turns) {
            // What is English for certain is no Hindi with English words in it.
            Some((found, true)) if found == self.english => {
                choice.tried & (found | self.other_scripts(found))
            }
            Some((found, true)) => {
                choice.tried & (found | self.english | by_words & self.romanised | self.other_scripts(found))
            }
            _ => by_words,
        }
    }

    /// The language that contradicts the declared one, if the words do so for certain.
    pub(super) fn contradiction<'t>(
        &self,
        choice: &Choice,
        turns: impl Iterator<Item = &'t str>,
    ) -> Option<u64> {
        let declared = 1u64 << choice.declared?;
        if choice.letters.iter().sum::<u32>() < SHORT_LETTERS {
            return None;
        }
        let (found, is_sure) = self.detected(turns)?;
        let is_romanised = self.romanised & declared != 0;
        (is_sure && found & declared == 0 && !is_romanised).then_some(found)
    }

    /// Languages of scripts in which none of `found` is written: what was found in them says nothing about the others.
    fn other_scripts(&self, found: u64) -> u64 {
        let others = self.by_script.iter().filter(|&&languages| languages & found == 0);
        others.fold(0, |bits, languages| bits | languages)
    }

    /// The language of the text, with those like it, and whether that is sure.
    fn detected<'t>(&self, turns: impl Iterator<Item = &'t str>) -> Option<(u64, bool)> {
        let mut sample = String::with_capacity(SAMPLE_BYTES + 4);
        for text in turns {
            let room = SAMPLE_BYTES.saturating_sub(sample.len());
            sample.push_str(&text[..text.floor_char_boundary(room)]);
            sample.push(' ');
            if room <= text.len() {
                break;
            }
        }
        let allowed = self.known_to_detector.iter().map(|&(lang, _)| lang).collect();
        let info = whatlang::Detector::with_allowlist(allowed).detect(&sample)?;
        let (_, index) = self.known_to_detector.iter().find(|(lang, _)| *lang == info.lang())?;
        let found = 1u64 << index;
        let alike = self.alike.iter().find(|&&alike| alike & found != 0).copied().unwrap_or(0);
        Some((found | alike, info.is_reliable() && info.confidence() >= SURE))
    }
}

/// The detector's names for languages.
const DETECTOR_CODES: [(&str, &str); 32] = [
    ("en", "eng"),
    ("zh", "cmn"),
    ("lv", "lav"),
    ("bg", "bul"),
    ("ru", "rus"),
    ("uk", "ukr"),
    ("de", "deu"),
    ("fr", "fra"),
    ("es", "spa"),
    ("pt", "por"),
    ("it", "ita"),
    ("nl", "nld"),
    ("pl", "pol"),
    ("cs", "ces"),
    ("sk", "slk"),
    ("ro", "ron"),
    ("lt", "lit"),
    ("et", "est"),
    ("el", "ell"),
    ("sv", "swe"),
    ("da", "dan"),
    ("fi", "fin"),
    ("hu", "hun"),
    ("tr", "tur"),
    ("ar", "ara"),
    ("he", "heb"),
    ("hi", "hin"),
    ("ja", "jpn"),
    ("ko", "kor"),
    ("vi", "vie"),
    ("id", "ind"),
    ("th", "tha"),
];

/// The detector's name for a language.
fn detector_code(tag: &str) -> Option<Lang> {
    let (_, code) = DETECTOR_CODES.iter().find(|(known, _)| *known == tag)?;
    Lang::from_code(*code)
}

/// How sure the detector must be of the language of a contact that declares none, 0 to 1.
const QUITE_SURE: f64 = 0.7;

/// The language of a text by its letters alone, where they tell it: a tag of two letters.
pub fn language_of(text: &str) -> Option<&'static str> {
    let mut letters = Letters::default();
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    count_letters(sample, &mut letters);
    let allowed = DETECTOR_CODES.iter().filter_map(|(_, code)| Lang::from_code(*code)).collect();
    let info = whatlang::Detector::with_allowlist(allowed).detect(sample)?;
    let (tag, _) = DETECTOR_CODES.iter().find(|(_, code)| *code == info.lang().code())?;
    (letters.iter().sum::<u32>() > 0 && info.confidence() >= QUITE_SURE).then_some(*tag)
}
