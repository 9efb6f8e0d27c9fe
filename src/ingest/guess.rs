//! `init`: the mapping that would be guessed for some files, as a `recontact.toml` for the user to correct.
//!
//! Takes paths, gives the text. It maps what a run without a configuration would map, and adds what a person
//! needs to judge it: how full each column is, how many different values it has, three of them. What is
//! proposed and not sure stands in comments.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::fields::Mapping;
use super::guess_documents::Documents;
use super::survey::{Survey, survey};
use super::time::TimeReader;
use super::{HEAD_BYTES, SourceFile, csv, decode, encoding, files, lines, values};
use crate::config::{Config, FIELDS, Field, Format, Kind, Source};
use crate::error::{Error, Result};
use crate::text::is_unsafe_to_show;

/// More files than this are left to a glob that the user writes.
const MAX_GUESSED: usize = 50;

/// Formats that are tried on times that are not recognised, the more common first.
const TIME_FORMATS: [&str; 34] = [
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%d/%m/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%y %H:%M:%S",
    "%m/%d/%y %H:%M",
    "%m/%d/%y %I:%M:%S %p",
    "%m/%d/%y %I:%M %p",
    "%d/%m/%y %H:%M:%S",
    "%d/%m/%y %H:%M",
    "%b %d, %Y %I:%M:%S %p",
    "%b %d, %Y, %I:%M:%S %p",
    "%Y-%m-%d %I:%M:%S %p",
    "%d-%b-%y %H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d-%b-%Y %H:%M:%S",
    "%d %b %Y %H:%M",
    "%a %b %d %H:%M:%S %z %Y",
    "%a, %d %b %Y %H:%M:%S %z",
    "%y%m%d %H:%M:%S",
    "%y%m%d %H:%M",
    "%d.%m.%y %H:%M:%S",
    "%d.%m.%y %H:%M",
    "%y%m%d",
];

/// A `recontact.toml` with the guessed mapping of every file; folders and globs are expanded.
///
/// # Errors
/// Where a path matches nothing, or a file cannot be read at all.
pub fn guess(paths: &[PathBuf]) -> Result<String> {
    let mut config = Config::default();
    for path in paths {
        let Some(text) = path.to_str() else {
            return Err(Error::data(path, "a file name that is not Unicode", "rename the file"));
        };
        config.sources.push(Source::of_path(PathBuf::new(), text.to_string()));
    }
    let files = files(&config)?;
    let mut text = String::from(
        "# The mapping that `recontact init` guessed. Correct it where it is wrong, save it as recontact.toml,\n\
         # and run `recontact analyze` on its folder. Columns that are not mapped are kept as dimensions.\n",
    );
    let mut documents = Documents::default();
    let mut count = 0;
    for file in &files {
        if documents.has_enough_like(file) {
            continue;
        }
        let mut source = config.sources[file.source].clone();
        source.encoding = encoding::guessed(&file.path)?.map(str::to_string);
        let source = &source;
        let mut surveyed = Some(survey(file, source)?);
        documents.add(file, source, &mut surveyed)?;
        let Some(survey) = surveyed else { continue };
        count += 1;
        if count > MAX_GUESSED {
            let _ =
                writeln!(text, "\n# Not looked at: {} and later files. One glob can cover files", file.name);
            let _ = writeln!(text, "# with the same columns: path = \"calls-*.csv\"");
            break;
        }
        if survey.columns.is_empty() {
            let _ = writeln!(text, "\n# {}: nothing in it, so it is no source", comment(&file.name));
            continue;
        }
        push_source(&mut text, file, source, &survey)?;
    }
    documents.push(&mut text);
    Ok(text)
}

/// The path from the root on: where the mapping will be saved is not known, and paths count from there.
pub(super) fn whole(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).to_string_lossy().into_owned()
}

