//! What the exports of Genesys Cloud share: the words for participants, and addresses that are telephone numbers.

/// The word for a participant's purpose. A `user` is an employee there; queues, flows and the like are nobody.
pub(super) fn word(purpose: &str) -> &str {
    match purpose {
        "user" | "agent" | "internal" => "agent",
        "external" | "customer" => "customer",
        "acd" | "api" | "bot" | "botflow" | "campaign" | "dialer" | "fax" | "ivr" | "voicemail"
        | "workflow" => "system",
        other => other,
    }
}

/// The telephone number of `tel:+371…` or `sip:+371…@host`; `None` where the address is none.
pub(super) fn phone(address: &str) -> Option<String> {
    let rest =
        ["tel:", "sip:", "sips:"].iter().find_map(|scheme| address.strip_prefix(scheme)).unwrap_or(address);
    let number = rest.split(['@', ';']).next().unwrap_or(rest).trim();
    let is_number = number.bytes().any(|byte| byte.is_ascii_digit())
        && number.bytes().all(|byte| byte.is_ascii_digit() || b"+-() .".contains(&byte));
    is_number.then(|| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_number_or_not() {
        for (address, expected) in [
            ("tel:+37120000001", Some("+37120000001")),
            ("sip:+37120000001@edge.example.com;user=phone", Some("+37120000001")),
            ("+371 2000-0001", Some("+371 2000-0001")),
            ("sip:5d6a2f10@example.com", None),
            ("unavailable", None),
            ("", None),
        ] {
            assert_eq!(phone(address).as_deref(), expected, "{address}");
        }
    }
}
