//! What the name of a file says of the interaction in it: `{interaction_id}_{started_at:%Y%m%d}.json`.
//!
//! Takes the user's pattern, gives cells of a file's name. Only the name counts, not the folders before it.

use regex::Regex;

/// A pattern for the names of files.
pub(crate) struct NamePattern {
    regex: Regex,
    /// The columns that it gives, in order; some with the format of their time.
    pub(crate) columns: Vec<(String, Option<String>)>,
}

impl NamePattern {
    /// Reads a pattern: texts that must be there, and columns in braces.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(crate) fn new(pattern: &str) -> Result<NamePattern, String> {
        let mut regex = String::from("^");
        let mut columns: Vec<(String, Option<String>)> = Vec::new();
        let mut rest = pattern;
        let mut is_after_column = false;
        while let Some((text, after)) = rest.split_once('{') {
            if text.is_empty() && is_after_column {
                return Err("two columns stand side by side: nothing says where one ends".to_string());
            }
            let Some((column, after)) = after.split_once('}') else {
                return Err("a brace is not closed".to_string());
            };
            let (name, format) = match column.split_once(':') {
                Some((name, format)) => (name, Some(format.to_string())),
                None => (column, None),
            };
            if name.trim().is_empty() || columns.iter().any(|(known, _)| known == name) {
                return Err(format!("`{{{column}}}` is no new column"));
            }
            regex.push_str(&regex::escape(text));
            regex.push_str("(.+?)");
            columns.push((name.to_string(), format));
            is_after_column = true;
            rest = after;
        }
        if columns.is_empty() {
            return Err("it has no column in braces, such as {interaction_id}".to_string());
        }
        regex.push_str(&regex::escape(rest));
        regex.push('$');
        let regex = Regex::new(&regex).map_err(|error| error.to_string())?;
        Ok(NamePattern { regex, columns })
    }

    /// The columns and texts of a name, or `None` where it is not as the pattern says. An ending `.gz` or `.zst` does not
    /// count.
    pub(crate) fn cells(&self, name: &str) -> Option<Vec<(String, String)>> {
        let name = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let found = self.regex.captures(name)?;
        let texts = found.iter().skip(1).flatten().map(|text| text.as_str().to_string());
        Some(self.columns.iter().map(|(column, _)| column.clone()).zip(texts).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_what_stands_between_the_texts() {
        let pattern =
            NamePattern::new("call-{interaction_id}_{customer_id}_{started_at:%Y%m%d}.json").unwrap();
        assert_eq!(pattern.columns[2], ("started_at".to_string(), Some("%Y%m%d".to_string())));
        let cells = pattern.cells("call-a-7_C 12_20260302.json.gz").unwrap();
        let texts: Vec<&str> = cells.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(texts, ["a-7", "C 12", "20260302"]);
        assert_eq!(pattern.cells("call-a-7_20260302.json"), None);
        assert_eq!(pattern.cells("xcall-a_b_c.json"), None);
    }

    #[test]
    fn marks_of_regular_expressions_are_plain_texts() {
        let pattern = NamePattern::new("(a+b) {interaction_id}.v1.txt").unwrap();
        assert_eq!(pattern.cells("(a+b) 7.v1.txt").unwrap()[0].1, "7");
        assert_eq!(pattern.cells("(aab) 7.v1.txt"), None);
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        for (pattern, what) in [
            ("{interaction_id}{customer_id}.json", "side by side"),
            ("{interaction_id.json", "not closed"),
            ("calls.json", "no column in braces"),
            ("{a}_{a}.json", "no new column"),
            ("{}_x", "no new column"),
        ] {
            let fault = NamePattern::new(pattern).err().unwrap();
            assert!(fault.contains(what), "{pattern}: {fault}");
        }
    }
}
