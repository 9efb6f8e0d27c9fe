//! What customers say in a group of contacts: the commonest ideas (rules), their commonest wording, two quotes.
//!
//! Takes the cues of one group, gives a short list. Which cues belong to which group is the caller's to know.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::text::fold;

/// One cue of a contact, with its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saying {
    /// Id of the rule.
    pub rule: String,
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
pub(super) const EVIDENCE_COUNT: usize = 4;

/// Quotes shown for an idea.
pub(super) const QUOTE_COUNT: usize = 2;

/// The commonest ideas among `sayings`, by the number of contacts that express them. The order of `sayings` does not
/// matter.
pub fn evidence(sayings: &[Saying]) -> Vec<Evidence> {
    let mut by_rule: BTreeMap<&str, Vec<&Saying>> = BTreeMap::new();
    for saying in sayings {
        by_rule.entry(&saying.rule).or_default().push(saying);
    }
    let mut all: Vec<Evidence> = by_rule.into_iter().map(|(rule, sayings)| of_rule(rule, sayings)).collect();
    all.sort_by(|a, b| b.contact_count.cmp(&a.contact_count).then_with(|| a.rule.cmp(&b.rule)));
    all.truncate(EVIDENCE_COUNT);
    all
}

fn of_rule(rule: &str, mut sayings: Vec<&Saying>) -> Evidence {
    // Latest first; the rest of the key only makes the order whole.
    sayings.sort_by(|a, b| {
        let key = |s: &Saying| (s.interaction_id.clone(), s.phrase.clone(), s.quote.clone());
        b.started_at.cmp(&a.started_at).then_with(|| key(a).cmp(&key(b)))
    });
    let contacts: BTreeSet<&str> = sayings.iter().map(|s| s.interaction_id.as_str()).collect();
    let (mut seen_contacts, mut seen_quotes) = (BTreeSet::new(), BTreeSet::new());
    let quotes =
        sayings.iter().filter(|s| seen_contacts.insert(&s.interaction_id) && seen_quotes.insert(&s.quote));
    Evidence {
        rule: rule.to_string(),
        contact_count: contacts.len() as u64,
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
fn commonest_phrase(sayings: &[&Saying]) -> String {
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

    fn saying(rule: &str, id: &str, day: u32, phrase: &str, quote: &str) -> Saying {
        Saying {
            rule: rule.to_string(),
            language: "en".to_string(),
            interaction_id: id.to_string(),
            phrase: phrase.to_string(),
            quote: quote.to_string(),
            started_at: format!("2026-05-{day:02}T10:00:00Z"),
        }
    }

    #[test]
    fn ideas_are_ranked_by_contacts_and_quoted_from_the_latest_in_differing_words() {
        let sayings = [
            saying("no-reply", "a", 1, "No Reply", "No Reply!"),
            saying("no-reply", "b", 2, "no reply", "Still no reply."),
            saying("no-reply", "c", 3, "never answered", "You never answered."),
            saying("no-reply", "d", 4, "no reply", "You never answered."),
            saying("no-reply", "d", 4, "never answered", "You never answered."),
            saying("nth-contact", "a", 1, "third time i call", "third time I call"),
            saying("nth-contact", "a", 1, "third time i call", "the third time I call"),
        ];
        let found = evidence(&sayings);
        let mut reversed = sayings.to_vec();
        reversed.reverse();
        assert_eq!(found, evidence(&reversed));
        let summary: Vec<_> =
            found.iter().map(|e| (e.rule.as_str(), e.contact_count, e.phrase.as_str())).collect();
        assert_eq!(summary, [("no-reply", 4, "no reply"), ("nth-contact", 1, "third time i call")]);
        let quotes: Vec<&str> = found[0].quotes.iter().map(|q| q.text.as_str()).collect();
        assert_eq!(quotes, ["You never answered.", "Still no reply."]);
    }
}
