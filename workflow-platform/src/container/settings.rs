//! What the configuration means to each context.

use data_collection::{ArchiveLimits, FetcherSettings};
use proxy_pool::ProxyPoolSettings;
use user_management::UserSettings;
use workflow::{WorkerSettings, WorkflowSettings};

use crate::config::Config;

pub(super) fn user_settings(config: &Config) -> UserSettings {
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

pub(super) fn fetcher_settings(config: &Config) -> FetcherSettings {
    FetcherSettings {
        agent: config.collection.agent().to_owned(),
        user_agent: config.collection.user_agent.clone(),
        dns_servers: config.collection.dns_servers.clone(),
        ..FetcherSettings::default()
    }
}

pub(super) fn archive_limits(config: &Config) -> ArchiveLimits {
    ArchiveLimits {
        days: config.collection.archive_days,
        bytes_per_owner: config.collection.archive_mib_per_user * 1024 * 1024,
    }
}

pub(super) fn proxy_settings(config: &Config) -> ProxyPoolSettings {
    let settings = ProxyPoolSettings::default();
    let test_target = config.proxy_test_url.clone().or(settings.test_target);
    ProxyPoolSettings { test_target, ..settings }
}

pub(super) fn proxy_gateway_settings(config: &Config) -> proxy_pool::GatewaySettings {
    let (limits, gateway) = (config.limits, config.proxy_gateway);
    proxy_pool::GatewaySettings {
        allow: config.addresses.allow.clone(),
        deny: config.addresses.deny.clone(),
        connections_per_user: gateway.connections_per_user,
        requests_per_minute: limits.enabled.then_some(gateway.requests_per_minute),
        failures_per_minute: limits.enabled.then_some(limits.sensitive),
        ..proxy_pool::GatewaySettings::default()
    }
}

pub(super) fn workflow_settings(config: &Config) -> WorkflowSettings {
    let worker = WorkerSettings {
        sole: config.is_embedded(),
        parallel: config.worker_concurrency,
        ..WorkerSettings::default()
    };
    WorkflowSettings { worker, ..WorkflowSettings::default() }
}
