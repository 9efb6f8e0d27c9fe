//! What somebody changes of a policy for one look, in the same words on the command line and in an address.

use super::parse::{CLOCKS, SAMES};
use super::{Agents, Clock, Origin, Policy, Preset, Same, Span};
use crate::Result;

/// What is counted otherwise than the policy says; what is none stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overrides {
    /// Another definition; what belongs to the data or the company stays.
    pub preset: Option<&'static Preset>,
    /// Another window.
    pub window: Option<Span>,
    /// Another lookback.
    pub lookback: Option<Span>,
    /// Another moment from which time is measured.
    pub clock: Option<Clock>,
    /// Other contacts that are about the same reason.
    pub same: Option<Same>,
    /// Whether categories are taken from words, too.
    pub derives_category: bool,
    /// Another rate to reach, 0 to 1.
    pub target: Option<f64>,
    /// Agents named otherwise. It has no name in an address: who only looks must not undo what hides them.
    pub agents: Option<Agents>,
}

impl Overrides {
    /// The names that [`Overrides::set`] knows: those of the options of the command line.
    pub const NAMES: [&str; 7] =
        ["preset", "window", "lookback", "clock", "same", "derive_category", "target"];

    /// Sets what has this name, one of [`Overrides::NAMES`], from text.
    ///
    /// # Errors
    /// What to write instead, as one clause.
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), String> {
        match name {
            "preset" => {
                let unknown = || "`recontact presets` lists the definitions there are".to_string();
                self.preset = Some(Preset::named(text).ok_or_else(unknown)?);
            }
            "window" => self.window = Some(Span::parse(text)?),
            "lookback" => self.lookback = Some(Span::parse(text)?),
            "clock" => self.clock = Some(choice(text, CLOCKS)?),
            "same" => self.same = Some(choice(text, SAMES)?),
            "derive_category" => {
                self.derives_category = choice(text, &[("true", true), ("false", false)])?;
            }
            "target" => self.target = Some(rate(text)?),
            _ => return Err(format!("write one of {}", Overrides::NAMES.join(", "))),
        }
        Ok(())
    }

    /// The policy with these changes.
    ///
    /// # Errors
    /// The changes contradict each other or the policy.
    pub fn applied(&self, mut policy: Policy) -> Result<Policy> {
        if let Some(preset) = self.preset {
            policy = policy.with_preset(preset);
        }
        policy.window = self.window.unwrap_or(policy.window);
        policy.lookback = self.lookback.or(policy.lookback);
        policy.target = self.target.unwrap_or(policy.target);
        policy.clock = self.clock.unwrap_or(policy.clock);
        policy.same = self.same.unwrap_or(policy.same);
        policy.agents = self.agents.unwrap_or(policy.agents);
        policy.derives_category |= self.derives_category;
        // The file by itself was in order: what is wrong now comes from the changes, and is on no line of it.
        Policy { origin: Origin::default(), ..policy.clone() }.check()?;
        Ok(policy)
    }
}

/// A rate from 0 to 1.
///
/// # Errors
/// What to write instead, as one clause.
pub fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.0..=1.0).contains(&rate) => Ok(rate),
        Ok(rate) if (1.0..=100.0).contains(&rate) => {
            Err(format!("write a rate from 0 to 1, such as {}", rate / 100.0))
        }
        _ => Err("write a rate from 0 to 1, such as 0.7".to_string()),
    }
}

/// One of several words.
///
/// # Errors
/// Which there are, as one clause.
pub(crate) fn choice<T: Copy>(text: &str, names: &[(&str, T)]) -> Result<T, String> {
    let found = names.iter().find(|(name, _)| *name == text);
    let known: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
    found.map(|(_, value)| *value).ok_or_else(|| format!("write one of {}", known.join(", ")))
}
