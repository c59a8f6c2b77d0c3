//! What a program that signs in calls itself, without what changes with every release.

/// Browsers by what only they call themselves; the order matters, since most claim to be others.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("MicroMessenger/", "WeChat"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Systems, likewise: an Android is a Linux, and an iPhone is like a Mac.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Longest name of a program that is no browser.
const LONGEST: usize = 40;

/// Such as `Firefox (Linux)` or `curl`; `None` of a program that does not say.
pub fn device_of(agent: &str) -> Option<String> {
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser} ({system})")),
        (Some(browser), None) => Some(browser.to_owned()),
        _ => {
            let product = agent.split(['/', ' ', '(']).find(|word| !word.is_empty())?;
            Some(product.chars().filter(|letter| !letter.is_control()).take(LONGEST).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_what_stays() {
        for (agent, device) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox (Linux)",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like \
                 Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge (Windows)",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/140.0.0.0 Mobile Safari/537.36",
                "Chrome (Android)",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari (iPhone)",
            ),
            ("curl/8.5.0", "curl"),
            ("python-requests/2.32", "python-requests"),
            ("  our tool (v2)", "our"),
        ] {
            assert_eq!(device_of(agent).as_deref(), Some(device));
        }
    }

    #[test]
    fn who_says_nothing_has_no_name() {
        assert_eq!(device_of(""), None);
        assert_eq!(device_of(" /("), None);
    }

    proptest::proptest! {
        #[test]
        fn any_agent_has_a_short_name_or_none(agent: String) {
            if let Some(device) = device_of(&agent) {
                proptest::prop_assert!(device.chars().count() <= LONGEST);
            }
        }
    }
}
