//! `recontact serve`: the page live on a store, for a browser.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use recontact::config::MAX_CONFIG_BYTES;
use recontact::error::read_text;
use recontact::lexicon;
use recontact::serve::{ServeOptions, Token, listen};

use super::shared::{AgentsArgument, StoreArguments, say};

/// The environment variable that may hold the token.
const TOKEN_VARIABLE: &str = "RECONTACT_TOKEN";
/// The largest file of a token, in bytes.
const MAX_TOKEN_BYTES: u64 = 4096;

/// Show a store in a browser: the page of `report -o report.html` live, with other windows, targets and definitions, the
/// story of every contact and customer, search, and a tester for lexicons.
///
/// It only reads the store, and sees a new commit at the next request. It listens on this machine alone. Elsewhere a token
/// is needed, in a file or in the variable RECONTACT_TOKEN; browsers are asked for it, programs send it in the header
/// `Authorization: Bearer TOKEN`. It speaks HTTP: over a network, put a proxy with TLS before it. Ctrl-C ends it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  recontact serve --store /tmp/demo\n  recontact serve --store /tmp/demo --listen 0.0.0.0:8080 --token-file token.txt"
)]
pub(super) struct Arguments {
    #[command(flatten)]
    store: StoreArguments,
    /// Address and port to listen at; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: String,
    /// File with the token that has to be shown [default: none on this machine].
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Configuration whose [policy] counts [default: the one that the store was indexed with].
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How agents are named, whatever an address asks [default: as the policy says].
    #[arg(long, value_enum)]
    agents: Option<AgentsArgument>,
    /// Lexicon files or folders of your own for the tester, on top of the built-in ones.
    #[arg(long, value_name = "PATH")]
    lexicon: Vec<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let config =
        arguments.config.as_ref().map(|path| anyhow::Ok((path.clone(), read_text(path, MAX_CONFIG_BYTES)?)));
    let options = ServeOptions {
        store: arguments.store.store.clone(),
        config: config.transpose()?,
        agents: arguments.agents.map(AgentsArgument::agents),
        lexicons: lexicon::read_sources(&arguments.lexicon)?,
        token: token(arguments)?,
    };
    let store = options.store.display().to_string();
    listen(options, address(&arguments.listen)?, |address| {
        say(format_args!("{store} at http://{address}/ until Ctrl-C"));
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The token of the file, else of the variable.
fn token(arguments: &Arguments) -> anyhow::Result<Option<Token>> {
    let (place, text) = match &arguments.token_file {
        Some(path) => (path.display().to_string(), read_text(path, MAX_TOKEN_BYTES)?),
        None => match std::env::var(TOKEN_VARIABLE) {
            Ok(text) => (TOKEN_VARIABLE.to_string(), text),
            Err(_) => return Ok(None),
        },
    };
    Token::new(&text).map(Some).map_err(|help| anyhow::anyhow!("{place}: {help}"))
}

fn address(text: &str) -> anyhow::Result<SocketAddr> {
    let what = || format!("--listen {text}: write an address and a port, such as 127.0.0.1:8080");
    text.to_socket_addrs().with_context(what)?.next().with_context(what)
}
