//! What a text can be found by: words by how they begin, and scripts without spaces between words
//! by any two characters that follow each other.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// Most tokens of one record; what follows them in it is not found.
const MOST: usize = 1000;
/// Characters of a word that count.
const LONGEST: usize = 40;
/// Longest search, characters.
pub const LONGEST_SEARCH: usize = 100;

/// What a record must hold. Upper and lower case are the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// As typed, between spaces.
    terms: Vec<String>,
    /// Each must begin a token of the record.
    beginnings: BTreeSet<String>,
}

/// Scripts in which words are not set apart: Chinese, Japanese, Korean.
fn stands_alone(c: char) -> bool {
    matches!(u32::from(c),
        0x2e80..=0x2fdf | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xac00..=0xd7af | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

/// Runs of characters of one kind.
fn runs(text: &str) -> Vec<(bool, Vec<char>)> {
    let mut runs: Vec<(bool, Vec<char>)> = Vec::new();
    let mut open = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        if !c.is_alphanumeric() {
            open = false;
            continue;
        }
        let alone = stands_alone(c);
        match runs.last_mut() {
            Some((kind, run)) if open && *kind == alone => run.push(c),
            _ => runs.push((alone, vec![c])),
        }
        open = true;
    }
    runs
}

fn word(run: &[char]) -> String {
    run.iter().take(LONGEST).collect()
}

/// Tokens of a text, up to the room that is left.
fn add(text: &str, tokens: &mut BTreeSet<String>) {
    for (alone, run) in runs(text) {
        if alone {
            // The last one alone, so that each character begins a token.
            for place in 0..run.len() {
                if tokens.len() >= MOST {
                    return;
                }
                tokens.insert(run[place..run.len().min(place + 2)].iter().collect());
            }
        } else if tokens.len() < MOST {
            tokens.insert(word(&run));
        }
    }
}

fn each_text(value: &Value, visit: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => visit(text),
        Value::Number(number) => visit(&number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| each_text(item, visit)),
        Value::Object(fields) => fields.values().for_each(|item| each_text(item, visit)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Tokens of all texts and numbers of a record.
pub fn tokens(data: &Map<String, Value>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for value in data.values() {
        each_text(value, &mut |text| add(text, &mut found));
    }
    found
}

/// What every text that holds the part is found by: nothing when the part may lie within words.
pub fn tokens_around(part: &str) -> BTreeSet<String> {
    let runs = runs(part);
    let last = runs.len().saturating_sub(1);
    let mut found = BTreeSet::new();
    for (place, (alone, run)) in runs.iter().enumerate() {
        if *alone {
            found.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
        } else if place > 0 && place < last {
            found.insert(word(run));
        }
    }
    found
}

impl Search {
    /// None when there is nothing to look for in it.
    pub fn new(text: &str) -> Option<Self> {
        let terms: Vec<_> = text.split_whitespace().map(str::to_lowercase).collect();
        let mut beginnings = BTreeSet::new();
        for (alone, run) in terms.iter().flat_map(|term| runs(term)) {
            if alone && run.len() > 1 {
                beginnings.extend(run.windows(2).map(|pair| pair.iter().collect::<String>()));
            } else {
                beginnings.insert(word(&run));
            }
        }
        (!beginnings.is_empty()).then_some(Self { terms, beginnings })
    }

    pub fn beginnings(&self) -> &BTreeSet<String> {
        &self.beginnings
    }

    pub fn matches(&self, data: &Map<String, Value>) -> bool {
        let mut missing: Vec<_> = self.terms.iter().collect();
        for value in data.values() {
            each_text(value, &mut |text| {
                let text = text.to_lowercase();
                missing.retain(|term| !text.contains(term.as_str()));
            });
        }
        missing.is_empty() && self.begins_in(&tokens(data))
    }

    fn begins_in(&self, tokens: &BTreeSet<String>) -> bool {
        self.beginnings.iter().all(|wanted| {
            tokens.range(wanted.clone()..).next().is_some_and(|found| found.starts_with(wanted))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn finds(text: &str, search: &str) -> bool {
        let data = json!({ "id": 7, "text": [text] });
        Search::new(search).is_some_and(|search| search.matches(data.as_object().unwrap()))
    }

    #[test]
    fn chinese_is_found_by_any_part_of_it() {
        for part in ["剑", "剑来", "来", "第一章", "章", "人间 剑来"] {
            assert!(finds("剑来：人间第一章", part), "{part}");
        }
        for part in ["来剑", "间章", "刀"] {
            assert!(!finds("剑来：人间第一章", part), "{part}");
        }
    }

    #[test]
    fn words_are_found_by_how_they_begin_in_any_case() {
        for part in ["hello", "HEL", "world-w", "wide", "7"] {
            assert!(finds("Hello World-wide", part), "{part}");
        }
        for part in ["ello", "hello world-x", "8"] {
            assert!(!finds("Hello World-wide", part), "{part}");
        }
        assert!(Search::new(" -- ").is_none());
    }

    #[test]
    fn a_part_within_words_narrows_nothing_down() {
        assert!(tokens_around("ell").is_empty());
        assert_eq!(tokens_around("o wide w"), BTreeSet::from(["wide".to_owned()]));
        assert_eq!(tokens_around("第一章"), BTreeSet::from(["第一".to_owned(), "一章".to_owned()]));
    }

    proptest! {
        /// Whatever holds the part has all its tokens.
        #[test]
        fn narrowing_loses_nothing(text in "[a-c剑来书 -]{0,30}", from in 0_usize..30, to in 0_usize..30) {
            let chars: Vec<char> = text.chars().collect();
            let (from, to) = (from.min(chars.len()), to.min(chars.len()));
            let part: String = chars[from.min(to)..from.max(to)].iter().collect();
            let data = json!({ "t": text });
            let all = tokens(data.as_object().unwrap());
            for token in tokens_around(&part) {
                prop_assert!(all.range(token.clone()..).next().is_some_and(|one| one.starts_with(&token)));
            }
        }
    }
}
