//! The tables of a store and their columns: the one place that names them.
//!
//! It takes a table and gives its columns with their types, which both the writer and the reader assert. It deliberately
//! says nothing about what the columns mean to a policy. What linking reads is *narrow* (fixed-size numbers); texts are in
//! a second file with the same rows in the same order, so that reading one never touches the other.

use polars::prelude::{DataType, Schema};
use serde::{Deserialize, Serialize};

/// What a part file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Table {
    /// The narrow columns of interactions.
    Interactions,
    /// The other columns of the same interactions.
    InteractionTexts,
    /// One row a transcript (or fragment of one): whose it is and where its turns are.
    Transcripts,
    /// The turns, one transcript after the other.
    Turns,
    /// The narrow columns of cues.
    Cues,
    /// The other columns of the same cues.
    CueTexts,
    /// What customers answered about interactions, one row an answer.
    Surveys,
    /// Articles of the knowledge base, one row a version.
    Articles,
    /// Rows of Interactions (counted over all parts) that another row with the same id replaces.
    Duplicates,
    /// Rows of Cues (counted over all parts) that are counted already or whose turn was replaced.
    CueDuplicates,
    /// Rejects, as JSON lines.
    Rejects,
    /// Notes, as JSON lines.
    Notes,
}

impl Table {
    /// Every table.
    pub(super) const ALL: [Table; 12] = [
        Table::Interactions,
        Table::InteractionTexts,
        Table::Transcripts,
        Table::Turns,
        Table::Cues,
        Table::CueTexts,
        Table::Surveys,
        Table::Articles,
        Table::Duplicates,
        Table::CueDuplicates,
        Table::Rejects,
        Table::Notes,
    ];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Table::Interactions => "interactions",
            Table::InteractionTexts => "interaction-texts",
            Table::Transcripts => "transcripts",
            Table::Turns => "turns",
            Table::Cues => "cues",
            Table::CueTexts => "cue-texts",
            Table::Surveys => "surveys",
            Table::Articles => "articles",
            Table::Duplicates => "duplicates",
            Table::CueDuplicates => "cue-duplicates",
            Table::Rejects => "rejects",
            Table::Notes => "notes",
        }
    }

    /// The file name of this table's part in a commit.
    pub(super) fn file_name(self, commit_id: u64) -> String {
        let extension = if matches!(self, Table::Rejects | Table::Notes) { "jsonl" } else { "parquet" };
        format!("{commit_id:06}-{}.{extension}", self.name())
    }

    /// Whether its rows are numbers of rows that do not count, in place of what a source said.
    pub(super) fn is_list(self) -> bool {
        matches!(self, Table::Duplicates | Table::CueDuplicates)
    }

    /// The columns, in the order of the file.
    pub(super) fn columns(self) -> &'static [(&'static str, DataType)] {
        match self {
            Table::Interactions => INTERACTIONS,
            Table::InteractionTexts => INTERACTION_TEXTS,
            Table::Transcripts => TRANSCRIPTS,
            Table::Turns => TURNS,
            Table::Cues => CUES,
            Table::CueTexts => CUE_TEXTS,
            Table::Surveys => SURVEYS,
            Table::Articles => ARTICLES,
            Table::Duplicates | Table::CueDuplicates => ROWS,
            Table::Rejects | Table::Notes => &[],
        }
    }

    /// The columns as polars wants them.
    pub(super) fn schema(self) -> Schema {
        self.columns().iter().map(|(name, kind)| ((*name).into(), kind.clone())).collect()
    }

    /// The type of a column.
    pub(super) fn column_type(self, name: &str) -> Option<&'static DataType> {
        self.columns().iter().find(|(column, _)| *column == name).map(|(_, kind)| kind)
    }

    /// Whether the rows are numbers of a fixed size, which are read often and compress badly.
    pub(super) fn is_narrow(self) -> bool {
        self.columns().iter().all(|(_, kind)| *kind != DataType::String)
    }
}

