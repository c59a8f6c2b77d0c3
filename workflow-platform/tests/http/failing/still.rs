//! A platform that answers and does nothing else: events are delivered when the test says so.

use std::{net::SocketAddr, time::Duration};

use api_gateway::{Readiness, ServeTimes};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use shared_kernel::infrastructure::db::Backend;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use workflow_platform::{config::Config, container::Platform};

use super::faults;
use crate::support::{PASSWORD, Person, Site, still_config};

/// Handlers that write in the relay's transaction, which remembers: these are never asked twice.
const WRITERS: [&str; 6] = [
    "subscription.give_free_plan",
    "subscription.count_executions",
    "subscription.count_fetched",
    "automations.hear",
    "automations.give_presets",
    "workflow.count_ends",
];

/// What there is of somebody, each row as a text.
const KEPT: [&str; 11] = [
    "SELECT 'pool ' || name FROM proxy_pools WHERE owner_id = $1",
    "SELECT 'proxies ' || COUNT(*) FROM proxies WHERE owner_id = $1",
    "SELECT 'workflow ' || name FROM workflow_definitions \
     WHERE user_id = $1 AND deleted_at IS NULL",
    "SELECT 'triggers ' || COUNT(*) FROM workflow_triggers WHERE user_id = $1",
    "SELECT 'execution ' || status || ' ' || (cancel_at IS NOT NULL) \
     FROM workflow_executions WHERE user_id = $1",
    "SELECT 'secrets ' || COUNT(*) FROM workflow_vault WHERE user_id = $1",
    "SELECT 'on ' || p.code || ' ' || s.status FROM subscriptions s \
     JOIN plans p ON p.id = s.plan_id WHERE s.user_id = $1",
    "SELECT 'invoice ' || reason || ' ' || status || ' ' || total_minor \
     FROM invoices WHERE user_id = $1",
    "SELECT 'rules ' || COUNT(*) FROM automations WHERE user_id = $1",
    "SELECT 'keys ' || COUNT(*) FROM api_keys WHERE user_id = $1",
    "SELECT 'told ' || kind || ' ' || COUNT(*) FROM outbox WHERE user_id = $1 GROUP BY kind",
];

pub struct Still {
    /// `sqlite` or `postgres`.
    pub name: &'static str,
    pub platform: Platform,
    pub site: Site,
    _folder: TempDir,
}

impl Still {
    /// One on each database at hand.
    pub async fn everywhere() -> Vec<Self> {
        let folder = tempfile::tempdir().unwrap();
        let config = still_config(&folder);
        let mut all = vec![Box::pin(Self::on("sqlite", config, folder)).await];
        if let Some(settings) = testkit::postgres_settings().await {
            let folder = tempfile::tempdir().unwrap();
            let config = Config { database: settings, ..still_config(&folder) };
            all.push(Box::pin(Self::on("postgres", config, folder)).await);
        }
        all
    }

    async fn on(name: &'static str, config: Config, folder: TempDir) -> Self {
        let mail_dir = config.mail_dir();
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let stop = CancellationToken::new();
        let platform = Platform::build(config, stop.clone()).await.unwrap();
        platform.prepare().await.unwrap();
        faults::install(platform.database()).await;
        let address = serve(&platform, stop).await;
        Self { name, platform, site: Site::new(address, mail_dir), _folder: folder }
    }

    /// Delivers what there is.
    pub async fn drain(&self) {
        self.platform.relay().drain().await.unwrap();
    }

    /// Does `what` while events are delivered, and ends with all of them delivered.
    async fn with_events<T>(&self, what: impl Future<Output = T>) -> T {
        let done = CancellationToken::new();
        let doing = async {
            let given = what.await;
            done.cancel();
            given
        };
        let delivering = async {
            while !done.is_cancelled() {
                self.drain().await;
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            self.drain().await;
        };
        tokio::join!(doing, delivering).0
    }

    /// Somebody who registered, with all that comes of it done.
    pub async fn person(&self, name: &str) -> (Person<'_>, Uuid) {
        let person = self.with_events(self.site.person(name)).await;
        let id = person.get("/users/me").await.data()["id"].as_str().unwrap().parse().unwrap();
        (person, id)
    }

    pub async fn root(&self) -> Person<'_> {
        let login = json!({ "identifier": "root@example.com", "password": PASSWORD });
        let tokens = self.site.post("/users/auth/login", &login).await.data();
        let text = |key: &str| tokens[key].as_str().unwrap().to_owned();
        let (access, refresh) = (text("access_token"), text("refresh_token"));
        Person { site: &self.site, name: "root".to_owned(), access, refresh }
    }

