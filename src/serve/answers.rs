//! The handlers: parameters to calls, results to JSON, faults to JSON with the words of the command line.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::Desk;
use super::asked::Asked;
use super::commit::Commit;
use super::desk::Takes;
use super::search;
use super::tester::Test;
use crate::Error;
use crate::interaction::Turn;
use crate::pipeline::{self, About, DriversOptions, Explanation};
use crate::policy::{PRESETS, Policy};
use crate::report::{live_page, page_asset};

/// The header that names the state of the store that was answered from.
const VERSION: header::HeaderName = header::HeaderName::from_static("recontact-version");
/// Interactions of a story that are told at once.
const MOST_ENTRIES: usize = 1000;
/// Bytes of a transcript that are sent; what comes after is left out, and counted.
const MOST_TURN_BYTES: usize = 4 << 20;

/// What went wrong, and whose it is to mend.
#[derive(Debug)]
pub(super) struct Fault {
    status: StatusCode,
    says: String,
}

/// A story with the words of the contact that it is about.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    explanation: Explanation,
    /// The transcript, as it was written.
    turns: Vec<Turn>,
    /// Later turns, which are left out because there are too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out_turn_count: Option<usize>,
}

/// What a page has to know before it asks for more.
#[derive(Serialize)]
struct Status<'a> {
    /// Differs whenever the store does.
    version: String,
    commit_id: u64,
    /// The policy that counts where an address changes nothing.
    policy: &'a Policy,
    presets: Vec<PresetName>,
    /// The languages that the tester has rules of.
    languages: &'a [String],
}

#[derive(Serialize)]
struct PresetName {
    name: &'static str,
    says: &'static str,
}

type Answer = Result<Response, Fault>;
type Shared = State<Arc<Desk>>;

pub(super) async fn shell() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], live_page()).into_response()
}

