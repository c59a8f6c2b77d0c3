//! Many selectors in one walk over a page.
//!
//! Trying each selector on each element is most of the work of an extraction. Nearly all selectors
//! end in a class, an id or a name that the element must have; so the walk looks at these, and
//! tries the selector only where they fit.

use scraper::{ElementRef, Selector};

/// Elements that are kept for a field that wants one: the first may not hold a value.
const SPARE: usize = 64;

/// What an element must have for a selector to match it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mark {
    Id(Box<str>),
    Class(Box<str>),
    Name(Box<str>),
}

/// The mark of a selector that is written in the plainest way: names, classes and ids with
/// combinators between them. Others have none.
pub(super) fn mark_of(selector: &str) -> Option<Mark> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.# >+~".contains(&byte);
    if !selector.bytes().all(plain) {
        return None;
    }
    let last = selector.trim().rsplit([' ', '>', '+', '~']).next()?;
    let parts = || {
        last.split_inclusive(['.', '#']).scan("", |before, part| {
            let sign = if before.ends_with('#') {
                '#'
            } else if before.ends_with('.') {
                '.'
            } else {
                ' '
            };
            *before = part;
            Some((sign, part.trim_end_matches(['.', '#'])))
        })
    };
    let part = |wanted: char| parts().find(|(sign, text)| *sign == wanted && !text.is_empty());
    if let Some((_, id)) = part('#') {
        return Some(Mark::Id(id.into()));
    }
    if let Some((_, class)) = part('.') {
        return Some(Mark::Class(class.into()));
    }
    let (_, name) = part(' ')?;
    // Names in capitals match differently inside SVG and elsewhere.
    let lower = name.bytes().all(|byte| !byte.is_ascii_uppercase());
    lower.then(|| Mark::Name(name.into()))
}

/// Texts that are looked for, each with the fields that want it.
#[derive(Debug, Clone, Default)]
struct Texts {
    /// Whether any begins with a byte.
    begins: Box<[bool]>,
    texts: Vec<(Box<str>, usize)>,
}

impl Texts {
    fn add(&mut self, text: &str, field: usize) {
        if self.begins.is_empty() {
            self.begins = vec![false; 256].into();
        }
        if let Some(first) = text.bytes().next() {
            self.begins[usize::from(first)] = true;
            self.texts.push((text.into(), field));
        }
    }

    fn wanting<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> + 'a {
        let begins = |first: u8| self.begins.get(usize::from(first)).copied().unwrap_or(false);
        let may_be = text.bytes().next().is_some_and(begins);
        let texts = if may_be { self.texts.as_slice() } else { &[] };
        texts.iter().filter(move |(wanted, _)| **wanted == *text).map(|(_, field)| *field)
    }
}

/// Finds the elements of many fields at once.
#[derive(Debug, Clone, Default)]
pub(super) struct Finder {
    ids: Texts,
    classes: Texts,
    names: Texts,
    /// By field: its selector, and whether it wants all elements.
    sought: Vec<Option<(Selector, bool)>>,
}

/// What was found, by field. `None` for those that are to be looked for one by one.
pub(super) struct Found<'a>(Vec<Option<Vec<ElementRef<'a>>>>);

impl<'a> Found<'a> {
    pub fn of(&self, field: usize) -> Option<&[ElementRef<'a>]> {
        self.0.get(field)?.as_deref()
    }
}

impl Finder {
    /// Of the selectors with their marks, in the order of their fields; `None` where one walk for
    /// all would save none.
    pub fn new<'a>(
        fields: impl Iterator<Item = Option<(&'a Selector, &'a Mark, bool)>>,
    ) -> Option<Self> {
        let mut finder = Self::default();
        for (field, wanted) in fields.enumerate() {
            match wanted.map(|(_, mark, _)| mark) {
                Some(Mark::Id(id)) => finder.ids.add(id, field),
                Some(Mark::Class(class)) => finder.classes.add(class, field),
                Some(Mark::Name(name)) => finder.names.add(name, field),
                None => {}
            }
            finder.sought.push(wanted.map(|(selector, _, all)| (selector.clone(), all)));
        }
        (finder.sought.iter().flatten().count() > 1).then_some(finder)
    }

    /// Everything below `scope`, in the order of the page.
    pub fn find<'a>(&self, scope: ElementRef<'a>) -> Found<'a> {
        let begin = |sought: &Option<(Selector, bool)>| sought.as_ref().map(|_| Vec::new());
        let mut walk = Walk { finder: self, scope, found: self.sought.iter().map(begin).collect() };
        for element in scope.descendants().skip(1).filter_map(ElementRef::wrap) {
            walk.look_at(element);
        }
        Found(walk.found)
    }
}

