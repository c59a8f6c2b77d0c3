//! Tags, comments and texts of a page, one after the other.

use html5ever::{Attribute, LocalName, QualName, ns, tendril::StrTendril};

use super::{kinds::Kind, references};

/// Most attributes of an element; each is compared with all.
const ATTRIBUTES: usize = 100;
/// Places for names of a page that were read already.
const NAMES: usize = 128;

/// A start tag.
pub(super) struct Tag<'a> {
    pub name: &'a str,
    pub local: LocalName,
    pub kind: Kind,
    pub attributes: Vec<Attribute>,
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | 0x0c)
}

/// Reads a page from its beginning.
pub(super) struct Tags<'a> {
    text: &'a str,
    /// The same, to give away parts of without copying them.
    whole: StrTendril,
    at: usize,
    known: Vec<Option<(&'a str, LocalName, Kind)>>,
}

impl<'a> Tags<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, whole: text.into(), at: 0, known: vec![None; NAMES] }
    }

    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub fn next_bytes(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    pub fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub fn skip(&mut self, length: usize) {
        self.at += length;
    }

    /// Blanks at this place.
    pub fn blanks(&mut self) -> &'a str {
        let length = self.next_bytes().iter().take_while(|byte| is_blank(**byte)).count();
        let blanks = &self.rest()[..length];
        self.at += length;
        blanks
    }

    /// The text up to the next tag.
    pub fn text(&mut self) -> Option<StrTendril> {
        let rest = self.rest();
        let length = memchr::memchr(b'<', rest.as_bytes()).unwrap_or(rest.len());
        self.at += length;
        self.piece(&rest[..length])
    }

    /// A part of the page with its references read.
    fn piece(&self, text: &'a str) -> Option<StrTendril> {
        if memchr::memchr(b'&', text.as_bytes()).is_some() {
            return Some(StrTendril::from(&*references::read(text)?));
        }
        self.raw_piece(text)
    }

    fn raw_piece(&self, text: &'a str) -> Option<StrTendril> {
        let begin = text.as_ptr().addr() - self.text.as_ptr().addr();
        let (begin, length) = (u32::try_from(begin).ok()?, u32::try_from(text.len()).ok()?);
        self.whole.try_subtendril(begin, length).ok()
    }

    /// What stands between `<!--` and the first `-->`.
    pub fn comment(&mut self) -> Option<StrTendril> {
        let inner = self.rest().strip_prefix("<!--")?;
        if inner.starts_with('>') || inner.starts_with("->") {
            return None;
        }
        let length = inner.find("-->")?;
        let inner = &inner[..length];
        if inner.contains("--!") || inner.contains("<!--") || inner.ends_with("<!-") {
            return None;
        }
        self.at += length + "<!---->".len();
        self.raw_piece(inner)
    }

    /// Text of an element that holds nothing else, and its end tag; the place is behind its start
    /// tag.
    pub fn inner_text(&mut self, name: &str, with_references: bool) -> Option<StrTendril> {
        let rest = self.rest();
        let mut from = 0;
        let end = loop {
            let at = from + memchr::memmem::find(&rest.as_bytes()[from..], b"</")?;
            let behind = &rest.as_bytes()[at + 2..];
            let is_end = behind.get(..name.len()).is_some_and(|found| {
                found.eq_ignore_ascii_case(name.as_bytes())
                    && behind
                        .get(name.len())
                        .is_some_and(|next| is_blank(*next) || matches!(next, b'/' | b'>'))
            });
            if is_end {
                break at;
            }
            from = at + 2;
        };
        let inner = &rest[..end];
        self.at += end;
        if name == "script" && inner.contains("<!--") {
            return None;
        }
        let text = if with_references { self.piece(inner)? } else { self.raw_piece(inner)? };
        (self.end_tag()?.eq_ignore_ascii_case(name)).then_some(text)
    }

    /// The name of the end tag at this place.
    pub fn end_tag(&mut self) -> Option<&'a str> {
        let rest = self.rest().strip_prefix("</")?;
        let length = rest.bytes().take_while(|byte| !is_blank(*byte) && *byte != b'>').count();
        let name = &rest[..length];
        self.at += 2 + length;
        self.blanks();
        self.take(b'>')?;
        Some(name)
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (*self.next_bytes().first()? == byte).then(|| self.at += 1)
    }

    /// The start tag at this place.
    pub fn start_tag(&mut self) -> Option<Tag<'a>> {
        self.take(b'<')?;
        let name =
            self.name(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')?;
        if !name.as_bytes()[0].is_ascii_lowercase() {
            return None;
        }
        let (local, kind) = self.known(name);
        let mut attributes: Vec<Attribute> = Vec::new();
        loop {
            let blanks = !self.blanks().is_empty();
            match *self.next_bytes().first()? {
                b'>' => {
                    self.at += 1;
                    break;
                }
                b'/' => {
                    self.at += 1;
                    self.take(b'>')?;
                    break;
                }
                _ if blanks => {
                    let attribute = self.attribute()?;
                    let known = attributes.iter().any(|one| one.name == attribute.name);
                    if known || attributes.len() == ATTRIBUTES {
                        return None;
                    }
                    attributes.push(attribute);
                }
                _ => return None,
            }
        }
        Some(Tag { name, local, kind, attributes })
    }

    fn name(&mut self, goes_on: impl Fn(u8) -> bool) -> Option<&'a str> {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| goes_on(*byte)).count();
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }

    fn attribute(&mut self) -> Option<Attribute> {
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_:@.".contains(&byte)
        };
        let name = self.name(plain)?;
        let (local, _) = self.known(name);
        let name = QualName::new(None, ns!(), local);
        let mut value = StrTendril::new();
        self.blanks_before(b'=');
        if self.take(b'=').is_some() {
            self.blanks();
            value = self.value()?;
        } else if !self
            .next_bytes()
            .first()
            .is_some_and(|next| is_blank(*next) || matches!(next, b'>' | b'/'))
        {
            return None;
        }
        Some(Attribute { name, value })
    }

    /// Blanks, if that byte follows them.
    fn blanks_before(&mut self, byte: u8) {
        let before = self.at;
        self.blanks();
        if self.next_bytes().first() != Some(&byte) {
            self.at = before;
        }
    }

    fn value(&mut self) -> Option<StrTendril> {
        let rest = self.rest();
        let quote = *rest.as_bytes().first()?;
        if !matches!(quote, b'"' | b'\'') {
            let plain = |byte: u8| !is_blank(byte) && !b"\"'<=`>&".contains(&byte);
            let value = self.name(plain)?;
            // What follows is a blank or the end of the tag; anything else is no plain value.
            let ends =
                self.next_bytes().first().is_some_and(|next| is_blank(*next) || *next == b'>');
            return if ends { self.raw_piece(value) } else { None };
        }
        let inner = &rest[1..];
        let length = memchr::memchr(quote, inner.as_bytes())?;
        self.at += length + 2;
        if !self
            .next_bytes()
            .first()
            .is_some_and(|next| is_blank(*next) || matches!(next, b'>' | b'/'))
        {
            return None;
        }
        self.piece(&inner[..length])
    }

    /// The name as the tree has it, and what is done with elements of that name.
    fn known(&mut self, name: &'a str) -> (LocalName, Kind) {
        let bytes = name.as_bytes();
        let (first, last) = (usize::from(bytes[0]), usize::from(bytes[bytes.len() - 1]));
        let place = (first * 7 + last * 31 + bytes.len() * 3) % NAMES;
        if let Some((known, local, kind)) = &self.known[place]
            && *known == name
        {
            return (local.clone(), *kind);
        }
        let found = (LocalName::from(name), Kind::of(name));
        self.known[place] = Some((name, found.0.clone(), found.1));
        found
    }
}
