//! With which reason customers come back, for a terminal: a matrix of the largest values, the pairs that are more than
//! chance with the customers' words, and what changed between a contact that failed and the next.

use super::flow::{Flow, FlowExample, FlowPair, called, named};
use super::table::table;
use super::terminal::LEAST_WIDTH;
use super::text::{count, cut, interval, one_line, padded, percent, width, wrap};
use super::windows_terminal::duration;
use crate::measure::{FlowTotals, Quartiles, ReturnNumbers};

/// Values in the rows of the matrix; more are for CSV and JSON.
const MOST_ROWS: usize = 20;

/// Columns of a name in the matrix, its number included.
const WIDEST_NAME: usize = 22;

/// Columns of a share in the matrix, and of the two that end it.
const CELL: usize = 6;

/// Pairs that are told.
const MOST_PAIRS: usize = 10;

/// Examples of a pair.
const MOST_EXAMPLES: usize = 2;

/// Columns of a name, or an id, in a sentence.
const NAME: usize = 60;

/// Columns of a quote at most.
const QUOTE: usize = 200;

/// Ways from channel to channel.
const MOST_WAYS: usize = 10;

/// From which share on a cell is shaded so: colours of the 256, on which black is read well.
const SHADES: [(f64, u8); 4] = [(0.30, 209), (0.15, 216), (0.05, 223), (0.01, 230)];

pub(super) fn render(flow: &Flow, columns: usize, is_coloured: bool) -> String {
    if flow.overall.counted_count == 0 {
        return "Nothing to look at: the store has no contacts that the FCR rate counts.\n".to_string();
    }
    let columns = columns.max(LEAST_WIDTH);
    let mut blocks = vec![headline(flow, columns), matrix(flow, columns, is_coloured)];
    blocks.push(pairs(flow, columns));
    blocks.extend(switches(flow, columns));
    blocks.extend(ways(flow, columns));
    let mut out = blocks.join("\n\n");
    out.push('\n');
    out
}

fn headline(flow: &Flow, columns: usize) -> String {
    let FlowTotals { counted_count, same_count, other_count, none_count, .. } = flow.overall;
    let share = |part: u64| percent(Some(part as f64 / counted_count as f64));
    let text = format!(
        "Of {} contacts that the FCR rate counts, {} ({}) were followed within their window by a contact of the same \
         customer about the same reason, {} ({}, 95 % interval {}) only by one about another reason, and {} ({}) by \
         none. Commit {}.",
        count(counted_count),
        count(same_count),
        share(same_count),
        count(other_count),
        share(other_count),
        interval(flow.overall.other_low, flow.overall.other_high),
        count(none_count),
        share(none_count),
        flow.commit_id,
    );
    wrap(&text, columns, "")
}

