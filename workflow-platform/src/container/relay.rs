//! What is done when something happened.

use std::sync::Arc;

use automations::application::AutomationService;
use event_driven_coordination::{
    Accounts, BillingNotice, Handlers, LoweredNotice, Relay, RelaySettings, SecurityNotice,
    StopSuspended, VerificationMail, WelcomeRegistered,
};
use proxy_pool::ProxyPoolModule;
use shared_kernel::{application::EffectHandler, infrastructure::seal::Sealer};
use subscription::SubscriptionModule;
use user_management::{UserModule, application::EraseDeleted};
use workflow::WorkflowModule;

use super::{
    Foundation,
    adapters::{DefinitionGifts, Plans, PoolGifts, Readers, Runs, Standing},
    event_catalog, foundation, personal_data,
};
use crate::config::Config;

/// Who hears of events.
pub(super) struct Hearers<'a> {
    pub users: &'a Arc<UserModule>,
    pub subscription: &'a Arc<SubscriptionModule>,
    pub workflow: &'a Arc<WorkflowModule>,
    pub proxies: &'a Arc<ProxyPoolModule>,
    pub automations: &'a AutomationService,
}

/// Brings events to all who hear of them.
pub(super) fn relay(
    config: &Config,
    foundation: &Foundation,
    sealer: Sealer,
    hearers: &Hearers<'_>,
) -> anyhow::Result<Relay> {
    let Hearers { users, subscription, workflow, proxies, automations } = *hearers;
    let Foundation { database, ambient, streams, .. } = foundation.clone();
    let mailer = foundation::mailer(config, &ambient)?;
    let name = &config.app_name;
    let notice = SecurityNotice::new(Arc::clone(&mailer), name.clone())?;
    let readers = Arc::new(Readers(Arc::clone(users)));
    let billing = BillingNotice::new(Arc::clone(&mailer), readers.clone(), name.clone())?;
    let plans = Arc::new(Plans {
        subscription: Arc::clone(subscription),
        workflow: Arc::clone(workflow),
        automations: automations.clone(),
    });
    let lowered = LoweredNotice::new(Arc::clone(&mailer), readers, plans, name.clone())?;
    let mail = VerificationMail::new(mailer, sealer, ambient.clone(), name.clone())?;
    let erase = EraseDeleted::new(personal_data(foundation, subscription, workflow));
    let standing: Arc<dyn Accounts> = Arc::new(Standing(Arc::clone(users)));
    let runs = Runs(Arc::clone(workflow));
    let suspended = StopSuspended::new(Arc::clone(&standing), Arc::new(runs));
    let welcome = WelcomeRegistered::new(
        standing,
        Arc::new(PoolGifts(Arc::clone(proxies))),
        Arc::new(DefinitionGifts(Arc::clone(workflow))),
    );
    let handlers = Handlers::new(
        subscription::event_handlers(subscription)
            .into_iter()
            .chain(automations::event_handlers(automations))
            .chain([workflow.end_counter()]),
        [
            Arc::new(mail) as Arc<dyn EffectHandler>,
            Arc::new(notice),
            Arc::new(billing),
            Arc::new(lowered),
            workflow.event_handler(),
            Arc::new(erase),
            Arc::new(suspended),
        ]
        .into_iter()
        .chain(config.welcome.then(|| Arc::new(welcome) as Arc<dyn EffectHandler>))
        .chain(automations::effect_handlers(automations)),
    );
    Ok(Relay::new(database, ambient, handlers, RelaySettings::default())
        .knowing(Arc::new(event_catalog()))
        .over(streams))
}