// polars is built without 8-bit columns, so small enumerations are UInt32: dictionary-encoded, they take bits all the same.
const INTERACTIONS: &[(&str, DataType)] = &[
    ("interaction_key", DataType::UInt64),
    ("content_key", DataType::UInt64),
    ("customer_key", DataType::UInt64),
    ("parent_key", DataType::UInt64),
    ("phone_key", DataType::UInt64),
    ("email_key", DataType::UInt64),
    ("national_id_key", DataType::UInt64),
    ("name_key", DataType::UInt64),
    ("started_at", DataType::Int64),
    ("ended_at", DataType::Int64),
    ("updated_at", DataType::Int64),
    ("handle_seconds", DataType::Float64),
    ("status", DataType::UInt32),
    ("direction", DataType::UInt32),
    ("category", DataType::UInt32),
    ("subcategory", DataType::UInt32),
    ("channel", DataType::UInt32),
    ("queue", DataType::UInt32),
    ("agent_id", DataType::UInt32),
    ("team", DataType::UInt32),
    ("language", DataType::UInt32),
];

const INTERACTION_TEXTS: &[(&str, DataType)] = &[
    ("interaction_id", DataType::String),
    ("customer_id", DataType::String),
    ("phone", DataType::String),
    ("email", DataType::String),
    ("national_id", DataType::String),
    ("name", DataType::String),
    ("parent_id", DataType::String),
    ("disposition", DataType::String),
    ("article_id", DataType::String),
    ("extra", DataType::String),
    ("stated_ended_at", DataType::Int64),
    ("talk_seconds", DataType::Float64),
    ("hold_seconds", DataType::Float64),
    ("wait_seconds", DataType::Float64),
    ("csat", DataType::Float64),
    ("nps", DataType::Float64),
    ("transfer_count", DataType::UInt32),
    ("reopen_count", DataType::UInt32),
    ("reply_count", DataType::UInt32),
    ("agent_count", DataType::UInt32),
    ("survey_contact_count", DataType::UInt32),
    ("is_coded_resolved", DataType::Boolean),
    ("survey_is_first", DataType::Boolean),
    ("survey_is_resolved", DataType::Boolean),
];

const TRANSCRIPTS: &[(&str, DataType)] = &[
    ("interaction_key", DataType::UInt64),
    ("first_turn_row", DataType::UInt64),
    ("turn_count", DataType::UInt64),
    ("interaction_id", DataType::String),
    ("language", DataType::String),
];

const TURNS: &[(&str, DataType)] = &[
    ("turn", DataType::UInt32),
    ("speaker", DataType::UInt32),
    ("at_seconds", DataType::Float64),
    ("text", DataType::String),
];

const CUES: &[(&str, DataType)] = &[
    ("interaction_key", DataType::UInt64),
    ("content_key", DataType::UInt64),
    ("turn", DataType::UInt32),
    ("rule", DataType::UInt32),
    ("kind", DataType::UInt32),
    ("language", DataType::UInt32),
    ("speaker", DataType::UInt32),
    ("start", DataType::UInt32),
    ("end", DataType::UInt32),
    ("stated_contacts", DataType::UInt32),
];

const SURVEYS: &[(&str, DataType)] = &[
    ("interaction_key", DataType::UInt64),
    ("content_key", DataType::UInt64),
    ("is_first", DataType::UInt32),
    ("is_resolved", DataType::UInt32),
    ("contact_count", DataType::UInt32),
    ("csat", DataType::Float64),
    ("nps", DataType::Float64),
];

// The id is called otherwise than that of the article that an interaction used: forgetting takes that one out.
const ARTICLES: &[(&str, DataType)] = &[
    ("id", DataType::String),
    ("title", DataType::String),
    ("body", DataType::String),
    ("language", DataType::String),
    ("category", DataType::String),
    ("updated_at", DataType::Int64),
];

const ROWS: &[(&str, DataType)] = &[("row", DataType::UInt32)];

const CUE_TEXTS: &[(&str, DataType)] =
    &[("interaction_id", DataType::String), ("phrase", DataType::String), ("quote", DataType::String)];

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn no_two_tables_share_a_file() {
        let names: std::collections::BTreeSet<_> = Table::ALL.iter().map(|t| t.file_name(7)).collect();
        assert_eq!(names.len(), Table::ALL.len());
        assert!(names.contains("000007-interactions.parquet"), "{names:?}");
    }

    #[test]
    fn what_linking_reads_has_no_text() {
        assert!(Table::Interactions.is_narrow());
        assert!(Table::Cues.is_narrow());
        assert!(Table::Surveys.is_narrow());
        assert!(!Table::Turns.is_narrow());
    }
}
