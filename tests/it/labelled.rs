//! The lexicons on texts that people labelled: no language may fall below its floor.

use super::program::{Folder, project};

/// Lowest F1 of each language: a little below what is reached. The texts have been learned from, so the figures guard
/// against falling back; they do not say how good the lexicons are on words that nobody has seen.
const FLOORS: [(&str, f64); 4] = [("bg", 0.97), ("en", 0.97), ("lv", 0.97), ("zh", 0.97)];

#[test]
fn no_language_falls_below_its_floor_on_the_labelled_texts() {
    for (language, floor) in FLOORS {
        let path = project().join(format!("fixtures/labelled/{language}.jsonl"));
        let shown = Folder::new().run(&format!("lexicon eval {}", path.display())).ok().stdout;
        let row = shown.lines().find(|line| line.starts_with("all")).expect("a line for all languages");
        let f1: f64 =
            row.split_whitespace().nth(4).and_then(|cell| cell.parse().ok()).expect("F1 is the fifth cell");
        assert!(f1 >= floor, "{language}: F1 {f1} is below {floor}; see `recontact lexicon eval --errors`");
    }
}
