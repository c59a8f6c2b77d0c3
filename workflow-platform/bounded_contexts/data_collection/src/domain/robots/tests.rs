//! The table, and what it cannot hold.

#[path = "table.rs"]
mod table;

use std::time::Duration;

use proptest::prelude::*;

use super::*;

const AGENT: &str = "workflow-platform";

#[test]
fn every_file_of_the_table_says_what_it_should() {
    for (name, file, paths) in table::CASES {
        let robots = Robots::parse(file, AGENT);
        for (path, allowed) in paths {
            let verdict = robots.verdict(path);
            assert_eq!(verdict == Verdict::Allowed, *allowed, "{name}: {path}: {verdict:?}");
        }
    }
}

#[test]
fn a_denial_names_its_rule() {
    let robots = Robots::parse("user-agent: *\ndisallow: /x # no\n", AGENT);
    assert_eq!(robots.verdict("/x/1"), Verdict::Denied("Disallow: /x".to_owned()));
    assert_ne!(Robots::nothing_allowed().verdict("/x"), Verdict::Allowed);
}

#[test]
fn what_stands_behind_500_kib_is_not_there() {
    let head = "user-agent: *\ndisallow: /x\n";
    let filler = "#".repeat(READ - head.len());
    let file = format!("{head}{filler}\nallow: /x/y\ndisallow: /z\n");
    let robots = Robots::read(file.as_bytes(), AGENT);
    assert_ne!(robots.verdict("/x/y"), Verdict::Allowed);
    assert_eq!(robots.verdict("/z"), Verdict::Allowed);
    let robots = Robots::read(b"user-agent: *\ndisallow: /\xff\n", AGENT);
    assert_eq!(robots.verdict("/x"), Verdict::Allowed);
}

#[test]
fn delays_and_sitemaps_are_read_for_whom_they_are_meant() {
    let file = "sitemap: http://a/1.xml\nuser-agent: other\ncrawl-delay: 9\n\
                user-agent: *\nCrawl-Delay: 2.5\nSITEMAP: /2.xml\ncrawl-delay: nonsense\n";
    let robots = Robots::parse(file, AGENT);
    assert_eq!(robots.delay(), Some(Duration::from_millis(2500)));
    assert_eq!(robots.sitemaps(), ["http://a/1.xml", "/2.xml"]);
    let long = Robots::parse("user-agent: *\ncrawl-delay: 86400\n", AGENT);
    assert_eq!(long.delay(), Some(LONGEST_DELAY));
    for bad in ["-1", "NaN", "inf", ""] {
        let file = format!("user-agent: *\ncrawl-delay: {bad}\n");
        assert_eq!(Robots::parse(&file, AGENT).delay(), None, "{bad}");
    }
}

proptest! {
    #[test]
    fn any_file_is_read(text in "(?s).{0,300}", path in "/.{0,60}") {
        let _ = Robots::parse(&text, AGENT).verdict(&path);
    }

    #[test]
    fn a_rule_made_of_a_path_forbids_the_path(path in "/[ -~é你]{0,30}") {
        let rule = path.replace('%', "%25").replace('*', "%2A").replace('$', "%24").replace('#', "%23");
        let path = path.replace('%', "%25");
        let robots = Robots::parse(&format!("user-agent: *\ndisallow: {rule}\n"), AGENT);
        let path = path.trim_end();
        if path != "/robots.txt" && !path.contains('#') {
            prop_assert_ne!(robots.verdict(path), Verdict::Allowed);
        }
    }
}
