//! Telephone numbers as E.164, as far as that can be told without asking a network.
//!
//! Takes a cell and the region whose national numbers are meant, gives `+` with calling code and number; digits alone
//! where the calling code is not known, which never equal a number that has one. It deliberately does not check whether
//! a number is in use, nor whether its digits are allocated: two forms of a number must give one text, no more.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::plans::{OTHER_CODES, PLANS, Plan};

/// Fewer digits are an extension or a short code.
const FEWEST_DIGITS: usize = 5;

/// E.164 allows fifteen.
const MOST_DIGITS: usize = 15;

/// A national number of so many digits that begins with the calling code has been written without its `+`.
const LONG_DIGITS: usize = 11;

/// The region whose numbers are written without a calling code: an ISO 3166 alpha-2 code that is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Region(&'static Plan);

impl Region {
    /// The region of a code such as `LV`, in capitals or small letters.
    pub fn of_code(code: &str) -> Option<Region> {
        let code = code.trim().to_ascii_uppercase();
        PLANS.iter().find(|plan| plan.region == code).map(Region)
    }

    /// The code, in capitals.
    pub fn code(self) -> &'static str {
        self.0.region
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A telephone number in one form; `None` for a placeholder and for what is too short to be one.
///
/// With a region, national numbers become E.164; without one they are their digits. A number with `+` (or, without a
/// region, `00`) is E.164 either way.
pub fn phone(text: &str, region: Option<Region>) -> Option<String> {
    let (is_international, digits) = digits(text)?;
    let normalised = match (is_international, region) {
        (true, _) => international(&digits),
        (false, Some(region)) => national(&digits, region.0),
        (false, None) => digits.strip_prefix("00").and_then(international),
    };
    match normalised {
        Some((code, number)) => (!is_placeholder(&number)).then(|| format!("+{code}{number}")),
        None => Some(digits),
    }
}

/// Whether a `+` stands before the number, and its digits without an extension.
fn digits(text: &str) -> Option<(bool, String)> {
    let mut is_international = false;
    let mut digits = String::new();
    for c in text.nfkc() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() => is_international = true,
            _ if digits.len() < FEWEST_DIGITS => {}
            // `ext. 5`, `x5`, `доб. 5`, `#5`, `;ext=5`, a pause, the host of a SIP address.
            _ if c.is_alphabetic() || matches!(c, '#' | ';' | ',' | '@') => break,
            _ => {}
        }
    }
    (digits.len() >= FEWEST_DIGITS && !is_placeholder(&digits)).then_some((is_international, digits))
}

/// Digits that people type where they have to type some.
fn is_placeholder(digits: &str) -> bool {
    let first = digits.chars().next();
    digits.chars().all(|digit| Some(digit) == first) || matches!(digits, "1234567890" | "123456789")
}

/// Calling code and national number of the digits after `+`.
fn international(digits: &str) -> Option<(u16, String)> {
    if !(FEWEST_DIGITS..=MOST_DIGITS + 1).contains(&digits.len()) || digits.starts_with('0') {
        return None;
    }
    for length in 1..=3 {
        let (code, number) = digits.split_at(length);
        let code = code.parse().ok()?;
        if OTHER_CODES.contains(&code) {
            return Some((code, number.to_string()));
        }
        if let Some(plan) = PLANS.iter().find(|plan| plan.is_first && plan.code == code) {
            return Some((code, without_zero(number, plan).unwrap_or(number).to_string()));
        }
    }
    None
}

/// Calling code and national number of digits that are dialled within a region.
fn national(digits: &str, plan: &Plan) -> Option<(u16, String)> {
    if let Some(abroad) = digits.strip_prefix(plan.international)
        && let Some(number) = international(abroad)
    {
        return Some(number);
    }
    let has_length = |number: &str| plan.lengths.contains(&number.len());
    let bare = || {
        let number = digits.strip_prefix(&plan.code.to_string())?;
        without_zero(number, plan).or(has_length(number).then_some(number))
    };
    let number = without_trunk(digits, plan)
        .or_else(|| bare().filter(|_| digits.len() >= LONG_DIGITS))
        .or_else(|| has_length(digits).then_some(digits))
        .or_else(bare)?;
    Some((plan.code, number.to_string()))
}

/// A national number without its trunk prefix. Where that is a digit with which numbers may begin, the length tells.
fn without_trunk<'d>(digits: &'d str, plan: &Plan) -> Option<&'d str> {
    plan.trunks.iter().find_map(|trunk| {
        let number = digits.strip_prefix(trunk).filter(|number| plan.lengths.contains(&number.len()))?;
        (trunk.starts_with('0') || !plan.lengths.contains(&digits.len())).then_some(number)
    })
}

