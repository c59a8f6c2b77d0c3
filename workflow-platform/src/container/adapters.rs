//! Small adapters that tie ports of one context to another.

use std::{error::Error, sync::Arc};

use api_gateway::HealthPart;
use async_trait::async_trait;
use automations::application::AutomationService;
use event_driven_coordination::{
    Accounts, Customer, Customers, PlanLimits, PlanStanding, PortError, ProxyPoolGifts,
    RunningWork, WorkflowGifts,
};
use proxy_pool::{
    ProxyPoolModule,
    application::{NewPool, PoolError},
};
use shared_kernel::{
    application::Cache,
    domain::{Id, Owner, User},
    infrastructure::db::Database,
};
use subscription::{
    SubscriptionModule,
    application::{AboveLimits, paper_ports::CustomersError},
    domain::Buyer,
};
use user_management::UserModule;
use workflow::{DefinitionsError, UserDirectory, UserDirectoryError, UserProfile, WorkflowModule};

/// `user.email` and the like in expressions.
pub struct Directory(pub Arc<UserModule>);

#[async_trait]
impl UserDirectory for Directory {
    async fn profile(&self, user: Id<User>) -> Result<Option<UserProfile>, UserDirectoryError> {
        let found =
            self.0.profile(user).await.map_err(|error| UserDirectoryError(Box::new(error)))?;
        Ok(found.map(|profile| UserProfile { username: profile.username, email: profile.email }))
    }
}

/// Whose work may go on, for the processes between contexts.
pub struct Standing(pub Arc<UserModule>);

#[async_trait]
impl Accounts for Standing {
    async fn is_served(&self, owner: Owner) -> Result<bool, PortError> {
        let asked = self.0.is_served_now(owner.user()).await;
        asked.map_err(|error| PortError(Box::new(error)))
    }
}

/// Whom mails about money go to.
pub struct Readers(pub Arc<UserModule>);

#[async_trait]
impl Customers for Readers {
    async fn customer(&self, owner: Owner) -> Result<Option<Customer>, PortError> {
        let found = self.0.profile(owner.user()).await;
        let found = found.map_err(|error| PortError(Box::new(error)))?;
        Ok(found.map(|profile| Customer { email: profile.email, locale: profile.locale }))
    }
}

/// Plans, for mails about their limits.
pub struct Plans {
    pub subscription: Arc<SubscriptionModule>,
    pub workflow: Arc<WorkflowModule>,
    pub automations: AutomationService,
}

#[async_trait]
impl PlanLimits for Plans {
    async fn standing(&self, owner: Owner) -> Result<PlanStanding, PortError> {
        let found = self.subscription.above_limits(owner).await;
        let AboveLimits { plan, above, apart } = found.map_err(failed)?;
        let schedules = self.workflow.schedules_held_to(owner, apart).await.map_err(failed)?;
        let timetables = self.automations.timetables_held_to(owner, apart).await.map_err(failed)?;
        Ok(PlanStanding { name: plan, above, slowed: schedules + timetables, apart })
    }
}

fn failed(error: impl Error + Send + Sync + 'static) -> PortError {
    PortError(Box::new(error))
}

/// Whom invoices are for.
pub struct Buyers(pub Arc<UserModule>);

#[async_trait]
impl subscription::application::paper_ports::Customers for Buyers {
    async fn buyer(&self, owner: Owner) -> Result<Option<Buyer>, CustomersError> {
        let found = self.0.profile(owner.user()).await;
        let found = found.map_err(|error| CustomersError(Box::new(error)))?;
        Ok(found.map(|profile| Buyer { name: profile.username, email: profile.email }))
    }
}

/// Executions, for the processes between contexts.
pub struct Runs(pub Arc<WorkflowModule>);

#[async_trait]
impl RunningWork for Runs {
    async fn stop(&self, owner: Owner) -> Result<u64, PortError> {
        self.0.stop_all(owner).await.map_err(|error| PortError(Box::new(error)))
    }
}

/// Pools that are given.
pub struct PoolGifts(pub Arc<ProxyPoolModule>);

#[async_trait]
impl ProxyPoolGifts for PoolGifts {
    async fn give_pool(&self, owner: Owner, name: &str) -> Result<(), PortError> {
        let new = NewPool { name: name.to_owned(), ..NewPool::default() };
        match self.0.create_pool_for(owner, new).await {
            Ok(_) | Err(PoolError::NameTaken) => Ok(()),
            Err(error) => Err(PortError(Box::new(error))),
        }
    }
}

/// Workflows that are given.
pub struct DefinitionGifts(pub Arc<WorkflowModule>);

#[async_trait]
impl WorkflowGifts for DefinitionGifts {
    async fn give_workflow(&self, owner: Owner, source: &str) -> Result<(), PortError> {
        match self.0.define(owner, source.to_owned()).await {
            Ok(_) | Err(DefinitionsError::NameTaken(_)) => Ok(()),
            Err(error) => Err(PortError(Box::new(error))),
        }
    }
}

/// `database` in `/health`.
pub struct DatabaseHealth(pub Database);

#[async_trait]
impl HealthPart for DatabaseHealth {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.0.ping().await?)
    }
}

/// `cache` or `redis` in `/health`.
pub struct CacheHealth(pub Arc<dyn Cache>);

#[async_trait]
impl HealthPart for CacheHealth {
    fn name(&self) -> &'static str {
        self.0.part()
    }

    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.0.ping().await?)
    }
}
