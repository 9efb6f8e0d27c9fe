//! An export whose tickets, comments and users lie in files of their own is read as the whole is.

use proptest::prelude::{Just, Strategy, any, proptest};
use serde_json::{Value, json};

use super::EXPORT;
use crate::config::Source;
use crate::ingest::Batch;
use crate::ingest::tests::{read_files, source};
use crate::interaction::{Interaction, Speaker, Turn};

fn read(files: &[(String, String)]) -> Batch {
    read_files(files, &source(), |_| true)
}

fn file(name: &str, content: &Value) -> (String, String) {
    (name.to_string(), content.to_string())
}

/// Interactions by id, and the turns of each by index.
fn told(batch: &Batch) -> (Vec<Interaction>, Vec<(String, Turn)>) {
    let mut interactions = batch.interactions.clone();
    interactions.sort_by(|a, b| a.interaction_id.cmp(&b.interaction_id));
    let of = |it: &crate::interaction::Transcript| {
        let id = it.interaction_id.clone();
        it.turns.clone().into_iter().map(move |turn| (id.clone(), turn)).collect::<Vec<_>>()
    };
    let mut turns: Vec<(String, Turn)> = batch.transcripts.iter().flat_map(of).collect();
    turns.sort_by(|a, b| (&a.0, a.1.index).cmp(&(&b.0, b.1.index)));
    (interactions, turns)
}

/// The words of a ticket, by whom.
fn words(batch: &Batch, id: &str) -> Vec<(Speaker, String)> {
    let (_, turns) = told(batch);
    turns.into_iter().filter(|(of, _)| of == id).map(|(_, turn)| (turn.speaker, turn.text)).collect()
}

fn example() -> Value {
    serde_json::from_str(EXPORT.example).unwrap()
}

/// The ways in which the comments of a ticket can lie beside it.
#[derive(Debug, Clone, Copy)]
enum Way {
    Within,
    PageByName,
    PageByFolder,
    PageByAddress,
    Lines,
    Events,
    Audits,
}

const WAYS: [Way; 7] = [
    Way::Within,
    Way::PageByName,
    Way::PageByFolder,
    Way::PageByAddress,
    Way::Lines,
    Way::Events,
    Way::Audits,
];

/// Takes the comments out of a ticket, into files of their own.
fn take_comments(ticket: &mut Value, way: Way) -> Option<(String, String)> {
    let id = ticket["id"].clone();
    let comments = ticket.get("comments")?.as_array()?.clone();
    if !matches!(way, Way::Within) {
        ticket.as_object_mut()?.remove("comments");
    }
    let with = |comment: &Value, member: &str, value: Value| {
        let mut comment = comment.clone();
        comment[member] = value;
        comment
    };
    let events = |list: &str, kind: &str| -> Vec<Value> {
        let event = |comment: &Value| {
            let mut said = with(comment, kind, json!("Comment"));
            let at = said.as_object_mut().unwrap().remove("created_at").unwrap();
            json!({"id": 9, "ticket_id": id, "author_id": 0, "created_at": at, list: [{"id": 8, kind: "Change"}, said]})
        };
        comments.iter().map(event).collect()
    };
    Some(match way {
        Way::Within => return None,
        Way::PageByName => {
            file(&format!("comments_{id}.json"), &json!({"comments": comments, "next_page": null}))
        }
        Way::PageByFolder => file(&format!("{id}/comments.json"), &json!({"comments": comments})),
        Way::PageByAddress => {
            let next = format!("https://x.zendesk.com/api/v2/tickets/{id}/comments.json?page=2");
            file(&format!("page-a{id}b.json"), &json!({"comments": comments, "next_page": next}))
        }
        Way::Lines => {
            let lines = comments.iter().map(|it| format!("{}\n", with(it, "ticket_id", id.clone())));
            (format!("lines-{id}.jsonl"), lines.collect())
        }
        Way::Events => file(
            &format!("events-{id}.json"),
            &json!({"ticket_events": events("child_events", "event_type")}),
        ),
        Way::Audits => file(&format!("audits-{id}.json"), &json!({"audits": events("events", "type")})),
    })
}

