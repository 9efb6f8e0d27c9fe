//! When customers come back, for a terminal: a table of windows, the repeats by day, and for each group a picture of
//! the hazard with the sentence about its window.

use super::table::{WIDEST_NAME, table};
use super::terminal::LEAST_WIDTH;
use super::text::{count, cut, one_line, percent, percent_finely, width, wrap};
use super::windows::{WindowGroup, Windows, window};
use crate::measure::{DayRates, WindowVerdict};

/// Groups in the tables; more are for CSV and JSON.
const MOST_ROWS: usize = 40;

/// Groups with a picture.
const MOST_PICTURES: usize = 12;

/// The last day of the table of repeats by day.
const LAST_SHOWN_DAY: usize = 14;

/// Days that start with fewer subjects have no bar: it would be taller than it means.
const LEAST_FOR_BAR: u64 = 30;

/// Groups named in the sentence above the table.
const MOST_NAMES: usize = 6;

/// Before the bars: two spaces, the height of the highest, two spaces.
const MARGIN: usize = 10;

pub(super) fn render(windows: &Windows, columns: usize) -> String {
    if windows.overall.profile.subject_count == 0 {
        return "Nothing to look at: the store has no contacts that the FCR rate counts.\n".to_string();
    }
    let columns = columns.max(LEAST_WIDTH);
    let shown: Vec<(String, &WindowGroup)> = windows
        .groups
        .iter()
        .take(MOST_ROWS)
        .map(|group| (name(windows, group), group))
        .chain([("All".to_string(), &windows.overall)])
        .collect();
    let mut blocks =
        vec![headline(windows, columns), findings(windows, columns), suggestions(windows, &shown, columns)];
    blocks.push(format!("Repeats by day after the contact:\n{}", by_day(windows, &shown, columns)));
    let hidden = windows.groups.len().saturating_sub(MOST_ROWS);
    if hidden > 0 {
        blocks.push(format!("({hidden} more groups: --format csv has them all)"));
    }
    blocks.push(wrap(
        "The bars: of the contacts without a repeat so far, the share that repeats on each day. W is the last \
         day within the policy's window, S the last within the suggested one.",
        columns,
        "",
    ));
    let (all, groups) = shown.split_last().expect("everything is among them");
    let pictures = groups.iter().take(MOST_PICTURES).chain([all]);
    blocks.extend(pictures.map(|(name, group)| picture(name, group, columns)));
    let mut out = blocks.join("\n\n");
    out.push('\n');
    out
}

fn name(windows: &Windows, group: &WindowGroup) -> String {
    one_line(&group.values(&windows.by).collect::<Vec<_>>().join(" · "))
}

fn headline(windows: &Windows, columns: usize) -> String {
    let text = |name: &str| windows.policy.get(name).and_then(|v| v.as_str()).unwrap_or("?");
    let reason = match text("same") {
        "any" => "any reason".to_string(),
        same => format!("the same {}", same.replace('_', " ")),
    };
    let contact = if text("anchor") == "first" { "first contact" } else { "contact" };
    let scope = format!(
        "From the {} of each {contact} to the customer's next one about {reason}, or to the end of observation.",
        text("clock")
    );
    let days = match text("days") {
        "calendar" => "Days are dates: day 0 is the date of the contact, day 1 the next.",
        _ => {
            "A day is 24 hours and not a date: day 0 is the first 24 hours after the contact, day 1 the next 24."
        }
    };
    wrap(&format!("{scope} {days}"), columns, "")
}

/// What is found, in one sentence: names where the suggested window is another one, numbers of groups otherwise.
fn findings(windows: &Windows, columns: usize) -> String {
    use WindowVerdict as V;
    let of = |verdicts: &[V]| -> Vec<&WindowGroup> {
        windows.groups.iter().filter(|group| verdicts.contains(&group.profile.verdict)).collect()
    };
    let named = |groups: Vec<&WindowGroup>| {
        let suggested = |group: &&WindowGroup| {
            format!("{} ({})", name(windows, group), window(group.profile.suggested_window))
        };
        let mut names: Vec<String> = groups.iter().take(MOST_NAMES).map(suggested).collect();
        if groups.len() > MOST_NAMES {
            names.push(format!("{} more", groups.len() - MOST_NAMES));
        }
        names.join(", ")
    };
    let counted = |groups: Vec<&WindowGroup>| format!("{} of {}", groups.len(), windows.groups.len());
    let parts = [
        ("longer than the policy's for", named(of(&[V::Longer]))),
        ("shorter than the policy's for", named(of(&[V::Shorter]))),
        ("found for", named(of(&[V::Suggested]))),
        ("as long as the policy's for", counted(of(&[V::AsLong]))),
        ("no day stands out for", counted(of(&[V::NeverAbove]))),
        ("not settled for", counted(of(&[V::NotSettled]))),
        ("too thin to say for", counted(of(&[V::TooFewDays, V::TooFewEvents]))),
    ];
    let is_there = |(_, groups): &&(&str, String)| !groups.is_empty() && !groups.starts_with("0 of");
    let told: Vec<String> =
        parts.iter().filter(is_there).map(|(what, groups)| format!("{what} {groups}")).collect();
    wrap(&format!("Suggested windows: {}.", told.join("; ")), columns, "")
}

