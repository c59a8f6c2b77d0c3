//! What one context's event sets off in others, while the database fails: every write of it in turn,
//! once or for a while. Whenever the event is delivered again, and twice, the end is that of a run
//! in which nothing failed.

mod ends;
mod faults;
mod lowered;
mod registered;
mod still;

use uuid::Uuid;

use faults::{Faults, Lasts};
use still::Still;

/// Rounds of delivery that a run may take.
const ROUNDS: usize = 15;
/// Rounds in which a failure that lasts is there.
const BROKEN: usize = 3;

/// Something that happens to somebody.
trait Scenario {
    /// Somebody to whom it may happen, by their name; gives their id.
    async fn before(&self, still: &Still, name: &str) -> Uuid;

    /// It happens. Nothing fails yet, and no event is delivered.
    async fn happens(&self, still: &Still, name: &str, user: Uuid);

    /// What time does beside the delivery of events; whether it failed.
    async fn time_passes(&self, _: &Still, _: Uuid) -> bool {
        false
    }
}

/// Delivers what there is until all is done, with failures as planned.
async fn settle(
    scenario: &impl Scenario,
    still: &Still,
    user: Uuid,
    faults: &Faults<'_>,
    lasts: Lasts,
) {
    for round in 0..ROUNDS {
        let passed = scenario.time_passes(still, user).await;
        let drained = still.platform.relay().drain().await.is_err();
        let struck = passed || drained || still.count(faults::STRUCK).await > 0;
        faults.pause().await;
        still.let_executions_end().await;
        still.make_due().await;
        if still.count("outbox WHERE delivered_at IS NULL").await == 0 && !struck {
            return;
        }
        if struck && lasts == Lasts::Once || round + 1 >= BROKEN {
            faults.mend().await;
        }
        faults.go_on().await;
    }
    let left = still
        .texts(
            "SELECT kind || ' ' || COALESCE(last_error, '') FROM outbox \
        WHERE delivered_at IS NULL",
        )
        .await;
    panic!("{} {faults:?}: not done: {left:?}", still.name);
}

/// Lets each write fail, in both ways.
async fn ends_the_same_whichever_write_fails(scenario: impl Scenario, least_writes: u32) {
    for still in Still::everywhere().await {
        let smooth = Faults::none(&still).await;
        let wanted = run(&scenario, &still, "smooth", &smooth, Lasts::Once).await;
        let writes = smooth.writes().await;
        assert!(writes >= least_writes, "{}: {writes} writes, {wanted:?}", still.name);
        for write in 1..=writes {
            for lasts in [Lasts::Once, Lasts::AWhile] {
                let faults = Faults::at(&still, write, lasts).await;
                let name = format!("w{write}{lasts:?}").to_lowercase();
                let found = run(&scenario, &still, &name, &faults, lasts).await;
                assert_eq!(found, wanted, "{} {faults:?} of {writes}", still.name);
            }
        }
    }
}

async fn run(
    scenario: &impl Scenario,
    still: &Still,
    name: &str,
    faults: &Faults<'_>,
    lasts: Lasts,
) -> Vec<String> {
    let user = scenario.before(still, name).await;
    scenario.happens(still, name, user).await;
    faults.go_on().await;
    settle(scenario, still, user, faults, lasts).await;
    faults.pause().await;
    let once = still.state(name, user).await;
    still.tell_again(user).await;
    still.drain().await;
    let twice = still.state(name, user).await;
    assert_eq!(once, twice, "{} {faults:?}: told twice", still.name);
    once
}
