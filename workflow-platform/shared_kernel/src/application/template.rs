//! Workflows ready to be copied.

use std::collections::BTreeMap;

use crate::domain::Locale;

/// A workflow that a context hands in for users to copy and change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// Names it in addresses, such as `ranking-watch`.
    pub name: &'static str,
    /// YAML of the workflow format, its titles and descriptions in English.
    pub source: &'static str,
    /// JSON: by each of those, the same in Chinese.
    pub chinese: &'static str,
}

/// Keys of a definition whose values are read by people.
const READ: [&str; 2] = ["title", "description"];
/// What ends such a value: the next key in braces, their end, or that of the line.
const ENDS: [char; 3] = [',', '}', '\n'];

impl Template {
    /// The text in a language: what is copied of it speaks it as well.
    pub fn source_in(&self, locale: Locale) -> Result<String, serde_json::Error> {
        let mut source = self.source.to_owned();
        if locale == Locale::En {
            return Ok(source);
        }
        let texts: BTreeMap<String, String> = serde_json::from_str(self.chinese)?;
        for (english, chinese) in texts {
            for (key, end) in READ.iter().flat_map(|key| ENDS.map(|end| (key, end))) {
                let written = format!("{key}: {english}{end}");
                source = source.replace(&written, &format!("{key}: {chinese}{end}"));
            }
        }
        Ok(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_and_descriptions_are_said_in_chinese_and_nothing_else_changes() {
        let template = Template {
            name: "one",
            source: "name: Site\ndescription: Reads it\nparams: {site: {title: Site, default: Site}}\n",
            chinese: r#"{"Site": "网站", "Reads it": "读取"}"#,
        };
        assert_eq!(template.source_in(Locale::En).unwrap(), template.source);
        assert_eq!(
            template.source_in(Locale::ZhCn).unwrap(),
            "name: Site\ndescription: 读取\nparams: {site: {title: 网站, default: Site}}\n",
        );
    }
}
