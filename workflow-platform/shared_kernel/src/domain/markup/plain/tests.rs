//! The fast way and the way by all the rules give the same tree.

use proptest::prelude::*;
use rstest::rstest;
use scraper::Html;

use super::read;

fn page(head: &str, body: &str) -> String {
    format!("<!DOCTYPE html>\n<html lang=en>{head}<body class='a b'>{body}</body></html>\n")
}

/// Whether the fast way is taken, which then must give the same.
fn is_taken(text: &str) -> bool {
    let Some(fast) = read(text) else { return false };
    let slow = Html::parse_document(text);
    assert!(fast.tree == slow.tree, "{text}\n{}\n{}", fast.html(), slow.html());
    assert_eq!(fast.html(), slow.html(), "{text}");
    assert_eq!(fast.quirks_mode, slow.quirks_mode);
    true
}

#[rstest]
#[case("<p class=a data-x='1'>One <b>two</b> &amp; three&nbsp;&#x4f60;</p><p>four</p>")]
#[case("<ul>\r\n<li><a href=\"/x?a=1&b=2\">a</a></li>\r<li>b<ul><li>c</li></ul></li></ul>")]
#[case(
    "<table><caption>c</caption><tr><td>1</td><th>2</th></tr></table><table><tbody> <tr></tr></tbody></table>"
)]
#[case(
    "<script>if (a < b && c) { x('</div>') }</script><style>p > a {}</style><noscript><p></noscript>"
)]
#[case("<img src=a.png alt><br/><hr><input value=\"a&quot;b\"><textarea> &lt; </textarea>")]
#[case("<form><button>a</button><label>b <input></label></form><!-- note --><iframe></iframe>")]
#[case(
    "<dl><dt>a</dt><dd>b<p>c</p></dd></dl><pre>a\n b</pre><x-card @click=\"go\" :a=1>d</x-card>"
)]
#[case("<h1>a</h1><h2>b <em>c</em></h2><div><p>d <span>e</span></p></div>a & b")]
fn pages_in_good_order_go_the_fast_way(#[case] body: &str) {
    for head in
        ["<head></head>", " <head>\n<meta charset=utf-8><title>a &amp; b</title>\n</head>\n"]
    {
        assert!(is_taken(&page(head, body)), "{body}");
    }
}

#[rstest]
#[case("<p>a<p>b")]
#[case("<b>a<i>b</b>c</i>")]
#[case("<ul><li>a<li>b</ul>")]
#[case("<table><tr><td>a<tr><td>b</table>")]
#[case("<table>text<tr></tr></table>")]
#[case("<a>a<a>b</a></a>")]
#[case("<p><div>a</div></p>")]
#[case("<select><option>a<option>b</select>")]
#[case("<svg viewbox=1><path/></svg>")]
#[case("a &lt b")]
#[case("<DIV>a</DIV>")]
#[case("<a href=x href=y>a</a>")]
#[case("<script><!-- <script></script> --></script>")]
#[case("<!--> a -->")]
fn pages_that_need_repair_do_not(#[case] body: &str) {
    assert!(!is_taken(&page("<head></head>", body)), "{body}");
}

#[test]
fn a_page_that_nests_without_end_is_left_to_others() {
    let deep = |depth: usize| format!("{}{}", "<div>".repeat(depth), "</div>".repeat(depth));
    assert!(is_taken(&page("<head></head>", &deep(100))));
    assert!(read(&page("<head></head>", &deep(5000))).is_none());
    let many: String = (0..1000).map(|number| format!(" a{number}=1")).collect();
    assert!(read(&page("<head></head>", &format!("<p{many}></p>"))).is_none());
}

const HEADS: [&str; 4] = [
    "<head></head>",
    "<head>\n<title>a&eacute;</title><meta charset=utf-8> <script>x</script></head>\n ",
    " <!-- a --><head><style>a</style><noscript><p></noscript></head><!-- b -->",
    "<title>a</title>",
];
const ENDS: [&str; 6] =
    ["", "</body></html>", "\n</body>\n</html>\n", "</html>", "</body> ", "</html> x"];
