//! What runs beside the requests.

use std::sync::Arc;

use automations::application::AutomationService;
use data_collection::FilesModule;
use shared_kernel::infrastructure::processes::ProcessRole;
use subscription::Bookkeeper;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Foundation, Platform, meters};

impl Platform {
    /// What runs beside the requests: events, housekeeping, and, where the process works,
    /// executions and schedules.
    pub fn spawn_background(
        &self,
        role: ProcessRole,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) {
        let version = self.config.app_version.clone();
        tasks.spawn(self.processes.clone().run(role, version, stop.clone()));
        let relay = self.relay.clone();
        let token = stop.clone();
        tasks.spawn(async move { relay.run(token).await });
        let (trail, token) = (Arc::clone(&self.trail), stop.clone());
        tasks.spawn(async move { trail.run(token).await });
        let (users, token) = (Arc::clone(&self.users), stop.clone());
        tasks.spawn(async move { users.run(token).await });
        tasks.spawn(Arc::clone(&self.proxies).run(stop.clone()));
        tasks.spawn(self.idempotency.clone().run(stop.clone()));
        self.collection.spawn(tasks, stop);
        let (datasets, token) = (Arc::clone(&self.datasets), stop.clone());
        tasks.spawn(async move { datasets.run(token).await });
        tasks.spawn(FilesModule::clone(&self.files).run(stop.clone()));
        let (subscription, token) = (Arc::clone(&self.subscription), stop.clone());
        tasks.spawn(async move { subscription.run_quotas(token).await });
        let (automations, token) = (Arc::clone(&self.automations), stop.clone());
        tasks.spawn(async move {
            token.cancelled().await;
            automations.close_streams();
        });
        if role != ProcessRole::Api {
            tasks.spawn(AutomationService::clone(&self.automations).run(stop.clone()));
            let automations = AutomationService::clone(&self.automations);
            tasks.spawn(automations.run_timed(stop.clone()));
            let automations = AutomationService::clone(&self.automations);
            tasks.spawn(automations.run_deliveries(stop.clone()));
            let (subscription, token) = (Arc::clone(&self.subscription), stop.clone());
            tasks.spawn(async move { subscription.run(token).await });
            tasks.spawn(self.bookkeeper().run(stop.clone()));
            let (workflow, token) = (Arc::clone(&self.workflow), stop.clone());
            tasks.spawn(async move { workflow.run_worker(token).await });
            let (workflow, token) = (Arc::clone(&self.workflow), stop.clone());
            tasks.spawn(async move { workflow.run_scheduler(token).await });
            let (workflow, token) = (Arc::clone(&self.workflow), stop.clone());
            tasks.spawn(async move { workflow.run_auditor(token).await });
            let (workflow, token) = (Arc::clone(&self.workflow), stop.clone());
            tasks.spawn(async move { workflow.run_janitor(token).await });
        }
    }

    fn bookkeeper(&self) -> Bookkeeper {
        let Foundation { database, ambient, .. } = self.foundation.clone();
        Bookkeeper { module: Arc::clone(&self.subscription), database, ambient }
    }

    /// What the metrics of a process that records need beside it.
    pub fn spawn_measuring(&self, tasks: &TaskTracker, stop: &CancellationToken) {
        meters::register(&self.config);
        tasks.spawn(meters::sampler(&self.foundation, &self.collection).run(stop.clone()));
        tasks.spawn(api_gateway::keep_metrics_small(stop.clone()));
    }
}
