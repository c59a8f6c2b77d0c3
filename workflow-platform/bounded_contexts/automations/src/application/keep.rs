//! Keeps rules: new ones, changed ones, switched on and off, removed.

use shared_kernel::{
    application::Principal,
    domain::{Id, Permission, Timestamp},
};
use tracing::info;

use super::{
    AutomationError, AutomationRow, AutomationService, MOST_AUTOMATIONS,
    check::{check_rights, check_rule},
    due::due_from,
};
use crate::domain::{Automation, Rule};

impl AutomationService {
    pub async fn create(
        &self,
        who: &Principal,
        rule: Rule,
    ) -> Result<AutomationRow, AutomationError> {
        who.require(Permission::AutomationWrite)?;
        check_rights(who, &rule)?;
        check_rule(&rule, &self.ports)?;
        self.check_interval(who.owner(), &rule, None).await?;
        let now = self.ports.ambient.now();
        let row = AutomationRow {
            id: self.ports.ambient.id(),
            owner: who.owner(),
            due_at: self.due_at(&rule, now),
            rule,
            preset: None,
            created_at: now,
            updated_at: now,
            fired_at: None,
            fired: 0,
            left_out: 0,
        };
        if !self.ports.automations.insert(&row, MOST_AUTOMATIONS).await? {
            return Err(AutomationError::Full(MOST_AUTOMATIONS));
        }
        info!(automation.id = %row.id, "automation {} was made", row.id);
        Ok(row)
    }

    /// Puts another rule in the place of the one of the id. Its history stays.
    pub async fn replace(
        &self,
        who: &Principal,
        id: Id<Automation>,
        rule: Rule,
    ) -> Result<AutomationRow, AutomationError> {
        who.require(Permission::AutomationWrite)?;
        let row = self.owned(who.owner(), id).await?;
        check_rights(who, &rule)?;
        check_rule(&rule, &self.ports)?;
        self.check_interval(row.owner, &rule, Some(&row.rule)).await?;
        self.put(AutomationRow { rule, ..row }).await
    }

    /// Switches a rule on or off. Doing it twice changes nothing.
    pub async fn switch(
        &self,
        who: &Principal,
        id: Id<Automation>,
        enabled: bool,
    ) -> Result<AutomationRow, AutomationError> {
        who.require(Permission::AutomationWrite)?;
        let row = self.owned(who.owner(), id).await?;
        check_rights(who, &row.rule)?;
        let rule = Rule { enabled, ..row.rule.clone() };
        self.check_interval(row.owner, &rule, Some(&row.rule)).await?;
        self.put(AutomationRow { rule, ..row }).await
    }

    /// Removes a rule with its history.
    pub async fn delete(&self, who: &Principal, id: Id<Automation>) -> Result<(), AutomationError> {
        who.require(Permission::AutomationWrite)?;
        if !self.ports.automations.delete(who.owner(), id).await? {
            return Err(AutomationError::NotFound);
        }
        info!(automation.id = %id, "automation {id} was removed");
        Ok(())
    }

    /// What is switched off is never due.
    fn due_at(&self, rule: &Rule, now: Timestamp) -> Option<Timestamp> {
        due_from(rule, self.ports.schedules.as_ref(), now).filter(|_| rule.enabled)
    }

    async fn put(&self, row: AutomationRow) -> Result<AutomationRow, AutomationError> {
        let now = self.ports.ambient.now();
        let due_at = self.due_at(&row.rule, now);
        let row = AutomationRow { updated_at: now, due_at, ..row };
        if self.ports.automations.replace(&row).await? {
            Ok(row)
        } else {
            Err(AutomationError::NotFound)
        }
    }
}