/// The `(0)` that some write after the calling code, taken away, however often.
fn without_zero<'d>(number: &'d str, plan: &Plan) -> Option<&'d str> {
    let number = without_trunk(number, plan).filter(|_| number.starts_with('0'))?;
    without_zero(number, plan).or(Some(number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::{PLANS, Region, phone};

    fn of(region: &str, text: &str) -> Option<String> {
        phone(text, Some(Region::of_code(region).unwrap()))
    }

    #[test]
    fn all_forms_of_a_number_are_one() {
        let rows: [(&str, &str, &[&str]); 9] = [
            ("LV", "+37120123456", &["20 123 456", "+371 20123456", "00371-20123456", "37120123456"]),
            (
                "LV",
                "+37120123456",
                &["(+371) 20.123.456", "tel:+37120123456", "２０１２３４５６", "+371 20123456 ext. 5"],
            ),
            (
                "DE",
                "+4915112345678",
                &["0151 12345678", "+49 (0)151 12345678", "004915112345678", "4915112345678"],
            ),
            (
                "GB",
                "+442079460958",
                &["020 7946 0958", "+44 (0)20 7946 0958", "(020) 79460958#12", "2079460958"],
            ),
            (
                "US",
                "+12015550123",
                &["(201) 555-0123", "1-201-555-0123", "+1 201 555 0123", "011 1 201 555 0123"],
            ),
            (
                "RU",
                "+78123456789",
                &["8 812 345-67-89", "812 345 67 89", "+7 812 3456789", "810 7 812 3456789"],
            ),
            ("IT", "+390612345678", &["06 1234 5678", "+39 06 12345678", "sip:+390612345678@10.0.0.1"]),
            (
                "CN",
                "+8613912345678",
                &["139 1234 5678", "8613912345678", "0086 139-1234-5678", "+86 13912345678"],
            ),
            (
                "BG",
                "+359888123456",
                &["0888 123 456", "+359 888 123456", "00359888123456", "888123456 доб. 4"],
            ),
        ];
        for (region, expected, forms) in rows {
            for form in forms {
                assert_eq!(of(region, form).as_deref(), Some(expected), "{region} {form}");
            }
        }
    }

    #[test]
    fn a_number_from_abroad_keeps_its_country() {
        assert_eq!(of("LV", "+49 151 12345678").as_deref(), Some("+4915112345678"));
        assert_eq!(of("LV", "0049 151 12345678").as_deref(), Some("+4915112345678"));
        assert_eq!(of("LV", "+870 773 111 632").as_deref(), Some("+870773111632"));
    }

    #[test]
    fn without_a_region_a_national_number_is_its_digits() {
        for text in ["20 123 456", "20123456", "(20) 123-456"] {
            assert_eq!(phone(text, None).as_deref(), Some("20123456"), "{text}");
        }
        for text in ["+371 20123456", "00371 20123456"] {
            assert_eq!(phone(text, None).as_deref(), Some("+37120123456"), "{text}");
        }
        assert_eq!(phone("37120123456", None).as_deref(), Some("37120123456"));
    }

    #[test]
    fn what_fits_no_plan_stays_digits_and_equals_no_number_of_a_country() {
        assert_eq!(of("LV", "201234567").as_deref(), Some("201234567"));
        assert_eq!(phone("+999 1234 5678", None).as_deref(), Some("99912345678"));
    }

    #[test]
    fn short_codes_and_placeholders_are_missing() {
        for text in [
            "",
            "112",
            "x1001",
            "0000000",
            "9999999999",
            "1234567890",
            "123456789",
            "anonymous",
            "sip:1001@pbx",
        ] {
            assert_eq!(of("US", text), None, "{text}");
            assert_eq!(phone(text, None), None, "{text}");
        }
        assert_eq!(of("LV", "+371 00000000"), None);
        assert_eq!(of("US", "+1 123 456 7890"), None);
    }

    #[test]
    fn regions_are_known_by_their_code_and_calling_codes_have_one_first() {
        assert_eq!(Region::of_code(" lv ").map(Region::code), Some("LV"));
        assert_eq!(Region::of_code("UK"), None);
        assert!(PLANS.is_sorted_by_key(|plan| plan.region));
        for plan in PLANS {
            let first = PLANS.iter().filter(|other| other.code == plan.code && other.is_first).count();
            assert_eq!(first, 1, "+{}", plan.code);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic_and_again_gives_itself(text in "\\PC{0,30}|[+]?[0-9 ]{4,20}", at in 0..PLANS.len()) {
            for region in [None, Some(Region(&PLANS[at]))] {
                let Some(once) = phone(&text, region) else { continue };
                if once.starts_with('+') {
                    prop_assert!(phone(&once, region) == Some(once.clone()), "{once}");
                }
            }
        }
    }
}
