//! The slow twin: what a query finds in a text, by going over its words. What tests compare the index with.

use std::collections::HashMap;

use strsim::osa_distance;

use super::forms::{Forms, FormsOf};
use super::query::{Query, Span, Wanted};
use super::words::Words;

/// Texts, and the ways in which each folded word is written in them.
pub(super) struct Naive<'a> {
    texts: Vec<Vec<String>>,
    spellings: HashMap<String, Vec<String>>,
    forms: &'a Forms,
}

impl<'a> Naive<'a> {
    pub(super) fn of(texts: &[String], forms: &'a Forms) -> Naive<'a> {
        let mut spellings: HashMap<String, Vec<String>> = HashMap::new();
        let mut all = Vec::new();
        for text in texts {
            let words = Words::of(text);
            let mut terms = Vec::new();
            for at in 0..words.len() {
                let mut term = String::new();
                words.term(at, &mut term);
                spellings.entry(term.clone()).or_default().push(text[words.raw(at)].to_lowercase());
                terms.push(term);
            }
            all.push(terms);
        }
        Naive { texts: all, spellings, forms }
    }

    /// The rows that fit.
    pub(super) fn find(&self, query: &Query) -> Vec<u64> {
        (0u64..).zip(&self.texts).filter(|(_, text)| self.fits(query, text)).map(|(row, _)| row).collect()
    }

    fn fits(&self, query: &Query, text: &[String]) -> bool {
        match query {
            Query::Span(span) => !self.stretches(span, text).is_empty(),
            Query::And(parts) => parts.iter().all(|part| self.fits(part, text)),
            Query::Or(parts) => parts.iter().any(|part| self.fits(part, text)),
            Query::Not(part) => !self.fits(part, text),
        }
    }

    fn stretches(&self, span: &Span, text: &[String]) -> Vec<(usize, usize)> {
        match span {
            Span::Words(words, count) => {
                let fits = |start: &usize| {
                    words.iter().all(|(place, wanted)| {
                        text.get(start + *place as usize).is_some_and(|word| self.is_meant(wanted, word))
                    })
                };
                (0..text.len()).filter(fits).map(|start| (start, start + *count as usize)).collect()
            }
            Span::Any(parts) => parts.iter().flat_map(|part| self.stretches(part, text)).collect(),
            Span::Near(left, right, distance) => {
                let mut near = Vec::new();
                for a in self.stretches(left, text) {
                    for b in self.stretches(right, text) {
                        let between = b.0.checked_sub(a.1).or(a.0.checked_sub(b.1));
                        if between.is_some_and(|between| between <= *distance as usize) {
                            near.push((a.0.min(b.0), a.1.max(b.1)));
                        }
                    }
                }
                near
            }
        }
    }

    fn is_meant(&self, wanted: &Wanted, word: &str) -> bool {
        match wanted {
            Wanted::Exact(exact) => word == exact,
            Wanted::Prefix(begin) => word.starts_with(begin),
            Wanted::Misheard(heard, errors) => osa_distance(word, heard) <= usize::from(*errors),
            Wanted::Forms(exact, written) => {
                let known = self.spellings.get(exact).into_iter().flatten().map(String::as_str);
                let mut forms = FormsOf::of(self.forms, exact, known.chain([written.as_str()]));
                let begins = forms.beginnings().iter().any(|begin| word.starts_with(begin));
                word == exact || begins && forms.has(word, &self.spellings[word])
            }
        }
    }
}

mod tests {
    use proptest::prelude::{ProptestConfig, Strategy, proptest};
    use proptest::{collection::vec, prop_assert_eq, sample::select};

    use super::Naive;
    use crate::search::{Builder, Forms, IndexFile, Query, SearchIndex};

    /// Words of every group of languages, in several forms and spellings.
    const WORDS: [&str; 28] = [
        "router",
        "Routers",
        "ROUTER",
        "rebooted",
        "reboot",
        "rebooting",
        "call-back",
        "didn’t",
        "3rd",
        "trešo",
        "TRESO",
        "reizi",
        "Rechnungen",
        "Rechnung",
        "passée",
        "passe",
        "роутера",
        "роутеры",
        "路由器",
        "重启路由",
        "ルーター",
        "인터넷",
        "연결",
        "เน็ต",
        "เน็ตช้า",
        "الفاتورة",
        "فاتورة",
        "a",
    ];

    fn texts() -> impl Strategy<Value = Vec<String>> {
        let mark = select(vec![" ", " ", " ", ". ", ", ", ""]);
        let text = vec((select(WORDS.to_vec()), mark), 0..14)
            .prop_map(|words| words.into_iter().map(|(word, mark)| format!("{word}{mark}")).collect());
        vec(text, 0..40)
    }

