//! Whoever registers finds something to begin with: a proxy pool to fill, and a workflow that runs.
//!
//! The free plan and the rules of the house are given by their own contexts, in the transaction
//! that hears of the registration; what is given here is made by the neighbours' own use cases.

use std::sync::Arc;

use async_trait::async_trait;
use shared_kernel::{
    application::{EffectHandler, HandlerError},
    domain::{DomainEvent, Locale, Owner},
};

use super::{Accounts, PortError};

/// What `proxy_pool: default` in a step names.
const POOL: &str = "default";

/// Workflows that need nothing but the platform itself, by language.
const fn sample(locale: Locale) -> &'static str {
    match locale {
        Locale::ZhCn => include_str!("../../samples/welcome.zh-CN.yaml"),
        Locale::En => include_str!("../../samples/welcome.en.yaml"),
    }
}

/// Pools of proxies.
#[async_trait]
pub trait ProxyPoolGifts: Send + Sync {
    /// Makes an empty pool, unless the owner has one of the name.
    async fn give_pool(&self, owner: Owner, name: &str) -> Result<(), PortError>;
}

/// Workflows.
#[async_trait]
pub trait WorkflowGifts: Send + Sync {
    /// Saves a definition, unless the owner has one of its name.
    async fn give_workflow(&self, owner: Owner, source: &str) -> Result<(), PortError>;
}

/// Handler of `user.registered`. Each gift is given once, whichever step fails and however often the
/// event comes: what is there already is left alone.
pub struct WelcomeRegistered {
    accounts: Arc<dyn Accounts>,
    pools: Arc<dyn ProxyPoolGifts>,
    workflows: Arc<dyn WorkflowGifts>,
}

impl WelcomeRegistered {
    pub fn new(
        accounts: Arc<dyn Accounts>,
        pools: Arc<dyn ProxyPoolGifts>,
        workflows: Arc<dyn WorkflowGifts>,
    ) -> Self {
        Self { accounts, pools, workflows }
    }
}

#[async_trait]
impl EffectHandler for WelcomeRegistered {
    fn name(&self) -> &'static str {
        "coordination.welcome_registered"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == "user.registered"
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        // Whoever left meanwhile is given nothing that would have to be erased again.
        if !self.accounts.is_served(owner).await.map_err(HandlerError::new)? {
            return Ok(());
        }
        let locale = event.payload["locale"].as_str().unwrap_or_default();
        let locale = locale.parse::<Locale>().unwrap_or_default();
        self.pools.give_pool(owner, POOL).await.map_err(HandlerError::new)?;
        self.workflows.give_workflow(owner, sample(locale)).await.map_err(HandlerError::new)
    }
}
