//! Who is let in, and what a browser may do with what it is given.
//!
//! With a token: who shows it, in an `Authorization` header or in a cookie, which a login puts there. Without one: who asks
//! for a name of this machine, so that a page of somebody else's, whose name leads here, is not answered.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use constant_time_eq::constant_time_eq;

use super::Desk;
use super::answers::Fault;
use crate::report::LOGIN_PAGE;

/// Shorter ones can be guessed.
const LEAST_CHARACTERS: usize = 16;
/// Longer ones are no tokens.
const MOST_CHARACTERS: usize = 512;
/// The largest body of a login, in bytes.
const MAX_LOGIN_BYTES: usize = 4096;

const COOKIE: &str = "recontact-token";

/// The one origin is this server; no script, no style and no picture comes from the data or from elsewhere. The hash is
/// that of nothing: the library of the charts adds an empty style element, and then its rules, one by one.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What is said to be let in. It is never printed.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A token from a text, spaces around it aside.
    ///
    /// # Errors
    /// What to write instead, as one clause; the text is not in it.
    pub fn new(text: &str) -> Result<Token, String> {
        let text = text.trim();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !(LEAST_CHARACTERS..=MOST_CHARACTERS).contains(&text.len()) || !text.bytes().all(is_plain) {
            return Err(format!(
                "a token is {LEAST_CHARACTERS} to {MOST_CHARACTERS} letters and digits, such as `openssl rand -hex 32` makes"
            ));
        }
        Ok(Token(text.to_string()))
    }

    fn is(&self, given: &str) -> bool {
        constant_time_eq(self.0.as_bytes(), given.as_bytes())
    }

    /// Whether it is shown in the headers.
    fn is_shown(&self, headers: &HeaderMap) -> bool {
        let bearer = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok());
        let bearer = bearer.and_then(|it| it.strip_prefix("Bearer "));
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
        let mut cookies = cookies.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
        bearer.is_some_and(|it| self.is(it.trim()))
            || cookies.any(|(name, value)| name == COOKIE && self.is(value))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Lets a request through, logs somebody in, or says why not.
pub(super) async fn check(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    // Another site's page cannot read an answer, but could keep the machine busy.
    let is_foreign = headers.get("sec-fetch-site").is_some_and(|it| it == "cross-site");
    if is_foreign && request.uri().path().starts_with("/api/") {
        return Fault::forbidden("another site asks for it: open the page itself").into_response();
    }
    match desk.token() {
        None if !is_of_this_machine(headers) => Fault::forbidden(
            "without a token only names of this machine are answered: open it as 127.0.0.1 or localhost",
        )
        .into_response(),
        None => next.run(request).await,
        // The program's own files are no secret, and the login needs its style.
        Some(token) if token.is_shown(headers) || request.uri().path().starts_with("/assets/") => {
            next.run(request).await
        }
        Some(token) => login(token.clone(), request).await,
    }
}

/// Whether the `Host` is an address or the name of this machine for itself.
fn is_of_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// A token in the query of the page, or sent by the form of the login, becomes a cookie; the view that was asked for
/// stays. Everybody else gets the form, or its like for programs.
async fn login(token: Token, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if parts.uri.path() != "/" {
        return Fault::unauthorized("send the header `Authorization: Bearer TOKEN`, or log in at /")
            .into_response();
    }
    let query = parts.uri.query().unwrap_or_default().to_string();
    let given = match parts.method {
        Method::POST => to_bytes(body, MAX_LOGIN_BYTES).await.unwrap_or_default().to_vec(),
        _ => query.clone().into_bytes(),
    };
    let is_right =
        form_urlencoded::parse(&given).any(|(name, text)| name == "token" && token.is(text.trim()));
    if !is_right {
        let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        return (StatusCode::UNAUTHORIZED, html, LOGIN_PAGE).into_response();
    }
    let secure = match parts.headers.get("x-forwarded-proto") {
        Some(scheme) if scheme == "https" => "; Secure",
        _ => "",
    };
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict{secure}", token.0);
    let headers = [(header::LOCATION, without_token(&query)), (header::SET_COOKIE, cookie)];
    (StatusCode::SEE_OTHER, headers, Body::empty()).into_response()
}

/// The page with the rest of a query.
fn without_token(query: &str) -> String {
    let mut rest = form_urlencoded::Serializer::new(String::new());
    rest.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "token"));
    match rest.finish() {
        rest if rest.is_empty() => "/".to_string(),
        rest => format!("/?{rest}"),
    }
}

/// Puts the headers on an answer that keep a browser to it.
pub(super) async fn harden(uri: Uri, mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    // The library of the charts changes with the program only; everything else is asked for anew.
    let kept = if uri.path() == "/assets/plotly.js" { "private, max-age=3600" } else { "no-store" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    response
}
