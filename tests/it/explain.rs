//! `explain` for contacts, customers and episodes: classes, reasons, and what would change them.

use super::program::Folder;

const LOG: &str = "interaction_id,customer_id,phone,started_at,ended_at,category,status\n\
    1,A,+37120123456,2026-02-01 10:00,2026-02-01 10:10,x,handled\n\
    2,A,,2026-02-04 10:10,2026-02-04 10:20,x,handled\n\
    3,A,,2026-02-12 13:20,2026-02-12 13:30,x,handled\n\
    4,A,,2026-02-13 10:00,2026-02-13 10:00,x,abandoned\n\
    5,A,,2026-02-14 10:00,2026-02-14 10:10,y,handled\n";

fn folder() -> Folder {
    let config =
        "[policy]\nobserved_from = 2026-01-01\nobserved_to = 2026-03-31\n[[source]]\npath = \"log.csv\"\n";
    let folder = Folder::with(&[("log.csv", LOG), ("recontact.toml", config)]);
    folder.run("index recontact.toml --store s").ok();
    folder
}

#[test]
fn a_contact_says_what_would_change_its_class() {
    let folder = folder();
    let third = folder.run("explain 3 --store s").ok().stdout;
    // From 4 February 10:20 to 12 February 13:20: 8 d 3 h.
    assert!(third.contains("would be a repeat with a window of 9d or more"), "{third}");
    let second = folder.run("explain 2 --store s").ok().stdout;
    assert!(second.contains("would be no repeat with a window shorter than 3d"), "{second}");
    let fourth = folder.run("explain 4 --store s").ok().stdout.replace('\n', " ");
    assert!(fourth.contains("exclude_status has abandoned"), "{fourth}");
    assert!(fourth.contains("would count if exclude_status did not name its status"), "{fourth}");
    let fifth = folder.run("explain 5 --store s").ok().stdout;
    assert!(fifth.contains("would be a repeat with same = \"any\""), "{fifth}");
    // The rule that says so changes with the policy.
    let wider = folder.run("explain 3 --store s --window 9d").ok().stdout;
    assert!(wider.contains("It is a repeat: it began 8d3h after 2, within the window of 9d"), "{wider}");
}

#[test]
fn a_customer_is_told_by_id_or_number_with_all_interactions_and_their_episodes() {
    let folder = folder();
    let story = folder.run("explain A --store s --json").json();
    assert_eq!(story["about"], "customer");
    let entries = story["timeline"].as_array().unwrap();
    let told: Vec<String> = entries
        .iter()
        .map(|it| format!("{} {} {}", it["interaction_id"], it["class"], it["episode"]).replace('"', ""))
        .collect();
    assert_eq!(told, ["1 first 1", "2 repeat 1", "3 first 2", "4 excluded null", "5 first 3"]);
    for id in ["A", "+37120123456"] {
        let text = folder.run(&format!("explain {id} --store s")).ok().stdout;
        assert!(text.starts_with(&format!("Customer {id} · 5 interactions")), "{text}");
    }
}

#[test]
fn an_episode_is_told_by_any_of_its_contacts() {
    let folder = folder();
    for id in ["1", "2"] {
        let story = folder.run(&format!("explain {id} --store s --as episode --json")).json();
        let ids: Vec<&str> = story["timeline"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["interaction_id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["1", "2"]);
    }
}

#[test]
fn what_is_not_there_is_said() {
    let message = folder().run("explain Z --store s").error();
    assert_eq!(message, "s: there is no interaction or customer `Z`: see the ids in your source files");
}

#[test]
fn a_continuation_names_the_contact_that_it_continues() {
    let log = "interaction_id,customer_id,started_at,ended_at,category\n\
        1,A,2026-02-01 10:00,2026-02-01 10:10,x\n2,A,2026-02-01 10:12,2026-02-01 10:20,y\n";
    let config = "[policy]\nreconnect_within = \"10m\"\nlookback = \"0s\"\n[[source]]\npath = \"log.csv\"\n";
    let folder = Folder::with(&[("log.csv", log), ("recontact.toml", config)]);
    folder.run("index recontact.toml --store s").ok();
    let story = folder.run("explain 2 --store s").ok().stdout.replace('\n', " ");
    assert!(story.contains("(reconnect_within): 1 began 12m before."), "{story}");
}
