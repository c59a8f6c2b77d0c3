//! A fast way to the tree of a page in good order.
//!
//! Most pages that programs write are in good order: every element is closed where it should be,
//! and nothing has to be moved. For these the rules of the HTML standard say nothing surprising,
//! and a tree is built in a fraction of the time. Whatever is not beyond doubt ends the attempt,
//! and the page is read by all the rules. Tests hold both ways against each other.

mod kinds;
mod references;
mod tags;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use ego_tree::NodeId;
use html5ever::{LocalName, QualName, ns, tendril::StrTendril};
use scraper::{
    Html, Node,
    node::{Comment, Doctype, Element, Text},
};

use kinds::{Kind, is_looked_through};
use tags::{Tag, Tags, is_blank};

/// Elements within each other. Further in, some rules would take long.
const DEEPEST: usize = 500;

/// The tree of a page in good order; `None` for all others.
pub(super) fn read(text: &str) -> Option<Html> {
    if text.starts_with('\u{feff}') || memchr::memchr(0, text.as_bytes()).is_some() {
        return None;
    }
    let text = with_plain_breaks(text);
    let html = Html::new_document();
    let mut page = Page { tags: Tags::new(&text), html, open: Vec::with_capacity(32) };
    page.doctype()?;
    page.head()?;
    page.body()?;
    Some(page.html)
}

/// Every break of a line as one character, as the standard reads them.
fn with_plain_breaks(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// What is open here or further out, as far as rules ask for it.
#[derive(Clone, Copy, Default)]
struct Within(u8);

impl Within {
    const PARAGRAPH: u8 = 1;
    const ANCHOR: u8 = 2;
    const BUTTON: u8 = 4;
    const FORM: u8 = 8;

    fn has(self, what: u8) -> bool {
        self.0 & what != 0
    }

    /// The same within an element of the kind.
    fn and(self, kind: Kind) -> Self {
        let around = if kind.is_boundary() { self.0 & !Self::PARAGRAPH } else { self.0 };
        Self(match kind {
            Kind::Paragraph => around | Self::PARAGRAPH,
            Kind::Anchor => around | Self::ANCHOR,
            Kind::Button => around | Self::BUTTON,
            Kind::Form => around | Self::FORM,
            _ => around,
        })
    }
}

/// An element that is open.
struct Open<'a> {
    node: NodeId,
    name: &'a str,
    kind: Kind,
    /// Nobody wrote its tags.
    implied: bool,
    within: Within,
}

struct Page<'a> {
    tags: Tags<'a>,
    html: Html,
    open: Vec<Open<'a>>,
}

