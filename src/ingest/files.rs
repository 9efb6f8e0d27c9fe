//! Which files a configuration means, what each is called, what format it is in, and its fingerprint.
//!
//! Takes paths, folders and globs; gives a sorted list without repetition. Files are opened only to hash them.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::Xxh3;

use super::database;
use super::plain_text::is_labelled;
use super::{mail, subtitles};
use crate::config::{Config, FILE_NAME, Format, Kind, Source};
use crate::error::{Error, Result};

/// A file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it is; the name again, where it is a database that has not been asked.
    pub path: PathBuf,
    /// What the user would call it: relative to the configuration.
    pub name: String,
    /// Index of its source in [`Config::sources`].
    pub source: usize,
    /// Its size on the disk, in bytes.
    pub byte_count: u64,
}

/// More files than this are a wrong path.
const MAX_FILES: usize = 1_000_000;

/// Folders within folders are followed so deep …
const MAX_DEPTH: usize = 32;

/// … and so many entries of them are looked at: links can make few folders look like endlessly many.
const MAX_ENTRIES: usize = 4 * MAX_FILES;

/// What counts as a data file in a folder, with or without `.gz` or `.zst`.
const EXTENSIONS: &[&str] = &[
    "csv", "tsv", "tab", "psv", "jsonl", "ndjson", "json", "parquet", "txt", "vtt", "srt", "eml", "mbox",
    "xlsx", "xlsm", "ods",
];

/// Raised when the same bytes would be read into other records than before, so that they are read again.
const READER_VERSION: u32 = 6;

/// All files of a configuration: globs and folders expanded, source by source, sorted by path within each. A
/// file that two sources mean belongs to the first.
///
/// # Errors
/// Where a pattern is wrong, matches nothing, or matches too much.
pub fn files(config: &Config) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, source) in config.sources.iter().enumerate() {
        if let Some(database) = &source.database {
            let name = database::name(database);
            files.push(SourceFile { path: PathBuf::from(&name), name, source: index, byte_count: 0 });
            continue;
        }
        for path in paths(source)? {
            let metadata = fs::metadata(&path).map_err(Error::io(&path))?;
            // Files are read twice, and to their end.
            if !metadata.is_file() {
                return Err(Error::data(path, "a pipe or a device, no file", "save what it gives as a file"));
            }
            let byte_count = metadata.len();
            let identity = fs::canonicalize(&path).map_err(Error::io(&path))?;
            if seen.insert(identity) {
                let name = path.strip_prefix(&source.base).unwrap_or(&path).to_string_lossy().into_owned();
                files.push(SourceFile { path, name, source: index, byte_count });
            }
        }
        if files.len() > MAX_FILES {
            let what = format!("over {MAX_FILES} files");
            return Err(Error::data(source.base.join(&source.path), what, "name a smaller folder or a glob"));
        }
    }
    Ok(files)
}

/// The files of one source, sorted.
fn paths(source: &Source) -> Result<Vec<PathBuf>> {
    let whole = source.base.join(&source.path);
    let mut found = BTreeSet::new();
    if whole.is_dir() {
        let is_of_articles = source.kind == Some(Kind::Articles);
        let is_data = |path: &Path| {
            EXTENSIONS.contains(&extension(path).as_str())
                || (is_of_articles && super::articles::markup_of(path).is_some())
        };
        Walk { is_wanted: &is_data, above: Vec::new(), entry_count: 0, found: &mut found }.folder(&whole)?;
        if found.is_empty() {
            let help = format!("data files end in {}, or in .gz or .zst after it", EXTENSIONS.join(", "));
            return Err(Error::data(whole, "no data file in this folder", help));
        }
    } else if whole.exists() {
        found.insert(whole);
    } else if source.path.contains(['*', '?', '[']) {
        matching(source, &whole, &mut found)?;
    } else {
        return Err(Error::data(whole, "no such file or folder", "check the path"));
    }
    Ok(found.into_iter().collect())
}

