//! The coaching list for a terminal: the sentence, a table with a picture of the intervals, what stands behind those who are
//! clearly below the mean, and what teams may be trained on.

use super::NO_VALUE;
use super::coaching::{Coached, Coaching};
use super::table::aligned;
use super::terminal::LEAST_WIDTH;
use super::text::{count, cut, interval, one_line, percent, width, wrap};
use crate::measure::Standing;

/// Lines of the table; more are for CSV and JSON.
const MOST_ROWS: usize = 40;
/// Of so many the causes and words are told.
const MOST_TOLD: usize = 12;
/// Topics that are told.
const MOST_TOPICS: usize = 12;
/// Columns of a name.
const WIDEST_NAME: usize = 24;
/// From this width on each line has a picture of its interval.
const WIDTH_FOR_CHART: usize = 100;
const CHART_WIDTH: usize = 24;

pub(super) fn render(coaching: &Coaching, columns: usize) -> String {
    let mut out = blocks(coaching, columns.max(LEAST_WIDTH)).join("\n\n");
    out.push('\n');
    out
}

/// The parts, as a report has them too.
pub(super) fn blocks(coaching: &Coaching, columns: usize) -> Vec<String> {
    let mut blocks = vec![wrap(&one_line(&coaching.sentence), columns, "")];
    if !coaching.groups.is_empty() {
        blocks.push(table(coaching, columns));
        blocks.push(wrap(&note(coaching), columns, ""));
    }
    let below = coaching.groups.iter().filter(|it| it.standing == Standing::Below);
    blocks.extend(below.take(MOST_TOLD).map(|it| behind(it, columns)));
    blocks.extend(topics(coaching, columns));
    blocks
}

fn table(coaching: &Coaching, columns: usize) -> String {
    let shown: Vec<&Coached> = coaching.groups.iter().take(MOST_ROWS).collect();
    let noun = if coaching.by == "team" { "Team" } else { "Agent" };
    let mut rows = vec![
        [noun, "Contacts", "Failed", "Expected", "FCR", "Adjusted", "Interval", "Standing"]
            .map(String::from)
            .to_vec(),
    ];
    rows.extend(shown.iter().map(|it| {
        vec![
            cut(&one_line(&it.name), WIDEST_NAME),
            count(it.counted_count),
            count(it.compared_failed_count),
            format!("{:.1}", it.expected_failure_count),
            percent(it.fcr_rate),
            percent(it.adjusted_rate),
            interval(it.adjusted_low, it.adjusted_high),
            it.standing.name().replace('_', " "),
        ]
    }));
    if columns >= WIDTH_FOR_CHART {
        let (low, high) = ends(&shown, coaching.fcr_rate);
        let (left, right) = (format!("{:.0} %", 100.0 * low), format!("{:.0} %", 100.0 * high));
        let gap = CHART_WIDTH.saturating_sub(width(&left) + width(&right));
        rows[0].push(format!("{left}{}{right}", " ".repeat(gap)));
        for (row, it) in rows[1..].iter_mut().zip(&shown) {
            row.push(picture(it, coaching.fcr_rate, low, high));
        }
    }
    // Numbers stand to the right, texts and pictures to the left; nothing is cut.
    let mut text = aligned(&rows, &[0, 7, 8], usize::MAX);
    let hidden = coaching.groups.len() - shown.len();
    if hidden > 0 {
        text.push_str(&format!("\n({hidden} more: --format csv has them all)"));
    }
    text
}

/// The ends of the picture: those of all intervals, and the mean, in whole points.
fn ends(shown: &[&Coached], mean: Option<f64>) -> (f64, f64) {
    let rates = shown.iter().flat_map(|it| [it.adjusted_low, it.adjusted_high]).chain([mean]).flatten();
    let (low, high) = rates.fold((1.0, 0.0), |(low, high): (f64, f64), rate| (low.min(rate), high.max(rate)));
    let (low, high) = ((100.0 * low).floor() / 100.0, (100.0 * high).ceil() / 100.0);
    if low < high { (low, high) } else { (0.0, 1.0) }
}

/// `  ├─●──┤ │`: the interval, the estimate and the mean.
fn picture(it: &Coached, mean: Option<f64>, low: f64, high: f64) -> String {
    let place = |rate: f64| {
        let share = (rate - low) / (high - low);
        ((share * (CHART_WIDTH - 1) as f64).round() as usize).min(CHART_WIDTH - 1)
    };
    let mut marks = vec![' '; CHART_WIDTH];
    if let (Some(low), Some(high), Some(rate)) = (it.adjusted_low, it.adjusted_high, it.adjusted_rate) {
        marks[place(low)..=place(high)].fill('─');
        mean.into_iter().for_each(|mean| marks[place(mean)] = '│');
        marks[place(rate)] = '●';
    } else {
        mean.into_iter().for_each(|mean| marks[place(mean)] = '│');
    }
    marks.into_iter().collect::<String>().trim_end().to_string()
}

fn note(coaching: &Coaching) -> String {
    let noun = coaching.noun();
    let mut note = format!(
        "Expected: what would have failed had other {noun}s handled the same categories in the same channels. Adjusted: \
         the FCR rate after that, drawn towards the mean as far as chance explains the difference."
    );
    let mut leave_out = |number: u64, what: &str| {
        if number > 0 {
            note.push_str(&format!(" {} counted contacts {what}.", count(number)));
        }
    };
    leave_out(coaching.unattributed_count, &format!("name no {noun}"));
    leave_out(
        coaching.uncompared_count,
        "are of categories that hardly anybody else handles, and are not compared",
    );
    note
}

/// Causes, categories and words behind the failures of one.
fn behind(it: &Coached, columns: usize) -> String {
    let team = it.team.as_deref().map_or(String::new(), |team| format!(" · {}", one_line(team)));
    let mut lines = vec![format!(
        "{}{team}: {} of {} failed, {:.1} expected",
        cut(&one_line(&it.name), WIDEST_NAME),
        count(it.compared_failed_count),
        count(it.compared_count),
        it.expected_failure_count
    )];
    let mut tell = |what: &str, text: String| {
        if !text.is_empty() {
            lines.push(format!("  {}", wrap(&format!("{what}: {}", one_line(&text)), columns - 2, "  ")));
        }
    };
    tell("causes", it.leading_causes());
    tell("beyond expectation", it.leading_categories());
    for quote in &it.quotes {
        let said = format!("“{}” ({})", one_line(&quote.text), one_line(&quote.interaction_id));
        lines.push(format!("  {}", wrap(&said, columns - 2, "    ")));
    }
    lines.join("\n")
}

fn topics(coaching: &Coaching, columns: usize) -> Option<String> {
    let clear: Vec<String> = coaching
        .topics
        .iter()
        .filter(|it| it.is_clear)
        .take(MOST_TOPICS)
        .map(|it| {
            let category = it.category.as_deref().unwrap_or(NO_VALUE);
            let what = format!(
                "{}: {} × {}, {} failed, {:.1} expected",
                one_line(&it.team),
                one_line(category),
                one_line(&it.cause),
                count(it.failed_count),
                it.expected_failure_count
            );
            format!("  {}", wrap(&what, columns - 2, "    "))
        })
        .collect();
    (!clear.is_empty()).then(|| {
        format!(
            "To train, per team (category × cause, failures beyond those of other teams):\n{}",
            clear.join("\n")
        )
    })
}
