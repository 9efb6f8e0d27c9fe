//! Running the program: arguments and files in, exit code and both outputs out.
//!
//! Every run is in a folder of its own, with no terminal and nothing of the caller's environment that could change
//! the output. It judges nothing but that the program did not panic.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The run, which must have ended with `code`.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "{}\n{}", self.stdout, self.stderr);
        self
    }

    /// The run, which must have ended well.
    #[track_caller]
    pub(crate) fn ok(self) -> Run {
        self.code(0)
    }

    /// The message of a run that must have ended with an error, data on stdout or not.
    #[track_caller]
    pub(crate) fn error(self) -> String {
        let run = self.code(2);
        let message = run.stderr.lines().find_map(|line| line.strip_prefix("error: "));
        message.unwrap_or_else(|| panic!("no error is told: {}", run.stderr)).to_string()
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let run = self.ok();
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.stdout))
    }
}

/// A folder for one test, removed afterwards.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    /// A folder with these files in it.
    pub(crate) fn with(files: &[(&str, &str)]) -> Folder {
        let folder = Folder::new();
        for (name, content) in files {
            folder.write(name, content);
        }
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path().join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Runs the program in this folder on arguments that are written as in a shell without quotes.
    pub(crate) fn run(&self, arguments: &str) -> Run {
        run_in(self.path(), &arguments.split_whitespace().collect::<Vec<_>>(), "")
    }

    /// The same, with `input` on standard input.
    pub(crate) fn run_with(&self, arguments: &str, input: &str) -> Run {
        run_in(self.path(), &arguments.split_whitespace().collect::<Vec<_>>(), input)
    }
}

/// The program, ready to be given arguments, in a folder.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recontact"));
    command.current_dir(folder).env_remove("RUST_BACKTRACE").env_remove("NO_COLOR");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program in `folder`.
pub(crate) fn run_in(folder: &Path, arguments: &[&str], input: &str) -> Run {
    let mut command = program(folder);
    command.args(arguments);
    if input.is_empty() {
        return finished(command);
    }
    // A file and not a pipe: the program may answer before it has read all.
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, input.as_bytes()).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    command.stdin(file);
    finished(command)
}

/// Runs a command to its end.
pub(crate) fn finished(mut command: Command) -> Run {
    let output = command.output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("panicked"), "{command:?}: {stderr}");
    Run { code: output.status.code(), stdout: String::from_utf8(output.stdout).unwrap(), stderr }
}

/// The project's folder.
pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The demo's folder, as an argument.
pub(crate) fn demo() -> String {
    project().join("fixtures/demo").to_str().unwrap().to_string()
}

/// A store of the demo, filled at its first use and then only read.
pub(crate) fn demo_store() -> &'static str {
    static STORE: OnceLock<String> = OnceLock::new();
    STORE.get_or_init(|| {
        let store = format!("{}/demo-store", env!("CARGO_TARGET_TMPDIR"));
        run_in(project(), &["index", &demo(), "--store", &store, "--rebuild"], "").ok();
        store
    })
}

/// The number under a key.
#[track_caller]
pub(crate) fn number(object: &Value, key: &str) -> u64 {
    object[key].as_u64().unwrap_or_else(|| panic!("no number `{key}` in {object}"))
}

/// The count of a step of a report's waterfall.
#[track_caller]
pub(crate) fn step(report: &Value, name: &str) -> u64 {
    let steps = report["waterfall"].as_array().unwrap();
    let found = steps.iter().find(|step| step["step"] == name);
    number(found.unwrap_or_else(|| panic!("no step `{name}`")), "count")
}
