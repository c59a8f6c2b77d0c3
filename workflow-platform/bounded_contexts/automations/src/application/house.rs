//! Gives the rules of the house to those who signed up before there were any.

use sea_orm::DbErr;
use shared_kernel::{
    domain::{Id, Locale, Owner, User},
    infrastructure::db::UnitOfWork,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{AutomationRow, AutomationService, Refusal, StoreError};
use crate::domain::{PRESETS, Preset};

/// People in one transaction.
const AT_ONCE: u32 = 200;

/// Why nobody was given anything now.
#[derive(Debug, thiserror::Error)]
pub enum HouseError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    People(#[from] Refusal),
}

impl From<DbErr> for HouseError {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}

impl AutomationService {
    /// Page by page, until everybody was given every rule once. What is cut off goes on.
    pub(super) async fn furnish(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.furnish_some().await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    return warn!(error, "the rules of the house could not be given to all");
                }
            }
        }
    }

    /// One page; false when there is nobody left. Whoever signs up meanwhile is given them then.
    pub async fn furnish_some(&self) -> Result<bool, HouseError> {
        let rounds = self.ports.automations.rounds().await?;
        for preset in &PRESETS {
            if rounds.iter().any(|(name, round)| name == preset.name && round.is_over) {
                continue;
            }
            self.furnish_page(preset).await?;
            return Ok(true);
        }
        Ok(false)
    }

    /// The page and how far it goes are written together, so that nobody who removed a rule is
    /// given it again.
    async fn furnish_page(&self, preset: &Preset) -> Result<(), HouseError> {
        let ports = &self.ports;
        let work = ports.database.begin().await?;
        let mut round = ports.automations.hold_round(&work, preset.name).await?;
        if round.is_over {
            return Ok(work.roll_back().await?);
        }
        let page = ports.people.after(round.after, AT_ONCE).await?;
        for (user, locale) in &page {
            self.give(&work, Owner::new(*user), preset, *locale).await?;
        }
        round.is_over = page.is_empty();
        round.after = page.last().map(|(user, _)| *user).or(round.after);
        ports.automations.advance(&work, preset.name, &round).await?;
        work.commit().await?;
        if round.is_over {
            info!("everybody has been given the rule {}", preset.name);
        }
        Ok(())
    }

    /// Unless they have it.
    pub(super) async fn give(
        &self,
        work: &UnitOfWork,
        owner: Owner,
        preset: &Preset,
        locale: Locale,
    ) -> Result<(), StoreError> {
        let now = self.ports.ambient.now();
        let row = AutomationRow {
            id: self.ports.ambient.id(),
            owner,
            rule: preset.rule(locale),
            preset: Some(preset.name.to_owned()),
            created_at: now,
            updated_at: now,
            due_at: None,
            fired_at: None,
            fired: 0,
            left_out: 0,
        };
        self.ports.automations.give(work, &row).await
    }
}

/// How far a rule of the house has been given to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// The last who got it.
    pub after: Option<Id<User>>,
    pub is_over: bool,
}
