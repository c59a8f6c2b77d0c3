//! Why a batch breaks a rule: what programs tell apart, and its wording in English.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ColumnType, Rule};

/// What is wrong, with the numbers that say so. Shares are between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    TooFew {
        records: u64,
        least: u64,
    },
    TooMany {
        records: u64,
        most: u64,
    },
    /// Than the batch before had.
    Fewer {
        records: u64,
        before: u64,
        drop: f64,
        most: f64,
    },
    /// Records without a value.
    Missing {
        records: u64,
        of: u64,
        most: f64,
    },
    /// A value that may stand once stands in more than one record.
    Repeated,
    /// A required field is not there.
    Absent,
    WrongType {
        found: ColumnType,
        declared: ColumnType,
    },
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1000.0).round() / 10.0)
}

impl Reason {
    pub fn rule(&self) -> Rule {
        match self {
            Self::TooFew { .. } => Rule::LeastRecords,
            Self::TooMany { .. } => Rule::MostRecords,
            Self::Fewer { .. } => Rule::LargestDrop,
            Self::Missing { .. } => Rule::MostNulls,
            Self::Repeated => Rule::Unique,
            Self::Absent | Self::WrongType { .. } => Rule::Schema,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFew { records, least } => {
                write!(f, "{records} records, at least {least} are wanted")
            }
            Self::TooMany { records, most } => {
                write!(f, "{records} records, at most {most} are wanted")
            }
            Self::Fewer { records, before, drop, most } => write!(
                f,
                "{records} records after {before} are {} fewer, at most {} may be missing",
                percent(*drop),
                percent(*most)
            ),
            Self::Missing { records, of, most } => {
                write!(f, "{records} records of {of} have none, at most {} may", percent(*most))
            }
            Self::Repeated => f.write_str("a value stands in more than one record"),
            Self::Absent => f.write_str("the field is required"),
            Self::WrongType { found, declared } => {
                write!(f, "{} where {} is declared", found.as_str(), declared.as_str())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reason_says_the_same_to_programs_and_to_people() {
        let reason = Reason::Missing { records: 7, of: 20, most: 0.1 };
        let told = json!({ "code": "missing", "records": 7, "of": 20, "most": 0.1 });
        assert_eq!(json!(reason), told);
        assert_eq!(serde_json::from_value::<Reason>(told).unwrap(), reason);
        assert_eq!(reason.to_string(), "7 records of 20 have none, at most 10 % may");
        let reason = Reason::Fewer { records: 30, before: 90, drop: 2.0 / 3.0, most: 0.5 };
        let said = "30 records after 90 are 66.7 % fewer, at most 50 % may be missing";
        assert_eq!(reason.to_string(), said);
    }
}
