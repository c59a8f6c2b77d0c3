//! Which events people may listen to, and how they name them.

/// What people may listen to. Events of accounts are not among them: they may carry codes.
const FAMILIES: [&str; 5] = ["dataset", "execution", "proxy", "subscription", "workflow"];
/// Events of accounts that people may listen to all the same.
const OF_ACCOUNTS: [&str; 1] = ["user.signed_in_from_new_device"];
/// Longest pattern.
const LONGEST: usize = 100;

/// A pattern cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPattern {
    #[error("must be the kind of an event such as execution.finished, or its beginning and .*")]
    Form,
    #[error(
        "there are events of dataset, execution, proxy, subscription and workflow, and \
         user.signed_in_from_new_device"
    )]
    Family,
}

/// Whether people may listen to events of the kind.
pub fn is_public(kind: &str) -> bool {
    let family = kind.split('.').next().unwrap_or_default();
    FAMILIES.contains(&family) || OF_ACCOUNTS.contains(&kind)
}

/// `dataset.changed`, or `dataset.*` for all that begin so.
pub fn check_pattern(pattern: &str) -> Result<(), BadPattern> {
    let kind = pattern.strip_suffix(".*").unwrap_or(pattern);
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if pattern.len() > LONGEST || !pattern.contains('.') || !kind.split('.').all(is_word) {
        return Err(BadPattern::Form);
    }
    if is_public(kind) { Ok(()) } else { Err(BadPattern::Family) }
}

/// All patterns that a kind fits: `a.b.c`, `a.b.*` and `a.*`.
pub fn patterns_of(kind: &str) -> Vec<String> {
    let beginnings = kind.match_indices('.').map(|(at, _)| format!("{}.*", &kind[..at]));
    beginnings.chain([kind.to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_kind_or_its_beginning() {
        for good in [
            "execution.finished",
            "dataset.*",
            "workflow.definition.saved",
            "workflow.definition.*",
            "user.signed_in_from_new_device",
        ] {
            assert_eq!(check_pattern(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "*",
            "execution",
            "*.finished",
            "dataset.",
            "dataset.**",
            "Dataset.changed",
            "a b.c",
        ] {
            assert_eq!(check_pattern(bad), Err(BadPattern::Form), "{bad}");
        }
        for hidden in ["user.registered", "user.*", "mail.sent"] {
            assert_eq!(check_pattern(hidden), Err(BadPattern::Family), "{hidden}");
        }
    }

    #[test]
    fn a_kind_fits_itself_and_its_beginnings() {
        assert_eq!(patterns_of("a.b.c"), ["a.*", "a.b.*", "a.b.c"]);
        assert!(is_public("execution.started") && !is_public("user.registered"));
        assert!(is_public("user.signed_in_from_new_device") && !is_public("user"));
    }
}
