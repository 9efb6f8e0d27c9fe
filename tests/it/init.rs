//! `recontact init`: what it guesses loads, and counts as a mapping written by hand does.

use super::program::{Folder, project};

/// An export with the column names of a language, and the names of its reasons.
fn export(columns: &str, reasons: [&str; 2]) -> String {
    let mut text = format!("{columns}\n");
    for call in 0..60_u32 {
        let (customer, day, reason) = (call % 23, call / 3 + 1, reasons[(call % 2) as usize]);
        text.push_str(&format!("K{call},C{customer},2026-03-{day:02} 09:{:02}:00,{reason}\n", call % 60));
    }
    text
}

#[test]
fn the_guess_counts_as_a_mapping_by_hand_in_four_languages() {
    let exports = [
        ("call_id,customer,opened_at,reason", ["billing", "outage"]),
        ("zvana_id,klients,sākuma laiks,kategorija", ["rēķins", "internets"]),
        ("номер на обаждане,клиент,дата и час,категория", ["сметка", "интернет"]),
        ("工单号,客户编号,创建时间,问题类别", ["账单", "网络"]),
    ];
    for (columns, reasons) in exports {
        let folder = Folder::with(&[("log.csv", &export(columns, reasons))]);
        let guessed = folder.run("init log.csv").ok();
        assert_eq!(guessed.stderr, "", "{columns}");
        // Saved in another folder than the one that it was made in.
        folder.write("guessed/recontact.toml", guessed.stdout);
        let mut mapping = "[[source]]\npath = \"../log.csv\"\n[source.fields]\n".to_string();
        let fields = ["interaction_id", "customer_id", "started_at", "category"];
        for (field, column) in fields.iter().zip(columns.split(',')) {
            mapping.push_str(&format!("{field} = \"{column}\"\n"));
        }
        folder.write("by_hand/recontact.toml", mapping);
        let by_guess = folder.run("analyze guessed --format json").ok().stdout;
        let by_hand = folder.run("analyze by_hand --format json").json();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&by_guess).unwrap(), by_hand, "{columns}");
        // 60 calls of 23 customers about one reason each time, so that something is to be counted at all.
        assert_eq!(by_hand["overall"]["contact_count"], 60, "{columns}");
        assert_eq!(by_hand["categories"].as_array().unwrap().len(), 2, "{columns}");
    }
}

#[test]
fn it_shows_fill_rates_and_samples_and_never_overwrites() {
    let log = "call_id,customer,opened_at,shop\n1,C1,2026-03-01 09:00,Riga\n2,,2026-03-02 09:00,Riga\n";
    let folder = Folder::with(&[("log.csv", log)]);
    let text = folder.run("init log.csv").ok().stdout;
    assert!(text.contains("`customer`: 50 % filled, 1 different: `C1`"), "{text}");
    assert!(text.contains("# not mapped: `shop`: 100 % filled, 1 different: `Riga`"), "{text}");

    let wrote = folder.run("init log.csv -o recontact.toml").ok();
    assert_eq!(wrote.stdout, "");
    assert!(wrote.stderr.starts_with("wrote recontact.toml; look it through"), "{}", wrote.stderr);
    assert_eq!(folder.read("recontact.toml"), text);
    folder.run("analyze .").ok();
    let refused = folder.run("init log.csv -o recontact.toml").error();
    assert!(refused.starts_with("recontact.toml is there already: "), "{refused}");
}

#[test]
fn what_cannot_be_read_is_said() {
    let folder = Folder::new();
    assert_eq!(folder.run("init none.csv").error(), "none.csv: no such file or folder: check the path");
}

#[test]
fn a_folder_of_exports_is_one_source_and_says_what_it_was_taken_for_and_why() {
    let example = std::fs::read_to_string(project().join("fixtures/exports/contact-lens.json")).unwrap();
    let folder = Folder::with(&[
        ("in/a.json", &example),
        ("in/b.json", &example.replace("4f1c9a52", "5f1c9a52").replace("\"AGENT\"", "\"WIZARD\"")),
        ("in/c.txt", "Agent: hello\nCustomer: hi\n"),
    ]);
    let text = folder.run("init in").ok().stdout;
    assert!(text.contains("# 2 files, taken for: 2 contact-lens"), "{text}");
    assert!(text.contains("a.json: it has `Transcript`, `Participants` and `ContentMetadata`"), "{text}");
    assert!(text.contains("# \"WIZARD\" = \"\"") && text.contains("# 1 file, taken for: 1 text"), "{text}");
    folder.write(
        "recontact.toml",
        text.replace("# [source.speakers]", "[source.speakers]")
            .replace("# \"WIZARD\" = \"\"", "WIZARD = \"system\""),
    );
    let said = folder.run("index recontact.toml --store s").ok().stderr;
    assert!(said.contains("2 interactions, 3 transcripts") && !said.contains("unknown speaker"), "{said}");
}

#[test]
fn formats_lists_what_can_be_read_and_shows_an_example_of_each() {
    let folder = Folder::new();
    let list = folder.run("formats").ok().stdout;
    for format in recontact::config::Format::ALL {
        let name = format.1[0];
        assert!(list.lines().any(|line| line.starts_with(name)), "{name}");
        let example = folder.run(&format!("formats {name}")).ok().stdout;
        assert!(example.len() > 20, "{name}");
    }
}