    pub async fn texts(&self, sql: &str) -> Vec<String> {
        self.texts_of(sql, None).await
    }

    async fn texts_of(&self, sql: &str, user: Option<Uuid>) -> Vec<String> {
        let database = self.platform.database();
        let statement = database.statement(sql, user.map(Into::into));
        let rows = database.read().query_all_raw(statement).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    pub async fn count(&self, from: &str) -> i64 {
        let database = self.platform.database();
        let statement = database.statement(format!("SELECT COUNT(*) AS n FROM {from}"), []);
        let row = database.read().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get("", "n").unwrap()
    }

    async fn tell(&self, sql: &str, user: Option<Uuid>) {
        let database = self.platform.database();
        let statement = database.statement(sql, user.map(Into::into));
        database.write().execute_raw(statement).await.unwrap();
    }

    /// Time goes on for all events that wait.
    pub async fn make_due(&self) {
        let sql = "UPDATE outbox SET due_at = 0 WHERE delivered_at IS NULL AND parked_at IS NULL";
        self.tell(sql, None).await;
    }

    /// All events of somebody come once more, to handlers that died before they could remember.
    pub async fn tell_again(&self, user: Uuid) {
        let writers = WRITERS.map(|name| format!("'{name}'")).join(", ");
        let forget = format!(
            "DELETE FROM inbox WHERE handler NOT IN ({writers}) \
             AND event_id IN (SELECT id FROM outbox WHERE user_id = $1)"
        );
        self.tell(&forget, Some(user)).await;
        let again = "UPDATE outbox SET delivered_at = NULL, due_at = 0, attempts = 0 \
                     WHERE user_id = $1";
        self.tell(again, Some(user)).await;
    }

    /// A worker for as long as executions are told to end.
    pub async fn let_executions_end(&self) {
        const ENDING: &str =
            "workflow_executions WHERE cancel_at IS NOT NULL AND finished_at IS NULL";
        if self.count(ENDING).await == 0 {
            return;
        }
        let stop = CancellationToken::new();
        let ended = async {
            while self.count(ENDING).await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            stop.cancel();
        };
        tokio::join!(self.platform.workflow.run_worker(stop.clone()), ended);
    }

    /// What there is of somebody, and the mails they were sent, by their kinds.
    pub async fn state(&self, name: &str, user: Uuid) -> Vec<String> {
        let mut found = Vec::new();
        for sql in KEPT {
            let sql = match self.platform.database().backend() {
                // PostgreSQL joins texts and texts only, and says true for 1.
                Backend::Postgres => sql.replace("COUNT(*)", "COUNT(*)::text"),
                Backend::Sqlite => sql.replace("IS NOT NULL)", "IS NOT NULL AND 'true')"),
            };
            found.extend(self.texts_of(&sql, Some(user)).await);
        }
        found.extend(self.mails(name));
        found.sort();
        found
    }

    fn mails(&self, name: &str) -> Vec<String> {
        self.mails_to(name).into_iter().map(|(kind, _)| format!("mail {kind}")).collect()
    }

    /// The text of the only mail of its kind to somebody.
    pub fn mail(&self, kind: &str, name: &str) -> String {
        let mails = self.mails_to(name).into_iter();
        let mut found: Vec<_> = mails.filter(|(of, _)| of == kind).map(|(_, text)| text).collect();
        assert_eq!(found.len(), 1, "{kind} to {name}");
        found.remove(0)
    }

    /// Kind and text of each mail to somebody.
    fn mails_to(&self, name: &str) -> Vec<(String, String)> {
        let to = format!("To: {name}@example.com");
        let files = std::fs::read_dir(&self.site.mail_dir).unwrap();
        let mails = files.filter_map(|file| {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).ok().filter(|text| text.contains(&to))?;
            let name = path.file_stem()?.to_str()?.to_owned();
            Some((name.split('-').next()?.to_owned(), text))
        });
        mails.collect()
    }
}

/// Answers requests until the test is over.
async fn serve(platform: &Platform, stop: CancellationToken) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let readiness = Readiness::default();
    let router = platform.router(readiness.clone());
    let times = ServeTimes::from(&platform.gateway_settings());
    tokio::spawn(api_gateway::serve(listener, router, readiness, stop, times));
    address
}
