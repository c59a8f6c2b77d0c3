//! Accounts: who somebody is, and whether they still may.
//!
//! **Vocabulary.** A *user* has a user name and an e-mail address, both unique whatever their
//! case, a *role* and a *status*. A *verification code* of six digits proves that somebody reads
//! the mail of an address; it is bound to a *purpose*. A *session* begins with a login and ends
//! with a logout; it is a family of *refresh tokens*, of which one at a time is good, and signs
//! short-lived *access tokens*. An *API key* lets a program act for a user within its *scopes*,
//! which are permissions.
//!
//! **Invariants.**
//! * Nobody learns from `send-verification-code` or from a failed login whether an account
//!   exists: answers and the work done for them are the same.
//! * A code lives 10 minutes, survives 5 attempts, works once, for its purpose and for whom it was
//!   asked; an address gets one a minute, and one that its signed-in owner asks for.
//! * With an authenticator a login needs a second factor. A time step and a recovery code work
//!   once, whatever comes at once.
//! * Whoever asks for the end of their account may sign in and take it back until the day. Then
//!   the row stands for nobody, and what every context keeps of the user is removed.
//! * Sensitive changes need a *fresh proof* in the same session: a login or a step-up a moment ago,
//!   with the second factor where there is one.
//! * A refresh token has one successor. Handed in again within ten seconds it leads to the same
//!   one; later it ends its whole session.
//! * There is always an active super administrator, once there was one; nobody changes their own
//!   standing, or that of somebody who ranks as high, unless both are super administrators.
//! * A deleted user's row stays under its id and says nothing any more; their name is free.
//! * A new password ends the user's other sessions, and all of them when it was forgotten.
//! * An access token is worth nothing once its session has ended, it was revoked by its id, its
//!   user is not active, or all the user's sessions were ended after it was issued. Every process
//!   knows at once, and one that hears no others asks the database every time.
//! * An API key does what its scopes name and its user's role grants, and nothing that guards the
//!   account itself. It ends within a year, and is worth nothing once revoked, as fast as a token.
//! * Wrong passwords and codes make the next try wait, longer each time and never for good; guesses
//!   from elsewhere do not make the owner wait where they signed in before.
//! * Passwords are kept as Argon2id hashes, refresh tokens, API keys and recovery codes as SHA-256,
//!   verification codes as keyed hashes, secrets of authenticators sealed. The outbox carries a
//!   code only sealed.
//! * Every change of an account writes a line of the audit log in its own transaction; refusals and
//!   failed sign-ins are noted beside the requests. Nobody changes a line.
//!
//! **Published events:** `user.registered`, `user.logged_in`, `user.logged_out`,
//! `user.sessions_revoked`, `user.password_changed`, `user.profile_changed`,
//! `user.status_changed`, `user.role_changed`, `user.api_key_created`, `user.api_key_renamed`,
//! `user.api_key_revoked`, `user.email_changed`, `user.totp_enabled`, `user.totp_disabled`,
//! `user.recovery_code_used`, `user.recovery_codes_replaced`,
//! `user.deletion_requested`, `user.deletion_cancelled`, `user.deleted`,
//! `user.verification_code.requested`.
//!
//! **Not here:** sending mail (an effect of `user.verification_code.requested`), plans, how
//! often an address may call.

pub mod api;
pub mod application;
pub mod domain;
pub mod infrastructure;

use std::sync::Arc;

pub use api::{export_routes, routes};
pub use application::{
    HashCost, Profile, TokenAlgorithm, UserError, UserModule, UserPorts, UserSettings,
};
pub use domain::{EVENTS, User};
use infrastructure::{Argon2Passwords, JwtTokens};
pub use infrastructure::{KeyError, migrations, personal_data, readings, sealed_columns};

use shared_kernel::{
    application::{AuditTrail, Bus, Cache, RateLimiter},
    domain::Ambient,
    infrastructure::{cpu::CpuPool, db::Database, seal::Sealer},
};

/// What the context needs from its surroundings.
pub struct Surroundings {
    pub database: Database,
    /// Shared with the other processes; while it is away nobody is let in.
    pub cache: Arc<dyn Cache>,
    /// Counts wrong passwords and codes.
    pub limiter: Arc<dyn RateLimiter>,
    /// Tells other processes of sessions that changed.
    pub bus: Arc<dyn Bus>,
    /// Seals verification codes on their way to the mailer.
    pub sealer: Sealer,
    /// Where failures are told; changes are written with what they change.
    pub trail: Arc<dyn AuditTrail>,
    /// Where passwords are hashed.
    pub cpu: CpuPool,
    pub ambient: Ambient,
}

/// Puts the context together. The result is also the kernel's `Authenticator` port; run
/// [`UserModule::run`] in one task of the process.
pub fn module(
    surroundings: Surroundings,
    settings: UserSettings,
) -> Result<Arc<UserModule>, KeyError> {
    let Surroundings { database, cache, limiter, bus, sealer, trail, cpu, ambient } = surroundings;
    let UserSettings { algorithm, secret, older_secrets, .. } = &settings;
    let tokens = JwtTokens::new(*algorithm, secret, older_secrets)?;
    let store = Arc::new(infrastructure::SqlAccounts::new(database.clone()));
    let ports = UserPorts {
        accounts: Arc::clone(&store) as Arc<dyn application::ports::AccountStore>,
        oversight: Arc::clone(&store) as Arc<dyn application::ports::OversightStore>,
        sessions: Arc::clone(&store) as Arc<dyn application::ports::SessionStore>,
        session_cache: Arc::new(infrastructure::BusCache::new(
            Arc::clone(&bus),
            infrastructure::SESSIONS,
            infrastructure::BELIEVED,
        )),
        key_cache: Arc::new(infrastructure::BusCache::new(
            Arc::clone(&bus),
            infrastructure::API_KEYS,
            infrastructure::BELIEVED,
        )),
        people: Arc::new(infrastructure::BusCache::new(
            bus,
            infrastructure::PEOPLE,
            infrastructure::BELIEVED,
        )),
        leaving: Arc::clone(&store) as Arc<dyn application::ports::LeavingStore>,
        second_factors: Arc::clone(&store) as Arc<dyn application::ports::SecondFactorStore>,
        codes: Arc::clone(&store) as Arc<dyn application::ports::CodeStore>,
        api_keys: Arc::clone(&store) as Arc<dyn application::ports::ApiKeyStore>,
        saved_views: Arc::clone(&store) as Arc<dyn application::ports::SavedViewStore>,
        audit: store,
        trail,
        passwords: Arc::new(Argon2Passwords::new(settings.hash_cost, cpu, ambient.clone())),
        tokens: Arc::new(tokens),
        database,
        cache,
        limiter,
        sealer,
        ambient,
    };
    Ok(Arc::new(UserModule::new(ports, settings)))
}
