//! Customers known by several keys: joined step by step, switchboards capped, nobody guessed.

use serde_json::Value;

use super::program::{Folder, number, step};

/// Ann has a customer number, a telephone and an address, never all at once. Six customers share a switchboard. Two
/// callers are unknown: one hides the number, one gives a placeholder for an address.
const LOG: &str = "interaction_id,customer_id,phone,email,started_at,category\n\
    h1,,anonymous,,2026-01-01 09:00,x\n\
    a1,C1,+371 2012 3456,,2026-01-20 09:00,x\n\
    a2,,20123456,ann@mail.lv,2026-01-22 09:00,x\n\
    a3,,,<ANN@mail.lv>,2026-01-24 09:00,x\n\
    s1,C11,67 000 000,,2026-02-01 09:00,x\n\
    s2,C12,67000000,,2026-02-02 09:00,x\n\
    s3,C13,67000000,,2026-02-03 09:00,x\n\
    s4,C14,67000000,,2026-02-04 09:00,x\n\
    s5,C15,67000000,,2026-02-05 09:00,x\n\
    s6,C16,67000000,,2026-02-06 09:00,x\n\
    h2,,,noreply@mail.lv,2026-03-01 09:00,x\n";

fn report(policy: &str) -> Value {
    let config = format!("[policy]\n{policy}\n[[source]]\npath = \"log.csv\"\nregion = \"LV\"\n");
    let folder = Folder::with(&[("log.csv", LOG), ("recontact.toml", &config)]);
    folder.run("analyze recontact.toml --format json").json()
}

#[test]
fn keys_found_together_on_a_record_join_their_records_step_by_step() {
    let report = report("identity = [\"customer_id\", \"phone\", \"email\"]");
    // a1 and a2 have the telephone in common, a2 and a3 the address: one customer who comes back twice.
    assert_eq!(number(&report["overall"], "contact_count"), 9);
    assert_eq!(number(&report["overall"], "repeat_count"), 2);
    assert_eq!(number(&report["overall"], "customer_count"), 7);
    assert_eq!(step(&report, "no_identity"), 2, "h1 and h2");
    let identity = &report["identity"];
    assert_eq!(number(identity, "anonymous_count"), 2);
    assert_eq!(number(identity, "largest_customer_count"), 3);
}

#[test]
fn a_number_that_more_customers_share_than_the_limit_links_nothing_and_is_listed() {
    let five = report("identity = [\"customer_id\", \"phone\"]");
    let identity = &five["identity"];
    assert_eq!(number(identity, "capped_count"), 1);
    let capped = &identity["capped"][0];
    assert_eq!((&capped["key"], &capped["value"]), (&Value::from("phone"), &Value::from("67 000 000")));
    assert_eq!((number(capped, "customer_count"), number(capped, "interaction_count")), (6, 6));
    assert_eq!(number(&five["overall"], "repeat_count"), 1, "a2 after a1");
    // With a limit of six they are one customer, who calls six days in a row.
    let six = report("identity = [\"customer_id\", \"phone\"]\nidentity_limit = 6");
    assert_eq!(number(&six["identity"], "capped_count"), 0);
    assert_eq!(number(&six["overall"], "repeat_count"), 1 + 5);
}

#[test]
fn the_report_says_how_the_rate_moves_when_one_key_alone_links() {
    let report = report("identity = [\"customer_id\", \"phone\", \"email\"]");
    let keys = report["identity"]["keys"].as_array().unwrap();
    let of = |name: &str| keys.iter().find(|key| key["key"] == name).unwrap();
    let counts = |name: &str| (number(of(name), "contact_count"), number(of(name), "alone_contact_count"));
    // By the strongest key that each has: seven by customer number, a2 by telephone, a3 by address.
    assert_eq!(counts("customer_id"), (7, 7));
    assert_eq!(counts("phone"), (1, 8));
    assert_eq!(counts("email"), (1, 2));
    assert_eq!(of("phone")["alone_repeat_rate"], 6.0 / 8.0, "a2, and s2 to s6 by the switchboard");
    assert_eq!(of("email")["alone_repeat_rate"], 0.5);
}

#[test]
fn a_composite_key_links_only_where_all_of_its_fields_are_there() {
    let log = "interaction_id,name,national_id,started_at\n1,Jānis Bērziņš,010190-11111,2026-01-20\n\
               2,JĀNIS  BĒRZIŅŠ,01019011111,2026-01-21\n3,Jānis Bērziņš,,2026-01-22\n4,Anna,010190-11111,2026-01-23\n";
    let config = "[policy]\nidentity = \"name+national_id\"\nlookback = \"1d\"\n[[source]]\npath = \"log.csv\"\n\
                  [source.fields]\ninteraction_id = \"interaction_id\"\nname = \"name\"\nnational_id = \"national_id\"\n\
                  started_at = \"started_at\"\n";
    let folder = Folder::with(&[("log.csv", log), ("recontact.toml", config)]);
    let report = folder.run("analyze recontact.toml --format json").json();
    assert_eq!(number(&report["overall"], "contact_count"), 3, "3 has no national id");
    assert_eq!(number(&report["overall"], "customer_count"), 2);
    assert_eq!(number(&report["overall"], "repeat_count"), 1, "2 after 1");
}

#[test]
fn where_the_data_have_none_of_the_keys_the_customer_id_stands_in_and_a_note_says_so() {
    let log = "interaction_id,customer_id,started_at\n1,A,2026-01-01\n2,A,2026-01-02\n";
    let folder = Folder::with(&[
        ("log.csv", log),
        ("recontact.toml", "[policy]\nidentity = \"phone\"\n[[source]]\npath = \"log.csv\"\n"),
    ]);
    let report = folder.run("analyze recontact.toml --format json").json();
    assert_eq!(number(&report["overall"], "repeat_count"), 1);
    let note = report["notes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|note| note["kind"] == "policy" && note["what"].as_str().unwrap().contains("phone"));
    assert_eq!(note.unwrap()["what"], "no interaction has a phone: customer_id stands in");
}

#[test]
fn customers_that_are_left_out_are_named_by_id_number_or_address() {
    for named in ["C1", "+37120123456", "ann@mail.lv"] {
        let policy =
            format!("identity = [\"customer_id\", \"phone\", \"email\"]\nexclude_customers = [\"{named}\"]");
        let report = report(&policy);
        assert_eq!(step(&report, "excluded_customer"), 3, "{named}");
        assert_eq!(number(&report["overall"], "contact_count"), 6, "{named}");
    }
}
