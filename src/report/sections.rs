//! What stands under the table on a terminal: the same contacts by other denominators, what customers said against
//! what the records show, how the sources agree, how well customers are known, what repeats cost, and the policy in
//! full. A section that has nothing to say is left out.

use super::text::{count, cut, number, one_line, percent, width, wrap};
use super::{Entry, Report, causes_terminal};
use crate::measure::{Agreement, Companions, SaidDone};

/// Categories of the table of what was said.
const MOST_SAID: usize = 10;

/// Columns of the lag profile: names, first contacts, each day.
const NAME_WIDTH: usize = 18;
const COUNT_WIDTH: usize = 8;
const LAG_WIDTH: usize = 6;

/// Contacts that two sources must have in common to be compared here; JSON has all.
const LEAST_COMPARED: u64 = 10;

/// Columns that the estimate of what neither sees takes beyond its title.
const UNSEEN_WIDTH: usize = 13;

/// All sections that have something to say.
pub(super) fn sections(report: &Report, entries: &[&Entry], columns: usize) -> Vec<String> {
    let all = [
        denominators(report, columns),
        companions(report, columns),
        costs(report, entries, columns),
        competing(report, columns),
        lag_profile(report, entries, columns),
        causes(report, columns),
        said_done(report, entries, columns),
        agreement(report, columns),
        identity(report, columns),
    ];
    all.into_iter().flatten().collect()
}

/// Every choice that changed a number, those without effect left out.
pub(super) fn policy(report: &Report, columns: usize) -> Option<String> {
    let keys = report.policy.as_object()?;
    let is_set = |value: &serde_json::Value| match value {
        serde_json::Value::Null => false,
        serde_json::Value::Array(items) => !items.is_empty(),
        serde_json::Value::Object(items) => !items.is_empty(),
        _ => true,
    };
    let said = keys.iter().filter(|(_, value)| is_set(value));
    let said: Vec<String> = said.map(|(key, value)| told(key, value)).collect();
    Some(wrap(&format!("Counted by: {}.", said.join("; ")), columns, "  "))
}

/// A key with its value; tables as `category.NAME window 3d, target 0.7`.
fn told(key: &str, value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => format!("{key} {}", one_line(text)),
        serde_json::Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| told("", item).trim().to_string()).collect();
            format!("{key} {}", items.join(", "))
        }
        serde_json::Value::Object(tables) if tables.values().all(serde_json::Value::is_object) => {
            let tables = tables.iter().map(|(name, value)| told(&format!("{key}.{}", one_line(name)), value));
            tables.collect::<Vec<_>>().join("; ")
        }
        serde_json::Value::Object(keys) => {
            let keys = keys.iter().filter(|(_, value)| !value.is_null());
            let keys: Vec<String> = keys.map(|(name, value)| told(name, value)).collect();
            format!("{key} {}", keys.join(", "))
        }
        other => format!("{key} {other}"),
    }
}

fn denominators(report: &Report, columns: usize) -> Option<String> {
    let by = &report.overall.denominators;
    by.contact_rate?;
    let text = format!(
        "By other denominators: {} of contacts stand alone in their episode, {} of {} episodes have one contact, {} of \
         {} customers never came back about the same; {} contacts an episode.",
        percent(by.contact_rate),
        percent(by.episode_rate),
        count(by.episode_count),
        percent(by.customer_rate),
        count(by.customer_count),
        by.contacts_per_episode.map_or("–".to_string(), |it| format!("{it:.2}")),
    );
    Some(wrap(&text, columns, ""))
}

fn companions(report: &Report, columns: usize) -> Option<String> {
    let it = &report.overall.companions;
    let mut said = Vec::new();
    if let (Some(first), Some(repeat)) = (it.first_handle_seconds, it.repeat_handle_seconds) {
        said.push(format!("first contacts take {} on average, repeats {}", minutes(first), minutes(repeat)));
    }
    if let Some(rate) = it.transfer_rate {
        said.push(format!("{} of {} were transferred", percent(Some(rate)), count(it.transfer_known_count)));
    }
    if it.abandoned_count > 0 {
        said.push(format!(
            "{} of {} inbound were abandoned",
            percent(it.abandonment_rate),
            count(it.inbound_count)
        ));
    }
    said.extend(answers(it));
    if it.coded_count > 0 {
        said.push(format!(
            "agents coded {} of {} contacts as resolved ({})",
            count(it.coded_resolved_count),
            count(it.received_count),
            percent(it.coded_resolved_rate)
        ));
    }
    let text = said.join("; ");
    let mut letters = text.chars();
    let first = letters.next()?;
    Some(wrap(&format!("{}{}.", first.to_uppercase(), letters.as_str()), columns, ""))
}

fn answers(it: &Companions) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(mean) = it.csat_mean {
        said.push(format!("satisfaction is {mean:.2} ({} answers)", count(it.csat_count)));
    }
    if let Some(nps) = it.nps {
        said.push(format!("NPS is {nps:+.0} ({} answers)", count(it.nps_count)));
    }
    said
}

