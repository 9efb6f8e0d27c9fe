//! The manifest: the one file that says what belongs to a commit.
//!
//! It takes and gives `manifest.json` as a whole; saving replaces it atomically (temporary file, fsync, rename, fsync of
//! the directory). Commits mostly add, so one manifest tells older ones too ([`Manifest::at`]). It deliberately holds no
//! rows: only names, counts, and the small dictionaries of coded columns.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read, Write};
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::duplicates::Replaced;
use super::part::Part;
use super::schema::Table;
use crate::error::{Error, Result};

/// The version of the layout that this program writes and reads. 2 added keys of identities and answers of customers, 3
/// times of update and older commits.
pub const FORMAT_VERSION: u32 = 3;

/// The manifest's name in the store.
pub(super) const MANIFEST_FILE: &str = "manifest.json";
/// What is written before the rename.
pub(super) const MANIFEST_DRAFT: &str = "manifest.json.tmp";

/// More than this is no manifest of ours: dictionaries are bounded well below it.
const MAX_MANIFEST_BYTES: u64 = 1 << 30;

/// One source file that is wholly in the store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceRecord {
    /// The file as the user names it.
    pub name: String,
    /// Hash of its bytes and of its mapping: the same fingerprint is not read again.
    pub fingerprint: String,
    /// What it holds: interactions, transcripts, …
    pub kind: String,
    /// Size of the file, in bytes.
    pub byte_count: u64,
    /// Rows seen in it.
    pub row_count: u64,
    /// Interactions stored from it; the writer fills in this and the counts below.
    pub interaction_count: u64,
    /// Transcripts (or fragments of transcripts) stored from it.
    pub transcript_count: u64,
    /// Turns stored from it.
    pub turn_count: u64,
    /// Answers of customers read from it as such.
    pub survey_count: u64,
    /// Those, and the answers within its interactions.
    pub answer_count: u64,
    /// Articles stored from it.
    #[serde(skip_serializing_if = "is_zero")]
    pub article_count: u64,
    /// Cues stored from it.
    pub cue_count: u64,
    /// Rows of it that could not be read.
    pub reject_count: u64,
    /// Oddities noted in it.
    pub note_count: u64,
    /// Its rejects by reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub reject_counts: BTreeMap<String, u64>,
    /// Its notes by what they are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub note_counts: BTreeMap<String, u64>,
    /// Interactions of it that compacting left out, because another row with their id counts.
    pub dropped: Replaced,
    /// How far it goes, where it is what a database gave since a row: a hash of what was asked, and the greatest value of
    /// the column by which rows that come later are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<(String, String)>,
    /// The commit that it came with.
    pub commit_id: u64,
    /// The commit that removed it: from then on its rows do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_in: Option<u64>,
}

/// Most sources have no articles, and say nothing of them.
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What made a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// New sources were read.
    #[default]
    Index,
    /// All sources were read anew.
    Rebuild,
    /// Sources were removed.
    Remove,
    /// What does not count was left out and small parts were joined.
    Compact,
    /// Customers were forgotten.
    Forget,
}

/// One commit: what it did, and what tells the store as of it from the store as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CommitRecord {
    /// Its number.
    pub id: u64,
    /// What made it.
    pub deed: Deed,
    /// Rows that lost to another of their id in this commit.
    pub replaced: Replaced,
    /// All rows that do not count for that reason, as of this commit.
    pub replaced_in_all: Replaced,
    /// The first commit whose lists of losers count, as of this one: a commit that removes sources makes the lists anew.
    pub(super) lists_from: u64,
    /// How many names each dictionary has, as of this commit.
    pub(super) name_counts: BTreeMap<String, usize>,
    /// Hash of the lexicons that its cues were found with.
    pub(super) lexicon_hash: String,
    /// The configuration, where it is another than that of the commit before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) config_text: Option<String>,
}

/// Everything that a commit consists of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// xxh3-64 of the file with zeros in its place, in hexadecimal; set when it is saved. Readers do not ask for it, but
    /// [`verify`](super::verify()) does: a name in which a letter was turned over is still a name.
    #[serde(default)]
    pub(super) checksum: String,
    pub(super) format_version: u32,
    pub(super) recontact_version: String,
    /// 0 is the empty store before the first commit.
    pub(super) commit_id: u64,
    /// The commits that can be opened, oldest first; the last is this one.
    pub(super) commits: Vec<CommitRecord>,
    /// In the order written: the parts of a table, one after the other, are its rows.
    pub(super) parts: Vec<Part>,
    /// In the order read, which is that of their rows in every table.
    pub(super) sources: Vec<SourceRecord>,
    /// Names by code, by field; code 0 is none.
    pub(super) dictionaries: BTreeMap<String, Vec<String>>,
    /// Names of the columns that are kept as extra dimensions.
    pub(super) extra_names: BTreeSet<String>,
    pub(super) lexicon_hash: String,
    pub(super) config_text: Option<String>,
}

