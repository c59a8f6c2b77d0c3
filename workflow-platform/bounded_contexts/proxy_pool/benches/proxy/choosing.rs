//! Strategies in the simulated world, and what one choice among ten thousand costs.

use std::time::{Duration, Instant};

use proxy_pool::{ProxyPoolSettings, domain::Strategy};
use shared_kernel::application::{FetchOutcome, PoolRef, ProxyFeedback, ProxyPools as _};
use testkit::report::Report;

use crate::{
    place::{module, pool, somebody},
    simulated::{LENGTH, Score, lines, run},
};

const PROXIES: u16 = 400;
const CHOICES: u32 = 20_000;

fn settings() -> ProxyPoolSettings {
    ProxyPoolSettings { lease_wait: Duration::ZERO, ..ProxyPoolSettings::default() }
}

pub async fn race(report: &mut Report) {
    let test = testkit::database::sqlite(&[proxy_pool::migrations as fn() -> _]).await;
    let (ambient, clock) = testkit::ambient();
    let who = somebody(&ambient);
    let mut scores: Vec<(Strategy, Score)> = Vec::new();
    for strategy in Strategy::ALL {
        let module = module(&test.database, &ambient, settings());
        pool(&module, &who, strategy, &lines(PROXIES)).await;
        let advance = |by| clock.advance(by);
        let score = run(&module, &who, &ambient, advance, strategy.as_str()).await;
        scores.push((strategy, score));
    }
    let seconds = LENGTH.as_secs_f64();
    let mut best_other = 0.0_f64;
    for (strategy, score) in &scores {
        let (name, rate) = (strategy.as_str(), f64::from(score.pages) / seconds);
        if *strategy != Strategy::Smart {
            best_other = best_other.max(rate);
        }
        report.line(&format!("{name}, pages"), rate, "pages/s", "400 proxies, 16 at once");
        report.line("  of all requests", score.share(), "ratio", "");
        report.line("  mean time of a page", score.mean_ms, "ms", "");
    }
    let smart = scores.iter().find(|(one, _)| *one == Strategy::Smart);
    let smart = smart.map_or(0.0, |(_, score)| f64::from(score.pages) / seconds);
    report.line("smart beside the best other", smart / best_other, "ratio", "");
}

pub async fn cost(report: &mut Report) {
    let test = testkit::database::sqlite(&[proxy_pool::migrations as fn() -> _]).await;
    let ambient = shared_kernel::infrastructure::system::ambient();
    let who = somebody(&ambient);
    for strategy in Strategy::ALL {
        let module = module(&test.database, &ambient, ProxyPoolSettings::default());
        pool(&module, &who, strategy, &lines(10_000)).await;
        let wanted = PoolRef(strategy.as_str().to_owned());
        let begun = Instant::now();
        for number in 0..CHOICES {
            let host = ["a.example:443", "b.example:443"][number as usize % 2];
            let lease = module.lease(who.owner(), &wanted, host, &[]).await.unwrap();
            let outcome = if number % 10 == 0 { FetchOutcome::Transport } else { FetchOutcome::Ok };
            let feedback =
                ProxyFeedback { outcome, elapsed: Duration::from_millis(50), bytes: 1000 };
            module.give_back(lease, host, feedback).await;
        }
        let micros = begun.elapsed().as_secs_f64() * 1e6 / f64::from(CHOICES);
        let what = format!("{}, lease and give back", strategy.as_str());
        report.line(&what, micros, "µs", "10,000 proxies");
    }
}
