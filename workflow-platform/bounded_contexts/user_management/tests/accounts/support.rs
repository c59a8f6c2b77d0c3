//! A module on a database of its own, with a clock that tests move.

use std::{sync::Arc, time::Duration};

use sea_orm::ConnectionTrait as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use shared_kernel::{
    application::{AuditTrail, AuthenticationError, Authenticator as _, Principal},
    domain::{Actor, Ambient, Locale},
    infrastructure::{
        audit_queue::AuditQueue, cache::LocalCache, cpu::CpuPool, db::Backend, local_bus::LocalBus,
        local_limiter::LocalLimiter, seal::Sealer,
    },
};
use testkit::{MovableClock, TestDatabase};
use user_management::{
    Surroundings, User, UserError, UserModule, UserSettings,
    application::{Caller, CodeRequest, CodeSent, Login, Registration, SecondFactor, SignedIn},
    domain::{CodePurpose, RecoveryCode, TotpSecret},
};

pub const SECRET: &str = "a secret that only tests ever know";
pub const PASSWORD: &str = "correct horse battery";

pub struct World {
    pub test: TestDatabase,
    pub clock: Arc<MovableClock>,
    pub ambient: Ambient,
    pub users: Arc<UserModule>,
    pub trail: Arc<AuditQueue>,
}

/// What somebody holds beside their password.
pub struct Authenticator {
    pub secret: TotpSecret,
    pub recovery: Vec<String>,
}

impl Authenticator {
    pub fn recovery(&self, place: usize) -> SecondFactor {
        SecondFactor::Recovery(self.recovery[place].clone().into())
    }
}

/// One world per engine at hand.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for test in testkit::databases(&[user_management::migrations]).await {
        let (ambient, clock) = testkit::ambient();
        let trail = Arc::new(AuditQueue::new(test.database.clone()));
        let users = build(&test, &ambient, &trail);
        worlds.push(World { test, clock, ambient, users, trail });
    }
    worlds
}

fn build(test: &TestDatabase, ambient: &Ambient, trail: &Arc<AuditQueue>) -> Arc<UserModule> {
    let surroundings = Surroundings {
        database: test.database.clone(),
        limiter: Arc::new(LocalLimiter::default()),
        cache: Arc::new(LocalCache::default()),
        bus: Arc::new(LocalBus::default()),
        sealer: sealer(ambient),
        trail: Arc::clone(trail) as Arc<dyn AuditTrail>,
        cpu: CpuPool::new(2),
        ambient: ambient.clone(),
    };
    user_management::module(surroundings, UserSettings::new(SECRET.into())).unwrap()
}

fn sealer(ambient: &Ambient) -> Sealer {
    Sealer::new(SECRET.as_bytes(), ambient.clone())
}

/// Nobody who has proved who they are.
pub fn caller() -> Caller {
    Caller {
        locale: Locale::En,
        request_id: Some("req_1".to_owned()),
        actor: Actor::Anonymous,
        ..Caller::default()
    }
}

/// Somebody signed in.
pub fn caller_as(who: &Principal) -> Caller {
    Caller { actor: who.actor(), ..caller() }
}

impl World {
    /// Another process that shares the database and nothing else.
    pub fn elsewhere(&self) -> Arc<UserModule> {
        build(&self.test, &self.ambient, &self.trail)
    }

    /// Payloads of the events of a kind, in order.
    pub async fn events(&self, kind: &str) -> Vec<Value> {
        let sql = "SELECT payload FROM outbox WHERE kind = $1 ORDER BY position";
        let statement = self.test.database.statement(sql, [kind.into()]);
        let rows = self.test.database.read().query_all_raw(statement).await.unwrap();
        let payload = |text: String| serde_json::from_str(&text).unwrap();
        rows.iter().map(|row| payload(row.try_get("", "payload").unwrap())).collect()
    }

    pub async fn execute(&self, sql: &str) {
        self.test.database.write().execute_unprepared(sql).await.unwrap();
    }

    /// A UUID as the engine reads it in a statement.
    pub fn uuid_literal(&self, number: u32) -> String {
        match self.test.database.backend() {
            Backend::Postgres => format!("'00000000-0000-7000-8000-{number:012x}'"),
            Backend::Sqlite => format!("x'0000000000007000800000{number:010x}'"),
        }
    }

