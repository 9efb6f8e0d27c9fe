//! Transcripts as people type them: `Agent: …` and `Customer: …`, one file an interaction.
//!
//! Takes the lines of a file, gives one [`Transcript`]; labels are those that the user maps and those that
//! [`values::role`] knows. The interaction's id is the file's name without extensions. Nothing else is read from the
//! name.

use std::path::Path;

use super::batch::Collector;
use super::csv::{bad_encoding, damaged, too_long};
use super::export::{Record, Said};
use super::lines::Lines;
use super::{duration, values};
use crate::error::Result;
use crate::interaction::{Speaker, Turn};

/// A label longer than this is a sentence with a colon.
const MAX_LABEL_BYTES: usize = 60;

/// Reads the whole file as one transcript.
pub(super) fn read(
    lines: &mut Lines<'_>,
    encoding: &str,
    path: &Path,
    rows: &mut Collector<'_>,
) -> Result<()> {
    let mut turns: Vec<Turn> = Vec::new();
    each_line(lines, encoding, rows, &mut |_, text, rows| push(&mut turns, text, &|label| rows.role(label)))?;
    let said = |turn: Turn| Said {
        speaker: if turn.speaker == Speaker::Unknown {
            String::new()
        } else {
            turn.speaker.name().to_string()
        },
        at_seconds: turn.at_seconds,
        text: turn.text.trim_end().to_string(),
    };
    let mut record = Record { turns: Some(turns.into_iter().map(said).collect()), ..Record::default() };
    record.cell("interaction_id", Some(stem(path)));
    rows.record(1, record, "")
}

/// What is done with a line, its number and its text.
type EachLine<'f> = dyn FnMut(u64, &str, &mut Collector<'_>) + 'f;

/// Hands on the lines of a file that is one transcript, also a last one that was cut off, and refuses those that are no
/// text.
///
/// # Errors
/// Where the file cannot be read or the sink fails.
pub(super) fn each_line(
    lines: &mut Lines<'_>,
    encoding: &str,
    rows: &mut Collector<'_>,
    each: &mut EachLine<'_>,
) -> Result<()> {
    while let Some(span) = lines.scan(0)? {
        let line = lines.number();
        if span.is_too_long {
            let raw = lines.skip_long()?;
            rows.reject(line, too_long(), &raw)?;
            continue;
        }
        let bytes = lines.bytes(span.start, span.end);
        match std::str::from_utf8(bytes) {
            Ok(text) => each(line, text, rows),
            Err(error) => rows.reject(line, bad_encoding(error.valid_up_to(), encoding), bytes)?,
        }
        lines.consume(span.next, 1);
    }
    match lines.take_damage() {
        Some(reason) => rows.reject(lines.number(), damaged(&reason), b""),
        None => Ok(()),
    }
}

/// The turns of a text that is all of a transcript.
pub(super) fn turns_of(text: &str) -> Vec<Turn> {
    let mut turns = Vec::new();
    text.lines().for_each(|line| push(&mut turns, line, &values::role));
    turns
}

/// Whether a text begins like a transcript: one of its first lines has the label of a speaker.
pub(super) fn is_labelled(head: &str) -> bool {
    head.lines().take(20).any(|line| labelled(line, &values::role).is_some())
}

/// Who speaks, by a label; `None` where it is none.
type Role<'f> = dyn Fn(&str) -> Option<Speaker> + 'f;

/// Adds a line: a new turn where it has a label, more of the last turn where it has none.
fn push(turns: &mut Vec<Turn>, line: &str, role: &Role<'_>) {
    let index = u32::try_from(turns.len()).unwrap_or(u32::MAX);
    match labelled(line, role) {
        Some((speaker, at_seconds, text)) => {
            turns.push(Turn { index, speaker, at_seconds, text: text.to_string() });
        }
        None if line.trim().is_empty() => {}
        None => match turns.last_mut() {
            Some(turn) => {
                if !turn.text.is_empty() {
                    turn.text.push('\n');
                }
                turn.text.push_str(line);
            }
            None => {
                let text = line.to_string();
                turns.push(Turn { index, speaker: Speaker::Unknown, at_seconds: None, text });
            }
        },
    }
}

