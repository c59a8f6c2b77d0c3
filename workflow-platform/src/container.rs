//! The composition root: the only place that knows everybody.
//!
//! Contexts get their surroundings here, ports are tied to the adapters of other contexts, and
//! what must run beside the requests is spawned.

mod adapters;
mod foundation;
mod scratch;
mod served;

use std::sync::Arc;

use api_gateway::{Gateway, GatewaySettings, Readiness, assemble, assemble_metrics};
use axum::Router;
use data_collection::{DatasetsModule, FetcherParts, FetcherSettings, FilesModule, PoliteFetcher};
use event_driven_coordination::{
    Handlers, ParkedEvents, Relay, RelaySettings, SecurityNotice, VerificationMail,
};
use proxy_pool::{ProxyPoolModule, ProxyPoolSettings};
use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{
        Action, ActionRegistry, AuditTrail, Authenticator, EffectHandler, Entitlements, Fetcher,
        PersonalData, ProxyPools, Template, UserFiles,
    },
    domain::Ambient,
    infrastructure::{
        audit_queue::AuditQueue,
        cpu::CpuPool,
        db::{Database, Migrations},
        idempotency::SqlIdempotencyKeys,
        outbound::OutboundPolicy,
        reseal::{Resealed, SealedColumn, reseal},
        seal::Sealer,
    },
};
use subscription::SubscriptionModule;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use user_management::{
    UserModule, UserSettings,
    application::{EraseDeleted, PersonalExport},
};
use utoipa_axum::router::OpenApiRouter;
use workflow::{WorkerSettings, WorkflowModule, WorkflowSettings};

use crate::config::{Config, FirstAdmin};

use adapters::{CacheHealth, DatabaseHealth, Directory, Rules};
pub use foundation::Foundation;
pub use scratch::Scratch;
use served::Served;

/// All migrations of the platform.
pub fn migrations() -> Migrations {
    Migrations::new([
        event_driven_coordination::migrations,
        user_management::migrations,
        subscription::migrations,
        proxy_pool::migrations,
        workflow::migrations,
        data_collection::migrations,
        data_collection::file_migrations,
    ])
}

/// Every column whose texts are sealed.
fn sealed_columns() -> Vec<SealedColumn> {
    let mut columns = Vec::new();
    columns.extend(user_management::sealed_columns());
    columns.extend(proxy_pool::sealed_columns());
    columns.extend(workflow::sealed_columns());
    columns
}

/// All that is kept of a person, in an order in which each may go before those behind it:
/// workflows last, since their executions take a moment to end.
fn personal_data(foundation: &Foundation, workflow: &WorkflowModule) -> Vec<Arc<dyn PersonalData>> {
    let Foundation { database, ambient, .. } = foundation;
    let mut parts = user_management::personal_data(database);
    parts.extend(data_collection::personal_data(database));
    parts.push(data_collection::file_personal_data(database, ambient));
    parts.extend(proxy_pool::personal_data(database));
    parts.extend(subscription::personal_data(database));
    parts.extend(workflow.personal_data());
    parts
}

/// Everything that one process is made of.
pub struct Platform {
    config: Config,
    foundation: Foundation,
    pub users: Arc<UserModule>,
    pub subscription: Arc<SubscriptionModule>,
    pub proxies: Arc<ProxyPoolModule>,
    pub datasets: Arc<DatasetsModule>,
    pub files: Arc<FilesModule>,
    pub workflow: Arc<WorkflowModule>,
    idempotency: SqlIdempotencyKeys,
    relay: Relay,
    trail: Arc<AuditQueue>,
}

impl Platform {
    /// Opens database, cache and bus, and puts the contexts together. Nothing runs yet.
    pub async fn build(config: Config, stop: CancellationToken) -> anyhow::Result<Self> {
        let foundation = Foundation::open(&config, stop).await?;
        Self::on(config, foundation)
    }

    fn on(config: Config, foundation: Foundation) -> anyhow::Result<Self> {
        let Foundation { database, cache, ambient, .. } = foundation.clone();
        let subscription =
            subscription::module(subscription::Surroundings { database, cache, ambient });
        let entitlements: Arc<dyn Entitlements> = Arc::clone(&subscription) as _;
        Self::with_plans(config, foundation, subscription, entitlements)
    }

