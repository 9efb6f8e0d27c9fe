//! Extra columns of a row as one JSON object: dimensions whose names only the source knows.
//!
//! It takes names and values and gives text, and the text back to the pairs or to the one value wanted. Names may be
//! anything, also twice the same: the pairs come back as they were, and the value of a name is its first. It deliberately
//! keeps values as text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};

/// The pairs as one JSON object, in the order of the source.
pub(super) fn extra_text(extra: &[(String, String)]) -> String {
    let mut bytes = Vec::new();
    let mut serializer = serde_json::Serializer::new(&mut bytes);
    let written = serializer.serialize_map(Some(extra.len())).and_then(|mut map| {
        extra.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
        map.end()
    });
    written.expect("strings can be written to memory as JSON");
    String::from_utf8(bytes).expect("JSON is UTF-8")
}

/// All pairs of a text of [`extra_text`].
pub(super) fn extra_pairs(text: &str) -> Result<Vec<(String, String)>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let pairs = json.deserialize_map(Pairs)?;
    json.end()?;
    Ok(pairs)
}

/// The value of one name; nothing is allocated for the others.
pub(super) fn extra_value(text: &str, name: &str) -> Result<Option<String>, serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = json.deserialize_map(ValueOf(name))?;
    json.end()?;
    Ok(value)
}

struct Pairs;

impl<'de> Visitor<'de> for Pairs {
    type Value = Vec<(String, String)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}

struct ValueOf<'a>(&'a str);

impl<'de> Visitor<'de> for ValueOf<'_> {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(is_wanted) = map.next_key_seed(Is(self.0))? {
            match is_wanted && found.is_none() {
                true => found = Some(map.next_value()?),
                false => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// Whether a key is the one wanted.
struct Is<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Is<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Is<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::proptest, prop_assert_eq};

    use super::{extra_pairs, extra_text, extra_value};

    proptest! {
        #[test]
        fn any_names_and_values_come_back(pairs in vec((".*", ".*"), 0..6)) {
            let text = extra_text(&pairs);
            prop_assert_eq!(&extra_pairs(&text).unwrap(), &pairs);
            for (name, _) in &pairs {
                let first = pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
                prop_assert_eq!(extra_value(&text, name).unwrap(), first);
            }
        }
    }

    #[test]
    fn a_name_that_is_not_there_has_no_value() {
        let text = extra_text(&[("plan \"gold\"".into(), "1\n".into())]);
        assert_eq!(extra_value(&text, "plan").unwrap(), None);
        assert_eq!(extra_value(&text, "plan \"gold\"").unwrap().as_deref(), Some("1\n"));
    }

    #[test]
    fn damaged_text_is_an_error() {
        assert!(extra_value("{\"a\":", "b").is_err());
        assert!(extra_pairs("[]").is_err());
    }
}
