//! What drives failure, for a terminal: for everything and for each group the terms told more often in failed and in
//! resolved contacts, each with a quote, and the properties that surely raise or lower the odds.

use super::drivers::{DriverGroup, DriverTerm, Drivers, LeftOut, OddsRatio, TOO_THIN, WordTable};
use super::terminal::LEAST_WIDTH;
use super::text::{count, cut, one_line, padded, percent, width, wrap};

/// Groups shown; more are for CSV and JSON.
const MOST_GROUPS: usize = 20;
/// Terms shown of a table and outcome.
const MOST_TERMS: usize = 6;
/// Columns of the numbers beside a term: failed share, resolved share, odds ratio.
const NUMBERS: usize = 9 + 10 + 8;

pub(super) fn render(drivers: &Drivers, columns: usize) -> String {
    if drivers.all().all(|group| group.failed_count + group.resolved_count == 0) {
        return "Nothing to look at: the store has no contacts that the FCR rate counts.\n".to_string();
    }
    let columns = columns.max(LEAST_WIDTH);
    let mut blocks = vec![headline(drivers, columns)];
    let groups: Vec<&DriverGroup> = drivers.all().collect();
    blocks.extend(groups.iter().take(MOST_GROUPS).map(|it| group(drivers, it, columns)));
    if groups.len() > MOST_GROUPS {
        blocks.push(format!("({} more groups: --format csv has them all)", groups.len() - MOST_GROUPS));
    }
    let mut out = blocks.join("\n\n");
    out.push('\n');
    out
}

fn headline(drivers: &Drivers, columns: usize) -> String {
    let method = &drivers.method;
    let text = format!(
        "What tells contacts that failed from those that were resolved. Of what is told at most {} is likely to be \
         chance ({} terms and {} properties' values were tested). A term counts once a contact. Odds: how many times as \
         likely, as odds, failing is with it; of properties adjusted for each other, compared with the most frequent \
         value. Neither says what is the cause.",
        percent(Some(method.false_discovery_rate)),
        count(method.tested_term_count),
        count(method.tested_level_count),
    );
    wrap(&text, columns, "")
}

fn group(drivers: &Drivers, group: &DriverGroup, columns: usize) -> String {
    let mut lines = vec![cut(
        &format!(
            "{} ({} failed, {} resolved)",
            one_line(&group.name()),
            count(group.failed_count),
            count(group.resolved_count)
        ),
        columns,
    )];
    lines.push("─".repeat(width(&lines[0])));
    let mut silent = Vec::new();
    for table in &group.words {
        if table.failed_terms.is_empty() && table.resolved_terms.is_empty() {
            silent.push(whose(table));
            continue;
        }
        words(table, columns, &mut lines);
    }
    if !silent.is_empty() {
        let text = format!("No term of {} tells failed from resolved contacts.", silent.join(", "));
        lines.push(wrap(&text, columns, ""));
    }
    lines.extend(
        group.words_notes.iter().map(|note| wrap(&format!("Words: {}.", one_line(note)), columns, "  ")),
    );
    properties(drivers, group, columns, &mut lines);
    lines.join("\n")
}

fn whose(table: &WordTable) -> String {
    let speaker = match table.speaker {
        "customer" => "customers",
        "agent" => "agents",
        _ => "unknown speakers",
    };
    format!("{speaker} ({})", one_line(table.language.as_deref().unwrap_or("language unknown")))
}

fn words(table: &WordTable, columns: usize, lines: &mut Vec<String>) {
    let names = columns - NUMBERS;
    let title = format!("Words of {}", whose(table));
    lines.push(format!(
        "{}{:>9}{:>10}{:>8}",
        padded(&cut(&title, names), names),
        "Failed",
        "Resolved",
        "Odds"
    ));
    let sides = [
        ("told more in failed contacts", &table.failed_terms),
        ("told more in resolved contacts", &table.resolved_terms),
    ];
    for (title, terms) in sides.into_iter().filter(|(_, terms)| !terms.is_empty()) {
        let more = terms.len().saturating_sub(MOST_TERMS);
        let more = if more > 0 { format!(", {more} more in --format json") } else { String::new() };
        lines.push(format!("  {title}{more}"));
        terms.iter().take(MOST_TERMS).for_each(|it| term(it, names, columns, lines));
    }
}