/// A line a value: its name with its number, its contacts, the shares that come back as the same, as each of the first
/// values, as another, and not at all.
fn matrix(flow: &Flow, columns: usize, is_coloured: bool) -> String {
    let rows = flow.values.iter().filter(|it| it.totals.counted_count > 0);
    let shown: Vec<_> = rows.clone().take(MOST_ROWS).collect();
    let label = |at: usize, name: &str| format!("{:>2} {}", at + 1, one_line(name));
    let names: Vec<String> = shown.iter().zip(0..).map(|(it, at)| label(at, named(&it.value))).collect();
    let name_width = names.iter().map(|name| width(name)).max().unwrap_or(0).min(WIDEST_NAME);
    let counted = count(flow.overall.counted_count).len().max("Contacts".len());
    let room = columns.saturating_sub(name_width + 2 + counted + CELL + 2 * (CELL + 1)) / CELL;
    let column_count = room.min(flow.values.len());
    let mut lines = Vec::new();
    let heads: String = (1..=column_count).map(|at| format!("{at:>5} ")).collect();
    let head = format!("{:name_width$}  {:>counted$} same {heads} other   none", "", "Contacts");
    lines.push(head);
    for (name, it) in names.iter().zip(&shown) {
        let name = padded(&cut(name, name_width), name_width);
        let mut line = format!("{name}  {:>counted$}", count(it.totals.counted_count));
        let counted = it.totals.counted_count;
        let own = flow.cell(&it.value, &it.value).map_or(0, |cell| cell.numbers.next_count);
        line.push_str(&shaded(own, counted, false, is_coloured));
        let mut elsewhere = it.totals.same_count + it.totals.other_count - own;
        for to in flow.values.iter().take(column_count) {
            let cell = flow.cell(&it.value, &to.value);
            if it.value == to.value {
                line.push_str("    = ");
                continue;
            }
            let next_count = cell.map_or(0, |cell| cell.numbers.next_count);
            elsewhere -= next_count;
            let is_more = cell.is_some_and(|cell| cell.numbers.is_more_than_chance);
            line.push_str(&shaded(next_count, counted, is_more, is_coloured));
        }
        for part in [elsewhere, it.totals.none_count] {
            line.push_str(&format!(" {}", shaded(part, counted, false, false)));
        }
        lines.push(line.trim_end().to_string());
    }
    let hidden = rows.count() - shown.len();
    if hidden > 0 {
        lines.push(format!("({hidden} more: --format csv has them all)"));
    }
    let by = cut(&one_line(called(&flow.by)), NAME);
    let legend = format!(
        "Of the contacts with each {by} the share that came back with the same, with each numbered {by}, with any \
         other, and not at all. *: more often than chance."
    );
    format!("{}\n\n{}", wrap(&legend, columns, ""), lines.join("\n"))
}

/// A share in its columns, with a mark where it is more than chance.
fn shaded(part: u64, total: u64, is_more: bool, is_coloured: bool) -> String {
    let share = if total == 0 { 0.0 } else { part as f64 / total as f64 };
    let text = match share {
        _ if part == 0 => "·".to_string(),
        share if share < 0.01 => "<1%".to_string(),
        share => format!("{:.0}%", 100.0 * share),
    };
    let text = format!("{text:>5}{}", if is_more { '*' } else { ' ' });
    match SHADES.iter().find(|(from, _)| share >= *from) {
        Some((_, colour)) if is_coloured => format!("\u{1b}[38;5;16;48;5;{colour}m{text}\u{1b}[0m"),
        _ => text,
    }
}

fn pairs(flow: &Flow, columns: usize) -> String {
    let by = cut(&one_line(called(&flow.by)), NAME);
    if flow.pairs.is_empty() {
        return wrap(
            &format!("No {by} comes back as another one more often than chance would have it."),
            columns,
            "",
        );
    }
    let about = match flow.pairs.iter().any(|pair| pair.is_miscoding_candidate) {
        true => {
            "Failed as one, came back as another, more often than chance. The first code may be wrong, or the \
                 second, or the two belong together: the records do not tell which. Customers who say that they call \
                 again about it speak for a wrong code."
        }
        false => "Came back as another, more often than chance.",
    };
    let shown = flow.pairs.iter().take(MOST_PAIRS);
    let mut blocks = vec![wrap(about, columns, "")];
    blocks.extend(shown.map(|pair| told(flow, pair, columns)));
    let hidden = flow.pairs.len().saturating_sub(MOST_PAIRS) + flow.untold_count;
    if hidden > 0 {
        blocks.push(format!("({hidden} more pairs: --format csv has them all)"));
    }
    blocks.join("\n\n")
}