/// The one field that must be understood before anything else is.
#[derive(Deserialize)]
struct Version {
    format_version: u32,
}

/// What of a store of an older format is needed to put another in its place: its number, and the files that stay until
/// then.
#[derive(Deserialize)]
struct Older {
    commit_id: u64,
    parts: Vec<Part>,
}

impl Older {
    fn manifest(self, format_version: u32) -> Result<Manifest, String> {
        if format_version == 0 {
            return Err("format 0 does not exist".to_string());
        }
        self.parts.iter().try_for_each(Part::check)?;
        let Older { commit_id, parts } = self;
        Ok(Manifest { format_version, commit_id, parts, ..Manifest::empty() })
    }
}

impl Manifest {
    /// The manifest of a store that has nothing in it.
    pub(super) fn empty() -> Manifest {
        Manifest {
            checksum: String::new(),
            format_version: FORMAT_VERSION,
            recontact_version: env!("CARGO_PKG_VERSION").to_string(),
            commit_id: 0,
            commits: Vec::new(),
            parts: Vec::new(),
            sources: Vec::new(),
            dictionaries: BTreeMap::new(),
            extra_names: BTreeSet::new(),
            lexicon_hash: String::new(),
            config_text: None,
        }
    }

    /// Reads the manifest of the store in `dir`; `None` where there is none.
    pub(super) fn load(dir: &Path) -> Result<Option<Manifest>> {
        let manifest = Manifest::load_to_replace(dir)?;
        match manifest.as_ref().map(|manifest| manifest.format_version) {
            Some(version) if version < FORMAT_VERSION => Err(Error::data(
                dir.join(MANIFEST_FILE),
                format!("the store has format {version}, this recontact reads format {FORMAT_VERSION}"),
                "index again: run `recontact index --rebuild PATH…` with all sources",
            )),
            _ => Ok(manifest),
        }
    }

