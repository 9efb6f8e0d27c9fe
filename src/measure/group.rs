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

/// Pairs of group and value up to which each has its place in a table (16 MiB).
const MAX_CELLS: usize = 1 << 22;

/// Divides each group by a further dimension.
fn divide(groups: &mut Groups, dimension: &Dimension<'_>) {
    let ranks = ranks(dimension.names);
    let width = ranks.len().max(1) as u64;
    let cell_of = |group: u32, code: u32| {
        let rank = ranks.get(code as usize).copied().unwrap_or(0);
        u64::from(group) * width + u64::from(rank)
    };
    let cell_count = groups.keys.len() as u64 * width;
    let cells = if cell_count <= MAX_CELLS as u64 {
        number_by_table(&mut groups.codes, dimension.codes, cell_of, cell_count as usize)
    } else {
        number_by_search(&mut groups.codes, dimension.codes, cell_of)
    };
    let mut names: Vec<Option<&String>> = vec![None; width as usize];
    for (rank, name) in ranks.iter().zip(dimension.names).skip(1) {
        names[*rank as usize] = Some(name);
    }
    let keys = cells.iter().map(|cell| {
        let mut key = groups.keys[(cell / width) as usize].clone();
        key.push(names[(cell % width) as usize].cloned());
        key
    });
    groups.keys = keys.collect();
}

/// Numbers the cells that occur, in ascending order, and gives each row its number; gives the cells.
fn number_by_table(
    groups: &mut [u32],
    codes: &[u32],
    cell_of: impl Fn(u32, u32) -> u64,
    cell_count: usize,
) -> Vec<u64> {
    const UNUSED: u32 = u32::MAX;
    let mut numbers = vec![UNUSED; cell_count];
    for (group, code) in groups.iter().zip(codes) {
        numbers[cell_of(*group, *code) as usize] = 0;
    }
    let mut cells = Vec::new();
    for (cell, number) in (0..).zip(&mut numbers).filter(|(_, number)| **number != UNUSED) {
        *number = cells.len() as u32;
        cells.push(cell);
    }
    for (group, code) in groups.iter_mut().zip(codes) {
        *group = numbers[cell_of(*group, *code) as usize];
    }
    cells
}

/// The same where a table of all cells would be too large.
fn number_by_search(groups: &mut [u32], codes: &[u32], cell_of: impl Fn(u32, u32) -> u64) -> Vec<u64> {
    let mut cells: Vec<u64> = groups.iter().zip(codes).map(|(group, code)| cell_of(*group, *code)).collect();
    cells.sort_unstable();
    cells.dedup();
    for (group, code) in groups.iter_mut().zip(codes) {
        let number = cells.binary_search(&cell_of(*group, *code)).expect("every cell of the rows is listed");
        *group = number as u32;
    }
    cells
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
    use std::collections::BTreeSet;

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

    /// 5,000 agents × 5,000 articles are too many cells for a table; 100 × 100 are not.
    #[test]
    fn groups_are_the_same_however_they_are_numbered() {
        for bound in [100, 5_000] {
            let names: Vec<String> = (0..bound).map(|it| format!("{:04}", bound - it)).collect();
            let agents: Vec<u32> = (0..20_000).map(|row| row * 7_919 % bound).collect();
            let articles: Vec<u32> = (0..20_000).map(|row| row * row % bound).collect();
            let agent = Dimension { name: "agent_id", codes: &agents, names: &names };
            let article = Dimension { name: "article_id", codes: &articles, names: &names };
            let groups = group(&[agent, article]);
            let name = |code: u32| (code != 0).then(|| names[code as usize].clone());
            let keys: Vec<_> = agents.iter().zip(&articles).map(|(a, b)| vec![name(*a), name(*b)]).collect();
            let distinct: Vec<_> = BTreeSet::from_iter(keys.clone()).into_iter().collect();
            assert_eq!(groups.keys, distinct);
            for (group, key) in groups.codes.iter().zip(keys) {
                assert_eq!(groups.keys[*group as usize], key);
            }
        }
    }

    #[test]
    fn no_dimension_is_one_group_and_no_row_is_none() {
        assert_eq!(group(&[]).keys, [Vec::new()]);
        assert_eq!(group(&[Dimension { name: "team", codes: &[], names: &[] }]).keys, Vec::<Vec<_>>::new());
    }
}
