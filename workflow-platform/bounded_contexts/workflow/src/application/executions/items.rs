//! Shows the items of a step with `for_each`.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use moka::sync::Cache;
use serde_json::Value;
use shared_kernel::{
    application::Principal,
    domain::{Cursor, Execution, Id, Owner, Page, PageRequest, Permission, Timestamp},
};
use uuid::Uuid;

use super::{ExecutionService, ExecutionsError, StoreError, show::CHUNK};
use crate::domain::execution::{ItemDetails, ItemView, ItemsView, JournalEvent, StepStatus};

/// Items of a map's page.
pub const MAP_PAGE: usize = 10_000;

/// Folded items of steps that somebody looks at.
pub(super) type ItemsCache = Cache<(Id<Execution>, String), Arc<ItemsView>>;

/// Items that are kept folded, of all steps.
const KEPT: u64 = 500_000;
/// How long they are kept after somebody looked.
const KEPT_FOR: std::time::Duration = std::time::Duration::from_mins(2);

pub(super) fn items_cache() -> ItemsCache {
    Cache::builder()
        .weigher(|_, view: &Arc<ItemsView>| {
            u32::try_from(view.items().len()).unwrap_or(u32::MAX).max(100)
        })
        .max_capacity(KEPT)
        .time_to_idle(KEPT_FOR)
        .build()
}

/// What a list shows of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemRow {
    pub index: u32,
    pub item: ItemView,
}

/// The states of many items at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemMap {
    pub total: usize,
    pub counts: BTreeMap<&'static str, u32>,
    /// In the order of the items, from `from` on.
    pub states: Vec<StepStatus>,
    pub next_cursor: Option<String>,
}

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub struct OneItem {
    pub index: u32,
    /// What `item` is in expressions.
    pub value: Value,
    pub item: ItemView,
    pub details: ItemDetails,
}

static NO_ITEMS: LazyLock<Arc<ItemsView>> = LazyLock::new(Arc::default);

impl ExecutionService {
    /// Items of the step, in their order, those in a state alone when one is given.
    pub async fn items(
        &self,
        who: &Principal,
        id: Id<Execution>,
        step: &str,
        status: Option<StepStatus>,
        page: PageRequest,
    ) -> Result<Page<ItemRow>, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let view = self.items_of(who.owner(), id, step).await?;
        let from = page.after.map_or(0, |cursor| position(cursor) + 1);
        let most = usize::try_from(page.limit).unwrap_or(usize::MAX).saturating_add(1);
        let rows = (0_u32..).zip(view.items()).skip(from);
        let rows = rows.filter(|(_, item)| status.is_none_or(|status| item.status == status));
        let rows = rows.take(most).map(|(index, item)| ItemRow { index, item: item.clone() });
        Ok(Page::cut(rows.collect(), page.limit, |row| cursor_at(row.index)))
    }

    /// The states of up to [`MAP_PAGE`] items after the cursor, and how many there are of each.
    pub async fn item_map(
        &self,
        who: &Principal,
        id: Id<Execution>,
        step: &str,
        after: Option<Cursor>,
    ) -> Result<ItemMap, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let view = self.items_of(who.owner(), id, step).await?;
        let (from, total) = (after.map_or(0, |cursor| position(cursor) + 1), view.items().len());
        let states = view.items().iter().skip(from).take(MAP_PAGE).map(|item| item.status);
        let states: Vec<_> = states.collect();
        let end = from.saturating_add(states.len());
        let next_cursor = (end < total).then(|| cursor_at(u32::try_from(end - 1).unwrap_or(0)));
        let next_cursor = next_cursor.map(|cursor| cursor.encode());
        Ok(ItemMap { total, counts: view.counts(), states, next_cursor })
    }

    /// One item with its attempts, what it was given and what it gave.
    pub async fn item(
        &self,
        who: &Principal,
        id: Id<Execution>,
        step: &str,
        index: u32,
    ) -> Result<OneItem, ExecutionsError> {
        who.require(Permission::WorkflowRead)?;
        let view = self.items_of(who.owner(), id, step).await?;
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        let item = view.items().get(at).ok_or(ExecutionsError::NoItem)?;
        let mut events = Vec::with_capacity(item.events().len());
        for seq in item.events() {
            events.extend(self.event(id, *seq).await?);
        }
        let expanded = match view.expanded() {
            Some(seq) => self.event(id, seq).await?,
            None => None,
        };
        let value = match expanded {
            Some((JournalEvent::StepExpanded(mut body), _)) if at < body.items.len() => {
                body.items.swap_remove(at)
            }
            _ => Value::Null,
        };
        Ok(OneItem { index, value, item: item.clone(), details: ItemDetails::of(&events) })
    }

    async fn event(
        &self,
        id: Id<Execution>,
        seq: i64,
    ) -> Result<Option<(JournalEvent, Timestamp)>, StoreError> {
        let found = self.ports.store.events(id, seq - 1, 1).await?.pop();
        Ok(found.filter(|stored| stored.seq == seq).map(|stored| (stored.event, stored.at)))
    }

    /// What is known of the step's items by now. Only what the journal gained since the last look
    /// is read.
    async fn items_of(
        &self,
        owner: Owner,
        id: Id<Execution>,
        step: &str,
    ) -> Result<Arc<ItemsView>, ExecutionsError> {
        let row = self.ports.store.find(owner, id).await?.ok_or(ExecutionsError::NotFound)?;
        let found = self.ports.definitions.version(row.definition_id, row.version).await?;
        let definition = found.ok_or(ExecutionsError::NoDefinition)?;
        let lists = [&definition.steps, &definition.on_failure, &definition.finally];
        if !lists.into_iter().flatten().any(|known| known.id.as_str() == step) {
            return Err(ExecutionsError::NoStep);
        }
        let key = (id, step.to_owned());
        let before = self.items.get(&key);
        let mut view = before.clone().unwrap_or_else(|| Arc::clone(&NO_ITEMS));
        loop {
            let events = self.ports.store.visible_events(id, view.seq(), CHUNK).await?;
            if events.is_empty() {
                break;
            }
            let grown = Arc::make_mut(&mut view);
            for stored in &events {
                grown.apply(step, stored.seq, &stored.event, stored.at);
            }
        }
        if before.is_none_or(|before| before.seq() < view.seq()) {
            self.items.insert(key, Arc::clone(&view));
        }
        Ok(view)
    }
}

/// A position has neither time nor id: it stands where the time does.
fn cursor_at(index: u32) -> Cursor {
    Cursor { at: Timestamp::from_micros(index.into()), id: Uuid::nil() }
}

fn position(cursor: Cursor) -> usize {
    usize::try_from(cursor.at.micros()).unwrap_or(0).min(usize::MAX - 1)
}
