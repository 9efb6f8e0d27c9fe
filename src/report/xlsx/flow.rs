//! The sheets that tell with which reason customers come back: the matrix, shaded; its cells with what chance would give;
//! what changed meanwhile.

use std::collections::HashMap;

use rust_xlsxwriter::{Color, ConditionalFormat2ColorScale, XlsxError};

use super::Cell;
use super::sheet::Sheet;
use super::tables::Table;
use crate::measure::{FlowNumbers, Quartiles, ReturnNumbers};
use crate::report::flow::{Flow, FlowCell, FlowExample, FlowValue, called, named};

pub(super) const MATRIX: &str = "Flow";

/// Columns of the matrix for values; the rest is one more.
const MOST_COLUMNS: usize = 100;

/// The columns before those of values.
const HEAD: [&str; 6] =
    ["Contacts", "Failed", "Same reason next", "Other reason next", "None next", "Other reason"];

const SECONDS_PER_DAY: f64 = 86_400.0;

/// The sheets in their order.
pub(super) fn tables(flow: &Flow) -> Vec<Table> {
    vec![matrix(flow), pairs(flow), switches(flow)]
}

/// Shades the shares of the matrix: the larger the darker.
pub(super) fn shade(flow: &Flow, sheet: &mut Sheet) -> Result<(), XlsxError> {
    let first = HEAD.len() as u16 + 1;
    let columns = flow.values.len().min(MOST_COLUMNS + 1) as u16;
    let rows = sheet.row_count();
    if rows > 0 && columns > 0 {
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum_color(Color::RGB(0xFFFFFF))
            .set_maximum_color(Color::RGB(0xE8926E));
        sheet.worksheet().add_conditional_format(1, first, rows, first + columns - 1, &scale)?;
    }
    Ok(())
}

/// A row a value: what became of its contacts, and the share that came back as each other.
fn matrix(flow: &Flow) -> Table {
    let shown = flow.values.len().min(MOST_COLUMNS);
    let place: HashMap<&Option<String>, usize> = flow.values.iter().map(|it| &it.value).zip(0..).collect();
    let mut next: Vec<Vec<u64>> = vec![vec![0; shown + 1]; flow.values.len()];
    for cell in &flow.cells {
        next[place[&cell.from]][place[&cell.to].min(shown)] += cell.numbers.next_count;
    }
    let row = |(it, next): (&FlowValue, &Vec<u64>)| {
        let totals = &it.totals;
        let counts = [
            totals.counted_count,
            totals.failed_count,
            totals.same_count,
            totals.other_count,
            totals.none_count,
        ];
        let share = |count: &u64| match *count {
            0 => Cell::Nothing,
            count => {
                Cell::rate((totals.counted_count > 0).then(|| count as f64 / totals.counted_count as f64))
            }
        };
        let columns = if flow.values.len() > shown { shown + 1 } else { shown };
        std::iter::once(Cell::text(named(&it.value)))
            .chain(counts.map(Cell::Count))
            .chain([Cell::rate(totals.other_rate)])
            .chain(next[..columns].iter().map(share))
            .collect()
    };
    let by = called(&flow.by);
    let mut header = vec![format!("First {by}")];
    header.extend(HEAD.map(String::from));
    header.extend(flow.values[..shown].iter().map(|it| format!("→ {}", named(&it.value))));
    header.extend((flow.values.len() > shown).then(|| "→ others".to_string()));
    Table {
        name: MATRIX,
        header,
        rows: flow.values.iter().zip(&next).map(row).collect(),
        total: None,
        foot: Vec::new(),
    }
}

