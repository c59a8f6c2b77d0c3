//! What the context tells others.

use shared_kernel::domain::{
    EventField, EventType,
    FieldForm::{Decimal, Flag, Id, List, Number, Object, OneOf, Text, Time},
    event_type, field, optional,
};

const DATASET: EventField = field("dataset", Text, "name of the dataset");
const BATCH: EventField = field("batch_id", Id, "the batch");
const RECORDS: EventField = field("records", Number, "records of it");
const SHARE: EventField = field("share_id", Id, "the link");

/// The kinds of events that the context tells of.
pub const EVENTS: [EventType; 12] = [
    event_type(
        "dataset.changed",
        "dataset",
        ("数据集有变化", "Records of a dataset changed"),
        &[
            DATASET,
            field("version", Number, "the dataset's version with the changes"),
            field("added", Number, "records that were not there before"),
            field("changed", Number, "records with other values"),
            field("removed", Number, "records that are gone"),
            field("total", Number, "records there are now"),
            field(
                "cause",
                OneOf(&["batch", "import", "removal", "release", "retention"]),
                "why they changed",
            ),
            optional("execution_id", Id, "the execution that wrote them"),
        ],
    ),
    event_type(
        "dataset.batch_held",
        "dataset",
        ("一批数据被拦下", "A batch broke its contract and is held"),
        &[
            DATASET,
            BATCH,
            RECORDS,
            field(
                "breaches",
                List,
                "what is wrong: rule, message, reason with its numbers, and field and key where there are any",
            ),
            optional("execution_id", Id, "the execution that wrote it"),
        ],
    ),
    event_type(
        "dataset.batch_released",
        "dataset",
        ("被拦下的数据已放行", "A held batch was let in"),
        &[DATASET, BATCH, RECORDS, optional("version", Number, "the dataset's version with it")],
    ),
    event_type(
        "dataset.batch_discarded",
        "dataset",
        ("被拦下的数据已丢弃", "A held batch was thrown away"),
        &[DATASET, BATCH, RECORDS],
    ),
    event_type(
        "dataset.created",
        "dataset",
        ("数据集已创建", "A dataset was made"),
        &[DATASET, field("key", List, "fields that tell records apart")],
    ),
    event_type(
        "dataset.edited",
        "dataset",
        ("数据集设置已更改", "Settings of a dataset changed"),
        &[DATASET, field("settings", Object, "the settings as they are now")],
    ),
    event_type(
        "dataset.deleted",
        "dataset",
        ("数据集已删除", "A dataset was deleted"),
        &[DATASET, RECORDS],
    ),
    event_type(
        "dataset.shared",
        "dataset",
        ("数据集已分享", "A link to a dataset was made"),
        &[
            DATASET,
            SHARE,
            optional("label", Text, "what its maker calls it"),
            optional("columns", List, "fields it shows; all when absent"),
            optional("expires_at", Time, "when it ends"),
        ],
    ),
    event_type(
        "dataset.share_revoked",
        "dataset",
        ("数据集分享已撤销", "A link to a dataset was revoked"),
        &[DATASET, SHARE],
    ),
    event_type(
        "collection.fetched",
        "user",
        ("已抓取网页", "Pages were fetched"),
        &[
            field("pages", Number, "pages"),
            field("bytes", Number, "bytes received"),
            field("proxy_bytes", Number, "those of them that came through proxies"),
        ],
    ),
    event_type(
        "host.decided",
        "host",
        ("已决定站点规则", "The operator decided about a host"),
        &[
            field("blocked", Flag, "nothing is fetched from it"),
            field("ignore_robots", Flag, "robots.txt does not count"),
            optional("requests_per_second", Decimal, "most requests a second"),
            optional("parallel", Number, "most requests at once"),
            field("reason", Text, "why"),
        ],
    ),
    event_type(
        "host.released",
        "host",
        ("站点规则已撤销", "A decision about a host was taken back"),
        &[],
    ),
];
