//! Which column of a file is which field.
//!
//! Takes the column names and what the user mapped, gives a [`Mapping`] of positions. The user's mapping comes
//! first; columns it does not use are recognised by name; what then remains is kept as extra dimensions.

use std::path::Path;

use super::names::{ARTICLE_NAMES, DATE_NAMES, NAMES, SURVEY_NAMES, TIME_NAMES, normalised};
use super::salesforce::{self, Layout};
use crate::config::{FIELDS, Field, Kind, Source, suggestion};
use crate::error::{Error, Result};

/// How many columns are kept as extra dimensions; the remaining ones are not read.
pub(super) const MAX_EXTRA_COLUMNS: usize = 64;

/// Positions of the columns of each field.
pub(super) struct Mapping {
    /// The names of all columns.
    pub(super) columns: Vec<String>,
    by_field: Vec<Vec<usize>>,
    /// Columns that are no field, at most [`MAX_EXTRA_COLUMNS`].
    pub(super) extra: Vec<usize>,
    /// How many columns more are no field.
    pub(super) dropped_count: usize,
    /// The field that serves as customer id where there is none.
    pub(super) stands_in: Option<Field>,
    /// The table of Salesforce that the columns are of.
    pub(super) salesforce: Option<Layout>,
    /// Fields that the user mapped to a column that is not there.
    absent: Vec<(Field, String)>,
}

impl Mapping {
    /// Finds the columns of every field.
    pub(super) fn new(columns: Vec<String>, source: &Source) -> Mapping {
        let mut by_field: Vec<Vec<usize>> = vec![Vec::new(); FIELDS.len()];
        let mut absent = Vec::new();
        let normal: Vec<String> = columns.iter().map(|name| normalised(name)).collect();
        let mut is_used = vec![false; columns.len()];
        for (field, mapped) in &source.fields {
            for name in &mapped.columns {
                match position(name, &columns, &normal) {
                    Some(at) => {
                        by_field[*field as usize].push(at);
                        is_used[at] = true;
                    }
                    None => absent.push((*field, name.clone())),
                }
            }
        }
        let is_of_articles = source.kind == Some(Kind::Articles);
        let salesforce = if is_of_articles { None } else { salesforce::layout(&normal) };
        let is_lacking = |field| salesforce.is_some_and(|layout| layout.lacks(field));
        let is_open = |field: Field| !source.fields.contains_key(&field) && !is_lacking(field);
        if is_open(Field::StartedAt) && !is_of_articles {
            by_field[Field::StartedAt as usize] = start_columns(&normal, &mut is_used);
        }
        let of_kind = match source.kind {
            Some(Kind::Surveys) => SURVEY_NAMES,
            Some(Kind::Articles) => ARTICLE_NAMES,
            _ => &[],
        };
        let of_table = salesforce.map_or(&[][..], Layout::names);
        if salesforce == Some(Layout::Email) && is_open(Field::Text) {
            for at in
                salesforce::BODIES.iter().filter_map(|name| normal.iter().position(|column| column == name))
            {
                by_field[Field::Text as usize].push(at);
                is_used[at] = true;
            }
        }
        // Of the other names, an article has a time of update only.
        let is_named = |field: Field| match is_of_articles {
            true => field == Field::UpdatedAt,
            false => field != Field::StartedAt,
        };
        let names = of_kind.iter().chain(of_table).chain(NAMES.iter().filter(|(field, _)| is_named(*field)));
        for (field, names) in names.filter(|(field, _)| is_open(*field)) {
            if by_field[*field as usize].is_empty()
                && let Some(at) = recognised(names, &normal, &is_used)
            {
                by_field[*field as usize].push(at);
                is_used[at] = true;
            }
        }
        let mut extra: Vec<usize> = (0..columns.len()).filter(|at| !is_used[*at]).collect();
        let dropped_count = extra.len().saturating_sub(MAX_EXTRA_COLUMNS);
        extra.truncate(MAX_EXTRA_COLUMNS);
        let mut mapping =
            Mapping { columns, by_field, extra, dropped_count, stands_in: None, salesforce, absent };
        if !mapping.has(Field::CustomerId) && is_open(Field::CustomerId) && !is_of_articles {
            let stand_ins = [Field::Phone, Field::Email, Field::NationalId];
            mapping.stands_in = stand_ins.into_iter().find(|field| mapping.has(*field));
        }
        mapping
    }

    /// The columns of a field, in the order in which they are joined.
    pub(super) fn of(&self, field: Field) -> &[usize] {
        &self.by_field[field as usize]
    }

