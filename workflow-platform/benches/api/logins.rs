//! Logins a second, beside what hashing alone allows.

use std::time::{Duration, Instant};

use futures::future::join_all;
use secrecy::SecretString;
use serde_json::json;
use shared_kernel::infrastructure::{cpu::CpuPool, system};
use testkit::report::{Report, median};
use user_management::{
    HashCost, application::ports::Passwords as _, infrastructure::Argon2Passwords,
};

use crate::{
    CALLERS,
    person::PASSWORD,
    place::{Place, names},
    wrk::{self, Load},
};

const HASHING: Duration = Duration::from_secs(5);
/// More than of what is quick: each round has a ratio of its own, since the neighbours of a machine
/// come and go within a minute.
const ROUNDS: usize = 5;

pub async fn measure(place: &Place, report: &mut Report) {
    let (mut alone, mut logins) = (Vec::new(), Vec::new());
    let (mut ratios, mut p99) = (Vec::new(), Vec::new());
    let body = |name| json!({ "identifier": name, "password": PASSWORD }).to_string();
    let load = Load::post(&place.login, names().map(body).collect(), CALLERS);
    for _ in 0..ROUNDS {
        let limit = hashes().await;
        let found = wrk::run(&load).await;
        alone.push(limit);
        logins.push(found.rate);
        ratios.push(found.rate / limit);
        p99.push(found.p99_ms);
    }
    let (alone, logins) = (median(&mut alone), median(&mut logins));
    report.line("Argon2id alone, 46 MiB, one pass", alone, "hashes/s", "the limit of this run");
    report.line("POST /users/auth/login, 8 callers", logins, "logins/s", "FastAPI: 71 to 75");
    report.line("  beside Argon2id alone", median(&mut ratios), "ratio", "target 0.90");
    report.line("  p99", median(&mut p99), "ms", "");
}

/// Comparisons a second, as many at once as a login makes.
async fn hashes() -> f64 {
    let passwords =
        Argon2Passwords::new(HashCost::default(), CpuPool::per_core(), system::ambient());
    let password = SecretString::from(PASSWORD);
    let hash = passwords.hash(&password).await.unwrap();
    let began = Instant::now();
    let counts = join_all((0..CALLERS).map(async |_| {
        let mut count = 0_u32;
        while began.elapsed() < HASHING {
            assert!(passwords.verify(&password, Some(hash.clone())).await.unwrap());
            count += 1;
        }
        count
    }))
    .await;
    f64::from(counts.iter().sum::<u32>()) / began.elapsed().as_secs_f64()
}
