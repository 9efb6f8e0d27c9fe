//! The sheets of knowledge gaps: what to write, translate or extend first, and how the articles in use do.

use super::Cell;
use super::tables::{Table, table};
use crate::report::language::language_name;
use crate::report::text::titled;
use crate::report::{ArticleUse, Gap, Gaps};

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
        "Repeats that followed",
        "Cost of repeats",
        "Trend",
        "What to do",
        "Why the nearest article does not do",
        "In others' words",
        "Not covered",
        "Weakly covered",
        "Nearest article",
        "Its share of the words",
        "Interactions quoted",
    ];
    header.extend(names.map(String::from));
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let rows = (1..).zip(&gaps.gaps).map(|(rank, gap)| gap_row(gaps, rank, gap)).collect();
    Table { foot: foot(gaps), ..table("Gaps", &header, rows) }
}

/// How to read the sheet.
fn foot(gaps: &Gaps) -> Vec<String> {
    let mut foot = vec![
        "A row is a question that at least three failed first contacts share and no article, or hardly one, answers. What is \
         asked: the words that they share and other contacts do not."
            .to_string(),
        "Failed contacts are counted once, in the gap of the most shared words. Repeats that followed: the customers' next \
         contacts about it. Trend: the later half of the time against the half before."
            .to_string(),
        "Not covered, weakly covered: how much of the customer's words the nearest article has, measured on contacts that \
         were resolved. An article may say the same in other words: read it before you write one."
            .to_string(),
    ];
    if gaps.left_out.gap_count > 0 {
        foot.push(format!("{} more gaps are left out.", gaps.left_out.gap_count));
    }
    foot
}

fn gap_row(gaps: &Gaps, rank: u64, gap: &Gap) -> Vec<Cell> {
    let nearest = gap.nearest.as_ref();
    let others: Vec<&str> = gap.quotes.iter().map(|it| it.text.as_str()).collect();
    let ids: Vec<&str> =
        gap.question.iter().chain(&gap.quotes).map(|it| it.interaction_id.as_str()).collect();
    let mut row = vec![Cell::Count(rank)];
    row.extend(gap.values(&gaps.by).map(Cell::text));
    row.extend([
        Cell::text(gap.language_name()),
        Cell::Prose(gap.key_phrases.join(" / ")),
        Cell::Prose(gap.question.as_ref().map_or(String::new(), |it| it.text.clone())),
        Cell::Count(gap.failed_count),
        Cell::Count(gap.repeat_count),
        Cell::number(gap.repeat_cost),
        Cell::text(gap.direction()),
        Cell::Prose(gap.advice.clone()),
        Cell::Prose(gap.shortfall.clone()),
        Cell::Prose(others.join("\n")),
        Cell::Count(gap.not_covered_count),
        Cell::Count(gap.weak_count),
        nearest.map_or(Cell::Nothing, |it| Cell::text(&it.article_id)),
        Cell::rate(nearest.map(|it| it.score)),
        Cell::Prose(ids.join(" ")),
    ]);
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
            hole.languages.iter().map(|(tag, count)| format!("{count} in {}", language_name(tag))).collect();
        let some: Vec<String> =
            hole.articles.iter().map(|it| format!("{} ({})", it.title, it.article_id)).collect();
        vec![
            Cell::text(&hole.category),
            Cell::text(language_name(&hole.language)),
            Cell::Count(hole.failed_count),
            Cell::text(there.join(", ")),
            Cell::Prose(some.join("\n")),
        ]
    };
    table("Missing languages", &header, gaps.holes.iter().map(row).collect())
}