    fn queries() -> impl Strategy<Value = String> {
        let word = select(WORDS.to_vec());
        let one =
            (word, select(vec!["", "", "", "~", "~2", "*"]), 0..3u8).prop_map(
                |(word, mark, kind)| match kind {
                    0 => word.to_string(),
                    1 => format!("\"{word}\""),
                    _ => format!("{word}{mark}"),
                },
            );
        one.prop_recursive(3, 12, 2, |inner| {
            let joint = select(vec![" ", " AND ", " OR ", " NEAR/2 ", " NEAR ", " -", " NOT "]);
            (inner.clone(), joint, inner).prop_map(|(left, joint, right)| format!("({left}){joint}({right})"))
        })
    }

    /// Texts as an index of several files, each with few rows.
    fn index(texts: &[String], file_rows: usize) -> SearchIndex {
        let file = |texts: &[String]| {
            let mut builder = Builder::new(Vec::new(), "index".as_ref());
            texts.iter().for_each(|text| builder.push(text).unwrap());
            IndexFile::of_bytes(builder.finish("texts").unwrap(), "texts").unwrap()
        };
        SearchIndex::new(texts.chunks(file_rows).map(file).collect())
    }

    fn forms() -> Forms {
        Forms::of(["en", "de", "fr", "ru", "ar", "lv"])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_index_finds_what_reading_every_text_finds(texts in texts(), queries in vec(queries(), 1..8), rows in 5usize..40) {
            let forms = forms();
            let (index, naive) = (index(&texts, rows), Naive::of(&texts, &forms));
            for text in queries {
                // Some are refused: a beginning of one letter, an operator beside what has no place.
                let Ok(query) = Query::parse(&text) else { continue };
                let found = index.find(&query, &forms, &|_| true).unwrap();
                let found: Vec<u64> = found.rows.iter().map(|it| it.row).collect();
                prop_assert_eq!(found, naive.find(&query), "{}", text);
            }
        }

        #[test]
        fn every_word_of_a_text_finds_it(texts in texts()) {
            let forms = Forms::default();
            let index = index(&texts, 20);
            for (row, text) in (0u64..).zip(&texts) {
                for word in text.split_whitespace() {
                    let Ok(query) = Query::parse(&format!("\"{word}\"")) else { continue };
                    let found = index.find(&query, &forms, &|_| true).unwrap();
                    assert!(found.rows.iter().any(|it| it.row == row), "{word} of {text}");
                }
            }
        }

        #[test]
        fn scores_do_not_depend_on_how_rows_are_spread(texts in texts(), query in queries()) {
            let Ok(query) = Query::parse(&query) else { return Ok(()) };
            let forms = forms();
            let whole = index(&texts, 1000).find(&query, &forms, &|_| true).unwrap();
            let spread = index(&texts, 9).find(&query, &forms, &|_| true).unwrap();
            prop_assert_eq!(whole.rows, spread.rows);
        }
    }

    #[test]
    fn only_rows_that_may_be_found_are() {
        let texts: Vec<String> = (0..50).map(|row| format!("router {row}")).collect();
        let query = Query::parse("router").unwrap();
        let found = index(&texts, 8).find(&query, &forms(), &|row| row % 7 == 3).unwrap();
        assert_eq!(found.rows.iter().map(|it| it.row).collect::<Vec<_>>(), [3, 10, 17, 24, 31, 38, 45]);
    }

    #[test]
    fn the_bytes_of_an_index_depend_on_its_texts_alone() {
        let texts: Vec<String> = (0..1000).map(|row| format!("router {row} trešo 路由器")).collect();
        let bytes = || {
            let mut builder = Builder::new(Vec::new(), "index".as_ref());
            texts.iter().for_each(|text| builder.push(text).unwrap());
            builder.finish("texts").unwrap()
        };
        assert!(bytes() == bytes());
    }

    #[test]
    fn a_damaged_index_is_not_opened() {
        let mut builder = Builder::new(Vec::new(), "index".as_ref());
        builder.push("router").unwrap();
        let bytes = builder.finish("texts").unwrap();
        let refused = |bytes: &[u8], origin: &str| IndexFile::of_bytes(bytes.to_vec(), origin).err();
        assert_eq!(refused(&bytes, "texts"), None);
        assert_eq!(refused(&bytes, "others"), Some("it is that of other texts".to_string()));
        for at in 0..bytes.len() {
            let mut turned = bytes.clone();
            turned[at] ^= 1;
            assert!(refused(&turned, "texts").is_some(), "byte {at}");
            assert!(refused(&bytes[..at], "texts").is_some(), "cut at {at}");
        }
    }
}
