//! Knowledge gaps: data, JSON and CSV. What each gap asks for in words is made here, for every format the same; the
//! terminal has a file of its own.

use std::collections::BTreeMap;

use serde::Serialize;

use super::language::language_name;
use super::text::{cell, spreadsheet_safe};
use super::{Format, NO_VALUE, gaps_terminal, json};
use crate::measure::{Calibration, Interval, Period};

/// What failed contacts ask, and which of it no article answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gaps {
    /// Version of the names below.
    pub schema: u32,
    /// The policy that says what failed.
    pub policy: serde_json::Value,
    /// Which commit of the store was read.
    pub commit_id: u64,
    /// The dimensions within which contacts are grouped.
    pub by: Vec<String>,
    /// Articles that were searched.
    pub article_count: u64,
    /// Of all failed contacts.
    pub counts: CoverageCounts,
    /// The same by the dimensions of `by`, those with the most failed contacts first.
    pub groups: Vec<CoverageGroup>,
    /// The same by language, with the scores from which on a contact is covered.
    pub languages: Vec<LanguageCoverage>,
    /// The calibration of languages that have too few resolved contacts of their own: that of all languages.
    pub together: Option<Calibration>,
    /// The periods of the trends; none when nothing was read.
    pub trend_period: Option<Period>,
    /// Their names, in order.
    pub periods: Vec<String>,
    /// What is asked and not, or weakly, covered: the most failed contacts first.
    pub gaps: Vec<Gap>,
    /// Gaps beyond those, and their failed contacts.
    pub left_out: LeftOutGaps,
    /// Failed contacts that are not or weakly covered and share no phrase with two others.
    pub ungrouped_count: u64,
    /// What became of contacts in which an article was used, by article and category; those that resolve surely less than
    /// the others first.
    pub articles: Vec<ArticleUse>,
    /// Interactions that say which article was used.
    pub used_count: u64,
    /// Articles that no interaction says it used; none where no interaction says any.
    pub unused: Vec<ArticleName>,
    /// Ids that interactions say they used and that no article has.
    pub unknown: Vec<UnknownArticle>,
    /// Categories with articles in one language, asked for in another.
    pub holes: Vec<Hole>,
    /// What a reader should know, in sentences.
    pub notes: Vec<String>,
}

/// Failed contacts by how well articles cover what they ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CoverageCounts {
    /// Failed contacts.
    pub failed_count: u64,
    /// Of these, those whose words were read.
    pub read_count: u64,
    /// Of these, those that say nothing but common words, names and numbers.
    pub unclear_count: u64,
    /// Covered.
    pub covered_count: u64,
    /// Weakly covered.
    pub weak_count: u64,
    /// Not covered.
    pub not_covered_count: u64,
    /// Of which too few resolved contacts say whether they are covered.
    pub unknown_count: u64,
}

/// A group of contacts by how well they are covered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoverageGroup {
    /// Its value of each dimension; none where its rows have none.
    pub key: BTreeMap<String, Option<String>>,
    /// Its failed contacts.
    #[serde(flatten)]
    pub counts: CoverageCounts,
}

/// A language.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LanguageCoverage {
    /// Its tag; none where contacts do not say theirs and their words do not tell.
    pub language: Option<String>,
    /// Articles that are searched for it: its own, and those without a language.
    pub article_count: u64,
    /// Statements of resolved contacts that were scored.
    pub resolved_count: u64,
    /// Its failed contacts.
    #[serde(flatten)]
    pub counts: CoverageCounts,
    /// What `covered` means here; none where it could not be calibrated.
    pub calibration: Option<Calibration>,
    /// Whether the calibration is its own, `together` with other languages, or there is `none`.
    pub basis: &'static str,
}

/// What failed contacts ask and no article, or hardly one, answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gap {
    /// Its value of each dimension.
    pub key: BTreeMap<String, Option<String>>,
    /// The language in which it is asked; none where it is not known.
    pub language: Option<String>,
    /// The phrase that all its contacts share, then others that many of them do.
    pub key_phrases: Vec<String>,
    /// The contact whose statement is the most like those of the others.
    pub question: Option<GapQuote>,
    /// More of them, the most typical first, in words that differ.
    pub quotes: Vec<GapQuote>,
    /// The categories of its contacts, the commonest first.
    pub categories: Vec<Named>,
    /// Failed contacts.
    pub failed_count: u64,
    /// Of these, not covered.
    pub not_covered_count: u64,
    /// Of these, weakly covered.
    pub weak_count: u64,
    /// Repeats that followed them.
    pub repeat_count: u64,
    /// What the repeats cost; none without a price.
    pub repeat_cost: Option<f64>,
    /// Failed contacts by period.
    pub trend: Vec<u64>,
    /// The article that is the nearest to the most of its contacts.
    pub nearest: Option<NearestArticle>,
    /// Why that does not do, in a sentence.
    pub shortfall: String,
    /// What would close it.
    pub remedy: Remedy,
    /// The same in a sentence.
    pub advice: String,
}