fn costs(report: &Report, entries: &[&Entry], columns: usize) -> Option<String> {
    let it = &report.overall.companions;
    if it.repeat_cost.is_none() && report.policy.get("cost_per_minute").is_some_and(|cost| !cost.is_null()) {
        return Some(
            "cost_per_minute is set, but no contact has a handle time (handle_seconds).".to_string(),
        );
    }
    let (total, excess) = (it.repeat_cost?, it.excess_repeat_cost?);
    let mut ranked: Vec<&&Entry> =
        entries.iter().filter(|entry| entry.companions.excess_repeat_cost > Some(0.0)).collect();
    ranked.sort_by(|a, b| {
        b.companions
            .excess_repeat_cost
            .partial_cmp(&a.companions.excess_repeat_cost)
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let names: Vec<String> = ranked
        .iter()
        .take(3)
        .map(|entry| format!("{} {}", one_line(&entry.name()), number(entry.companions.excess_repeat_cost)))
        .collect();
    let most = if names.is_empty() { String::new() } else { format!(" Most: {}.", names.join(", ")) };
    let estimated = match it.estimated_cost_count {
        0 => String::new(),
        unknown => format!(" {} of unknown length count with the mean.", count(unknown)),
    };
    let text = format!(
        "Repeats cost {}; those beyond chance {}.{most}{estimated}",
        number(Some(total)),
        number(Some(excess))
    );
    Some(wrap(&text, columns, ""))
}

fn competing(report: &Report, columns: usize) -> Option<String> {
    let scores = &report.overall.scores;
    scores.aj_repeat_rate?;
    let text = format!(
        "Other reasons as competing events (Aalen–Johansen): {} come back about the same reason, {} about another \
         first, {} stay silent.",
        percent(scores.aj_repeat_rate),
        percent(scores.aj_other_rate),
        percent(scores.aj_silent_rate)
    );
    Some(wrap(&text, columns, ""))
}

/// Where gaps are measured from the first contact: first contacts, and their repeats by day after it.
fn lag_profile(report: &Report, entries: &[&Entry], columns: usize) -> Option<String> {
    let is_from_first = report.policy.get("chain").is_some_and(|chain| chain == "first");
    let days = report.overall.repeats_by_day.len();
    if !is_from_first || days == 0 {
        return None;
    }
    let fitting = days.min(columns.saturating_sub(NAME_WIDTH + COUNT_WIDTH) / LAG_WIDTH);
    let cells =
        |counts: &[String]| counts.iter().map(|text| format!("{text:>LAG_WIDTH$}")).collect::<String>();
    let line = |name: &str, first: &str, days: &[String]| {
        let name = cut(name, NAME_WIDTH);
        let gap = " ".repeat(NAME_WIDTH.saturating_sub(width(&name)));
        format!("{name}{gap}{first:>COUNT_WIDTH$}{}", cells(days))
    };
    let head: Vec<String> = (0..fitting).map(|day| format!("+{day} d")).collect();
    let mut lines = vec!["Repeats by day after the first contact:".to_string(), line("", "First", &head)];
    for entry in entries.iter().copied().filter(|entry| entry.scores.first_count > 0).chain([&report.overall])
    {
        let of_day = |day: usize| count(entry.repeats_by_day.get(day).copied().unwrap_or(0));
        let days: Vec<String> = (0..fitting).map(of_day).collect();
        lines.push(line(&one_line(&entry.name()), &count(entry.scores.first_count), &days));
    }
    Some(lines.join("\n"))
}

/// Why first contacts fail, where any words give evidence of it.
fn causes(report: &Report, columns: usize) -> Option<String> {
    let all = &report.causes.overall;
    let table = causes_terminal::table(all, columns)?;
    let blocks =
        [Some(causes_terminal::headline(all, columns)), Some(table), causes_terminal::parties(all, columns)];
    Some(blocks.into_iter().flatten().collect::<Vec<_>>().join("\n"))
}

/// The 2×2 of stated and linked repeats, a category a line.
fn said_done(report: &Report, entries: &[&Entry], columns: usize) -> Option<String> {
    let all = &report.overall.said_done;
    if all.both + all.stated_only == 0 {
        return None;
    }
    let mut shown: Vec<(String, &SaidDone)> =
        entries.iter().map(|entry| (one_line(&entry.name()), &entry.said_done)).collect();
    shown.retain(|(_, it)| it.both + it.stated_only + it.linked_only > 0);
    shown.sort_by_key(|(name, it)| (std::cmp::Reverse(it.stated_only + it.linked_only), name.clone()));
    shown.truncate(MOST_SAID);
    shown.push(("All".to_string(), all));
    let head = format!("{:>7}{:>11}{:>13}{:>9}  Unseen", "Both", "Said only", "Linked only", "Neither");
    let longest = shown.iter().map(|(name, _)| width(name)).max().unwrap_or(0);
    let room = longest.clamp(8, columns.saturating_sub(width(&head) + UNSEEN_WIDTH).max(8));
    let pad = |text: &str| format!("{text}{}", " ".repeat(room.saturating_sub(width(text))));
    let mut lines = vec![
        "Said and done, of contacts whose words are known:".to_string(),
        format!("{}{head}", pad("Category")),
    ];
    for (name, it) in shown {
        let unseen = it.chapman.map_or(String::new(), |unseen| {
            let of = it.chapman_low.zip(it.chapman_high);
            let of = of.map_or(String::new(), |(low, high)| format!(" ({low:.0}–{high:.0})"));
            format!("{unseen:.0}{of}{}", if it.is_sparse { " rough" } else { "" })
        });
        let cells = [it.both, it.stated_only, it.linked_only, it.neither].map(count);
        let line = format!(
            "{}{:>7}{:>11}{:>13}{:>9}  {unseen}",
            pad(&cut(&name, room)),
            cells[0],
            cells[1],
            cells[2],
            cells[3]
        );
        lines.push(line.trim_end().to_string());
    }
    lines.push(wrap(&said_remarks(all), columns, ""));
    Some(lines.join("\n"))
}

fn said_remarks(all: &SaidDone) -> String {
    let reasons = [
        (all.other_reason_count, "follow a contact about another reason"),
        (all.beyond_window_count, "follow one longer ago than the window"),
        (all.left_edge_count, "are too near the start of the data"),
        (all.nothing_before_count, "follow nothing that is known of the customer"),
    ];
    let reasons: Vec<String> = reasons
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, why)| format!("{} {why}", count(number)))
        .collect();
    let mut text = String::new();
    if !reasons.is_empty() {
        text.push_str(&format!(
            "Of the {} that are only said, {}. ",
            count(all.stated_only),
            reasons.join(", ")
        ));
    }
    if all.numbered_count > 0 {
        text.push_str(&format!(
            "Of {} stated numbers of contacts {} equal the place in the episode, {} are higher, {} lower. ",
            count(all.numbered_count),
            count(all.number_equal_count),
            count(all.number_more_count),
            count(all.number_fewer_count)
        ));
    }
    text.push_str(
        "Unseen: an estimate of the repeats that neither shows (Chapman), as if saying and linking were independent. They \
         are not, so it is a rough figure.",
    );
    text
}

