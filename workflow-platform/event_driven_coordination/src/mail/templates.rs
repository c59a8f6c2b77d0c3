//! Templates of mails: subject, text and HTML in each language.

use minijinja::{Environment, UndefinedBehavior, Value};
use shared_kernel::{application::Mail, domain::Locale};

/// A template is broken or lacks a value.
#[derive(Debug, thiserror::Error)]
#[error("mail template {name} cannot be filled in")]
pub struct TemplateError {
    name: String,
    source: minijinja::Error,
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rendered {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Rendered {
    /// The mail that says it to somebody.
    pub fn to(self, to: String, message_id: String) -> Mail {
        let Self { subject, text, html } = self;
        Mail { to, subject, text, html, message_id }
    }
}

/// All templates, parsed. Values are escaped in HTML; a value that is missing is an error.
pub(super) struct Templates(Environment<'static>);

/// File name and content. The first line of a text is the subject; every HTML stands in the frame.
const FILES: [(&str, &str); 21] = [
    ("frame.html", include_str!("../../templates/frame.html")),
    ("code.zh-CN.txt", include_str!("../../templates/code.zh-CN.txt")),
    ("code.zh-CN.html", include_str!("../../templates/code.zh-CN.html")),
    ("code.en.txt", include_str!("../../templates/code.en.txt")),
    ("code.en.html", include_str!("../../templates/code.en.html")),
    ("account_exists.zh-CN.txt", include_str!("../../templates/account_exists.zh-CN.txt")),
    ("account_exists.zh-CN.html", include_str!("../../templates/account_exists.zh-CN.html")),
    ("account_exists.en.txt", include_str!("../../templates/account_exists.en.txt")),
    ("account_exists.en.html", include_str!("../../templates/account_exists.en.html")),
    ("billing.zh-CN.txt", include_str!("../../templates/billing.zh-CN.txt")),
    ("billing.zh-CN.html", include_str!("../../templates/billing.zh-CN.html")),
    ("billing.en.txt", include_str!("../../templates/billing.en.txt")),
    ("billing.en.html", include_str!("../../templates/billing.en.html")),
    ("lowered.zh-CN.txt", include_str!("../../templates/lowered.zh-CN.txt")),
    ("lowered.zh-CN.html", include_str!("../../templates/lowered.zh-CN.html")),
    ("lowered.en.txt", include_str!("../../templates/lowered.en.txt")),
    ("lowered.en.html", include_str!("../../templates/lowered.en.html")),
    ("notice.zh-CN.txt", include_str!("../../templates/notice.zh-CN.txt")),
    ("notice.zh-CN.html", include_str!("../../templates/notice.zh-CN.html")),
    ("notice.en.txt", include_str!("../../templates/notice.en.txt")),
    ("notice.en.html", include_str!("../../templates/notice.en.html")),
];

impl Templates {
    pub fn load() -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, content) in FILES {
            let broken = |source| TemplateError { name: name.to_owned(), source };
            environment.add_template(name, content).map_err(broken)?;
        }
        Ok(Self(environment))
    }

    pub fn render(
        &self,
        name: &str,
        locale: Locale,
        values: &Value,
    ) -> Result<Rendered, TemplateError> {
        let text = self.fill(&format!("{name}.{}.txt", locale.as_str()), values)?;
        let html = self.fill(&format!("{name}.{}.html", locale.as_str()), values)?;
        let (subject, text) = text.split_once('\n').unwrap_or((text.as_str(), ""));
        let subject = subject.trim().to_owned();
        Ok(Rendered { subject, text: text.trim_start().to_owned(), html })
    }

    fn fill(&self, name: &str, values: &Value) -> Result<String, TemplateError> {
        let filled = self.0.get_template(name).and_then(|template| template.render(values.clone()));
        filled.map_err(|source| TemplateError { name: name.to_owned(), source })
    }
}
