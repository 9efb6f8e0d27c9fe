//! The estimates beside the counts, from files to the report: Kaplan–Meier rate, repeats by chance.

use serde_json::Value;

use super::program::Folder;

/// Observed for 30 days. A comes back after 2 days, D after 3 (its window is still open), B and E are watched for 20 and
/// 18 days, C for 2.
const LOG: &str = "id,customer,started_at\n1,A,2026-01-06\n2,A,2026-01-08\n3,B,2026-01-11\n4,E,2026-01-13\n\
                   5,D,2026-01-27\n6,C,2026-01-29\n7,D,2026-01-30\n";

/// The numbers of the log as a whole, with a line of the policy.
fn overall(policy: &str) -> Value {
    let config = format!(
        "[policy]\nclock = \"start\"\n{policy}\nobserved_from = 2026-01-01T00:00:00Z\n\
         observed_to = 2026-01-31T00:00:00Z\n[[source]]\npath = \"log.csv\"\n[source.fields]\n\
         interaction_id = \"id\"\ncustomer_id = \"customer\"\n"
    );
    let folder = Folder::with(&[("log.csv", LOG), ("recontact.toml", &config)]);
    folder.run("analyze recontact.toml --format json").json()["overall"].clone()
}

#[test]
fn pending_contacts_count_for_as_long_as_they_were_watched() {
    let overall = overall("lookback = \"1d\"");
    // Eligible are A, B and E, of which A failed.
    assert_eq!(overall["fcr_rate"], 2.0 / 3.0);
    // At 2 days 1 of 5 fails (C is censored there, after it), at 3 days 1 of the 3 left: 4/5 · 2/3 = 8/15.
    let rate = overall["km_fcr_rate"].as_f64().unwrap();
    assert!((rate - 8.0 / 15.0).abs() < 1e-12, "{rate}");
    // G = 1/(5·4) + 1/(3·2) = 0.216667; ln S = −0.628609; 1.959964 · 0.465475 ÷ 0.628609 = 1.451322; S^(e^1.451322) =
    // 0.068332, S^(e^−1.451322) = 0.863071.
    assert!((overall["km_low"].as_f64().unwrap() - 0.06833).abs() < 1e-5, "{overall}");
    assert!((overall["km_high"].as_f64().unwrap() - 0.86307).abs() < 1e-5, "{overall}");
}

#[test]
fn repeats_that_chance_would_give_are_told_apart_from_the_others() {
    let overall = overall("window = \"3d\"");
    // A and D have two contacts each: 1 − (1 − 3/30)² = 0.19 repeats by chance for either, and one each in fact.
    assert_eq!(overall["repeat_count"], 2);
    assert!((overall["expected_repeat_count"].as_f64().unwrap() - 0.38).abs() < 1e-12, "{overall}");
    assert!((overall["excess_repeat_count"].as_f64().unwrap() - 1.62).abs() < 1e-12, "{overall}");
}