/// The example in pieces: tickets, users, and the comments of each ticket in its way.
fn pieces(ways: [Way; 2]) -> Vec<(String, String)> {
    let mut page = example();
    let users = json!({"users": page.as_object_mut().unwrap().remove("users")});
    let mut files = vec![file("users.json", &users)];
    let tickets = page["tickets"].as_array_mut().unwrap();
    for (ticket, way) in tickets.iter_mut().zip(ways) {
        files.extend(take_comments(ticket, way));
    }
    files.push(file("tickets.json", &page));
    files
}

proptest! {
    #[test]
    fn an_export_in_pieces_is_read_as_the_whole_whatever_the_order_of_files(
        files in (any::<proptest::sample::Index>(), any::<proptest::sample::Index>())
            .prop_flat_map(|(a, b)| Just(pieces([*a.get(&WAYS), *b.get(&WAYS)])).prop_shuffle()),
    ) {
        let whole = read(&[file("page.json", &example())]);
        let found = read(&files);
        assert_eq!(found.rejects, []);
        assert_eq!(told(&found), told(&whole));
    }
}

#[test]
fn comments_that_several_files_have_are_told_once() {
    let mut files = Vec::new();
    for way in WAYS {
        let mut ticket = example()["tickets"][0].clone();
        files.extend(take_comments(&mut ticket, way));
    }
    files.push(file("page.json", &example()));
    let whole = read(&[file("page.json", &example())]);
    assert_eq!(told(&read(&files)), told(&whole));
}

#[test]
fn what_comes_on_another_day_goes_on_with_its_ticket_and_takes_the_place_of_the_description() {
    let mut ticket = example()["tickets"][0].clone();
    let events = take_comments(&mut ticket, Way::Events).unwrap();
    let day_one = vec![file("tickets.json", &json!({"tickets": [ticket]}))];
    let first = read(&day_one);
    assert_eq!(words(&first, "501"), [(Speaker::Customer, "My invoice is wrong.".to_string())]);
    let both = [day_one, vec![events]].concat();
    let second = read_files(&both, &source(), |at| at == 1);
    let (interactions, turns) = told(&second);
    assert_eq!(interactions, [], "the ticket was read before");
    let speakers: Vec<Speaker> = turns.iter().map(|(_, turn)| turn.speaker).collect();
    // Nobody says who the colleague is: without users, whoever did not ask is an agent.
    let (customer, agent) = (Speaker::Customer, Speaker::Agent);
    assert_eq!(speakers, [customer, agent, customer, agent]);
    assert_eq!(turns[1].1.at_seconds, Some(3600.0));
    assert_eq!(turns[0].1.index, told(&first).1[0].1.index, "a later commit puts the comment there");
}

#[test]
fn comments_of_one_second_are_all_kept_in_the_order_of_their_ids() {
    let at = "2026-03-02T09:15:00Z";
    let comment = |id: u64, body: &str| json!({"id": id, "ticket_id": 7, "author_id": 1, "public": true, "body": body, "created_at": at});
    let lines = format!("{}\n{}\n", comment(100, "second"), comment(99, "first"));
    let batch = read(&[("comments.jsonl".to_string(), lines)]);
    let found: Vec<String> = words(&batch, "7").into_iter().map(|(_, words)| words).collect();
    assert_eq!(found, ["first", "second"]);
}

#[test]
fn a_comment_that_was_made_private_is_not_read_from_the_page_where_it_was_public() {
    let comment = |is_public: bool| json!({"id": 1, "ticket_id": 7, "author_id": 1, "public": is_public, "body": "card 1234", "created_at": "2026-03-02T09:15:00Z"});
    let batch = read(&[("comments.jsonl".to_string(), format!("{}\n{}\n", comment(true), comment(false)))]);
    assert_eq!(words(&batch, "7"), []);
}

#[test]
fn the_newest_record_of_a_user_counts_in_any_order() {
    let user = |email: &str, at: &str| json!({"id": 90001, "role": "end-user", "name": "Kim", "time_zone": "Riga", "email": email, "updated_at": at});
    let users =
        [user("old@mail.test", "2026-01-01T00:00:00Z"), user("new@mail.test", "2026-02-01T00:00:00Z")];
    for order in [[0, 1], [1, 0]] {
        let mut page = example();
        page.as_object_mut().unwrap().remove("users");
        let users = order.map(|at| users[at].to_string()).join("\n");
        let batch = read(&[file("tickets.json", &page), ("users.jsonl".to_string(), users)]);
        assert_eq!(batch.interactions[0].email.as_deref(), Some("new@mail.test"));
    }
}

