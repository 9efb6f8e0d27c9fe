//! What the fuzz targets share: bytes read as a user's file would be, and what must hold whatever is in them.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;
use std::{fs, io::Write, process};

use cpu_time::ProcessTime;
use recontact::config::{self, Columns, Field, Kind, Source};
use recontact::identity::Region;
use recontact::ingest::{self, Batch, SourceFile};
use recontact::interaction::{MAX_RAW_BYTES, MICROS_PER_DAY};
use recontact::report::one_line;
use recontact::{Error, Result};

/// What any step may take whatever the length of its input: tables and languages that are met first.
const FIXED: Duration = Duration::from_secs(2);

/// Far more than is needed with a sanitizer on, far less than quadratic work takes on the longest inputs.
const MOST_PER_BYTE: Duration = Duration::from_micros(400);

/// What a workbook of any length may take as long as: few bytes can say of a row that it stands there a million times,
/// which is read until it is too much.
const ROWS_TOLD: usize = 1 << 16;

/// Runs a step on so many bytes and complains where it takes more than linear time of the processor, which a machine
/// that is busy or asleep does not add to. A step that seems slow is tried again.
pub fn in_time<T>(byte_count: usize, mut step: impl FnMut() -> T) -> T {
    let most = FIXED + MOST_PER_BYTE * byte_count as u32;
    let mut taken = Duration::MAX;
    for _ in 0..3 {
        let started = ProcessTime::now();
        let done = step();
        taken = taken.min(started.elapsed());
        if taken < most {
            return done;
        }
    }
    panic!("{taken:?} for {byte_count} bytes");
}

/// Writes a file into a folder of this process. Run with `TMPDIR=/dev/shm`, so that no disk is needed.
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = std::env::temp_dir().join(format!("recontact-fuzz-{}", process::id()));
        fs::create_dir_all(&folder).expect("a folder for temporary files");
        folder
    });
    let path = FOLDER.join(name);
    fs::write(&path, bytes).expect("a temporary file");
    path
}

/// A file of a source, as the last byte chooses: control characters declare something, every other byte nothing, so
/// that ordinary files are what they are.
pub struct Given<'d> {
    /// What is declared of the file.
    pub source: Source,
    /// What is in it.
    pub bytes: &'d [u8],
    /// The same, compressed.
    pub packed: Option<Vec<u8>>,
}

/// Takes an input apart.
pub fn given(data: &[u8]) -> Given<'_> {
    let source = Source::of_path(PathBuf::new(), "fuzz".to_string());
    let mut given = Given { source, bytes: data, packed: None };
    let Some((&choice @ (0..=9 | 11..=31), bytes)) = data.split_last() else { return given };
    given.bytes = bytes;
    let source = &mut given.source;
    let kinds = [None, Some(Kind::Interactions), Some(Kind::Transcripts), Some(Kind::Surveys)];
    source.kind = if choice == 0 { Some(Kind::Articles) } else { kinds[usize::from(choice & 3)] };
    match choice >> 2 {
        1 => source.encoding = Some("windows-1257".to_string()),
        2 => source.encoding = Some("gb18030".to_string()),
        3 => source.encoding = Some("utf-16le".to_string()),
        4 => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).expect("memory");
            given.packed = Some(encoder.finish().expect("memory"));
        }
        5 => given.packed = Some(zstd::bulk::compress(bytes, 1).expect("memory")),
        6 => {
            source.timezone = "Europe/Riga".to_string();
            source.region = Region::of_code("LV");
            source.blank = vec!["0".to_string(), "anonymous".to_string()];
        }
        7 => {
            let columns = |name: &str, format: &str| Columns {
                columns: vec![name.to_string()],
                format: Some(format.to_string()),
                blank: Vec::new(),
            };
            source.fields.insert(Field::StartedAt, columns("opened", "%d.%m.%Y %H:%M"));
            source.fields.insert(Field::EndedAt, columns("closed", "%b %d, %Y %I:%M:%S %p"));
        }
        _ => {}
    }
    given
}

/// Whether bytes are read as they are: neither compressed nor with a byte order mark, and no Parquet.
pub fn is_plain(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 6] =
        [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"PAR1"];
    !marks.iter().any(|mark| bytes.starts_with(mark))
}

/// The message of an error, as people are shown it.
pub fn message(error: &Error) -> String {
    let shown = one_line(&error.to_string());
    assert!(shown.len() > 3 && !shown.contains(char::is_control), "{shown:?}");
    shown
}

