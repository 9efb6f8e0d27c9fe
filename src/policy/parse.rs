//! Reads the `[policy]` table of a configuration text. Every fault names its line and a remedy; an unknown key
//! is a fault, because a misspelt key would silently leave a number as it was. Other tables are not looked at.

use std::path::Path;

use jiff::civil;
use jiff::tz::TimeZone;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{
    Agents, Anchor, Anonymous, Boundary, CategoryPolicy, Chain, Channels, Clock, Days, IdentityField,
    IdentityKey, Maturity, Origin, OtherReason, PRESETS, Policy, Preset, ResolvedBy, Same, Span, Unsolved,
};
use crate::interaction::{Direction, Micros, Status};
use crate::{Error, Result};

const KEYS: &[&str] = &[
    "preset",
    "timezone",
    "window",
    "lookback",
    "anchor",
    "clock",
    "days",
    "boundary",
    "chain",
    "same",
    "other_reason",
    "channels",
    "derive_category",
    "identity",
    "identity_limit",
    "anonymous",
    "maturity",
    "resolved_by",
    "unsolved",
    "minimum_replies",
    "maximum_replies",
    "maximum_reopens",
    "minimum_agents",
    "maximum_agents",
    "closed_within",
    "target",
    "minimum_count",
    "cost_per_contact",
    "cost_per_minute",
    "agents",
    "agent_salt",
    "minimum_seconds",
    "exclude_status",
    "repeat_only_status",
    "exclude_direction",
    "exclude_customers",
    "transfer_within",
    "reconnect_within",
    "observed_from",
    "observed_to",
    "category",
];
const CATEGORY_KEYS: &[&str] = &["window", "lookback", "target", "eligible", "parent"];
const ANCHORS: &[(&str, Anchor)] = &[("first", Anchor::First), ("every", Anchor::Every)];
pub(super) const CLOCKS: &[(&str, Clock)] = &[("start", Clock::Start), ("end", Clock::End)];
const DAYS: &[(&str, Days)] = &[("elapsed", Days::Elapsed), ("calendar", Days::Calendar)];
const BOUNDARIES: &[(&str, Boundary)] =
    &[("inclusive", Boundary::Inclusive), ("exclusive", Boundary::Exclusive)];
const CHAINS: &[(&str, Chain)] = &[("rolling", Chain::Rolling), ("first", Chain::First)];
pub(super) const SAMES: &[(&str, Same)] =
    &[("category", Same::Category), ("parent_category", Same::ParentCategory), ("any", Same::Any)];
const OTHER_REASONS: &[(&str, OtherReason)] =
    &[("ignore", OtherReason::Ignore), ("competing", OtherReason::Competing)];
const AGENTS: &[(&str, Agents)] =
    &[("shown", Agents::Shown), ("hidden", Agents::Hidden), ("pseudonyms", Agents::Pseudonyms)];
/// Shorter salts, in bytes, can be tried out.
const LEAST_SALT: usize = 16;
const ANONYMOUS: &[(&str, Anonymous)] = &[("exclude", Anonymous::Exclude), ("single", Anonymous::Single)];
const MATURITIES: &[(&str, Maturity)] = &[("required", Maturity::Required), ("ignored", Maturity::Ignored)];
const RESOLVED_BY: &[(&str, ResolvedBy)] =
    &[("silence", ResolvedBy::Silence), ("code", ResolvedBy::Code), ("ticket", ResolvedBy::Ticket)];
const UNSOLVED: &[(&str, Unsolved)] = &[("pending", Unsolved::Pending), ("fails", Unsolved::Fails)];
const STATUSES: &[(&str, Status)] =
    &[("abandoned", Status::Abandoned), ("voicemail", Status::Voicemail), ("ignored", Status::Ignored)];
const DIRECTIONS: &[(&str, Direction)] = &[
    ("outbound", Direction::Outbound),
    ("internal", Direction::Internal),
    ("callback", Direction::Callback),
];

/// A key or value with its place in the text.
type Value<'a> = Spanned<DeValue<'a>>;

