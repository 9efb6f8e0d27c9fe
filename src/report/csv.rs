//! One line a group, for spreadsheets: the dimensions, every score under its name in JSON, target and verdict; then the
//! ranks and what JSON has in objects, each name behind the object's; at the end the coaching list, where there is one.

use super::{Coaching, Entry, NO_VALUE, Report, coaching, spreadsheet_safe};

/// The groups asked for, or else the categories, then a line for everything.
pub(super) fn render(report: &Report) -> Vec<u8> {
    let (by, entries) = match report.by.as_slice() {
        [] => (vec!["category".to_string()], &report.categories),
        by => (by.to_vec(), &report.groups),
    };
    let names = score_names(&report.overall);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let more: Vec<String> = further(&report.overall).into_iter().map(|(name, _)| name).collect();
    let head = by.iter().chain(&names).map(String::as_str).chain(["target", "verdict"]);
    let head = head.chain(more.iter().map(String::as_str)).chain(["commit_id"]);
    let of_coaching: Vec<String> = report
        .coaching
        .iter()
        .flat_map(|_| coaching::columns())
        .map(|name| format!("coaching.{name}"))
        .collect();
    let head = head.chain(of_coaching.iter().map(String::as_str));
    let mut write = |row: Vec<String>| writer.write_record(&row).expect("writing to memory does not fail");
    write(head.map(|name| spreadsheet_safe(name).into_owned()).collect());
    let coached = report.coaching.as_ref().map(Coaching::by_name);
    for entry in entries {
        let values = entry.key.iter().map(|(_, value)| value.clone().unwrap_or_else(|| NO_VALUE.to_string()));
        let mut cells = row(values.collect(), entry, report.commit_id);
        if let (Some(coached), [(_, name)]) = (&coached, entry.key.as_slice()) {
            cells.extend(coaching::cells(name.as_deref().and_then(|name| coached.get(name).copied())));
        }
        write(cells);
    }
    let mut all = vec![String::new(); by.len()];
    all[0] = "(all)".to_string();
    let mut cells = row(all, &report.overall, report.commit_id);
    cells.extend(report.coaching.iter().flat_map(|_| coaching::cells(None)));
    write(cells);
    writer.into_inner().expect("writing to memory does not fail")
}

fn row(key: Vec<String>, entry: &Entry, commit_id: u64) -> Vec<String> {
    let mut row: Vec<String> = key.iter().map(|value| spreadsheet_safe(value).into_owned()).collect();
    row.extend(scores(entry).into_iter().map(|(_, value)| value));
    row.push(entry.target.to_string());
    row.push(entry.verdict.name().to_string());
    row.extend(further(entry).into_iter().map(|(_, value)| value));
    row.push(commit_id.to_string());
    row
}

fn score_names(entry: &Entry) -> Vec<String> {
    scores(entry).into_iter().map(|(name, _)| name).collect()
}

/// Names and values of the scores; an empty cell where there is no rate.
fn scores(entry: &Entry) -> Vec<(String, String)> {
    cells("", &entry.scores)
}

/// Names and values of what stands after the verdict.
fn further(entry: &Entry) -> Vec<(String, String)> {
    let rank = |rank: Option<u64>| rank.map_or(String::new(), |rank| rank.to_string());
    let mut cells_of = vec![
        ("excess_rank".to_string(), rank(entry.excess_rank)),
        ("cost_rank".to_string(), rank(entry.cost_rank)),
    ];
    let excess = entry.excess_failure_count().map_or(String::new(), |count| count.to_string());
    cells_of.push(("excess_failure_count".to_string(), excess));
    cells_of.extend(cells("said_done.", &entry.said_done));
    cells_of.extend(cells("denominators.", &entry.denominators));
    cells_of.extend(cells("companions.", &entry.companions));
    cells_of
}

/// Names, behind a prefix, and values of plain numbers.
fn cells(prefix: &str, numbers: &impl serde::Serialize) -> Vec<(String, String)> {
    let value = serde_json::to_value(numbers).expect("these are plain numbers");
    let object = value.as_object().cloned().unwrap_or_default();
    let text = |value: serde_json::Value| if value.is_null() { String::new() } else { value.to_string() };
    object.into_iter().map(|(name, value)| (format!("{prefix}{name}"), text(value))).collect()
}
