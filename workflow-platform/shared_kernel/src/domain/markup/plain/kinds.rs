//! What the tree construction of the HTML standard does with elements by their names.

/// How an element is put into a tree that needs no repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anything goes, as in `span`.
    Plain,
    /// Ends a paragraph that is open.
    Block,
    Heading,
    Paragraph,
    /// `li`, `dd` and `dt`: end one that is open.
    Item,
    Form,
    Button,
    Anchor,
    /// Has no end tag.
    Void,
    /// `hr`.
    Rule,
    /// Of these a head is made too: `meta`, `link`, `base`.
    HeadVoid,
    /// Text up to the end tag, as it stands.
    Raw,
    /// Text up to the end tag, with references.
    Title,
    TextArea,
    Table,
    /// `tbody`, `thead`, `tfoot`.
    Part,
    Row,
    Cell,
    Caption,
    /// The outermost ones.
    Root,
    /// Needs rules that are not here.
    Strange,
}

impl Kind {
    pub fn of(name: &str) -> Self {
        match name {
            "address" | "article" | "aside" | "blockquote" | "center" | "details" | "dialog"
            | "dir" | "div" | "dl" | "fieldset" | "figcaption" | "figure" | "footer" | "header"
            | "hgroup" | "main" | "menu" | "nav" | "ol" | "search" | "section" | "summary"
            | "ul" | "pre" => Self::Block,
            "p" => Self::Paragraph,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Self::Heading,
            "li" | "dd" | "dt" => Self::Item,
            "form" => Self::Form,
            "button" => Self::Button,
            "a" => Self::Anchor,
            "area" | "br" | "embed" | "img" | "wbr" | "input" | "param" | "source" | "track" => {
                Self::Void
            }
            "hr" => Self::Rule,
            "meta" | "link" | "base" => Self::HeadVoid,
            "script" | "style" | "noscript" | "iframe" => Self::Raw,
            "title" => Self::Title,
            "textarea" => Self::TextArea,
            "table" => Self::Table,
            "tbody" | "thead" | "tfoot" => Self::Part,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            "caption" => Self::Caption,
            "html" | "head" | "body" => Self::Root,
            "applet" | "basefont" | "bgsound" | "col" | "colgroup" | "frame" | "frameset"
            | "image" | "isindex" | "keygen" | "listing" | "marquee" | "math" | "nobr"
            | "noembed" | "noframes" | "object" | "optgroup" | "option" | "plaintext" | "rb"
            | "rp" | "rt" | "rtc" | "select" | "selectedcontent" | "svg" | "template" | "xmp" => {
                Self::Strange
            }
            _ => Self::Plain,
        }
    }

    /// Whether it ends a paragraph.
    pub fn ends_paragraph(self) -> bool {
        matches!(
            self,
            Self::Block
                | Self::Heading
                | Self::Paragraph
                | Self::Item
                | Self::Form
                | Self::Rule
                | Self::Table
        )
    }

    /// Whether only parts of a table may stand in it.
    pub fn is_grid(self) -> bool {
        matches!(self, Self::Table | Self::Part | Self::Row)
    }

    /// Whether what is open around it does not matter within.
    pub fn is_boundary(self) -> bool {
        matches!(self, Self::Table | Self::Cell | Self::Caption | Self::Button)
    }
}

/// Whether the search for an open `li` looks further out than this element.
pub(super) fn is_looked_through(kind: Kind, name: &str) -> bool {
    matches!(name, "address" | "div" | "p") || matches!(kind, Kind::Plain | Kind::Anchor)
}
