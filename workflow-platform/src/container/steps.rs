//! What workflows are made of: actions of all contexts, and templates.

use std::sync::Arc;

use data_collection::{Collection, DatasetsModule, FilesModule};
use shared_kernel::{
    application::{Action, ActionRegistry, ActionTexts, Fetcher, Template, UserFiles},
    infrastructure::cpu::CpuPool,
};

/// What steps can do, beside the engine's own.
pub(super) fn actions(
    collection: &Collection,
    datasets: &Arc<DatasetsModule>,
    files: &Arc<FilesModule>,
    cpu: &CpuPool,
) -> ActionRegistry {
    let fetcher = Arc::clone(&collection.fetcher) as Arc<dyn Fetcher>;
    let mut actions: Vec<Arc<dyn Action>> =
        data_collection::collection_actions(collection, datasets, cpu);
    actions.extend(data_collection::dataset_actions(datasets));
    let uploads = || Arc::clone(files) as Arc<dyn UserFiles>;
    actions.extend(qidian::actions(Arc::clone(&fetcher), uploads(), cpu.clone()));
    actions.extend(xiaohongshu::actions(fetcher, uploads(), cpu.clone()));
    ActionRegistry::new(actions).in_chinese(chinese())
}

/// What the actions of all contexts are in Chinese.
fn chinese() -> ActionTexts {
    ActionTexts::read([
        data_collection::ACTIONS_IN_CHINESE,
        qidian::ACTIONS_IN_CHINESE,
        xiaohongshu::ACTIONS_IN_CHINESE,
        workflow::ACTIONS_IN_CHINESE,
    ])
    .unwrap_or_default()
}

/// Workflows that users may copy.
pub(crate) fn templates() -> Vec<Template> {
    let mut templates = qidian::TEMPLATES.to_vec();
    templates.extend(xiaohongshu::TEMPLATES);
    templates
}