const PIECES: [&str; 78] = [
    "<p>",
    "<div>",
    "<a href=\"x?a=1&b=2\">",
    "<b>",
    "<span class=x>",
    "text",
    " \n",
    "&amp;",
    "&lt",
    "&#65;",
    "&notit;",
    "&nbsp;",
    "<ul>",
    "<li>",
    "<table>",
    "<tr>",
    "<td>",
    "<tbody>",
    "<thead>",
    "<caption>",
    "<th>",
    "<h1>",
    "<h2>",
    "<form>",
    "<button>",
    "<br>",
    "<br/>",
    "<img src='a' alt>",
    "<hr>",
    "<script>a<b</script>",
    "<style>x</style>",
    "<textarea>a&amp;</textarea>",
    "<title>t&eacute;</title>",
    "<!-- c -->",
    "<!---->",
    "<!-->",
    "<dl>",
    "<dt>",
    "<dd>",
    "<noscript><p></noscript>",
    "<iframe></iframe>",
    "<select>",
    "<option>",
    "<svg>",
    "<input type=hidden>",
    "<pre>",
    "\nx",
    "<section>",
    "<em>",
    "<i>",
    "<x-y a='1' b=\"2\">",
    "<meta name=a>",
    "<address>",
    "<center>",
    "<object>",
    "<label>",
    "&",
    "& ",
    "<",
    "é",
    "<p/>",
    "<div a=1 a=2>",
    "<font color=red>",
    "<template>",
    "<main>",
    "<ruby>",
    "<rt>",
    "<button type=submit>",
    "<tr><td>",
    "</td></tr>",
    "</p>",
    "</div>",
    "</a>",
    "</b>",
    "</table>",
    "\r\n",
    "<nobr>",
    "</li>",
];
const EMPTY: [&str; 5] = ["br", "img", "hr", "input", "meta"];

/// Pieces of which most are closed again in order; the number says which, and when.
fn put_together(pieces: &[u16], head: &str, end: &str) -> String {
    let (mut body, mut open) = (String::new(), Vec::new());
    for number in pieces.iter().map(|number| usize::from(*number)) {
        let piece = PIECES[number % PIECES.len()];
        if (number / PIECES.len()).is_multiple_of(3)
            && let Some(name) = open.pop()
        {
            body.push_str(&format!("</{name}>"));
            continue;
        }
        body.push_str(piece);
        let name = piece.trim_start_matches('<').split([' ', '>', '/']).next().unwrap_or_default();
        let opens = piece.starts_with('<') && !piece.contains(['/', '!']) && !EMPTY.contains(&name);
        if opens && !name.is_empty() {
            open.push(name);
        }
    }
    let closing: String = open.iter().rev().map(|name| format!("</{name}>")).collect();
    format!("<!DOCTYPE html>\n<html lang=en>{head}<body class='a b'>{body}{closing}{end}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn whatever_goes_the_fast_way_has_the_tree_of_the_standard(
        pieces in prop::collection::vec(0_u16..700, 0..14),
        head in prop::sample::select(&HEADS[..]),
        end in prop::sample::select(&ENDS[..]),
    ) {
        is_taken(&put_together(&pieces, head, end));
    }

    #[test]
    fn a_page_that_is_damaged_anywhere_has_the_tree_of_the_standard(
        pieces in prop::collection::vec(0_u16..700, 0..14),
        at in any::<prop::sample::Index>(),
        with in prop::sample::select(&["", "<", ">", "/", "\"", "'", "=", "&", " ", "\0", "\u{feff}", "-", "!", "A"][..]),
    ) {
        let mut page = put_together(&pieces, HEADS[1], ENDS[1]);
        let at = at.index(page.len());
        if page.is_char_boundary(at) && page.is_char_boundary(at + 1) {
            page.replace_range(at..=at, with);
        }
        is_taken(&page);
    }

    #[test]
    fn references_are_read_as_the_standard_has_it(
        text in "[ a&;#x0-9Aeltgmpnbs=]{0,16}",
    ) {
        is_taken(&page("<head></head>", &format!("<p title=\"{text}\">{text}</p>")));
    }
}