/// Adds the files that a glob matches.
fn matching(source: &Source, whole: &Path, found: &mut BTreeSet<PathBuf>) -> Result<()> {
    // Only what the user wrote is a pattern, not the folder it is relative to.
    let base = glob::Pattern::escape(&source.base.to_string_lossy());
    let pattern: PathBuf = Path::new(&base).join(&source.path).components().collect();
    let pattern = pattern.to_string_lossy();
    let options = glob::MatchOptions {
        case_sensitive: true,
        require_literal_separator: true,
        require_literal_leading_dot: true,
    };
    if source.path.contains("**") {
        // The crate would follow links round and round.
        let pattern = glob::Pattern::new(&pattern).map_err(|error| no_glob(whole, &error))?;
        let is_wanted = |path: &Path| pattern.matches_path_with(path, options);
        let start = plain_start(whole);
        if start.as_os_str().is_empty() || start.is_dir() {
            Walk { is_wanted: &is_wanted, above: Vec::new(), entry_count: 0, found }.folder(&start)?;
        }
    } else {
        each_match(&pattern, options, whole, found)?;
    }
    if found.is_empty() {
        return Err(Error::data(whole, "no file matches", "check the pattern"));
    }
    Ok(())
}

/// Adds the files that a pattern without `**` matches.
fn each_match(
    pattern: &str,
    options: glob::MatchOptions,
    whole: &Path,
    found: &mut BTreeSet<PathBuf>,
) -> Result<()> {
    for path in glob::glob_with(pattern, options).map_err(|error| no_glob(whole, &error))? {
        let path = path.map_err(|error| {
            let path = error.path().to_path_buf();
            Error::Io { path, source: error.into() }
        })?;
        if !path.is_dir() {
            found.insert(path);
        }
        if found.len() > MAX_FILES {
            return Err(Error::data(whole, format!("over {MAX_FILES} files match"), "narrow the pattern"));
        }
    }
    Ok(())
}

fn no_glob(whole: &Path, error: &glob::PatternError) -> Error {
    Error::data(whole, format!("not a glob: {}", error.msg), "use * and ? and **")
}

/// The folders of a pattern before the first that has a mark of patterns in its name.
fn plain_start(whole: &Path) -> PathBuf {
    let is_plain =
        |part: &std::path::Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    whole.components().take_while(is_plain).collect()
}

/// Collects the wanted files of a folder and of the folders in it; hidden ones and stores are left alone.
struct Walk<'a> {
    is_wanted: &'a dyn Fn(&Path) -> bool,
    /// The folders that lead to this one, by their real names: a link to one of them leads nowhere new.
    above: Vec<PathBuf>,
    entry_count: usize,
    found: &'a mut BTreeSet<PathBuf>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path) -> Result<()> {
        let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let identity = fs::canonicalize(here).map_err(Error::io(folder))?;
        if self.above.contains(&identity) {
            return Ok(());
        }
        if self.above.len() > MAX_DEPTH {
            let what = format!("folders within folders over {MAX_DEPTH} deep");
            return Err(Error::data(folder, what, "name the inner folder"));
        }
        self.above.push(identity);
        for entry in fs::read_dir(here).map_err(Error::io(folder))? {
            let path = folder.join(entry.map_err(Error::io(folder))?.file_name());
            self.entry_count += 1;
            if self.found.len() > MAX_FILES || self.entry_count > MAX_ENTRIES {
                let what = format!("over {MAX_FILES} files, or links that lead on and on");
                return Err(Error::data(folder, what, "name a smaller folder or a glob"));
            }
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            // `~$calls.xlsx` says that Excel has the other open.
            if name.starts_with('.') || name.starts_with("~$") || name == FILE_NAME {
                continue;
            }
            if path.is_dir() {
                if !is_store(&path) {
                    self.folder(&path)?;
                }
            } else if (self.is_wanted)(&path) {
                self.found.insert(path);
            }
        }
        self.above.pop();
        Ok(())
    }
}

/// Whether a folder is one of our stores: it may stand beside the data, and its files look like data.
fn is_store(folder: &Path) -> bool {
    ["manifest.json", "lock"].iter().all(|name| folder.join(name).is_file())
}

/// The extension in lower case, without `.gz` and `.zst`.
pub(super) fn extension(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    name.rsplit_once('.').map(|(_, extension)| extension.to_string()).unwrap_or_default()
}

