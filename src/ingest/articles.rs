//! Articles that are files of their own: Markdown, and the HTML of a help centre. One file is one article.
//!
//! Takes a file, gives a record: its title is that of the front matter, else its first heading; of a page its first `<h1>`,
//! else its `<title>`. Where no id is written in it, the file's name without extensions is the id. Tables of articles are
//! read by the readers of tables.

use std::borrow::Cow;
use std::path::Path;

use super::batch::Collector;
use super::csv::{bad_encoding, damaged};
use super::export::Record;
use super::files::extension;
use super::lines::Lines;
use super::names::{ARTICLE_NAMES, normalised};
use super::row::{Fault, MAX_ARTICLE_BYTES, article_too_long};
use crate::config::Field;
use crate::error::Result;
use crate::text::html;

/// Lines of a front matter that are read.
const MAX_FRONT_LINES: usize = 64;

/// How a file that is one article is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Markup {
    /// Markdown, with or without front matter.
    Markdown,
    /// A page.
    Html,
}

/// How a file is written, by its extension; `None` where it is no article by itself.
pub(super) fn markup_of(path: &Path) -> Option<Markup> {
    match extension(path).as_str() {
        "md" | "markdown" => Some(Markup::Markdown),
        "html" | "htm" | "xhtml" => Some(Markup::Html),
        _ => None,
    }
}

/// Reads a file as one article.
///
/// # Errors
/// Where the file cannot be read or the sink fails.
pub(super) fn read(
    markup: Markup,
    lines: &mut Lines<'_>,
    encoding: &str,
    path: &Path,
    rows: &mut Collector<'_>,
) -> Result<()> {
    // Markup is longer than the text in it.
    let bytes = lines.head(4 * MAX_ARTICLE_BYTES + 1)?;
    if bytes.len() > 4 * MAX_ARTICLE_BYTES {
        let start = bytes[..1000].to_vec();
        return rows.reject(1, Fault::of_row(article_too_long()), &start);
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{FEFF}').to_string(),
        Err(error) => {
            let fault = bad_encoding(error.valid_up_to(), encoding);
            let start = bytes[..bytes.len().min(1000)].to_vec();
            return rows.reject(1, fault, &start);
        }
    };
    if let Some(reason) = lines.take_damage() {
        return rows.reject(1, damaged(&reason), b"");
    }
    let mut record = match markup {
        Markup::Markdown => markdown(&text),
        Markup::Html => page(&text),
    };
    let ids = ARTICLE_NAMES.iter().find(|(field, _)| *field == Field::ArticleId).map_or(&[][..], |it| it.1);
    if !record.cells.iter().any(|(name, _)| ids.contains(&normalised(name).as_str())) {
        record.cell("article_id", Some(stem(path)));
    }
    rows.record(1, record, super::cut(&text, 1000))
}

/// The file's name without its extensions.
fn stem(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_string()
}

fn page(html: &str) -> Record {
    let mut record = Record::default();
    let title = html::first_text(html, "h1").or_else(|| html::first_text(html, "title"));
    record.cell("title", title.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" ")));
    record.cell("language", html::language(html));
    record.cell("body", Some(html::plain(html)));
    record
}

fn markdown(text: &str) -> Record {
    let mut record = Record::default();
    let (front, body) = front_matter(text);
    for line in front.lines().take(MAX_FRONT_LINES) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim().trim_matches(|c| c == '"' || c == '\'');
        // Lines that are indented or begin with a dash belong to a list or a map.
        if !name.starts_with([' ', '\t', '-', '#']) && !value.is_empty() && normalised(name) != "body" {
            record.cells.push((Cow::Owned(name.trim().to_string()), value.to_string()));
        }
    }
    let (heading, body) = heading(body);
    let titles = ARTICLE_NAMES.iter().find(|(field, _)| *field == Field::Title).map_or(&[][..], |it| it.1);
    if !record.cells.iter().any(|(name, _)| titles.contains(&normalised(name).as_str())) {
        record.cell("title", heading);
    }
    record.cell("body", Some(body));
    record
}

/// What stands between the `---` at the beginning and the next, and what follows.
fn front_matter(text: &str) -> (&str, &str) {
    let Some(rest) = text.strip_prefix("---").and_then(|rest| rest.split_once('\n')) else {
        return ("", text);
    };
    let (mark, rest) = rest;
    if !mark.trim().is_empty() {
        return ("", text);
    }
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return (&rest[..at], &rest[at + line.len()..]);
        }
        at += line.len();
    }
    // Nobody closes it: it is a line across the page.
    ("", text)
}

/// The first heading of the first level, and the text without it. What stands between fences is code.
fn heading(text: &str) -> (Option<String>, String) {
    let mut is_code = false;
    let mut before: Option<&str> = None;
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        let is_underline = line.trim_end().len() > 1 && line.trim_end().bytes().all(|byte| byte == b'=');
        let found = match (line.strip_prefix("# "), before.filter(|_| is_underline)) {
            (Some(title), _) => Some((title.trim().trim_end_matches('#').trim_end(), at)),
            (None, Some(title)) => Some((title.trim(), at - 1)),
            (None, None) => None,
        };
        if let Some((title, from)) = found.filter(|(title, _)| !title.is_empty()) {
            let rest = [&lines[..from], &lines[at + 1..]].concat().join("\n");
            return (Some(title.to_string()), rest);
        }
        before = Some(*line).filter(|line| !line.trim().is_empty());
    }
    (None, text.to_string())
}

#[cfg(test)]
mod tests;
