//! A module on a database of its own.

use std::sync::Arc;

use async_trait::async_trait;
use proxy_pool::{
    ProxyPoolModule, ProxyPoolSettings, Surroundings,
    application::{NewPool, PoolChange},
    domain::{PoolId, Strategy},
};
use shared_kernel::{
    application::{
        Allowance, Entitlements, EntitlementsError, Limit, Principal, Proof, ProxyScheme,
        SessionProof,
    },
    domain::{Ambient, Locale, Owner, Role},
    infrastructure::{db::Database, local_bus::LocalBus, outbound::OutboundPolicy, seal::Sealer},
};
use uuid::Uuid;

struct NoLimits;

#[async_trait]
impl Entitlements for NoLimits {
    async fn allowance(&self, _: Owner, limit: Limit) -> Result<Allowance, EntitlementsError> {
        Ok(Allowance { limit, allowed: None, resets_at: None })
    }
}

pub fn module(
    database: &Database,
    ambient: &Ambient,
    settings: ProxyPoolSettings,
) -> Arc<ProxyPoolModule> {
    let surroundings = Surroundings {
        database: database.clone(),
        bus: Arc::new(LocalBus::default()),
        redis: None,
        sealer: Sealer::new(b"0123456789abcdef0123456789abcdef", ambient.clone()),
        entitlements: Arc::new(NoLimits),
        policy: Arc::new(OutboundPolicy::new(["0.0.0.0/0"]).unwrap()),
        authorities: None,
        ambient: ambient.clone(),
        user_agent: "workflow-platform-bench".to_owned(),
    };
    proxy_pool::module(surroundings, settings)
}

pub fn somebody(ambient: &Ambient) -> Principal {
    Principal {
        user: ambient.id(),
        role: Role::User,
        locale: Locale::En,
        proof: Proof::Session(SessionProof {
            id: Uuid::nil(),
            token: Uuid::nil(),
            expires_at: i64::MAX,
        }),
    }
}

pub async fn pool(
    module: &ProxyPoolModule,
    who: &Principal,
    strategy: Strategy,
    lines: &str,
) -> PoolId {
    let terms =
        PoolChange { strategy: Some(strategy), parallel_limit: Some(4), ..PoolChange::default() };
    let new = NewPool { name: strategy.as_str().to_owned(), terms };
    let id = module.create_pool(who, new).await.unwrap().pool.id;
    module.import_proxies(who, id, lines, ProxyScheme::Http).await.unwrap();
    id
}
