//! `recontact serve`: what the router answers, without a socket; and what a browser makes of it.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, mpsc};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use recontact::policy::Agents;
use recontact::serve::{Desk, ServeOptions, Token, listen, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::browser::Browser;
use super::program::{Folder, demo_store, number, project, run_in};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A server of a store, asked without a socket.
pub(crate) struct Server(Router, tokio::runtime::Runtime);

pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Server {
    pub(crate) fn new(store: &Path, token: Option<&str>) -> Server {
        let token = token.map(|text| Token::new(text).unwrap());
        let options = ServeOptions { store: store.to_path_buf(), token, ..ServeOptions::default() };
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        Server(router(Arc::new(Desk::new(options).unwrap())), runtime)
    }

    /// A server that names agents otherwise than the policy of its store.
    pub(crate) fn with_agents(store: &Path, agents: Agents) -> Server {
        let options =
            ServeOptions { store: store.to_path_buf(), agents: Some(agents), ..ServeOptions::default() };
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        Server(router(Arc::new(Desk::new(options).unwrap())), runtime)
    }

    fn of_demo() -> Server {
        Server::new(Path::new(demo_store()), None)
    }

    fn send(&self, request: Request<Body>) -> Answer {
        self.1.block_on(async {
            let response = self.0.clone().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            Answer { status: parts.status, headers: parts.headers, body }
        })
    }

    fn get_with(&self, address: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap())
    }

    pub(crate) fn get(&self, address: &str) -> Answer {
        self.get_with(address, &[("host", "127.0.0.1:8080")])
    }

    fn post(&self, address: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(Method::POST).uri(address).header("host", "localhost");
        self.send(request.body(body.into()).unwrap())
    }

    /// The JSON of a good answer.
    #[track_caller]
    pub(crate) fn json(&self, address: &str) -> Value {
        self.get(address).json(StatusCode::OK)
    }

    /// What an answer that is none says.
    #[track_caller]
    pub(crate) fn fault(&self, address: &str, status: StatusCode) -> String {
        self.get(address).fault(status)
    }
}

