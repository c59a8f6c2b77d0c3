//! Verification codes: their form and their limits.

use std::time::Duration;

use shared_kernel::domain::{Ambient, Id};

/// How long a code can be used.
pub const CODE_LIFE: Duration = Duration::from_mins(10);
/// How often a code may be tried; the last wrong attempt kills it.
pub const CODE_ATTEMPTS: u32 = 5;
/// An address gets one code in this time.
pub const CODE_INTERVAL: Duration = Duration::from_mins(1);

const DIGITS: usize = 6;

/// Marker of a verification code's id.
#[derive(Debug)]
pub enum Code {}
pub type CodeId = Id<Code>;

/// What a code is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    Register,
    ResetPassword,
    /// Sent to the address that a signed-in user wants to have.
    ChangeEmail,
    /// Sent to the address of a signed-in user, who proves anew that they are there.
    SensitiveAction,
}

/// Codes of an address that wait for each other: it gets one a minute of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePace {
    /// Anybody can ask for them.
    Anybody,
    /// Only the owner of the address can: nobody else keeps them waiting.
    Owner,
}

impl CodePurpose {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::ResetPassword => "reset_password",
            Self::ChangeEmail => "change_email",
            Self::SensitiveAction => "sensitive_action",
        }
    }

    pub const fn pace(self) -> CodePace {
        match self {
            Self::Register | Self::ResetPassword | Self::ChangeEmail => CodePace::Anybody,
            Self::SensitiveAction => CodePace::Owner,
        }
    }
}

impl CodePace {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anybody => "anybody",
            Self::Owner => "owner",
        }
    }
}

/// Six digits. Not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct VerificationCode(String);

impl VerificationCode {
    /// A fresh one, each equally likely.
    pub fn draw(ambient: &Ambient) -> Self {
        Self(format!("{:06}", ambient.below(1_000_000)))
    }

    /// What somebody typed, white space around it forgiven.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for VerificationCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerificationCode(******)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_ascii_digits() {
        assert!(VerificationCode::parse(" 012345\n").is_some());
        for wrong in ["12345", "1234567", "12345a", "１２３４５６", ""] {
            assert!(VerificationCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_drawn_code_keeps_its_zeros_and_is_not_printed() {
        let (ambient, _) = testkit::ambient();
        for _ in 0..200 {
            let code = VerificationCode::draw(&ambient);
            assert_eq!(VerificationCode::parse(code.as_str()), Some(code.clone()));
            assert!(!format!("{code:?}").contains(code.as_str()));
        }
    }
}
