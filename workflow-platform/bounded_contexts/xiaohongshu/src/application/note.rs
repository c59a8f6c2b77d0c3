//! `xiaohongshu.note`: one note, from a saved page or live.

use std::sync::Arc;

use async_trait::async_trait;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde_json::{Value, json};
use shared_kernel::{
    application::{
        Action, ActionContext, ActionDescriptor, ActionError, Fetcher, fetch_site_page,
        page_failure, reject_site_page,
    },
    domain::{PageError, SitePage},
    infrastructure::cpu::CpuPool,
};

use crate::domain::{NoteRecord, parse_note};

/// The step kind.
pub struct NoteAction {
    fetcher: Arc<dyn Fetcher>,
    cpu: CpuPool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// A saved page (HTML), or its page state. Instead of `url`.
    html: Option<String>,
    /// The note's address, fetched live. The site's robots.txt forbids this; it works only where
    /// the operator has allowed the host.
    url: Option<String>,
    /// Name or id of the proxy pool to go through, with `url`.
    proxy_pool: Option<String>,
}

impl NoteAction {
    pub fn new(fetcher: Arc<dyn Fetcher>, cpu: CpuPool) -> Self {
        Self { fetcher, cpu }
    }

    async fn import(&self, html: String) -> Result<NoteRecord, ActionError> {
        self.parse(move || parse_note(&SitePage::saved(html.as_bytes())))
            .await?
            .map_err(|error| page_failure(&error))
    }

    async fn live(
        &self,
        ctx: &ActionContext,
        url: &str,
        proxy_pool: Option<&str>,
    ) -> Result<NoteRecord, ActionError> {
        let response = fetch_site_page(&*self.fetcher, ctx, url, proxy_pool)
            .await
            .map_err(|error| with_the_way_out(error, url))?;
        let (body, status, at) = (response.body.clone(), response.status, response.url.clone());
        let seen_at = Some(ctx.ambient.now());
        let parse = move || {
            parse_note(&SitePage { body: &body, status: Some(status), url: Some(&at), seen_at })
        };
        match self.parse(parse).await? {
            Ok(note) => Ok(note),
            Err(error) => Err(reject_site_page(&*self.fetcher, &response, &error).await),
        }
    }

    async fn parse(
        &self,
        parse: impl FnOnce() -> Result<NoteRecord, PageError> + Send + 'static,
    ) -> Result<Result<NoteRecord, PageError>, ActionError> {
        self.cpu
            .run(parse)
            .await
            .map_err(|error| ActionError::retryable("INTERNAL", error.to_string()))
    }
}

/// A refusal by robots.txt says what can be done instead.
fn with_the_way_out(mut error: ActionError, url: &str) -> ActionError {
    if error.code == "ROBOTS_DENIED" {
        error.message = format!(
            "{}; {url} is not fetched. Save the page in a browser and pass it as `html`, or ask \
             the operator to allow this host with a reason",
            error.message
        );
    }
    error
}

#[async_trait]
impl Action for NoteAction {
    fn describe(&self) -> ActionDescriptor {
        ActionDescriptor {
            name: "xiaohongshu.note".to_owned(),
            title: "小红书笔记".to_owned(),
            description:
                "One note's page as a record: from a saved page (`html`), or live (`url`) \
                where the operator allows it against the site's robots.txt."
                    .to_owned(),
            input_schema: schema_for!(Input).to_value(),
            output_schema: note_schema(),
        }
    }

    async fn run(&self, ctx: &ActionContext, input: Value) -> Result<Value, ActionError> {
        let input: Input = serde_json::from_value(input)
            .map_err(|error| ActionError::invalid_input("with", error.to_string()))?;
        let note = match (input.html, input.url) {
            (Some(html), None) => self.import(html).await?,
            (None, Some(url)) => self.live(ctx, &url, input.proxy_pool.as_deref()).await?,
            _ => return Err(ActionError::invalid_input("html", "give either html or url")),
        };
        Ok(json!(note))
    }
}

fn note_schema() -> Value {
    let text = json!({"type": ["string", "null"]});
    let whole = json!({"type": ["integer", "null"]});
    let time = json!({"type": ["string", "null"], "format": "date-time"});
    json!({
        "type": "object",
        "required": ["note_id"],
        "properties": {
            "note_id": {"type": "string"},
            "type": {"type": ["string", "null"], "description": "normal or video"},
            "title": text,
            "desc": text,
            "author": {"type": ["object", "null"], "properties": {"user_id": text, "nickname": text, "avatar": text}},
            "tags": {"type": "array", "items": {"type": "string"}},
            "images": {"type": "array", "items": {"type": "object", "properties": {"id": text, "url": text, "width": whole, "height": whole}}},
            "video": {"type": ["object", "null"], "properties": {
                "url": text, "codec": {"type": "string"}, "width": whole, "height": whole, "size_bytes": whole, "duration_ms": whole}},
            "counts": {"type": "object", "description": "liked, collected, comments, shares"},
            "published_at": time,
            "updated_at": time,
            "ip_location": text,
        },
    })
}
