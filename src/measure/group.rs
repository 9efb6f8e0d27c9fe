//! Groups of interactions by one or two dimensions. Takes columns of codes with their names, gives one group code
//! a row and the names of each group. It knows nothing of scores.

/// One dimension of the interactions: category, channel, team, ….
#[derive(Debug, Clone, Copy)]
pub struct Dimension<'a> {
    /// Its name; "category" is the one that has targets of its own.
    pub name: &'a str,
    /// Code of each row, an index of `names`; 0 = none.
    pub codes: &'a [u32],
    /// Name of each code; the name of 0 is not used.
    pub names: &'a [String],
}

/// A partition of the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// The dimensions' names.
    pub by: Vec<String>,
    /// Code of each row's group, an index of `keys`.
    pub codes: Vec<u32>,
    /// For each group its value of each dimension; `None` where rows have none.
    pub keys: Vec<Vec<Option<String>>>,
}

/// Groups rows by all of the dimensions. Groups are numbered by ascending key, none first, so that the numbers do
/// not depend on the order of rows; only groups that have rows exist.
///
/// # Panics
/// When the dimensions differ in length, or there are more than 2³² − 1 rows.
pub fn group(dimensions: &[Dimension<'_>]) -> Groups {
    let row_count = dimensions.first().map_or(0, |it| it.codes.len());
    assert!(dimensions.iter().all(|it| it.codes.len() == row_count), "dimensions of one length");
    let mut groups = Groups {
        by: dimensions.iter().map(|it| it.name.to_string()).collect(),
        codes: vec![0; row_count],
        keys: vec![Vec::new()],
    };
    for dimension in dimensions {
        divide(&mut groups, dimension);
    }
    groups
}

/// Divides each group by a further dimension.
fn divide(groups: &mut Groups, dimension: &Dimension<'_>) {
    let ranks = ranks(dimension.names);
    let rank_of = |code: u32| ranks.get(code as usize).map_or(0, |rank| u64::from(*rank));
    let pair = |group: u32, code: u32| (u64::from(group) << 32) | rank_of(code);
    let mut pairs: Vec<u64> = Vec::new();
    let mut last = None;
    for (group, code) in groups.codes.iter().zip(dimension.codes) {
        // Runs of equal codes and frequent sorting keep the list short without a hash table.
        if last.replace(pair(*group, *code)) != Some(pair(*group, *code)) {
            pairs.push(pair(*group, *code));
        }
        if pairs.len() == pairs.capacity() {
            pairs.sort_unstable();
            pairs.dedup();
            pairs.reserve(pairs.len().max(1 << 16));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    let mut name_of_rank: Vec<Option<&String>> = vec![None; ranks.len().max(1)];
    for (code, name) in dimension.names.iter().enumerate().skip(1) {
        name_of_rank[ranks[code] as usize] = Some(name);
    }
    for (group, code) in groups.codes.iter_mut().zip(dimension.codes) {
        let at = pairs.binary_search(&pair(*group, *code)).expect("every pair of the rows is listed");
        *group = at as u32;
    }
    let keys = pairs.iter().map(|pair| {
        let mut key = groups.keys[(pair >> 32) as usize].clone();
        key.push(name_of_rank[*pair as u32 as usize].cloned());
        key
    });
    groups.keys = keys.collect();
}

/// The place of each code's name in the order of names; 0 is none.
fn ranks(names: &[String]) -> Vec<u32> {
    let mut by_name: Vec<usize> = (1..names.len()).collect();
    by_name.sort_by_key(|code| &names[*code]);
    let mut ranks = vec![0; names.len()];
    for (place, code) in (1..).zip(by_name) {
        ranks[code] = place;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|it| it.to_string()).collect()
    }

    #[test]
    fn groups_by_one_dimension_are_in_order_of_name_and_none_comes_first() {
        let names = names(&["", "voice", "chat", "fax"]);
        let channel = Dimension { name: "channel", codes: &[1, 2, 0, 1], names: &names };
        let groups = group(&[channel]);
        assert_eq!(
            groups.keys,
            [vec![None], vec![Some("chat".to_string())], vec![Some("voice".to_string())]]
        );
        assert_eq!(groups.codes, [2, 1, 0, 2], "fax has no rows and is no group");
    }

    #[test]
    fn groups_by_two_dimensions_are_the_pairs_that_occur() {
        let (channels, teams) = (names(&["", "voice", "chat"]), names(&["", "b", "a"]));
        let channel = Dimension { name: "channel", codes: &[1, 2, 1, 1], names: &channels };
        let team = Dimension { name: "team", codes: &[1, 2, 2, 1], names: &teams };
        let groups = group(&[channel, team]);
        let key = |channel: &str, team: &str| vec![Some(channel.to_string()), Some(team.to_string())];
        assert_eq!(groups.by, ["channel", "team"]);
        assert_eq!(groups.keys, [key("chat", "a"), key("voice", "a"), key("voice", "b")]);
        assert_eq!(groups.codes, [2, 0, 1, 2]);
    }

    #[test]
    fn many_distinct_values_are_all_kept() {
        let names: Vec<String> = (0..200_000).map(|it| format!("{it:06}")).collect();
        let codes: Vec<u32> = (0..200_000).rev().collect();
        let groups = group(&[Dimension { name: "agent_id", codes: &codes, names: &names }]);
        assert_eq!(groups.codes, codes);
        assert_eq!(groups.keys.len(), 200_000);
    }
}
