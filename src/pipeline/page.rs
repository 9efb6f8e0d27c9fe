//! Store and policy → everything that a page shows beside the report: counts for its filters, where failures
//! concentrate, other definitions, and the story behind each quote.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::explain::{Story, TimelineEntry};
use super::moment::of_start;
use super::report::{ReportOptions, Reports};
use super::sweep::sweep;
use super::trend::periods;
use super::view::View;
use crate::link::{NO_ROW, rows_of};
use crate::measure::{Dimension, Groups, Scores, Verdict, group, score_classes};
use crate::policy::Policy;
use crate::report::{Drivers, Flow, Gaps, Report, Sweep, scope};
use crate::store::{self, Store, key};
use crate::{Error, Result};

/// What a page shows.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// What was counted, when, and what counts as resolved: a few sentences.
    pub scope: String,
    /// The report.
    pub report: Report,
    /// The same rates under other windows and presets; where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<Sweep>,
    /// What failed contacts ask and no article answers; where it was asked for and there is something to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gaps: Option<Gaps>,
    /// What tells failed from resolved contacts; where it was asked for and does not take long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drivers: Option<Drivers>,
    /// The report's counts, cut finer.
    pub slices: Vec<Slice>,
    /// Where the contacts of each category below its target are, by other dimensions.
    pub places: Vec<Place>,
    /// With which category customers come back, of the largest.
    pub flow: Flow,
    /// All that is known of the customers who are quoted; where it was asked for.
    pub stories: Vec<CustomerStory>,
    /// How many customers who are quoted have no story here, because there would be too many.
    pub untold_count: usize,
}

/// The counts of one category, channel and period of the report's trend. They add up to those of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slice {
    /// The category; none where there is none.
    pub category: Option<String>,
    /// The channel; none where there is none.
    pub channel: Option<String>,
    /// The period in which the contacts began, as in the trend; none outside of its periods.
    pub period: Option<String>,
    /// What is counted.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What rates are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Contacts.
    pub contact_count: u64,
    /// Those that are repeats.
    pub repeat_count: u64,
    /// Those that the FCR rate counts.
    pub eligible_count: u64,
    /// Eligible ones that were resolved.
    pub resolved_count: u64,
    /// Those that it will count.
    pub pending_count: u64,
}

/// The counts of a category for one value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The category; none where there is none.
    pub category: Option<String>,
    /// `channel`, `team`, `agent_id`, `language`, `weekday` or `hour`.
    pub dimension: &'static str,
    /// The value; none where there is none.
    pub value: Option<String>,
    /// What is counted.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What is known of a customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CustomerStory {
    /// The interactions, by their start; of very many the latest.
    pub timeline: Vec<TimelineEntry>,
    /// How many earlier ones are left out.
    pub left_out_count: usize,
}

/// Dimensions of the store in which failures may concentrate.
const DIMENSIONS: [&str; 4] = ["channel", "team", "agent_id", "language"];

/// Values of a dimension that are shown, those with the most failed contacts.
const MOST_VALUES: usize = 12;

/// Categories between which the flow is told.
const MOST_FLOWING: usize = 40;

/// Customers whose stories are told.
const MOST_STORIES: usize = 200;

/// Interactions of a story.
const MOST_ENTRIES: usize = 50;

/// Links and measures the store under `policy` for a page.
///
/// Errors: as [`report`](super::report()).
pub fn page(store: &Store, policy: &Policy, options: &ReportOptions) -> Result<Page> {
    let reports = Reports::load(store, policy)?;
    let page = reports.page(policy, options)?;
    let (stories, untold_count) = stories(&Story { view: &reports.view(policy)? }, &page.report)?;
    let gaps = reports.gaps_beside(policy)?;
    let drivers = reports.drivers_beside(policy, page.report.overall.scores.eligible_count)?;
    Ok(Page { sweep: Some(sweep(store, policy)?), gaps, drivers, stories, untold_count, ..page })
}

