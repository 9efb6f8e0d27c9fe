//! Tests of articles: as rows of tables, as Markdown, as pages of a help centre.

use super::super::tests::{read_text, reasons, source, try_read};
use crate::config::{Columns, Field, Kind, Source};
use crate::ingest::Batch;
use crate::interaction::Article;

fn articles() -> Source {
    Source { kind: Some(Kind::Articles), ..source() }
}

fn article(id: &str, title: &str, body: &str, language: &str, category: &str) -> Article {
    let some = |text: &str| Some(text.to_string()).filter(|text| !text.is_empty());
    Article {
        article_id: id.into(),
        title: some(title),
        body: some(body),
        language: some(language),
        category: some(category),
        updated_at: None,
    }
}

fn only(batch: &Batch) -> &Article {
    assert_eq!((batch.articles.len(), batch.row_count), (1, 1), "{:?}", batch.rejects);
    assert!(batch.interactions.is_empty() && batch.transcripts.is_empty());
    &batch.articles[0]
}

#[test]
fn a_row_of_a_table_is_an_article_and_no_interaction() {
    let text = "article_id,title,body,language,category\nKB1,Pay a bill,Open the app.,English,Billing\n\
                ,No id,text,en,x\nKB2,,,en,x\n\"KB3\",=1+1,\"<p>Go to <b>Settings</b></p>\",lv,\n";
    let batch = read_text("a.csv", text, &articles());
    let expected = [
        article("KB1", "Pay a bill", "Open the app.", "en", "Billing"),
        article("KB3", "=1+1", "Go to Settings", "lv", ""),
    ];
    assert_eq!(batch.articles, expected);
    let told = [
        (3, "no article_id: the cell is blank".to_string()),
        (4, "nothing to read: neither a title nor a body".to_string()),
    ];
    assert_eq!(reasons(&batch), told);
    assert!(batch.interactions.is_empty());
}

#[test]
fn common_names_of_help_centres_are_recognised() {
    for columns in [
        "id,question,answer,locale,section",
        "kb_id,name,content,lang,topic",
        "slug,subject,text,language,category",
    ] {
        let batch = read_text("a.csv", &format!("{columns}\n7,Why?,Because.,en-GB,Bills\n"), &articles());
        assert_eq!(*only(&batch), article("7", "Why?", "Because.", "en-GB", "Bills"), "{columns}");
    }
}

#[test]
fn the_user_may_map_other_columns_and_values() {
    let mut source = articles();
    let columns = |name: &str| Columns { columns: vec![name.to_string()], ..Columns::default() };
    source.fields.insert(Field::Body, columns("steps"));
    source.fields.insert(Field::Category, columns("folder"));
    source.values.insert(Field::Category, [("B".to_string(), "Billing".to_string())].into());
    let batch = read_text("a.csv", "id,title,body,steps,folder\n7,T,not this,this,B\n", &source);
    assert_eq!(*only(&batch), article("7", "T", "this", "", "Billing"));
}

#[test]
fn lists_and_lines_of_json_are_articles_and_no_export() {
    let expected = article("7", "T", "B", "", "");
    for text in [
        "{\"id\": 7, \"title\": \"T\", \"body\": \"B\"}\n",
        "[\n{\"id\": \"7\", \"title\": \"T\", \"body\": \"B\"}]",
    ] {
        assert_eq!(*only(&read_text("a.json", text, &articles())), expected, "{text}");
    }
}

#[test]
fn markdown_without_front_matter_is_named_by_its_file_and_titled_by_its_heading() {
    let batch =
        read_text("reset-router.md", "Intro\n\n# Reset the router #\nHold the button.\n", &articles());
    assert_eq!(
        *only(&batch),
        article("reset-router", "Reset the router", "Intro\n\nHold the button.", "", "")
    );
    let batch = read_text("a.markdown", "Reset the router\n=====\nHold.\n", &articles());
    assert_eq!(*only(&batch), article("a", "Reset the router", "Hold.", "", ""));
}

