//! Any field of an interaction as a dimension: one code a row and the names of the codes.
//!
//! It takes a field's name, canonical or that of an extra column, and gives codes in the order of the rows. Fields that
//! are stored as codes cost nothing; texts and extra columns are coded on the fly, a slice of rows at a time. It
//! deliberately does not sort: codes mean nothing, reports sort by name.

use std::ops::ControlFlow;

use super::codes::{CODED_FIELDS, Dictionary, TooManyNames};
use super::extra::extra_value;
use super::interactions::TEXT_FIELDS;
use super::part::Part;
use super::reader::Store;
use super::schema::Table;
use super::writer::MAX_EXTRA_NAMES;
use crate::error::{Error, Result};

/// One code an interaction, and what the codes mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dimension {
    /// An index of `names`; 0 = none.
    pub codes: Vec<u32>,
    /// Names by code, in no meaningful order; `[0]` is empty.
    pub names: Vec<String>,
}

/// Where the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field<'a> {
    /// In the narrow table, with a dictionary in the manifest.
    Coded(&'static str),
    /// In the narrow table, with names that the program fixes.
    Fixed(&'static str, &'static [&'static str]),
    /// In the table of texts.
    Text(&'static str),
    /// Within the `extra` column of the table of texts.
    Extra(&'a str),
}

// The names that the enumerations have in files; "unknown" is none.
const STATUS_NAMES: &[&str] = &["", "handled", "abandoned", "voicemail", "ignored"];
const DIRECTION_NAMES: &[&str] = &["", "inbound", "outbound", "internal", "callback"];

/// Rows that are decoded at a time: bounds memory where the texts are long.
pub(super) const SLICE_ROWS: u64 = 1 << 16;

impl Store {
    /// A field of all interactions: a canonical text field (`channel`, `queue`, `agent_id`, `disposition`, …), `status`,
    /// `direction`, or an extra column by its name in the source.
    ///
    /// Errors: an unknown name (with the names there are), a field with a value of its own in every row, a damaged part.
    pub fn dimension(&self, field: &str) -> Result<Dimension> {
        match self.field(field)? {
            Field::Coded(name) => {
                let stored = self.code_column(name, self.dictionary(name).len())?;
                let (codes, names) = self.shown_codes(name, stored);
                Ok(Dimension { codes, names })
            }
            Field::Fixed(name, names) => {
                let codes = self.code_column(name, names.len())?;
                Ok(Dimension { codes, names: names.iter().map(ToString::to_string).collect() })
            }
            Field::Text(name) => self.text_dimension(name, |text| Ok(text.map(str::to_string)), field),
            Field::Extra(name) => {
                let value = |text: Option<&str>| {
                    text.map_or(Ok(None), |text| extra_value(text, name).map_err(|e| e.to_string()))
                };
                let dimension = self.text_dimension("extra", value, field)?;
                match dimension.names.len() == 1 && !self.extra_names().any(|known| known == name) {
                    true => Err(self.unknown_field(name)),
                    false => Ok(dimension),
                }
            }
        }
    }

    /// Every name that [`Store::dimension`] takes: canonical ones first, then extra columns in alphabetical order.
    pub fn dimension_names(&self) -> Vec<&str> {
        let fixed = ["status", "direction"].into_iter();
        CODED_FIELDS.into_iter().chain(fixed).chain(TEXT_FIELDS).chain(self.extra_names()).collect()
    }

    /// Where a field is kept.
    pub(super) fn field<'a>(&self, name: &'a str) -> Result<Field<'a>> {
        if let Some(coded) = CODED_FIELDS.into_iter().find(|known| *known == name) {
            return Ok(Field::Coded(coded));
        }
        if let Some(text) = TEXT_FIELDS.into_iter().find(|known| *known == name) {
            return Ok(Field::Text(text));
        }
        match name {
            "status" => Ok(Field::Fixed("status", STATUS_NAMES)),
            "direction" => Ok(Field::Fixed("direction", DIRECTION_NAMES)),
            // The list is bounded: where it is full, a name may be there all the same.
            _ if self.extra_names().any(|known| known == name)
                || self.extra_names().len() >= MAX_EXTRA_NAMES =>
            {
                Ok(Field::Extra(name))
            }
            _ => Err(self.unknown_field(name)),
        }
    }

    fn unknown_field(&self, name: &str) -> Error {
        const SHOWN: usize = 60;
        let names = self.dimension_names();
        let mut shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
        if names.len() > SHOWN {
            shown.push_str(&format!(" and {} more", names.len() - SHOWN));
        }
        let help = format!("{}the store has {shown}", did_you_mean(name, names.iter().copied()));
        Error::data(self.dir(), format!("no field `{name}`"), help)
    }

    fn text_dimension(
        &self,
        column: &str,
        value: impl Fn(Option<&str>) -> Result<Option<String>, String>,
        field: &str,
    ) -> Result<Dimension> {
        let mut dictionary = Dictionary::new(Vec::new());
        let mut codes = Vec::with_capacity(self.interaction_count());
        for (part, _) in self.parts_of(Table::InteractionTexts) {
            self.for_texts(part, column, |text| {
                let value = value(text).map_err(|what| part.damaged(self.dir(), what))?;
                let code = dictionary.code(value.as_deref());
                codes.push(code.map_err(|TooManyNames| self.no_grouping(field))?);
                Ok(ControlFlow::Continue(()))
            })?;
        }
        Ok(Dimension { codes, names: dictionary.into_names() })
    }

    fn no_grouping(&self, field: &str) -> Error {
        Error::data(
            self.dir(),
            format!("field `{field}` has too many different values to group by"),
            "group by a field with fewer values",
        )
    }

    /// Gives every text of a column of a part to `each`, in order, until it breaks.
    pub(super) fn for_texts(
        &self,
        part: &Part,
        column: &str,
        mut each: impl FnMut(Option<&str>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        for first in (0..part.row_count).step_by(SLICE_ROWS as usize) {
            let count = SLICE_ROWS.min(part.row_count - first);
            let frame = part.read(self.dir(), &[column], first, count)?;
            let series = frame.column(column).map_err(|e| part.damaged(self.dir(), e.to_string()))?;
            for text in series.str().map_err(|e| part.damaged(self.dir(), e.to_string()))?.iter() {
                if each(text)?.is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// A question for the known name nearest to `name`, with a space after it; nothing where none is near.
pub(crate) fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let distance = |known: &&str| strsim::damerau_levenshtein(known, name);
    let nearest = known.filter(|known| distance(known) <= 2.max(name.len() / 3)).min_by_key(distance);
    nearest.map_or(String::new(), |known| format!("did you mean `{known}`? "))
}