impl Answer {
    #[track_caller]
    fn json(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.headers["content-type"], "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }

    #[track_caller]
    fn fault(&self, status: StatusCode) -> String {
        self.json(status)["error"].as_str().unwrap().to_string()
    }
}

fn of_program(arguments: &str) -> Value {
    Folder::new().run(&format!("{arguments} --store {}", demo_store())).json()
}

#[test]
fn it_answers_with_what_the_command_line_prints() {
    let server = Server::of_demo();
    let page = server.json("/api/page");
    assert_eq!(page["report"], of_program("report --format json"));
    assert!(page["sweep"].is_null() && page["slices"].as_array().unwrap().len() > 100);
    for (address, arguments) in [
        ("/api/report?by=channel,language", "report --format json --by channel,language"),
        (
            "/api/report?window=3d&same=any&target=0.8",
            "report --format json --window 3d --same any --target 0.8",
        ),
        (
            "/api/report?preset=genesys-nca&trend=week",
            "report --format json --preset genesys-nca --trend week",
        ),
        (
            "/api/report?lookback=1d&clock=start&derive_category=true",
            "report --format json --lookback 1d --clock start --derive-category",
        ),
        ("/api/sweep", "sweep --format json"),
        ("/api/drivers", "drivers --format json"),
        (
            "/api/drivers?by=channel&category=Billing&attribute=plan&window=3d",
            "drivers --format json --by channel --category Billing --attribute plan --window 3d",
        ),
        ("/api/gaps", "gaps --format json"),
        ("/api/gaps?by=category,language&window=3d", "gaps --format json --by category,language --window 3d"),
        ("/api/coaching", "coaching --format json"),
        ("/api/coaching?by=team&same=any", "coaching --format json --by team --same any"),
        ("/api/customer?id=C-20431", "explain C-20431 --as customer --json"),
        (
            "/api/search?q=number+NEAR+invoice&class=repeat&limit=10",
            "search number\u{a0}NEAR\u{a0}invoice --class repeat --format json",
        ),
        (
            "/api/search?q=refund&speaker=customer&from=2026-02-01&page=2&limit=3&by=channel",
            "search refund --speaker customer --from 2026-02-01 --page 2 --limit 3 --by channel --format json",
        ),
    ] {
        let arguments: Vec<String> = arguments.split(' ').map(|it| it.replace('\u{a0}', " ")).collect();
        let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        arguments.extend(["--store", demo_store()]);
        let expected = run_in(project(), &arguments, "");
        // The demo has the customer or not: both must say the same.
        match expected.code {
            Some(0) => assert!(server.json(address) == expected.json(), "{address}"),
            _ => assert_eq!(server.fault(address, StatusCode::UNPROCESSABLE_ENTITY), expected.error()),
        }
    }
}

#[test]
fn the_story_of_a_contact_comes_with_its_transcript() {
    let server = Server::of_demo();
    let page = server.json("/api/page");
    let quoted = page["report"]["categories"]
        .as_array()
        .unwrap()
        .iter()
        .find_map(|it| it["evidence"][0]["quotes"].get(0))
        .unwrap();
    let id = quoted["interaction_id"].as_str().unwrap();
    let mut told = server.json(&format!("/api/contact?id={id}"));
    let turns = told.as_object_mut().unwrap().shift_remove("turns").unwrap();
    assert_eq!(told, of_program(&format!("explain {id} --as contact --json")));
    let text = |turn: &Value| turn["text"].as_str().unwrap().to_string();
    for cue in told["cues"].as_array().unwrap() {
        let turn = turns.as_array().unwrap().iter().find(|it| it["index"] == cue["turn"]).unwrap();
        let (start, end) = (number(cue, "start") as usize, number(cue, "end") as usize);
        let said = text(turn)[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(said, cue["phrase"].as_str().unwrap());
    }
    let customer = told["interaction"]["customer_id"].as_str().unwrap();
    let of_customer = server.json(&format!("/api/customer?id={customer}"));
    assert_eq!(of_customer, of_program(&format!("explain {customer} --as customer --json")));
}

#[test]
fn what_cannot_be_answered_is_told_in_the_words_of_the_command_line() {
    let server = Server::of_demo();
    let bad = |address| server.fault(address, StatusCode::BAD_REQUEST);
    assert_eq!(
        bad("/api/page?window=soon"),
        "invalid value 'soon' for window: write a whole number and s, m, h, d or w, such as `36h` or `7d`"
    );
    assert_eq!(
        bad("/api/page?target=70"),
        "invalid value '70' for target: write a rate from 0 to 1, such as 0.7"
    );
    assert_eq!(
        bad("/api/page?same=all"),
        "invalid value 'all' for same: write one of category, parent_category, any"
    );
    assert_eq!(
        bad("/api/page?preset=mine"),
        "invalid value 'mine' for preset: `recontact presets` lists the definitions there are"
    );
    assert_eq!(
        bad("/api/page?trend=year"),
        "invalid value 'year' for trend: write one of day, week, month, quarter"
    );
    assert_eq!(bad("/api/page?windows=3d"), "there is no parameter `windows` here: leave it out");
    assert_eq!(bad("/api/page?window=3d&window=4d"), "window is there 2 times: leave one");
    assert_eq!(bad("/api/contact"), "id is missing: add it to the address");
    assert_eq!(
        bad("/api/search?q=refund&limit=100000"),
        "invalid value '100000' for limit: write a number from 0 to 200"
    );
    assert_eq!(
        bad(&format!("/api/search?q={}", "a".repeat(20_000))),
        "the address is over 16 KiB long: ask for less at once"
    );
    for (address, arguments) in [
        ("/api/contact?id=nobody", "explain nobody --as contact"),
        ("/api/customer?id=nobody", "explain nobody --as customer"),
        ("/api/report?by=colour", "report --by colour"),
        ("/api/gaps?by=colour", "gaps --by colour"),
        ("/api/drivers?category=Biling", "drivers --category Biling"),
        ("/api/search?q=refund&category=Biling", "search refund --category Biling"),
        ("/api/search?q=(refund", "search (refund"),
    ] {
        let expected = Folder::new().run(&format!("{arguments} --store {}", demo_store())).error();
        assert_eq!(server.fault(address, StatusCode::UNPROCESSABLE_ENTITY), expected, "{address}");
    }
    let nobody = server.fault("/api/coaching?by=channel", StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        nobody.ends_with("nobody can be coached by `channel`: write --by agent_id or --by team"),
        "{nobody}"
    );
    assert_eq!(server.fault("/api/pages", StatusCode::NOT_FOUND), "there is nothing at this address: see /");
    server.fault("/assets/mod.rs", StatusCode::NOT_FOUND);
    server.post("/api/page", "").fault(StatusCode::METHOD_NOT_ALLOWED);
    let none = Server::new(Folder::new().path(), None);
    assert!(
        none.fault("/api/page", StatusCode::UNPROCESSABLE_ENTITY)
            .ends_with("there is no store here: run `recontact index PATH…` first")
    );
}

#[test]
fn every_answer_forbids_what_is_not_of_the_server() {
    let server = Server::of_demo();
    for address in
        ["/", "/assets/style.css", "/assets/live.js", "/api/status", "/api/page?window=x", "/nothing"]
    {
        let Answer { headers, .. } = server.get(address);
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self' 'sha256-"),
            "{policy}"
        );
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert!(headers.get("access-control-allow-origin").is_none());
    }
    let html = String::from_utf8(server.get("/").body).unwrap();
    for name in html.split("/assets/").skip(1).filter_map(|it| it.split('"').next()) {
        let asset = server.get(&format!("/assets/{name}"));
        assert_eq!(asset.status, StatusCode::OK, "{name}");
        let kind = asset.headers["content-type"].to_str().unwrap();
        assert!(kind == "text/javascript; charset=utf-8" || kind == "text/css; charset=utf-8", "{kind}");
    }
}

#[test]
fn only_names_of_this_machine_are_answered_without_a_token() {
    let server = Server::of_demo();
    let status = |headers: &[(&str, &str)]| server.get_with("/api/status", headers).status;
    for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "127.0.0.2", "[::1]:8080", "[::1]"] {
        assert_eq!(status(&[("host", host)]), StatusCode::OK, "{host}");
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8080",
        "192.168.0.1",
        "evil:80:80",
        "",
    ] {
        assert_eq!(status(&[("host", host)]), StatusCode::FORBIDDEN, "{host}");
    }
    assert_eq!(status(&[]), StatusCode::FORBIDDEN);
    assert_eq!(status(&[("host", "localhost"), ("sec-fetch-site", "cross-site")]), StatusCode::FORBIDDEN);
    assert_eq!(status(&[("host", "localhost"), ("sec-fetch-site", "same-origin")]), StatusCode::OK);
}

