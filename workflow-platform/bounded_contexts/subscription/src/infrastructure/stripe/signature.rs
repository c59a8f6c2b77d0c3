//! Signatures of webhooks: `Stripe-Signature: t=…,v1=…[,v1=…]`, each an HMAC-SHA256 of
//! `t.body`. While a secret is changed there are several.
//! <https://docs.stripe.com/webhooks#verify-manually>

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use shared_kernel::domain::Timestamp;

use crate::application::payment_ports::NoticeError;

/// How far the clocks may be apart, and a notice be old, seconds.
const TOLERANCE: u64 = 300;
/// Signatures that are tried.
const MOST: usize = 16;

/// The body must be as it came, byte for byte.
pub(super) fn check(
    secret: &SecretString,
    header: Option<&str>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), NoticeError> {
    let (stamp, signatures) = parts(header.ok_or(NoticeError::Unsigned)?)?;
    let said: i64 = stamp.parse().map_err(|_| NoticeError::Unsigned)?;
    let key = secret.expose_secret().as_bytes();
    let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| NoticeError::Signature)?;
    let mac = mac.chain_update(stamp.as_bytes()).chain_update(b".").chain_update(body);
    // Compared in constant time.
    let is_right = |signature: &Vec<u8>| mac.clone().verify_slice(signature).is_ok();
    if !signatures.iter().any(is_right) {
        return Err(NoticeError::Signature);
    }
    let seconds = now.micros().div_euclid(1_000_000);
    if seconds.abs_diff(said) > TOLERANCE { Err(NoticeError::Time) } else { Ok(()) }
}

fn parts(header: &str) -> Result<(&str, Vec<Vec<u8>>), NoticeError> {
    let fields = || header.split(',').filter_map(|field| field.trim().split_once('='));
    let stamp = fields().find(|(name, _)| *name == "t").map(|(_, value)| value);
    let signatures = fields().filter(|(name, _)| *name == "v1").take(MOST);
    let signatures: Vec<_> =
        signatures.filter_map(|(_, signature)| hex::decode(signature).ok()).collect();
    match stamp {
        Some(stamp) if !signatures.is_empty() => Ok((stamp, signatures)),
        _ => Err(NoticeError::Unsigned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id": "evt_1"}"#;

    fn sign(secret: &str, stamp: i64, body: &[u8]) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        let mac = mac.chain_update(format!("{stamp}.")).chain_update(body);
        hex::encode(mac.finalize().into_bytes())
    }

    fn checked(header: Option<&str>, body: &[u8]) -> Result<(), NoticeError> {
        check(&"whsec_new".into(), header, body, Timestamp::from_millis(1_000_000))
    }

    #[test]
    fn what_stripe_signed_just_now_is_taken_also_while_the_secret_changes() {
        let (new, old) = (sign("whsec_new", 1_000, BODY), sign("whsec_old", 1_000, BODY));
        for header in [
            format!("t=1000,v1={new}"),
            format!("t=1000,v1={old},v1={new}"),
            format!("t=1000, v1={new}, v0={old}"),
        ] {
            assert_eq!(checked(Some(&header), BODY), Ok(()), "{header}");
        }
        for stamp in [700, 1_300] {
            let header = format!("t={stamp},v1={}", sign("whsec_new", stamp, BODY));
            assert_eq!(checked(Some(&header), BODY), Ok(()), "{stamp}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let right = format!("t=1000,v1={}", sign("whsec_new", 1_000, BODY));
        assert_eq!(checked(None, BODY), Err(NoticeError::Unsigned));
        for header in ["", "t=1000", "v1=00", "t=1000,v1=zz", "t=soon,v1=00", "t=1000,v0=00"] {
            assert_eq!(checked(Some(header), BODY), Err(NoticeError::Unsigned), "{header}");
        }
        let other = format!("t=1000,v1={}", sign("whsec_old", 1_000, BODY));
        assert_eq!(checked(Some(&other), BODY), Err(NoticeError::Signature));
        let moved = right.replace("t=1000", "t=1001");
        assert_eq!(checked(Some(&moved), BODY), Err(NoticeError::Signature));
        let written_anew = br#"{"id":"evt_1"}"#;
        assert_eq!(checked(Some(&right), written_anew), Err(NoticeError::Signature));
        for stamp in [699, 1_301] {
            let header = format!("t={stamp},v1={}", sign("whsec_new", stamp, BODY));
            assert_eq!(checked(Some(&header), BODY), Err(NoticeError::Time), "{stamp}");
        }
    }
}
