//! What is said in a contact: turns of customer and agent, made of the sentences of a language, with the noise of
//! speech recognition in calls and of typing in chats and e-mails.

use fastrand::Rng;

use super::languages::{LANGUAGES, Language, List};
use super::plan::{Contact, mixed, pick, seeded};

/// The turns of a contact and the language that its transcript declares.
pub(crate) struct Dialogue {
    /// The language that is spoken.
    pub(crate) spoken: &'static str,
    /// The one that the transcript declares, if it does; rarely a wrong one.
    pub(crate) declared: Option<&'static str>,
    pub(crate) turns: Vec<Turn>,
}

pub(crate) struct Turn {
    pub(crate) is_agent: bool,
    pub(crate) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    Voice,
    Chat,
    Email,
}

pub(super) fn channel(contact: &Contact) -> Channel {
    [Channel::Voice, Channel::Chat, Channel::Email][pick(&mut seeded(contact.number, 2), &[60, 25, 15])]
}

/// The language of a customer, who keeps it.
pub(super) fn language(contact: &Contact) -> &'static Language {
    let shares = LANGUAGES.each_ref().map(|language| language.share);
    &LANGUAGES[pick(&mut Rng::with_seed(mixed(contact.customer)), &shares)]
}

/// The language that the exports declare: none for one in fifty, a wrong one for one in a thousand.
pub(super) fn declared(contact: &Contact) -> Option<&'static str> {
    let spoken = language(contact).tag;
    let mut rng = seeded(contact.number, 3);
    match rng.u32(0..1_000) {
        0..20 => None,
        20 => LANGUAGES.iter().map(|language| language.tag).find(|tag| *tag != spoken),
        _ => Some(spoken),
    }
}

/// What is said about each category, in the order of `row::CATEGORIES`.
#[rustfmt::skip]
const TOPICS: [List; super::plan::CATEGORIES] = [
    List::Bill, List::Net, List::Mobile, List::Contract, List::Delivery, List::Account, List::Visit, List::Device,
    List::Net, List::Bill, List::Device, List::Mobile, List::Contract, List::Account, List::Delivery, List::Bill,
    List::Net, List::Visit, List::Device, List::Mobile, List::Contract, List::Bill, List::Customer, List::Customer,
];

/// The dialogue of a contact, from about 1 to about 4 KB as JSON.
pub(crate) fn dialogue(contact: &Contact) -> Dialogue {
    let mut rng = seeded(contact.number, 4);
    let language = language(contact);
    let channel = channel(contact);
    let topic = TOPICS[contact.category];
    let size = 1_000 + (rng.f32().min(rng.f32()) * 2_700.0) as usize;
    let mut talk = Talk { language, channel, topic, rng, turns: Vec::new(), size: 0 };
    talk.open(contact.is_stated, size);
    talk.close();
    Dialogue { spoken: language.tag, declared: declared(contact), turns: talk.turns }
}

/// Bytes of a turn as JSON beside its text.
const TURN_SIZE: usize = 55;

struct Talk {
    language: &'static Language,
    channel: Channel,
    topic: List,
    rng: Rng,
    turns: Vec<Turn>,
    size: usize,
}

impl Talk {
    /// All turns up to the farewell.
    fn open(&mut self, is_stated: bool, size: usize) {
        // Which turn of the customer states the earlier contact: one of the first.
        let mut until_stated =
            is_stated.then(|| self.rng.usize(0..if self.channel == Channel::Email { 1 } else { 3 }));
        if self.channel == Channel::Voice {
            self.turn(true, &[List::AgentHello], false);
        }
        self.turn(false, &[List::Hello, self.topic], until_stated == Some(0));
        while self.size < size || until_stated.is_some_and(|left| left > 0) {
            let sentences = self.agent();
            self.turn(true, &sentences, false);
            until_stated = until_stated.and_then(|left| left.checked_sub(1));
            let sentences = self.customer();
            self.turn(false, &sentences, until_stated == Some(0));
        }
    }

    fn close(&mut self) {
        self.turn(true, &[List::AgentBye], false);
        self.turn(false, &[List::Bye], false);
    }

    fn customer(&mut self) -> Vec<List> {
        if self.channel != Channel::Email && self.rng.f32() < 0.42 {
            return vec![List::Short];
        }
        let count = self.sentence_count();
        (0..count).map(|_| if self.rng.f32() < 0.45 { self.topic } else { List::Customer }).collect()
    }

