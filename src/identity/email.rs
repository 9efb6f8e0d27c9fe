//! E-mail addresses as people and programs write them.
//!
//! Takes a cell, gives the address alone. It deliberately plays no games with dots and `+tags` in the local part: some
//! providers ignore them, others deliver `a.b@` and `ab@` to two people, and which is which is no fact of the address.

use super::folded;

/// Local parts that stand for nobody, whatever the domain.
const NOBODY: [&str; 12] = [
    "noreply",
    "no-reply",
    "no_reply",
    "no.reply",
    "donotreply",
    "do-not-reply",
    "none",
    "noemail",
    "no-email",
    "unknown",
    "anonymous",
    "mailer-daemon",
];

/// Local parts that stand for nobody where the domain begins with the same word: `test@test.com`, `na@na.na`.
const REPEATED: [&str; 3] = ["test", "na", "no"];

/// Domains that nobody has, by RFC 2606; so are all below them.
const RESERVED: [&str; 6] = ["example.com", "example.org", "example.net", "example", "test", "invalid"];

/// An address, case-folded, without a display name and `mailto:`; `None` where it is not exactly one address with a dot
/// in its domain, or a placeholder.
pub fn email(text: &str) -> Option<String> {
    let folded = folded(text);
    let address = match folded.rsplit_once('<') {
        Some((_, rest)) => rest.split_once('>').map_or(rest, |(address, _)| address),
        None => &folded,
    };
    let address = match address.trim().strip_prefix("mailto:") {
        Some(link) => link.split_once('?').map_or(link, |(address, _)| address).trim(),
        None => address.trim(),
    };
    let (local, domain) = address.split_once('@')?;
    let is_one = !local.is_empty()
        && !address.contains(char::is_whitespace)
        && !domain.contains('@')
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty());
    (is_one && !is_placeholder(local, domain)).then(|| address.to_string())
}

fn is_placeholder(local: &str, domain: &str) -> bool {
    let is_below = |reserved: &str| {
        domain.strip_suffix(reserved).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    };
    NOBODY.contains(&local)
        || (REPEATED.contains(&local) && domain.split('.').next() == Some(local))
        || RESERVED.iter().any(|reserved| is_below(reserved))
}

#[cfg(test)]
mod tests {
    use super::email;

    #[test]
    fn an_address_is_itself_however_it_is_dressed() {
        for text in [
            "jane@x.org",
            " Jane@X.ORG ",
            "mailto:jane@x.org",
            "MAILTO:jane@x.org?subject=Hi",
            "Jane Doe <jane@x.org>",
            "\"Doe, Jane\" <mailto:jane@x.org>",
            "<jane@x.org",
            "ｊａｎｅ@x.org",
        ] {
            assert_eq!(email(text).as_deref(), Some("jane@x.org"), "{text}");
        }
    }

    #[test]
    fn dots_and_tags_are_left_alone() {
        assert_eq!(email("j.ane+shop@gmail.com").as_deref(), Some("j.ane+shop@gmail.com"));
    }

    #[test]
    fn what_is_not_one_address_is_missing() {
        for text in
            ["", "jane", "jane@", "@x.org", "jane@x", "jane@x.", "jane@.org", "a@b@c.org", "ja ne@x.org"]
        {
            assert_eq!(email(text), None, "{text}");
        }
        assert_eq!(email("a@x.org; b@y.org"), None);
    }

    #[test]
    fn placeholders_are_missing_and_their_neighbours_are_not() {
        for text in [
            "noreply@shop.com",
            "No-Reply@shop.com",
            "none@none.com",
            "unknown@x.org",
            "test@test.com",
            "na@na.na",
            "jane@example.com",
            "jane@mail.example.com",
            "jane@host.invalid",
        ] {
            assert_eq!(email(text), None, "{text}");
        }
        for text in ["test@x.org", "nora@na.na", "jane@myexample.com", "jane@test.com"] {
            assert!(email(text).is_some(), "{text}");
        }
    }
}
