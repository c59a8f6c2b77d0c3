//! One trigger of a document.

use serde_json::json;

use super::{
    BadSchedule, Misfire, Overlap, ReplyWhen, Schedule, Timing, Trigger, Webhook,
    node::{Data, Node},
    read::Notes,
};

const MISFIRES: [(&str, Misfire); 3] =
    [("skip", Misfire::Skip), ("once", Misfire::Once), ("all", Misfire::All)];

const OVERLAPS: [(&str, Overlap); 3] = [
    ("queue", Overlap::Queue),
    ("skip", Overlap::Skip),
    ("cancel_running", Overlap::CancelRunning),
];

const TIMINGS: [&str; 4] = ["cron", "interval", "at", "webhook"];

const REPLIES: [(&str, ReplyWhen); 2] =
    [("started", ReplyWhen::Started), ("finished", ReplyWhen::Finished)];

/// The trigger, unless it says nothing of when.
pub(super) fn trigger(node: &Node, path: &str, notes: &mut Notes) -> Option<Trigger> {
    notes.map(
        path,
        node,
        &["cron", "timezone", "interval", "at", "webhook", "misfire", "overlap", "params"],
    );
    let at = |key: &str| format!("{path}.{key}");
    let timing = timing(node, path, notes)?;
    Some(Trigger {
        timing,
        misfire: notes.choice(&at("misfire"), node.get("misfire"), &MISFIRES).unwrap_or_default(),
        overlap: notes.choice(&at("overlap"), node.get("overlap"), &OVERLAPS).unwrap_or_default(),
        params: node.get("params").map_or_else(|| json!({}), Node::to_json),
    })
}

/// One of `cron`, `interval`, `at` and `webhook`.
fn timing(node: &Node, path: &str, notes: &mut Notes) -> Option<Timing> {
    let mut given = TIMINGS.iter().filter_map(|key| Some((*key, node.get(key)?)));
    let Some((kind, found)) = given.next() else {
        notes.missing(path, node, "cron");
        return None;
    };
    if let Some((other, second)) = given.next() {
        notes.add(
            &format!("{path}.{other}"),
            second,
            "ONE_TIMING",
            "cron、interval、at、webhook 只能选一个",
            "a trigger has one of cron, interval, at and webhook",
        );
    }
    if kind == "webhook" {
        return Some(Timing::Webhook {
            webhook: webhook(found, &format!("{path}.webhook"), notes),
        });
    }
    let text = notes.text(&format!("{path}.{kind}"), Some(found))?;
    let timing = match kind {
        "cron" => {
            let zone = notes.text(&format!("{path}.timezone"), node.get("timezone"));
            Timing::Cron { cron: text, timezone: zone.unwrap_or_else(|| "UTC".to_owned()) }
        }
        "interval" => Timing::Interval { interval: text },
        _ => {
            let Ok(at) = text.parse() else {
                let zh = "应为 RFC 3339 时间，例如 2026-12-01T08:00:00+08:00";
                let en = "must be an RFC 3339 instant such as 2026-12-01T08:00:00+08:00";
                notes.add(&format!("{path}.at"), found, "BAD_INSTANT", zh, en);
                return None;
            };
            Timing::At { at }
        }
    };
    if let Err(error) = Schedule::at_times(&timing) {
        bad_schedule(&error, node, found, path, notes);
    }
    Some(timing)
}

/// `true`, or a map with `signed` and `reply`.
fn webhook(node: &Node, path: &str, notes: &mut Notes) -> Webhook {
    if matches!(node.data, Data::Bool(true)) {
        return Webhook::default();
    }
    notes.map(path, node, &["signed", "reply"]);
    let signed = match node.get("signed").map(|node| (&node.data, node)) {
        None => false,
        Some((Data::Bool(value), _)) => *value,
        Some((_, node)) => {
            notes.wrong_type(&format!("{path}.signed"), node, "true 或 false", "true or false");
            false
        }
    };
    let reply = notes.choice(&format!("{path}.reply"), node.get("reply"), &REPLIES);
    Webhook { signed, reply: reply.unwrap_or_default() }
}

fn bad_schedule(error: &BadSchedule, node: &Node, found: &Node, path: &str, notes: &mut Notes) {
    let at = |key: &str| format!("{path}.{key}");
    match error {
        BadSchedule::Cron(_) => {
            let zh = format!("cron 表达式有误：{error}");
            notes.add(&at("cron"), found, "BAD_CRON", zh, error.to_string());
        }
        BadSchedule::Timezone => {
            let place = node.get("timezone").unwrap_or(node);
            let en = "not an IANA time zone such as Asia/Shanghai";
            notes.add(&at("timezone"), place, "BAD_TIMEZONE", "未知的时区", en);
        }
        BadSchedule::Interval => {
            let zh = "应为一秒以上的时长，例如 15m";
            let en = "must be a duration of a second or more, such as 15m";
            notes.add(&at("interval"), found, "BAD_INTERVAL", zh, en);
        }
    }
}
