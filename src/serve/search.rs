//! The parameters of a search, named as the options of the command line.

use super::answers::Fault;
use super::asked::Asked;
use crate::interaction::Speaker;
use crate::pipeline::{ClassName, Filters, OutcomeName, SearchRequest};

/// Hits of a page, where nothing else is asked.
const HITS: u64 = 20;
/// The most hits of a page.
const MOST_HITS: u64 = 200;
const MOST_PAGES: u64 = 1_000_000;

const SPEAKERS: [Speaker; 4] = [Speaker::Customer, Speaker::Agent, Speaker::System, Speaker::Unknown];
const CLASSES: [(&str, ClassName); 4] = [
    ("first", ClassName::First),
    ("repeat", ClassName::Repeat),
    ("left_edge", ClassName::LeftEdge),
    ("excluded", ClassName::Excluded),
];
const OUTCOMES: [(&str, OutcomeName); 4] = [
    ("resolved", OutcomeName::Resolved),
    ("failed", OutcomeName::Repeated),
    ("repeated", OutcomeName::Repeated),
    ("pending", OutcomeName::Pending),
];

/// What is to be found.
pub(super) fn request(asked: &mut Asked) -> Result<SearchRequest, Fault> {
    let query = asked.needed("q")?;
    let limit = asked.number("limit", 0, MOST_HITS)?.unwrap_or(HITS);
    let page = asked.number("page", 1, MOST_PAGES)?.unwrap_or(1);
    Ok(SearchRequest {
        query,
        filters: filters(asked)?,
        by: asked.one("by")?,
        offset: (page - 1).saturating_mul(limit) as usize,
        limit: limit as usize,
    })
}

fn filters(asked: &mut Asked) -> Result<Filters, Fault> {
    let fields = [("category", "category"), ("channel", "channel"), ("agent", "agent_id")];
    let fields = fields.map(|(name, field)| (field.to_string(), asked.all(name)));
    Ok(Filters {
        fields: fields.into_iter().filter(|(_, values)| !values.is_empty()).collect(),
        languages: asked.all("language"),
        speakers: asked.words("speaker", &SPEAKERS.map(|speaker| (speaker.name(), speaker)))?,
        from: asked.one("from")?,
        to: asked.one("to")?,
        is_stated: asked.word("stated", &[("true", true), ("false", false)])?.unwrap_or(false),
        classes: asked.words("class", &CLASSES)?,
        outcomes: asked.words("outcome", &OUTCOMES)?,
    })
}
