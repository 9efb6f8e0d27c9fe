//! Subtitles of a call: WebVTT and SubRip (SRT). One file is one interaction, one cue a turn.
//!
//! Takes the lines of a file, gives its words; who speaks is told by voices (`<v Name>`) or by labels (`Name: …`). The
//! interaction's id is the file's name without extensions. Times are from the start of the recording, and the start is not in the
//! file.

use std::path::Path;

use super::batch::Collector;
use super::export::{Record, Said};
use super::lines::Lines;
use super::plain_text::{each_line, label, stem};
use super::{duration, shown};
use crate::config::Format;
use crate::error::Result;
use crate::text::html::unescaped;

/// What stands between the beginning and the end of a cue.
const ARROW: &str = "-->";

/// What begins a block of a WebVTT file that is no cue.
const BLOCKS: [&str; 4] = ["WEBVTT", "NOTE", "STYLE", "REGION"];

/// Elements of the text of a cue.
const TAGS: [&str; 10] = ["v", "c", "i", "b", "u", "s", "lang", "ruby", "rt", "font"];

/// Which of the two a text is, by its beginning.
pub(super) fn told(head: &str) -> Option<Format> {
    if is_block(head.lines().next().unwrap_or_default(), "WEBVTT") {
        return Some(Format::WebVtt);
    }
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let timing = if is_counter(first) { lines.next()? } else { first };
    start(timing)?.is_some().then_some(Format::Srt)
}

/// Reads the whole file as one transcript.
pub(super) fn read(
    lines: &mut Lines<'_>,
    encoding: &str,
    path: &Path,
    rows: &mut Collector<'_>,
) -> Result<()> {
    let mut cues = Cues::default();
    each_line(lines, encoding, rows, &mut |line, text, rows| cues.push(text, line, rows))?;
    cues.release();
    let mut record = Record::default();
    record.cell("interaction_id", Some(stem(path)));
    record.cell("language", cues.language.take());
    record.turns = Some(turns(&cues.cues, rows));
    rows.record(1, record, "")
}

/// A cue: when it begins and its lines.
#[derive(Debug, Default, PartialEq)]
struct Cue {
    at_seconds: Option<f64>,
    text: String,
}

/// The cues so far.
#[derive(Default)]
struct Cues {
    cues: Vec<Cue>,
    language: Option<String>,
    /// A line that is the id of a cue if a timing follows, and words if none does.
    held: Option<String>,
    /// Within a block that is no cue.
    is_skipping: bool,
    has_begun_block: bool,
}

impl Cues {
    fn push(&mut self, line: &str, number: u64, rows: &mut Collector<'_>) {
        let is_first = !std::mem::replace(&mut self.has_begun_block, !line.trim().is_empty());
        if line.trim().is_empty() {
            self.release();
            self.is_skipping = false;
        } else if is_first && BLOCKS.iter().any(|name| is_block(line, name)) {
            self.is_skipping = true;
        } else if self.is_skipping {
            self.language =
                line.strip_prefix("Language:").map(|tag| tag.trim().to_string()).or(self.language.take());
        } else if let Some(start) = start(line) {
            self.held = None;
            if start.is_none() {
                rows.note(number, format!("unreadable time of a cue: {} is left out", shown(line)));
            }
            self.cues.push(Cue { at_seconds: start, text: String::new() });
        } else {
            self.release();
            // A number alone may count the next cue, also where the empty line before it is missing.
            if is_first || is_counter(line) {
                self.held = Some(line.to_string());
            } else {
                self.add(line);
            }
        }
    }

    /// A line that was held and is no id: a cue may have an empty line in it.
    fn release(&mut self) {
        if let Some(line) = self.held.take() {
            self.add(&line);
        }
    }

    fn add(&mut self, line: &str) {
        if self.cues.is_empty() {
            self.cues.push(Cue::default());
        }
        if let Some(cue) = self.cues.last_mut() {
            if !cue.text.is_empty() {
                cue.text.push('\n');
            }
            cue.text.push_str(line);
        }
    }
}

/// Whether a line is the beginning of a block of that name.
fn is_block(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r']))
}