fn agreement(report: &Report, columns: usize) -> Option<String> {
    let is_told = |it: &&Agreement| !is_said_done(it) && total(it) >= LEAST_COMPARED;
    let pairs: Vec<String> = report.overall.agreement.iter().filter(is_told).map(agreed).collect();
    (!pairs.is_empty()).then(|| wrap(&pairs.join(" "), columns, ""))
}

/// The pair that has a table of its own.
fn is_said_done(it: &Agreement) -> bool {
    (it.question, it.first, it.second) == ("first", "linked", "stated")
}

fn agreed(it: &Agreement) -> String {
    let question = match it.question {
        "first" => "was it the first contact?",
        _ => "was it resolved?",
    };
    let kappa = it.kappa.map_or(String::new(), |kappa| {
        let of = it.kappa_low.zip(it.kappa_high);
        let of = of.map_or(String::new(), |(low, high)| format!(", {low:.2}–{high:.2}"));
        format!(" (κ {kappa:.2}{of})")
    });
    format!(
        "“{question}” – {} and {} agree on {} of {} contacts{kappa}.",
        it.first,
        it.second,
        percent(Some(it.agreement)),
        count(total(it))
    )
}

/// Contacts that both speak about.
fn total(it: &Agreement) -> u64 {
    it.both_yes + it.first_only + it.second_only + it.both_no
}

fn identity(report: &Report, columns: usize) -> Option<String> {
    let it = &report.identity;
    if it.keys.len() < 2 && it.anonymous_count == 0 && it.capped_count == 0 {
        return None;
    }
    let used: Vec<String> = it
        .keys
        .iter()
        .filter(|key| key.is_used)
        .map(|key| format!("{} ({})", key.key, percent(key.contact_share)))
        .collect();
    let mut text = format!("Customers are known by {}", used.join(", "));
    if it.anonymous_count > 0 {
        text.push_str(&format!(
            "; {} ({}) are nobody's and link to nothing",
            count(it.anonymous_count),
            percent(it.anonymous_rate)
        ));
    }
    text.push('.');
    if it.keys.len() > 1 {
        let alone: Vec<String> = it
            .keys
            .iter()
            .map(|key| {
                format!(
                    "{} {} ({} contacts)",
                    key.key,
                    percent(key.alone_fcr_rate),
                    count(key.alone_contact_count)
                )
            })
            .collect();
        text.push_str(&format!(" Linked by one key alone, the rate is: {}.", alone.join(", ")));
    }
    if let Some(first) = it.capped.first() {
        text.push_str(&format!(
            " {}, because too many customers share {}: {} ({} customers, {} interactions).",
            if it.capped_count == 1 {
                "1 value links nothing".to_string()
            } else {
                format!("{} values link nothing", count(it.capped_count))
            },
            if it.capped_count == 1 { "it" } else { "them, such as" },
            one_line(&first.value),
            count(first.customer_count),
            count(first.interaction_count)
        ));
    }
    Some(wrap(&text, columns, ""))
}

fn minutes(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    format!("{}:{:02} min", seconds / 60, seconds % 60)
}
