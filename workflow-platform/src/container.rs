//! The composition root: the only place that knows everybody.
//!
//! Contexts get their surroundings here, ports are tied to the adapters of other contexts, and
//! what must run beside the requests is spawned.

mod adapters;
mod automation_ports;
mod background;
mod events;
mod foundation;
mod meters;
mod relay;
mod scratch;
mod served;
mod settings;
mod steps;
mod webhook_sender;

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use api_gateway::{Gateway, GatewaySettings, Readiness, assemble, assemble_metrics};
use automations::application::AutomationService;
use axum::Router;
use data_collection::{Collection, DatasetsModule, FetcherSettings, FilesModule};
use event_driven_coordination::{
    ParkedEvents, Relay,
    event_log::EventLog,
    status::{Facts, SystemWatch},
};
use proxy_pool::ProxyPoolModule;
use secrecy::ExposeSecret as _;
use shared_kernel::{
    application::{AuditTrail, Authenticator, Entitlements, PersonalData, ProxyPools},
    domain::Ambient,
    infrastructure::{
        audit_queue::AuditQueue,
        cpu::CpuPool,
        db::{Database, Migrations},
        idempotency::SqlIdempotencyKeys,
        outbound::OutboundPolicy,
        processes::Processes,
        reseal::{Resealed, SealedColumn, reseal},
        seal::Sealer,
    },
};
use subscription::SubscriptionModule;
use tokio_util::sync::CancellationToken;
use user_management::{UserModule, application::PersonalExport};
use utoipa_axum::router::OpenApiRouter;
use workflow::WorkflowModule;

use crate::config::{Config, FirstAdmin};

use adapters::{Buyers, CacheHealth, DatabaseHealth, Directory};
pub use events::event_catalog;
use foundation::read_authority;
pub use foundation::{Foundation, MIGRATION_LOCK, blobs};
use relay::Hearers;
pub use scratch::Scratch;
use served::Served;
use settings::{
    archive_limits, fetcher_settings, proxy_gateway_settings, proxy_settings, user_settings,
    workflow_settings,
};
use steps::actions;
pub(crate) use steps::templates;

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
        automations::migrations,
    ])
}

/// Every column whose texts are sealed.
fn sealed_columns() -> Vec<SealedColumn> {
    let mut columns = Vec::new();
    columns.extend(user_management::sealed_columns());
    columns.extend(proxy_pool::sealed_columns());
    columns.extend(workflow::sealed_columns());
    columns.extend(automations::sealed_columns());
    columns
}

/// All that is kept of a person, in an order in which each may go before those behind it:
/// workflows last, since their executions take a moment to end.
fn personal_data(
    foundation: &Foundation,
    subscription: &Arc<SubscriptionModule>,
    workflow: &WorkflowModule,
) -> Vec<Arc<dyn PersonalData>> {
    let Foundation { database, ambient, blobs, .. } = foundation;
    let mut parts = user_management::personal_data(database);
    parts.push(data_collection::archive_personal_data(database, Arc::clone(blobs)));
    parts.extend(data_collection::personal_data(database));
    parts.push(data_collection::file_personal_data(database, ambient));
    parts.extend(proxy_pool::personal_data(database));
    parts.extend(subscription::personal_data(subscription, database));
    parts.extend(automations::personal_data(database));
    parts.extend(workflow.personal_data());
    parts
}

/// What pools of proxies get.
fn proxy_surroundings(
    foundation: &Foundation,
    sealer: &Sealer,
    policy: &Arc<OutboundPolicy>,
    entitlements: &Arc<dyn Entitlements>,
    fetcher: &FetcherSettings,
) -> proxy_pool::Surroundings {
    let Foundation { database, bus, redis, ambient, .. } = foundation.clone();
    proxy_pool::Surroundings {
        database,
        bus,
        redis,
        sealer: sealer.clone(),
        entitlements: Arc::clone(entitlements),
        policy: Arc::clone(policy),
        authorities: fetcher.authorities.clone(),
        ambient,
        user_agent: fetcher.user_agent.clone(),
    }
}