/// What would close a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Nothing is near: write an article.
    Write,
    /// Other languages have articles of its category, its own has none: translate.
    Translate,
    /// An article is near, and lacks some of it: add to it.
    Extend,
}

impl Remedy {
    /// As JSON and CSV write it.
    pub fn name(self) -> &'static str {
        match self {
            Remedy::Write => "write",
            Remedy::Translate => "translate",
            Remedy::Extend => "extend",
        }
    }
}

/// What to do about a gap, in a sentence.
pub(crate) fn advice(remedy: Remedy, nearest: Option<&NearestArticle>, language: &str) -> String {
    let language = match language {
        "" => "the language of these contacts",
        tag => language_name(tag),
    };
    match (remedy, nearest) {
        (Remedy::Extend, Some(near)) => format!("Add what is missing to {}.", near.name()),
        (Remedy::Translate, _) => format!("Translate what other languages have about it into {language}."),
        _ => format!("Write an article in {language} that answers it."),
    }
}

/// Why the nearest article does not do, in a sentence; nothing where no article was given. `category` is that of most of the
/// gap's contacts.
pub(crate) fn shortfall(
    nearest: Option<&NearestArticle>,
    category: Option<&str>,
    article_count: usize,
) -> String {
    let Some(near) = nearest else {
        return if article_count == 0 { "" } else { "No article has any of their words." }.to_string();
    };
    let about = match near.category.as_deref() {
        Some(other) if category.is_some_and(|own| own.to_lowercase() != other.to_lowercase()) => {
            format!(", about {other},")
        }
        _ => String::new(),
    };
    let share = (near.score * 100.0).round();
    let lacking = match near.lacks.is_empty() {
        true => String::new(),
        false => format!(", but not: {}", near.lacks.join(", ")),
    };
    format!("{}{about} has {share} % of what they say{lacking}.", near.name())
}

impl NearestArticle {
    /// Its title and id, as sentences name it.
    fn name(&self) -> String {
        match self.title.as_str() {
            "" => self.article_id.clone(),
            title => format!("“{title}” ({})", self.article_id),
        }
    }
}

impl Gap {
    /// The name of its language; blank where it is not known.
    pub(super) fn language_name(&self) -> &str {
        self.language.as_deref().map_or("", language_name)
    }

    /// The values of the dimensions in the order of `by`, `(none)` for a missing one.
    pub(super) fn values<'a>(&'a self, by: &'a [String]) -> impl Iterator<Item = &'a str> {
        by.iter().map(|name| self.key.get(name).and_then(|value| value.as_deref()).unwrap_or(NO_VALUE))
    }

    /// The latest half of the periods against the half before: `rising`, `falling`, `steady`; nothing of one period.
    pub fn direction(&self) -> &'static str {
        let half = self.trend.len() / 2;
        if half == 0 {
            return "";
        }
        let later: u64 = self.trend[self.trend.len() - half..].iter().sum();
        let earlier: u64 = self.trend[self.trend.len() - 2 * half..self.trend.len() - half].iter().sum();
        // A half more, or a third less, is no wobble.
        match (2 * later > 3 * earlier, 3 * later < 2 * earlier) {
            (true, _) => "rising",
            (_, true) => "falling",
            _ => "steady",
        }
    }
}

/// Words of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GapQuote {
    /// The contact.
    pub interaction_id: String,
    /// When it began, RFC 3339 in the policy's time zone.
    pub started_at: String,
    /// What was said.
    pub text: String,
}

/// A value and how many contacts have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The value; none where there is none.
    pub name: Option<String>,
    /// The contacts.
    pub count: u64,
}

/// The article that is the nearest to contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NearestArticle {
    /// Its id.
    pub article_id: String,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// The mean score of the contacts that it is the nearest to, 0 to 1.
    pub score: f64,
    /// The contacts that it is the nearest to.
    pub contact_count: u64,
    /// Words that at least a third of the gap's contacts say and it does not have, those that say most first.
    pub lacks: Vec<String>,
}

/// What was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct LeftOutGaps {
    /// Gaps.
    pub gap_count: u64,
    /// Their failed contacts.
    pub failed_count: u64,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ArticleName {
    /// Its id.
    pub article_id: String,
    /// Its title.
    pub title: String,
    /// Its language.
    pub language: Option<String>,
    /// Its category.
    pub category: Option<String>,
}

