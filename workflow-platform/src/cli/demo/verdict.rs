//! Whether the demo may call itself a success.

use anyhow::{bail, ensure};
use serde_json::Value;

use super::{DemoWorld, Findings, books::Good, site::STAFF};

/// Books of one ranking page.
const BOOKS: u64 = 20;

/// The pool's record of a proxy.
pub(super) fn proxies(pool: &Value) -> &[Value] {
    pool["proxies"].as_array().map_or(&[], Vec::as_slice)
}

/// A proxy through which nothing came.
pub(super) fn is_bad(proxy: &Value) -> bool {
    proxy["successes"].as_u64() == Some(0) && proxy["failures"].as_u64() > Some(0)
}

impl Findings {
    /// An error says what is not as it should be.
    pub fn check(&self, world: &DemoWorld) -> anyhow::Result<()> {
        let execution = &self.execution;
        if execution["status"] != "succeeded" {
            bail!(
                "the run ended as {}: {}",
                execution["status"].as_str().unwrap_or("nothing"),
                execution["error"]
            );
        }
        self.check_rows("books", "demo_books", BOOKS)?;
        self.check_rows("goods", "demo_goods", Good::all().count() as u64)?;
        self.check_robots(world)?;
        self.check_proxies(world)
    }

    /// The run collected that many, and the dataset has exactly these.
    fn check_rows(&self, output: &str, dataset: &str, expected: u64) -> anyhow::Result<()> {
        let collected = &self.execution["outputs"][output];
        ensure!(*collected == expected, "the run collected {collected} {output}, not {expected}");
        let found = self.datasets.iter().find(|found| found.name == dataset);
        let records = found.map_or(0, |found| found.records);
        ensure!(records == expected, "{dataset} has {records} records, not {expected}");
        Ok(())
    }

    fn check_robots(&self, world: &DemoWorld) -> anyhow::Result<()> {
        let refused = self.execution["outputs"]["refused"].to_string();
        ensure!(
            refused.contains("ROBOTS_DENIED") && refused.contains(STAFF),
            "nothing was refused for {STAFF}, which robots.txt disallows: {refused}"
        );
        let visits = world.site.hits().of(STAFF);
        ensure!(visits == 0, "{STAFF} was visited {visits} times against robots.txt");
        Ok(())
    }

    fn check_proxies(&self, world: &DemoWorld) -> anyhow::Result<()> {
        for (address, works) in world.expected_proxies() {
            let found = proxies(&self.pool).iter().find(|proxy| proxy["address"] == *address);
            let Some(found) = found else { bail!("proxy {address} is not in the pool") };
            match (works, is_bad(found)) {
                (false, false) => bail!("the bad proxy {address} was not found out: {found}"),
                (true, true) => bail!("proxy {address} works, and is held for bad: {found}"),
                _ => {}
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{journey::Dataset, login::DemoLogin},
        *,
    };

    /// What a perfect demo in this world finds.
    fn perfect(world: &DemoWorld) -> Findings {
        let proxies: Vec<Value> = world
            .expected_proxies()
            .map(|(address, works)| {
                let (ok, failed) = if works { (9, 0) } else { (0, 3) };
                json!({"address": address, "successes": ok, "failures": failed})
            })
            .collect();
        let refused = json!([{"url": STAFF, "error": {"code": "ROBOTS_DENIED"}}]);
        let dataset = |name, records| Dataset { name, records, rows: Vec::new() };
        Findings {
            login: DemoLogin::fresh(),
            execution: json!({
                "status": "succeeded",
                "outputs": {"books": 20, "goods": 60, "refused": refused},
            }),
            datasets: vec![dataset("demo_books", 20), dataset("demo_goods", 60)],
            pool: json!({ "proxies": proxies }),
            timings: Vec::new(),
        }
    }

    type Flaw = fn(&mut Findings);

    #[tokio::test]
    async fn only_a_perfect_demo_passes() {
        let folder = tempfile::tempdir().unwrap();
        let world = DemoWorld::start(folder.path()).await.unwrap();
        perfect(&world).check(&world).unwrap();
        let flaws: [(Flaw, &str); 6] = [
            (|it| it.execution["status"] = json!("timed_out"), "ended as timed_out"),
            (|it| it.execution["outputs"]["goods"] = json!(59), "collected 59 goods, not 60"),
            (|it| it.datasets[0].records = 21, "demo_books has 21 records, not 20"),
            (|it| it.execution["outputs"]["refused"] = json!([]), "robots.txt"),
            (|it| it.pool["proxies"][1]["successes"] = json!(1), "was not found out"),
            (|it| it.pool["proxies"] = json!([]), "is not in the pool"),
        ];
        for (flaw, said) in flaws {
            let mut findings = perfect(&world);
            flaw(&mut findings);
            let error = findings.check(&world).unwrap_err().to_string();
            assert!(error.contains(said), "{error} does not say {said}");
        }
    }
}
