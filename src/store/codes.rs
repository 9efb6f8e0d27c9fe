//! Small vocabularies as codes: fields with few different values are stored as numbers with a dictionary.
//!
//! It takes names and gives codes in order of first appearance, 0 for none. The order depends on which file came first,
//! so reports sort by name and never by code. It deliberately refuses fields with a value of their own in every row: that
//! is no grouping, and the dictionary must fit into memory and into the manifest.

use std::collections::HashMap;

use crate::interaction::Interaction;

/// The fields of an interaction that are stored as codes; they can be grouped by at no cost.
pub(super) const CODED_FIELDS: [&str; 7] =
    ["category", "subcategory", "channel", "queue", "agent_id", "team", "language"];

/// The values of [`CODED_FIELDS`], in that order.
pub(super) fn coded_values(interaction: &Interaction) -> [Option<&str>; CODED_FIELDS.len()] {
    [
        interaction.category.as_deref(),
        interaction.subcategory.as_deref(),
        interaction.channel.as_deref(),
        interaction.queue.as_deref(),
        interaction.agent_id.as_deref(),
        interaction.team.as_deref(),
        interaction.language.as_deref(),
    ]
}

/// More different names than this are no grouping.
pub(super) const MAX_NAME_COUNT: usize = 1 << 20;
/// And together they may not be longer than this, in bytes.
pub(super) const MAX_NAME_BYTES: usize = 64 << 20;

/// Names by code, and codes by name.
#[derive(Debug, Clone)]
pub(super) struct Dictionary {
    names: Vec<String>,
    codes: HashMap<String, u32>,
    byte_count: usize,
}

/// What [`Dictionary::code`] says when there are too many names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooManyNames;

impl Dictionary {
    /// Continues a stored dictionary; an empty list begins one.
    pub(super) fn new(mut names: Vec<String>) -> Dictionary {
        if names.is_empty() {
            names.push(String::new());
        }
        // Were a name there twice, its first code stays the one that is given out.
        let mut codes = HashMap::with_capacity(names.len());
        for (code, name) in names.iter().enumerate() {
            codes.entry(name.clone()).or_insert(code as u32);
        }
        let byte_count = names.iter().map(String::len).sum();
        Dictionary { names, codes, byte_count }
    }

    /// The code of a name, given out at its first appearance; 0 for none and for the empty name.
    pub(super) fn code(&mut self, name: Option<&str>) -> Result<u32, TooManyNames> {
        let Some(name) = name else { return Ok(0) };
        if let Some(code) = self.codes.get(name) {
            return Ok(*code);
        }
        self.byte_count += name.len();
        if self.names.len() > MAX_NAME_COUNT || self.byte_count > MAX_NAME_BYTES {
            return Err(TooManyNames);
        }
        let code = self.names.len() as u32;
        self.names.push(name.to_string());
        self.codes.insert(name.to_string(), code);
        Ok(code)
    }

    /// The names; the index is the code.
    pub(super) fn into_names(self) -> Vec<String> {
        self.names
    }
}

/// The codes of a row's values, each from its own dictionary; or which field has too many names.
pub(super) fn codes_of<const N: usize>(
    dictionaries: &mut [Dictionary; N],
    values: [Option<&str>; N],
) -> Result<[u32; N], usize> {
    let mut codes = [0; N];
    for (i, dictionary) in dictionaries.iter_mut().enumerate() {
        codes[i] = dictionary.code(values[i]).map_err(|TooManyNames| i)?;
    }
    Ok(codes)
}

#[cfg(test)]
mod tests {
    use super::{Dictionary, MAX_NAME_COUNT, TooManyNames};

    #[test]
    fn codes_count_from_one_in_order_of_appearance() {
        let mut channels = Dictionary::new(Vec::new());
        let codes: Vec<_> = [Some("voice"), None, Some("chat"), Some("voice"), Some("")]
            .map(|name| channels.code(name).unwrap())
            .to_vec();
        assert_eq!(codes, [1, 0, 2, 1, 0]);
        assert_eq!(channels.into_names(), ["", "voice", "chat"]);
    }

    #[test]
    fn a_later_run_goes_on_with_the_codes_of_the_earlier() {
        let mut first = Dictionary::new(Vec::new());
        first.code(Some("billing")).unwrap();
        let mut second = Dictionary::new(first.into_names());
        assert_eq!(second.code(Some("outage")), Ok(2));
        assert_eq!(second.code(Some("billing")), Ok(1));
    }

    #[test]
    fn a_column_of_ids_is_no_grouping() {
        let mut dictionary = Dictionary::new(Vec::new());
        let refused = (0..=MAX_NAME_COUNT).find_map(|n| dictionary.code(Some(&n.to_string())).err());
        assert_eq!(refused, Some(TooManyNames));
    }
}