fn term(term: &DriverTerm, names: usize, columns: usize, lines: &mut Vec<String>) {
    lines.push(format!(
        "{}{:>9}{:>10}{:>8}",
        padded(&cut(&format!("    {}", one_line(&term.written)), names), names),
        percent(Some(term.failed_rate)),
        percent(Some(term.resolved_rate)),
        odds(&term.effect),
    ));
    if let Some(quote) = term.quotes.first() {
        lines.push(cut(
            &format!("      {}: “{}”", one_line(&quote.interaction_id), one_line(&quote.text)),
            columns,
        ));
    }
}

fn odds(effect: &OddsRatio) -> String {
    match effect.odds_ratio {
        odds if odds < 0.095 => format!("{odds:.3}"),
        odds if odds < 9.95 => format!("{odds:.2}"),
        odds => format!("{odds:.1}"),
    }
}

fn properties(drivers: &Drivers, group: &DriverGroup, columns: usize, lines: &mut Vec<String>) {
    let model = &group.model;
    if let Some(refused) = &model.refused {
        lines.push(wrap(&format!("Properties: none, for {}.", one_line(refused)), columns, "  "));
        return;
    }
    let names = columns - NUMBERS - 8;
    let mut found = Vec::new();
    let mut silent = Vec::new();
    for attribute in &model.attributes {
        let sure = attribute.levels.iter().filter_map(|it| it.effect.map(|effect| (it, effect)));
        let sure: Vec<_> = sure.filter(|(_, effect)| drivers.is_sure(effect)).collect();
        if sure.is_empty() {
            silent.push(one_line(&attribute.name));
        }
        let reference = attribute.levels.iter().find(|it| it.is_reference).map_or("", |it| it.name.as_str());
        for (level, effect) in sure {
            let total = (level.failed_count + level.resolved_count).max(1);
            let share = percent(Some(level.failed_count as f64 / total as f64));
            let interval = format!("{:.2}–{:.2}", effect.odds_low, effect.odds_high);
            let name = format!("  {}: {}", one_line(&attribute.name), one_line(&level.name));
            let compared = format!("    against {}", one_line(reference));
            found.push(format!(
                "{}{share:>9}{:>8}{interval:>18}",
                padded(&cut(&name, names), names),
                odds(&effect)
            ));
            found.push(cut(&compared, columns));
        }
    }
    if !found.is_empty() {
        lines.push(format!(
            "{}{:>9}{:>8}{:>18}",
            padded(&cut("Properties, adjusted for each other", names), names),
            "Failed",
            "Odds",
            "95 %"
        ));
        lines.extend(found);
    }
    if !silent.is_empty() {
        lines.push(wrap(&format!("No sure effect: {}.", silent.join(", ")), columns, "  "));
    }
    left_out(drivers, group, columns, lines);
}

/// The properties for which the data are too thin; and once, for everything, those that tell nothing.
fn left_out(drivers: &Drivers, group: &DriverGroup, columns: usize, lines: &mut Vec<String>) {
    let (thin, others): (Vec<&LeftOut>, Vec<&LeftOut>) =
        group.model.left_out.iter().partition(|it| it.reason.starts_with(TOO_THIN));
    if !thin.is_empty() {
        let names: Vec<String> = thin.iter().map(|it| one_line(&it.name)).collect();
        lines.push(wrap(&format!("Too few contacts for: {}.", names.join(", ")), columns, "  "));
    }
    let is_first = drivers.all().next().is_some_and(|first| std::ptr::eq(first, group));
    if is_first && !others.is_empty() {
        let told: Vec<String> =
            others.iter().map(|it| format!("{} ({})", one_line(&it.name), one_line(&it.reason))).collect();
        lines.push(wrap(&format!("Left out: {}.", told.join("; ")), columns, "  "));
    }
}