pub(super) fn parse(path: &Path, text: &str) -> Result<Policy> {
    let source = Source { path, text };
    let document = DeTable::parse(text).map_err(|fault| {
        let at = fault.span().map_or(0, |span| span.start);
        source.fault(at, fault.message().replace('\n', " "), "correct the TOML syntax")
    })?;
    let mut policy = Policy::two_window();
    if let Some(value) = document.get_ref().get("policy") {
        read_policy(&source, source.table(value, "policy")?, &mut policy)?;
        let table = source.table(value, "policy")?;
        if table.get("repeat_only_status").is_some() && table.get("exclude_status").is_none() {
            policy.exclude_status.retain(|status| !policy.repeat_only_status.contains(status));
        }
        policy.origin = Origin::new(path, text);
        policy.check()?;
    }
    Ok(policy)
}

fn read_policy(source: &Source<'_>, table: &DeTable<'_>, policy: &mut Policy) -> Result<()> {
    let mut entries = source.entries(table, KEYS)?;
    // The preset comes first because the others override it, the time zone because times without one need it.
    entries.sort_by_key(|(key, value)| (!matches!(*key, "preset" | "timezone"), value.span().start));
    let mut zone = TimeZone::UTC;
    for (key, value) in entries {
        match key {
            "preset" => {
                let known: Vec<(&str, &Preset)> =
                    PRESETS.iter().map(|preset| (preset.name, preset)).collect();
                *policy = policy.with_preset(source.choice(value, key, &known)?);
            }
            "timezone" => {
                policy.timezone = source.string(value, key)?.to_string();
                zone = source.zone(value, &policy.timezone)?;
            }
            "window" => policy.window = source.span(value, key)?,
            "lookback" => policy.lookback = Some(source.span(value, key)?),
            "anchor" => policy.anchor = source.choice(value, key, ANCHORS)?,
            "clock" => policy.clock = source.choice(value, key, CLOCKS)?,
            "days" => policy.days = source.choice(value, key, DAYS)?,
            "boundary" => policy.boundary = source.choice(value, key, BOUNDARIES)?,
            "chain" => policy.chain = source.choice(value, key, CHAINS)?,
            "same" => policy.same = source.choice(value, key, SAMES)?,
            "other_reason" => policy.other_reason = source.choice(value, key, OTHER_REASONS)?,
            "channels" => policy.channels = source.channels(value, key)?,
            "derive_category" => policy.derives_category = source.flag(value, key)?,
            "identity" => policy.identity = source.identity(value, key)?,
            "identity_limit" => policy.identity_limit = source.count(value, key)?,
            "anonymous" => policy.anonymous = source.choice(value, key, ANONYMOUS)?,
            "maturity" => policy.maturity = source.choice(value, key, MATURITIES)?,
            "resolved_by" => policy.resolved_by = source.choice(value, key, RESOLVED_BY)?,
            "unsolved" => policy.unsolved = source.choice(value, key, UNSOLVED)?,
            "minimum_replies" => policy.ticket.minimum_replies = Some(source.count(value, key)?),
            "maximum_replies" => policy.ticket.maximum_replies = Some(source.count(value, key)?),
            "maximum_reopens" => policy.ticket.maximum_reopens = Some(source.count(value, key)?),
            "minimum_agents" => policy.ticket.minimum_agents = Some(source.count(value, key)?),
            "maximum_agents" => policy.ticket.maximum_agents = Some(source.count(value, key)?),
            "closed_within" => policy.ticket.closed_within = Some(source.span(value, key)?),
            "target" => policy.target = source.target(value)?,
            "minimum_count" => policy.minimum_count = source.count(value, key)?,
            "cost_per_contact" => policy.cost_per_contact = Some(source.amount(value, key)?),
            "cost_per_minute" => policy.cost_per_minute = Some(source.amount(value, key)?),
            "agents" => policy.agents = source.choice(value, key, AGENTS)?,
            "agent_salt" => policy.agent_salt = Some(source.salt(value)?),
            "minimum_seconds" => policy.minimum_seconds = source.seconds(value, key)?,
            "exclude_status" => policy.exclude_status = source.choices(value, key, STATUSES)?,
            "repeat_only_status" => policy.repeat_only_status = source.choices(value, key, STATUSES)?,
            "exclude_direction" => policy.exclude_direction = source.choices(value, key, DIRECTIONS)?,
            "exclude_customers" => policy.exclude_customers = source.texts(value, key)?,
            "transfer_within" => policy.transfer_within = source.span(value, key)?,
            "reconnect_within" => policy.reconnect_within = source.span(value, key)?,
            "observed_from" => {
                policy.observed_from = Some(source.moment(value, key, &zone, DayEdge::First)?)
            }
            "observed_to" => policy.observed_to = Some(source.moment(value, key, &zone, DayEdge::Last)?),
            "category" => {
                for (name, value) in source.table(value, key)?.iter() {
                    let own = read_category(source, source.table(value, name.get_ref())?)?;
                    policy.category.insert(name.get_ref().to_string(), own);
                }
            }
            _ => unreachable!("entries() lets only the listed keys through"),
        }
    }
    Ok(())
}

