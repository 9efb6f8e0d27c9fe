//! Knowledge gaps for a terminal: what was read and what is covered, the gaps with the customers' words and what to do,
//! languages that lack articles, articles that do not resolve.

use super::gaps::{CoverageCounts, Gap, Gaps};
use super::language::language_name;
use super::terminal::LEAST_WIDTH;
use super::text::{count, counted, cut, interval, number, one_line, padded, percent, wrap};
use super::{ArticleUse, NO_VALUE};

/// Gaps that are shown; more are for CSV and JSON.
const MOST_GAPS: usize = 12;

/// Quotes of a gap that are shown.
const MOST_QUOTES: usize = 2;

/// Lines of a quote, about.
const QUOTE_LINES: usize = 3;

/// Before the lines of a gap, and before what does not fit in one.
const INDENT: &str = "   ";
const FURTHER: &str = "     ";

/// Rows of the other tables.
const MOST_ROWS: usize = 12;

pub(super) fn render(gaps: &Gaps, columns: usize) -> String {
    let columns = columns.max(LEAST_WIDTH);
    let mut blocks = vec![headline(gaps, columns)];
    blocks.extend(gaps.notes.iter().map(|note| wrap(&one_line(note), columns, "")));
    blocks.extend(coverage(gaps));
    if gaps.gaps.is_empty() && gaps.counts.read_count > 0 {
        blocks.push("No question is shared by three failed contacts that are not covered.".to_string());
    }
    for (rank, gap) in (1..).zip(gaps.gaps.iter().take(MOST_GAPS)) {
        blocks.push(shown_gap(gaps, rank, gap, columns));
    }
    let hidden = gaps.gaps.len().saturating_sub(MOST_GAPS) as u64 + gaps.left_out.gap_count;
    if hidden > 0 {
        blocks.push(format!("({} more: --format csv has a line each)", counted(hidden, "gap")));
    }
    blocks.extend(holes(gaps, columns));
    blocks.extend(articles(gaps, columns));
    let mut out = blocks.join("\n\n");
    out.push('\n');
    out
}

fn headline(gaps: &Gaps, columns: usize) -> String {
    let CoverageCounts {
        failed_count,
        read_count,
        covered_count,
        weak_count,
        not_covered_count,
        unknown_count,
        ..
    } = gaps.counts;
    let of = format!("{} failed, {} with words.", counted(failed_count, "contact"), count(read_count));
    let what = match (gaps.article_count, read_count) {
        (_, 0) => "There are no words of failed contacts to look at.".to_string(),
        (0, _) => {
            "No articles were given: every one of them is uncovered. Here is what they ask.".to_string()
        }
        (articles, _) => {
            let unknown = match unknown_count {
                0 => String::new(),
                unknown => format!(", of {} it cannot be told", count(unknown)),
            };
            format!(
                "Of these {} ask what none of {} answers, {} what one answers in part, {} are covered{unknown}.",
                count(not_covered_count),
                counted(articles, "article"),
                count(weak_count),
                count(covered_count)
            )
        }
    };
    wrap(&format!("Knowledge gaps. {of} {what}"), columns, "")
}

/// Languages with what tells what is covered there.
fn coverage(gaps: &Gaps) -> Option<String> {
    if gaps.article_count == 0 || gaps.languages.is_empty() {
        return None;
    }
    let mut out = format!(
        "{:<10} {:>8} {:>7} {:>11} {:>7} {:>7}  Judged by",
        "Language", "Articles", "Failed", "Not covered", "In part", "Covered"
    );
    for it in gaps.languages.iter().take(MOST_ROWS) {
        let basis = match (&it.calibration, it.basis) {
            (Some(_), "own") => format!("{} resolved", count(it.resolved_count)),
            (Some(found), _) => format!("{} of all", count(found.contact_count)),
            (None, _) if it.article_count == 0 => "no articles".to_string(),
            (None, _) => format!("only {} resolved", count(it.resolved_count)),
        };
        let counts = &it.counts;
        out.push_str(&format!(
            "\n{} {:>8} {:>7} {:>11} {:>7} {:>7}  {basis}",
            padded(&cut(&one_line(it.language.as_deref().map_or("unknown", language_name)), 10), 10),
            count(it.article_count),
            count(counts.read_count),
            count(counts.not_covered_count),
            count(counts.weak_count),
            count(counts.covered_count)
        ));
    }
    Some(out)
}