#[test]
fn comments_of_which_nothing_says_the_ticket_are_a_reject_that_says_what_to_do() {
    let comments = example()["tickets"][0]["comments"].clone();
    let page = json!({"comments": &comments, "next_page": null});
    let batch = read(&[file("comments.json", &page), file("export_20260302.json", &page)]);
    assert_eq!((batch.interactions.len(), batch.transcripts.len()), (0, 0));
    let reasons: Vec<&str> = batch.rejects.iter().map(|it| it.reason.as_str()).collect();
    assert_eq!(reasons.len(), 2);
    assert!(
        reasons.iter().all(|it| it.starts_with("no ticket: ") && it.contains("{interaction_id}")),
        "{reasons:?}"
    );
    // Tickets beside them are read.
    let mut both = example();
    both["comments"] = comments;
    let batch = read(&[file("export.json", &both)]);
    assert_eq!((batch.rejects.len(), batch.interactions.len()), (0, 2));
    assert!(batch.notes.iter().any(|it| it.what.starts_with("no ticket: ")), "{:?}", batch.notes);
    // A list of them is no list of tickets.
    let list = file("comments.json", &both["comments"]);
    let batch = read(std::slice::from_ref(&list));
    assert_eq!((batch.interactions.len(), batch.rejects.len()), (0, 5));
    let batch = read(&[("501.json".to_string(), list.1), file("tickets.json", &example())]);
    assert_eq!((batch.rejects.len(), words(&batch, "501").len()), (0, 4));
    // A pattern says it, also of a name that says nothing by itself.
    let named = Source { name: Some("export_{interaction_id}.json".to_string()), ..source() };
    let batch = read_files(&[file("export_501.json", &page)], &named, |_| true);
    assert_eq!((batch.rejects.len(), words(&batch, "501").len()), (0, 4));
}

#[test]
fn a_file_of_users_or_an_empty_page_gives_nothing_and_is_no_fault() {
    let mut users = example();
    users.as_object_mut().unwrap().remove("tickets");
    let empty = [
        json!({"tickets": [], "end_time": 3}),
        json!({"ticket_events": [], "end_time": 3}),
        json!({"comments": [], "next_page": null, "count": 0}),
    ];
    for page in empty.into_iter().chain([users]) {
        let batch = read(&[file("page.json", &page)]);
        assert_eq!((batch.interactions.len(), batch.rejects.len()), (0, 0), "{page}");
    }
}

#[test]
fn what_other_products_write_about_tickets_is_not_taken_for_it() {
    let log = r#"{"ticket_id": "T-1", "customer_id": "C7", "started_at": "2026-03-02T09:00:00Z", "category": "Bill", "events": [{"at": 3}]}"#;
    let messages = r#"{"id": "m1", "interaction_id": "T1", "role": "agent", "name": "Anna", "email": "a@mail.test", "text": "hello"}"#;
    let batch =
        read(&[("log.jsonl".to_string(), log.to_string()), ("said.jsonl".to_string(), messages.to_string())]);
    assert_eq!((batch.interactions.len(), batch.transcripts.len()), (1, 1), "{:?}", batch.rejects);
}

#[test]
fn a_file_is_of_the_export_whatever_its_name() {
    for name in ["page.txt", "page", "page.export"] {
        let batch = read(&[(name.to_string(), EXPORT.example.to_string())]);
        assert_eq!(words(&batch, "501").len(), 4, "{name}");
    }
}

#[test]
fn all_records_of_a_ticket_in_a_row_are_read() {
    let mut older = example()["tickets"][0].clone();
    let lines = take_comments(&mut older, Way::Lines).unwrap().1;
    let mut newer = older.clone();
    newer["updated_at"] = json!("2026-03-05T10:00:00Z");
    newer["status"] = json!("open");
    let batch = read(&[("all.jsonl".to_string(), format!("{lines}{older}\n{newer}\n"))]);
    let resolved: Vec<Option<bool>> = batch.interactions.iter().map(|it| it.is_coded_resolved).collect();
    assert_eq!(resolved, [Some(true), Some(false)], "of two versions the store takes the newer");
    assert_eq!(words(&batch, "501").len(), 4);
}