/// The message of an error about a text, which must name a line that the text has.
pub fn message_of_text(error: &Error, text: &str) -> String {
    if let Error::Text { line, what, help, .. } = error {
        assert!((1..=text.split('\n').count()).contains(line), "{error}");
        assert!(!what.is_empty() && !help.is_empty(), "{error}");
    }
    message(error)
}

/// Reads a file in full, twice: what is read, or the message of the error.
pub fn read(path: &Path, source: &Source) -> Result<Vec<Batch>, String> {
    let byte_count = fs::metadata(path).map_or(0, |data| data.len());
    let file = SourceFile { path: path.to_path_buf(), name: "fuzz".to_string(), source: 0, byte_count };
    let read = || {
        let mut batches = Vec::new();
        let mut sink = |batch| {
            batches.push(batch);
            Ok(())
        };
        let outcome = ingest::read(&file, source, &mut sink, &|_| {}).map_err(|error| message(&error));
        (outcome, batches)
    };
    let is_workbook = fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"PK"));
    let (outcome, batches) =
        in_time((byte_count as usize).max(if is_workbook { ROWS_TOLD } else { 0 }), read);
    let mut line = 0;
    for batch in &batches {
        check(batch, source, &mut line);
    }
    assert_eq!((&outcome, &batches), (&read().0, &read().1), "reading again must give the same");
    outcome.map(|()| batches)
}

/// The rows of all batches.
pub fn row_count(batches: &[Batch]) -> u64 {
    batches.iter().map(|batch| batch.row_count).sum()
}

/// What must hold of a batch. `line` is the last one that was refused.
fn check(batch: &Batch, source: &Source, line: &mut u64) {
    let Batch { interactions, transcripts, surveys, articles, rejects, notes, row_count } = batch;
    assert!(*row_count <= 10_000 && (*row_count > 0 || !notes.is_empty()));
    let turn_count: usize = transcripts.iter().map(|transcript| transcript.turns.len()).sum();
    match source.kind {
        Some(Kind::Interactions) => assert_eq!(interactions.len() + rejects.len(), *row_count as usize),
        Some(Kind::Surveys) => assert_eq!(surveys.len() + rejects.len(), *row_count as usize),
        _ => {
            let kept = interactions.len() + transcripts.len() + turn_count + surveys.len() + articles.len();
            assert!(kept + rejects.len() >= *row_count as usize, "a row is lost");
        }
    }
    for reject in rejects {
        assert!(reject.line >= *line && reject.raw.len() <= MAX_RAW_BYTES, "{reject:?}");
        *line = reject.line;
        check_words(&reject.reason);
    }
    notes.iter().for_each(|note| check_words(&note.what));
    for interaction in interactions {
        assert!(!interaction.interaction_id.trim().is_empty());
        let years = interaction.started_at / (MICROS_PER_DAY * 365);
        assert!((-72..=232).contains(&years), "{}", interaction.started_at);
        assert!(interaction.ended_at.is_none_or(|end| end >= interaction.started_at));
        let seconds =
            [interaction.handle_seconds, interaction.wait_seconds, interaction.csat, interaction.nps];
        assert!(seconds.into_iter().flatten().all(|seconds| seconds.is_finite() && seconds >= 0.0));
        assert!(interaction.extra.iter().all(|(_, value)| !value.trim().is_empty() && value.len() <= 1000));
    }
    for transcript in transcripts {
        assert!(!transcript.interaction_id.trim().is_empty());
        assert!(transcript.turns.is_sorted_by(|a, b| a.index < b.index), "{transcript:?}");
    }
}

/// Reasons and notes are counted by their first words and shown in a list: short, on one line.
fn check_words(words: &str) {
    assert!(words.contains(':') && words.len() < 1000, "{words:?}");
    assert!(!words.contains(char::is_control), "{words:?}");
}

/// What `init` proposes for a file must be a configuration, by which as many rows are read as without one: in the same
/// encoding. In another no byte is wrong, so that there is more to be read.
pub fn check_guess(path: &Path, batches: &[Batch]) {
    let Ok(text) = ingest::guess(&[path.to_path_buf()]) else { return };
    let config = match config::load(&file("recontact.toml", text.as_bytes())) {
        Ok(config) => config,
        Err(error) => panic!("{error}\n{text}"),
    };
    assert_eq!(config.sources.len(), 1, "{text}");
    if config.sources[0].encoding.is_some() {
        return;
    }
    match read(path, &config.sources[0]) {
        Ok(guessed) => assert_eq!(row_count(&guessed), row_count(batches), "{text}"),
        Err(error) => panic!("{error}\n{text}"),
    }
}