    /// The first of some columns, by their normalised names.
    pub(super) fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.columns.iter().position(|column| normalised(column) == *name))
    }

    /// Whether the field has a column.
    pub(super) fn has(&self, field: Field) -> bool {
        !self.of(field).is_empty()
    }

    /// The fields that the user mapped to a column that is not there, which are no fault then.
    pub(super) fn take_absent(&mut self) -> Vec<(Field, String)> {
        std::mem::take(&mut self.absent)
    }

    /// The names of the columns of a field, for messages.
    pub(super) fn column_names(&self, field: Field) -> String {
        let names: Vec<&str> = self.of(field).iter().map(|at| self.columns[*at].as_str()).collect();
        names.join(" + ")
    }

    /// What the rows are, where the user does not say: rows with the words of several speakers are transcripts; rows
    /// with answers to a question about repeats, but with neither a start nor a customer, are surveys.
    pub(super) fn kind(&self, source: &Source) -> Kind {
        let has_turns = self.has(Field::Turns) || (self.has(Field::Text) && self.has(Field::Speaker));
        let has_answer = [Field::SurveyIsFirst, Field::SurveyContactCount, Field::SurveyIsResolved]
            .into_iter()
            .any(|field| self.has(field));
        let is_log = self.has(Field::StartedAt) || self.has(Field::CustomerId) || self.stands_in.is_some();
        source.kind.unwrap_or(match (has_turns, has_answer && !is_log) {
            (true, _) => Kind::Transcripts,
            (false, true) => Kind::Surveys,
            (false, false) => Kind::Interactions,
        })
    }

    /// Complains about a required or a named column that is not there.
    pub(super) fn check(&self, source: &Source, path: &Path) -> Result<()> {
        let listed = self.listed();
        if let Some((field, name)) = self.absent.first() {
            let known: Vec<&str> = self.columns.iter().map(String::as_str).collect();
            let what = format!("no column `{name}`, to which `{}` is mapped", field.name());
            let help = format!("{}; the columns are {listed}", suggestion(name, &known));
            return Err(Error::data(path, what, help));
        }
        let required: &[Field] = match self.kind(source) {
            Kind::Interactions => &[Field::InteractionId, Field::StartedAt],
            Kind::Transcripts | Kind::Surveys => &[Field::InteractionId],
            Kind::Articles => &[Field::ArticleId],
        };
        if self.kind(source) == Kind::Articles && !self.has(Field::Title) && !self.has(Field::Body) {
            let what = format!("no column is recognised as `title` or `body`; the columns are {listed}");
            return Err(Error::data(path, what, "name them in [source.fields]"));
        }
        if self.kind(source) == Kind::Surveys
            && !FIELDS.iter().any(|(field, _)| field.is_survey_answer() && self.has(*field))
        {
            let what = format!("no column is recognised as an answer of a survey; the columns are {listed}");
            let help = "name survey_is_first, survey_contact_count, survey_is_resolved, csat or nps in [source.fields]";
            return Err(Error::data(path, what, help));
        }
        match required.iter().find(|field| !self.has(**field)) {
            None => Ok(()),
            Some(field) => {
                let what = format!("no column is recognised as `{}`; the columns are {listed}", field.name());
                let help = "name it in [source.fields] of a recontact.toml (`recontact init` writes one)";
                Err(Error::data(path, what, help))
            }
        }
    }

    fn listed(&self) -> String {
        const SHOWN: usize = 40;
        let shown: Vec<String> = self.columns.iter().take(SHOWN).map(|name| super::shown(name)).collect();
        let more = self.columns.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", shown.join(", "))
    }
}

/// The column of a name: exactly, or else without regard to case and punctuation.
fn position(name: &str, columns: &[String], normal: &[String]) -> Option<usize> {
    let exact = columns.iter().position(|column| column == name);
    let wanted = normalised(name);
    exact.or_else(
        || {
            if wanted.is_empty() { None } else { normal.iter().position(|column| *column == wanted) }
        },
    )
}

/// The first free column that has one of the names; earlier names win.
fn recognised(names: &[&str], normal: &[String], is_used: &[bool]) -> Option<usize> {
    names
        .iter()
        .find_map(|name| normal.iter().enumerate().position(|(at, column)| column == name && !is_used[at]))
}

