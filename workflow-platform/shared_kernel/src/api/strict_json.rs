//! What the grammar of JSON lets pass and an API must not: nesting without end, and a key that
//! stands twice in one object, where the caller meant one value and a proxy may have seen the other.

use std::{collections::BTreeSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Objects and lists within each other.
pub(super) const MOST_LEVELS: usize = 64;

/// Reads the whole text once without keeping it; an error knows its line and column.
pub(super) fn examine(body: &[u8]) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    Levels(MOST_LEVELS).deserialize(&mut reader)?;
    reader.end()
}

/// A value that may hold so many levels.
#[derive(Clone, Copy)]
struct Levels(usize);

impl Levels {
    fn inner<E: Error>(self) -> Result<Self, E> {
        let left = self.0.checked_sub(1);
        left.map(Self)
            .ok_or_else(|| E::custom(format_args!("nested deeper than {MOST_LEVELS} levels")))
    }
}

impl<'de> DeserializeSeed<'de> for Levels {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Levels {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        while list.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let inner = self.inner()?;
        let mut keys = BTreeSet::new();
        while let Some(key) = object.next_key::<String>()? {
            if keys.contains(&key) {
                return Err(A::Error::custom(format_args!("key {key:?} stands twice")));
            }
            keys.insert(key);
            object.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn the_last_level_is_allowed_and_one_more_is_named() {
        assert!(examine(nested(MOST_LEVELS).as_bytes()).is_ok());
        let error = examine(nested(MOST_LEVELS + 1).as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with("nested deeper than 64 levels"), "{error}");
        let objects = format!("{}1{}", r#"{"a":"#.repeat(65), "}".repeat(65));
        assert!(examine(objects.as_bytes()).is_err());
    }

    #[test]
    fn a_key_may_stand_again_in_another_object_only() {
        assert!(examine(br#"{"a":{"a":1},"b":[{"a":1},{"a":2}]}"#).is_ok());
        let error = examine(b"{\"a\":1,\n\"\\u0061\":2}").unwrap_err();
        assert_eq!((error.line(), error.to_string().contains("\"a\" stands twice")), (2, true));
    }

    proptest! {
        #[test]
        fn it_agrees_with_the_grammar(text in r#"[\[\]{}:, "a0-9.eE\\-]{0,24}|true|null"#) {
            let grammar = serde_json::from_str::<Value>(&text).is_ok();
            if !grammar {
                prop_assert!(examine(text.as_bytes()).is_err());
            } else if let Err(error) = examine(text.as_bytes()) {
                prop_assert!(error.to_string().contains("stands twice"), "{}", error);
            }
        }
    }
}
