//! SOCKS5 (RFC 1928) with user name and password (RFC 1929), from both ends.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Host;

use super::{BadTarget, Login, Target};

/// First byte of every message but those of the sign-in.
pub const VERSION: u8 = 5;
const LOGIN_VERSION: u8 = 1;
const NO_LOGIN: u8 = 0;
const PASSWORD: u8 = 2;
const NO_METHOD: u8 = 0xff;
const CONNECT: u8 = 1;
const IPV4: u8 = 1;
const NAME: u8 = 3;
const IPV6: u8 = 4;

/// No message of a client is longer.
pub const LONGEST: usize = 3 + 255 + 255;

/// The bytes are no SOCKS5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no SOCKS5")]
pub struct BadMessage;

/// A message and how many bytes it has; `None` while more must come.
pub type Read<T, E = BadMessage> = Result<Option<(T, usize)>, E>;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reply {
    Succeeded = 0,
    GeneralFailure = 1,
    NotAllowed = 2,
    NetworkUnreachable = 3,
    HostUnreachable = 4,
    Refused = 5,
    TimedOut = 6,
    CommandUnsupported = 7,
    AddressTypeUnsupported = 8,
}

impl From<u8> for Reply {
    fn from(code: u8) -> Self {
        match code {
            0 => Self::Succeeded,
            2 => Self::NotAllowed,
            3 => Self::NetworkUnreachable,
            4 => Self::HostUnreachable,
            5 => Self::Refused,
            6 => Self::TimedOut,
            7 => Self::CommandUnsupported,
            8 => Self::AddressTypeUnsupported,
            _ => Self::GeneralFailure,
        }
    }
}

/// Whether the client offers to sign in with a password.
pub fn greeting(bytes: &[u8]) -> Read<bool> {
    match bytes {
        [] | [VERSION] => Ok(None),
        [VERSION, count, rest @ ..] => Ok(rest
            .get(..usize::from(*count))
            .map(|methods| (methods.contains(&PASSWORD), 2 + methods.len()))),
        _ => Err(BadMessage),
    }
}

/// The method that is taken.
pub const fn chosen(password: bool) -> [u8; 2] {
    [VERSION, if password { PASSWORD } else { NO_METHOD }]
}

/// User name and password.
pub fn login(bytes: &[u8]) -> Read<Login> {
    match bytes {
        [] | [LOGIN_VERSION] => return Ok(None),
        [LOGIN_VERSION, ..] => {}
        _ => return Err(BadMessage),
    }
    let Some(user) = counted(bytes, 1) else { return Ok(None) };
    let Some(password) = counted(bytes, 2 + user.len()) else { return Ok(None) };
    let text = |part: &[u8]| String::from_utf8(part.to_vec()).map_err(|_| BadMessage);
    let login = Login { user: text(user)?, password: text(password)?.into() };
    Ok(Some((login, 3 + user.len() + password.len())))
}

pub const fn signed_in(ok: bool) -> [u8; 2] {
    [LOGIN_VERSION, if ok { 0 } else { 1 }]
}

/// Why a request cannot be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadRequest {
    Message,
    /// BIND or UDP ASSOCIATE.
    Command,
    AddressType,
    Target,
}

impl From<BadTarget> for BadRequest {
    fn from(_: BadTarget) -> Self {
        Self::Target
    }
}

/// Where the client wants to go.
pub fn request(bytes: &[u8]) -> Read<Target, BadRequest> {
    match bytes {
        [] | [VERSION] | [VERSION, _] | [VERSION, _, 0] => return Ok(None),
        [VERSION, CONNECT, 0, ..] => {}
        [VERSION, _, 0, ..] => return Err(BadRequest::Command),
        _ => return Err(BadRequest::Message),
    }
    let Some((address, end)) = address(bytes)? else { return Ok(None) };
    let Some(port) = bytes.get(end..end + 2) else { return Ok(None) };
    let port = u16::from_be_bytes([port[0], port[1]]);
    let target = match address {
        Place::Address(address) => Target::at(address, port)?,
        Place::Name(name) => Target::named(name, port)?,
    };
    Ok(Some((target, end + 2)))
}

enum Place<'b> {
    Address(IpAddr),
    Name(&'b [u8]),
}

/// The address behind the fourth byte, and where it ends.
fn address(bytes: &[u8]) -> Read<Place<'_>, BadRequest> {
    Ok(match bytes.get(3) {
        None => None,
        Some(&IPV4) => bytes[4..]
            .first_chunk::<4>()
            .map(|address| (Place::Address(Ipv4Addr::from(*address).into()), 8)),
        Some(&IPV6) => bytes[4..]
            .first_chunk::<16>()
            .map(|address| (Place::Address(Ipv6Addr::from(*address).into()), 20)),
        Some(&NAME) => counted(bytes, 4).map(|name| (Place::Name(name), 5 + name.len())),
        Some(_) => return Err(BadRequest::AddressType),
    })
}

/// The bytes counted by the byte before them.
fn counted(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let count = usize::from(*bytes.get(at)?);
    bytes.get(at + 1..at + 1 + count)
}

/// The answer to a request; where we listen is nobody's business.
pub const fn replied(reply: Reply) -> [u8; 10] {
    [VERSION, reply as u8, 0, IPV4, 0, 0, 0, 0, 0, 0]
}

/// What we say first to an upstream proxy.
pub const fn ask_method(password: bool) -> [u8; 3] {
    [VERSION, 1, if password { PASSWORD } else { NO_LOGIN }]
}