    /// The same with other limits than those of the plans: for runs without a server.
    pub(crate) fn with_plans(
        config: Config,
        foundation: Foundation,
        subscription: Arc<SubscriptionModule>,
        entitlements: Arc<dyn Entitlements>,
    ) -> anyhow::Result<Self> {
        let Foundation { database, cache, bus, limiter, ambient } = foundation.clone();
        let cpu = CpuPool::per_core();
        let sealer = sealer(&config, &ambient);
        let policy = Arc::new(OutboundPolicy::new(&config.outbound_allow)?);
        let trail = Arc::new(AuditQueue::new(database.clone()));
        let users = user_management::module(
            user_management::Surroundings {
                database: database.clone(),
                cache,
                limiter,
                bus: Arc::clone(&bus),
                sealer: sealer.clone(),
                trail: Arc::clone(&trail) as Arc<dyn AuditTrail>,
                cpu: cpu.clone(),
                ambient: ambient.clone(),
            },
            user_settings(&config),
        )?;
        let entitlements: Arc<dyn Entitlements> =
            Arc::new(Served { plans: entitlements, users: Arc::clone(&users) });
        let fetcher_settings = FetcherSettings::default();
        let proxies = proxy_pool::module(
            proxy_pool::Surroundings {
                database: database.clone(),
                sealer: sealer.clone(),
                entitlements: Arc::clone(&entitlements),
                rules: Arc::new(Rules(Arc::clone(&policy))),
                ambient: ambient.clone(),
                user_agent: fetcher_settings.user_agent.clone(),
            },
            proxy_settings(&config),
        );
        let parts = FetcherParts {
            policy,
            pools: Arc::clone(&proxies) as Arc<dyn ProxyPools>,
            ambient: ambient.clone(),
        };
        let fetcher: Arc<dyn Fetcher> = Arc::new(PoliteFetcher::new(fetcher_settings, parts));
        let datasets =
            data_collection::datasets(database.clone(), Arc::clone(&entitlements), ambient.clone());
        let blobs = foundation::blobs(&config)?;
        let files = data_collection::files(
            database.clone(),
            Arc::clone(&blobs),
            ambient.clone(),
            config.uploads,
        );
        let workflow = workflow::module(
            workflow::Surroundings {
                database: database.clone(),
                bus,
                blobs,
                ambient: ambient.clone(),
                actions: actions(&fetcher, &datasets, &files, &cpu),
                users: Arc::new(Directory(Arc::clone(&users))),
                entitlements,
                cpu,
                sealer: sealer.clone(),
                templates: templates(),
            },
            workflow_settings(&config),
        );
        let mailer = foundation::mailer(&config, &ambient)?;
        let notice = SecurityNotice::new(Arc::clone(&mailer), config.app_name.clone())?;
        let idempotency =
            SqlIdempotencyKeys::new(database.clone(), sealer.clone(), ambient.clone());
        let mail = VerificationMail::new(mailer, sealer, ambient.clone(), config.app_name.clone())?;
        let erase = EraseDeleted::new(personal_data(&foundation, &workflow));
        let handlers = Handlers::new(
            subscription::event_handlers(&subscription),
            [
                Arc::new(mail) as Arc<dyn EffectHandler>,
                Arc::new(notice),
                workflow.event_handler(),
                Arc::new(erase),
            ],
        );
        let relay = Relay::new(database, ambient, handlers, RelaySettings::default());
        Ok(Self {
            config,
            foundation,
            users,
            subscription,
            proxies,
            datasets,
            files,
            workflow,
            idempotency,
            relay,
            trail,
        })
    }

