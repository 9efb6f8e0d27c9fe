//! The lexicons on texts that people labelled: no language may fall below its floor.

use super::program::{Folder, project};

/// Lowest F1 of each language: a little below what is reached. The texts have been learned from, so the figures guard
/// against falling back; they do not say how good the lexicons are on words that nobody has seen.
#[test]
fn no_language_falls_below_its_floor_on_the_labelled_texts() {
    let floors = std::fs::read_to_string(project().join("fixtures/labelled/baseline.csv")).unwrap();
    let floors = floors.lines().skip(1).map(|line| line.split_once(',').expect("language,f1"));
    let mut languages = 0;
    for (language, floor) in floors {
        let path = project().join(format!("fixtures/labelled/{language}.jsonl"));
        let shown = Folder::new().run(&format!("lexicon eval {}", path.display())).ok().stdout;
        let row = shown.lines().find(|line| line.starts_with("all")).expect("a line for all languages");
        let cells: Vec<&str> = row.split_whitespace().collect();
        let (texts, f1): (u32, f64) = (cells[1].parse().unwrap(), cells[6].parse().unwrap());
        let floor: f64 = floor.parse().unwrap();
        assert!(texts >= 40, "{language}: {texts} texts");
        assert!(f1 >= floor, "{language}: F1 {f1} is below {floor}; see `recontact lexicon eval --errors`");
        languages += 1;
    }
    let files = std::fs::read_dir(project().join("fixtures/labelled")).unwrap().flatten();
    let texts = files.filter(|file| file.path().extension().is_some_and(|e| e == "jsonl")).count();
    assert_eq!(languages, texts, "every language has texts and a floor");
}

#[test]
fn a_wrong_declaration_of_the_language_silences_nothing_and_is_said() {
    let text = "guten tag ich rufe jetzt schon zum dritten mal wegen der falschen rechnung an und niemand von ihnen \
                hat mich zurückgerufen obwohl mir das letzte woche am telefon fest versprochen wurde";
    let folder = Folder::with(&[
        ("lines.jsonl", &format!("{{\"id\":1,\"lang\":\"lv\",\"text\":\"{text}\"}}\n")),
        ("log.csv", "interaction_id,customer_id,started_at,category\n1,a,2026-03-01 10:00:00Z,billing\n"),
        (
            "words.jsonl",
            &format!(
                "{{\"interaction_id\":\"1\",\"language\":\"lv\",\"turns\":[{{\"speaker\":\"customer\",\"text\":\"{text}\"}}]}}\n"
            ),
        ),
    ]);
    let found = folder.run("detect lines.jsonl").json();
    assert_eq!(found["language_found"], "de");
    assert!(found["cues"].as_array().unwrap().iter().any(|cue| cue["stated_contacts"] == 3), "{found}");
    let report = folder.run("analyze log.csv words.jsonl --format json").json();
    assert_eq!(report["overall"]["stated_count"], 1);
    let notes = report["notes"].to_string();
    assert!(notes.contains("the declared language is not that of the words"), "{notes}");
}

#[test]
fn a_yes_counts_as_the_answer_to_the_agent_s_question_and_not_alone() {
    let kinds = |line: &str| {
        let found = Folder::with(&[("l.jsonl", line)]).run("detect l.jsonl").json();
        let cues = found["cues"].as_array().unwrap().clone();
        cues.iter().map(|cue| cue["kind"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    let asked = "\"before\":\"Have you contacted us about this before?\",\"lang\":\"en\"";
    assert_eq!(kinds(&format!("{{\"id\":1,{asked},\"text\":\"yes\"}}\n")), ["repeat"]);
    assert_eq!(kinds(&format!("{{\"id\":1,{asked},\"text\":\"no\"}}\n")), ["first_contact"]);
    assert!(kinds("{\"id\":1,\"lang\":\"en\",\"text\":\"yes\"}\n").is_empty());
}

#[test]
fn a_category_is_taken_from_the_words_where_the_source_has_none_and_the_policy_asks() {
    let folder = Folder::with(&[
        (
            "log.csv",
            "interaction_id,customer_id,started_at\n1,a,2026-03-01 10:00:00Z\n2,b,2026-03-02 10:00:00Z\n",
        ),
        (
            "words.jsonl",
            "{\"interaction_id\":\"1\",\"language\":\"en\",\"turns\":[{\"speaker\":\"customer\",\"text\":\"there is a mistake on my invoice, the invoice is too high\"}]}\n",
        ),
    ]);
    let categories = |arguments: &str| {
        let report = folder.run(&format!("analyze log.csv words.jsonl --format json {arguments}")).json();
        let all = report["categories"].as_array().unwrap().clone();
        all.iter().map(|c| c["category"].as_str().unwrap_or("none").to_string()).collect::<Vec<_>>()
    };
    assert_eq!(categories(""), ["none"]);
    let mut derived = categories("--derive-category");
    derived.sort();
    assert_eq!(derived, ["billing (derived)", "none"]);
}