fn told(flow: &Flow, pair: &FlowPair, columns: usize) -> String {
    let numbers = &pair.cell.numbers;
    let counted = flow.values.iter().find(|it| it.value == pair.cell.from);
    let counted = counted.map_or(0, |it| it.totals.counted_count);
    let [from, to] = [&pair.cell.from, &pair.cell.to].map(|value| cut(&one_line(named(value)), NAME));
    let lift = numbers.lift.map_or(String::new(), |lift| format!(", {lift:.1} times that"));
    let expected = numbers.expected_count.unwrap_or_default();
    let mut text = format!(
        "{} of {} ({}, {}); by chance {expected:.1}{lift}, {}. The other way round {}.",
        count(numbers.next_count),
        count(counted),
        percent(numbers.share),
        interval(numbers.share_low, numbers.share_high),
        probability(numbers.p_adjusted),
        count(pair.reverse_count),
    );
    if numbers.worded_count > 0 {
        let [worded, stated] = [numbers.worded_count, numbers.stated_count].map(count);
        let rate = percent(numbers.stated_rate);
        text.push_str(&format!(" Of {worded} with words {stated} ({rate}) state a repeat."));
    }
    let title = wrap(&format!("{from} → {to}"), columns, "  ");
    let mut lines = vec![title, format!("  {}", wrap(&text, columns - 2, "  "))];
    let examples = pair.examples.iter().take(MOST_EXAMPLES);
    lines.extend(examples.map(|it| format!("  {}", wrap(&example(it), columns - 2, "    "))));
    lines.join("\n")
}

fn example(example: &FlowExample) -> String {
    let [id, next] = [&example.contact_id, &example.next_contact_id].map(|id| cut(&one_line(id), NAME));
    match &example.saying {
        Some(saying) => format!("{id} → {next}: “{}”", cut(&one_line(&saying.quote), QUOTE)),
        None => format!("{id} → {next}"),
    }
}

fn probability(p: Option<f64>) -> String {
    match p {
        Some(p) if p < 0.001 => "p < 0.001".to_string(),
        Some(p) => format!("p = {p:.3}"),
        None => "not tested".to_string(),
    }
}

/// A line a dimension for returns with the same value, and one for those with another.
fn switches(flow: &Flow, columns: usize) -> Option<String> {
    let mut rows = vec![heads("What changed")];
    for it in &flow.switches {
        let known = it.switch.same.return_count + it.switch.changed.return_count;
        if known > 0 {
            let name = called(&it.dimension);
            rows.push(line(&format!("same {name}"), &it.switch.same));
            rows.push(line(&format!("another {name}"), &it.switch.changed));
        }
    }
    (rows.len() > 1).then(|| {
        let about = "Contacts that failed and the next of their episodes: what changed, how soon it was, and how often the \
                     next failed in its turn.";
        format!("{}\n\n{}", wrap(about, columns, ""), table(rows, columns))
    })
}

/// The ways between channels.
fn ways(flow: &Flow, columns: usize) -> Option<String> {
    let mut rows = vec![heads("Channels")];
    let way = |from: &str, to: &str| cut(&format!("{} → {}", one_line(from), one_line(to)), NAME);
    let shown = flow.channel_switches.iter().take(MOST_WAYS);
    rows.extend(shown.map(|it| line(&way(&it.from, &it.to), &it.numbers)));
    (rows.len() > 2).then(|| table(rows, columns))
}

fn heads(name: &str) -> Vec<String> {
    [name, "Returns", "Share", "Interval", "Median", "Quartiles", "Again"].map(String::from).to_vec()
}

fn line(name: &str, numbers: &ReturnNumbers) -> Vec<String> {
    let Quartiles { quartile_1_seconds, median_gap_seconds, quartile_3_seconds } = numbers.times;
    let time = |seconds: Option<f64>| seconds.map_or("–".to_string(), duration);
    let quarters = match quartile_1_seconds {
        Some(first) => format!("{}–{}", duration(first), time(quartile_3_seconds)),
        None => "–".to_string(),
    };
    vec![
        name.to_string(),
        count(numbers.return_count),
        percent(numbers.share),
        interval(numbers.share_low, numbers.share_high),
        time(median_gap_seconds),
        quarters,
        percent(numbers.again_rate),
    ]
}
