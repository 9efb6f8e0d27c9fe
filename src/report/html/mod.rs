//! The page: one file that opens by double click and asks nothing of the network. It draws what it is given; rates are
//! worked out in it only where a filter leaves a part of the contacts.
//!
//! The data stand in it as JSON that is not run, and reach the page as text. The charts are Plotly's, whose crate
//! carries the script.

use plotly::Plot;
use serde::Serialize;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");

/// In the order in which they build on each other.
const SCRIPTS: [&str; 6] = [
    include_str!("format.js"),
    include_str!("counts.js"),
    include_str!("charts.js"),
    include_str!("sections.js"),
    include_str!("details.js"),
    include_str!("main.js"),
];

/// A page with its data, ready to be written. `page` is what [`page`](crate::pipeline::page()) gives.
pub fn render_page(page: &impl Serialize) -> Vec<u8> {
    let data = serde_json::to_string(page).expect("a page is plain data");
    let fill = |name: &str| match name {
        "style" => STYLE.to_string(),
        "data" => escaped(&data),
        "charts" => charts().to_string(),
        "script" => SCRIPTS.concat(),
        name => unreachable!("the page has no place `{name}`"),
    };
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
    use super::{charts, render_page};

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
}