fn push_source(text: &mut String, file: &SourceFile, source: &Source, survey: &Survey) -> Result<()> {
    let mapping = Mapping::new(survey.columns.clone(), source);
    let kind = mapping.kind(source);
    let path = quoted(&whole(&file.path));
    let _ = writeln!(text, "\n# {}: {} rows looked at", comment(&file.name), survey.row_count);
    let _ = writeln!(text, "[[source]]\npath = {path}\nkind = \"{}\"", kind.name());
    let _ =
        writeln!(text, "timezone = \"UTC\"          # of times without an offset: say where the clock was");
    if mapping.has(Field::Phone) {
        let _ = writeln!(text, "# region = \"LV\"            # of telephone numbers without a calling code");
    }
    if survey.format == Format::Csv {
        let _ = writeln!(text, "# {}", dialect(file, source, survey)?);
    }
    if let Some(encoding) = &source.encoding {
        let _ =
            writeln!(text, "encoding = {}   # guessed: see whether the samples are right", quoted(encoding));
    }
    let _ =
        writeln!(text, "[source.fields]            # field = column     # filled, different values, samples");
    for (field, name) in FIELDS {
        if mapping.has(field) {
            push_field(text, field, &mapping, survey);
        } else if field == Field::InteractionId || (field == Field::StartedAt && kind == Kind::Interactions) {
            let _ = writeln!(text, "# {name} = \"\"   # required: name the column");
        } else if field == Field::CustomerId && kind != Kind::Surveys {
            let instead = mapping.stands_in.map_or("", |_| "; phone, email or national_id serves as it");
            let _ = writeln!(text, "# {name} = \"\"   # by which contacts are linked{instead}");
        }
    }
    for at in &mapping.extra {
        let _ = writeln!(text, "# not mapped: {}", survey.described(*at));
    }
    for field in [Field::Status, Field::Direction] {
        push_values(text, field, &mapping, survey);
    }
    Ok(())
}

/// How a CSV file is written, in words.
fn dialect(file: &SourceFile, source: &Source, survey: &Survey) -> Result<String> {
    let decoded = decode::open(&file.path, source.encoding.as_deref(), &|_| {})?;
    let encoding = decoded.encoding;
    let mut lines = lines::Lines::new(file.path.clone(), decoded.reader);
    let head = String::from_utf8_lossy(lines.head(HEAD_BYTES)?).into_owned();
    let (delimiter, words) = csv::dialect(&head, files::delimiter_of(&file.path));
    let is_comma = |cell: &String| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        cell.trim()
            .split_once(',')
            .is_some_and(|(whole, rest)| digits(whole.trim_start_matches('-')) && digits(rest))
    };
    let has_commas = delimiter != b',' && survey.first_rows.iter().flatten().any(is_comma);
    let comma = if has_commas { ", decimal comma" } else { "" };
    Ok(format!("written with: {words}{comma}, {encoding}"))
}

/// One line of `[source.fields]`.
fn push_field(text: &mut String, field: Field, mapping: &Mapping, survey: &Survey) {
    let columns = mapping.of(field);
    let names: Vec<String> = columns.iter().map(|at| quoted(&survey.columns[*at])).collect();
    let list = if names.len() == 1 { names[0].clone() } else { format!("[{}]", names.join(", ")) };
    if field == Field::Turns {
        let _ = writeln!(text, "{} = {list}", field.name());
        return;
    }
    let described = columns.first().map(|at| survey.described(*at)).unwrap_or_default();
    let zeros = columns.first().is_some_and(|at| field == Field::CustomerId && survey.has_many_zeros(*at));
    let value = match time_format(field, columns, survey) {
        Proposal::Format { format, is_sure } => {
            if !is_sure {
                let _ = writeln!(
                    text,
                    "# day first and month first both fit the times that follow: check the format"
                );
            }
            format!("{{ columns = {list}, format = {} }}", quoted(format))
        }
        Proposal::None => {
            let _ =
                writeln!(text, "# the times that follow are in no common format: say it as format = \"…\"");
            list
        }
        Proposal::NotNeeded if zeros => format!("{{ columns = {list}, blank = [\"0\"] }}"),
        Proposal::NotNeeded => list,
    };
    push_time_of_day(text, field, columns, survey);
    let described = if is_minutes(field, columns, survey) {
        format!("{described}; read as minutes:seconds")
    } else {
        described
    };
    let _ = writeln!(text, "{} = {value}   # {described}", field.name());
}

/// Whether durations have two numbers: people write hours and minutes so, too.
fn is_minutes(field: Field, columns: &[usize], survey: &Survey) -> bool {
    let is_duration = matches!(
        field,
        Field::HandleSeconds
            | Field::TalkSeconds
            | Field::HoldSeconds
            | Field::WaitSeconds
            | Field::AtSeconds
    );
    let mut cells = survey.first_rows.iter().map(|row| joined(row, columns)).filter(|cell| !cell.is_empty());
    is_duration && cells.next().is_some_and(|cell| cell.matches(':').count() == 1)
}

