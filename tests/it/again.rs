//! A store in memory gives one report after another, each as if it were the first.

use std::path::Path;

use recontact::pipeline::{ReportOptions, Reports, report};
use recontact::policy::{Channels, IdentityField, IdentityKey, PRESETS, Policy, ResolvedBy, Same, Span};
use recontact::store::Store;

use super::program::demo_store;

#[test]
fn a_report_under_another_policy_is_the_same_as_one_from_scratch() {
    let store = Store::open(Path::new(demo_store())).unwrap();
    let policy = Policy::parse(Path::new("recontact.toml"), store.config_text().unwrap()).unwrap();
    let by_phone = IdentityKey(vec![IdentityField::Phone]);
    let by_customer = IdentityKey(vec![IdentityField::CustomerId]);
    let others = [
        Policy { window: Span::from_days(3), ..policy.clone() },
        Policy { same: Same::Any, channels: Channels::Same, ..policy.clone() },
        Policy { identity: vec![by_customer, by_phone], ..policy.clone() },
        Policy { derives_category: true, ..policy.clone() },
        Policy { resolved_by: ResolvedBy::Code, ..policy.clone() },
        Policy { exclude_customers: vec!["nobody at all".to_string()], ..policy.clone() },
        policy.with_preset(&PRESETS[1]),
        Policy { timezone: "Asia/Tokyo".to_string(), ..policy.clone() },
        Policy { target: 1.0, ..policy.clone() },
        policy.clone(),
    ];
    let options = ReportOptions { by: vec!["channel".to_string()], trend: None };
    let mut reports = Reports::load(&store, &policy).unwrap();
    for policy in &others {
        let again = reports.report(policy, &options).map_err(|e| e.to_string());
        assert_eq!(again, report(&store, policy, &options).map_err(|e| e.to_string()), "{policy:?}");
    }
}
