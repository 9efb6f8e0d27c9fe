//! The page live on a store: `GET /` is the page's shell, `/assets/` its style and scripts, `/api/` the JSON that the
//! command line prints, for one policy after another.
//!
//! It only reads. Nothing is kept but what can be read again: the columns of the last commit and a few answers. A commit
//! that lands is seen by the next request. Handlers read parameters and pass them on; what is worked out, [`pipeline`]
//! works out, on threads that may block, a few at a time.
//!
//! [`pipeline`]: crate::pipeline

mod access;
mod answers;
mod asked;
mod commit;
mod desk;
mod kept;
mod search;
mod tester;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{get, post};

pub use access::Token;
pub use desk::Desk;

use crate::lexicon::Source;
use crate::policy::Agents;
use crate::{Error, Result};

/// What is served, and to whom.
#[derive(Debug, Clone, Default)]
pub struct ServeOptions {
    /// Folder of the store.
    pub store: PathBuf,
    /// A configuration (path and text) whose policy counts; none: that of the store.
    pub config: Option<Source>,
    /// How agents are named; none: as the policy says. An address cannot change it.
    pub agents: Option<Agents>,
    /// A user's lexicons, for the tester.
    pub lexicons: Vec<Source>,
    /// What has to be shown to be let in; none: everybody is who can reach the server by a name of this machine.
    pub token: Option<Token>,
}

/// The largest body of a request, in bytes.
const MAX_BODY_BYTES: usize = 256 << 10;

/// Everything that is answered, without a socket.
pub fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/", get(answers::shell))
        .route("/assets/{name}", get(answers::asset))
        .route("/api/status", get(answers::status))
        .route("/api/page", get(answers::page))
        .route("/api/report", get(answers::report))
        .route("/api/sweep", get(answers::sweep))
        .route("/api/drivers", get(answers::drivers))
        .route("/api/gaps", get(answers::gaps))
        .route("/api/coaching", get(answers::coaching))
        .route("/api/contact", get(answers::contact))
        .route("/api/customer", get(answers::customer))
        .route("/api/search", get(answers::search))
        .route("/api/detect", post(answers::detect))
        .fallback(answers::nothing)
        .method_not_allowed_fallback(answers::no_method)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(desk.clone(), access::check))
        .layer(map_response(access::harden))
        .with_state(desk)
}

/// Answers at an address until the process ends. `ready` is given the address once it listens.
///
/// # Errors
/// The address cannot be listened at, or could be reached from elsewhere and there is no token.
pub fn listen(options: ServeOptions, address: SocketAddr, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let failed = |error| Error::io(address.to_string())(error);
    if !address.ip().is_loopback() && options.token.is_none() {
        return Err(Error::data(
            address.to_string(),
            "others can reach this address, and there is no token",
            "listen at 127.0.0.1, or name a file with --token-file or a token in RECONTACT_TOKEN",
        ));
    }
    let desk = Arc::new(Desk::new(options)?);
    // What is wrong with the store is said here, and not to the first who asks.
    desk.commit()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await.map_err(failed)?;
        ready(listener.local_addr().map_err(failed)?);
        axum::serve(listener, router(desk)).await.map_err(failed)
    })
}
