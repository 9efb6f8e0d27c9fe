//! Where a policy was read, for errors that only the data can show: "line 7 names a category that the data do not
//! have". It is no part of what the policy says, so that policies read from different files can be equal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::Error;

/// The text of a configuration; empty for a policy that was not read from one.
#[derive(Clone, Default)]
pub struct Origin(Option<Arc<(PathBuf, String)>>);

impl Origin {
    pub(super) fn new(path: &Path, text: &str) -> Origin {
        Origin(Some(Arc::new((path.to_path_buf(), text.to_string()))))
    }

    /// An error at the place of a key of `[policy]` (or, for several names, of its tables), else of its preset; without a
    /// line where the policy was not read from a text or neither stands in it.
    pub(super) fn fault(&self, key: &[&str], what: String, help: String) -> Error {
        // What a key contradicts may be the preset's.
        let line = |text: &str| line_of(text, key).or_else(|| line_of(text, &["preset"]));
        let place = self.0.as_deref().and_then(|(path, text)| Some((path.as_path(), line(text)?)));
        match place {
            Some((path, line)) => Error::text(path, line, what, help),
            None => Error::data(Path::new("policy"), what, help),
        }
    }
}

/// The line of a key in the `[policy]` table, from 1.
fn line_of(text: &str, key: &[&str]) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut table: &DeTable<'_> = document.get_ref().get("policy")?.get_ref().as_table()?;
    let mut at = 0;
    for (depth, name) in key.iter().enumerate() {
        let (found, value): (_, &Spanned<DeValue<'_>>) =
            table.iter().find(|(found, _)| found.get_ref() == name)?;
        at = found.span().start;
        if depth + 1 < key.len() {
            table = value.get_ref().as_table()?;
        }
    }
    Some(text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1)
}

impl PartialEq for Origin {
    /// Always: where it was read is no part of what a policy says.
    fn eq(&self, _: &Origin) -> bool {
        true
    }
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            self.0.as_deref().map_or("not read from a file", |(path, _)| path.to_str().unwrap_or("?")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::line_of;

    #[test]
    fn the_line_of_a_key_is_found_in_tables_of_any_style() {
        let text = "[policy]\nlookback = \"9d\"\n\n[policy.category.IN]\nwindow = \"3d\"\n";
        assert_eq!(line_of(text, &["lookback"]), Some(2));
        assert_eq!(line_of(text, &["category", "IN"]), Some(4));
        assert_eq!(line_of(text, &["category", "PS"]), None);
        assert_eq!(line_of("[policy]\ncategory.IN.window = \"3d\"\n", &["category", "IN"]), Some(2));
    }
}
