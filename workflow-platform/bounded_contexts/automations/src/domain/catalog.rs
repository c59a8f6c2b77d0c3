//! The events that people most often listen to.

/// A kind of event, and the fields of its payload.
#[derive(Debug, Clone, Copy)]
pub struct KnownEvent {
    pub kind: &'static str,
    /// In Chinese and in English.
    pub title: (&'static str, &'static str),
    pub fields: &'static [&'static str],
}

const fn known(
    kind: &'static str,
    zh: &'static str,
    en: &'static str,
    fields: &'static [&'static str],
) -> KnownEvent {
    KnownEvent { kind, title: (zh, en), fields }
}

pub const CATALOG: [KnownEvent; 8] = [
    known(
        "execution.started",
        "执行开始",
        "An execution started",
        &["execution_id", "definition_id", "definition_name", "version", "trigger"],
    ),
    known(
        "execution.finished",
        "执行结束",
        "An execution ended",
        &["execution_id", "definition_id", "version", "status"],
    ),
    known(
        "dataset.changed",
        "数据集有变化",
        "Records of a dataset changed",
        &["dataset", "version", "added", "changed", "removed", "total", "cause", "execution_id"],
    ),
    known(
        "dataset.batch_held",
        "一批数据被拦下",
        "A batch broke its contract and is held",
        &["dataset", "batch_id", "records", "breaches", "execution_id"],
    ),
    known(
        "proxy.quarantined",
        "代理被隔离",
        "A proxy was quarantined",
        &["proxy_id", "pool_id", "pool", "address", "until", "strikes"],
    ),
    known(
        "subscription.quota_reached",
        "额度将尽",
        "80 or 100 % of a quota is used",
        &["limit", "percent", "used", "allowed", "resets_at"],
    ),
    known("workflow.definition.saved", "工作流已保存", "A workflow was saved", &[]),
    known("workflow.definition.deleted", "工作流已删除", "A workflow was deleted", &[]),
];