/// `[00:12] Agent (Anna): text`: who, when, what.
fn labelled<'t>(line: &'t str, role: &Role<'_>) -> Option<(Speaker, Option<f64>, &'t str)> {
    let (at_seconds, rest) = stamped(line.trim_start());
    let (label, text) = label(rest)?;
    Some((role(label)?, at_seconds, text))
}

/// What stands before the first colon of a line, where it is short enough for a label, and what stands after it.
pub(super) fn label(line: &str) -> Option<(&str, &str)> {
    let colon = line.find([':', '：'])?;
    let width = line[colon..].chars().next().map_or(1, char::len_utf8);
    let label = line[..colon].trim().trim_matches(['[', ']', '<', '>', '*']);
    (label.len() <= MAX_LABEL_BYTES).then(|| (label, line[colon + width..].trim_start()))
}

/// A time before the label: `[0:12]`, `(00:00:12)`, `00:12 `.
fn stamped(line: &str) -> (Option<f64>, &str) {
    let inner = line.strip_prefix(['[', '(']);
    let text = inner.unwrap_or(line);
    let length = text.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.')).count();
    let (stamp, rest) = text.split_at(length);
    let rest = match inner {
        Some(_) => rest.strip_prefix([']', ')']),
        None => rest.starts_with(' ').then_some(rest),
    };
    match (duration::seconds(stamp), rest) {
        (Some(seconds), Some(rest)) if stamp.contains(':') => {
            (Some(seconds), rest.trim_start().trim_start_matches("- "))
        }
        _ => (None, line),
    }
}

/// The file name without its extensions: the interaction's id.
pub(super) fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let name = [".txt", ".text", ".log", ".vtt", ".srt"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    name.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(text: &str) -> Vec<(Speaker, Option<f64>, String)> {
        let mut turns = Vec::new();
        text.lines().for_each(|line| push(&mut turns, line, &values::role));
        turns.into_iter().map(|turn| (turn.speaker, turn.at_seconds, turn.text)).collect()
    }

    fn speaker(line: &str) -> Option<Speaker> {
        labelled(line, &values::role).map(|(speaker, ..)| speaker)
    }

    #[test]
    fn labels_of_four_languages_are_known() {
        for (agent, customer) in [
            ("Agent: hello", "Customer: hi"),
            ("客服：您好", "客户：你好"),
            ("Aģents: labdien", "Klients: sveiki"),
            ("Оператор: добър ден", "Клиент: здравейте"),
        ] {
            assert_eq!(speaker(agent), Some(Speaker::Agent), "{agent}");
            assert_eq!(speaker(customer), Some(Speaker::Customer), "{customer}");
        }
    }

    #[test]
    fn lines_without_a_label_go_on_with_the_turn() {
        let found = turns("Agent Anna: good day\n\nCustomer: I called\nNote: twice already\nSystem: bye");
        let expected = [
            (Speaker::Agent, None, "good day".to_string()),
            (Speaker::Customer, None, "I called\nNote: twice already".to_string()),
            (Speaker::System, None, "bye".to_string()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_time_before_the_label_is_read() {
        let found = turns("[00:12] Agent: yes\n00:01:05 Customer: no\n(1:10) - Customer (Ilze): well");
        let expected = [
            (Speaker::Agent, Some(12.0), "yes".to_string()),
            (Speaker::Customer, Some(65.0), "no".to_string()),
            (Speaker::Customer, Some(70.0), "well".to_string()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_sentence_with_a_colon_is_no_label() {
        assert_eq!(speaker("Agent told me one thing clearly: no"), None);
        assert_eq!(speaker("see https://example.com"), None);
        assert_eq!(speaker("at 10:30 Customer said"), None);
        assert_eq!(speaker(""), None);
    }

    #[test]
    fn the_id_is_the_file_name_without_extensions() {
        assert_eq!(stem(Path::new("calls/C-17.txt")), "C-17");
        assert_eq!(stem(Path::new("a.b.txt.gz")), "a.b");
        assert_eq!(stem(Path::new("plain")), "plain");
    }
}
