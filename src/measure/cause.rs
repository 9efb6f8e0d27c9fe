//! A cause of failure: whose doing it is, what removes it, and which words are evidence of it.

use serde::Serialize;

/// The most causes that are told apart: the built-in ones and those of a user's lexicons.
pub const MOST_CAUSES: usize = 32;

/// Whose doing a cause is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The company: its rules, systems, products, promises.
    Organisation,
    /// Who handled the contact.
    Agent,
    /// The customer.
    Customer,
}

/// What would remove a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Teach agents, or write an article for them.
    Training,
    /// Let agents see or decide it.
    Authority,
    /// Change how the work goes.
    Process,
    /// Mend the product or the system.
    Product,
    /// Tell customers what they have to do.
    Article,
}

/// Every built-in cause with whose doing it is and what removes it. Kinds of cues are `cause/` and the name.
const KNOWN: [(&str, Party, Remedy); 9] = [
    ("knowledge", Party::Agent, Remedy::Training),
    ("access", Party::Organisation, Remedy::Authority),
    ("authority", Party::Organisation, Remedy::Authority),
    ("process", Party::Organisation, Remedy::Process),
    ("misunderstood", Party::Agent, Remedy::Training),
    ("complexity", Party::Organisation, Remedy::Process),
    ("promise", Party::Organisation, Remedy::Process),
    ("product", Party::Organisation, Remedy::Product),
    ("customer", Party::Customer, Remedy::Article),
];

impl Party {
    /// All of them.
    pub const ALL: [Party; 3] = [Party::Organisation, Party::Agent, Party::Customer];

    /// Whose doing a cause is; none of a cause that only a user's lexicon has.
    pub fn of(cause: &str) -> Option<Party> {
        KNOWN.iter().find(|(name, ..)| *name == cause).map(|(_, party, _)| *party)
    }

    /// Its name in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Party::Organisation => "organisation",
            Party::Agent => "agent",
            Party::Customer => "customer",
        }
    }

    /// The published share of repeats that are its doing, 0 to 1: SQM Group, see `causes`.
    pub fn published_share(self) -> f64 {
        match self {
            Party::Organisation => 0.49,
            Party::Agent => 0.38,
            Party::Customer => 0.13,
        }
    }
}

impl Remedy {
    /// What removes a cause; none of a cause that only a user's lexicon has.
    pub fn of(cause: &str) -> Option<Remedy> {
        KNOWN.iter().find(|(name, ..)| *name == cause).map(|(.., remedy)| *remedy)
    }

    /// Its name in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Remedy::Training => "training",
            Remedy::Authority => "authority",
            Remedy::Process => "process",
            Remedy::Product => "product",
            Remedy::Article => "article",
        }
    }
}

/// Sets of causes: bit c is the cause of code c.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// What agents say.
    pub agent: u32,
    /// What customers say, and those of whom it is not known who they are.
    pub customer: u32,
}

/// Which words are evidence of why the *first* contact failed, as sets of causes.
///
/// Of the first contact it is what the agent says: what the customer says there is the issue itself or an older story. Of
/// the repeat it is what the customer says; what the agent says there only where it looks back (a promise that was not
/// kept, a misunderstanding, what the customer left undone): that they have to ask a colleague would be a cause of the
/// *next* failure.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    looking_back: u32,
}

impl Reading {
    /// For causes of these names, by code.
    pub fn new(names: &[String]) -> Reading {
        let is_looking_back = |name: &str| ["promise", "misunderstood", "customer"].contains(&name);
        let codes = names.iter().take(MOST_CAUSES).enumerate().filter(|(_, name)| is_looking_back(name));
        Reading { looking_back: codes.fold(0, |set, (code, _)| set | 1 << code) }
    }

    /// What the words of a first contact give.
    pub fn of_first(self, heard: Heard) -> u32 {
        heard.agent
    }

    /// What the words of the repeat that followed it give.
    pub fn of_next(self, heard: Heard) -> u32 {
        heard.customer | heard.agent & self.looking_back
    }

    /// Whether what an agent, or somebody else, says is evidence of a cause, by its code; in the contact that failed or in
    /// the one that followed.
    pub fn is_evidence(self, cause: usize, is_agent: bool, is_next: bool) -> bool {
        let set = 1 << cause;
        let heard =
            if is_agent { Heard { agent: set, customer: 0 } } else { Heard { agent: 0, customer: set } };
        (if is_next { self.of_next(heard) } else { self.of_first(heard) }) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_customer_says_at_first_is_the_issue_and_what_the_agent_says_later_is_the_next_failure() {
        let names = ["knowledge", "promise", "product", "customer"].map(String::from);
        let reading = Reading::new(&names);
        let all = Heard { agent: 0b1111, customer: 0 };
        assert_eq!(reading.of_first(all), 0b1111);
        assert_eq!(reading.of_next(all), 0b1010, "promise and the customer's own part");
        let all = Heard { agent: 0, customer: 0b1111 };
        assert_eq!(reading.of_first(all), 0);
        assert_eq!(reading.of_next(all), 0b1111);
    }
}