impl<'a> Page<'a> {
    fn top(&self) -> Option<&Open<'a>> {
        self.open.last()
    }

    fn doctype(&mut self) -> Option<()> {
        self.tags.blanks();
        let rest = self.tags.rest();
        if !rest.get(..9)?.eq_ignore_ascii_case("<!doctype") {
            return None;
        }
        let end = rest.find('>')?;
        let name = &rest[9..end];
        if !name.starts_with(' ') || !name.trim_matches(' ').eq_ignore_ascii_case("html") {
            return None;
        }
        self.tags.skip(end + 1);
        let (name, public_id, system_id) = ("html".into(), StrTendril::new(), StrTendril::new());
        let doctype = Node::Doctype(Doctype { name, public_id, system_id });
        self.html.tree.root_mut().append(doctype);
        self.tags.blanks();
        Some(())
    }

    /// From `<html>` to behind `<body>`.
    fn head(&mut self) -> Option<()> {
        let root = self.html.tree.root().id();
        self.begin(root, "html")?;
        self.blanks_and_comments(false)?;
        self.begin(self.top()?.node, "head")?;
        loop {
            self.blanks_and_comments(true)?;
            if self.tags.rest().starts_with("</") {
                break;
            }
            let tag = self.tags.start_tag()?;
            match tag.kind {
                Kind::HeadVoid => drop(self.insert(tag)?),
                Kind::Raw | Kind::Title if tag.name != "iframe" => self.with_text(tag)?,
                _ => return None,
            }
        }
        self.end("head")?;
        self.blanks_and_comments(true)?;
        self.begin(self.top()?.node, "body")
    }

    /// One of the outermost elements.
    fn begin(&mut self, parent: NodeId, name: &'static str) -> Option<()> {
        let tag = self.tags.start_tag()?;
        if tag.name != name {
            return None;
        }
        let Tag { local, attributes, kind, .. } = tag;
        let element = Node::Element(Element::new(qualified(local), attributes));
        let node = self.html.tree.get_mut(parent)?.append(element).id();
        let within = Within::default();
        self.open.push(Open { node, name, kind, implied: false, within });
        Some(())
    }

    fn end(&mut self, name: &str) -> Option<()> {
        let ended = self.tags.end_tag()?;
        let open = self.open.pop()?;
        (ended == name && open.name == name).then_some(())
    }

    fn blanks_and_comments(&mut self, keep_blanks: bool) -> Option<()> {
        loop {
            let blanks = self.tags.blanks();
            if keep_blanks && !blanks.is_empty() {
                self.append_text(blanks.into())?;
            }
            if !self.tags.rest().starts_with("<!--") {
                return Some(());
            }
            self.comment()?;
        }
    }

    fn comment(&mut self) -> Option<()> {
        let comment = self.tags.comment()?;
        let node = self.top()?.node;
        self.html.tree.get_mut(node)?.append(Node::Comment(Comment { comment }));
        Some(())
    }

    fn body(&mut self) -> Option<()> {
        while !self.tags.is_at_end() {
            match self.tags.next_bytes() {
                [b'<', b'/', ..] => {
                    let name = self.tags.end_tag()?;
                    if matches!(name, "body" | "html") {
                        return self.finish(name);
                    }
                    self.close(name)?;
                }
                [b'<', b'!', ..] => self.comment()?,
                [b'<', ..] => {
                    let tag = self.tags.start_tag()?;
                    self.start(tag)?;
                }
                _ => {
                    let text = self.tags.text()?;
                    if self.top()?.kind.is_grid() && !text.bytes().all(is_blank) {
                        return None;
                    }
                    self.append_text(text)?;
                }
            }
        }
        (self.open.len() == 2).then_some(())
    }

    /// Blanks behind the end of the body belong to it.
    fn finish(&mut self, last: &str) -> Option<()> {
        if self.open.len() != 2 {
            return None;
        }
        let mut last = last;
        loop {
            let blanks = self.tags.blanks();
            if !blanks.is_empty() {
                self.append_text(blanks.into())?;
            }
            if self.tags.is_at_end() {
                return Some(());
            }
            if last == "html" || self.tags.end_tag()? != "html" {
                return None;
            }
            last = "html";
        }
    }

    fn close(&mut self, name: &str) -> Option<()> {
        let top = self.open.pop()?;
        if top.name == name && !top.implied {
            return Some(());
        }
        let table = self.open.pop()?;
        (top.implied && table.name == name && name == "table").then_some(())
    }

    fn start(&mut self, tag: Tag<'a>) -> Option<()> {
        if self.top()?.implied && tag.kind == Kind::Part {
            self.open.pop();
        }
        let top = self.top()?;
        if top.kind.is_grid() {
            return self.start_in_table(tag);
        }
        let within = top.within;
        if within.has(Within::PARAGRAPH) && tag.kind.ends_paragraph() {
            return None;
        }
        match tag.kind {
            Kind::Strange | Kind::Root | Kind::Part | Kind::Row | Kind::Cell | Kind::Caption => {
                None
            }
            Kind::Heading if top.kind == Kind::Heading => None,
            Kind::Anchor if within.has(Within::ANCHOR) => None,
            Kind::Button if within.has(Within::BUTTON) => None,
            Kind::Form if within.has(Within::FORM) => None,
            Kind::Item if self.ends_an_item(tag.name) => None,
            Kind::Void | Kind::Rule | Kind::HeadVoid => self.insert(tag).map(drop),
            Kind::Raw | Kind::Title | Kind::TextArea => self.with_text(tag),
            _ => {
                let drops_a_break = tag.name == "pre" && self.tags.rest().starts_with('\n');
                if drops_a_break { None } else { self.push(tag) }
            }
        }
    }

    fn start_in_table(&mut self, tag: Tag<'a>) -> Option<()> {
        match (self.top()?.kind, tag.kind) {
            (Kind::Table, Kind::Part | Kind::Caption)
            | (Kind::Part, Kind::Row)
            | (Kind::Row, Kind::Cell) => self.push(tag),
            (Kind::Table, Kind::Row) => {
                let (name, kind, attributes) = ("tbody", Kind::Part, Vec::new());
                let body = Tag { name, local: LocalName::from(name), kind, attributes };
                self.push(body)?;
                self.open.last_mut()?.implied = true;
                self.push(tag)
            }
            _ => None,
        }
    }

    /// Whether an element of the kind is open that this one would end.
    fn ends_an_item(&self, name: &str) -> bool {
        for open in self.open.iter().rev() {
            let same =
                if name == "li" { open.name == "li" } else { matches!(open.name, "dd" | "dt") };
            if same {
                return true;
            }
            if !is_looked_through(open.kind, open.name) {
                return false;
            }
        }
        false
    }

    fn insert(&mut self, tag: Tag<'a>) -> Option<NodeId> {
        let element = Element::new(qualified(tag.local), tag.attributes);
        let parent = self.top()?.node;
        Some(self.html.tree.get_mut(parent)?.append(Node::Element(element)).id())
    }

    fn push(&mut self, tag: Tag<'a>) -> Option<()> {
        let (name, kind) = (tag.name, tag.kind);
        let node = self.insert(tag)?;
        let within = self.top()?.within.and(kind);
        if self.open.len() >= DEEPEST {
            return None;
        }
        self.open.push(Open { node, name, kind, implied: false, within });
        Some(())
    }

    /// An element that holds text alone.
    fn with_text(&mut self, tag: Tag<'a>) -> Option<()> {
        let (name, kind) = (tag.name, tag.kind);
        let node = self.insert(tag)?;
        if kind == Kind::TextArea && self.tags.rest().starts_with('\n') {
            return None;
        }
        let text = self.tags.inner_text(name, kind != Kind::Raw)?;
        if !text.is_empty() {
            self.html.tree.get_mut(node)?.append(Node::Text(Text { text }));
        }
        Some(())
    }

    fn append_text(&mut self, text: StrTendril) -> Option<()> {
        let node = self.top()?.node;
        let mut parent = self.html.tree.get_mut(node)?;
        if let Some(mut last) = parent.last_child()
            && let Node::Text(before) = last.value()
        {
            before.text.push_tendril(&text);
            return Some(());
        }
        parent.append(Node::Text(Text { text }));
        Some(())
    }
}

fn qualified(local: LocalName) -> QualName {
    QualName::new(None, ns!(html), local)
}
