//! Tells customers that a lower plan has begun, and what they have above its limits.
//!
//! The limits themselves are those of the plan that holds, asked wherever work starts: nothing has
//! to be taken away for them to count. What is above them stays, and nothing is added to it.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use minijinja::context;
use shared_kernel::{
    application::{EffectHandler, HandlerError, Limit, MailError, Mailer, Usage},
    domain::{DomainEvent, Locale, Owner, Text},
};

use super::{
    customers::{Customer, Customers},
    templates::{TemplateError, Templates},
};
use crate::workflows::PortError;

/// Ends of a paid plan, and the beginning of a lower one.
const KINDS: [&str; 3] =
    ["subscription.downgraded", "subscription.cancelled", "subscription.expired"];
/// What the mail about the invoice that was given up says too.
const TOLD_OTHERWISE: &str = "subscription.expired";

/// The plan that holds now.
#[derive(Debug, Clone)]
pub struct PlanStanding {
    pub name: Text,
    /// What is used of limits that are lower than that.
    pub above: Vec<Usage>,
    /// How many schedules ask for more runs than it has.
    pub slowed: u64,
    /// It has the runs of a schedule at least so far apart.
    pub apart: Duration,
}

impl PlanStanding {
    /// Nothing of what somebody has is beyond it.
    fn suffices(&self) -> bool {
        self.above.is_empty() && self.slowed == 0
    }
}

/// Where plans are found.
#[async_trait]
pub trait PlanLimits: Send + Sync {
    async fn standing(&self, owner: Owner) -> Result<PlanStanding, PortError>;
}

/// Why no mail was made.
#[derive(Debug, thiserror::Error)]
enum LoweredError {
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Mail(#[from] MailError),
}

/// The handler. What it says is looked up when it is said: an event that comes late tells of the
/// plan that holds then.
pub struct LoweredNotice {
    mailer: Arc<dyn Mailer>,
    customers: Arc<dyn Customers>,
    plans: Arc<dyn PlanLimits>,
    app_name: String,
    templates: Templates,
}

impl LoweredNotice {
    pub fn new(
        mailer: Arc<dyn Mailer>,
        customers: Arc<dyn Customers>,
        plans: Arc<dyn PlanLimits>,
        app_name: String,
    ) -> Result<Self, TemplateError> {
        Ok(Self { mailer, customers, plans, app_name, templates: Templates::load()? })
    }

    async fn tell(&self, event: &DomainEvent) -> Result<(), LoweredError> {
        let Some(owner) = event.owner() else { return Ok(()) };
        let Some(Customer { email, locale }) = self.customers.customer(owner).await? else {
            return Ok(());
        };
        let standing = self.plans.standing(owner).await?;
        if event.kind == TOLD_OTHERWISE && standing.suffices() {
            return Ok(());
        }
        let PlanStanding { name, above, slowed, apart } = standing;
        let above: Vec<String> = above.iter().map(|usage| line(usage, locale)).collect();
        let (app_name, plan) = (self.app_name.as_str(), name.of(locale));
        let apart = apart.as_secs();
        let told = context! { app_name, plan, above, slowed, apart };
        let said = self.templates.render("lowered", locale, &told)?;
        let mail = said.to(email, format!("lowered-{}", event.id));
        Ok(self.mailer.send(mail).await?)
    }
}

/// `proxies: 150 of 20`.
fn line(usage: &Usage, locale: Locale) -> String {
    let (name, used, allowed) = (named(usage.limit), usage.used, usage.allowed.unwrap_or(u64::MAX));
    match locale {
        Locale::ZhCn => format!("{}：已有 {used}，套餐包含 {allowed}", name.zh),
        Locale::En => format!("{}: {used}, of {allowed} in the plan", name.en),
    }
}

fn named(limit: Limit) -> Text {
    match limit {
        Limit::ExecutionsPerMonth => Text::new("本月执行次数", "executions this month"),
        Limit::PagesPerMonth => Text::new("本月采集页数", "pages this month"),
        Limit::ConcurrentExecutions => Text::new("同时执行数", "executions at one time"),
        Limit::Proxies => Text::new("代理数", "proxies"),
        Limit::DatasetRecords => Text::new("数据集记录数", "records in datasets"),
        Limit::ScheduleInterval => {
            Text::new("定时任务间隔秒数", "seconds between runs of a schedule")
        }
        Limit::HistoryDays => Text::new("历史保留天数", "days of history"),
        Limit::HistoryBytes => Text::new("历史保留字节数", "bytes of history"),
    }
}

#[async_trait]
impl EffectHandler for LoweredNotice {
    fn name(&self) -> &'static str {
        "mail.lowered_notice"
    }

    fn wants(&self, kind: &str) -> bool {
        KINDS.contains(&kind)
    }

    async fn perform(&self, event: &DomainEvent) -> Result<(), HandlerError> {
        self.tell(event).await.map_err(|error| match error {
            refused @ LoweredError::Mail(MailError::Refused(_)) => HandlerError::lasting(refused),
            error => HandlerError::new(error),
        })
    }
}