fn shown_gap(gaps: &Gaps, rank: usize, gap: &Gap, columns: usize) -> String {
    let language = Some(gap.language_name()).filter(|name| !name.is_empty());
    let key = gap.values(&gaps.by).chain(language).collect::<Vec<_>>().join(" · ");
    let head = format!("{rank}. {}   [{key}]", gap.key_phrases.join(" / "));
    let repeats = counted(gap.repeat_count, "repeat");
    let mut facts = vec![
        counted(gap.failed_count, "failed contact"),
        gap.repeat_cost.map_or(repeats.clone(), |cost| format!("{repeats}, cost {}", number(Some(cost)))),
    ];
    if gaps.article_count > 0 {
        facts.push(format!(
            "{} not covered, {} in part",
            count(gap.not_covered_count),
            count(gap.weak_count)
        ));
    }
    facts.extend(Some(gap.direction()).filter(|it| !it.is_empty()).map(String::from));
    let mut lines = vec![facts.join(" · ")];
    let quotes = gap.question.iter().chain(gap.quotes.iter().take(MOST_QUOTES - 1));
    lines.extend(quotes.map(|quote| {
        let text = cut(&one_line(&quote.text), QUOTE_LINES * (columns - INDENT.len()) * 2 / 3);
        format!("“{text}” ({})", one_line(&quote.interaction_id))
    }));
    lines.extend(Some(one_line(&gap.shortfall)).filter(|it| !it.is_empty()));
    lines.push(format!("→ {}", one_line(&gap.advice)));
    let head = wrap(&one_line(&head), columns, FURTHER);
    std::iter::once(head)
        .chain(lines.iter().map(|line| indented(line, columns)))
        .collect::<Vec<_>>()
        .join("\n")
}

fn indented(line: &str, columns: usize) -> String {
    format!("{INDENT}{}", wrap(line, columns - INDENT.len(), FURTHER))
}

fn holes(gaps: &Gaps, columns: usize) -> Option<String> {
    if gaps.holes.is_empty() {
        return None;
    }
    let mut lines = vec!["Articles that a language lacks:".to_string()];
    for hole in gaps.holes.iter().take(MOST_ROWS) {
        let there: Vec<String> =
            hole.languages.iter().map(|(tag, count)| format!("{count} in {}", language_name(tag))).collect();
        let text = format!(
            "{}: {} in {}, which has no article; there {} {}.",
            one_line(&hole.category),
            counted(hole.failed_count, "failed contact"),
            one_line(language_name(&hole.language)),
            if hole.languages.values().sum::<u64>() == 1 { "is" } else { "are" },
            one_line(&there.join(", "))
        );
        lines.push(indented(&text, columns));
    }
    Some(lines.join("\n"))
}

fn articles(gaps: &Gaps, columns: usize) -> Vec<String> {
    let mut blocks = Vec::new();
    let doubtful: Vec<&ArticleUse> =
        gaps.articles.iter().filter(|it| it.verdict == "resolves_less").collect();
    if gaps.used_count > 0 && doubtful.is_empty() {
        blocks.push(
            "No article in use resolves surely less than the other contacts of its category.".to_string(),
        );
    }
    if !doubtful.is_empty() {
        let mut lines = Vec::new();
        for it in doubtful.into_iter().take(MOST_ROWS) {
            let name = it.title.as_deref().unwrap_or(&it.article_id);
            let apart = it.difference_interval;
            lines.push(format!(
                "“{}” ({}) in {}: {} of {} resolved ({}), of the others {}; difference {}.",
                one_line(name),
                one_line(&it.article_id),
                one_line(it.category.as_deref().unwrap_or(NO_VALUE)),
                count(it.resolved_count),
                count(it.eligible_count),
                percent(it.fcr_rate),
                percent(it.other_fcr_rate),
                interval(apart.map(|it| it.low), apart.map(|it| it.high)).replace(' ', "\u{a0}")
            ));
        }
        lines.push("→ Read them again with the contacts in which they were used.".to_string());
        let head = "Articles after which more customers come back than else in their category:".to_string();
        let lines = lines.iter().map(|line| indented(line, columns));
        blocks.push(std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n"));
    }
    if !gaps.unused.is_empty() {
        let names: Vec<String> =
            gaps.unused.iter().take(MOST_ROWS).map(|it| one_line(&it.article_id)).collect();
        let text =
            format!("{} never used: {}", counted(gaps.unused.len() as u64, "article"), names.join(", "));
        let more = if gaps.unused.len() > MOST_ROWS { ", …" } else { "" };
        blocks.push(wrap(&format!("{text}{more}"), columns, "  "));
    }
    if !gaps.unknown.is_empty() {
        let names: Vec<String> = gaps
            .unknown
            .iter()
            .take(MOST_ROWS)
            .map(|it| format!("{} ({})", one_line(&it.article_id), count(it.interaction_count)))
            .collect();
        let more = if gaps.unknown.len() > MOST_ROWS { ", …" } else { "" };
        blocks.push(wrap(
            &format!("Used, but no article has the id: {}{more}", names.join(", ")),
            columns,
            "  ",
        ));
    }
    blocks
}
