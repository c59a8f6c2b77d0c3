//! One trigger of a document.

use serde_json::json;
use shared_kernel::domain::{BadPattern, check_pattern};

use super::{
    BadSchedule, Misfire, Overlap, ReplyWhen, Schedule, Timing, Trigger, Webhook,
    node::{Data, Node},
    read::Notes,
    template::expression,
};

const MISFIRES: [(&str, Misfire); 3] =
    [("skip", Misfire::Skip), ("once", Misfire::Once), ("all", Misfire::All)];

const OVERLAPS: [(&str, Overlap); 3] = [
    ("queue", Overlap::Queue),
    ("skip", Overlap::Skip),
    ("cancel_running", Overlap::CancelRunning),
];

const TIMINGS: [&str; 6] = ["cron", "interval", "at", "webhook", "event", "dataset"];

const KEYS: [&str; 11] = [
    "cron", "timezone", "interval", "at", "webhook", "event", "dataset", "if", "misfire",
    "overlap", "params",
];

/// Longest name of a dataset.
const LONGEST_NAME: usize = 200;

const REPLIES: [(&str, ReplyWhen); 2] =
    [("started", ReplyWhen::Started), ("finished", ReplyWhen::Finished)];

/// The trigger, unless it says nothing of when.
pub(super) fn trigger(node: &Node, path: &str, notes: &mut Notes) -> Option<Trigger> {
    notes.map(path, node, &KEYS);
    let at = |key: &str| format!("{path}.{key}");
    let timing = timing(node, path, notes)?;
    let condition = condition(node, &timing, &at("if"), notes);
    Some(Trigger {
        timing,
        condition,
        misfire: notes.choice(&at("misfire"), node.get("misfire"), &MISFIRES).unwrap_or_default(),
        overlap: notes.choice(&at("overlap"), node.get("overlap"), &OVERLAPS).unwrap_or_default(),
        params: node.get("params").map_or_else(|| json!({}), Node::to_json),
    })
}

/// What `trigger` must be like to start the workflow.
fn condition(node: &Node, timing: &Timing, path: &str, notes: &mut Notes) -> Option<String> {
    let found = node.get("if")?;
    if !matches!(timing, Timing::Event { .. } | Timing::Dataset { .. }) {
        let en = "only triggers with event or dataset have a condition";
        notes.add(path, found, "NO_CONDITION", "只有 event 和 dataset 触发器可以有条件", en);
        return None;
    }
    let text = notes.text(path, Some(found))?;
    expression(found, path, &mut notes.0);
    Some(text)
}

/// One of `cron`, `interval`, `at`, `webhook`, `event` and `dataset`.
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
            "cron、interval、at、webhook、event、dataset 只能选一个",
            "a trigger has one of cron, interval, at, webhook, event and dataset",
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
        "event" => return event(text, found, &format!("{path}.event"), notes),
        "dataset" => return dataset(text, found, &format!("{path}.dataset"), notes),
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

fn event(event: String, node: &Node, path: &str, notes: &mut Notes) -> Option<Timing> {
    let Err(error) = check_pattern(&event) else { return Some(Timing::Event { event }) };
    let zh = match error {
        BadPattern::Form => "应为事件类型，例如 execution.finished 或 dataset.*",
        BadPattern::Family => {
            "只有 dataset、execution、proxy、subscription、workflow 的事件，以及 user.signed_in_from_new_device"
        }
    };
    notes.add(path, node, "BAD_EVENT", zh, error.to_string());
    None
}

fn dataset(dataset: String, node: &Node, path: &str, notes: &mut Notes) -> Option<Timing> {
    if (1..=LONGEST_NAME).contains(&dataset.len()) {
        return Some(Timing::Dataset { dataset });
    }
    notes.add(path, node, "BAD_DATASET", "应为数据集名称", "must be the name of a dataset");
    None
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
