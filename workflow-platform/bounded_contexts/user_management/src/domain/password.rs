//! What a password must be like.

use std::ops::RangeInclusive;

use zxcvbn::{Score, zxcvbn};

/// Characters, not bytes.
pub const PASSWORD_LENGTH: RangeInclusive<usize> = 8..=128;

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordProblem {
    #[error("must have 8 to 128 characters")]
    Length,
    #[error("is too easy to guess; make it longer or less common")]
    Weak,
    #[error("is one of the passwords that people use most")]
    Common,
}

pub fn check_length(password: &str) -> Result<(), PasswordProblem> {
    let fits = PASSWORD_LENGTH.contains(&password.chars().count());
    if fits { Ok(()) } else { Err(PasswordProblem::Length) }
}

/// Wants more than 10^6 guesses (zxcvbn score 2). `personal` are words an attacker would try
/// first. Takes milliseconds: not for async threads.
pub fn check_strength(password: &str, personal: &[&str]) -> Result<(), PasswordProblem> {
    if zxcvbn(password, personal).score() >= Score::Two {
        Ok(())
    } else {
        Err(PasswordProblem::Weak)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_characters() {
        assert_eq!(check_length("密码密码密码密"), Err(PasswordProblem::Length));
        assert_eq!(check_length("密码密码密码密码"), Ok(()));
        assert_eq!(check_length(&"密".repeat(128)), Ok(()));
        assert_eq!(check_length(&"a".repeat(129)), Err(PasswordProblem::Length));
    }

    #[test]
    fn common_and_personal_passwords_are_weak() {
        for weak in ["password", "12345678", "qwertyuiop", "annebollin"] {
            assert_eq!(check_strength(weak, &["annebollin"]), Err(PasswordProblem::Weak), "{weak}");
        }
        assert_eq!(check_strength("correct horse battery", &[]), Ok(()));
    }
}
