//! A module on a database of its own, with a clock that tests move.

use std::{sync::Arc, time::Duration};

use sea_orm::ConnectionTrait as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use shared_kernel::{
    application::{AuthenticationError, Authenticator as _, Principal},
    domain::{Ambient, Locale},
    infrastructure::{
        cache::LocalCache, cpu::CpuPool, local_bus::LocalBus, local_limiter::LocalLimiter,
        seal::Sealer,
    },
};
use testkit::{MovableClock, TestDatabase};
use user_management::{
    Surroundings, User, UserError, UserModule, UserSettings,
    application::{Caller, CodeRequest, CodeSent, Login, Registration, SignedIn},
    domain::CodePurpose,
};

pub const SECRET: &str = "a secret that only tests ever know";
pub const PASSWORD: &str = "correct horse battery";

pub struct World {
    pub test: TestDatabase,
    pub clock: Arc<MovableClock>,
    pub ambient: Ambient,
    pub users: Arc<UserModule>,
}

/// One world per engine at hand.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for test in testkit::databases(&[user_management::migrations]).await {
        let (ambient, clock) = testkit::ambient();
        let users = build(&test, &ambient);
        worlds.push(World { test, clock, ambient, users });
    }
    worlds
}

fn build(test: &TestDatabase, ambient: &Ambient) -> Arc<UserModule> {
    let surroundings = Surroundings {
        database: test.database.clone(),
        limiter: Arc::new(LocalLimiter::default()),
        cache: Arc::new(LocalCache::default()),
        bus: Arc::new(LocalBus::default()),
        sealer: sealer(ambient),
        cpu: CpuPool::new(2),
        ambient: ambient.clone(),
    };
    user_management::module(surroundings, UserSettings::new(SECRET.into())).unwrap()
}

fn sealer(ambient: &Ambient) -> Sealer {
    Sealer::new(SECRET.as_bytes(), ambient.clone())
}

pub fn caller() -> Caller {
    Caller { locale: Locale::En, request_id: Some("req_1".to_owned()), ..Caller::default() }
}

impl World {
    /// Another process that shares the database and nothing else.
    pub fn elsewhere(&self) -> Arc<UserModule> {
        build(&self.test, &self.ambient)
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

    /// Of the only user.
    pub async fn password_hash(&self) -> String {
        let statement = self.test.database.statement("SELECT password_hash FROM users", []);
        let row = self.test.database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "password_hash").unwrap()
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
        let login = Login { identifier: identifier.to_owned(), password: password.into() };
        self.users.login(login, &caller()).await
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