#[test]
fn front_matter_names_an_article() {
    let text = "---\nid: KB7\ntitle: \"Pay: a bill\"\nlanguage: lv\ncategory: Bills\ntags:\n  - id: other\n---\nText\n";
    let batch = read_text("a.md", text, &articles());
    assert_eq!(*only(&batch), article("KB7", "Pay: a bill", "Text", "lv", "Bills"));
}

#[test]
fn a_line_across_the_page_is_no_front_matter_and_a_comment_in_code_no_title() {
    let batch = read_text("a.md", "---\nid: KB7\nnever closed\n", &articles());
    assert_eq!(only(&batch).article_id, "a");
    let batch = read_text("a.md", "```\n# comment\n```\n# Title\n", &articles());
    assert_eq!(only(&batch).title.as_deref(), Some("Title"));
}

#[test]
fn a_page_has_its_heading_its_language_and_its_text() {
    let page = "<!DOCTYPE html><html dir=ltr lang='lv-LV'><head><title>Help &amp; more</title><script>var h = \
                '<h1>no</h1>';</script></head><body><!-- <h1>no</h1> --><h1></h1><h1>Pay <b>a</b>\nbill</h1>\
                <p>Open the app.</p></body></html>";
    let batch = read_text("pay.html", page, &articles());
    let found = only(&batch);
    assert_eq!((found.article_id.as_str(), found.title.as_deref()), ("pay", Some("Pay a bill")));
    assert_eq!(found.language.as_deref(), Some("lv-LV"));
    assert!(found.body.as_deref().is_some_and(|body| body.ends_with("Open the app.") && !body.contains('<')));
    let batch = read_text("a.htm", "<title>Help &amp; more</title><p>Text", &articles());
    assert_eq!(*only(&batch), article("a", "Help & more", "Text", "", ""));
}

#[test]
fn hostile_pages_stay_text_and_end() {
    for page in [
        "<html lang=",
        "<h1",
        "<h1>never closed",
        "<title><title><title>",
        "<html lang='x",
        "</h1></h1><h1>\u{202E}=cmd()</h1>",
        "<",
        "",
    ] {
        let batch = read_text("a.html", page, &articles());
        assert_eq!(batch.articles.len() + batch.rejects.len(), 1, "{page}");
    }
    let batch = read_text("a.html", &"<h1>".repeat(20_000), &articles());
    assert_eq!(batch.rejects.len(), 1);
    // Looked through once for each `<`, this would take hours.
    let batch = read_text("a.html", &"<a".repeat(400_000), &articles());
    assert_eq!(batch.articles.len(), 1);
}

#[test]
fn what_is_too_long_is_refused_or_cut_with_a_note() {
    let long = "x".repeat((1 << 20) + 1);
    let batch = read_text("a.jsonl", &format!("{{\"id\": 1, \"body\": \"{long}\"}}\n"), &articles());
    assert_eq!(reasons(&batch), [(1, "article too long: over 1 MiB".to_string())]);
    let batch = read_text("a.md", &"x\n".repeat(3 << 20), &articles());
    assert_eq!(reasons(&batch), [(1, "article too long: over 1 MiB".to_string())]);
    let batch =
        read_text("a.csv", &format!("id,title\n{},t\n1,{}\n", "i".repeat(501), "é".repeat(600)), &articles());
    assert!(batch.rejects[0].reason.starts_with("article_id too long: over 500 bytes"));
    assert_eq!(batch.articles[0].title.as_deref().map(str::len), Some(1000));
    assert_eq!(batch.notes[0].what, "title cut: over 1000 bytes");
}

#[test]
fn a_table_without_title_and_body_is_no_table_of_articles() {
    let error = try_read("a.csv", b"id,foo\n1,2\n", &articles()).unwrap_err().to_string();
    assert!(
        error.contains("no column is recognised as `title` or `body`; the columns are `id`, `foo`"),
        "{error}"
    );
}