fn read_category(source: &Source<'_>, table: &DeTable<'_>) -> Result<CategoryPolicy> {
    let mut own = CategoryPolicy::default();
    for (key, value) in source.entries(table, CATEGORY_KEYS)? {
        match key {
            "window" => own.window = Some(source.span(value, key)?),
            "lookback" => own.lookback = Some(source.span(value, key)?),
            "target" => own.target = Some(source.target(value)?),
            "eligible" => {
                let is_eligible = value.get_ref().as_bool();
                let fault = || source.bad(value, key, "write true or false");
                own.is_eligible = Some(is_eligible.ok_or_else(fault)?);
            }
            "parent" => own.parent = Some(source.string(value, key)?.to_string()),
            _ => unreachable!("entries() lets only the listed keys through"),
        }
    }
    Ok(own)
}

/// Which end of a day a bare date means.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum DayEdge {
    First,
    Last,
}

/// The text being read, for the line numbers of faults.
struct Source<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Source<'_> {
    fn fault(&self, at: usize, what: impl Into<String>, help: impl Into<String>) -> Error {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        Error::text(self.path, before.iter().filter(|byte| **byte == b'\n').count() + 1, what, help)
    }

    fn bad(&self, value: &Value<'_>, key: &str, help: impl Into<String>) -> Error {
        let span = value.span();
        let shown: String = self.text.get(span.clone()).unwrap_or("").chars().take(40).collect();
        self.fault(span.start, format!("bad value {} for `{key}`", shown.replace('\n', " ")), help)
    }

    /// The table's keys and values in the order of the text, once every key is known to be in `known`.
    fn entries<'t, 'i>(
        &self,
        table: &'t DeTable<'i>,
        known: &[&str],
    ) -> Result<Vec<(&'t str, &'t Value<'i>)>> {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, _) in &entries {
            let name: &str = key.get_ref();
            if !known.contains(&name) {
                let help = nearest(name, known.iter().copied()).map_or_else(
                    || format!("known keys are {}", known.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                );
                return Err(self.fault(key.span().start, format!("unknown key `{name}`"), help));
            }
        }
        Ok(entries.into_iter().map(|(key, value)| (key.get_ref().as_ref(), value)).collect())
    }

    fn table<'t, 'i>(&self, value: &'t Value<'i>, key: &str) -> Result<&'t DeTable<'i>> {
        let fault =
            || self.fault(value.span().start, format!("`{key}` is not a table"), "write it as a [table]");
        value.get_ref().as_table().ok_or_else(fault)
    }

    fn string<'t>(&self, value: &'t Value<'_>, key: &str) -> Result<&'t str> {
        value.get_ref().as_str().ok_or_else(|| self.bad(value, key, "write it in quotes"))
    }

    fn span(&self, value: &Value<'_>, key: &str) -> Result<Span> {
        let fault = |help| self.bad(value, key, help);
        let text = value.get_ref().as_str();
        let text =
            text.ok_or_else(|| fault("write a length of time in quotes, such as \"7d\"".to_string()))?;
        Span::parse(text).map_err(fault)
    }

    fn choice<T: Copy>(&self, value: &Value<'_>, key: &str, known: &[(&str, T)]) -> Result<T> {
        let names = || known.iter().map(|(name, _)| *name);
        let word = value.get_ref().as_str().unwrap_or("");
        let fault = || {
            let help = nearest(word, names()).map_or_else(
                || {
                    format!(
                        "write one of {}",
                        names().map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join(", ")
                    )
                },
                |near| format!("did you mean \"{near}\"?"),
            );
            self.bad(value, key, help)
        };
        known.iter().find(|(name, _)| *name == word).map(|(_, it)| *it).ok_or_else(fault)
    }

    fn choices<T: Copy + PartialEq>(
        &self,
        value: &Value<'_>,
        key: &str,
        known: &[(&str, T)],
    ) -> Result<Vec<T>> {
        let fault = || self.bad(value, key, "write a list of words in brackets, [] for none");
        let mut chosen = Vec::new();
        for item in value.get_ref().as_array().ok_or_else(fault)?.iter() {
            let item = self.choice(item, key, known)?;
            if !chosen.contains(&item) {
                chosen.push(item);
            }
        }
        Ok(chosen)
    }

    fn texts(&self, value: &Value<'_>, key: &str) -> Result<Vec<String>> {
        let fault = || self.bad(value, key, "write a list of texts in brackets, [] for none");
        let items = value.get_ref().as_array().ok_or_else(fault)?;
        let mut texts = Vec::new();
        for item in items.iter() {
            match self.string(item, key)?.trim() {
                "" => return Err(self.bad(item, key, "remove the blank: it names nobody")),
                text => texts.push(text.to_string()),
            }
        }
        Ok(texts)
    }

    fn channels(&self, value: &Value<'_>, key: &str) -> Result<Channels> {
        match value.get_ref() {
            DeValue::Array(items) if !items.is_empty() => {
                let names = self.texts(value, key)?;
                Ok(Channels::List(names.iter().map(|name| name.to_lowercase()).collect()))
            }
            DeValue::String(_) => {
                self.choice(value, key, &[("any", &Channels::Any), ("same", &Channels::Same)]).cloned()
            }
            _ => {
                let help = "write \"any\", \"same\" or a list such as [\"voice\", \"chat\"]";
                Err(self.bad(value, key, help))
            }
        }
    }

    /// One key or a list of keys, each a field or several joined with `+`.
    fn identity(&self, value: &Value<'_>, key: &str) -> Result<Vec<IdentityKey>> {
        let one = [value];
        let items: Vec<&Value<'_>> = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => one.to_vec(),
        };
        let mut keys = Vec::new();
        for item in items {
            let mut fields = Vec::new();
            for word in self.string(item, key)?.split('+').map(str::trim) {
                fields.push(self.identity_field(item, key, word)?);
            }
            fields.sort_unstable();
            fields.dedup();
            let identity = IdentityKey(fields);
            if !keys.contains(&identity) {
                keys.push(identity);
            }
        }
        if keys.is_empty() {
            return Err(self.bad(value, key, "name a key, such as [\"customer_id\", \"phone\"]"));
        }
        Ok(keys)
    }

    fn identity_field(&self, value: &Value<'_>, key: &str, word: &str) -> Result<IdentityField> {
        let known = || IdentityField::ALL.iter().map(|(name, _)| *name);
        let found = IdentityField::ALL.iter().find(|(name, _)| *name == word);
        found.map(|(_, field)| *field).ok_or_else(|| {
            let help = nearest(word, known()).map_or_else(
                || format!("the fields are {}", known().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean \"{near}\"?"),
            );
            self.bad(value, key, help)
        })
    }

    /// A secret: what is wrong with it is told without it.
    fn salt(&self, value: &Value<'_>) -> Result<String> {
        match value.get_ref() {
            DeValue::String(text) if text.len() >= LEAST_SALT => Ok(text.to_string()),
            _ => Err(self.fault(
                value.span().start,
                "agent_salt is no text, or too short to keep a secret",
                format!(
                    "write {LEAST_SALT} letters and digits or more, such as `openssl rand -hex 16` makes, in quotes"
                ),
            )),
        }
    }

    fn amount(&self, value: &Value<'_>, key: &str) -> Result<f64> {
        let number = self.number(value, key)?;
        if number < 0.0 {
            return Err(self.bad(value, key, "write an amount of money, 0 or more"));
        }
        Ok(number)
    }

    fn number(&self, value: &Value<'_>, key: &str) -> Result<f64> {
        let number = match value.get_ref() {
            DeValue::Float(it) => it.as_str().parse().ok(),
            DeValue::Integer(it) if it.radix() == 10 => it.as_str().parse().ok(),
            _ => None,
        };
        number
            .filter(|it: &f64| it.is_finite())
            .ok_or_else(|| self.bad(value, key, "write a number, without quotes"))
    }

    fn target(&self, value: &Value<'_>) -> Result<f64> {
        let number = self.number(value, "target")?;
        if (0.0..=1.0).contains(&number) {
            return Ok(number);
        }
        let is_percent = number > 1.0 && number <= 100.0;
        let example = if is_percent { number / 100.0 } else { 0.7 };
        Err(self.bad(value, "target", format!("write a share from 0 to 1, such as {example:.2}")))
    }

    fn count(&self, value: &Value<'_>, key: &str) -> Result<u64> {
        let number = match value.get_ref() {
            DeValue::Integer(it) if it.radix() == 10 => it.as_str().parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| self.bad(value, key, "write a whole number, 0 or more"))
    }

    fn flag(&self, value: &Value<'_>, key: &str) -> Result<bool> {
        match value.get_ref() {
            DeValue::Boolean(it) => Ok(*it),
            _ => Err(self.bad(value, key, "write true or false")),
        }
    }

    fn seconds(&self, value: &Value<'_>, key: &str) -> Result<f64> {
        let number = self.number(value, key)?;
        if number < 0.0 {
            return Err(self.bad(value, key, "write a number of seconds, 0 or more"));
        }
        Ok(number)
    }

    fn zone(&self, value: &Value<'_>, name: &str) -> Result<TimeZone> {
        TimeZone::get(name).map_err(|_| {
            let known: Vec<String> = jiff::tz::db().available().map(|it| it.as_str().to_string()).collect();
            let near = nearest(name, known.iter().map(String::as_str));
            let example = near.unwrap_or("Europe/Riga");
            self.bad(value, "timezone", format!("write an IANA name such as \"{example}\""))
        })
    }

    /// A time with offset, or a local time or date in the policy's zone. A bare date is the first microsecond
    /// of its day for the start of observation and the last for the end, so that the day itself is observed.
    fn moment(&self, value: &Value<'_>, key: &str, zone: &TimeZone, edge: DayEdge) -> Result<Micros> {
        let text = match value.get_ref() {
            DeValue::Datetime(it) => it.to_string(),
            DeValue::String(it) => it.trim().to_string(),
            _ => String::new(),
        };
        let fault =
            || self.bad(value, key, "write a date or time such as 2026-02-28 or 2026-02-28T18:00:00Z");
        moment_of(&text, zone, edge).ok_or_else(fault)
    }
}

/// The moment that a date or a time means; none if it is neither.
pub(crate) fn moment_of(text: &str, zone: &TimeZone, edge: DayEdge) -> Option<Micros> {
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        return Some(moment.as_microsecond());
    }
    let is_bare_date = text.len() == "2026-02-28".len();
    let local = text.parse::<civil::DateTime>().ok()?;
    let start = |local: civil::DateTime| Some(zone.to_timestamp(local).ok()?.as_microsecond());
    if is_bare_date && edge == DayEdge::Last {
        Some(start(local.tomorrow().ok()?)? - 1)
    } else {
        start(local)
    }
}

/// The candidate most like `word`, if it is like it at all; of equals the first by name.
pub(super) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    const ALIKE: f64 = 0.8;
    let scored = candidates.map(|it| (strsim::jaro_winkler(&word.to_lowercase(), &it.to_lowercase()), it));
    scored
        .filter(|(score, _)| *score >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, it)| it)
}
