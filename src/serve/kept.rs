//! A few answers, kept as they were sent; the one that was not asked for longest goes first.

use std::collections::VecDeque;

use axum::body::Bytes;

/// Answers that are kept, and their bytes in all.
const MOST_ANSWERS: usize = 64;
const MOST_BYTES: usize = 64 << 20;

/// Answers by what was asked.
#[derive(Default)]
pub(super) struct Kept {
    /// The one that was asked for last is the last.
    answers: VecDeque<(String, Bytes)>,
    byte_count: usize,
}

impl Kept {
    pub(super) fn get(&mut self, question: &str) -> Option<Bytes> {
        let place = self.answers.iter().position(|(own, _)| own == question)?;
        let found = self.answers.remove(place)?;
        self.answers.push_back(found);
        self.answers.back().map(|(_, answer)| answer.clone())
    }

    pub(super) fn put(&mut self, question: String, answer: Bytes) {
        if answer.len() > MOST_BYTES / 4 || self.get(&question).is_some() {
            return;
        }
        self.byte_count += answer.len();
        self.answers.push_back((question, answer));
        while self.answers.len() > MOST_ANSWERS || self.byte_count > MOST_BYTES {
            let oldest = self.answers.pop_front();
            self.byte_count -= oldest.map_or(0, |(_, answer)| answer.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Kept, MOST_ANSWERS};

    #[test]
    fn what_was_asked_for_last_stays_longest() {
        let mut kept = Kept::default();
        for at in 0..MOST_ANSWERS {
            kept.put(at.to_string(), Bytes::from(vec![0; 10]));
        }
        assert!(kept.get("0").is_some());
        kept.put("more".to_string(), Bytes::new());
        assert!(kept.get("0").is_some() && kept.get("1").is_none() && kept.get("more").is_some());
        assert_eq!(kept.byte_count, 10 * (MOST_ANSWERS - 1));
    }

    #[test]
    fn large_answers_push_others_out_and_a_huge_one_is_not_kept() {
        let mut kept = Kept::default();
        for at in 0..6 {
            kept.put(at.to_string(), Bytes::from(vec![0; 15 << 20]));
        }
        assert_eq!((kept.answers.len(), kept.byte_count), (4, 60 << 20));
        kept.put("huge".to_string(), Bytes::from(vec![0; 17 << 20]));
        assert!(kept.get("huge").is_none() && kept.get("5").is_some());
    }
}
