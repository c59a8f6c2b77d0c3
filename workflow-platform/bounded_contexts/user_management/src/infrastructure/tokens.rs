//! Access tokens: JSON Web Tokens (RFC 7519) in the profile of RFC 9068, HS256 or `EdDSA`, with the
//! signing key named by `kid`, which also says the algorithm. Keys that a token brings or points to
//! (`jwk`, `jku`, `x5u`) are not looked at.
//!
//! What a good token says is remembered for a while under the hash of the whole token, since the
//! same one comes with each request of a session: whether its time is over is looked at each time.

use std::{collections::HashMap, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac};
use jsonwebtoken::{Header, decode, decode_header, encode};
use moka::sync::Cache;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use shared_kernel::{application::AuthenticationError, domain::Timestamp};

use super::keys::{AUDIENCE, ISSUER, KeyError, TokenKey, derived};
use crate::{
    application::{
        TokenAlgorithm,
        ports::{Claims, SigningError, Tokens},
    },
    domain::CodeId,
};

/// Media type of access tokens (RFC 9068, section 2.1), so that no other token passes for one.
const TYPE: &str = "at+jwt";
/// How far the clocks of processes may be apart, in seconds.
const CLOCKS_APART: i64 = 30;
/// Longer texts are no tokens of ours.
const LONGEST: usize = 2048;

/// Good tokens that are remembered, and for how long.
const REMEMBERED: u64 = 20_000;
const FOR: Duration = Duration::from_mins(5);

/// What stands in a token.
#[derive(Debug, Serialize, Deserialize)]
struct Said {
    iss: String,
    aud: String,
    /// Seconds since the epoch.
    nbf: i64,
    #[serde(flatten)]
    claims: Claims,
}

impl From<Claims> for Said {
    fn from(claims: Claims) -> Self {
        Self { iss: ISSUER.to_owned(), aud: AUDIENCE.to_owned(), nbf: claims.iat, claims }
    }
}

/// Signs with one key and accepts that one and older ones, of either algorithm.
pub struct JwtTokens {
    current: TokenKey,
    accepted: HashMap<String, TokenKey>,
    codes: Vec<u8>,
    refreshing: Vec<u8>,
    naming: Vec<u8>,
    /// By the BLAKE3 hash of the token.
    good: Cache<[u8; 32], Arc<Said>>,
}

impl JwtTokens {
    pub fn new(
        algorithm: TokenAlgorithm,
        secret: &SecretString,
        older: &[SecretString],
    ) -> Result<Self, KeyError> {
        let mut accepted = HashMap::new();
        for secret in older.iter().chain([secret]) {
            for algorithm in [TokenAlgorithm::Hs256, TokenAlgorithm::EdDsa] {
                let key = TokenKey::new(algorithm, secret.expose_secret())?;
                accepted.insert(key.id.clone(), key);
            }
        }
        let secret = secret.expose_secret();
        Ok(Self {
            current: TokenKey::new(algorithm, secret)?,
            accepted,
            refreshing: derived(b"workflow-platform refresh tokens v1\0", secret),
            naming: derived(b"workflow-platform fingerprints v1\0", secret),
            codes: derived(b"workflow-platform verification codes v1\0", secret),
            good: Cache::builder().max_capacity(REMEMBERED).time_to_live(FOR).build(),
        })
    }

    /// What a token says that was signed for us, whenever that was.
    fn said(&self, token: &str) -> Result<Arc<Said>, AuthenticationError> {
        let hash = *blake3::hash(token.as_bytes()).as_bytes();
        if let Some(said) = self.good.get(&hash) {
            return Ok(said);
        }
        let said = Arc::new(self.read(token)?);
        self.good.insert(hash, Arc::clone(&said));
        Ok(said)
    }

