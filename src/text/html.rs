//! HTML to the text that a person sees.
//!
//! Takes markup of any quality, gives plain lines: blocks begin new ones, quoted blocks get `> ` in front, scripts and styles
//! are left out, character references are read. It judges nothing: what is quoted is `quoted`'s business.

/// Elements whose content nobody sees.
const UNSEEN: [&str; 6] = ["script", "style", "head", "title", "template", "noscript"];

/// Elements that begin a new line.
const BLOCKS: [&str; 24] = [
    "br",
    "p",
    "div",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "pre",
    "section",
    "article",
    "header",
    "footer",
    "dl",
    "dt",
    "dd",
    "blockquote",
];

/// The text of a piece of HTML.
pub fn plain(html: &str) -> String {
    let mut out = Out::default();
    let mut tags = Tags::new(html);
    while let Some((before, tag)) = tags.seek() {
        out.words(before);
        match tag {
            Tag::Element { name, is_end, after } => tags.rest = element(&mut out, &name, is_end, after),
            Tag::Comment { after } => tags.rest = after,
            Tag::None => {
                out.words("<");
                tags.rest = &tags.rest[1..];
            }
        }
    }
    out.words(tags.rest);
    out.text.trim_end().to_string()
}

/// Where one is in a piece of HTML. Whoever takes a tag says where to go on.
struct Tags<'t> {
    rest: &'t str,
    html: &'t str,
    /// The last `>`: what stands after it is no element, and is not looked through for an end.
    last_end: usize,
}

impl<'t> Tags<'t> {
    fn new(html: &'t str) -> Tags<'t> {
        Tags { rest: html, html, last_end: html.rfind('>').unwrap_or(0) }
    }

    /// What stands before the next `<`, which is then the first of the rest, and what it begins.
    fn seek(&mut self) -> Option<(&'t str, Tag<'t>)> {
        let (before, rest) = self.rest.split_at(self.rest.find('<')?);
        self.rest = rest;
        let is_past = self.html.len() - rest.len() > self.last_end && !rest.starts_with("<!--");
        Some((before, if is_past { Tag::None } else { tag(rest) }))
    }
}

/// The text of the first element of this name that has any. Scripts and comments are no place to look.
pub fn first_text(html: &str, element: &str) -> Option<String> {
    let mut tags = Tags::new(html);
    let mut tried = 0;
    while let Some((_, tag)) = tags.seek() {
        tags.rest = match tag {
            Tag::Element { name, is_end: false, after } if name == element => {
                let text = plain(before_end(after, element));
                tried += 1;
                if !text.is_empty() || tried == MOST_TRIED {
                    return Some(text).filter(|text| !text.is_empty());
                }
                after
            }
            Tag::Element { name, is_end: false, after } if HIDDEN.contains(&name.as_str()) => {
                after_end(after, &name)
            }
            Tag::Element { after, .. } | Tag::Comment { after } => after,
            Tag::None => &tags.rest[1..],
        };
    }
    None
}

/// Elements without a text that are passed over: each may have to be read to the end of the page.
const MOST_TRIED: usize = 20;

/// Elements whose content is no markup of the page.
const HIDDEN: [&str; 4] = ["script", "style", "template", "noscript"];

/// The language that a page declares: that of its `<html lang="…">`.
pub fn language(html: &str) -> Option<String> {
    let mut tags = Tags::new(html);
    while let Some((_, tag)) = tags.seek() {
        tags.rest = match tag {
            Tag::Element { name, is_end: false, after } if name == "html" => {
                return attribute(&tags.rest[..tags.rest.len() - after.len()], "lang");
            }
            // It is the first element, or it is not there.
            Tag::Element { name, .. } if !name.starts_with(['!', '?']) => return None,
            Tag::Element { after, .. } | Tag::Comment { after } => after,
            Tag::None => &tags.rest[1..],
        };
    }
    None
}

/// The value of an attribute of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    for (at, _) in tag.match_indices(name) {
        let is_name = tag[..at].ends_with(|c: char| c.is_ascii_whitespace());
        let Some(value) = tag[at + name.len()..].trim_start().strip_prefix('=').filter(|_| is_name) else {
            continue;
        };
        let value = value.trim_start();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next(),
            _ => value.split(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').next(),
        };
        return value.map(|value| unescaped(value).trim().to_string()).filter(|value| !value.is_empty());
    }
    None
}