    /// As [`Manifest::load`], but an older store is no error: enough is understood of it to put another in its place.
    pub(super) fn load_to_replace(dir: &Path) -> Result<Option<Manifest>> {
        let path = dir.join(MANIFEST_FILE);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::Io { path, source }),
        };
        let mut text = Vec::new();
        file.take(MAX_MANIFEST_BYTES + 1).read_to_end(&mut text).map_err(Error::io(&path))?;
        let damaged = |what: String| {
            Error::data(
                &path,
                what,
                "the store is damaged: restore the folder from a backup, or remove it and run `recontact index` again",
            )
        };
        if text.len() as u64 > MAX_MANIFEST_BYTES {
            return Err(damaged("longer than any manifest".to_string()));
        }
        let version: Version =
            serde_json::from_slice(&text).map_err(|e| damaged(format!("not a readable manifest ({e})")))?;
        if version.format_version > FORMAT_VERSION {
            return Err(Error::data(
                &path,
                format!(
                    "the store has format {}, this recontact reads up to {FORMAT_VERSION}",
                    version.format_version
                ),
                "use the newer recontact that wrote it, or index the sources again into another `--store DIR`",
            ));
        }
        if version.format_version < FORMAT_VERSION {
            let older: Older = serde_json::from_slice(&text)
                .map_err(|e| damaged(format!("not a readable manifest ({e})")))?;
            let manifest = older.manifest(version.format_version).map_err(damaged)?;
            return Ok(Some(manifest));
        }
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|e| damaged(format!("not a readable manifest ({e})")))?;
        manifest.check().map_err(damaged)?;
        Ok(Some(manifest))
    }

    /// The store as of an older commit; or why it is not there.
    pub(super) fn at(mut self, commit_id: u64) -> Result<Manifest, String> {
        let Some(place) = self.commits.iter().position(|commit| commit.id == commit_id) else {
            return Err(self.missing_commit(commit_id));
        };
        self.commits.truncate(place + 1);
        let lists_from = self.commits[place].lists_from;
        self.parts.retain(|part| part.commit_id <= commit_id);
        self.parts.retain(|part| !part.table.is_list() || part.commit_id >= lists_from);
        self.sources.retain(|source| source.commit_id <= commit_id);
        for source in &mut self.sources {
            source.removed_in = source.removed_in.filter(|removed| *removed <= commit_id);
        }
        for (field, names) in &mut self.dictionaries {
            names.truncate(self.commits[place].name_counts.get(field).copied().unwrap_or(1));
        }
        self.lexicon_hash = self.commits[place].lexicon_hash.clone();
        self.config_text = self.commits.iter().rev().find_map(|commit| commit.config_text.clone());
        self.commit_id = commit_id;
        Ok(self)
    }

    fn missing_commit(&self, commit_id: u64) -> String {
        match self.commits.first() {
            Some(first) if commit_id > 0 && commit_id < first.id => {
                let gone_with = match first.deed {
                    Deed::Rebuild => "`index --rebuild`",
                    Deed::Forget => "`store forget`",
                    _ => "`store compact`",
                };
                format!("commit {commit_id} is gone: {gone_with} made the store anew in commit {}", first.id)
            }
            _ => format!("there is no commit {commit_id}: the last is {}", self.commit_id),
        }
    }

    /// The record of this commit.
    pub(super) fn commit(&self) -> CommitRecord {
        self.commits.last().cloned().unwrap_or_default()
    }

    /// The lists of losers that count.
    pub(super) fn lists(&self, table: Table) -> impl Iterator<Item = &Part> {
        let lists_from = self.commits.last().map_or(0, |commit| commit.lists_from);
        self.parts.iter().filter(move |part| part.table == table && part.commit_id >= lists_from)
    }

    /// The parts of a table, each with the number of its first row over all of them.
    pub(super) fn parts_of(&self, table: Table) -> impl Iterator<Item = (&Part, u64)> {
        let mut next = 0u64;
        self.parts.iter().filter(move |part| part.table == table).map(move |part| {
            let first = next;
            // The manifest may be anybody's: its check refuses sums that overflow.
            next = next.saturating_add(part.row_count);
            (part, first)
        })
    }

    /// Rows of a table.
    pub(super) fn row_count(&self, table: Table) -> u64 {
        self.parts_of(table).map(|(part, _)| part.row_count).sum()
    }

    /// What must hold for the rest of the store to rely on a manifest, whoever edited it.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.commits.last().is_some_and(|commit| commit.id != self.commit_id) {
            return Err(format!("the last commit is not commit {}", self.commit_id));
        }
        for part in &self.parts {
            part.check()?;
        }
        let of = |table| self.parts_of(table).map(|(part, _)| (part.commit_id, part.row_count));
        for (left, right) in [(Table::Interactions, Table::InteractionTexts), (Table::Cues, Table::CueTexts)]
        {
            if !of(left).eq(of(right)) {
                return Err(format!("the parts of {left:?} and {right:?} do not agree"));
            }
        }
        // Rows of these are numbered by u32 across parts.
        for table in [Table::Interactions, Table::Transcripts, Table::Cues] {
            let rows = of(table).try_fold(0u64, |sum, (_, rows)| sum.checked_add(rows));
            if rows.is_none_or(|rows| rows > u64::from(u32::MAX)) {
                return Err(format!("{table:?} has more rows than a store can hold"));
            }
        }
        for table in Table::ALL.into_iter().filter(|table| !table.is_list()) {
            let rows = of(table).try_fold(0u64, |sum, (_, rows)| sum.checked_add(rows));
            let mut sources = self.sources.iter();
            let read = sources.try_fold(0u64, |sum, source| sum.checked_add(source.rows_in(table)));
            if rows != read {
                return Err(format!("the parts of {table:?} have other rows than the sources"));
            }
        }
        match self.dictionaries.values().find(|names| names.first().is_none_or(|n| !n.is_empty())) {
            Some(_) => Err("a dictionary has no code for none".to_string()),
            None => Ok(()),
        }
    }

    /// Replaces the manifest of the store in `dir` by this one, all or nothing, and durably.
    pub(super) fn save(&self, dir: &Path) -> Result<()> {
        let draft = dir.join(MANIFEST_DRAFT);
        let path = dir.join(MANIFEST_FILE);
        let blank = Manifest { checksum: NO_CHECKSUM.to_string(), ..self.clone() };
        let mut text = serde_json::to_vec_pretty(&blank).map_err(|e| Error::io(&draft)(e.into()))?;
        if let Some(place) = checksum_place(&text) {
            let checksum = format!("{:016x}", xxh3_64(&text));
            text[place].copy_from_slice(checksum.as_bytes());
        }
        let mut file = File::create(&draft).map_err(Error::io(&draft))?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(Error::io(&draft))?;
        // The parts' directory entries must be on disk before a manifest that names them is.
        sync_directory(dir)?;
        fs::rename(&draft, &path).map_err(Error::io(&path))?;
        sync_directory(dir)
    }
}

/// What stands in place of the checksum while it is taken.
const NO_CHECKSUM: &str = "0000000000000000";

