//! Files as answers: as small as the client takes them, and not again when it has them.

use std::{borrow::Cow, fmt::Write as _};

use axum::{
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
            VARY,
        },
    },
    response::{IntoResponse as _, Response},
};

use super::encoding::Encoding;

/// A file as the build left it.
pub struct Stored {
    pub bytes: Cow<'static, [u8]>,
    pub kind: String,
    pub hash: [u8; 32],
}

/// Bytes of the hash that stand in a tag.
const TAG: usize = 16;

/// `file`, or what `smaller` finds of it compressed in a way that the client takes.
pub fn answer(
    path: &str,
    file: Stored,
    asked: &HeaderMap,
    smaller: impl Fn(&str) -> Option<Stored>,
) -> Response {
    let tag = tag_of(&file.hash);
    if has(asked, &tag) {
        return with_headers(StatusCode::NOT_MODIFIED.into_response(), path, &tag);
    }
    let compressed = Encoding::accepted(asked).find_map(|encoding| {
        smaller(&format!("{path}{}", encoding.suffix())).map(|found| (encoding, found))
    });
    let (encoding, bytes) = match compressed {
        Some((encoding, found)) => (Some(encoding), found.bytes),
        None => (None, file.bytes),
    };
    let mut response = with_headers(bytes.into_owned().into_response(), path, &tag);
    set(&mut response, CONTENT_TYPE, &file.kind);
    if let Some(encoding) = encoding {
        set(&mut response, CONTENT_ENCODING, encoding.name());
    }
    response
}

fn with_headers(mut response: Response, path: &str, tag: &str) -> Response {
    // Names under assets/ carry a hash of the content.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    };
    set(&mut response, CACHE_CONTROL, cache);
    set(&mut response, ETAG, tag);
    set(&mut response, VARY, ACCEPT_ENCODING.as_str());
    response
}

fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// A weak tag: whatever way it is compressed in, the file is the same.
fn tag_of(hash: &[u8; 32]) -> String {
    let mut tag = String::from("W/\"");
    for byte in hash.iter().take(TAG) {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether the client has what `tag` stands for.
fn has(asked: &HeaderMap, tag: &str) -> bool {
    let opaque = tag.trim_start_matches("W/");
    asked
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == opaque)
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    const PATH: &str = "assets/app-1.js";

    fn stored(text: &'static str) -> Stored {
        Stored {
            bytes: Cow::Borrowed(text.as_bytes()),
            kind: "text/javascript".to_owned(),
            hash: [7; 32],
        }
    }

    fn asked(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    /// With both compressed files there.
    fn ask(headers: &HeaderMap) -> Response {
        answer(PATH, stored("plain"), headers, |path| match path {
            "assets/app-1.js.br" => Some(stored("by brotli")),
            "assets/app-1.js.gz" => Some(stored("by gzip")),
            _ => None,
        })
    }

    fn header(response: &Response, name: HeaderName) -> Option<String> {
        response.headers().get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    async fn text(response: Response) -> String {
        String::from_utf8(to_bytes(response.into_body(), 1000).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_file_is_sent_as_the_build_compressed_it() {
        for (wish, name, content) in
            [("gzip, br, zstd", "br", "by brotli"), ("gzip, deflate", "gzip", "by gzip")]
        {
            let response = ask(&asked(ACCEPT_ENCODING, wish));
            assert_eq!(header(&response, CONTENT_ENCODING).as_deref(), Some(name));
            assert_eq!(header(&response, CONTENT_TYPE).as_deref(), Some("text/javascript"));
            assert_eq!(header(&response, VARY).as_deref(), Some("accept-encoding"));
            assert_eq!(text(response).await, content);
        }
    }

    #[tokio::test]
    async fn who_takes_neither_or_asks_for_what_was_not_compressed_gets_it_as_it_is() {
        let response = ask(&HeaderMap::new());
        assert_eq!(header(&response, CONTENT_ENCODING), None);
        assert_eq!(header(&response, VARY).as_deref(), Some("accept-encoding"));
        assert_eq!(text(response).await, "plain");
        let response = answer(PATH, stored("plain"), &asked(ACCEPT_ENCODING, "br"), |_| None);
        assert_eq!(header(&response, CONTENT_ENCODING), None);
        assert_eq!(text(response).await, "plain");
    }

    #[tokio::test]
    async fn who_has_it_is_not_sent_it_again() {
        let tag = header(&ask(&HeaderMap::new()), ETAG).unwrap();
        for known in
            [tag.clone(), tag.replace("W/", ""), format!("\"other\", {tag}"), "*".to_owned()]
        {
            let response = ask(&asked(IF_NONE_MATCH, &known));
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(header(&response, ETAG).as_ref(), Some(&tag));
            assert_eq!(text(response).await, "");
        }
        assert_eq!(ask(&asked(IF_NONE_MATCH, "W/\"other\"")).status(), StatusCode::OK);
    }

    #[test]
    fn only_what_has_its_content_in_its_name_is_kept_for_a_year() {
        let kept = |path| {
            header(&answer(path, stored("x"), &HeaderMap::new(), |_| None), CACHE_CONTROL).unwrap()
        };
        assert!(kept(PATH).contains("immutable"));
        assert_eq!(kept("favicon.svg"), "public, max-age=3600");
    }
}
