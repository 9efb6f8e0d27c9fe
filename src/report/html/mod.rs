//! The page: as one file that opens by double click and asks nothing of the network, and live, as a server's files that ask
//! it for the data. Template, style and scripts are the same; only where data come from differs. It draws what it is given;
//! rates are worked out in it only where a filter leaves a part of the contacts.
//!
//! Data stand in the file as JSON that is not run, and reach the page as text. The charts are Plotly's, whose crate
//! carries the script.

use std::sync::OnceLock;

use plotly::Plot;
use serde::Serialize;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");

/// What asks for a server's token.
pub const LOGIN_PAGE: &str = include_str!("login.html");

/// A script: its name and its text.
type Script = (&'static str, &'static str);

/// What both pages are made of, in the order in which they build on each other.
const SCRIPTS: [Script; 11] = [
    ("format.js", include_str!("format.js")),
    ("counts.js", include_str!("counts.js")),
    ("charts.js", include_str!("charts.js")),
    ("sections.js", include_str!("sections.js")),
    ("flow.js", include_str!("flow.js")),
    ("coaching.js", include_str!("coaching.js")),
    ("details.js", include_str!("details.js")),
    ("causes.js", include_str!("causes.js")),
    ("gaps.js", include_str!("gaps.js")),
    ("drivers.js", include_str!("drivers.js")),
    ("page.js", include_str!("page.js")),
];

/// What begins in a file.
const FILE: &str = include_str!("file.js");

/// What asks a server, and what only a server can answer.
const LIVE: [Script; 8] = [
    ("address.js", include_str!("live/address.js")),
    ("controls.js", include_str!("live/controls.js")),
    ("category.js", include_str!("live/category.js")),
    ("contact.js", include_str!("live/contact.js")),
    ("search.js", include_str!("live/search.js")),
    ("tester.js", include_str!("live/tester.js")),
    ("later.js", include_str!("live/later.js")),
    ("live.js", include_str!("live/live.js")),
];

/// In a file everything stands in the page, so nothing else may be asked for.
const FILE_POLICY: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
    script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:\">\n";

/// A page with its data, ready to be written. `page` is what [`page`](crate::pipeline::page()) gives.
pub fn render_page(page: &impl Serialize) -> Vec<u8> {
    let data = serde_json::to_string(page).expect("a page is plain data");
    let scripts: String = SCRIPTS.iter().map(|(_, text)| *text).chain([FILE]).collect();
    filled(&|name| match name {
        "policy" => FILE_POLICY.to_string(),
        "style" => format!("<style>{STYLE}</style>"),
        "scripts" => format!(
            "<script type=\"application/json\" id=\"data\">{}</script>\n<script>{}</script>\n<script>{scripts}</script>",
            escaped(&data),
            charts()
        ),
        name => unreachable!("the page has no place `{name}`"),
    })
}

/// The page that asks the server that it came from for its data; its style and scripts are [assets](page_asset). It has no
/// script in it, so that a server can forbid all that are.
pub fn live_page() -> Vec<u8> {
    let names = ["plotly.js"].into_iter().chain(SCRIPTS.iter().chain(&LIVE).map(|(name, _)| *name));
    let scripts: Vec<String> =
        names.map(|name| format!("<script src=\"/assets/{name}\"></script>")).collect();
    filled(&|name| match name {
        "policy" => String::new(),
        "style" => "<link rel=\"stylesheet\" href=\"/assets/style.css\">".to_string(),
        "scripts" => scripts.join("\n"),
        name => unreachable!("the page has no place `{name}`"),
    })
}

/// What a live page is made of: the type and the text of the file with a name.
pub fn page_asset(name: &str) -> Option<(&'static str, &'static str)> {
    static CHARTS: OnceLock<String> = OnceLock::new();
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    match name {
        "style.css" => Some(("text/css; charset=utf-8", STYLE)),
        "plotly.js" => Some((SCRIPT, CHARTS.get_or_init(charts))),
        name => {
            let found = SCRIPTS.iter().chain(&LIVE).find(|(own, _)| *own == name);
            found.map(|(_, text)| (SCRIPT, *text))
        }
    }
}

/// The template with its places filled.
fn filled(fill: &dyn Fn(&str) -> String) -> Vec<u8> {
    let mut out = String::new();
    for (at, piece) in PAGE.split("{{").enumerate() {
        match piece.split_once("}}").filter(|_| at > 0) {
            Some((name, rest)) => out.extend([fill(name).as_str(), rest]),
            None => out.push_str(piece),
        }
    }
    out.into_bytes()
}

/// JSON that ends no element and begins no comment.
fn escaped(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// The script of the charts.
fn charts() -> String {
    // The crate gives elements: the charts', then that of formulas, which no text of ours has.
    let elements = Plot::offline_js_sources();
    let script = elements.split("</script>").next().unwrap_or_default();
    script.split_once('>').map_or(String::new(), |(_, script)| script.to_string())
}

#[cfg(test)]
mod tests {
    use super::{charts, live_page, page_asset, render_page};

    #[test]
    fn words_of_customers_end_no_element_and_are_read_back_as_they_were() {
        let words = "</script><script>alert(1)</script><!-- & \u{2028} {{data}}";
        let html = String::from_utf8(render_page(&serde_json::json!({ "words": words }))).unwrap();
        let (_, data) = html.split_once(r#"id="data">"#).unwrap();
        let (data, _) = data.split_once("</script>").unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(data).unwrap()["words"], words);
        assert!(!html.contains("alert(1)</script>"));
    }

    #[test]
    fn the_charts_are_in_the_page_and_nothing_is_fetched() {
        let charts = charts();
        assert!(charts.len() > 1_000_000 && charts.contains("plotly.js"), "{} bytes", charts.len());
        let html = String::from_utf8(render_page(&0)).unwrap().replace(&charts, "");
        assert!(!html.contains("src=") && !html.contains("://"), "no address");
    }

    #[test]
    fn a_live_page_names_files_that_are_there_and_has_no_script_in_it() {
        let html = String::from_utf8(live_page()).unwrap();
        let names: Vec<&str> = html.split("/assets/").skip(1).filter_map(|it| it.split('"').next()).collect();
        assert!(names.len() > 10, "{names:?}");
        names.iter().for_each(|name| assert!(page_asset(name).is_some(), "{name}"));
        let inside = html.split("<script").skip(1).filter_map(|it| it.split_once('>')).map(|(_, rest)| rest);
        inside.for_each(|rest| assert!(rest.starts_with("</script>"), "{rest}"));
        assert!(!html.contains("<style") && !html.contains("://") && page_asset("mod.rs").is_none());
    }
}
