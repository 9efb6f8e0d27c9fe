//! `init` for files that hold one interaction or a few each: transcripts as text, and what other products export.
//!
//! There are many of them, and their columns are the reader's: a folder of them is one source, of which is said what it was
//! taken for and why, what the file with the most columns has, and which speakers are not known.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use super::guess::{comment, quoted, whole};
use super::survey::Survey;
use super::{SourceFile, decode, export, files, lines};
use crate::config::{Format, Source};
use crate::error::Result;

/// So many files of a folder are looked at; the others are taken for the same.
const MOST_LOOKED_AT: usize = 200;

/// Folders and extensions with the files in them.
#[derive(Default)]
pub(super) struct Documents(BTreeMap<(String, String), Group>);

/// Files of one folder that end alike.
struct Group {
    file_count: usize,
    formats: BTreeMap<&'static str, usize>,
    /// What the file with the most columns is like, and by what its format was told.
    richest: Survey,
    name: String,
    why: Option<&'static str>,
    unknown_speakers: BTreeSet<String>,
}

impl Documents {
    /// Whether enough files like this one were looked at. It is counted, then.
    pub(super) fn has_enough_like(&mut self, file: &SourceFile) -> bool {
        let Some(group) = self.0.get_mut(&place(file)) else { return false };
        let has_enough = group.file_count >= MOST_LOOKED_AT;
        group.file_count += usize::from(has_enough);
        has_enough
    }

    /// Takes a file, unless it is a table, which has a source of its own.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub(super) fn add(
        &mut self,
        file: &SourceFile,
        source: &Source,
        survey: &mut Option<Survey>,
    ) -> Result<()> {
        let is_table =
            |format| matches!(format, Format::Csv | Format::JsonLines | Format::Parquet | Format::Tweets);
        let Some(survey) = survey.take_if(|survey| !is_table(survey.format)) else { return Ok(()) };
        let (format, speakers) = (survey.format, survey.unknown_speakers.clone());
        let group = match self.0.entry(place(file)) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => new.insert(Group {
                file_count: 0,
                formats: BTreeMap::new(),
                richest: survey.clone(),
                name: file.name.clone(),
                why: why(file, source)?,
                unknown_speakers: BTreeSet::new(),
            }),
        };
        // Of an export in pieces one has the columns that others lack.
        if survey.columns.len() > group.richest.columns.len() {
            (group.richest, group.name, group.why) = (survey, file.name.clone(), why(file, source)?);
        }
        group.file_count += 1;
        *group.formats.entry(format.name()).or_default() += 1;
        group.unknown_speakers.extend(speakers);
        Ok(())
    }

    /// The sources of all groups.
    pub(super) fn push(&self, text: &mut String) {
        for ((folder, end), group) in &self.0 {
            group.push(text, folder, end);
        }
    }
}

impl Group {
    fn push(&self, text: &mut String, folder: &str, end: &str) {
        const MOST_SPEAKERS: usize = 10;
        let formats: Vec<String> =
            self.formats.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let files = if self.file_count == 1 { "file" } else { "files" };
        let _ = writeln!(text, "\n# {} {files}, taken for: {}", self.file_count, formats.join(", "));
        if let Some(why) = self.why {
            let _ = writeln!(text, "# {}: {why}", comment(&self.name));
        }
        let path = Path::new(folder).join(if end.is_empty() { "*".to_string() } else { format!("*.{end}") });
        let _ = writeln!(text, "[[source]]\npath = {}", quoted(&whole(&path)));
        if let ([name], false) = (&self.formats.keys().collect::<Vec<_>>()[..], self.formats.is_empty()) {
            let _ = writeln!(text, "format = \"{name}\"");
        }
        let _ = writeln!(
            text,
            "timezone = \"UTC\"          # of times without an offset: say where the clock was"
        );
        let _ = writeln!(
            text,
            "# name = \"{{interaction_id}}_{{started_at:%Y%m%d}}.{end}\"  # what the files' names say, if they do"
        );
        let _ = writeln!(
            text,
            "# join_within = \"5m\"       # where no id of a log is known: the same customer's, so near"
        );
        if self.formats.contains_key(Format::Mail.name()) {
            let _ = writeln!(
                text,
                "# own = [\"example.com\"]     # your own domains and addresses: who is no customer"
            );
        }
        let _ = writeln!(text, "# found in {}:", comment(&self.name));
        for at in (0..self.richest.columns.len()).filter(|at| self.richest.is_filled(*at)) {
            let _ = writeln!(text, "#   {}", comment(&self.richest.described(at)));
        }
        if !self.unknown_speakers.is_empty() {
            let _ = writeln!(text, "# [source.speakers]        # who they are: customer, agent or system");
            for speaker in self.unknown_speakers.iter().take(MOST_SPEAKERS) {
                let _ = writeln!(text, "# {} = \"\"", comment(&quoted(speaker)));
            }
        }
    }
}

/// The folder and the extension of a file.
fn place(file: &SourceFile) -> (String, String) {
    let folder = file.path.parent().unwrap_or(Path::new("")).to_string_lossy().into_owned();
    let name = file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    let end = plain.rsplit_once('.').map_or("", |(_, end)| end);
    // A compressed file keeps both endings.
    (folder, if end.is_empty() { String::new() } else { name[plain.len() - end.len()..].to_string() })
}

/// By what the format of a file is told.
fn why(file: &SourceFile, source: &Source) -> Result<Option<&'static str>> {
    let decoded = decode::open(&file.path, source.encoding.as_deref(), &|_| {})?;
    let mut lines = lines::Lines::new(file.path.clone(), decoded.reader);
    if files::format_of(&file.path, lines.head(super::HEAD_BYTES)?) != Format::JsonLines {
        return Ok(None);
    }
    Ok(export::told(&mut lines)?.map(|(_, why)| why))
}
