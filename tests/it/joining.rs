//! Transcripts that find their interactions: by id, by the file's name, by customer and time.

use recontact::store::Store;

use super::program::{Folder, number};

const LOG: &str = "id,customer,started_at,category\n\
                   1,A,2026-03-02 10:00:00,billing\n\
                   2,A,2026-03-02 12:00:00,billing\n\
                   3,B,2026-03-02 10:00:00,sim\n\
                   4,B,2026-03-02 10:03:00,sim\n";

const SAID: &str = "Agent: good morning\nCustomer: this is the third time I am calling about this\n";

fn config(transcripts: &str) -> String {
    format!(
        "[[source]]\npath = \"log.csv\"\n[source.fields]\ninteraction_id = \"id\"\ncustomer_id = \"customer\"\n\
         [[source]]\npath = \"said\"\n{transcripts}\n"
    )
}

/// How many turns the store has of an interaction.
fn turns(folder: &Folder, id: &str) -> usize {
    Store::open(&folder.path().join("s")).unwrap().turns(id).unwrap().len()
}

#[test]
fn the_name_of_a_file_says_whose_words_are_in_it() {
    let folder = Folder::with(&[
        ("log.csv", LOG),
        ("recontact.toml", &config("name = \"call-{interaction_id}_{team}.txt\"")),
        ("said/call-2_red.txt", SAID),
        ("said/other.txt", SAID),
    ]);
    let said = folder.run("index recontact.toml --store s --max-rejects 50").ok().stderr;
    assert!(said.contains("1 transcripts") && said.contains("name of the file"), "{said}");
    assert_eq!((turns(&folder, "1"), turns(&folder, "2")), (0, 2));
}

#[test]
fn a_start_in_the_name_of_a_file_makes_an_interaction_of_its_own() {
    let folder = Folder::with(&[
        ("log.csv", LOG),
        (
            "recontact.toml",
            &config("name = \"{interaction_id}_{customer_id}_{started_at:%Y%m%dT%H%M%S}.txt\""),
        ),
        ("said/77_A_20260303T120000.txt", SAID),
        ("said/78_A_yesterday.txt", SAID),
    ]);
    let said = folder.run("index recontact.toml --store s --max-rejects 50").ok().stderr;
    assert!(said.contains("5 interactions, 1 transcripts") && said.contains("unreadable time"), "{said}");
    let told = folder.run("explain 77 --json --store s").json();
    assert_eq!(told["interaction"]["customer_id"], "A");
}

#[test]
fn customer_and_time_join_what_is_not_ambiguous_and_say_what_is() {
    let folder = Folder::with(&[
        ("log.csv", LOG),
        (
            "recontact.toml",
            &config("join_within = \"5m\"\nname = \"{customer_id}_{started_at:%Y%m%d%H%M}.txt\""),
        ),
        ("said/A_202603021204.txt", SAID),
        ("said/B_202603021001.txt", SAID),
        ("said/C_202603021001.txt", SAID),
    ]);
    let said = folder.run("index recontact.toml --store s").ok().stderr;
    assert!(said.contains("4 interactions, 1 transcripts"), "{said}");
    assert!(said.contains("2 × file of transcripts that finds no interaction"), "{said}");
    assert!(
        said.contains("said/B_202603021001.txt: ambiguous join: the customer began 3, 4 about then"),
        "{said}"
    );
    assert!(said.contains("said/C_202603021001.txt: no interaction to join"), "{said}");
    assert_eq!(["1", "2", "3", "4"].map(|id| turns(&folder, id)), [0, 2, 0, 0]);
    let report = folder.run("report --store s --format json").json();
    assert_eq!(number(&report["overall"], "contact_count"), 4);
}

#[test]
fn transcripts_that_came_before_their_interactions_find_them_with_a_later_run() {
    let folder = Folder::with(&[
        ("log.csv", "id,customer,started_at,category\n1,A,2026-03-02 10:00:00,billing\n"),
        (
            "recontact.toml",
            &config("join_within = \"5m\"\nname = \"{customer_id}_{started_at:%Y%m%d%H%M}.txt\""),
        ),
        ("said/A_202603021204.txt", SAID),
    ]);
    let said = folder.run("index recontact.toml --store s").ok().stderr;
    assert!(said.contains("1 × file of transcripts that finds no interaction"), "{said}");
    folder.write("log.csv", LOG);
    folder.run("index recontact.toml --store s").ok();
    assert_eq!(turns(&folder, "2"), 2);
    let said = folder.run("index recontact.toml --store s").ok().stderr;
    assert!(said.contains("2 known already"), "{said}");
}

#[test]
fn two_transcripts_are_not_given_to_one_interaction() {
    let folder = Folder::with(&[
        ("log.csv", LOG),
        (
            "recontact.toml",
            &config("join_within = \"5m\"\nname = \"{customer_id}_{started_at:%Y%m%d%H%M}.txt\""),
        ),
        ("said/A_202603021159.txt", SAID),
        ("said/A_202603021201.txt", SAID),
    ]);
    let said = folder.run("index recontact.toml --store s").ok().stderr;
    assert!(
        said.contains("1 transcripts") && said.contains("2 has the words of another transcript"),
        "{said}"
    );
    assert_eq!(turns(&folder, "2"), 2);
}

#[test]
fn a_pattern_that_cannot_be_used_is_told_with_its_line() {
    for (key, what) in [
        ("name = \"{interaction_id}{team}.txt\"", "two columns stand side by side"),
        ("name = \"{team:%Y}_x.txt\"", "a format for `team`"),
        ("join_within = \"3d\"", "`3d` is no tolerance"),
    ] {
        let folder =
            Folder::with(&[("log.csv", LOG), ("recontact.toml", &config(key)), ("said/1.txt", SAID)]);
        let said = folder.run("index recontact.toml --store s").error();
        assert!(said.contains(what) && said.contains("recontact.toml:8"), "{said}");
    }
}