/// Where the checksum stands in a manifest: it is the first value.
fn checksum_place(text: &[u8]) -> Option<Range<usize>> {
    const BEFORE: &[u8] = b"{\n  \"checksum\": \"";
    let end = BEFORE.len() + NO_CHECKSUM.len();
    (text.starts_with(BEFORE) && text.len() > end).then_some(BEFORE.len()..end)
}

/// Whether the bytes of a manifest are those that were saved.
pub(super) fn is_as_saved(mut text: Vec<u8>) -> bool {
    let Some(place) = checksum_place(&text) else { return false };
    let said = text[place.clone()].to_vec();
    text[place].copy_from_slice(NO_CHECKSUM.as_bytes());
    said == format!("{:016x}", xxh3_64(&text)).as_bytes()
}

/// Makes renames and new files of a directory durable, where the system lets a directory be opened.
fn sync_directory(dir: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(dir).and_then(|d| d.sync_all()).map_err(Error::io(dir))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{CommitRecord, Deed, MANIFEST_DRAFT, MANIFEST_FILE, Manifest, is_as_saved};

    #[test]
    fn a_manifest_comes_back_as_it_was_saved() {
        let dir = tempfile::tempdir().unwrap();
        let mut manifest = Manifest::empty();
        manifest.commit_id = 3;
        manifest.commits.push(CommitRecord { id: 3, deed: Deed::Remove, ..CommitRecord::default() });
        manifest.dictionaries.insert("category".into(), vec!["".into(), "account \"=1".into()]);
        manifest.save(dir.path()).unwrap();
        let found = Manifest::load(dir.path()).unwrap().unwrap();
        assert_eq!(Manifest { checksum: String::new(), ..found }, manifest);
    }

    #[test]
    fn no_manifest_is_no_store() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::load(dir.path()).unwrap(), None);
    }

    #[test]
    fn a_torn_draft_of_a_dead_writer_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        Manifest::empty().save(dir.path()).unwrap();
        std::fs::write(dir.path().join(MANIFEST_DRAFT), b"{\"format_ver").unwrap();
        assert_eq!(Manifest::load(dir.path()).unwrap().map(|it| it.commit_id), Some(0));
    }

    #[test]
    fn a_bit_turned_over_anywhere_in_a_manifest_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let mut manifest = Manifest::empty();
        manifest.dictionaries.insert("category".into(), vec!["".into(), "billing".into()]);
        manifest.save(dir.path()).unwrap();
        let text = std::fs::read(dir.path().join(MANIFEST_FILE)).unwrap();
        assert!(is_as_saved(text.clone()));
        for at in 0..text.len() {
            let mut turned = text.clone();
            turned[at] ^= 1;
            assert!(!is_as_saved(turned), "byte {at}");
        }
    }

    #[test]
    fn a_newer_format_is_refused_before_the_rest_is_understood() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(MANIFEST_FILE), b"{\"format_version\": 4, \"new\": 1}").unwrap();
        let refused = Manifest::load(dir.path()).unwrap_err().to_string();
        assert!(refused.contains("format 4, this recontact reads up to 3"), "{refused}");
    }

    #[test]
    fn an_older_format_is_to_be_indexed_again() {
        let dir = tempfile::tempdir().unwrap();
        Manifest { format_version: 1, ..Manifest::empty() }.save(dir.path()).unwrap();
        let refused = Manifest::load(dir.path()).unwrap_err().to_string();
        assert!(refused.contains("format 1, this recontact reads format 3: index again"), "{refused}");
        assert!(Manifest::load_to_replace(dir.path()).unwrap().is_some());
    }

    #[test]
    fn a_truncated_manifest_says_which_file_is_damaged() {
        let dir = tempfile::tempdir().unwrap();
        Manifest::empty().save(dir.path()).unwrap();
        let path = dir.path().join(MANIFEST_FILE);
        let text = std::fs::read(&path).unwrap();
        for length in 0..text.len() {
            std::fs::write(&path, &text[..length]).unwrap();
            let refused = Manifest::load(dir.path()).unwrap_err().to_string();
            assert!(refused.contains("manifest.json") && refused.contains("damaged"), "{refused}");
        }
    }

    #[test]
    fn a_part_outside_the_store_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let mut manifest = Manifest::empty();
        manifest.parts.push(super::Part {
            table: crate::store::schema::Table::Duplicates,
            commit_id: 1,
            file: "../../etc/passwd".into(),
            rewritten_in: None,
            row_count: 1,
            byte_count: 1,
            hash: String::new(),
        });
        manifest.save(dir.path()).unwrap();
        let refused = Manifest::load(dir.path()).unwrap_err().to_string();
        assert!(refused.contains("passwd"), "{refused}");
    }
}
