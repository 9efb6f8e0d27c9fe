//! What the README tells to type works: every `recontact …` and `cargo run … -- …` line of its shell blocks runs.
//!
//! They run one after the other in a copy of the fixtures, so that a block can use what the one before has made.
//! `# not run in tests` at the end of a line exempts it.

use std::path::Path;
use std::process::Command;

use super::program::{Folder, finished, project};

/// The lines of the shell blocks that start the program, as they would be typed with it on the path.
fn commands(readme: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut is_shell = false;
    let mut continued = String::new();
    for line in readme.lines() {
        if line.starts_with("```") {
            is_shell = line.trim() == "```sh";
            continue;
        }
        if !is_shell {
            continue;
        }
        if let Some(part) = line.strip_suffix('\\') {
            continued.push_str(part);
            continue;
        }
        let line = std::mem::take(&mut continued) + line;
        let line = line.trim().trim_start_matches("$ ");
        if line.contains("# not run in tests") {
            continue;
        }
        if let Some((_, arguments)) = line.split_once(" -- ").filter(|_| line.starts_with("cargo run")) {
            commands.push(format!("recontact {arguments}"));
        } else if line.split(['|', '&', ';']).any(|part| part.trim_start().starts_with("recontact ")) {
            commands.push(line.to_string());
        }
    }
    commands
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn every_command_of_the_readme_runs() {
    let Ok(readme) = std::fs::read_to_string(project().join("README.md")) else { return };
    let folder = Folder::new();
    copy(&project().join("fixtures"), &folder.path().join("fixtures"));
    let own = Path::new(env!("CARGO_BIN_EXE_recontact")).parent().unwrap();
    let path = format!("{}:{}", own.display(), std::env::var("PATH").unwrap_or_default());
    let temporary = format!("{}/", folder.path().display());
    for line in commands(&readme) {
        let line = line.replace("/tmp/", &temporary);
        // A shell, because there are pipes and `&&`; the program is the one that was built with these tests.
        let mut command = Command::new("sh");
        command.args(["-c", &line]).current_dir(folder.path()).env("PATH", &path);
        let run = finished(command);
        assert_eq!(run.code, Some(0), "{line}\n{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn commands_are_found_in_shell_blocks_alone() {
    let readme = "```sh\ncargo run -q -- analyze demo\ncd recontact && ls\n$ recontact report \\\n  --by team\n\
                  recontact serve   # not run in tests\necho x | recontact detect\n```\n```toml\nrecontact no\n```\n";
    let expected = ["recontact analyze demo", "recontact report   --by team", "echo x | recontact detect"];
    assert_eq!(commands(readme), expected);
}
