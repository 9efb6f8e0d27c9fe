//! Why first contacts fail and what to do first, for a terminal: the causes with their intervals, whose doing they are,
//! words, the leading causes of each group, and the list of what is worth doing. The report shows parts of it.

use super::causes::{CauseGroup, CauseQuote, CausesReport, UNKNOWN};
use super::table::aligned;
use super::terminal::LEAST_WIDTH;
use super::text::{count, cut, interval, number, one_line, percent, titled, wrap};
use crate::measure::{Action, PartyShare};

/// Groups shown; more are for CSV and JSON.
const MOST_GROUPS: usize = 30;

/// Causes of a group that are named.
const MOST_LEADING: usize = 3;

/// Lines of the list of what to do, where it is the matter.
const MOST_ACTIONS: usize = 15;

pub(super) fn render(causes: &CausesReport, columns: usize) -> String {
    let columns = columns.max(LEAST_WIDTH);
    let all = &causes.overall;
    let mut blocks = vec![headline(all, columns)];
    blocks.extend(table(all, columns));
    blocks.extend(parties(all, columns));
    blocks.extend(words(all, columns));
    blocks.extend(leading(&causes.by.join(" · "), &causes.groups, columns));
    blocks.extend(actions(&causes.actions, MOST_ACTIONS, columns));
    let mut out = blocks.join("\n\n");
    out.push('\n');
    out
}

/// How many failed, and of how many of them words are known.
pub(super) fn headline(all: &CauseGroup, columns: usize) -> String {
    let it = &all.scores;
    let text = match (it.failed_count, it.heard_count) {
        (0, _) => "No first contact failed.".to_string(),
        (failed, 0) => format!(
            "Why {} first contacts failed is not known: neither their words nor those of the repeats that followed are \
             in the store. Add transcripts to see causes.",
            count(failed)
        ),
        (failed, heard) => format!(
            "Why first contacts fail: of {} that failed the words of {}, or of the repeat that followed, are known; {} \
             give evidence of a cause.",
            count(failed),
            count(heard),
            count(it.known_count)
        ),
    };
    wrap(&text, columns, "")
}

/// A line a cause; nothing where there is no evidence of any.
pub(super) fn table(all: &CauseGroup, columns: usize) -> Option<String> {
    let it = &all.scores;
    if it.causes.is_empty() {
        return None;
    }
    let has_cost = it.repeat_cost.is_some();
    let mut head = vec!["Cause", "Contacts", "Share", "Interval", "At first", "Later", "Both", "Repeats"];
    head.extend(has_cost.then_some("Cost"));
    let mut rows = vec![head.into_iter().map(String::from).collect::<Vec<_>>()];
    for share in &it.causes {
        let mut row = vec![
            one_line(&share.cause),
            count(share.contact_count),
            percent(share.share),
            interval(share.low, share.high),
            count(share.first_count),
            count(share.next_count),
            count(share.both_count),
            count(share.repeat_count),
        ];
        row.extend(has_cost.then(|| number(share.repeat_cost)));
        rows.push(row);
    }
    let mut unknown = vec![
        UNKNOWN.to_string(),
        count(it.unknown_count),
        percent(it.unknown_share),
        interval(it.unknown_low, it.unknown_high),
    ];
    unknown.resize(rows[0].len(), String::new());
    rows.push(unknown);
    let note = wrap(
        "A contact can have several causes. At first: told in the contact that failed. Later: told in the repeat that \
         followed. Unknown is not spread over the others.",
        columns,
        "",
    );
    Some(format!("{}\n{note}", aligned(&rows, &[0], columns)))
}

/// Whose doing it is, beside the published shares.
pub(super) fn parties(all: &CauseGroup, columns: usize) -> Option<String> {
    let told = |it: &PartyShare| {
        Some(format!(
            "{} {} ({}; published {:.0} %)",
            it.party.name(),
            percent(Some(it.share?)),
            interval(it.low, it.high),
            100.0 * it.published_share
        ))
    };
    let told: Vec<String> = all.scores.parties.iter().filter_map(told).collect();
    let text = format!("Whose doing, where a cause is known: {}. Published: SQM Group.", told.join(", "));
    (!told.is_empty()).then(|| wrap(&text, columns, ""))
}

/// Words that tell each cause.
fn words(all: &CauseGroup, columns: usize) -> Option<String> {
    let mut lines = vec!["In their words:".to_string()];
    for share in &all.scores.causes {
        let quotes = all.quotes.get(&share.cause).map_or(&[][..], Vec::as_slice);
        if !quotes.is_empty() {
            lines.push(format!("  {}", cut(&one_line(&share.cause), columns - 2)));
        }
        lines.extend(quotes.iter().map(|quote| format!("    {}", wrap(&quoted(quote), columns - 4, "    "))));
    }
    (lines.len() > 1).then(|| lines.join("\n"))
}

fn quoted(quote: &CauseQuote) -> String {
    let date = quote.started_at.get(..10).unwrap_or_default();
    let place = if quote.is_repeat { ", repeat" } else { "" };
    let id = cut(&one_line(&quote.interaction_id), 24);
    format!("{}{place}: “{}” ({date}, {id})", quote.speaker, one_line(&quote.text))
}

/// The leading causes of each group.
pub(super) fn leading(by: &str, groups: &[CauseGroup], columns: usize) -> Option<String> {
    let mut rows =
        vec![[&titled(&one_line(by)), "Failed", "Unknown", "Leading causes"].map(String::from).to_vec()];
    for group in groups.iter().take(MOST_GROUPS) {
        let it = &group.scores;
        let causes = it.causes.iter().take(MOST_LEADING);
        let causes: Vec<String> = causes
            .map(|share| {
                format!(
                    "{} {} ({})",
                    one_line(&share.cause),
                    count(share.contact_count),
                    percent(share.share)
                )
            })
            .collect();
        let causes = if causes.is_empty() { "–".to_string() } else { causes.join(", ") };
        rows.push(vec![one_line(&group.name()), count(it.failed_count), count(it.unknown_count), causes]);
    }
    let mut text = aligned(&rows, &[0, 3], columns);
    if groups.len() > MOST_GROUPS {
        text.push_str(&format!("\n({} more: --format csv has them all)", groups.len() - MOST_GROUPS));
    }
    (rows.len() > 1).then_some(text)
}

/// What to do first: at most so many lines.
pub(super) fn actions(actions: &[Action], most: usize, columns: usize) -> Option<String> {
    let first = actions.first()?;
    let has_cost = first.avoidable_cost.is_some();
    let mut head = vec!["What to do first", "Because of", "Remedy", "Contacts", "Avoidable", "Evidence"];
    head.extend(has_cost.then_some("Cost"));
    let mut rows = vec![head.into_iter().map(String::from).collect::<Vec<_>>()];
    for action in actions.iter().take(most) {
        let mut row = vec![
            one_line(action.category.as_deref().unwrap_or(super::NO_VALUE)),
            one_line(&action.cause),
            action.remedy.map_or("–", |remedy| remedy.name()).to_string(),
            count(action.contact_count),
            count(action.avoidable_repeat_count.round() as u64),
            action.strength.name().to_string(),
        ];
        row.extend(has_cost.then(|| number(action.avoidable_cost)));
        rows.push(row);
    }
    Some(aligned(&rows, &[0, 1, 2, 5], columns))
}
