//! `recontact detect`: JSON lines in, cues out, in the same order: a Unix filter.

use std::io::{BufRead, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use recontact::detect::{Cue, Detector, Scratch, Utterance};
use recontact::interaction::Speaker;
use recontact::lexicon::{self, Lexicon};
use serde::{Deserialize, Serialize};

/// Find cues in texts: one JSON object a line in, one out, in the same order.
///
/// In: {"id": …, "text": …, "lang": "lv"?, "speaker": "customer"?, "before": …?}; `before` is the other speaker's turn
/// just before, which answers such as "yes, twice" need. Out: {"id": …, "cues": [{"rule", "kind", "language", "start",
/// "end", "text", "stated_contacts"}]}; offsets are bytes of the raw text.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  echo '{\"id\":1,\"text\":\"this is the third time I call\"}' | recontact detect"
)]
pub(super) struct Arguments {
    /// Files of JSON lines; standard input without any.
    files: Vec<PathBuf>,
    /// Lexicon files or folders of your own, on top of the built-in ones.
    #[arg(long, value_name = "PATH")]
    lexicon: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Input<'a> {
    #[serde(borrow, default)]
    id: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow)]
    text: std::borrow::Cow<'a, str>,
    #[serde(default)]
    speaker: Speaker,
    #[serde(borrow, default)]
    lang: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow, default)]
    before: Option<std::borrow::Cow<'a, str>>,
}

#[derive(Serialize)]
struct Output<'a> {
    id: Option<&'a serde_json::value::RawValue>,
    cues: Vec<CueOutput<'a>>,
    /// Where it is certain that the declared language is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    language_found: Option<&'a str>,
}

#[derive(Serialize)]
struct CueOutput<'a> {
    rule: &'a str,
    kind: &'a str,
    language: &'a str,
    start: usize,
    end: usize,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated_contacts: Option<u32>,
}

/// Lines read at a time: enough work for all cores, little memory.
const LINES_AT_A_TIME: usize = 4096;

/// The longest line, and about what is held at a time.
const MAX_LINE_BYTES: u64 = 16 << 20;

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let lexicon = Lexicon::with_user_files(&lexicon::read_sources(&arguments.lexicon)?)?;
    let detector = Detector::new(&lexicon)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if arguments.files.is_empty() {
        filter("standard input", std::io::stdin().lock(), &lexicon, &detector, &mut out)?;
    }
    for path in &arguments.files {
        let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
        let name = path.display().to_string();
        filter(&name, std::io::BufReader::with_capacity(1 << 20, file), &lexicon, &detector, &mut out)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn filter(
    name: &str,
    mut input: impl BufRead,
    lexicon: &Lexicon,
    detector: &Detector,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
    let mut first_line = 1;
    loop {
        let lines = read_lines(&mut input).with_context(|| name.to_string())?;
        if lines.is_empty() {
            return Ok(());
        }
        let numbered: Vec<(usize, &String)> = lines.iter().enumerate().collect();
        let answers: Vec<anyhow::Result<String>> = numbered
            .par_iter()
            .map_init(Scratch::default, |scratch, &(at, line)| {
                answer(line, lexicon, detector, scratch).with_context(|| {
                    format!("{name}:{}: each line must be {{\"id\": …, \"text\": \"…\"}}", first_line + at)
                })
            })
            .collect();
        for line in answers {
            out.write_all(line?.as_bytes())?;
        }
        first_line += lines.len();
    }
}

fn read_lines(input: &mut impl BufRead) -> std::io::Result<Vec<String>> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut byte_count = 0;
    while lines.len() < LINES_AT_A_TIME && byte_count < MAX_LINE_BYTES {
        let length = input.by_ref().take(MAX_LINE_BYTES + 1).read_line(&mut line)? as u64;
        if length > MAX_LINE_BYTES {
            return Err(std::io::Error::other("a line over 16 MiB long: give one text a line"));
        }
        if length == 0 {
            break;
        }
        byte_count += length;
        lines.push(std::mem::take(&mut line));
    }
    Ok(lines)
}

/// The output line for an input line; a blank line gives none.
fn answer(
    line: &str,
    lexicon: &Lexicon,
    detector: &Detector,
    scratch: &mut Scratch,
) -> anyhow::Result<String> {
    if line.trim().is_empty() {
        return Ok(String::new());
    }
    let input: Input = serde_json::from_str(line)?;
    let other = if input.speaker == Speaker::Agent { Speaker::Customer } else { Speaker::Agent };
    let before = input.before.iter().map(|text| Utterance { speaker: other, text });
    let turns: Vec<Utterance> =
        before.chain([Utterance { speaker: input.speaker, text: &input.text }]).collect();
    let heard = detector.contact(&turns, input.lang.as_deref(), scratch);
    let cues = heard.turns.last().into_iter().flatten();
    let cues = cues.map(|cue| output(cue, &input.text, detector)).collect();
    let language_found = heard.contradiction.map(|language| lexicon.languages[language].tag.as_str());
    let mut line = serde_json::to_string(&Output { id: input.id, cues, language_found })?;
    line.push('\n');
    Ok(line)
}

fn output<'a>(cue: &Cue, text: &'a str, detector: &'a Detector) -> CueOutput<'a> {
    let rule = detector.rule_name(cue.rule);
    CueOutput {
        rule: rule.id,
        kind: rule.kind,
        language: rule.language,
        start: cue.start,
        end: cue.end,
        text: &text[cue.start..cue.end],
        stated_contacts: cue.stated_contacts,
    }
}
