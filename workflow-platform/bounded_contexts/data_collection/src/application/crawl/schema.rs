//! JSON Schemas of the action.

use serde_json::{Value, json};

use super::{
    super::html_extract::problems_schema,
    input::{MOST_PAGES, MOST_ROWS},
};
use crate::domain::extract::schema;

pub(super) fn input_schema() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "start_urls": { "type": "array", "maxItems": 10_000, "items": { "type": "string" } },
            "sitemaps": {
                "description": "true: pages of the sitemaps that robots.txt names; or addresses of sitemaps.",
                "oneOf": [{ "type": "boolean" }, { "type": "array", "items": { "type": "string" } }],
            },
            "allow": { "type": "array", "items": { "type": "string" }, "description": "Regular expressions; a link is followed when one matches its address." },
            "deny": { "type": "array", "items": { "type": "string" }, "description": "Regular expressions of addresses that are not followed." },
            "same_host": { "type": "boolean", "default": true, "description": "Stay on the hosts of the start pages." },
            "same_domain": { "type": "boolean", "default": false, "description": "Stay on the domains of the start pages, other hosts of theirs included." },
            "follow_nofollow": { "type": "boolean", "default": false, "description": "Follow links that the page asks not to follow." },
            "drop_params": { "type": "array", "items": { "type": "string" }, "description": "Parameters that do not tell pages apart; a * at the end stands for anything.", "examples": [["utm_*", "sessionid"]] },
            "skip_same_content": { "type": "boolean", "default": false, "description": "Leave out pages whose bytes another page had." },
            "priorities": {
                "type": "array",
                "description": "The first pattern that matches an address says when its turn is; higher is sooner, others have 0.",
                "items": {
                    "type": "object",
                    "required": ["pattern", "priority"],
                    "properties": { "pattern": { "type": "string" }, "priority": { "type": "integer" } },
                },
            },
            "max_depth": { "type": "integer", "minimum": 0, "maximum": 1000, "default": 3 },
            "max_pages": { "type": "integer", "minimum": 1, "maximum": MOST_PAGES, "default": 100, "description": format!("More than {MOST_ROWS} only with save.") },
            "max_seconds": { "type": "integer", "minimum": 1, "description": "No page is begun later." },
            "parallelism": { "type": "integer", "minimum": 1, "maximum": 256, "default": 4, "description": "Pages at once, as far as their hosts allow it." },
            "proxy_pool": { "type": "string" },
            "archive": { "type": "boolean", "default": true, "description": "Keep the pages, to be read again." },
            "revalidate": { "type": "boolean", "default": true, "description": "Ask the site whether a page changed since it was kept." },
            "cookies": { "type": "boolean", "default": false, "description": "Keep cookies from page to page; such pages are not archived." },
            "extract": schema(),
            "save": {
                "type": "object",
                "description": "Store rows in a dataset as they come, instead of giving them out.",
                "additionalProperties": false,
                "required": ["dataset"],
                "properties": {
                    "dataset": { "type": "string" },
                    "key": { "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }], "default": "url" },
                },
            },
        },
        "examples": [{
            "start_urls": ["https://example.com/books/"],
            "allow": ["/books/"],
            "extract": { "title": "h1", "price": { "selector": ".price", "type": "money" } },
            "save": { "dataset": "books", "key": "url" },
            "max_pages": 1000,
        }],
    })
}

pub(super) fn output_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "pages": { "type": "array", "description": "A row for each page: url, status, depth, title and the fields; empty with save." },
            "failed": { "type": "array", "description": "Pages that could not be got or read, with the reason and its class; the first thousand." },
            "problems": problems_schema(),
            "counts": {
                "type": "object",
                "properties": {
                    "pages": { "type": "integer" },
                    "failed": { "type": "integer" },
                    "skipped": { "type": "integer", "description": "What is no page, or one that was there already." },
                    "not_modified": { "type": "integer", "description": "Pages that the site said have not changed." },
                    "left": { "type": "integer", "description": "Found, and left out because of a limit." },
                },
            },
        },
    })
}