/// Whether the proxy takes the method that was asked for.
pub fn method_taken(bytes: [u8; 2], password: bool) -> Result<bool, BadMessage> {
    match bytes {
        [VERSION, method] => Ok(method == if password { PASSWORD } else { NO_LOGIN }),
        _ => Err(BadMessage),
    }
}

/// None when user name or password are too long for the protocol.
pub fn ask_login(user: &str, password: &str) -> Option<Vec<u8>> {
    let (user_length, password_length) =
        (u8::try_from(user.len()).ok()?, u8::try_from(password.len()).ok()?);
    let parts =
        [&[LOGIN_VERSION, user_length], user.as_bytes(), &[password_length], password.as_bytes()];
    Some(parts.concat())
}

pub fn ask_connect(target: &Target) -> Vec<u8> {
    let mut message = vec![VERSION, CONNECT, 0];
    match target.host() {
        Host::Ipv4(address) => {
            message.push(IPV4);
            message.extend(address.octets());
        }
        Host::Ipv6(address) => {
            message.push(IPV6);
            message.extend(address.octets());
        }
        Host::Domain(name) => {
            let name = &name.as_bytes()[..name.len().min(255)];
            message.extend([NAME, u8::try_from(name.len()).unwrap_or(u8::MAX)]);
            message.extend(name);
        }
    }
    message.extend(target.port().to_be_bytes());
    message
}

/// What the proxy says to a request.
pub fn reply(bytes: &[u8]) -> Read<Reply> {
    match bytes {
        [] | [VERSION] => return Ok(None),
        [VERSION, ..] => {}
        _ => return Err(BadMessage),
    }
    let Some((_, end)) = address(bytes).map_err(|_| BadMessage)? else { return Ok(None) };
    Ok(bytes.get(end..end + 2).map(|_| (Reply::from(bytes[1]), end + 2)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret as _;

    use super::*;

    fn target(text: &str) -> Target {
        Target::parse(text, None).unwrap()
    }

    #[test]
    fn a_client_is_understood() {
        assert_eq!(greeting(&[5, 2, 0, 2, 9]), Ok(Some((true, 4))));
        assert_eq!(greeting(&[5, 1, 0]), Ok(Some((false, 3))));
        assert_eq!(greeting(&[4, 1]), Err(BadMessage));
        let (login, used) = login(b"\x01\x06pool-a\x02pw!").unwrap().unwrap();
        assert_eq!(
            (login.user.as_str(), login.password.expose_secret(), used),
            ("pool-a", "pw", 11)
        );
        let mut name = b"\x05\x01\x00\x03\x0bEXAMPLE.com\x01\xbb".to_vec();
        assert_eq!(request(&name), Ok(Some((target("example.com:443"), 18))));
        name[1] = 3;
        assert_eq!(request(&name), Err(BadRequest::Command));
        assert_eq!(
            request(b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x50"),
            Ok(Some((target("127.0.0.1:80"), 10)))
        );
        assert_eq!(request(b"\x05\x01\x00\x05"), Err(BadRequest::AddressType));
        assert_eq!(request(b"\x05\x01\x00\x03\x00\x00\x50"), Err(BadRequest::Target));
        assert_eq!(request(b"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x00"), Err(BadRequest::Target));
    }

    #[test]
    fn what_we_ask_of_a_proxy_is_what_we_would_understand() {
        for text in ["example.com:443", "127.0.0.1:80", "[2001:db8::1]:8080"] {
            let message = ask_connect(&target(text));
            assert_eq!(request(&message), Ok(Some((target(text), message.len()))));
        }
        let message = ask_login("user", "secret").unwrap();
        let (read, used) = login(&message).unwrap().unwrap();
        assert_eq!(
            (read.user.as_str(), read.password.expose_secret(), used),
            ("user", "secret", message.len())
        );
        assert!(ask_login(&"x".repeat(256), "").is_none());
        assert_eq!(reply(&replied(Reply::Refused)), Ok(Some((Reply::Refused, 10))));
        assert_eq!(method_taken([5, 2], true), Ok(true));
        assert_eq!(method_taken([5, 0xff], true), Ok(false));
    }

    /// Until a message is whole nothing is said of it; after that nothing changes any more.
    fn holds_for<T: PartialEq + std::fmt::Debug, E: PartialEq + std::fmt::Debug>(
        bytes: &[u8],
        read: impl Fn(&[u8]) -> Read<T, E>,
    ) {
        let whole = read(bytes);
        if let Ok(Some((_, used))) = &whole {
            assert!(*used <= bytes.len() && *used <= LONGEST);
            assert_eq!(read(&bytes[..*used]), whole);
            assert_eq!(read(&bytes[..used - 1]), Ok(None));
        } else if bytes.len() > LONGEST {
            assert!(whole.is_err(), "nothing waits for more than the longest message");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_in_any_pieces(
            first in prop::sample::select(vec![0_u8, 1, 4, 5]),
            bytes in prop::collection::vec(prop_oneof![0_u8..6, any::<u8>()], 0..700),
        ) {
            let bytes = [&[first], &bytes[..]].concat();
            holds_for(&bytes, greeting);
            holds_for(&bytes, |bytes| Ok::<_, BadMessage>(login(bytes)?.map(|(login, used)| (login.user, used))));
            holds_for(&bytes, request);
            holds_for(&bytes, reply);
        }
    }
}