/// What became of the contacts of a category in which an article was used, beside the category's other contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArticleUse {
    /// Its id, as contacts record it.
    pub article_id: String,
    /// Its title; none where there is no such article.
    pub title: Option<String>,
    /// The category of the contacts.
    pub category: Option<String>,
    /// Contacts that the FCR rate counts.
    pub eligible_count: u64,
    /// Of these, resolved.
    pub resolved_count: u64,
    /// Resolved ÷ eligible.
    pub fcr_rate: Option<f64>,
    /// Its 95 % Wilson interval.
    pub interval: Option<Interval>,
    /// The category's contacts without the article.
    pub other_eligible_count: u64,
    /// Of these, resolved.
    pub other_resolved_count: u64,
    /// Resolved ÷ eligible of these.
    pub other_fcr_rate: Option<f64>,
    /// The first rate less the second.
    pub difference: Option<f64>,
    /// Its 95 % interval (Newcombe).
    pub difference_interval: Option<Interval>,
    /// `resolves_less` or `resolves_more` where the interval leaves no doubt, else `no_difference`.
    pub verdict: &'static str,
}

/// An id that contacts record and no article has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownArticle {
    /// The id.
    pub article_id: String,
    /// Interactions that record it.
    pub interaction_count: u64,
}

/// A category that has articles, but none in the language in which it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hole {
    /// The category.
    pub category: String,
    /// The language that has none.
    pub language: String,
    /// Failed contacts in it, not or weakly covered.
    pub failed_count: u64,
    /// Languages that have articles, with how many.
    pub languages: BTreeMap<String, u64>,
    /// Some of these articles.
    pub articles: Vec<ArticleName>,
}

/// The gaps in a format, ready to be written.
pub fn render_gaps(gaps: &Gaps, format: Format) -> Vec<u8> {
    match format {
        Format::Terminal { width, .. } => gaps_terminal::render(gaps, width).into_bytes(),
        Format::Csv => csv(gaps),
        Format::Json => json::render(gaps),
    }
}

/// A line a gap.
fn csv(gaps: &Gaps) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |row: &[String]| {
        let safe: Vec<String> = row.iter().map(|cell| spreadsheet_safe(cell).into_owned()).collect();
        writer.write_record(safe).expect("writing to memory does not fail");
    };
    let names = [
        "language",
        "key_phrases",
        "question",
        "failed_count",
        "repeat_count",
        "repeat_cost",
        "trend",
        "direction",
        "remedy",
        "advice",
        "nearest_article_id",
        "nearest_title",
        "nearest_score",
        "nearest_lacks",
        "not_covered_count",
        "weak_count",
        "question_interaction_id",
    ];
    let quotes = (1..=MOST_QUOTES).flat_map(|n| [format!("quote_{n}"), format!("quote_{n}_interaction_id")]);
    write(&gaps.by.iter().cloned().chain(names.map(String::from)).chain(quotes).collect::<Vec<_>>());
    for gap in &gaps.gaps {
        write(&line(gaps, gap));
    }
    writer.into_inner().expect("writing to memory does not fail")
}

/// Quotes of a gap.
pub const MOST_QUOTES: usize = 5;

fn line(gaps: &Gaps, gap: &Gap) -> Vec<String> {
    let nearest = gap.nearest.as_ref();
    let trend: Vec<String> = gap.trend.iter().map(u64::to_string).collect();
    let mut line: Vec<String> = gap.values(&gaps.by).map(String::from).collect();
    line.extend([
        gap.language.clone().unwrap_or_default(),
        gap.key_phrases.join("; "),
        gap.question.as_ref().map_or(String::new(), |it| it.text.clone()),
        gap.failed_count.to_string(),
        gap.repeat_count.to_string(),
        cell(gap.repeat_cost),
        trend.join(" "),
        gap.direction().to_string(),
        gap.remedy.name().to_string(),
        gap.advice.clone(),
        nearest.map_or(String::new(), |it| it.article_id.clone()),
        nearest.map_or(String::new(), |it| it.title.clone()),
        cell(nearest.map(|it| it.score)),
        nearest.map_or(String::new(), |it| it.lacks.join("; ")),
        gap.not_covered_count.to_string(),
        gap.weak_count.to_string(),
        gap.question.as_ref().map_or(String::new(), |it| it.interaction_id.clone()),
    ]);
    for at in 0..MOST_QUOTES {
        let quote = gap.quotes.get(at);
        line.push(quote.map_or(String::new(), |it| it.text.clone()));
        line.push(quote.map_or(String::new(), |it| it.interaction_id.clone()));
    }
    line
}
