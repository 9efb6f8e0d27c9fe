//! E-mails of a conversation that come on several days.

use recontact::config;
use recontact::interaction::Speaker;
use recontact::lexicon::Lexicon;
use recontact::pipeline::{IndexOptions, ReportOptions, index, report};
use recontact::policy::Policy;
use recontact::store::Store;

use super::program::Folder;

fn mail(id: &str, from: &str, date: &str, references: &str, body: &str) -> String {
    format!("Message-ID: <{id}>\nFrom: {from}\nReferences: {references}\nDate: {date}\n\n{body}\n")
}

/// A store after each of the parts came on a day of its own.
fn store_of(folder: &Folder, parts: &[(&str, &str)]) -> Store {
    // A column that only the first message of a conversation has.
    let config = "[[source]]\npath = \"mails\"\nown = [\"example.com\"]\n[source.fields]\ncategory = \"Subject line\"\n";
    let config = folder.write("recontact.toml", config);
    // No phrases: what is said is not asked for here.
    let lexicon = Lexicon::from_sources(&[]).unwrap();
    let path = folder.path().join("store");
    for (name, text) in parts {
        folder.write(&format!("mails/{name}"), text);
        let config = config::load(&config).unwrap();
        index(&config, &lexicon, &path, IndexOptions::default(), &|_| {}).unwrap();
    }
    Store::open(&path).unwrap()
}

#[test]
fn a_message_of_another_day_joins_its_conversation_whichever_came_first() {
    let parts = [
        ("1.eml", mail("a", "kim@mail.test", "Mon, 2 Mar 2026 10:00:00 +0100", "", "It is broken.")),
        ("2.eml", mail("b", "anna@example.com", "Mon, 2 Mar 2026 11:00:00 +0100", "<a>", "Restart it.")),
        ("3.eml", mail("c", "kim@mail.test", "Wed, 4 Mar 2026 10:00:00 +0100", "<a> <b>", "Still broken.")),
    ];
    for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1]] {
        let folder = Folder::new();
        let store = store_of(&folder, &order.map(|at| (parts[at].0, parts[at].1.as_str())));
        let told: Vec<(Speaker, String)> =
            store.turns("a").unwrap().into_iter().map(|turn| (turn.speaker, turn.text)).collect();
        let expected = [
            (Speaker::Customer, "It is broken."),
            (Speaker::Agent, "Restart it."),
            (Speaker::Customer, "Still broken."),
        ];
        assert_eq!(told, expected.map(|(who, words)| (who, words.to_string())), "{order:?}");
        let numbers = report(&store, &Policy::default(), &ReportOptions::default()).unwrap();
        assert_eq!(numbers.overall.scores.contact_count, 1, "{order:?}");
    }
}