pub(super) async fn asset(Path(name): Path<String>) -> Answer {
    let (kind, bytes) = page_asset(&name).ok_or_else(Fault::not_found)?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

pub(super) async fn nothing() -> Fault {
    Fault::not_found()
}

pub(super) async fn no_method() -> Fault {
    Fault { status: StatusCode::METHOD_NOT_ALLOWED, says: "this is only read: ask with GET".to_string() }
}

pub(super) async fn status(State(desk): Shared, RawQuery(query): RawQuery) -> Answer {
    let look = move |desk: &Desk| {
        Asked::new(query.as_deref())?.done()?;
        let commit = desk.commit()?;
        let presets = PRESETS.iter().map(|preset| PresetName { name: preset.name, says: preset.says });
        let status = Status {
            version: commit.stamp().name(),
            commit_id: commit.store().commit_id(),
            policy: commit.policy(),
            presets: presets.collect(),
            languages: desk.tester().languages(),
        };
        Ok(json(serde_json::to_vec(&status).expect("a status is plain data").into(), &commit))
    };
    desk.look(look).await
}

pub(super) async fn page(desk: Shared, query: RawQuery) -> Answer {
    answer(desk, query, Takes::Moments, |commit, asked| {
        let (policy, options) = (asked.policy(commit)?, asked.options()?);
        commit.answer("page", &policy, &options, || Ok(commit.reports(&policy)?.page(&policy, &options)?))
    })
    .await
}

pub(super) async fn report(desk: Shared, query: RawQuery) -> Answer {
    answer(desk, query, Takes::Moments, |commit, asked| {
        let (policy, options) = (asked.policy(commit)?, asked.options()?);
        let report = || Ok(commit.reports(&policy)?.report_of(&policy, &options)?);
        commit.answer("report", &policy, &options, report)
    })
    .await
}

pub(super) async fn sweep(desk: Shared, query: RawQuery) -> Answer {
    answer(desk, query, Takes::Moments, |commit, asked| {
        let policy = asked.policy(commit)?;
        commit.answer("sweep", &policy, (), || Ok(pipeline::sweep(commit.store(), &policy)?))
    })
    .await
}

pub(super) async fn drivers(desk: Shared, query: RawQuery) -> Answer {
    answer(desk, query, Takes::Long, |commit, asked| {
        let policy = asked.policy(commit)?;
        let options = DriversOptions {
            by: asked.names("by")?,
            category: asked.one("category")?,
            attributes: asked.all("attribute"),
        };
        commit.answer("drivers", &policy, &options, || {
            Ok(commit.reports(&policy)?.drivers(&policy, &options)?)
        })
    })
    .await
}

pub(super) async fn gaps(desk: Shared, query: RawQuery) -> Answer {
    answer(desk, query, Takes::Long, |commit, asked| {
        let policy = asked.policy(commit)?;
        let by = match asked.names("by")? {
            by if by.is_empty() => vec!["category".to_string()],
            by => by,
        };
        commit.answer("gaps", &policy, &by, || Ok(commit.reports(&policy)?.gaps(&policy, &by)?))
    })
    .await
}

pub(super) async fn coaching(desk: Shared, query: RawQuery) -> Answer {
    answer(desk, query, Takes::Moments, |commit, asked| {
        let policy = asked.policy(commit)?;
        let by = asked.one("by")?.unwrap_or_else(|| "agent_id".to_string());
        commit.answer("coaching", &policy, &by, || Ok(commit.reports(&policy)?.coaching(&policy, &by)?))
    })
    .await
}

pub(super) async fn contact(desk: Shared, query: RawQuery) -> Answer {
    answer(desk, query, Takes::Moments, |commit, asked| {
        let (policy, id) = (asked.policy(commit)?, asked.needed("id")?);
        commit.answer("contact", &policy, &id, || {
            let reports = commit.reports(&policy)?;
            let explanation = reports.explain(&policy, &id, Some(About::Contact), MOST_ENTRIES)?;
            let mut turns = commit.store().turns(&id)?;
            let mut byte_count = 0;
            let mut fits = |turn: &Turn| {
                byte_count += turn.text.len();
                byte_count <= MOST_TURN_BYTES
            };
            let left = turns.split_off(turns.iter().take_while(|turn| fits(turn)).count()).len();
            Ok(Told { explanation, turns, left_out_turn_count: Some(left).filter(|count| *count > 0) })
        })
    })
    .await
}

pub(super) async fn customer(desk: Shared, query: RawQuery) -> Answer {
    answer(desk, query, Takes::Moments, |commit, asked| {
        let (policy, id) = (asked.policy(commit)?, asked.needed("id")?);
        let explain =
            || Ok(commit.reports(&policy)?.explain(&policy, &id, Some(About::Customer), MOST_ENTRIES)?);
        commit.answer("customer", &policy, &id, explain)
    })
    .await
}

pub(super) async fn search(desk: Shared, query: RawQuery) -> Answer {
    answer(desk, query, Takes::Moments, |commit, asked| {
        let (policy, request) = (asked.policy(commit)?, search::request(asked)?);
        commit.answer("search", &policy, &request, || Ok(commit.searches(&policy)?.search(&request)?))
    })
    .await
}

pub(super) async fn detect(State(desk): Shared, body: Result<Bytes, BytesRejection>) -> Answer {
    let body = body.map_err(|rejection| Fault {
        status: rejection.status(),
        says: "the text is over 256 KiB long: test a shorter one".to_string(),
    })?;
    let tested = desk.work(Takes::Moments, move |desk| {
        let test: Test = serde_json::from_slice(&body)
            .map_err(|error| Fault::bad(format!("send {{\"text\": \"…\"}}: {error}")))?;
        desk.tester().test(&test)
    });
    let bytes = serde_json::to_vec(&tested.await?).expect("what was tested is plain data");
    Ok(([(header::CONTENT_TYPE, "application/json")], bytes).into_response())
}

/// The answer of the last commit to the parameters of an address, all of which must be asked for.
async fn answer(
    State(desk): Shared,
    RawQuery(query): RawQuery,
    takes: Takes,
    of: impl FnOnce(&Commit, &mut Asked) -> Result<Bytes, Fault> + Send + 'static,
) -> Answer {
    let work = move |desk: &Desk| {
        let mut asked = Asked::new(query.as_deref())?;
        let commit = desk.commit()?;
        let answer = of(&commit, &mut asked);
        // A name that nobody knows is told before what is wrong with the others.
        asked.done()?;
        Ok(json(answer?, &commit))
    };
    desk.work(takes, work).await
}

fn json(bytes: Bytes, commit: &Commit) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json".to_string()), (VERSION, commit.stamp().name())];
    (headers, bytes).into_response()
}

impl Fault {
    /// What was asked cannot be answered.
    pub(super) fn bad(says: impl Into<String>) -> Fault {
        Fault { status: StatusCode::BAD_REQUEST, says: says.into() }
    }

    pub(super) fn forbidden(says: &str) -> Fault {
        Fault { status: StatusCode::FORBIDDEN, says: says.to_string() }
    }

    pub(super) fn unauthorized(says: &str) -> Fault {
        Fault { status: StatusCode::UNAUTHORIZED, says: says.to_string() }
    }

    pub(super) fn busy() -> Fault {
        let says = "too many others are asking: ask again in a moment".to_string();
        Fault { status: StatusCode::SERVICE_UNAVAILABLE, says }
    }

    pub(super) fn bug() -> Fault {
        let says = "this is a bug of the program: its messages on stderr say where".to_string();
        Fault { status: StatusCode::INTERNAL_SERVER_ERROR, says }
    }

    fn not_found() -> Fault {
        Fault { status: StatusCode::NOT_FOUND, says: "there is nothing at this address: see /".to_string() }
    }
}

impl From<Error> for Fault {
    /// In the words of the command line.
    fn from(error: Error) -> Fault {
        let status = match error {
            Error::Io { .. } => StatusCode::INTERNAL_SERVER_ERROR,
            Error::Text { .. } | Error::Data { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Fault { status, says: error.to_string() }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "error": self.says }).to_string();
        (self.status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
    }
}
