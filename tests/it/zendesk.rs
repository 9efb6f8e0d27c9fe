//! A Zendesk export whose tickets, comments and users lie in files of their own, and come on several days.

use recontact::interaction::Speaker;
use recontact::store::Store;
use serde_json::{Value, json};

use super::program::Folder;

fn tickets() -> Vec<Value> {
    let ticket = |id: u64, at: &str, subject: &str, words: &str| {
        json!({"id": id, "created_at": at, "updated_at": at, "requester_id": 1, "submitter_id": 1, "assignee_id": 2,
            "via": {"channel": "email"}, "status": "closed", "subject": subject, "description": words})
    };
    vec![
        ticket(7, "2026-03-02T09:00:00Z", "Invoice", "My invoice is wrong."),
        ticket(8, "2026-03-04T09:00:00Z", "Invoice", "This is the third time I am writing about this."),
    ]
}

fn comments() -> Vec<Value> {
    let comment = |id: u64, ticket: u64, author: u64, at: &str, words: &str| {
        json!({"id": id, "ticket_id": ticket, "type": "Comment", "author_id": author, "public": true,
            "plain_body": words, "created_at": at})
    };
    vec![
        comment(71, 7, 1, "2026-03-02T09:00:00Z", "My invoice is wrong."),
        // Not the customer, who "has called twice": the colleague who answers.
        comment(
            72,
            7,
            2,
            "2026-03-02T10:00:00Z",
            "I see that this is the third time you are calling about this.",
        ),
        comment(81, 8, 1, "2026-03-04T09:00:00Z", "This is the third time I am writing about this."),
    ]
}

fn users() -> Vec<Value> {
    let user = |id: u64, role: &str, name: &str| json!({"id": id, "role": role, "name": name, "email": format!("{name}@mail.test"), "time_zone": "UTC"});
    vec![user(1, "end-user", "kim"), user(2, "agent", "anna")]
}

const CONFIG: &str = "[[source]]\npath = \"desk\"\n[source.fields]\ncategory = \"Subject line\"\n";

/// The whole as one page: comments within their tickets.
fn whole() -> String {
    let mut tickets = tickets();
    for ticket in &mut tickets {
        let own = comments().into_iter().filter(|it| it["ticket_id"] == ticket["id"]);
        ticket["comments"] = own.collect();
    }
    json!({"tickets": tickets, "users": users()}).to_string()
}

#[test]
fn an_export_in_pieces_gives_the_report_of_the_whole() {
    let one = Folder::with(&[("recontact.toml", CONFIG), ("desk/page.json", &whole())]);
    let pieces = Folder::with(&[
        ("recontact.toml", CONFIG),
        ("desk/tickets.json", &json!({"tickets": tickets()}).to_string()),
        ("desk/users.json", &json!({"users": users()}).to_string()),
        ("desk/comments.json", &json!({"comments": comments()}).to_string()),
    ]);
    let report = |folder: &Folder| {
        folder.run("index recontact.toml --store s").ok();
        let mut report = folder.run("report --store s --format json").json();
        // Which files and which commit: all else is the same.
        let members = report.as_object_mut().unwrap();
        ["commit", "sources", "made_from"].iter().for_each(|name| drop(members.remove(*name)));
        report
    };
    let (whole, found) = (report(&one), report(&pieces));
    assert_eq!(found["overall"], whole["overall"]);
    assert_eq!(found["categories"], whole["categories"]);
    assert_eq!(found["waterfall"], whole["waterfall"]);
    // Two contacts about one invoice, of which one is said to be a repeat: by the customer, not by the agent.
    assert_eq!(found["overall"]["contact_count"], 2);
    assert_eq!(found["overall"]["stated_count"], 1);
    // A turn that is numbered by its second is told by its time.
    let said = pieces.run("explain 8 --store s").ok().stdout;
    assert!(said.contains("(en, 2026-03-04T09:00:00Z"), "{said}");
    let told = pieces.run("explain 7 --json --store s").json();
    assert_eq!(told["interaction"]["email"], "kim@mail.test");
}

#[test]
fn comments_and_users_of_another_day_are_put_to_the_tickets_that_were_read_before() {
    let folder = Folder::with(&[
        ("recontact.toml", CONFIG),
        ("desk/tickets.json", &json!({"tickets": tickets()}).to_string()),
    ]);
    folder.run("index recontact.toml --store s").ok();
    let turns = || Store::open(&folder.path().join("s")).unwrap().turns("7").unwrap();
    assert_eq!(turns().len(), 1);
    folder.write("desk/comments.json", json!({"comments": comments()}).to_string());
    folder.write("desk/users.json", json!({"users": users()}).to_string());
    let said = folder.run("index recontact.toml --store s").ok().stderr;
    // Comments and users have no subject, which is mapped to the category: that is as it should be.
    assert!(!said.contains("no column"), "{said}");
    let told: Vec<(Speaker, Option<f64>)> = turns().iter().map(|it| (it.speaker, it.at_seconds)).collect();
    // The description and the first comment are the same words, told once.
    assert_eq!(told, [(Speaker::Customer, Some(0.0)), (Speaker::Agent, Some(3600.0))]);
}

#[test]
fn init_says_what_each_file_of_an_export_in_pieces_was_taken_for() {
    let folder = Folder::with(&[
        ("desk/tickets.json", &json!({"tickets": tickets()}).to_string()),
        ("desk/users.json", &json!({"users": users()}).to_string()),
        ("desk/7/comments.json", &json!({"comments": comments()}).to_string()),
    ]);
    folder.run("init desk -o found.toml").ok();
    let found = folder.read("found.toml");
    assert!(found.contains("2 files, taken for: 2 zendesk"), "{found}");
    assert!(found.contains("1 file, taken for: 1 zendesk"), "{found}");
}
