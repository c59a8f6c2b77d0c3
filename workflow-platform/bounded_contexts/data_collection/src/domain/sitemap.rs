//! Sitemaps (sitemaps.org): lists of pages and lists of lists, as XML or text, packed or not.

use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use quick_xml::{Reader, events::Event};

/// What the protocol allows a file: addresses, and bytes unpacked.
const ADDRESSES: usize = 50_000;
const BYTES: u64 = 50 * 1024 * 1024;

/// What a file lists. Addresses are as they stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sitemap {
    pub pages: Vec<String>,
    pub maps: Vec<String>,
}

/// The file is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SitemapError {
    #[error("the sitemap cannot be unpacked")]
    Packed,
    #[error("the sitemap is larger than {BYTES} bytes")]
    TooLarge,
    #[error("the sitemap is neither XML nor a list of addresses")]
    Unknown,
}

/// Reads a file; what is broken in its middle ends it there.
pub fn read(body: &[u8]) -> Result<Sitemap, SitemapError> {
    if body.starts_with(&[0x1f, 0x8b]) {
        return read_plain(&unpacked(body)?);
    }
    read_plain(body)
}

fn unpacked(body: &[u8]) -> Result<Vec<u8>, SitemapError> {
    let mut out = Vec::new();
    let mut unpacking = MultiGzDecoder::new(body).take(BYTES + 1);
    unpacking.read_to_end(&mut out).map_err(|_| SitemapError::Packed)?;
    if out.len() as u64 > BYTES { Err(SitemapError::TooLarge) } else { Ok(out) }
}

fn read_plain(body: &[u8]) -> Result<Sitemap, SitemapError> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with('<') {
        return Ok(read_xml(text));
    }
    let is_address = |line: &&str| line.starts_with("http://") || line.starts_with("https://");
    let lines = text.lines().map(str::trim).filter(is_address);
    let pages: Vec<String> = lines.take(ADDRESSES).map(str::to_owned).collect();
    if pages.is_empty() {
        Err(SitemapError::Unknown)
    } else {
        Ok(Sitemap { pages, maps: Vec::new() })
    }
}

/// `loc` within `url` is a page, within `sitemap` another file.
fn read_xml(text: &str) -> Sitemap {
    let mut reader = Reader::from_str(text);
    let mut found = Sitemap::default();
    let (mut parent, mut loc) = (Vec::new(), None::<String>);
    while found.pages.len() + found.maps.len() < ADDRESSES {
        match reader.read_event() {
            Ok(Event::Start(start)) => match start.local_name().as_ref() {
                b"loc" => loc = Some(String::new()),
                name @ (b"url" | b"sitemap") => parent = name.to_vec(),
                _ => {}
            },
            Ok(Event::Text(piece)) => {
                if let (Some(loc), Ok(piece)) = (&mut loc, piece.decode()) {
                    loc.push_str(&piece);
                }
            }
            Ok(Event::GeneralRef(name)) => {
                if let (Some(loc), Ok(name)) = (&mut loc, name.decode()) {
                    loc.push_str(entity(&name));
                }
            }
            Ok(Event::CData(piece)) => {
                if let (Some(loc), Ok(piece)) = (&mut loc, piece.decode()) {
                    loc.push_str(&piece);
                }
            }
            Ok(Event::End(end)) if end.local_name().as_ref() == b"loc" => {
                let address = loc.take().unwrap_or_default().trim().to_owned();
                match parent.as_slice() {
                    _ if address.is_empty() => {}
                    b"url" => found.pages.push(address),
                    b"sitemap" => found.maps.push(address),
                    _ => {}
                }
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    found
}

/// The five entities of XML; others are none in an address.
fn entity(name: &str) -> &'static str {
    match name {
        "amp" | "#38" | "#x26" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" | "#39" => "'",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use proptest::prelude::*;

    use super::*;

    const PAGES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc>http://a.example/?a=1&amp;b=2</loc><lastmod>2026-01-01</lastmod>
    <image:image><image:title>x</image:title></image:image></url>
  <url><loc> <![CDATA[http://a.example/c]]> </loc></url><url><loc/></url>
</urlset>"#;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn pages_and_lists_are_told_apart() {
        let expected = ["http://a.example/?a=1&b=2", "http://a.example/c"];
        assert_eq!(read(PAGES.as_bytes()).unwrap().pages, expected);
        assert_eq!(read(&packed(PAGES.as_bytes())).unwrap().pages, expected);
        let index =
            "<sitemapindex><sitemap><loc>http://a.example/1.xml</loc></sitemap></sitemapindex>";
        let found = read(index.as_bytes()).unwrap();
        assert_eq!((found.pages.len(), found.maps), (0, vec!["http://a.example/1.xml".to_owned()]));
        let text =
            read(b"\xef\xbb\xbfhttp://a.example/1\r\nnonsense\nhttps://a.example/2\n").unwrap();
        assert_eq!(text.pages, ["http://a.example/1", "https://a.example/2"]);
    }

    #[test]
    fn what_is_no_sitemap_is_refused_and_what_is_broken_ends() {
        assert_eq!(read(b"hello"), Err(SitemapError::Unknown));
        assert_eq!(read(&[0x1f, 0x8b, 0, 0]), Err(SitemapError::Packed));
        let bomb = packed(&vec![b' '; usize::try_from(BYTES).unwrap() + 10]);
        assert!(bomb.len() < 100_000);
        assert_eq!(read(&bomb), Err(SitemapError::TooLarge));
        let cut = &PAGES[..PAGES.find("<image:title>").unwrap()];
        assert_eq!(read(cut.as_bytes()).unwrap().pages.len(), 1);
        let many = "<url><loc>http://a.example/</loc></url>".repeat(ADDRESSES + 10);
        assert_eq!(
            read(format!("<urlset>{many}</urlset>").as_bytes()).unwrap().pages.len(),
            ADDRESSES
        );
    }

    proptest! {
        #[test]
        fn any_file_is_read(text in "(?s).{0,200}", xml in "<(url|loc|sitemap|/loc|/url|&amp;|<|>|!\\[CDATA\\[| ){0,20}") {
            let _ = read(text.as_bytes());
            let _ = read(xml.as_bytes());
        }
    }
}
