//! Tests of `recontact.toml`: what is read, and what each complaint says.

use std::fs;

use super::*;

fn of(text: &str) -> Result<Config> {
    parse(Path::new("conf/recontact.toml"), text.to_string())
}

#[test]
fn a_whole_configuration_is_read() {
    let config = of(r#"
[[source]]
path = "calls.txt"
kind = "interactions"
format = "tsv"
delimiter = "\t"
timezone = "Asia/Jerusalem"
region = "IL"
blank = ["0", "NO_SERVER"]
[source.fields]
interaction_id = ["line", "call_id"]
customer_id = "customer"
phone = []
started_at = { columns = ["date", "entry"], format = "%y%m%d %H:%M:%S", blank = ["-"] }
[source.values.status]
AGENT = "handled"
[[source]]
path = "chats/*.jsonl"

[lexicon]
paths = ["mine.toml"]

[policy]
window = "7d"
[policy.category.IN]
window = "3d"
"#)
    .unwrap();
    let first = &config.sources[0];
    assert_eq!(first.base, Path::new("conf"));
    assert_eq!(
        (first.kind, first.format, first.delimiter),
        (Some(Kind::Interactions), Some(Format::Csv), Some(b'\t'))
    );
    assert_eq!(first.region.map(|region| region.code()), Some("IL"));
    assert_eq!(first.fields[&Field::InteractionId].columns, ["line", "call_id"]);
    assert_eq!(first.fields[&Field::StartedAt].format.as_deref(), Some("%y%m%d %H:%M:%S"));
    assert_eq!(first.fields[&Field::Phone].columns, [""; 0]);
    assert_eq!(first.values[&Field::Status]["AGENT"], "handled");
    assert_eq!((config.sources[1].timezone.as_str(), config.sources[1].region), ("UTC", None));
    assert_eq!(config.lexicons, [Path::new("conf/mine.toml")]);
    assert_eq!(config.policy["window"].as_str(), Some("7d"));
    assert_eq!(config.policy["category"]["IN"]["window"].as_str(), Some("3d"));
    assert!(config.text.contains("[policy]"));
}

#[test]
fn every_fault_names_its_line_and_the_remedy() {
    let rows = [
        ("[[source]]\npath = \"a\"\nkin = \"x\"", 3, "did you mean `kind`?"),
        ("[[source]]\npath = \"a\"\nkind = \"interaction\"", 3, "did you mean `interactions`?"),
        ("[[source]]\nkind = \"interactions\"", 1, "add path"),
        ("[[source]]\npath = \"a\"\n[source.fields]\ncustomer = \"x\"", 4, "did you mean `customer_id`?"),
        ("[[source]]\npath = \"a\"\ntimezone = \"Riga\"", 3, "IANA"),
        ("[[source]]\npath = \"a\"\nregion = \"UK\"", 3, "GB"),
        ("[[source]]\npath = \"a\"\nkind = \"survey\"", 3, "did you mean `surveys`?"),
        ("[[source]]\npath = \"a\"\n[source.values.survey_is_first]\nX = \"maybe\"", 4, "yes, no"),
        ("[[source]]\npath = \"a\"\nencoding = \"latvian\"", 3, "windows-1257"),
        ("[[source]]\npath = \"a\"\ndelimiter = \"ab\"", 3, "one ASCII character"),
        ("[[source]]\npath = 5", 2, "a text in quotes"),
        (
            "[[source]]\npath = \"a\"\n[source.fields]\nqueue = { column = \"q\", format = \"%Y\" }",
            4,
            "remove it",
        ),
        (
            "[[source]]\npath = \"a\"\n[source.fields]\nstarted_at = { columns = \"q\", format = \"dd.mm\" }",
            4,
            "%d.%m.%Y",
        ),
        ("[[source]]\npath = \"a\"\n[source.values.status]\nX = \"handeled\"", 4, "did you mean `handled`?"),
        ("[[source]]\npath = \"a\"\n[source.values.started_at]\nX = \"y\"", 3, "fields of words"),
        ("[source]\npath = \"a\"", 1, "[[source]]"),
        ("\n[polcy]\nwindow = 3", 2, "did you mean `policy`?"),
        ("[policy\n", 1, "not valid TOML"),
        ("policy = 3", 1, "a table"),
    ];
    for (text, expected_line, remedy) in rows {
        match of(text) {
            Err(Error::Text { line, what, help, .. }) => {
                assert_eq!(line, expected_line, "{text}: {what}: {help}");
                assert!(help.contains(remedy), "{text}: {what}: {help}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn a_folder_with_a_configuration_uses_it_and_other_paths_are_sources() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE_NAME);
    fs::write(&path, "[[source]]\npath = \"a.csv\"\n").unwrap();
    let config = discover(&[PathBuf::from("b.csv"), folder.path().to_path_buf()]).unwrap();
    assert_eq!(config.path, Some(path.clone()));
    let paths: Vec<&str> = config.sources.iter().map(|source| source.path.as_str()).collect();
    assert_eq!(paths, ["b.csv", "a.csv"]);
    assert_eq!(config.sources[1].base, folder.path());

    let error = discover(&[path.clone(), path]).unwrap_err().to_string();
    assert!(error.contains("second configuration"), "{error}");
}

#[test]
fn a_folder_without_a_configuration_is_a_source() {
    let folder = tempfile::tempdir().unwrap();
    let config = discover(&[folder.path().to_path_buf()]).unwrap();
    assert_eq!(config.path, None);
    assert_eq!(config.sources.len(), 1);
}

#[test]
fn a_configuration_without_sources_reads_the_files_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE_NAME), "[policy]\nwindow = \"3d\"\n").unwrap();
    fs::write(folder.path().join("a.csv"), "").unwrap();
    let config = discover(&[folder.path().to_path_buf()]).unwrap();
    let files = crate::ingest::files(&config).unwrap();
    assert_eq!((files.len(), files[0].name.as_str()), (1, "a.csv"));
}