#[test]
fn events_without_their_comments_leave_the_description_and_the_metrics() {
    let mut ticket = example()["tickets"][0].clone();
    ticket.as_object_mut().unwrap().remove("comments");
    ticket["metric_set"] = json!({"replies": 3});
    let child = json!({"id": 1, "event_type": "Comment", "comment_present": true, "comment_public": false});
    let event =
        json!({"id": 9, "ticket_id": 501, "created_at": "2026-03-02T09:15:00Z", "child_events": [child]});
    let files =
        [file("t.json", &json!({"tickets": [ticket]})), file("e.json", &json!({"ticket_events": [event]}))];
    let batch = read(&files);
    assert_eq!(words(&batch, "501").len(), 1);
    assert_eq!(batch.interactions[0].reply_count, Some(3));
}

#[test]
fn a_first_comment_a_second_later_takes_the_place_of_the_description() {
    let mut ticket = example()["tickets"][0].clone();
    ticket["comments"][0]["created_at"] = json!("2026-03-02T09:15:01Z");
    let comments = take_comments(&mut ticket, Way::PageByName).unwrap();
    let tickets = file("tickets.json", &json!({"tickets": [ticket]}));
    let description = told(&read(std::slice::from_ref(&tickets))).1[0].1.index;
    let (_, later) = told(&read_files(&[tickets, comments], &source(), |at| at == 1));
    assert_eq!((later.len(), later[0].1.index), (4, description));
}

#[test]
fn a_redacted_comment_is_told_as_such_in_any_order_of_files() {
    let comment = |words: &str| json!({"id": 1, "ticket_id": 7, "author_id": 1, "public": true, "body": words, "created_at": "2026-03-02T09:15:00Z"});
    let copies = ["my card is 4111 1111", "my card is ▇▇▇▇ ▇▇▇▇"];
    for order in [[0, 1], [1, 0]] {
        let files = order.map(|at| (format!("{at}.jsonl"), comment(copies[at]).to_string()));
        assert_eq!(words(&read(&files), "7"), [(Speaker::Unknown, copies[1].to_string())]);
    }
}

#[test]
fn comments_without_an_id_are_told_apart() {
    let mut page = example();
    for comment in page["tickets"][0]["comments"].as_array_mut().unwrap() {
        comment.as_object_mut().unwrap().remove("id");
        comment["plain_body"] = json!("Thanks");
    }
    let batch = read(&[file("page.json", &page)]);
    assert_eq!(words(&batch, "501").len(), 4);
    assert_eq!(batch.interactions[0].reply_count, Some(1));
}

#[test]
fn a_number_in_a_name_of_which_no_file_has_the_ticket_is_no_ticket() {
    let page = json!({"comments": example()["tickets"][0]["comments"]});
    let batch = read(&[file("comments_20260302.json", &page), file("tickets.json", &example())]);
    assert_eq!((batch.rejects.len(), words(&batch, "20260302").len()), (1, 0));
}

#[test]
fn the_description_stays_where_the_files_begin_with_later_comments() {
    let mut ticket = example()["tickets"][0].clone();
    let comments = ticket["comments"].as_array().unwrap()[2..].to_vec();
    ticket.as_object_mut().unwrap().remove("comments");
    let lines = comments.iter().map(|it| {
        let mut comment = it.clone();
        comment["ticket_id"] = json!(501);
        format!("{comment}\n")
    });
    let files =
        [file("tickets.json", &json!({"tickets": [ticket]})), ("later.jsonl".to_string(), lines.collect())];
    let found: Vec<String> = words(&read(&files), "501").into_iter().map(|(_, words)| words).collect();
    let expected = [
        "My invoice is wrong.",
        "We have corrected it.",
        "It is wrong again.",
        "I am Kim's colleague: it is urgent.",
    ];
    assert_eq!(found, expected);
}