/// A start that is only a date: columns that are not mapped and hold times of day, for the user to add.
fn push_time_of_day(text: &mut String, field: Field, columns: &[usize], survey: &Survey) {
    const SHOWN: usize = 3;
    let [date] = columns else { return };
    if field != Field::StartedAt || survey.first_rows.iter().any(|row| joined(row, columns).contains(':')) {
        return;
    }
    let is_clock = |cell: &str| {
        let mut parts = cell.split(':');
        let is_part =
            |part: Option<&str>| part.is_some_and(|part| part.parse::<u8>().is_ok_and(|value| value < 60));
        is_part(parts.next()) && is_part(parts.next()) && parts.clone().count() <= 1
    };
    let holds_clocks = |at: &usize| {
        let mut cells =
            survey.first_rows.iter().map(|row| joined(row, &[*at])).filter(|cell| !cell.is_empty());
        at != date && cells.next().is_some_and(|cell| is_clock(&cell)) && cells.all(|cell| is_clock(&cell))
    };
    let found: Vec<usize> = (0..survey.columns.len()).filter(holds_clocks).take(SHOWN).collect();
    for at in found {
        let names = format!("[{}, {}]", quoted(&survey.columns[*date]), quoted(&survey.columns[at]));
        let (described, value) = match time_format(field, &[*date, at], survey) {
            Proposal::Format { format, .. } => {
                (survey.described(at), format!("{{ columns = {names}, format = {} }}", quoted(format)))
            }
            Proposal::NotNeeded => (survey.described(at), names),
            Proposal::None => continue,
        };
        let _ = writeln!(
            text,
            "# the date has no time of day; if this is it: started_at = {value}   # {described}"
        );
    }
}

/// The values of a closed vocabulary that are not known, for the user to map.
fn push_values(text: &mut String, field: Field, mapping: &Mapping, survey: &Survey) {
    const SHOWN: usize = 20;
    let Some(at) = mapping.of(field).first() else { return };
    let is_known = |word: &str| match field {
        Field::Status => values::status(word).is_some(),
        _ => values::direction(word).is_some(),
    };
    let unknown: Vec<&String> = survey.distinct(*at).filter(|word| !is_known(word)).take(SHOWN).collect();
    if unknown.is_empty() {
        return;
    }
    let known = field.vocabulary().unwrap_or_default().join(", ");
    let _ = writeln!(text, "[source.values.{}]   # values that are not known: one of {known}", field.name());
    for word in unknown {
        let _ = writeln!(text, "# {} = \"\"", comment(&quoted(word)));
    }
}

/// What can be said about the format of times.
enum Proposal {
    /// The times are recognised, or the field is no time.
    NotNeeded,
    /// A format that all of them fit; not sure where another fits them too.
    Format { format: &'static str, is_sure: bool },
    /// None that fits.
    None,
}

fn time_format(field: Field, columns: &[usize], survey: &Survey) -> Proposal {
    let texts: Vec<String> = survey.first_rows.iter().map(|row| joined(row, columns)).collect();
    let texts: Vec<&String> = texts.iter().filter(|text| !text.is_empty()).collect();
    if !field.is_time() || texts.is_empty() {
        return Proposal::NotNeeded;
    }
    // A few impossible dates do not make a format wrong.
    let fits = |format: Option<&str>| {
        let mut reader = TimeReader::new(format, "UTC");
        let bad_count = texts.iter().filter(|text| reader.read(text).is_err()).count();
        bad_count * 50 <= texts.len()
    };
    if fits(None) {
        return Proposal::NotNeeded;
    }
    let is_serial = |text: &&String| {
        let whole = text.split(['.', ',']).next().unwrap_or_default();
        whole.len() == 5 && ("20000".."80000").contains(&whole)
    };
    if texts.iter().all(is_serial) && fits(Some("excel_serial")) {
        return Proposal::Format { format: "excel_serial", is_sure: true };
    }
    let mut fitting = TIME_FORMATS.iter().filter(|format| fits(Some(format)));
    match (fitting.next(), fitting.next()) {
        (Some(format), second) => Proposal::Format { format, is_sure: second.is_none() },
        (None, _) => Proposal::None,
    }
}

fn joined(row: &[String], columns: &[usize]) -> String {
    let parts: Vec<&str> = columns
        .iter()
        .filter_map(|at| row.get(*at))
        .map(|cell| cell.trim())
        .filter(|c| !c.is_empty())
        .collect();
    parts.join(" ")
}

/// A text as TOML has it: JSON's escapes are TOML's; characters that would upset a terminal are escaped, too.
pub(super) fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_unsafe_to_show(c) { out.push_str(&format!("\\u{:04x}", c as u32)) } else { out.push(c) }
    }
    out
}

