//! Which group a row counts in: the reading of group codes that all the per-group statistics share.

/// The group of each row.
#[derive(Debug, Clone, Copy)]
pub struct Grouping<'a> {
    /// Code of each row's group; a code that is no group's counts as group 0. Empty: group 0 for all.
    pub codes: &'a [u32],
    /// How many groups there are; 0 counts as 1.
    pub count: usize,
}

impl Grouping<'_> {
    /// Everything in one group.
    pub const ALL: Grouping<'static> = Grouping { codes: &[], count: 1 };

    /// How many groups there are, at least 1.
    pub fn group_count(&self) -> usize {
        self.count.max(1)
    }

    /// The group of a row.
    pub fn group_of(&self, row: usize) -> usize {
        let group = self.codes.get(row).map_or(0, |code| *code as usize);
        if group < self.group_count() { group } else { 0 }
    }

    /// Whether the codes are empty or one a row; of no rows they may be of any number.
    pub(super) fn fits(&self, row_count: usize) -> bool {
        row_count == 0 || is_column(self.codes.len(), row_count)
    }
}

/// Whether a column is empty or has one entry a row.
pub(super) fn is_column(length: usize, row_count: usize) -> bool {
    length == 0 || length == row_count
}

#[cfg(test)]
mod tests {
    use super::Grouping;

    #[test]
    fn a_code_that_is_no_groups_counts_as_group_0() {
        let grouping = Grouping { codes: &[1, 2, 0], count: 2 };
        assert_eq!([0, 1, 2].map(|row| grouping.group_of(row)), [1, 0, 0]);
        assert_eq!((Grouping::ALL.group_of(7), Grouping { codes: &[], count: 0 }.group_count()), (0, 1));
    }
}