/// What stands before the end of an element; everything where it has none.
fn before_end<'t>(text: &'t str, name: &str) -> &'t str {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let end = from + at;
        let is_it = text[end + 2..].get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_it {
            return &text[..end];
        }
        from = end + 2;
    }
    text
}

/// What a `<` begins.
enum Tag<'t> {
    Element { name: String, is_end: bool, after: &'t str },
    Comment { after: &'t str },
    None,
}

fn tag(text: &str) -> Tag<'_> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return Tag::Comment { after: comment.find("-->").map_or("", |end| &comment[end + 3..]) };
    }
    let inner = &text[1..];
    let (is_end, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!' || c == '?') {
        return Tag::None;
    }
    let Some(end) = end_of_tag(inner) else { return Tag::None };
    let name =
        inner.split(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
    Tag::Element { name: name.to_ascii_lowercase(), is_end, after: &inner[end + 1..] }
}

/// Where the `>` of a tag is; one in the quotes of an attribute is none.
fn end_of_tag(inner: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in inner.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            // A quote that nobody closes: the tag ends where it seems to.
            (Some(_), b'<') => return inner.find('>'),
            _ => {}
        }
    }
    inner.find('>')
}

/// Steps over a tag; of an element whose content nobody sees, over that as well.
fn element<'t>(out: &mut Out, name: &str, is_end: bool, after: &'t str) -> &'t str {
    if BLOCKS.contains(&name) {
        out.new_line(name == "br");
    }
    match (name, is_end) {
        ("blockquote", false) => out.depth += 1,
        ("blockquote", true) => out.depth = out.depth.saturating_sub(1),
        ("td" | "th", true) => out.words(" "),
        ("p", true) => out.new_line(true),
        _ if !is_end && UNSEEN.contains(&name) => return after_end(after, name),
        _ => {}
    }
    after
}

/// What follows the end of an element; nothing where it has none.
fn after_end<'t>(text: &'t str, name: &str) -> &'t str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        let is_it = rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
        if is_it {
            return rest.find('>').map_or("", |end| &rest[end + 1..]);
        }
    }
    ""
}

/// The text so far.
#[derive(Default)]
struct Out {
    text: String,
    depth: usize,
}

impl Out {
    /// Adds words: white space is one space.
    fn words(&mut self, raw: &str) {
        for c in unescaped(raw).chars() {
            let is_at_start = self.text.is_empty() || self.text.ends_with('\n');
            let is_space = c.is_ascii_whitespace() || c == '\u{A0}';
            if is_space && (is_at_start || self.text.ends_with(' ')) || matches!(c, '\u{200B}' | '\u{FEFF}') {
                continue;
            }
            if is_at_start {
                self.text.extend(std::iter::repeat_n("> ", self.depth.min(9)));
            }
            self.text.push(if is_space { ' ' } else { c });
        }
    }

    /// Begins a new line, where one has begun; an empty one, where that is meant.
    fn new_line(&mut self, is_forced: bool) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        let is_open = !self.text.is_empty() && !self.text.ends_with('\n');
        if is_open || (is_forced && !self.text.is_empty() && !self.text.ends_with("\n\n")) {
            self.text.push('\n');
        }
    }
}

