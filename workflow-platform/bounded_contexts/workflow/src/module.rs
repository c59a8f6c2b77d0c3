//! The context put together: the one place of the crate that knows all its parts.

use std::{sync::Arc, time::Duration};

use shared_kernel::{
    application::{
        Action, ActionDescriptor, ActionRegistry, BlobStore, Bus, EffectHandler, EngineWatch,
        Entitlements, EventHandler, PersonalData, Template,
    },
    domain::{Ambient, Execution, Id, Owner},
    infrastructure::{cpu::CpuPool, db::Database, seal::Sealer},
};
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    api::{self, executions::ExecutionsApi},
    application::{
        audit::{AuditPorts, AuditService},
        definitions::{DefinitionPorts, DefinitionRow, DefinitionService, DefinitionsError, Draft},
        executions::{
            ExecutionDetails, ExecutionPorts, ExecutionService, Executions, ExecutionsError,
            RunItem, RunWorkflow, StartExecution, Started, Updates, UserDirectory,
        },
        retention::{RetentionPorts, RetentionService},
        statistics::{CountEnds, StatisticsService},
        templates::TemplateShelf,
        trials::{TrialPorts, TrialService},
        triggers::{StartOnEvent, TriggerPorts, TriggerService},
        vault::{VaultPorts, VaultService},
    },
    domain::{
        definition::Catalog,
        execution::{calls, waits},
    },
    infrastructure::{
        announce::{Announcer, BusDoorbell},
        audit::{Auditor, SqlAudit},
        definitions::SqlDefinitions,
        ending::end_all,
        executions::{BusProgressBoard, SqlExecutions, SqlStartKeys, SqlStepCache},
        openings::Openings,
        personal::personal_data,
        retention::{SqlRetention, run_janitor},
        schedule::{SqlTriggers, run_scheduler},
        script::ScriptAction,
        statistics::SqlEndCounts,
        transform::transforms,
        vault::SqlVault,
        watch::SqlEngineWatch,
        worker::{Worker, WorkerBench, WorkerParts, WorkerSettings},
    },
};

/// What the context needs from its surroundings.
pub struct Surroundings {
    pub database: Database,
    pub bus: Arc<dyn Bus>,
    pub blobs: Arc<dyn BlobStore>,
    pub ambient: Ambient,
    /// Actions of all other contexts; `script.javascript`, the transformations and the waits are our own.
    pub actions: ActionRegistry,
    pub users: Arc<dyn UserDirectory>,
    pub entitlements: Arc<dyn Entitlements>,
    pub cpu: CpuPool,
    /// Keeps the secrets of webhooks.
    pub sealer: Sealer,
    /// Workflows of other contexts that users may copy.
    pub templates: Vec<Template>,
}

/// What an operator may set.
#[derive(Debug, Clone)]
pub struct WorkflowSettings {
    pub worker: WorkerSettings,
    /// How often schedules are looked at even when none is due.
    pub schedule_poll: Duration,
    /// Time between two rounds of the audit.
    pub audit_every: Duration,
    /// Time between two laps that forget what plans do not keep.
    pub retention_every: Duration,
    /// The longest that a step may run by itself: shorter than requests may take.
    pub trial_limit: Duration,
}

impl Default for WorkflowSettings {
    fn default() -> Self {
        Self {
            worker: WorkerSettings::default(),
            schedule_poll: Duration::from_secs(1),
            audit_every: Duration::from_mins(1),
            retention_every: Duration::from_hours(1),
            trial_limit: Duration::from_secs(25),
        }
    }
}

/// Definitions, executions and schedules of one process.
pub struct WorkflowModule {
    database: Database,
    definitions: Arc<DefinitionService>,
    executions: ExecutionService,
    statistics: StatisticsService,
    triggers: TriggerService,
    vault: Arc<VaultService>,
    templates: Arc<TemplateShelf>,
    trials: Arc<TrialService>,
    audit: AuditService,
    retention: RetentionService,
    worker: Worker,
    settings: WorkflowSettings,
    ambient: Ambient,
}

