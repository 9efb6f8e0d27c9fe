//! One line a group, for spreadsheets: the dimensions, every score under its name in JSON, target and verdict.

use super::{Entry, NO_VALUE, Report, spreadsheet_safe};

/// The groups asked for, or else the categories, then a line for everything.
pub(super) fn render(report: &Report) -> Vec<u8> {
    let (by, entries) = match report.by.as_slice() {
        [] => (vec!["category".to_string()], &report.categories),
        by => (by.to_vec(), &report.groups),
    };
    let names = score_names(&report.overall);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head =
        by.iter().map(String::as_str).chain(names.iter().map(String::as_str)).chain(["target", "verdict"]);
    let mut write = |row: Vec<String>| writer.write_record(&row).expect("writing to memory does not fail");
    write(head.map(|name| spreadsheet_safe(name).into_owned()).collect());
    for entry in entries {
        let values = entry.key.iter().map(|(_, value)| value.clone().unwrap_or_else(|| NO_VALUE.to_string()));
        write(row(values.collect(), entry));
    }
    let mut all = vec![String::new(); by.len()];
    all[0] = "(all)".to_string();
    write(row(all, &report.overall));
    writer.into_inner().expect("writing to memory does not fail")
}

fn row(key: Vec<String>, entry: &Entry) -> Vec<String> {
    let mut row: Vec<String> = key.iter().map(|value| spreadsheet_safe(value).into_owned()).collect();
    row.extend(scores(entry).into_iter().map(|(_, value)| value));
    row.push(entry.target.to_string());
    row.push(entry.verdict.name().to_string());
    row
}

fn score_names(entry: &Entry) -> Vec<String> {
    scores(entry).into_iter().map(|(name, _)| name).collect()
}

/// Names and values of the scores; an empty cell where there is no rate.
fn scores(entry: &Entry) -> Vec<(String, String)> {
    let value = serde_json::to_value(&entry.scores).expect("scores are plain numbers");
    let object = value.as_object().cloned().unwrap_or_default();
    let text = |value: serde_json::Value| if value.is_null() { String::new() } else { value.to_string() };
    object.into_iter().map(|(name, value)| (name, text(value))).collect()
}