fn pairs(flow: &Flow) -> Table {
    let counted: HashMap<&Option<String>, u64> =
        flow.values.iter().map(|it| (&it.value, it.totals.counted_count)).collect();
    let pairs: HashMap<(&Option<String>, &Option<String>), _> =
        flow.pairs.iter().map(|it| ((&it.cell.from, &it.cell.to), it)).collect();
    let row = |cell: &FlowCell| {
        let it: &FlowNumbers = &cell.numbers;
        let probability = |p: Option<f64>| p.map_or(Cell::Nothing, Cell::Probability);
        let pair = pairs.get(&(&cell.from, &cell.to));
        let examples = pair.map_or(&[][..], |pair| &pair.examples[..]);
        let mut row = vec![
            Cell::text(named(&cell.from)),
            Cell::text(named(&cell.to)),
            Cell::count(counted.get(&cell.from).copied()),
            Cell::Count(it.next_count),
            Cell::Count(it.same_count),
            Cell::rate(it.share),
            Cell::rate(it.share_low),
            Cell::rate(it.share_high),
            Cell::number(it.expected_count),
            Cell::number(it.lift),
            probability(it.p_value),
            probability(it.p_adjusted),
            Cell::yes(it.is_more_than_chance),
            pair.map_or(Cell::Nothing, |pair| Cell::Count(pair.reverse_count)),
            Cell::Count(it.worded_count),
            Cell::Count(it.stated_count),
            Cell::rate(it.stated_rate),
        ];
        row.extend(days(&it.times));
        let told: Vec<String> = examples.iter().map(example).collect();
        row.push(if told.is_empty() { Cell::Nothing } else { Cell::Text(told.join("\n")) });
        row
    };
    let header = [
        "First",
        "Came back as",
        "Contacts",
        "Came back so",
        "About the same reason",
        "Share",
        "Low (95 %)",
        "High (95 %)",
        "By chance",
        "Times chance",
        "p",
        "p corrected for the number of pairs",
        "More than chance",
        "The other way round",
        "Next contacts with words",
        "State a repeat",
        "Share that states a repeat",
        "Days, first quarter",
        "Days, median",
        "Days, third quarter",
        "Examples",
    ];
    Table {
        name: "Flow pairs",
        header: header.map(String::from).to_vec(),
        rows: flow.cells.iter().map(row).collect(),
        total: None,
        foot: Vec::new(),
    }
}

fn example(it: &FlowExample) -> String {
    let quote = it.saying.as_ref().map_or(String::new(), |saying| format!(": “{}”", saying.quote));
    format!("{} → {}{quote}", it.contact_id, it.next_contact_id)
}

fn days(times: &Quartiles) -> [Cell; 3] {
    [times.quartile_1_seconds, times.median_gap_seconds, times.quartile_3_seconds]
        .map(|seconds| Cell::number(seconds.map(|seconds| seconds / SECONDS_PER_DAY)))
}

fn switches(flow: &Flow) -> Table {
    let row = |what: &str, from: &str, to: &str, it: &ReturnNumbers| {
        let mut row = vec![Cell::text(what), Cell::text(from), Cell::text(to), Cell::Count(it.return_count)];
        row.extend([it.share, it.share_low, it.share_high].map(Cell::rate));
        row.extend(days(&it.times));
        row.extend([Cell::Count(it.again_eligible_count), Cell::Count(it.again_failed_count)]);
        row.extend([it.again_rate, it.again_low, it.again_high].map(Cell::rate));
        row
    };
    let mut rows = Vec::new();
    for it in &flow.switches {
        let name = called(&it.dimension);
        rows.push(row(name, "", "the same", &it.switch.same));
        rows.push(row(name, "", "another", &it.switch.changed));
    }
    rows.extend(flow.channel_switches.iter().map(|it| row("channel", &it.from, &it.to, &it.numbers)));
    let header = [
        "What",
        "From",
        "To",
        "Returns after a failure",
        "Share",
        "Low (95 %)",
        "High (95 %)",
        "Days, first quarter",
        "Days, median",
        "Days, third quarter",
        "Next contacts judged",
        "Failed again",
        "Fail again",
        "Fail again low (95 %)",
        "Fail again high (95 %)",
    ];
    Table {
        name: "Flow switches",
        header: header.map(String::from).to_vec(),
        rows,
        total: None,
        foot: Vec::new(),
    }
}