/// The format of a file, by its extension and, where that leaves it open, its first bytes.
pub(super) fn format_of(path: &Path, head: &[u8]) -> Format {
    if head.starts_with(b"PAR1") {
        return Format::Parquet;
    }
    match extension(path).as_str() {
        "csv" | "tsv" | "tab" | "psv" => return Format::Csv,
        "jsonl" | "ndjson" | "json" => return Format::JsonLines,
        "parquet" => return Format::Parquet,
        "vtt" => return Format::WebVtt,
        "srt" => return Format::Srt,
        "eml" | "mbox" => return Format::Mail,
        "xlsx" | "xlsm" => return Format::Xlsx,
        "ods" => return Format::Ods,
        _ => {}
    }
    let text = String::from_utf8_lossy(head);
    if let Some(format) = subtitles::told(&text) {
        format
    } else if mail::is_mail(&text) {
        Format::Mail
    } else if text.trim_start().starts_with('{') {
        Format::JsonLines
    } else if is_labelled(&text) {
        Format::PlainText
    } else {
        Format::Csv
    }
}

/// Whether a file has rows, whose ids never are the file's name; by its format or else its extension.
fn is_table(path: &Path, format: Option<Format>) -> bool {
    match format {
        Some(format) => matches!(format, Format::Csv | Format::Parquet),
        None => matches!(extension(path).as_str(), "csv" | "tsv" | "tab" | "psv" | "parquet"),
    }
}

/// Whether a file can hold e-mails, by its extension alone.
pub(super) fn may_be_mail(path: &Path) -> bool {
    let extension = extension(path);
    matches!(extension.as_str(), "eml" | "mbox" | "txt") || !EXTENSIONS.contains(&extension.as_str())
}

/// Whether a file can be JSON, by its extension alone.
pub(super) fn may_be_json(path: &Path) -> bool {
    let extension = extension(path);
    matches!(extension.as_str(), "json" | "jsonl" | "ndjson" | "txt")
        || !EXTENSIONS.contains(&extension.as_str())
}

/// The delimiter that an extension promises.
pub(super) fn delimiter_of(path: &Path) -> Option<u8> {
    match extension(path).as_str() {
        "tsv" | "tab" => Some(b'\t'),
        "psv" => Some(b'|'),
        _ => None,
    }
}