    /// The only column of the only row.
    pub async fn text(&self, sql: &str) -> String {
        let statement = self.test.database.statement(sql, []);
        let row = self.test.database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index(0).unwrap()
    }

    /// Of the only user.
    pub async fn password_hash(&self) -> String {
        self.text("SELECT password_hash FROM users").await
    }

    pub async fn ask_for_code(
        &self,
        email: &str,
        purpose: CodePurpose,
    ) -> Result<CodeSent, UserError> {
        let request = CodeRequest { email: email.to_owned(), purpose };
        self.users.send_code(request, &caller()).await
    }

    /// The code of the last mail, as its reader sees it.
    pub async fn read_code(&self) -> String {
        let events = self.events("user.verification_code.requested").await;
        let last = events.last().unwrap();
        let place = format!("verification_codes/{}/code", last["code_id"].as_str().unwrap());
        let sealed = last["sealed_code"].as_str().unwrap();
        String::from_utf8(sealer(&self.ambient).open(&place, sealed).unwrap()).unwrap()
    }

    pub async fn code_for(&self, email: &str) -> String {
        self.ask_for_code(email, CodePurpose::Register).await.unwrap();
        self.read_code().await
    }

    pub async fn try_register(
        &self,
        name: &str,
        email: &str,
        code: &str,
    ) -> Result<User, UserError> {
        let form = Registration {
            username: name.to_owned(),
            email: email.to_owned(),
            password: PASSWORD.into(),
            code: code.to_owned(),
        };
        self.users.register(form, &caller()).await
    }

    /// A user of the name, whose address is `name@example.com`.
    pub async fn register(&self, name: &str) -> User {
        let email = format!("{name}@example.com");
        let code = self.code_for(&email).await;
        self.try_register(name, &email, &code).await.unwrap()
    }

    pub async fn try_login(&self, identifier: &str, password: &str) -> Result<SignedIn, UserError> {
        self.try_login_with(identifier, password, None).await
    }

    pub async fn try_login_with(
        &self,
        identifier: &str,
        password: &str,
        second_factor: Option<SecondFactor>,
    ) -> Result<SignedIn, UserError> {
        let identifier = identifier.to_owned();
        let login = Login { identifier, password: password.into(), second_factor };
        self.users.login(login, &caller()).await
    }

    /// A session, as its requests see it.
    pub async fn signed_in(&self, identifier: &str) -> Principal {
        authenticate(&self.users, &self.login(identifier).await).await.unwrap()
    }

    /// Enrols an authenticator for somebody who has just signed in.
    pub async fn enrol(&self, who: &Principal) -> Authenticator {
        let begun = self.users.begin_totp(who).await.unwrap();
        let secret = totp_rs::Secret::try_from_base32(begun.secret.expose_secret()).unwrap();
        let secret = TotpSecret::from_bytes(secret.as_ref().to_vec());
        let code = secret.code_at(self.ambient.now()).unwrap();
        let recovery = self.users.confirm_totp(who, &code, &caller()).await.unwrap();
        let recovery = recovery.0.iter().map(RecoveryCode::display).collect();
        Authenticator { secret, recovery }
    }

    /// What the authenticator shows now.
    pub fn shown(&self, authenticator: &Authenticator) -> SecondFactor {
        SecondFactor::Totp(authenticator.secret.code_at(self.ambient.now()).unwrap().into())
    }

    /// The reasons of the events of a kind.
    pub async fn told(&self, kind: &str) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let events = self.events(kind).await;
        events.iter().map(|event| (text(&event["reason"]), text(&event["email"]))).collect()
    }

    pub async fn login(&self, identifier: &str) -> SignedIn {
        self.try_login(identifier, PASSWORD).await.unwrap()
    }

    pub async fn refresh(&self, token: &SecretString) -> Result<SignedIn, UserError> {
        self.users.refresh(token, &caller()).await
    }
}

pub async fn authenticate(
    users: &UserModule,
    signed: &SignedIn,
) -> Result<Principal, AuthenticationError> {
    users.authenticate(signed.access_token.expose_secret()).await
}

/// Waits for something that happens soon.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..1500 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{what} did not happen within 30 s");
}

pub const MINUTE: Duration = Duration::from_mins(1);
