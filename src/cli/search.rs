//! `recontact search`: find turns by what is said in them.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use recontact::interaction::Speaker;
use recontact::pipeline::{ClassName, Filters, OutcomeName, SearchRequest, Searches};
use recontact::report::render_search;
use recontact::store::Store;

use super::shared::{FormatArguments, PolicyArguments, StoreArguments, say};

/// Find what customers and agents said: words, phrases, words near each other, filtered by what is known of the contact.
///
/// Words side by side must all be said in one turn; OR, NOT (or -word) and parentheses combine
/// them. A word is found in every form that the stemmers of the store's languages know; in "quotes"
/// as it stands, capitals and diacritics aside. Parts of Chinese, Japanese, Korean and Thai words
/// are found as they are.
///
///   router reboot             both words, in any form
///   "call back"               these words, side by side
///   router NEAR reboot        at most ten words between; NEAR/3: at most three
///   rout*                     words that begin so
///   rebot~                    words that differ by one letter, as misheard ones do; ~2 by two
///   (router OR modem) -new    any of the first, without the second
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "Examples:\n  recontact search 'router NEAR reboot' --store /tmp/demo\n  recontact search '\"third time\"' --category Billing --class repeat --store /tmp/demo\n  recontact search 'refund OR возврат' --speaker customer --from 2026-03-01 --format csv -o hits.csv --store /tmp/demo"
)]
pub(super) struct Arguments {
    /// What to look for.
    #[arg(allow_hyphen_values = true)]
    query: String,
    #[command(flatten)]
    store: StoreArguments,
    #[command(flatten)]
    filters: FilterArguments,
    /// Count what is found by this dimension: category, channel, language, team, any other column, …
    #[arg(long, value_name = "NAME", default_value = "category")]
    by: String,
    /// Hits of a page, at most 10000.
    #[arg(long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    limit: u64,
    /// Which page to show.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    page: u64,
    #[command(flatten)]
    policy: PolicyArguments,
    #[command(flatten)]
    format: FormatArguments,
}

/// What a turn and its contact must be. Each may be given several times: any of its values will do.
#[derive(Debug, Args)]
struct FilterArguments {
    /// Category of the contact; "(none)" where it has none.
    #[arg(long, value_name = "NAME")]
    category: Vec<String>,
    /// Channel of the contact.
    #[arg(long, value_name = "NAME")]
    channel: Vec<String>,
    /// Agent of the contact.
    #[arg(long, value_name = "ID")]
    agent: Vec<String>,
    /// Language of the contact, or of its transcript; its stemmer alone is asked for forms of the words.
    #[arg(long, value_name = "TAG")]
    language: Vec<String>,
    /// Who says it.
    #[arg(long, value_enum, value_name = "WHO")]
    speaker: Vec<SpeakerArgument>,
    /// Contacts that began on this day or at this time, or later.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Contacts that began on this day or at this time, or earlier.
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Contacts in which the customer states to have been in contact before.
    #[arg(long)]
    stated: bool,
    /// What the contact is under the policy.
    #[arg(long, value_enum, value_name = "CLASS")]
    class: Vec<ClassArgument>,
    /// What became of it under the policy, where the FCR rate counts it.
    #[arg(long, value_enum, value_name = "OUTCOME")]
    outcome: Vec<OutcomeArgument>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SpeakerArgument {
    Customer,
    Agent,
    System,
    Unknown,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ClassArgument {
    /// The first contact of an episode.
    First,
    /// A contact that follows another of its episode within the window.
    Repeat,
    /// Too near to the start of the records to be known as the first.
    #[value(name = "left_edge")]
    LeftEdge,
    /// No contact.
    Excluded,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OutcomeArgument {
    /// The customer did not come back within the window.
    Resolved,
    /// The customer came back.
    #[value(alias = "repeated")]
    Failed,
    /// Too young to tell.
    Pending,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let store = Store::open(&arguments.store.store)?;
    let policy = arguments.policy.policy_for(&store)?;
    let searches = Searches::load(&store, &policy, &|what| say(recontact::report::one_line(what)))?;
    let page = searches.search(&SearchRequest {
        query: arguments.query.clone(),
        filters: arguments.filters.filters(),
        by: Some(arguments.by.clone()),
        offset: (arguments.page - 1).saturating_mul(arguments.limit) as usize,
        limit: arguments.limit as usize,
    })?;
    arguments.format.write(&render_search(&page, arguments.format.format()))?;
    Ok(ExitCode::SUCCESS)
}

impl FilterArguments {
    fn filters(&self) -> Filters {
        let fields = [("category", &self.category), ("channel", &self.channel), ("agent_id", &self.agent)];
        let fields = fields.into_iter().filter(|(_, values)| !values.is_empty());
        Filters {
            fields: fields.map(|(field, values)| (field.to_string(), values.clone())).collect(),
            languages: self.language.clone(),
            speakers: self.speaker.iter().map(|it| it.speaker()).collect(),
            from: self.from.clone(),
            to: self.to.clone(),
            is_stated: self.stated,
            classes: self.class.iter().map(|it| it.class()).collect(),
            outcomes: self.outcome.iter().map(|it| it.outcome()).collect(),
        }
    }
}

impl SpeakerArgument {
    fn speaker(self) -> Speaker {
        match self {
            SpeakerArgument::Customer => Speaker::Customer,
            SpeakerArgument::Agent => Speaker::Agent,
            SpeakerArgument::System => Speaker::System,
            SpeakerArgument::Unknown => Speaker::Unknown,
        }
    }
}

impl ClassArgument {
    fn class(self) -> ClassName {
        match self {
            ClassArgument::First => ClassName::First,
            ClassArgument::Repeat => ClassName::Repeat,
            ClassArgument::LeftEdge => ClassName::LeftEdge,
            ClassArgument::Excluded => ClassName::Excluded,
        }
    }
}

impl OutcomeArgument {
    fn outcome(self) -> OutcomeName {
        match self {
            OutcomeArgument::Resolved => OutcomeName::Resolved,
            OutcomeArgument::Failed => OutcomeName::Repeated,
            OutcomeArgument::Pending => OutcomeName::Pending,
        }
    }
}