    fn agent(&mut self) -> Vec<List> {
        if self.channel == Channel::Email {
            return (0..self.sentence_count()).map(|_| List::Agent).collect();
        }
        match self.rng.u32(0..100) {
            0..22 => vec![List::Ack],
            22..40 => vec![List::Ask],
            40..55 => vec![List::Ack, List::Ask],
            55..75 => vec![List::Ack, List::Agent],
            75..90 => vec![List::Agent],
            _ => vec![List::Agent, List::Ask],
        }
    }

    fn sentence_count(&mut self) -> usize {
        let most = if self.channel == Channel::Email { 7.0 } else { 4.0 };
        1 + (self.rng.f32() * self.rng.f32() * most) as usize
    }

    fn turn(&mut self, is_agent: bool, sentences: &[List], is_stated: bool) {
        let mut text = String::with_capacity(160);
        // "No" or "the second" before a statement would change what it says.
        for list in sentences.iter().filter(|list| !(is_stated && matches!(list, List::Short))) {
            self.sentence(*list, &mut text);
        }
        self.misspell(&mut text);
        // Last and as it was written, so that it is found wherever phrases are.
        if is_stated {
            self.sentence(List::Stated, &mut text);
        }
        self.size += text.len() + TURN_SIZE;
        self.turns.push(Turn { is_agent, text });
    }

    /// Appends a sentence of the list, as it is spoken or typed.
    fn sentence(&mut self, list: List, text: &mut String) {
        if !text.is_empty() {
            text.push_str(match (self.channel, self.language.is_unspaced()) {
                (Channel::Email, _) if self.rng.u8(0..4) == 0 => "\n",
                (_, true) => "",
                _ => " ",
            });
        }
        let begin = text.len();
        self.language.say(list, &mut self.rng, text);
        match self.channel {
            // A planted statement stays as it was written.
            Channel::Voice if matches!(list, List::Stated | List::Short | List::Ack) => {}
            Channel::Voice => self.speak(begin, text),
            Channel::Chat if self.rng.bool() => {}
            _ => self.punctuate(begin, list, text),
        }
        if self.channel == Channel::Chat && self.rng.u8(0..30) == 0 {
            text.push(' ');
            self.language.say(List::Emoji, &mut self.rng, text);
        }
    }

    /// Fillers, and words said twice.
    fn speak(&mut self, begin: usize, text: &mut String) {
        if self.rng.u8(0..5) == 0 {
            let mut filler = String::new();
            self.language.say(List::Filler, &mut self.rng, &mut filler);
            match self.space(begin, text) {
                Some(at) => text.insert_str(at, &format!(" {filler}")),
                None if self.language.is_unspaced() => text.insert_str(begin, &filler),
                None => text.insert_str(begin, &format!("{filler} ")),
            }
        }
        if self.rng.u8(0..16) == 0
            && let Some(at) = self.space(begin, text)
        {
            let word = text[begin..at].rfind(' ').map_or(begin, |space| begin + space + 1);
            let again = format!("{} ", &text[word..at]);
            text.insert_str(word, &again);
        }
    }

    /// A space after some place of the sentence.
    fn space(&mut self, begin: usize, text: &str) -> Option<usize> {
        let from = self.rng.usize(begin..=text.len());
        text.as_bytes()[from..].iter().position(|byte| *byte == b' ').map(|at| from + at)
    }

    fn punctuate(&mut self, begin: usize, list: List, text: &mut String) {
        if let Some(first) = text[begin..].chars().next().filter(|first| first.is_lowercase()) {
            text.replace_range(begin..begin + first.len_utf8(), &first.to_uppercase().to_string());
        }
        text.push_str(match (list, self.language.is_unspaced()) {
            (List::Ask, true) => "？",
            (List::Ask, false) => "?",
            (_, true) => "。",
            _ if self.rng.u8(0..12) == 0 => "!",
            _ => ".",
        });
    }

    /// Typing errors: a letter left out, typed twice or swapped with the next, in one of 200 words.
    fn misspell(&mut self, text: &mut String) {
        let words = text.len() / 6 + 1;
        if text.is_empty() || self.rng.f32() * 200.0 >= words as f32 {
            return;
        }
        let at = text.floor_char_boundary(self.rng.usize(0..text.len()));
        let mut letters = text[at..].chars();
        let (Some(letter), next) = (letters.next(), letters.next()) else { return };
        if !letter.is_alphabetic() {
            return;
        }
        match (self.rng.u8(0..3), next) {
            (0, Some(_)) => _ = text.remove(at),
            (1, Some(next)) if next.is_alphabetic() => {
                text.remove(at);
                text.insert(at + next.len_utf8(), letter);
            }
            _ => text.insert(at, letter),
        }
    }
}