struct Walk<'a, 'f> {
    finder: &'f Finder,
    scope: ElementRef<'a>,
    found: Vec<Option<Vec<ElementRef<'a>>>>,
}

impl<'a> Walk<'a, '_> {
    fn look_at(&mut self, element: ElementRef<'a>) {
        let finder = self.finder;
        if !finder.names.texts.is_empty() {
            for field in finder.names.wanting(element.value().name()) {
                self.try_for(field, element);
            }
        }
        for (name, value) in element.value().attrs() {
            match name {
                "class" => {
                    for class in value.split_ascii_whitespace() {
                        for field in finder.classes.wanting(class) {
                            self.try_for(field, element);
                        }
                    }
                }
                "id" => {
                    for field in finder.ids.wanting(value) {
                        self.try_for(field, element);
                    }
                }
                _ => {}
            }
        }
    }

    fn try_for(&mut self, field: usize, element: ElementRef<'a>) {
        let Some((selector, all)) = &self.finder.sought[field] else { return };
        let Some(found) = &mut self.found[field] else { return };
        // A class may be written twice.
        let known = found.last() == Some(&element);
        if known || !selector.matches_with_scope(&element, Some(self.scope)) {
            return;
        }
        if !all && found.len() == SPARE {
            // Somebody who looks on will look from the beginning.
            self.found[field] = None;
        } else {
            found.push(element);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use scraper::Html;

    use super::*;

    #[rstest]
    #[case("h1.title", Some(Mark::Class("title".into())))]
    #[case("#book", Some(Mark::Id("book".into())))]
    #[case("div.a#b.c", Some(Mark::Id("b".into())))]
    #[case(".author > .name.big ", Some(Mark::Class("name".into())))]
    #[case("ul li+a", Some(Mark::Name("a".into())))]
    #[case("ul~p", Some(Mark::Name("p".into())))]
    #[case("svg foreignObject", None)]
    #[case("a, b", None)]
    #[case("a[href]", None)]
    #[case("li:first-child", None)]
    #[case("*", None)]
    #[case(".名", None)]
    fn a_mark_is_what_the_last_element_must_have(
        #[case] selector: &str,
        #[case] mark: Option<Mark>,
    ) {
        assert_eq!(mark_of(selector), mark);
    }

    /// Everything that each selector finds by itself.
    fn one_by_one(page: &Html, selectors: &[&str]) -> Vec<Vec<String>> {
        let of = |text: &&str| {
            let selector = Selector::parse(text).unwrap();
            page.root_element().select(&selector).map(|found| found.html()).collect()
        };
        selectors.iter().map(of).collect()
    }

    fn at_once(page: &Html, selectors: &[&str]) -> Vec<Vec<String>> {
        let parsed: Vec<_> = selectors
            .iter()
            .map(|text| (Selector::parse(text).unwrap(), mark_of(text).unwrap()))
            .collect();
        let wanted = parsed.iter().map(|(selector, mark)| Some((selector, mark, true)));
        let finder = Finder::new(wanted).unwrap();
        let found = finder.find(page.root_element());
        (0..selectors.len())
            .map(|field| found.of(field).unwrap().iter().map(ElementRef::html).collect())
            .collect()
    }

    const SELECTORS: [&str; 12] = [
        "p",
        ".a",
        ".b",
        "#x",
        "p.a",
        "p .a",
        "div > .b",
        ".a + p",
        ".a ~ .b",
        "div#x",
        "b",
        "template p",
    ];

    #[test]
    fn what_one_field_may_do_without_is_not_kept() {
        let page = Html::parse_document(&"<p class=a>".repeat(SPARE + 1));
        let selector = Selector::parse("p").unwrap();
        let mark = mark_of("p").unwrap();
        let wanted = [Some((&selector, &mark, false)), Some((&selector, &mark, true))];
        let finder = Finder::new(wanted.into_iter()).unwrap();
        let found = finder.find(page.root_element());
        assert!(found.of(0).is_none());
        assert_eq!(found.of(1).unwrap().len(), SPARE + 1);
    }

    proptest! {
        #[test]
        fn one_walk_finds_what_many_find(pieces in prop::collection::vec(
            prop_oneof![
                Just("<p>"), Just("</p>"), Just("<div id=x>"), Just("</div>"), Just("<p class='a b'>"),
                Just("<div class=\"b\ta a\">"), Just("<b class=B>"), Just("</b>"), Just("<p id=x class=b>"),
                Just("<template>"), Just("</template>"), Just("<svg class=a><b>"), Just("text"),
                Just("<table><p class=a>"), Just("</table>"),
            ], 0..40)) {
            let page = Html::parse_document(&pieces.concat());
            prop_assert_eq!(at_once(&page, &SELECTORS), one_by_one(&page, &SELECTORS));
        }
    }
}
