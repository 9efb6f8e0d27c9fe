//! The sheets of knowledge gaps: what to write, translate or extend first, and how the articles in use do.

use super::Cell;
use super::tables::{Table, table};
use crate::report::text::titled;
use crate::report::{ArticleUse, Gap, Gaps, MOST_QUOTES};

/// The sheets, of those that have something to say.
pub(super) fn tables(gaps: &Gaps) -> Vec<Table> {
    let tables = [gap_table(gaps), article_table(gaps), hole_table(gaps)];
    tables.into_iter().filter(|it| !it.rows.is_empty()).collect()
}

fn gap_table(gaps: &Gaps) -> Table {
    let mut header: Vec<String> = vec!["Rank".to_string()];
    header.extend(gaps.by.iter().map(|name| titled(name)));
    let names = [
        "Language",
        "What is asked",
        "Typical question",
        "Failed contacts",
        "Not covered",
        "Weakly covered",
        "Repeats",
        "Cost of repeats",
        "Trend",
        "What to do",
        "Nearest article",
        "Its title",
        "Its share of the words",
    ];
    header.extend(names.map(String::from));
    header.extend((1..=MOST_QUOTES).map(|n| format!("Quote {n}")));
    header.push("Interactions".to_string());
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let rows = (1..).zip(&gaps.gaps).map(|(rank, gap)| gap_row(gaps, rank, gap)).collect();
    table("Gaps", &header, rows)
}

fn gap_row(gaps: &Gaps, rank: u64, gap: &Gap) -> Vec<Cell> {
    let optional = |text: Option<&String>| text.map_or(Cell::Nothing, Cell::text);
    let nearest = gap.nearest.as_ref();
    let mut row = vec![Cell::Count(rank)];
    row.extend(gap.values(&gaps.by).map(Cell::text));
    row.extend([
        optional(gap.language.as_ref()),
        Cell::text(gap.key_phrases.join(" / ")),
        optional(gap.question.as_ref().map(|it| &it.text)),
        Cell::Count(gap.failed_count),
        Cell::Count(gap.not_covered_count),
        Cell::Count(gap.weak_count),
        Cell::Count(gap.repeat_count),
        Cell::number(gap.repeat_cost),
        Cell::text(gap.direction()),
        Cell::text(gap.advice()),
        optional(nearest.map(|it| &it.article_id)),
        optional(nearest.map(|it| &it.title)),
        Cell::rate(nearest.map(|it| it.score)),
    ]);
    row.extend((0..MOST_QUOTES).map(|at| optional(gap.quotes.get(at).map(|it| &it.text))));
    let ids: Vec<&str> =
        gap.question.iter().chain(&gap.quotes).map(|it| it.interaction_id.as_str()).collect();
    row.push(Cell::text(ids.join(" ")));
    row
}

fn article_table(gaps: &Gaps) -> Table {
    let header = [
        "Article",
        "Title",
        "Category",
        "Finding",
        "Eligible",
        "Resolved",
        "FCR",
        "FCR low",
        "FCR high",
        "Others eligible",
        "Others FCR",
        "Difference",
        "Difference low",
        "Difference high",
    ];
    let text = |text: &Option<String>| text.as_ref().map_or(Cell::Nothing, Cell::text);
    let used = |it: &ArticleUse| {
        let finding = match it.verdict {
            "resolves_less" => "resolves less than the others",
            "resolves_more" => "resolves more than the others",
            _ => "no sure difference",
        };
        vec![
            Cell::text(&it.article_id),
            text(&it.title),
            text(&it.category),
            Cell::text(finding),
            Cell::Count(it.eligible_count),
            Cell::Count(it.resolved_count),
            Cell::rate(it.fcr_rate),
            Cell::rate(it.interval.map(|it| it.low)),
            Cell::rate(it.interval.map(|it| it.high)),
            Cell::Count(it.other_eligible_count),
            Cell::rate(it.other_fcr_rate),
            Cell::rate(it.difference),
            Cell::rate(it.difference_interval.map(|it| it.low)),
            Cell::rate(it.difference_interval.map(|it| it.high)),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = gaps.articles.iter().map(used).collect();
    let short = |id: &str, title: Cell, category: Cell, finding: &str| {
        vec![Cell::text(id), title, category, Cell::text(finding)]
    };
    let unused = gaps
        .unused
        .iter()
        .map(|it| short(&it.article_id, Cell::text(&it.title), text(&it.category), "never used"));
    rows.extend(unused);
    let unknown = gaps.unknown.iter();
    rows.extend(
        unknown.map(|it| {
            short(&it.article_id, Cell::Nothing, Cell::Nothing, "used, and there is no such article")
        }),
    );
    table("Articles", &header, rows)
}

fn hole_table(gaps: &Gaps) -> Table {
    let header =
        ["Category", "Language without articles", "Failed contacts", "Articles elsewhere", "Some of them"];
    let row = |hole: &crate::report::Hole| {
        let there: Vec<String> =
            hole.languages.iter().map(|(tag, count)| format!("{count} in {tag}")).collect();
        let some: Vec<String> =
            hole.articles.iter().map(|it| format!("{} ({})", it.title, it.article_id)).collect();
        vec![
            Cell::text(&hole.category),
            Cell::text(&hole.language),
            Cell::Count(hole.failed_count),
            Cell::text(there.join(", ")),
            Cell::text(some.join("; ")),
        ]
    };
    table("Missing languages", &header, gaps.holes.iter().map(row).collect())
}