    pub fn database(&self) -> &Database {
        &self.foundation.database
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Brings the schema up to date and makes the first administrator, if one is configured.
    pub async fn prepare(&self) -> anyhow::Result<()> {
        foundation::migrate(&self.foundation.database).await?;
        self.foundation.database.let_shrink().await?;
        if let Some(FirstAdmin { username, email, password }) = &self.config.first_admin
            && !self.users.has_super_admin().await?
        {
            self.users.create_super_admin(username, email, password).await?;
        }
        Ok(())
    }

    /// The routes of all contexts, without prefix.
    pub fn routes(&self) -> Vec<OpenApiRouter> {
        vec![
            user_management::routes(Arc::clone(&self.users)),
            user_management::export_routes(self.export()),
            subscription::routes(Arc::clone(&self.subscription)),
            workflow::routes(Arc::clone(&self.workflow)),
            proxy_pool::routes(Arc::clone(&self.proxies)),
            data_collection::routes(Arc::clone(&self.datasets)),
            data_collection::file_routes(Arc::clone(&self.files)),
            event_driven_coordination::parked::routes(self.parked_events()),
        ]
    }

    fn parked_events(&self) -> ParkedEvents {
        let Foundation { database, ambient, .. } = self.foundation.clone();
        ParkedEvents::new(database, ambient)
    }

    fn export(&self) -> Arc<PersonalExport> {
        let parts = personal_data(&self.foundation, &self.workflow);
        Arc::new(PersonalExport::new(Arc::clone(&self.users), parts))
    }

    pub fn gateway_settings(&self) -> GatewaySettings {
        GatewaySettings {
            app_name: self.config.app_name.clone(),
            version: self.config.app_version.clone(),
            default_locale: self.config.default_locale,
            cors_origins: self.config.cors_allowed_origins.clone(),
            upload_limit: self.config.request_body_timeout,
            docs: self.config.docs_enabled,
            metrics: self.config.metrics_address.is_none(),
            metrics_token: self.config.metrics_token.clone(),
            trusted_proxies: self.config.trusted_proxies.clone(),
            addresses: self.config.addresses.clone(),
            limits: self.config.limits,
            ..GatewaySettings::default()
        }
    }

    /// The whole application over HTTP.
    pub fn router(&self, readiness: Readiness) -> Router {
        let Foundation { database, cache, limiter, ambient, .. } = self.foundation.clone();
        assemble(Gateway {
            settings: self.gateway_settings(),
            contexts: self.routes(),
            authenticator: Arc::clone(&self.users) as Arc<dyn Authenticator>,
            limiter,
            idempotency: Arc::new(self.idempotency.clone()),
            trail: Arc::clone(&self.trail) as Arc<dyn AuditTrail>,
            parts: vec![Arc::new(DatabaseHealth(database)), Arc::new(CacheHealth(cache))],
            readiness,
            ambient,
            public_keys: self.users.public_keys(),
        })
    }

    /// `/metrics` alone.
    pub fn metrics_router(&self) -> Router {
        assemble_metrics(&self.gateway_settings(), self.foundation.ambient.clone())
    }

    /// What runs beside the requests: events, housekeeping, and, where the process works,
    /// executions and schedules.
    pub fn spawn_background(&self, works: bool, tasks: &TaskTracker, stop: &CancellationToken) {
        let relay = self.relay.clone();
        let token = stop.clone();
        tasks.spawn(async move { relay.run(token).await });
        let (trail, token) = (Arc::clone(&self.trail), stop.clone());
        tasks.spawn(async move { trail.run(token).await });
        let (users, token) = (Arc::clone(&self.users), stop.clone());
        tasks.spawn(async move { users.run(token).await });
        tasks.spawn(Arc::clone(&self.proxies).run(stop.clone()));
        tasks.spawn(self.idempotency.clone().run(stop.clone()));
        tasks.spawn(FilesModule::clone(&self.files).run(stop.clone()));
        if works {
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

    /// Seals everything that is stored sealed with today's key.
    pub async fn reseal(&self) -> anyhow::Result<Vec<(SealedColumn, Resealed)>> {
        let Foundation { database, ambient, .. } = &self.foundation;
        let sealer = sealer(&self.config, ambient);
        let mut done = Vec::new();
        for column in sealed_columns() {
            done.push((column, reseal(database, &sealer, &column).await?));
        }
        Ok(done)
    }

    /// Closes the database, once nothing uses it any more.
    pub async fn close(self) -> anyhow::Result<()> {
        self.trail.flush().await;
        self.foundation.database.close().await?;
        Ok(())
    }
}

fn sealer(config: &Config, ambient: &Ambient) -> Sealer {
    let older = config.tokens.older_data_secrets.iter();
    let older = older.map(|secret| secret.expose_secret().as_bytes());
    let secret = config.tokens.data_secret.expose_secret();
    Sealer::new(secret.as_bytes(), ambient.clone()).opening(older)
}

fn user_settings(config: &Config) -> UserSettings {
    UserSettings {
        older_secrets: config.tokens.older_secrets.clone(),
        algorithm: config.tokens.algorithm,
        hash_cost: config.tokens.hash_cost,
        access: config.tokens.access,
        refresh: config.tokens.refresh,
        issuer: config.app_name.clone(),
        deletion_grace: config.deletion_grace,
        audit_kept: config.audit_kept,
        ..UserSettings::new(config.tokens.secret.clone())
    }
}

fn proxy_settings(config: &Config) -> ProxyPoolSettings {
    let settings = ProxyPoolSettings::default();
    let test_target = config.proxy_test_url.clone().or(settings.test_target);
    ProxyPoolSettings { test_target, ..settings }
}

fn workflow_settings(config: &Config) -> WorkflowSettings {
    let worker = WorkerSettings {
        sole: config.is_embedded(),
        parallel: config.worker_concurrency,
        ..WorkerSettings::default()
    };
    WorkflowSettings { worker, ..WorkflowSettings::default() }
}

/// What steps can do, beside the engine's own.
fn actions(
    fetcher: &Arc<dyn Fetcher>,
    datasets: &Arc<DatasetsModule>,
    files: &Arc<FilesModule>,
    cpu: &CpuPool,
) -> ActionRegistry {
    let mut actions: Vec<Arc<dyn Action>> = data_collection::collection_actions(fetcher, cpu);
    actions.extend(data_collection::dataset_actions(datasets));
    let uploads = || Arc::clone(files) as Arc<dyn UserFiles>;
    actions.extend(qidian::actions(Arc::clone(fetcher), uploads(), cpu.clone()));
    actions.extend(xiaohongshu::actions(Arc::clone(fetcher), uploads(), cpu.clone()));
    ActionRegistry::new(actions)
}

/// Workflows that users may copy.
pub(crate) fn templates() -> Vec<Template> {
    let mut templates = qidian::TEMPLATES.to_vec();
    templates.extend(xiaohongshu::TEMPLATES);
    templates
}