fn suggestions(windows: &Windows, shown: &[(String, &WindowGroup)], columns: usize) -> String {
    let by = one_line(&windows.by.join(" · "));
    let head = ["Contacts", "Followed", "Policy", "Suggested", "After W", "Median gap"];
    let mut rows = vec![[by.as_str()].into_iter().chain(head).map(String::from).collect::<Vec<_>>()];
    rows.extend(shown.iter().map(|(name, group)| {
        let profile = &group.profile;
        vec![
            name.clone(),
            count(profile.subject_count),
            count(profile.event_count),
            window(profile.window),
            window(profile.suggested_window),
            percent(profile.late_rate),
            profile.median_gap_seconds.map_or("–".to_string(), duration),
        ]
    }));
    let note = format!(
        "After W: of the repeats within {horizon} the share that comes after the policy's window. Median gap: half of \
         the repeats within {horizon} that were seen came sooner.",
        horizon = window(Some(windows.horizon)),
    );
    format!("{}\n{}", table(rows, columns), wrap(&note, columns, ""))
}

/// How many contacts were followed on each of the first days; as many days as fit.
fn by_day(windows: &Windows, shown: &[(String, &WindowGroup)], columns: usize) -> String {
    let mut rows = vec![vec![one_line(&windows.by.join(" · "))]];
    rows.extend(shown.iter().map(|(name, _)| vec![name.clone()]));
    let names = rows.iter().map(|row| width(&row[0])).max().unwrap_or(0).min(WIDEST_NAME);
    let mut room = columns - names;
    for day in 0..=LAST_SHOWN_DAY {
        let counts = shown.iter().map(|(_, group)| count(group.profile.days[day].counts.event_count));
        let column: Vec<String> = std::iter::once(day.to_string()).chain(counts).collect();
        let taken = 2 + column.iter().map(|cell| width(cell)).max().unwrap_or(0);
        if taken > room {
            break;
        }
        room -= taken;
        rows.iter_mut().zip(column).for_each(|(row, cell)| row.push(cell));
    }
    table(rows, columns)
}

/// "40 min", "5.2 h", "3.1 d".
pub(super) fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 3_600.0 => format!("{:.0} min", s / 60.0),
        s if s < 86_400.0 => format!("{:.1} h", s / 3_600.0),
        s => format!("{:.1} d", s / 86_400.0),
    }
}

/// Name, hazard by day as bars with the days below them, and the sentence.
fn picture(name: &str, group: &WindowGroup, columns: usize) -> String {
    let days = &group.profile.days;
    let count = days.iter().take_while(|day| day.counts.at_risk_count >= LEAST_FOR_BAR).count();
    let days = &days[..count.min(columns - MARGIN)];
    let mut lines = vec![cut(name, columns)];
    if !days.is_empty() {
        let highest = days.iter().filter_map(|day| day.hazard_rate).fold(0.0, f64::max);
        let bars: String = days.iter().map(|day| bar(day, highest)).collect();
        lines.push(format!("{:>1$}  {bars}", percent_finely(Some(highest)), MARGIN - 2));
        lines.push(format!("{}{}", " ".repeat(MARGIN), axis(days.len())));
        lines.extend(marks(group, days.len()).map(|marks| format!("{}{marks}", " ".repeat(MARGIN))));
    }
    lines.push(format!("  {}", wrap(&group.sentence, columns - 2, "  ")));
    lines.join("\n")
}

/// An eighth of the highest a step; a dot without any event.
fn bar(day: &DayRates, highest: f64) -> char {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    match day.hazard_rate {
        Some(rate) if rate > 0.0 => BARS[((rate / highest * 8.0).ceil() as usize).clamp(1, 8) - 1],
        _ => '·',
    }
}

/// The number of every fifth day below its bar.
fn axis(count: usize) -> String {
    let labels = (0..count).step_by(5).map(|day| format!("{day:<5}"));
    labels.collect::<String>().trim_end().to_string()
}

/// W and S below the last day that the policy's and the suggested window take in, S where they are the same.
fn marks(group: &WindowGroup, count: usize) -> Option<String> {
    let profile = &group.profile;
    let last_within = profile.days.iter().rposition(|day| day.is_within_window == Some(true));
    let last_above = profile.suggested_window.and(profile.days_above.last()).map(|day| *day as usize);
    let mut marks = vec![' '; count];
    for (day, mark) in [(last_within, 'W'), (last_above, 'S')] {
        if let Some(place) = day.and_then(|day| marks.get_mut(day)) {
            *place = mark;
        }
    }
    let marks: String = marks.into_iter().collect();
    (!marks.trim().is_empty()).then(|| marks.trim_end().to_string())
}