/// Accounts, and who comes in with them.
fn users(
    config: &Config,
    foundation: &Foundation,
    sealer: &Sealer,
    trail: &Arc<AuditQueue>,
    cpu: &CpuPool,
) -> anyhow::Result<Arc<UserModule>> {
    let Foundation { database, cache, bus, limiter, ambient, .. } = foundation.clone();
    let surroundings = user_management::Surroundings {
        database,
        cache,
        limiter,
        bus,
        sealer: sealer.clone(),
        trail: Arc::clone(trail) as Arc<dyn AuditTrail>,
        cpu: cpu.clone(),
        ambient,
    };
    Ok(user_management::module(surroundings, user_settings(config))?)
}

/// Plans, and what is used of them.
fn subscription(
    config: &Config,
    foundation: &Foundation,
    users: &Arc<UserModule>,
    cpu: &CpuPool,
) -> anyhow::Result<Arc<SubscriptionModule>> {
    let Foundation { database, cache, ambient, .. } = foundation.clone();
    let sources = vec![
        workflow::usage(&database),
        proxy_pool::usage(&database),
        data_collection::usage(&database),
    ];
    let settings = config.billing.clone();
    let provider = config.stripe.clone().map(subscription::stripe).transpose()?;
    Ok(subscription::module(subscription::Surroundings {
        database,
        cache,
        sources,
        ambient,
        settings,
        provider,
        customers: Arc::new(Buyers(Arc::clone(users))),
        cpu: cpu.clone(),
    }))
}

/// Everything that one process is made of.
pub struct Platform {
    /// Apart, since it is large and the platform is handed on by value.
    config: Box<Config>,
    foundation: Foundation,
    pub users: Arc<UserModule>,
    pub subscription: Arc<SubscriptionModule>,
    pub proxies: Arc<ProxyPoolModule>,
    pub datasets: Arc<DatasetsModule>,
    pub collection: Collection,
    pub files: Arc<FilesModule>,
    pub workflow: Arc<WorkflowModule>,
    pub automations: Arc<AutomationService>,
    idempotency: SqlIdempotencyKeys,
    relay: Relay,
    /// This process among the others.
    processes: Processes,
    trail: Arc<AuditQueue>,
    policy: Arc<OutboundPolicy>,
    /// PEM of authorities to trust beside those of the system.
    authorities: Option<Vec<u8>>,
}

impl Platform {
    /// Opens database, cache and bus, and puts the contexts together. Nothing runs yet.
    pub async fn build(config: Config, stop: CancellationToken) -> anyhow::Result<Self> {
        let foundation = Foundation::open(&config, stop).await?;
        Self::on(config, foundation)
    }

    fn on(config: Config, foundation: Foundation) -> anyhow::Result<Self> {
        Self::with_limits(config, foundation, None)
    }