/// A fingerprint of a file's bytes and of the mapping by which they are read, as 32 hexadecimal digits: where
/// it is known, reading the file again would change nothing.
///
/// # Errors
/// [`Error::Io`] where the file cannot be read.
pub fn fingerprint(file: &SourceFile, source: &Source) -> Result<String> {
    let mut hasher = Xxh3::new();
    // Where a file is changes nothing else of what is read.
    let mapping = Source { base: PathBuf::new(), path: String::new(), database: None, ..source.clone() };
    hasher.update(format!("{READER_VERSION} {mapping:?}").as_bytes());
    // The name of a file that holds one interaction may be its id.
    if source.name.is_some() || !is_table(&file.path, source.format) {
        hasher.update(file.path.file_name().unwrap_or_default().as_encoded_bytes());
        // So may that of its folder.
        let folder = file.path.parent().and_then(Path::file_name).map(OsStr::as_encoded_bytes);
        hasher.update(folder.filter(|name| name.iter().all(u8::is_ascii_digit)).unwrap_or_default());
    }
    let mut reader = File::open(&file.path).map_err(Error::io(&file.path))?;
    let mut piece = vec![0; 1 << 18];
    loop {
        match reader.read(&mut piece).map_err(Error::io(&file.path))? {
            0 => return Ok(format!("{:032x}", hasher.digest128())),
            count => hasher.update(&piece[..count]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config_of(base: &Path, path: &str) -> Config {
        let sources = vec![Source::of_path(base.to_path_buf(), path.to_string())];
        Config { sources, ..Config::default() }
    }

    fn names(base: &Path, path: &str) -> Vec<String> {
        files(&config_of(base, path)).unwrap().into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn a_folder_that_may_be_an_id_is_a_part_of_the_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let of = |place: &str| {
            let path = folder.path().join(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "{}").unwrap();
            let file = SourceFile { path, name: place.to_string(), source: 0, byte_count: 2 };
            fingerprint(&file, &Source::of_path(PathBuf::new(), "x".to_string())).unwrap()
        };
        assert_ne!(of("501/comments.json"), of("502/comments.json"));
        assert_eq!(of("old/comments.json"), of("new/comments.json"));
    }

    #[test]
    fn files_folders_and_globs_are_expanded_and_sorted() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        fs::create_dir(base.join("sub")).unwrap();
        for name in ["b.csv", "a.csv.gz", "sub/c.jsonl", "notes.md", ".hidden.csv"] {
            fs::write(base.join(name), name).unwrap();
        }
        assert_eq!(names(base, "."), ["a.csv.gz", "b.csv", "sub/c.jsonl"]);
        assert_eq!(names(base, "*.csv*"), ["a.csv.gz", "b.csv"]);
        assert_eq!(names(base, "**/*.jsonl"), ["sub/c.jsonl"]);
        assert_eq!(names(base, "notes.md"), ["notes.md"]);
    }

    #[test]
    fn a_store_beside_the_data_is_no_data() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("kept")).unwrap();
        for name in ["a.csv", "kept/lock", "kept/manifest.json", "kept/000001-rejects.jsonl"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(names(folder.path(), "."), ["a.csv"]);
        fs::remove_file(folder.path().join("kept/lock")).unwrap();
        assert_eq!(names(folder.path(), ".").len(), 3, "half of it is no store");
    }

    #[test]
    fn what_matches_nothing_is_said() {
        let folder = tempfile::tempdir().unwrap();
        for (path, what) in [("x.csv", "no such file"), ("*.csv", "no file matches"), (".", "no data file")] {
            let error = files(&config_of(folder.path(), path)).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_back_are_not_followed_and_those_that_lead_on_are() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        fs::create_dir_all(base.join("data/sub")).unwrap();
        fs::create_dir(base.join("elsewhere")).unwrap();
        for name in ["data/a.csv", "data/sub/b.csv", "elsewhere/c.csv"] {
            fs::write(base.join(name), name).unwrap();
        }
        for (target, link) in [
            (".", "data/loop"),
            ("../data", "data/round"),
            ("..", "data/sub/up"),
            ("../elsewhere", "data/on"),
            ("a.csv", "data/again.csv"),
        ] {
            symlink(target, base.join(link)).unwrap();
        }
        let expected = ["data/a.csv", "data/on/c.csv", "data/sub/b.csv"];
        assert_eq!(names(base, "data"), expected);
        assert_eq!(names(base, "data/**/*.csv"), expected);
        assert_eq!(names(base, "**/[bc].csv"), ["data/on/c.csv", "data/sub/b.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_read() {
        let error = files(&config_of(Path::new(""), "/dev/null")).unwrap_err().to_string();
        assert_eq!(error, "/dev/null: a pipe or a device, no file: save what it gives as a file");
    }

    #[test]
    fn a_file_that_two_sources_mean_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "x").unwrap();
        let mut config = config_of(folder.path(), "a.csv");
        config.sources.extend(config_of(folder.path(), "*.csv").sources);
        let files = files(&config).unwrap();
        assert_eq!((files.len(), files[0].source), (1, 0));
    }

    #[test]
    fn the_fingerprint_changes_with_the_bytes_and_with_the_mapping() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.csv"), "x").unwrap();
        let config = config_of(folder.path(), "a.csv");
        let file = &files(&config).unwrap()[0];
        let first = fingerprint(file, &config.sources[0]).unwrap();
        assert_eq!(first.len(), 32);
        assert_eq!(fingerprint(file, &config.sources[0]).unwrap(), first);
        let other = Source { blank: vec!["0".to_string()], ..config.sources[0].clone() };
        assert_ne!(fingerprint(file, &other).unwrap(), first);
        fs::write(folder.path().join("a.csv"), "y").unwrap();
        assert_ne!(fingerprint(file, &config.sources[0]).unwrap(), first);
    }

    #[test]
    fn the_format_is_told_by_extension_then_by_content() {
        for (name, head, format) in [
            ("a.csv.gz", "x", Format::Csv),
            ("a.ndjson", "x", Format::JsonLines),
            ("a.txt", "call_id\tdate\n", Format::Csv),
            ("a.txt", "Agent: hi\n", Format::PlainText),
            ("a.txt", "  {\"a\":1}\n", Format::JsonLines),
            ("a.bin", "PAR1…", Format::Parquet),
            ("a.vtt.gz", "", Format::WebVtt),
            ("a.srt", "", Format::Srt),
            ("a.txt", "WEBVTT - call 1\n\n", Format::WebVtt),
            ("a.txt", "1\r\n00:00:01,000 --> 00:00:02,000\r\n", Format::Srt),
        ] {
            assert_eq!(format_of(Path::new(name), head.as_bytes()), format, "{name} {head}");
        }
    }
}