/// Whether a line can be the number of a cue.
fn is_counter(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// When a cue begins, by its timing; `None` where the line is no timing, and within it where the time cannot be read.
fn start(line: &str) -> Option<Option<f64>> {
    let (from, to) = line.split_once(ARROW)?;
    // `00:00:01,500`, `00:01.500`; some write a point and some a comma.
    let seconds = |text: &str| duration::seconds(&text.trim().replace(',', "."));
    let has_end = to.trim().starts_with(|c: char| c.is_ascii_digit());
    let from = seconds(from).filter(|_| from.contains(':') && has_end);
    // An arrow in somebody's words is no timing.
    (from.is_some() || line.trim_start().starts_with(|c: char| c.is_ascii_digit())).then_some(from)
}

/// The turns of cues.
fn turns(cues: &[Cue], rows: &Collector<'_>) -> Vec<Said> {
    let cues: Vec<(Option<f64>, Vec<Span>)> =
        cues.iter().map(|cue| (cue.at_seconds, spans(&cue.text))).collect();
    // Where most cues begin with what looks like a name, the names are labels although nobody knows them.
    let are_named =
        || cues.iter().filter(|(_, spans)| spans.iter().any(Span::is_named)).count() * 2 >= cues.len();
    let takes_names = cues.len() > 1 && are_named();
    let mut turns = Vec::new();
    for (at_seconds, spans) in &cues {
        for span in spans {
            let mut said = Said { speaker: span.voice.clone(), at_seconds: *at_seconds, text: String::new() };
            for line in span.text.lines() {
                let told = label(line).filter(|_| span.voice.is_empty());
                let told =
                    told.filter(|(name, _)| rows.role(name).is_some() || (takes_names && is_name(name)));
                let text = match told {
                    Some((name, text)) => {
                        let next =
                            Said { speaker: name.to_string(), at_seconds: *at_seconds, text: String::new() };
                        push(&mut turns, std::mem::replace(&mut said, next));
                        text
                    }
                    None => line,
                };
                if !said.text.is_empty() {
                    said.text.push('\n');
                }
                said.text.push_str(text.trim());
            }
            push(&mut turns, said);
        }
    }
    turns
}

/// Adds a turn that says something.
fn push(turns: &mut Vec<Said>, said: Said) {
    if !said.text.trim().is_empty() {
        turns.push(said);
    }
}

/// Words of a cue by one voice; the voice is empty where none is told.
#[derive(Debug, Default, PartialEq)]
struct Span {
    voice: String,
    text: String,
}

impl Span {
    /// Whether it begins with what may be a name and a colon.
    fn is_named(&self) -> bool {
        label(&self.text).is_some_and(|(name, _)| is_name(name))
    }
}

/// Whether a label may be the name of somebody.
fn is_name(label: &str) -> bool {
    const MOST_WORDS: usize = 4;
    let is_word = |c: char| {
        c.is_alphanumeric() || c.is_whitespace() || matches!(c, '.' | '\'' | '’' | '-' | '_' | '(' | ')')
    };
    let begins = label.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase());
    begins && label.split_whitespace().count() <= MOST_WORDS && label.chars().all(is_word)
}

/// The words of a cue by voice, without tags and with character references read.
fn spans(text: &str) -> Vec<Span> {
    let mut spans = vec![Span::default()];
    let add = |spans: &mut Vec<Span>, text: &str| {
        if let Some(span) = spans.last_mut() {
            span.text.push_str(&unescaped(text));
        }
    };
    let mut rest = text;
    while let Some(at) = rest.find(['<', '{']) {
        add(&mut spans, &rest[..at]);
        rest = &rest[at..];
        match tag(rest) {
            Some((tag, after)) => {
                if let Some(voice) = voice(tag) {
                    spans.push(Span { voice, text: String::new() });
                }
                rest = after;
            }
            None => {
                add(&mut spans, &rest[..1]);
                rest = &rest[1..];
            }
        }
    }
    add(&mut spans, rest);
    spans.retain(|span| !span.text.trim().is_empty());
    spans
}

/// The inside of a tag at the beginning of a text, and what follows it: `<v Name>`, `</c>`, `<00:01.000>`, `{\an8}`.
fn tag(text: &str) -> Option<(&str, &str)> {
    if let Some(inner) = text.strip_prefix("{\\") {
        return inner.split_once('}');
    }
    let (inner, after) = text.strip_prefix('<')?.split_once('>')?;
    let name = inner.trim_start_matches('/').split(['.', ' ', '\t', '\n']).next().unwrap_or_default();
    let is_time =
        inner.contains(':') && inner.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    (is_time || TAGS.contains(&name.to_ascii_lowercase().as_str())).then_some((inner, after))
}