/// The start: a column of day and time, or two columns, or one that has either.
fn start_columns(normal: &[String], is_used: &mut [bool]) -> Vec<usize> {
    let whole =
        NAMES.iter().find(|(field, _)| *field == Field::StartedAt).map_or(&[][..], |(_, names)| names);
    let whole: Vec<&str> = whole.iter().filter(|name| !TIME_NAMES.contains(name)).copied().collect();
    let date = recognised(DATE_NAMES, normal, is_used);
    let time = recognised(TIME_NAMES, normal, is_used);
    // `startdate` with `starttime` is a pair, although either name alone may hold both.
    let found = match (recognised(&whole, normal, is_used), date, time) {
        (Some(whole), Some(date), Some(time)) if whole == date => vec![date, time],
        (Some(whole), _, _) => vec![whole],
        (None, Some(date), Some(time)) => vec![date, time],
        (None, date, time) => date.or(time).into_iter().collect(),
    };
    for at in &found {
        is_used[*at] = true;
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::Columns;

    fn mapping(columns: &[&str], source: &Source) -> Mapping {
        Mapping::new(columns.iter().map(ToString::to_string).collect(), source)
    }

    fn plain() -> Source {
        Source::of_path(PathBuf::new(), "calls.csv".to_string())
    }

    #[test]
    fn common_names_are_recognised_in_four_languages() {
        let rows = [
            ["Ticket ID", "Customer", "Opened At", "Topic", "Assignee"],
            ["工单号", "客户编号", "创建时间", "问题类别", "坐席"],
            ["zvana_id", "klients", "sākuma laiks", "kategorija", "aģents"],
            ["номер на обаждане", "клиент", "дата и час", "категория", "оператор"],
        ];
        let fields =
            [Field::InteractionId, Field::CustomerId, Field::StartedAt, Field::Category, Field::AgentId];
        for columns in rows {
            let mapping = mapping(&columns, &plain());
            for (at, field) in fields.into_iter().enumerate() {
                assert_eq!(mapping.of(field), [at], "{} of {columns:?}", field.name());
            }
        }
    }

    #[test]
    fn a_date_and_a_time_column_are_one_start() {
        assert_eq!(mapping(&["call_id", "Time", "Date"], &plain()).of(Field::StartedAt), [2, 1]);
        assert_eq!(mapping(&["通话编号", "来电日期", "来电时间"], &plain()).of(Field::StartedAt), [1, 2]);
        assert_eq!(mapping(&["id", "start_date", "start_time"], &plain()).of(Field::StartedAt), [1, 2]);
        assert_eq!(mapping(&["id", "zvana_laiks"], &plain()).of(Field::StartedAt), [1]);
        assert_eq!(mapping(&["id", "date", "created_at"], &plain()).of(Field::StartedAt), [2]);
    }

    #[test]
    fn what_the_user_maps_wins_and_frees_the_recognised_column() {
        let mut source = plain();
        let columns = Columns { columns: vec!["topic".to_string()], ..Columns::default() };
        source.fields.insert(Field::Category, columns);
        source.fields.insert(Field::AgentId, Columns::default());
        let mapping = mapping(&["call_id", "started_at", "category", "topic", "agent"], &source);
        assert_eq!(mapping.of(Field::Category), [3]);
        assert_eq!(mapping.of(Field::AgentId), [0usize; 0]);
        assert_eq!(mapping.extra, [2, 4]);
    }

    #[test]
    fn a_missing_column_lists_those_that_are_there() {
        let mut source = plain();
        let error = mapping(&["call_id", "foo"], &source).check(&source, Path::new("a.csv")).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("started_at") && text.contains("`call_id`, `foo`"), "{text}");
        assert!(text.contains("[source.fields]"), "{text}");

        let columns = Columns { columns: vec!["reasn".to_string()], ..Columns::default() };
        source.fields.insert(Field::Category, columns);
        let mapping = mapping(&["call_id", "started_at", "reason"], &source);
        let text = mapping.check(&source, Path::new("a.csv")).unwrap_err().to_string();
        assert!(text.contains("did you mean `reason`?"), "{text}");
    }

    #[test]
    fn in_a_survey_resolved_is_what_the_customer_says() {
        let mut source = plain();
        let columns = ["call_id", "first", "contacts", "resolved", "csat"];
        assert_eq!(mapping(&columns, &source).of(Field::IsCodedResolved), [3]);
        source.kind = Some(Kind::Surveys);
        let survey = mapping(&columns, &source);
        for (field, at) in [
            (Field::SurveyIsFirst, 1),
            (Field::SurveyContactCount, 2),
            (Field::SurveyIsResolved, 3),
            (Field::Csat, 4),
        ] {
            assert_eq!(survey.of(field), [at], "{}", field.name());
        }
        let text = mapping(&["call_id", "shop"], &source).check(&source, Path::new("a.csv")).unwrap_err();
        assert!(text.to_string().contains("no column is recognised as an answer"), "{text}");
    }

    #[test]
    fn rows_with_answers_and_no_start_are_surveys_and_others_are_not() {
        for (columns, kind) in [
            (&["call_id", "survey_is_first"][..], Kind::Surveys),
            (&["call_id", "survey_is_first", "started_at"], Kind::Interactions),
            (&["call_id", "survey_is_first", "customer"], Kind::Interactions),
            (&["call_id", "csat"], Kind::Interactions),
        ] {
            assert_eq!(mapping(columns, &plain()).kind(&plain()), kind, "{columns:?}");
        }
    }

    #[test]
    fn a_phone_number_stands_in_for_a_customer_id() {
        let mapping = mapping(&["call_id", "started_at", "email", "phone"], &plain());
        assert_eq!(mapping.stands_in, Some(Field::Phone));
    }
}
