//! Categories from the customers' words, for interactions whose source has none.
//!
//! The category of an interaction is the one of which its transcript has the most cues (kinds `category/…`); of equally
//! many the first in the alphabet. Its name says that it is derived, so that nobody takes it for the source's.

use std::collections::HashMap;

use crate::lexicon::CATEGORY_PREFIX;
use crate::policy::Policy;
use crate::store::{Columns, CueColumns};

/// Whether a policy takes categories from cues of a kind.
pub(super) fn tells_category(policy: &Policy, kind: &str) -> bool {
    policy.derives_category && kind.starts_with(CATEGORY_PREFIX)
}

/// What is added to the name of a derived category.
pub(super) const MARK: &str = " (derived)";

/// Gives rows without a category the one that their cues name. Needs the interaction keys and the categories.
pub(super) fn derive_categories(columns: &mut Columns, cues: &CueColumns) {
    let mut derived: Vec<(&str, u32)> = Vec::new();
    for (kind, code) in cues.kind_names.iter().zip(0..) {
        derived.extend(kind.strip_prefix(CATEGORY_PREFIX).map(|category| (category, code)));
    }
    derived.sort_unstable();
    let place_of_kind: HashMap<u32, usize> =
        derived.iter().enumerate().map(|(place, (_, kind))| (*kind, place)).collect();
    let mut counts: HashMap<u64, Vec<u32>> = HashMap::new();
    for (key, kind) in cues.interaction_key.iter().zip(&cues.kind) {
        if let Some(&place) = place_of_kind.get(kind) {
            counts.entry(*key).or_insert_with(|| vec![0; derived.len()])[place] += 1;
        }
    }
    let first_code = columns.category_names.len() as u32;
    columns.category_names.extend(derived.iter().map(|(category, _)| format!("{category}{MARK}")));
    for (category, key) in columns.category.iter_mut().zip(&columns.interaction_key) {
        if let Some(counts) = counts.get(key).filter(|_| *category == 0) {
            let most =
                counts.iter().zip(0u32..).max_by_key(|(count, place)| (**count, std::cmp::Reverse(*place)));
            *category = most.map_or(0, |(_, place)| first_code + place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::derive_categories;
    use crate::store::{Columns, CueColumns};

    #[test]
    fn the_category_with_the_most_cues_is_given_to_rows_without_one() {
        let mut columns = Columns {
            row_count: 4,
            interaction_key: vec![1, 2, 3, 4],
            category: vec![0, 1, 0, 0],
            category_names: vec![String::new(), "Sales".to_string()],
            ..Columns::default()
        };
        let cues = CueColumns {
            interaction_key: vec![1, 1, 1, 2, 3, 3],
            kind: vec![2, 3, 2, 3, 3, 2],
            kind_names: ["", "repeat", "category/order", "category/billing"].map(String::from).to_vec(),
            ..CueColumns::default()
        };
        derive_categories(&mut columns, &cues);
        let name = |row: usize| columns.category_names[columns.category[row] as usize].as_str();
        assert_eq!(name(0), "order (derived)", "two cues against one");
        assert_eq!(name(1), "Sales", "the source's stays");
        assert_eq!(name(2), "billing (derived)", "of equally many the first in the alphabet");
        assert_eq!(name(3), "", "nothing was said");
    }
}