/// A text as it may stand in a comment.
pub(super) fn comment(text: &str) -> String {
    text.chars().map(|c| if is_unsafe_to_show(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config;

    /// The guess for one file, and the configuration that it is.
    fn guessed(name: &str, content: &str) -> (String, Config) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let text = guess(&[path]).unwrap();
        let saved = folder.path().join(config::FILE_NAME);
        fs::write(&saved, &text).unwrap();
        let config = config::load(&saved).unwrap_or_else(|error| panic!("{error}\n{text}"));
        (text, config)
    }

    #[test]
    fn the_guess_loads_and_maps_what_is_recognised() {
        let (text, config) = guessed(
            "calls.csv",
            "Call ID;Customer;Opened;Topic;Status;Shop\n1;0;25.03.2024 10:00;billing;Foo;Riga\n\
             2;0;26.03.2024 11:00;;Answered;Riga\n3;C7;01.04.2024 09:30;sim;Foo;Liepāja\n",
        );
        let fields = &config.sources[0].fields;
        assert_eq!(fields[&Field::InteractionId].columns, ["Call ID"]);
        assert_eq!(fields[&Field::CustomerId].blank, ["0"]);
        assert_eq!(fields[&Field::StartedAt].format.as_deref(), Some("%d.%m.%Y %H:%M"));
        assert_eq!(fields[&Field::Category].columns, ["Topic"]);
        assert!(text.contains("67 % filled, 2 different: `billing`, `sim`"), "{text}");
        assert!(text.contains("# not mapped: `Shop`: 100 % filled, 2 different"), "{text}");
        assert!(text.contains("# \"Foo\" = \"\""), "{text}");
    }

    #[test]
    fn a_day_that_could_be_a_month_is_left_to_the_user() {
        let (text, _) = guessed("a.csv", "call_id,opened_at\n1,03/04/2024\n2,05/06/2024\n");
        assert!(text.contains("day first and month first both fit"), "{text}");
        let (text, _) = guessed("a.csv", "call_id,opened_at\n1,03/14/2024\n2,05/06/2024\n");
        assert!(!text.contains("both fit") && text.contains("%m/%d/%Y"), "{text}");
    }

    #[test]
    fn hostile_names_and_values_do_not_break_the_file() {
        let (text, config) =
            guessed("a.csv", "call_id,\"x\"\"\n[[source]]\",opened_at\n1,\"a\n\u{1b}[31m\",2024-01-01\n");
        assert_eq!(config.sources.len(), 1, "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn plain_transcripts_are_one_source_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.txt", "b.txt"] {
            fs::write(folder.path().join(name), "Agent: hello\n").unwrap();
        }
        let text = guess(&[folder.path().to_path_buf()]).unwrap();
        assert_eq!(text.matches("[[source]]").count(), 1);
        assert!(text.contains("*.txt"), "{text}");
    }

    #[test]
    fn files_of_one_message_or_one_call_are_one_source_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let mail = "From: a@x.test\nMessage-ID: <1@x>\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n\nhello\n";
        let cue = "WEBVTT\n\n00:01.000 --> 00:02.000\nhello\n";
        for (name, text) in [("1.eml", mail), ("2.eml", mail), ("1.vtt", cue), ("2.vtt", cue)] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let text = guess(&[folder.path().to_path_buf()]).unwrap();
        assert_eq!(text.matches("[[source]]").count(), 2, "{text}");
        assert!(text.contains("*.eml") && text.contains("*.vtt") && text.contains("# own = "), "{text}");
        let saved = folder.path().join(config::FILE_NAME);
        fs::write(&saved, text.replace("# own", "own")).unwrap();
        let config = config::load(&saved).unwrap();
        assert_eq!(config.sources.iter().map(|it| it.own.len()).sum::<usize>(), 1);
    }

    #[test]
    fn surveys_are_proposed_as_surveys_with_their_answers() {
        let (text, config) =
            guessed("s.csv", "call_id,survey_is_first,survey_contact_count,nps\n1,yes,1,9\n2,no,3,4\n");
        let source = &config.sources[0];
        assert_eq!(source.kind, Some(Kind::Surveys));
        assert_eq!(source.fields[&Field::SurveyContactCount].columns, ["survey_contact_count"]);
        assert!(!text.contains("started_at") && !text.contains("customer_id"), "{text}");
    }

    #[test]
    fn how_a_file_is_written_is_told_and_an_encoding_is_guessed() {
        let text = "Zvana ID;Klients;Sākuma laiks;Kategorija;Ilgums\r\n\
                    1;Jānis Bērziņš;01.03.2026 10:00;\"Rēķins; šķērslis\";3,5\r\n\
                    2;Līga Kļaviņa;13.03.2026 11:00;Tīkla ātrums;02:03\r\n";
        let (told, _) = guessed("a.csv", text);
        let said = "# written with: delimiter `;`, quotes \", line ends CRLF, decimal comma, UTF-8\n";
        assert!(told.contains(said) && !told.contains("encoding ="), "{told}");
        let (bytes, ..) = encoding_rs::WINDOWS_1257.encode(text);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, bytes).unwrap();
        let told = guess(&[path]).unwrap();
        assert!(
            told.contains("decimal comma, windows-1257\nencoding = \"windows-1257\"   # guessed"),
            "{told}"
        );
        assert!(told.contains("`Jānis Bērziņš`"), "{told}");
    }

    #[test]
    fn the_format_is_told_of_files_that_are_longer_than_what_is_looked_at() {
        let line = "{\"call_id\": 1, \"started_at\": \"2026-03-01\"}\n";
        let (text, _) = guessed("a.jsonl", &line.repeat(20_001));
        assert!(text.contains("20000 rows looked at") && !text.contains("written with"), "{text}");
    }

    #[test]
    fn dates_of_switches_are_proposed_with_their_format() {
        for (first, second, format) in [
            ("3/14/2026 9:05:00 AM", "3/15/2026 12:00:00 PM", "%m/%d/%Y %I:%M:%S %p"),
            ("3/14/26 9:05 AM", "3/15/26 12:00 PM", "%m/%d/%y %I:%M %p"),
            ("\"Mar 14, 2026 9:05:00 AM\"", "\"Mar 15, 2026 12:00:00 PM\"", "%b %d, %Y %I:%M:%S %p"),
            ("14-Mar-26 09:05:00", "15-Mar-26 12:00:00", "%d-%b-%y %H:%M:%S"),
            ("46095.378472222", "46096.5", "excel_serial"),
            ("990214 9:05:00", "990215 12:00:00", "%y%m%d %H:%M:%S"),
        ] {
            let (text, config) = guessed("a.csv", &format!("call_id,opened_at\n1,{first}\n2,{second}\n"));
            let found = config.sources[0].fields[&Field::StartedAt].format.as_deref();
            assert_eq!(found, Some(format), "{text}");
            assert!(!text.contains("both fit"), "{text}");
        }
        let (text, config) = guessed("a.csv", "call_id,opened_at\n1,20260314090500\n2,20260315120000\n");
        assert_eq!(config.sources[0].fields[&Field::StartedAt].format, None, "{text}");
    }

    #[test]
    fn a_date_without_a_time_of_day_is_told_with_the_columns_that_may_have_it() {
        let (text, _) = guessed(
            "a.csv",
            "call_id,date,vru_entry,talk_time\n1,990201,7:02:47,2:03\n2,990213,7:31:45,1:10\n",
        );
        let said = "# the date has no time of day; if this is it: \
                    started_at = { columns = [\"date\", \"vru_entry\"], format = \"%y%m%d %H:%M:%S\" }   # `vru_entry`";
        assert!(text.contains(said), "{text}");
        assert!(text.contains("different: `2:03`, `1:10`; read as minutes:seconds"), "{text}");
    }

    #[test]
    fn an_empty_file_is_told_and_is_no_source() {
        for (name, content) in [("a.csv", ""), ("a.csv", "\n\n"), ("a.json", ""), ("a.json", "[]")] {
            let (text, config) = guessed(name, content);
            assert!(
                config.sources.is_empty() && text.contains(": nothing in it"),
                "{name} {content:?}: {text}"
            );
        }
        let (text, config) = guessed("a.csv", "call_id,started_at\n");
        assert_eq!(config.sources.len(), 1, "{text}");
    }

    #[test]
    fn a_missing_required_column_is_asked_for() {
        let (text, _) = guessed("a.csv", "foo,bar\n1,2\n");
        assert!(text.contains("# interaction_id = \"\"   # required"), "{text}");
        assert!(text.contains("# started_at = \"\"   # required"), "{text}");
    }
}