#[test]
fn with_a_token_nobody_is_answered_who_does_not_show_it() {
    let server = Server::new(Path::new(demo_store()), Some(TOKEN));
    let bearer =
        |token: &str| server.get_with("/api/status", &[("authorization", &format!("Bearer {token}"))]).status;
    assert_eq!(bearer(TOKEN), StatusCode::OK);
    for wrong in ["", "x", &TOKEN[1..], &format!("{TOKEN}0"), &TOKEN.to_uppercase()] {
        assert_eq!(bearer(wrong), StatusCode::UNAUTHORIZED, "{wrong}");
    }
    for address in ["/api/page", "/api/status", "/nothing", &format!("/api/status?token={TOKEN}")] {
        server.fault(address, StatusCode::UNAUTHORIZED);
    }
    let form = server.get("/?window=3d&token=wrong");
    assert_eq!(form.status, StatusCode::UNAUTHORIZED);
    assert!(String::from_utf8(form.body).unwrap().contains("<form method=\"post\""));
    assert_eq!(server.get("/assets/style.css").status, StatusCode::OK);
    let by_query = server.get(&format!("/?view=search&q=a%26b&token={TOKEN}"));
    let by_form = server.post("/?view=search&q=a%26b", format!("token={TOKEN}"));
    for answer in [by_query, by_form] {
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.headers["location"], "/?view=search&q=a%26b");
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
        let cookie = format!("other=1; {}", cookie.split(';').next().unwrap());
        assert_eq!(server.get_with("/api/status", &[("cookie", &cookie)]).status, StatusCode::OK);
    }
    assert_eq!(server.post("/", format!("token={TOKEN}0")).status, StatusCode::UNAUTHORIZED);
    assert_eq!(server.post("//evil.example/", format!("token={TOKEN}")).status, StatusCode::UNAUTHORIZED);
    assert!(!format!("{:?}", Token::new(TOKEN)).contains(TOKEN));
    assert!(Token::new("short").is_err() && Token::new(&"a; b".repeat(10)).is_err());
}

#[test]
fn others_are_let_in_only_with_a_token_and_a_store_must_be_there() {
    let folder = Folder::new();
    let error = folder.run(&format!("serve --store {} --listen 0.0.0.0:0", demo_store())).error();
    assert!(error.starts_with("0.0.0.0:0: others can reach this address, and there is no token"), "{error}");
    folder.write("token", "secret");
    let error = folder.run(&format!("serve --store {} --token-file token", demo_store())).error();
    assert!(
        error.starts_with("token: a token is 16 to 512 letters and digits") && !error.contains("secret"),
        "{error}"
    );
    let error = folder.run("serve --store none --listen 127.0.0.1:0").error();
    assert_eq!(error, "none: there is no store here: run `recontact index PATH…` first");
    let error = folder.run(&format!("serve --store {} --listen here", demo_store())).error();
    assert!(error.starts_with("--listen here: write an address and a port"), "{error}");
}