impl Reports {
    /// A page without sweep, gaps, drivers and stories, for those who can ask for them, under a policy that
    /// [suits](Reports::suits) what was read.
    ///
    /// Errors: as [`report`](super::report()).
    pub fn page(&self, policy: &Policy, options: &ReportOptions) -> Result<Page> {
        let view = self.view(policy)?;
        let report = self.measured(&view, options)?;
        let (slices, places) = (slices(&view, &report)?, places(&view, &report)?);
        let (stories, untold_count) = (Vec::new(), 0);
        let flow = self.flow_of(&view, "category")?.largest(MOST_FLOWING);
        Ok(Page {
            scope: scope(&report),
            report,
            sweep: None,
            gaps: None,
            drivers: None,
            slices,
            places,
            flow,
            stories,
            untold_count,
        })
    }
}

impl Counts {
    fn of(scores: &Scores) -> Counts {
        Counts {
            contact_count: scores.contact_count,
            repeat_count: scores.repeat_count,
            eligible_count: scores.eligible_count,
            resolved_count: scores.resolved_count,
            pending_count: scores.pending_count,
        }
    }

    fn failed(self) -> u64 {
        self.eligible_count - self.resolved_count
    }
}

/// A column that rows are counted by.
struct Column {
    name: &'static str,
    codes: Vec<u32>,
    names: Vec<String>,
}

impl Column {
    fn of_store(view: &View, name: &'static str) -> Result<Column> {
        let store::Dimension { codes, names } = view.store.dimension(name)?;
        Ok(Column { name, codes, names })
    }

    /// What the moment of the start is.
    fn of_start(view: &View, name: &'static str) -> Column {
        let store::Dimension { codes, names } = of_start(view, name).unwrap_or_default();
        Column { name, codes, names }
    }

    fn dimension(&self) -> Dimension<'_> {
        Dimension { name: self.name, codes: &self.codes, names: &self.names }
    }
}

fn categories<'a>(view: &'a View, of_store: &'a Column) -> Dimension<'a> {
    match view.columns.category_names.is_empty() {
        true => of_store.dimension(),
        false => {
            Dimension { name: "category", codes: &view.columns.category, names: &view.columns.category_names }
        }
    }
}

/// The groups that have contacts, with their counts.
fn counted(view: &View, groups: Groups) -> impl Iterator<Item = (Vec<Option<String>>, Counts)> {
    let scores = score_classes(&view.links, &groups.codes, groups.keys.len());
    let counts = scores.into_iter().map(|scores| Counts::of(&scores));
    groups.keys.into_iter().zip(counts).filter(|(_, counts)| counts.contact_count > 0)
}

fn slices(view: &View, report: &Report) -> Result<Vec<Slice>> {
    let category = Column::of_store(view, "category")?;
    let channel = Column::of_store(view, "channel")?;
    let period = of_periods(view, report);
    let groups = group(&[categories(view, &category), channel.dimension(), period.dimension()]);
    let slice = |(key, counts): (Vec<Option<String>>, Counts)| {
        let [category, channel, period] = <[Option<String>; 3]>::try_from(key).unwrap_or_default();
        Slice { category, channel, period, counts }
    };
    Ok(counted(view, groups).map(slice).collect())
}

/// The period of each row, as the trend of the report has it.
fn of_periods(view: &View, report: &Report) -> Column {
    let mut column = Column { name: "period", codes: Vec::new(), names: vec![String::new()] };
    let (Some(unit), Some(observed)) = (report.trend_period, view.links.observed()) else {
        column.codes = vec![0; view.columns.row_count];
        return column;
    };
    let periods = periods(view, unit, observed);
    column.names.extend(periods.stretches.iter().map(|stretch| stretch.period.clone()));
    let code = |at: &i64| periods.place(*at).map_or(0, |place| place as u32 + 1);
    column.codes = view.columns.started_at.iter().map(code).collect();
    column
}

