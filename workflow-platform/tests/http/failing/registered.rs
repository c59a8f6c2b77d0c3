//! Whoever registers has the free plan, the rules of the house, a pool and a workflow, once.

use serde_json::json;
use uuid::Uuid;

use super::{Scenario, ends_the_same_whichever_write_fails, still::Still};
use crate::support::{PASSWORD, code_for};

struct Registered;

impl Scenario for Registered {
    async fn before(&self, still: &Still, name: &str) -> Uuid {
        let ask = json!({ "email": format!("{name}@example.com"), "purpose": "register" });
        still.site.post("/users/public/send-verification-code", &ask).await.data();
        still.drain().await;
        let email = format!("{name}@example.com");
        let code = code_for(&still.site.mail_dir, &email).await;
        let new = json!({ "username": name, "email": email, "password": PASSWORD, "code": code });
        let made = still.site.post("/users/auth/register", &new).await.data();
        made["user"]["id"].as_str().unwrap().parse().unwrap()
    }

    async fn happens(&self, _: &Still, _: &str, _: Uuid) {}
}

#[tokio::test]
async fn whoever_registers_has_everything_once_whichever_write_fails() {
    ends_the_same_whichever_write_fails(Registered, 10).await;
}

#[tokio::test]
async fn this_is_what_there_is_of_them() {
    for still in Still::everywhere().await {
        let (_, user) = still.person("ann").await;
        let found = still.state("ann", user).await;
        for part in [
            "pool default",
            "workflow welcome",
            "on free active",
            "told subscription.started 1",
            "told user.registered 1",
        ] {
            let times = found.iter().filter(|one| *one == part).count();
            assert_eq!(times, 1, "{part} in {found:?} on {}", still.name);
        }
    }
}