#[test]
fn the_tester_finds_what_detect_finds_and_tries_a_phrase() {
    let server = Server::of_demo();
    let test = |body: Value| server.post("/api/detect", body.to_string());
    for text in
        ["this is the third time I am calling about it", "催了好几次了", "Es zvanu jau trešo reizi", "hello"]
    {
        let tested = test(json!({ "text": text, "speaker": "customer" })).json(StatusCode::OK);
        let input = json!({ "id": 1, "text": text, "speaker": "customer" }).to_string();
        let expected = Folder::new().run_with("detect", &input).json();
        let cues = tested["cues"].as_array().unwrap();
        assert_eq!(cues.len(), expected["cues"].as_array().unwrap().len(), "{text}");
        for (cue, expected) in cues.iter().zip(expected["cues"].as_array().unwrap()) {
            for (name, value) in expected.as_object().unwrap() {
                assert_eq!(&cue[name], value, "{text}: {name}");
            }
            assert!(
                !cue["phrases"].as_array().unwrap().is_empty()
                    && cue["path"].as_str().unwrap().starts_with("lexicons/"),
                "{cue}"
            );
        }
    }
    let tried = test(
        json!({ "text": "The box blinks red again.", "lang": "en", "phrase": "blinks (red|green) again" }),
    );
    let tried = tried.json(StatusCode::OK);
    let cue = tried["cues"].as_array().unwrap().iter().find(|it| it["kind"] == "tried").unwrap().clone();
    assert_eq!((cue["text"].as_str(), cue["start"].as_u64()), (Some("blinks red again"), Some(8)));
    let fault = |body: Value| test(body).fault(StatusCode::BAD_REQUEST);
    let broken = json!({ "text": "x", "lang": "en", "phrase": "(red" });
    assert!(fault(broken).starts_with("`(red` has no closing `)`"));
    assert!(
        fault(json!({ "text": "x", "lang": "en", "phrase": "<no-such-set> x" }))
            .starts_with("there is no set <no-such-set>")
    );
    assert!(
        fault(json!({ "text": "x", "phrase": "red" }))
            .starts_with("a phrase is of one language: choose one of ar, bg")
    );
    assert!(fault(json!({ "words": "x" })).starts_with("send {\"text\": \"…\"}: unknown field `words`"));
    assert!(fault(json!({ "text": "x", "lang": "en", "phrase": "*" })).len() > 10);
    let large = test(json!({ "text": "x".repeat(300_000) })).fault(StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(large, "the text is over 256 KiB long: test a shorter one");
}

#[test]
fn a_commit_that_lands_is_seen_by_the_next_request() {
    let head = "id,customer,started_at,category\n";
    let folder =
        Folder::with(&[("log/a.csv", &format!("{head}1,A,2026-01-01,Billing\n2,A,2026-01-03,Billing\n"))]);
    folder.run("index log --store store").ok();
    let server = Server::new(&folder.path().join("store"), None);
    let before = server.get("/api/report");
    assert_eq!(number(&before.json(StatusCode::OK)["overall"], "contact_count"), 2);
    assert_eq!(server.get("/api/report").headers["recontact-version"], before.headers["recontact-version"]);
    folder.write("log/b.csv", format!("{head}3,B,2026-01-05,Billing\n"));
    folder.run("index log --store store").ok();
    let after = server.get("/api/report");
    let report = after.json(StatusCode::OK);
    assert_eq!((number(&report["overall"], "contact_count"), number(&report, "commit_id")), (3, 2));
    assert_ne!(after.headers["recontact-version"], before.headers["recontact-version"]);
    // A store that is made anew begins to count again: it is told apart by more than its number.
    std::fs::remove_dir_all(folder.path().join("store")).unwrap();
    server.fault("/api/report", StatusCode::UNPROCESSABLE_ENTITY);
    folder.run("index log/b.csv --store store").ok();
    assert_eq!(number(&server.json("/api/report")["overall"], "contact_count"), 1);
}

#[test]
fn many_users_at_once_each_get_their_own_answer() {
    let server = Server::of_demo();
    let addresses: Vec<String> = (1..=12)
        .flat_map(|days| {
            [
                format!("/api/page?window={days}d"),
                format!("/api/sweep?target=0.{days:02}"),
                format!("/api/search?q=refund&window={days}d"),
            ]
        })
        .collect();
    let together: Vec<Answer> = std::thread::scope(|scope| {
        let asking: Vec<_> = addresses.iter().map(|address| scope.spawn(|| server.get(address))).collect();
        asking.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let fresh = Server::of_demo();
    for (address, answer) in addresses.iter().zip(&together) {
        assert!(answer.json(StatusCode::OK) == fresh.json(address), "{address}");
    }
}

/// A server with a socket, that lives as long as the tests do.
pub(crate) fn listening(store: &Path) -> String {
    let options = ServeOptions { store: store.to_path_buf(), ..ServeOptions::default() };
    let (told, address) = mpsc::channel::<SocketAddr>();
    std::thread::spawn(move || listen(options, "127.0.0.1:0".parse().unwrap(), |it| told.send(it).unwrap()));
    format!("http://{}/", address.recv().unwrap())
}

/// The rate of the headline, as the page writes it.
fn headline(report: &Value) -> String {
    format!("{:.1} %", 100.0 * report["overall"]["fcr_rate"].as_f64().unwrap())
}

#[test]
fn a_browser_goes_from_the_overview_to_a_quote_a_contact_and_back() {
    let Some(mut browser) = Browser::start(1200, 900) else { return };
    let origin = listening(Path::new(demo_store()));
    let ready = "!document.querySelector('main').hasAttribute('aria-busy') && document.querySelector('h1')";
    browser.open(&origin);
    browser.wait("document.querySelector('#definitions .js-plotly-plot')");
    assert_eq!(browser.text(".card b"), headline(&of_program("report --format json")));

    // Another window: the numbers follow, the address has it, back takes it away.
    browser.write("window", "3d");
    let of_three = headline(&of_program("report --format json --window 3d"));
    browser.wait(&format!("document.querySelector('.card b').innerText === {of_three:?}"));
    assert_eq!(browser.value("location.search"), "?window=3d");
    browser.write("target", "90");
    browser.wait("location.search === '?window=3d&target=0.9' && document.querySelector('.card').innerText.includes('target 90.0 %')");
    browser.value("history.back()");
    browser.wait("location.search === '?window=3d' && !document.querySelector('.card').innerText.includes('target 90.0 %')");
    assert_eq!(browser.value("document.querySelector('[name=target]').value"), "");

    // A filter of the page is in the address, too.
    browser.write("channel", "1");
    browser.wait("location.search.startsWith('?window=3d&channel=')");
    let filtered = browser.text(".card b");
    let shared = browser.value("location.href").as_str().unwrap().to_string();
    browser.open("about:blank");
    browser.open(&shared);
    browser.wait(&format!("document.querySelector('.card b').innerText === {filtered:?}"));
    browser.click("Show all");
    browser.wait("location.search === '?window=3d'");

    // A category, a quote of it, its contact, the customer.
    let report = of_program("report --format json --window 3d");
    let category = report["categories"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["evidence"][0]["quotes"].get(0).is_some())
        .unwrap();
    let name = category["category"].as_str().unwrap();
    browser.click(name);
    browser.wait(&format!("{ready}.innerText === {name:?}"));
    let quote = &category["evidence"][0]["quotes"][0];
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain(&browser.text("#evidence")).contains(&plain(quote["text"].as_str().unwrap())));
    let id = quote["interaction_id"].as_str().unwrap();
    browser.click(id);
    browser.wait(&format!("{ready}.innerText === 'Contact {id}' && document.querySelector('mark')"));
    let told = of_program(&format!("explain {id} --window 3d --json"));
    let phrases: Vec<String> = told["cues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["phrase"].as_str().unwrap().to_string())
        .collect();
    let mark = browser.text(".transcript");
    assert!(phrases.iter().any(|phrase| mark.contains(phrase)), "{phrases:?} in {mark}");
    let customer = told["interaction"]["customer_id"].as_str().unwrap().to_string();
    browser.click(&customer);
    browser.wait(&format!("{ready}.innerText === 'Customer {customer}'"));
    assert_eq!(browser.value("new URLSearchParams(location.search).get('window')"), "3d");
    browser.value("history.go(-2)");
    browser.wait(&format!("{ready}.innerText === {name:?}"));
    assert_eq!(browser.complaints(), [""; 0]);
    let elsewhere: Vec<&String> = browser
        .fetched()
        .iter()
        .filter(|it| !it.starts_with(&origin) && !it.starts_with("about:") && !it.starts_with("data:"))
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn a_browser_searches_and_tests_a_phrase() {
    let Some(mut browser) = Browser::start(400, 900) else { return };
    let origin = listening(Path::new(demo_store()));
    browser.open(&origin);
    browser.click("Search");
    browser.wait("document.querySelector('form.search')");
    browser.write("q", "invoice");
    browser.value("document.querySelector('form.search').requestSubmit()");
    browser.wait("document.querySelector('.hits mark')");
    let found = of_program("search invoice --format json");
    let told = format!("{} turns of {} contacts", found["match_count"], found["contact_count"]);
    assert!(browser.text("main").contains(&told), "{told}");
    assert_eq!(browser.value("location.search"), "?view=search&q=invoice");
    let id = found["hits"][0]["interaction_id"].as_str().unwrap();
    browser.click(id);
    browser.wait(&format!("document.querySelector('h1').innerText === 'Contact {id}'"));
    browser.value("history.back()");
    browser.wait("document.querySelector('.hits mark')");
    assert_eq!(browser.complaints(), [""; 0]);

    // A query that cannot be understood says so beside the form.
    browser.write("q", "(invoice");
    browser.value("document.querySelector('form.search').requestSubmit()");
    browser.wait("document.querySelector('[role=alert]')");
    assert_eq!(browser.value("document.querySelector('[name=q]').value"), "(invoice");
    let expected = Folder::new().run(&format!("search (invoice --store {}", demo_store())).error();
    assert_eq!(browser.text("[role=alert]"), expected);
    browser.complaints();

    browser.click("Lexicon tester");
    browser.wait("document.querySelector('form.tester')");
    browser.write("text", "This is the third time I am calling, the box blinks red again.");
    browser.write("lang", "en");
    browser.write("phrase", "blinks red");
    browser.value("document.querySelector('form.tester').requestSubmit()");
    browser.wait("document.querySelector('#result table')");
    let result = browser.text("#result");
    assert!(result.contains("Your phrase fires") && result.contains("lexicons/repeat/en.toml"), "{result}");
    assert_eq!(
        browser.value(
            "[...document.querySelectorAll('mark')].map((it) => it.textContent).includes('blinks red')"
        ),
        true
    );
    assert_eq!(browser.value("location.search"), "?view=tester&lang=en");
    let width = browser.value("document.documentElement.scrollWidth");
    assert!(width.as_u64().unwrap() <= 400, "{width}");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_commit_that_lands_is_offered() {
    let Some(mut browser) = Browser::start(1200, 900) else { return };
    let head = "id,customer,started_at,category\n";
    let folder =
        Folder::with(&[("log/a.csv", &format!("{head}1,A,2026-01-01,Billing\n2,A,2026-01-03,Billing\n"))]);
    folder.run("index log --store store").ok();
    browser.open(&listening(&folder.path().join("store")));
    browser.wait("document.querySelector('main table')");
    folder.write("log/b.csv", format!("{head}3,B,2026-01-05,Billing\n"));
    folder.run("index log --store store").ok();
    browser.value("document.dispatchEvent(new Event('visibilitychange'))");
    browser.click("Show them");
    browser.wait("document.querySelector('#policy').textContent.includes('Commit 2 of the store')");
    assert_eq!(browser.text(".news"), "");
    assert_eq!(browser.complaints(), [""; 0]);
}

#[test]
fn a_store_without_a_search_index_stays_without_one() {
    let words =
        "{\"interaction_id\": \"1\", \"turns\": [{\"speaker\": \"customer\", \"text\": \"refund\"}]}\n";
    let folder = Folder::with(&[
        ("log/a.csv", "id,customer,started_at,category\n1,A,2026-01-01,Billing\n"),
        ("log/words.jsonl", words),
    ]);
    folder.run("index log --store store --no-search").ok();
    let server = Server::new(&folder.path().join("store"), None);
    let fault = server.fault("/api/search?q=refund", StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        fault.ends_with(
            "no search index, or one that is not whole: run `recontact search` on it once, which builds it"
        ),
        "{fault}"
    );
    let names = std::fs::read_dir(folder.path().join("store")).unwrap();
    assert!(names.flatten().all(|it| !it.file_name().to_string_lossy().contains("search")));
    folder.run("search refund --store store").ok();
    assert_eq!(number(&server.json("/api/search?q=refund"), "match_count"), 1);
}