/// Puts the context together, within a tokio runtime. Nothing runs before
/// [`WorkflowModule::run_worker`] and [`WorkflowModule::run_scheduler`] do.
pub fn module(surroundings: Surroundings, settings: WorkflowSettings) -> Arc<WorkflowModule> {
    let Surroundings { database, bus, blobs, ambient, actions, users, entitlements, cpu, .. } =
        surroundings;
    let (sealer, offered) = (surroundings.sealer, surroundings.templates);
    // Scripts have a pool of their own, so that long ones keep nobody from signing in.
    let actions = with_own(&actions, CpuPool::per_core());
    let announcer = Announcer::start(Arc::clone(&bus));
    let doorbell = Arc::new(BusDoorbell { bus: Arc::clone(&bus), announcer: announcer.clone() });
    let triggers = Arc::new(SqlTriggers::new(database.clone(), ambient.clone(), sealer.clone()));
    let vault = VaultService::new(VaultPorts {
        store: Arc::new(SqlVault::new(database.clone())),
        sealer: sealer.clone(),
        ambient: ambient.clone(),
    });
    let definitions = Arc::new(DefinitionService::new(
        DefinitionPorts {
            database: database.clone(),
            store: Arc::new(SqlDefinitions::new(database.clone())),
            triggers: triggers.clone(),
            vault: vault.clone(),
            entitlements: Arc::clone(&entitlements),
            ambient: ambient.clone(),
            cpu,
        },
        Arc::new(Catalog::new(descriptors(&actions)).told_in_chinese(actions.chinese())),
    ));
    let openings = Openings::default();
    let store = SqlExecutions::new(database.clone(), Arc::clone(&blobs), openings.clone());
    let store = Arc::new(store) as Arc<dyn Executions>;
    let statistics = StatisticsService {
        counts: Arc::new(SqlEndCounts::new(database.clone())),
        executions: Arc::clone(&store),
        ambient: ambient.clone(),
    };
    let audit = AuditService::new(AuditPorts {
        store: Arc::new(SqlAudit::new(database.clone(), Arc::clone(&blobs))),
        executions: Arc::clone(&store),
        definitions: definitions.clone(),
        ambient: ambient.clone(),
    });
    let retention = RetentionService::new(RetentionPorts {
        store: Arc::new(SqlRetention::new(database.clone())),
        blobs: Arc::clone(&blobs),
        entitlements: Arc::clone(&entitlements),
        ambient: ambient.clone(),
    });
    let executions = ExecutionService::new(ExecutionPorts {
        database: database.clone(),
        store,
        start_keys: Arc::new(SqlStartKeys::new(database.clone())),
        definitions: definitions.clone(),
        entitlements: Arc::clone(&entitlements),
        doorbell: doorbell.clone(),
        progress: Arc::new(BusProgressBoard::start(Arc::clone(&bus))),
        bus: Arc::clone(&bus),
        ambient: ambient.clone(),
    });
    let triggers = TriggerService::new(TriggerPorts {
        database: database.clone(),
        store: triggers.clone(),
        listeners: triggers,
        definitions: definitions.clone(),
        executions: executions.clone(),
        entitlements,
        doorbell,
        sealer,
        ambient: ambient.clone(),
    });
    let cache = Arc::new(SqlStepCache::new(database.clone()));
    let parts = WorkerParts {
        database,
        bus,
        blobs,
        ambient: ambient.clone(),
        actions: with_children(&actions, &executions),
        definitions: definitions.clone(),
        users,
        cache,
        vault: vault.clone(),
        executions: executions.clone(),
        announcer,
        openings,
    };
    let trials = Arc::new(trials(&parts, &definitions, &settings));
    let templates = Arc::new(TemplateShelf::new(&offered, definitions.catalog()));
    let database = parts.database.clone();
    let worker = Worker::new(parts, settings.worker.clone());
    Arc::new(WorkflowModule {
        database,
        definitions,
        executions,
        statistics,
        triggers,
        vault: Arc::new(vault),
        templates,
        trials,
        audit,
        retention,
        worker,
        settings,
        ambient,
    })
}

/// Where single steps are run, with what workers run them with.
fn trials(
    parts: &WorkerParts,
    definitions: &Arc<DefinitionService>,
    settings: &WorkflowSettings,
) -> TrialService {
    let bench = WorkerBench {
        actions: parts.actions.clone(),
        vault: parts.vault.clone(),
        blobs: Arc::clone(&parts.blobs),
        ambient: parts.ambient.clone(),
        grace: settings.worker.cancel_grace,
    };
    TrialService::new(TrialPorts {
        definitions: Arc::clone(definitions),
        executions: parts.executions.clone(),
        users: Arc::clone(&parts.users),
        actions: parts.actions.clone(),
        bench: Arc::new(bench),
        ambient: parts.ambient.clone(),
        limit: settings.trial_limit,
    })
}

/// All routes, without the `/api/v1` prefix.
#[expect(clippy::needless_pass_by_value, reason = "all contexts' routes have this shape")]
pub fn routes(module: Arc<WorkflowModule>) -> OpenApiRouter {
    let executions = ExecutionsApi {
        executions: module.executions.clone(),
        triggers: module.triggers.clone(),
        statistics: module.statistics.clone(),
    };
    api::definitions::routes(Arc::clone(&module.definitions))
        .merge(api::executions::routes(Arc::new(executions)))
        .merge(api::steps::routes(Arc::clone(&module.trials)))
        .merge(api::vault::routes(Arc::clone(&module.vault)))
        .merge(api::templates::routes(Arc::clone(&module.templates)))
}

impl WorkflowModule {
    /// What the context keeps of a person.
    pub fn personal_data(&self) -> Vec<Arc<dyn PersonalData>> {
        personal_data(&self.database, self.executions.clone())
    }

    /// Drives executions until told to stop, then hands its leases back.
    pub async fn run_worker(&self, stop: CancellationToken) {
        self.worker.clone().run(stop).await;
    }