/// Where the contacts of categories below their target are.
fn places(view: &View, report: &Report) -> Result<Vec<Place>> {
    let is_below = |verdict| matches!(verdict, Verdict::Fails | Verdict::AtRisk);
    let below = report.categories.iter().filter(|entry| is_below(entry.verdict));
    let below: HashMap<Option<String>, usize> =
        below.filter_map(|entry| Some(entry.key.first()?.1.clone())).zip(0..).collect();
    if below.is_empty() {
        return Ok(Vec::new());
    }
    let category = Column::of_store(view, "category")?;
    let mut columns: Vec<Column> =
        DIMENSIONS.into_iter().map(|name| Column::of_store(view, name)).collect::<Result<_>>()?;
    columns.extend(["weekday", "hour"].map(|name| Column::of_start(view, name)));
    let mut places = Vec::new();
    for column in &columns {
        let groups = group(&[categories(view, &category), column.dimension()]);
        let mut of_dimension: Vec<Vec<Place>> = vec![Vec::new(); below.len()];
        for (key, counts) in counted(view, groups) {
            let [category, value] = <[Option<String>; 2]>::try_from(key).unwrap_or_default();
            if let Some(at) = below.get(&category).filter(|_| counts.eligible_count > 0) {
                of_dimension[*at].push(Place { category, dimension: column.name, value, counts });
            }
        }
        for mut of_category in of_dimension.into_iter().filter(|values| values.len() > 1) {
            let is_clock = matches!(column.name, "hour" | "weekday");
            of_category.sort_by_key(|place| std::cmp::Reverse(place.counts.failed()));
            of_category.truncate(if is_clock { usize::MAX } else { MOST_VALUES });
            if is_clock {
                of_category.sort_by(|one, other| one.value.cmp(&other.value));
            }
            places.extend(of_category);
        }
    }
    places.sort_by_key(|place| below.get(&place.category).copied());
    Ok(places)
}

/// The stories of the customers whom the report quotes, and how many it leaves out.
fn stories(story: &Story, report: &Report) -> Result<(Vec<CustomerStory>, usize)> {
    let entries = report.categories.iter().chain(&report.groups);
    let quotes = entries.flat_map(|entry| &entry.evidence).flat_map(|evidence| &evidence.quotes);
    let of_causes = report.causes.overall.quotes.values().flatten().map(|quote| &quote.interaction_id);
    let mut seen = HashSet::new();
    let keys: Vec<u64> = quotes
        .map(|quote| &quote.interaction_id)
        .chain(of_causes)
        .map(|id| key(id))
        .filter(|key| seen.insert(*key))
        .collect();
    let columns = story.view.columns;
    let rows = rows_of(&columns.interaction_key, &columns.is_duplicate, &keys);
    if rows.contains(&NO_ROW) {
        let what = "an interaction is quoted and not to be found";
        return Err(Error::data(story.view.store.dir(), what, "run `recontact store verify`"));
    }
    let of_customers = story.of_customers(&rows);
    let untold_count = of_customers.len().saturating_sub(MOST_STORIES);
    let told = of_customers.into_iter().take(MOST_STORIES).map(|mut rows| {
        rows.sort_by_key(|row| (story.view.columns.started_at[*row as usize], *row));
        let left_out_count = rows.len().saturating_sub(MOST_ENTRIES);
        (rows.split_off(left_out_count), left_out_count)
    });
    let told: Vec<(Vec<u32>, usize)> = told.collect();
    let timelines = story.told_apart(&told.iter().map(|(rows, _)| rows.as_slice()).collect::<Vec<_>>())?;
    let with_counts = timelines.into_iter().zip(&told);
    let stories = with_counts
        .map(|(timeline, (_, left_out_count))| CustomerStory { timeline, left_out_count: *left_out_count });
    Ok((stories.collect(), untold_count))
}