/// Whose voice a tag begins; nobody's where it ends one; `None` where it is about something else.
fn voice(tag: &str) -> Option<String> {
    if tag == "/v" {
        return Some(String::new());
    }
    let (name, voice) = tag.split_once([' ', '\t', '\n'])?;
    (name == "v" || name.starts_with("v.")).then(|| unescaped(voice).trim().to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use crate::config::Field;
    use crate::ingest::tests::{read_text, source};
    use crate::interaction::{Speaker, Turn};

    const AGENT: Speaker = Speaker::Agent;
    const CUSTOMER: Speaker = Speaker::Customer;
    const UNKNOWN: Speaker = Speaker::Unknown;

    fn turns(name: &str, text: &str) -> Vec<Turn> {
        let batch = read_text(name, text, &source());
        assert_eq!((batch.rejects.len(), batch.transcripts.len()), (0, 1));
        batch.transcripts.into_iter().next().unwrap().turns
    }

    fn told(name: &str, text: &str) -> Vec<(Speaker, Option<f64>, String)> {
        turns(name, text).into_iter().map(|turn| (turn.speaker, turn.at_seconds, turn.text)).collect()
    }

    #[test]
    fn voices_are_speakers_and_what_is_no_cue_is_no_turn() {
        let text = include_str!("../../fixtures/exports/subtitles.vtt");
        let batch = read_text("C-17.vtt.gz.vtt", text, &source());
        let transcript = &batch.transcripts[0];
        assert_eq!((transcript.language.as_deref(), batch.notes.len()), (Some("en"), 0), "{:?}", batch.notes);
        let expected = [
            (AGENT, Some(0.48), "Good morning, Fiber & Phone."),
            (CUSTOMER, Some(4.9), "I am calling for the third time, it is still broken."),
            (CUSTOMER, Some(8.31), "Nobody called me back."),
            (AGENT, Some(3609.25), "I am sorry to hear that."),
            (CUSTOMER, Some(3609.25), "Please fix it."),
        ];
        assert_eq!(
            told("a.vtt", text),
            expected.map(|(speaker, at, words)| (speaker, at, words.to_string()))
        );
    }

    #[test]
    fn the_id_is_the_file_name() {
        let batch = read_text("C-17.srt", "1\n00:00:01,000 --> 00:00:02,000\nhello\n", &source());
        assert_eq!(batch.transcripts[0].interaction_id, "C-17");
        assert_eq!((batch.interactions.len(), batch.row_count), (0, 1));
    }

    #[test]
    fn subrip_has_a_comma_in_its_times_and_the_lines_of_a_cue_are_one_turn() {
        let found = told("a.srt", include_str!("../../fixtures/exports/subtitles.srt"));
        assert_eq!(found[0], (AGENT, Some(0.48), "Good morning, Fiber & Phone.".to_string()));
        let words = "I am calling for the third time,\nit is still broken.".to_string();
        assert_eq!(found[1], (CUSTOMER, Some(4.9), words));
    }

    #[test]
    fn cues_without_an_empty_line_between_them_or_with_one_within_lose_no_words() {
        let text = "1\n00:00:01,000 --> 00:00:02,000\nI have called\n\n3\n\ntimes\n2\n00:00:03,500 --> 00:00:04,000\n{\\an8}Yes\n";
        let expected = [(UNKNOWN, Some(1.0), "I have called\n3\ntimes"), (UNKNOWN, Some(3.5), "Yes")];
        assert_eq!(
            told("a.srt", text),
            expected.map(|(speaker, at, words)| (speaker, at, words.to_string()))
        );
    }

    #[test]
    fn two_voices_of_one_cue_are_two_turns() {
        let text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Agent>Yes?</v>\n<v.x.y Customer &amp; Son>No, 3 < 4 {x}</v>\n";
        let found = told("a.vtt", text);
        assert_eq!(found[0], (AGENT, Some(1.0), "Yes?".to_string()));
        assert_eq!(found[1], (CUSTOMER, Some(1.0), "No, 3 < 4 {x}".to_string()));
    }

    #[test]
    fn names_are_labels_where_most_cues_have_one_and_the_user_says_whose() {
        let text = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nAnna Smith: Hello\n\n2\n00:02.000 --> 00:03.000\nJo: I say: no\n";
        assert_eq!(turns("a.vtt", text)[1].text, "I say: no");
        let mut mapped = source();
        let words = [("Anna Smith".to_string(), "agent".to_string())];
        mapped.values.entry(Field::Speaker).or_default().extend(words);
        let batch = read_text("a.vtt", text, &mapped);
        let speakers: Vec<Speaker> = batch.transcripts[0].turns.iter().map(|turn| turn.speaker).collect();
        assert_eq!(speakers, [AGENT, UNKNOWN]);
        assert_eq!(batch.notes.len(), 1, "Jo is not known");
        let once = "WEBVTT\n\n00:01.000 --> 00:02.000\nListen: no\n\n00:02.000 --> 00:03.000\nyes\n\n00:04.000 --> 00:05.000\nwell";
        assert_eq!(turns("a.vtt", once)[0].text, "Listen: no");
    }

    #[test]
    fn a_time_that_cannot_be_read_is_left_out_and_the_words_are_kept() {
        let text =
            "1\n00:00:01,000 --> 00:00:02,000\nyes\n\n2\n00:99:01,000 --> 00:00:02,000\nno --> never\n";
        let batch = read_text("a.srt", text, &source());
        let turns = &batch.transcripts[0].turns;
        assert_eq!((turns[1].at_seconds, turns[1].text.as_str()), (None, "no --> never"));
        assert!(batch.notes[0].what.starts_with("unreadable time of a cue"), "{:?}", batch.notes);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(WEBVTT\n\n)?([0-9:.,<v />&;A-C\n-]|-->|00:01.000 --> 00:02.000\n){0,60}") {
            read_text("a.vtt", &text, &source());
        }
    }
}