    /// Fires schedules until told to stop. May run in any number of processes.
    pub async fn run_scheduler(&self, stop: CancellationToken) {
        let every = self.settings.schedule_poll;
        run_scheduler(self.triggers.clone(), self.ambient.clone(), every, stop).await;
    }

    /// Starts what listens to events. One relay calls it for each event, at least once.
    pub fn event_handler(&self) -> Arc<dyn EffectHandler> {
        Arc::new(StartOnEvent { triggers: self.triggers.clone() })
    }

    /// Counts how executions end.
    pub fn end_counter(&self) -> Arc<dyn EventHandler> {
        Arc::new(CountEnds { counts: Arc::clone(&self.statistics.counts) })
    }

    /// Asks for the end of all that runs or waits for an owner, each once; gives how many were
    /// asked now.
    pub async fn stop_all(&self, owner: Owner) -> Result<u64, ExecutionsError> {
        end_all(&self.database, &self.executions, owner).await
    }

    /// Forgets what plans do not keep until told to stop. May run in any number of processes.
    pub async fn run_janitor(&self, stop: CancellationToken) {
        let every = self.settings.retention_every;
        run_janitor(self.retention.clone(), every, stop).await;
    }

    /// Forgets what plans do not keep.
    pub fn retention(&self) -> &RetentionService {
        &self.retention
    }

    /// Checks what must always hold until told to stop, a little at a time.
    pub async fn run_auditor(&self, stop: CancellationToken) {
        let auditor = Auditor {
            audit: self.audit.clone(),
            database: self.database.clone(),
            ambient: self.ambient.clone(),
            every: self.settings.audit_every,
        };
        auditor.run(stop).await;
    }

    /// How workers and queue stand.
    pub fn engine_watch(&self) -> Arc<dyn EngineWatch> {
        Arc::new(SqlEngineWatch(self.database.clone()))
    }

    /// Checks what must always hold.
    pub fn audit(&self) -> &AuditService {
        &self.audit
    }

    /// Use cases of definitions.
    pub fn definitions(&self) -> &DefinitionService {
        &self.definitions
    }

    /// Use cases of executions.
    pub fn executions(&self) -> &ExecutionService {
        &self.executions
    }

    /// How many schedules of an owner ask for more than to run so far apart, up to a bound.
    pub async fn schedules_held_to(
        &self,
        owner: Owner,
        least: Duration,
    ) -> Result<u64, ExecutionsError> {
        self.triggers.count_held(owner, least).await
    }

    /// Use cases of triggers.
    pub fn triggers(&self) -> &TriggerService {
        &self.triggers
    }

    /// Use cases of secrets and variables.
    pub fn vault(&self) -> &VaultService {
        &self.vault
    }

    /// Saves a definition for an owner whom the caller has made sure of.
    pub async fn define(
        &self,
        owner: Owner,
        source: String,
    ) -> Result<DefinitionRow, DefinitionsError> {
        self.definitions.create_for(owner, Draft::Source(source)).await
    }

    /// Starts an execution for an owner whom the caller has made sure of.
    pub async fn start(
        &self,
        owner: Owner,
        wanted: StartExecution,
    ) -> Result<Started, ExecutionsError> {
        self.executions.start_for(owner, wanted).await
    }

    /// Follows an execution from its first event to its end.
    pub async fn watch(&self, owner: Owner, id: Id<Execution>) -> Result<Updates, ExecutionsError> {
        self.executions.watch_for(owner, id, 0).await
    }

    /// One execution with its steps.
    pub async fn show(
        &self,
        owner: Owner,
        id: Id<Execution>,
    ) -> Result<ExecutionDetails, ExecutionsError> {
        self.executions.show_for(owner, id).await
    }
}

/// The actions that definitions may use: those given, and our own.
pub fn catalog(actions: &ActionRegistry, cpu: CpuPool) -> Catalog {
    Catalog::new(descriptors(&with_own(actions, cpu)))
}

fn with_own(actions: &ActionRegistry, cpu: CpuPool) -> ActionRegistry {
    let mut own = transforms(&cpu);
    own.push(Arc::new(ScriptAction::new(cpu)));
    with(actions, own)
}

/// And those that start executions.
fn with_children(actions: &ActionRegistry, executions: &ExecutionService) -> ActionRegistry {
    let run = Arc::new(RunWorkflow { executions: executions.clone() }) as Arc<dyn Action>;
    let spread = Arc::new(RunItem { executions: executions.clone() }) as Arc<dyn Action>;
    with(actions, [run, spread])
}

fn with(
    actions: &ActionRegistry,
    more: impl IntoIterator<Item = Arc<dyn Action>>,
) -> ActionRegistry {
    let given = actions.names().filter_map(|name| actions.get(name).cloned());
    ActionRegistry::new(given.chain(more)).in_chinese(actions.chinese().clone())
}

fn descriptors(actions: &ActionRegistry) -> Vec<ActionDescriptor> {
    let mut all = actions.descriptors();
    all.extend(waits());
    all.push(calls());
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