    fn read(&self, token: &str) -> Result<Said, AuthenticationError> {
        let header = decode_header(token).map_err(|_| AuthenticationError::Invalid)?;
        if !header.typ.is_some_and(|said| said.eq_ignore_ascii_case(TYPE)) {
            return Err(AuthenticationError::Invalid);
        }
        let key = header.kid.and_then(|kid| self.accepted.get(&kid));
        let key = key.ok_or(AuthenticationError::Invalid)?;
        let decoded = decode(token, &key.verifying, &key.rules);
        Ok(decoded.map_err(|_| AuthenticationError::Invalid)?.claims)
    }
}

/// HMAC-SHA256 (RFC 2104) of the parts one after the other.
fn keyed<const N: usize>(key: &[u8], parts: [&[u8]; N]) -> Vec<u8> {
    // HMAC takes keys of any length, so the error cannot come; an empty hash matches nothing that
    // was stored.
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    let mac = parts.into_iter().fold(mac, Mac::chain_update);
    mac.finalize().into_bytes().to_vec()
}

impl Tokens for JwtTokens {
    fn sign(&self, claims: &Claims) -> Result<String, SigningError> {
        let mut header = Header::new(self.current.algorithm);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.current.id.clone());
        encode(&header, &Said::from(claims.clone()), &self.current.signing)
            .map_err(|error| SigningError(Box::new(error)))
    }

    fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, AuthenticationError> {
        if token.len() > LONGEST {
            return Err(AuthenticationError::Invalid);
        }
        let said = self.said(token)?;
        if said.nbf > now.seconds().saturating_add(CLOCKS_APART) {
            return Err(AuthenticationError::Invalid);
        }
        if said.claims.exp <= now.seconds() {
            return Err(AuthenticationError::Expired);
        }
        Ok(said.claims.clone())
    }

    fn public_keys(&self) -> Value {
        let mut keys: Vec<_> = match self.current.jwk() {
            Some(_) => self.accepted.values().filter_map(TokenKey::jwk).collect(),
            None => Vec::new(),
        };
        keys.sort_by_key(|key| key["kid"] != self.current.id.as_str());
        json!({ "keys": keys })
    }

    fn successor(&self, token: &SecretString) -> SecretString {
        let next = keyed(&self.refreshing, [token.expose_secret().as_bytes()]);
        SecretString::from(URL_SAFE_NO_PAD.encode(next))
    }

    fn fingerprint(&self, parts: &[&str]) -> String {
        // Lengths keep parts apart: people choose some of them.
        let said = |part: &&str| [&part.len().to_be_bytes()[..], part.as_bytes()].concat();
        let text: Vec<u8> = parts.iter().flat_map(said).collect();
        hex::encode(keyed(&self.naming, [&text]))
    }

    fn code_hash(&self, id: CodeId, code: &str) -> Vec<u8> {
        keyed(&self.codes, [id.uuid().as_bytes().as_slice(), code.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    const SECRET: &str = "a secret that only tests ever know";

    fn tokens() -> JwtTokens {
        with(TokenAlgorithm::Hs256, SECRET, &[])
    }

    fn with(algorithm: TokenAlgorithm, secret: &str, older: &[SecretString]) -> JwtTokens {
        JwtTokens::new(algorithm, &secret.into(), older).unwrap()
    }

    fn key_id(secret: &str) -> String {
        TokenKey::new(TokenAlgorithm::Hs256, secret).unwrap().id
    }

    fn claims() -> Claims {
        Claims {
            sub: Uuid::from_u128(1),
            sid: Uuid::from_u128(2),
            jti: Uuid::from_u128(3),
            iat: 100,
            exp: 200,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    /// Header and claims of one's own choice, signed with `secret`.
    fn forged(header: &Value, secret: &[u8]) -> String {
        saying(header, &json!(Said::from(claims())), secret)
    }

    fn saying(header: &Value, claims: &Value, secret: &[u8]) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let body = format!("{}.{}", part(header), part(claims));
        let mac = Hmac::<Sha256>::new_from_slice(secret).unwrap().chain_update(&body);
        format!("{body}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn a_token_says_what_was_signed_until_its_time_is_over() {
        let token = tokens().sign(&claims()).unwrap();
        assert_eq!(tokens().verify(&token, at(199)).unwrap(), claims());
        assert!(matches!(tokens().verify(&token, at(200)), Err(AuthenticationError::Expired)));
    }

    #[test]
    fn a_token_that_is_remembered_is_refused_when_its_time_comes_or_a_letter_differs() {
        let tokens = tokens();
        let token = tokens.sign(&claims()).unwrap();
        for _ in 0..2 {
            assert_eq!(tokens.verify(&token, at(150)).unwrap(), claims());
        }
        assert!(matches!(tokens.verify(&token, at(200)), Err(AuthenticationError::Expired)));
        assert!(tokens.verify(&token, at(60)).is_err(), "too early");
        let forged = format!("{}x", token.strip_suffix(char::is_alphanumeric).unwrap_or(&token));
        assert!(matches!(tokens.verify(&forged, at(150)), Err(AuthenticationError::Invalid)));
    }

    #[test]
    fn forged_tokens_are_refused() {
        let kid = key_id(SECRET);
        let good = json!({ "alg": "HS256", "typ": TYPE, "kid": kid });
        assert!(tokens().verify(&forged(&good, SECRET.as_bytes()), at(150)).is_ok());
        let none = forged(&json!({ "alg": "none", "typ": TYPE, "kid": kid }), SECRET.as_bytes());
        let unsigned = format!("{}.", none.rsplit_once('.').unwrap().0);
        for wrong in [
            forged(&good, b"another secret"),
            forged(&json!({ "alg": "HS384", "typ": TYPE, "kid": kid }), SECRET.as_bytes()),
            forged(&json!({ "alg": "HS256", "typ": TYPE }), SECRET.as_bytes()),
            forged(&json!({ "alg": "HS256", "typ": TYPE, "kid": "00000000" }), SECRET.as_bytes()),
            none,
            unsigned,
            "a.b.c".to_owned(),
            String::new(),
            "x".repeat(LONGEST + 1),
        ] {
            let refused = tokens().verify(&wrong, at(150));
            assert!(matches!(refused, Err(AuthenticationError::Invalid)), "{wrong}");
        }
    }

    #[test]
    fn a_token_for_something_else_or_of_somebody_else_is_refused() {
        let kid = key_id(SECRET);
        let header = |kind: Value| json!({ "alg": "HS256", "typ": kind, "kid": kid });
        let (good, now) = (header(json!(TYPE)), at(150));
        for kind in [json!("JWT"), json!("rt+jwt"), Value::Null] {
            let token = forged(&header(kind), SECRET.as_bytes());
            assert!(matches!(tokens().verify(&token, now), Err(AuthenticationError::Invalid)));
        }
        for (claim, value) in [
            ("iss", json!("somebody-else")),
            ("aud", json!("another-api")),
            ("aud", Value::Null),
            ("iss", Value::Null),
            ("nbf", json!(181)),
            ("nbf", Value::Null),
            ("exp", Value::Null),
            ("sid", json!("x")),
        ] {
            let mut claims = json!(Said::from(claims()));
            claims[claim] = value.clone();
            let token = saying(&good, &claims, SECRET.as_bytes());
            let refused = tokens().verify(&token, now);
            assert!(matches!(refused, Err(AuthenticationError::Invalid)), "{claim}: {value}");
            claims.as_object_mut().unwrap().remove(claim);
            let token = saying(&good, &claims, SECRET.as_bytes());
            assert!(tokens().verify(&token, now).is_err(), "without {claim}");
        }
    }

    #[test]
    fn keys_that_a_token_brings_or_points_to_are_not_looked_at() {
        let mut header = json!({ "alg": "HS256", "typ": TYPE, "kid": key_id(SECRET) });
        header["jku"] = json!("https://example.com/keys.json");
        header["x5u"] = json!("https://example.com/key.pem");
        header["jwk"] = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode("mine") });
        let refused = tokens().verify(&forged(&header, b"mine"), at(150));
        assert!(matches!(refused, Err(AuthenticationError::Invalid)));
        assert!(tokens().verify(&forged(&header, SECRET.as_bytes()), at(150)).is_ok());
    }

    #[test]
    fn an_older_key_is_accepted_and_no_longer_signs() {
        let token = tokens().sign(&claims()).unwrap();
        let newer =
            with(TokenAlgorithm::Hs256, "the next secret, as long as before", &[SECRET.into()]);
        assert!(newer.verify(&token, at(150)).is_ok());
        assert!(tokens().verify(&newer.sign(&claims()).unwrap(), at(150)).is_err());
    }

    #[test]
    fn an_ed25519_key_signs_and_its_public_half_is_published() {
        let pair =
            with(TokenAlgorithm::EdDsa, SECRET, &["an older secret, long enough too".into()]);
        let token = pair.sign(&claims()).unwrap();
        assert_eq!(pair.verify(&token, at(150)).unwrap(), claims());
        let keys = pair.public_keys();
        let header = decode_header(&token).unwrap();
        assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
        assert_eq!(keys["keys"][0]["kid"], json!(header.kid.unwrap()));
        let published =
            jsonwebtoken::DecodingKey::from_ed_components(keys["keys"][0]["x"].as_str().unwrap());
        let rules = TokenKey::new(TokenAlgorithm::EdDsa, SECRET).unwrap().rules;
        let said = decode::<Said>(&token, &published.unwrap(), &rules).unwrap();
        assert_eq!(said.claims.claims, claims());
        assert_eq!(tokens().public_keys(), json!({ "keys": [] }), "a secret is never published");
    }

    #[test]
    fn a_public_key_is_no_secret_to_sign_with() {
        let pair = with(TokenAlgorithm::EdDsa, SECRET, &[]);
        let keys = pair.public_keys();
        let public = URL_SAFE_NO_PAD.decode(keys["keys"][0]["x"].as_str().unwrap()).unwrap();
        for algorithm in ["HS256", "EdDSA"] {
            let header = json!({ "alg": algorithm, "typ": TYPE, "kid": keys["keys"][0]["kid"] });
            let refused = pair.verify(&forged(&header, &public), at(150));
            assert!(matches!(refused, Err(AuthenticationError::Invalid)), "{algorithm}");
        }
    }

    #[test]
    fn another_algorithm_goes_on_accepting_the_tokens_of_the_one_before() {
        let before = tokens().sign(&claims()).unwrap();
        let pair = with(TokenAlgorithm::EdDsa, SECRET, &[]);
        assert!(pair.verify(&before, at(150)).is_ok());
        assert!(tokens().verify(&pair.sign(&claims()).unwrap(), at(150)).is_ok());
    }

    #[test]
    fn a_refresh_token_has_one_successor_that_depends_on_our_key() {
        let other = with(TokenAlgorithm::Hs256, "another secret that nobody knows", &[]);
        let next =
            |tokens: &JwtTokens, of: &str| tokens.successor(&of.into()).expose_secret().to_owned();
        let first = next(&tokens(), "a");
        assert_eq!((first.len(), &first), (43, &next(&tokens(), "a")));
        for different in [next(&tokens(), "b"), next(&other, "a"), next(&tokens(), &first)] {
            assert_ne!(first, different);
        }
    }

    #[test]
    fn a_code_hash_depends_on_code_and_place() {
        let hash = |id: u128, code| tokens().code_hash(Uuid::from_u128(id).into(), code);
        assert_eq!(hash(1, "123456"), hash(1, "123456"));
        assert_ne!(hash(1, "123456"), hash(2, "123456"));
        assert_ne!(hash(1, "123456"), hash(1, "123457"));
    }
}