    /// The same, perhaps with other limits than those of the plans: for runs without a server.
    pub(crate) fn with_limits(
        config: Config,
        foundation: Foundation,
        instead: Option<Arc<dyn Entitlements>>,
    ) -> anyhow::Result<Self> {
        let Foundation { database, cache, bus, ambient, blobs, .. } = foundation.clone();
        let cpu = CpuPool::per_core();
        let sealer = sealer(&config, &ambient);
        let policy = Arc::new(OutboundPolicy::new(&config.outbound_allow)?);
        let trail = Arc::new(AuditQueue::new(database.clone()));
        let users = users(&config, &foundation, &sealer, &trail, &cpu)?;
        let subscription = subscription(&config, &foundation, &users, &cpu)?;
        let plans = instead.unwrap_or_else(|| Arc::clone(&subscription) as _);
        let entitlements: Arc<dyn Entitlements> =
            Arc::new(Served { plans, users: Arc::clone(&users) });
        let authorities = config.outbound_ca_file.as_deref().map(read_authority).transpose()?;
        let fetcher_settings =
            FetcherSettings { authorities: authorities.clone(), ..fetcher_settings(&config) };
        let proxies = proxy_pool::module(
            proxy_surroundings(&foundation, &sealer, &policy, &entitlements, &fetcher_settings),
            proxy_settings(&config),
        );
        let collection = data_collection::collection(
            data_collection::Surroundings {
                database: database.clone(),
                cache,
                bus: Arc::clone(&bus),
                redis: foundation.redis.clone(),
                blobs: Arc::clone(&blobs),
                pools: Arc::clone(&proxies) as Arc<dyn ProxyPools>,
                entitlements: Arc::clone(&entitlements),
                policy: Arc::clone(&policy),
                cpu: cpu.clone(),
                ambient: ambient.clone(),
            },
            fetcher_settings,
            archive_limits(&config),
        )?;
        let datasets = data_collection::datasets(
            database.clone(),
            Arc::clone(&entitlements),
            cpu.clone(),
            ambient.clone(),
        );
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
                actions: actions(&collection, &datasets, &files, &cpu),
                users: Arc::new(Directory(Arc::clone(&users))),
                entitlements: Arc::clone(&entitlements),
                cpu,
                sealer: sealer.clone(),
                templates: templates(),
            },
            workflow_settings(&config),
        );
        let idempotency = SqlIdempotencyKeys::new(database, sealer.clone(), ambient);
        let automations = automation_ports::module(
            &config,
            &foundation,
            &sealer,
            &collection,
            &workflow,
            &users,
            entitlements,
        )?;
        let hearers = Hearers {
            users: &users,
            subscription: &subscription,
            workflow: &workflow,
            proxies: &proxies,
            automations: &automations,
        };
        let relay = relay::relay(&config, &foundation, sealer, &hearers)?;
        let processes = Processes::new(foundation.database.clone(), foundation.ambient.clone());
        Ok(Self {
            config: Box::new(config),
            foundation,
            users,
            subscription,
            proxies,
            datasets,
            collection,
            files,
            workflow,
            automations,
            idempotency,
            relay,
            processes,
            trail,
            policy,
            authorities,
        })
    }

    pub fn database(&self) -> &Database {
        &self.foundation.database
    }

    pub fn ambient(&self) -> &Ambient {
        &self.foundation.ambient
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
            data_collection::collection_routes(
                Arc::clone(&self.collection.pages),
                Arc::clone(&self.collection.hosts),
            ),
            data_collection::file_routes(Arc::clone(&self.files)),
            event_driven_coordination::parked::routes(self.parked_events()),
            event_driven_coordination::event_log::routes(EventLog::new(
                self.foundation.database.clone(),
            )),
            event_driven_coordination::status::routes(self.system_watch()),
            automations::routes(Arc::clone(&self.automations)),
        ]
    }

    /// Brings events to whoever wants them, for those who do it step by step.
    pub fn relay(&self) -> &Relay {
        &self.relay
    }

    /// Events that could not be handled.
    pub fn parked_events(&self) -> ParkedEvents {
        let Foundation { database, ambient, .. } = self.foundation.clone();
        ParkedEvents::new(database, ambient)
    }

    fn system_watch(&self) -> SystemWatch {
        let Foundation { database, ambient, redis, .. } = self.foundation.clone();
        let facts = Facts {
            version: self.config.app_version.clone(),
            cache: if redis.is_some() { "redis" } else { "memory" },
            migrations: migrations(),
        };
        SystemWatch {
            facts,
            database,
            processes: self.processes.clone(),
            relay: self.relay.clone(),
            engine: self.workflow.engine_watch(),
            ambient,
        }
    }

    fn export(&self) -> Arc<PersonalExport> {
        let parts = personal_data(&self.foundation, &self.subscription, &self.workflow);
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

    /// What stands behind the port where outside clients use proxy pools. `own` is where this
    /// process listens.
    pub fn proxy_gateway(&self, own: Vec<SocketAddr>) -> anyhow::Result<Arc<proxy_pool::Gateway>> {
        let Foundation { limiter, ambient, .. } = self.foundation.clone();
        let surroundings = proxy_pool::GatewaySurroundings {
            pools: Arc::clone(&self.proxies) as Arc<dyn ProxyPools>,
            authenticator: Arc::clone(&self.users) as Arc<dyn Authenticator>,
            limiter,
            policy: Arc::clone(&self.policy),
            own,
            authorities: self.authorities.clone(),
            ambient,
        };
        let gateway = proxy_pool::gateway(surroundings, proxy_gateway_settings(&self.config));
        gateway.context("the proxy gateway cannot be started")
    }

    /// `/metrics` alone.
    pub fn metrics_router(&self) -> Router {
        assemble_metrics(&self.gateway_settings(), self.foundation.ambient.clone())
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
        self.collection.fetcher.tell().await;
        self.subscription.give_back(true).await;
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
