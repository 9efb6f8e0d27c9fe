//! What customers say in a group of contacts: the commonest ideas (rules), their commonest wording, two quotes.
//!
//! Takes sayings, gives one idea with its words. Which cues belong to which group and rule is the caller's to know.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::text::fold;

/// One cue of a contact, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// Language of the rule.
    pub language: String,
    /// The contact.
    pub interaction_id: String,
    /// The words of the match as they stand in the text.
    pub phrase: String,
    /// The raw turn around it.
    pub quote: String,
    /// When the contact began, RFC 3339 in the policy's time zone.
    pub started_at: String,
}

/// One idea that customers express, with its commonest wording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// Id of the rule.
    pub rule: String,
    /// Contacts in which it fires.
    pub contact_count: u64,
    /// Its commonest words, as somebody put them.
    pub phrase: String,
    /// Of the latest contacts that say it, in words that differ.
    pub quotes: Vec<Quote>,
}

/// Raw words of one contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// The contact.
    pub interaction_id: String,
    /// When it began, RFC 3339 in the policy's time zone.
    pub started_at: String,
    /// Language of the rule.
    pub language: String,
    /// The raw turn around the cue.
    pub text: String,
}

/// Ideas shown for a group.
pub const EVIDENCE_COUNT: usize = 4;

/// Quotes shown for an idea.
pub(super) const QUOTE_COUNT: usize = 2;

/// One idea, from the contacts that express it: how many there are, and sayings of some of them. The order of
/// `sayings` does not matter.
pub fn evidence(rule: &str, contact_count: u64, mut sayings: Vec<Saying>) -> Evidence {
    // Latest first; the rest of the key only makes the order whole.
    sayings.sort_by(|a, b| {
        let key = |s: &Saying| (s.interaction_id.clone(), s.phrase.clone(), s.quote.clone());
        b.started_at.cmp(&a.started_at).then_with(|| key(a).cmp(&key(b)))
    });
    let (mut seen_contacts, mut seen_quotes) = (BTreeSet::new(), BTreeSet::new());
    let quotes =
        sayings.iter().filter(|s| seen_contacts.insert(&s.interaction_id) && seen_quotes.insert(&s.quote));
    Evidence {
        rule: rule.to_string(),
        contact_count,
        phrase: commonest_phrase(&sayings),
        quotes: quotes
            .take(QUOTE_COUNT)
            .map(|s| Quote {
                interaction_id: s.interaction_id.clone(),
                started_at: s.started_at.clone(),
                language: s.language.clone(),
                text: s.quote.clone(),
            })
            .collect(),
    }
}

/// The wording heard most often, spellings of the same words taken together, in its commonest spelling.
fn commonest_phrase(sayings: &[Saying]) -> String {
    let mut wordings: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
    for saying in sayings {
        let spellings = wordings.entry(fold(&saying.phrase).text().to_string()).or_default();
        *spellings.entry(&saying.phrase).or_default() += 1;
    }
    let most = |a: u64, b: u64| a.cmp(&b);
    let wording = wordings.values().rev().max_by(|a, b| most(a.values().sum(), b.values().sum()));
    let spelling = wording.and_then(|spellings| spellings.iter().rev().max_by(|a, b| most(*a.1, *b.1)));
    spelling.map(|(phrase, _)| phrase.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Saying, evidence};

    fn saying(id: &str, day: u32, phrase: &str, quote: &str) -> Saying {
        Saying {
            language: "en".to_string(),
            interaction_id: id.to_string(),
            phrase: phrase.to_string(),
            quote: quote.to_string(),
            started_at: format!("2026-05-{day:02}T10:00:00Z"),
        }
    }

    #[test]
    fn an_idea_is_quoted_from_the_latest_contacts_in_differing_words() {
        let sayings = vec![
            saying("a", 1, "No Reply", "No Reply!"),
            saying("b", 2, "no reply", "Still no reply."),
            saying("c", 3, "never answered", "You never answered."),
            saying("d", 4, "no reply", "You never answered."),
            saying("d", 4, "never answered", "You never answered."),
        ];
        let found = evidence("no-reply", 4, sayings.clone());
        assert_eq!(found, evidence("no-reply", 4, sayings.into_iter().rev().collect()));
        assert_eq!(
            (found.rule.as_str(), found.contact_count, found.phrase.as_str()),
            ("no-reply", 4, "no reply")
        );
        let quotes: Vec<&str> = found.quotes.iter().map(|q| q.text.as_str()).collect();
        assert_eq!(quotes, ["You never answered.", "Still no reply."]);
    }
}
