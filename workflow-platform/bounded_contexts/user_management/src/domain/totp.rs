//! Time-based one-time passwords (RFC 6238): HMAC-SHA-1, six digits, steps of 30 seconds. Other
//! parameters are safer on paper and silently ignored by common authenticators.

use shared_kernel::domain::{Ambient, Timestamp};
use totp_rs::{Algorithm, Builder, Totp, TotpError};

use super::VerificationCode;

/// RFC 4226, section 4: 160 bits.
const SECRET_BYTES: usize = 20;
/// Seconds.
const STEP: u64 = 30;
/// Steps that clocks may be apart, either way (RFC 6238, section 5.2).
const SKEW: u16 = 1;

/// The secret that an authenticator shares with us. Not printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Vec<u8>);

impl TotpSecret {
    pub fn draw(ambient: &Ambient) -> Self {
        Self(ambient.bytes::<SECRET_BYTES>().to_vec())
    }

    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// For those who type it: base32 (RFC 4648) without padding.
    pub fn base32(&self) -> String {
        totp_rs::Secret::from(self.0.clone()).to_base32()
    }

    /// For those who scan it: an `otpauth` address. A colon would end the issuer's name.
    pub fn uri(&self, issuer: &str, account: &str) -> Result<String, TotpError> {
        let (issuer, account) = (issuer.replace(':', " "), account.replace(':', " "));
        self.builder().with_issuer(Some(issuer)).with_account_name(account).build()?.to_url()
    }

    /// The step whose code this is, near `now`; it must not be used twice.
    pub fn step_of(&self, code: &VerificationCode, now: Timestamp) -> Option<i64> {
        let step = self.totp().ok()?.check(code.as_str(), seconds(now))?;
        i64::try_from(step).ok()
    }

    /// The code that an authenticator shows.
    pub fn code_at(&self, now: Timestamp) -> Result<String, TotpError> {
        Ok(self.totp()?.generate(seconds(now)).to_string())
    }

    fn totp(&self) -> Result<Totp, TotpError> {
        self.builder().build()
    }

    fn builder(&self) -> Builder {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(SKEW)
            .with_step_duration(STEP)
            .with_secret(self.0.clone())
    }
}

fn seconds(now: Timestamp) -> u64 {
    u64::try_from(now.seconds()).unwrap_or(0)
}

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn step(seconds: i64, code: &str) -> Option<i64> {
        let secret = TotpSecret::from_bytes(b"12345678901234567890".to_vec());
        secret.step_of(&VerificationCode::parse(code).unwrap(), at(seconds))
    }

    #[test]
    fn the_examples_of_rfc_6238_hold() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(step(seconds, code), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn clocks_may_be_one_step_apart_and_not_two() {
        let code = "081804";
        let steps = [-60, -30, 0, 30, 60].map(|apart| step(1_111_111_109 + apart, code).is_some());
        assert_eq!(steps, [false, true, true, true, false]);
    }

    #[test]
    fn the_address_names_issuer_and_account_and_debug_nothing() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890".to_vec());
        let uri = secret.uri("My: Flow", "ann@example.com").unwrap();
        assert!(uri.starts_with("otpauth://totp/My%20%20Flow:ann%40example.com?"), "{uri}");
        assert!(uri.contains(&format!("secret={}", secret.base32())), "{uri}");
        assert!(!format!("{secret:?}").contains("123"));
    }
}
