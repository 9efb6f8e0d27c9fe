//! The parameters of an address, each asked for by name. One that nobody asks for is a fault: it would silently change
//! nothing.

use super::answers::Fault;
use super::commit::Commit;
use crate::measure::Period;
use crate::pipeline::ReportOptions;
use crate::policy::{Overrides, Policy, choice};

/// The longest query, in bytes.
const MAX_QUERY_BYTES: usize = 16 << 10;

/// Names and values that were not asked for yet.
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    pub(super) fn new(query: Option<&str>) -> Result<Asked, Fault> {
        let query = query.unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            return Err(Fault::bad("the address is over 16 KiB long: ask for less at once"));
        }
        Ok(Asked(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }

    /// All values of a name.
    pub(super) fn all(&mut self, name: &str) -> Vec<String> {
        self.0.extract_if(.., |(own, _)| own == name).map(|(_, value)| value).collect()
    }

    /// The value of a name that may be there once; an empty one is none.
    pub(super) fn one(&mut self, name: &str) -> Result<Option<String>, Fault> {
        let mut values = self.all(name);
        match values.len() {
            0 | 1 => Ok(values.pop().filter(|value| !value.is_empty())),
            count => Err(Fault::bad(format!("{name} is there {count} times: leave one"))),
        }
    }

    /// The value of a name that must be there.
    pub(super) fn needed(&mut self, name: &str) -> Result<String, Fault> {
        self.one(name)?.ok_or_else(|| Fault::bad(format!("{name} is missing: add it to the address")))
    }

    /// A whole number.
    pub(super) fn number(&mut self, name: &str, least: u64, most: u64) -> Result<Option<u64>, Fault> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        number.map(Some).ok_or_else(|| wrong(name, &text, &format!("write a number from {least} to {most}")))
    }

    /// One of several words.
    pub(super) fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Fault> {
        self.one(name)?.map(|text| word(name, &text, words)).transpose()
    }

    /// Several of several words.
    pub(super) fn words<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Result<Vec<T>, Fault> {
        self.all(name).iter().map(|text| word(name, text, words)).collect()
    }

    /// The policy of a commit with what the address changes of it.
    pub(super) fn policy(&mut self, commit: &Commit) -> Result<Policy, Fault> {
        let mut overrides = Overrides::default();
        for name in Overrides::NAMES {
            if let Some(text) = self.one(name)? {
                overrides.set(name, &text).map_err(|help| wrong(name, &text, &help))?;
            }
        }
        Ok(overrides.applied(commit.policy().clone())?)
    }

    /// What a report is to show.
    pub(super) fn options(&mut self) -> Result<ReportOptions, Fault> {
        let periods = [
            ("day", Period::Day),
            ("week", Period::Week),
            ("month", Period::Month),
            ("quarter", Period::Quarter),
        ];
        Ok(ReportOptions { by: self.names("by")?, trend: self.word("trend", &periods)? })
    }

    /// Names with commas between them.
    pub(super) fn names(&mut self, name: &str) -> Result<Vec<String>, Fault> {
        let names = self.one(name)?.map(|names| names.split(',').map(str::to_string).collect());
        Ok(names.unwrap_or_default())
    }

    /// That everything was asked for.
    pub(super) fn done(self) -> Result<(), Fault> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(Fault::bad(format!("there is no parameter `{name}` here: leave it out"))),
        }
    }
}

fn word<T: Copy>(name: &str, text: &str, words: &[(&str, T)]) -> Result<T, Fault> {
    choice(text, words).map_err(|help| wrong(name, text, &help))
}

/// As the command line says it.
fn wrong(name: &str, text: &str, help: &str) -> Fault {
    Fault::bad(format!("invalid value '{text}' for {name}: {help}"))
}