/// The names of character references that people's texts have.
#[rustfmt::skip]
const NAMED: [(&str, char); 64] = [
    ("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("nbsp", '\u{A0}'), ("lrm", '\u{200E}'),
    ("rlm", '\u{200F}'), ("zwnj", '\u{200C}'), ("zwj", '\u{200D}'), ("shy", '\u{AD}'), ("ensp", ' '), ("emsp", ' '),
    ("thinsp", ' '), ("hellip", '…'), ("mdash", '—'), ("ndash", '–'), ("lsquo", '‘'), ("rsquo", '’'), ("sbquo", '‚'),
    ("ldquo", '“'), ("rdquo", '”'), ("bdquo", '„'), ("laquo", '«'), ("raquo", '»'), ("bull", '•'), ("middot", '·'),
    ("copy", '©'), ("reg", '®'), ("trade", '™'), ("euro", '€'), ("pound", '£'), ("yen", '¥'), ("cent", '¢'),
    ("sect", '§'), ("deg", '°'), ("plusmn", '±'), ("times", '×'), ("iexcl", '¡'), ("iquest", '¿'), ("szlig", 'ß'),
    ("auml", 'ä'), ("ouml", 'ö'), ("uuml", 'ü'), ("Auml", 'Ä'), ("Ouml", 'Ö'), ("Uuml", 'Ü'), ("aring", 'å'),
    ("aelig", 'æ'), ("oslash", 'ø'), ("eacute", 'é'), ("egrave", 'è'), ("ecirc", 'ê'), ("agrave", 'à'),
    ("aacute", 'á'), ("acirc", 'â'), ("ccedil", 'ç'), ("ntilde", 'ñ'), ("iacute", 'í'), ("oacute", 'ó'),
    ("uacute", 'ú'), ("ugrave", 'ù'), ("ocirc", 'ô'), ("atilde", 'ã'),
];

/// A text with its character references read; what is none stays as it is.
pub fn unescaped(text: &str) -> String {
    const MOST_BYTES: usize = 12;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let end = rest.bytes().take(MOST_BYTES).position(|byte| byte == b';');
        match end.and_then(|end| Some((end, character(&rest[..end])?))) {
            Some((end, c)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => out.push('&'),
        }
    }
    out.push_str(rest);
    out
}

/// The character that a reference names.
fn character(name: &str) -> Option<char> {
    let code = match name.strip_prefix('#') {
        None => return NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c),
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        },
    };
    code.ok().and_then(char::from_u32).filter(|c| *c != '\0')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    #[test]
    fn blocks_are_lines_and_white_space_is_one_space() {
        let html = "<html><head><title>x</title><style>p{}</style></head><body>\n<p>Hello,\n  I <b>called</b> twice.</p>\
                    <div>It is<br>broken</div><!-- <p>no</p> --><script>if (a<b) {}</script>Bye</body></html>";
        assert_eq!(plain(html), "Hello, I called twice.\n\nIt is\nbroken\nBye");
    }

    #[test]
    fn quoted_blocks_are_marked_as_mail_programs_mark_them() {
        let html = "<div>No.</div><blockquote type=\"cite\"><p>Is it solved?</p><blockquote>old</blockquote></blockquote>end";
        assert_eq!(plain(html), "No.\n> Is it solved?\n\n> > old\nend");
    }

    #[test]
    fn references_are_read_and_what_is_no_markup_stays() {
        assert_eq!(plain("Fiber &amp; Phone&#39;s &#x41;&uuml;&nbsp;!"), "Fiber & Phone's Aü !");
        assert_eq!(plain("3 < 4 & a<3 &unknown; AT&T"), "3 < 4 & a<3 &unknown; AT&T");
        assert_eq!(plain("<a title=\"x > y\" href='z'>link</a>"), "link");
        assert_eq!(plain("cut <a href=\"http"), "cut <a href=\"http");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[<>/a-p\"'&#;! \n-]{0,80}") {
            plain(&text);
        }

        #[test]
        fn a_text_without_marks_stays(text in "[a-zé]{1,9}( [a-zé]{1,9}){0,5}") {
            assert_eq!(plain(&text), text);
        }
    }
}
