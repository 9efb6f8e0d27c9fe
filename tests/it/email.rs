//! E-mails of a conversation that come on several days.

use recontact::interaction::Speaker;
use recontact::store::Store;

use super::program::Folder;

fn mail(id: &str, from: &str, date: &str, answers: &str, body: &str) -> String {
    format!("Message-ID: <{id}>\nFrom: {from}\nReferences: {answers}\nDate: {date}\n\n{body}\n")
}

#[test]
fn a_message_of_another_day_joins_its_conversation_whichever_came_first() {
    let first = mail("a", "kim@mail.test", "Mon, 2 Mar 2026 10:00:00 +0100", "", "It is broken.");
    let second = mail("b", "anna@example.com", "Mon, 2 Mar 2026 11:00:00 +0100", "<a>", "Restart it.");
    let third = mail("c", "kim@mail.test", "Wed, 4 Mar 2026 10:00:00 +0100", "<a> <b>", "Still broken.");
    let parts = [("1.eml", first), ("2.eml", second), ("3.eml", third)];
    let config = "[[source]]\npath = \"mails\"\nown = [\"example.com\"]\n";
    for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1]] {
        let folder = Folder::with(&[("recontact.toml", config)]);
        for at in order {
            folder.write(&format!("mails/{}", parts[at].0), &parts[at].1);
            folder.run("index").ok();
        }
        let store = Store::open(&folder.path().join(".recontact")).unwrap();
        let told: Vec<(Speaker, String)> =
            store.turns("a").unwrap().into_iter().map(|turn| (turn.speaker, turn.text)).collect();
        let expected = [
            (Speaker::Customer, "It is broken."),
            (Speaker::Agent, "Restart it."),
            (Speaker::Customer, "Still broken."),
        ];
        assert_eq!(told, expected.map(|(who, words)| (who, words.to_string())), "{order:?}");
        let report = folder.run("report --format json").json();
        assert_eq!(report["overall"]["contact_count"], 1, "{order:?}: {report}");
        let story = folder.run("explain a").ok().stdout;
        assert!(story.contains("2026-03-02 09:00"), "{order:?}: {story}");
    }
}
