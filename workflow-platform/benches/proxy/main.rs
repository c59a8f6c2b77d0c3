//! The gateway port beside squid: both ask for a password, keep nothing, and send everything on to
//! the same upstream proxy, which answers by itself. Plain HTTP and CONNECT, over connections that
//! are kept and over new ones, small answers and pages of 54 KB, 32 callers.
//!
//! Callers and upstream have a thread each and share the cores with what is measured. Absolute
//! figures move with the neighbours; the ratios are what counts.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]

mod load;
#[path = "../people/person.rs"]
mod person;
mod place;
mod upstream;

use std::{env, fs};

use load::{Case, Load, Way};
use place::Place;
use testkit::{
    RealProxy,
    report::{Report, median},
};
use upstream::Upstream;

/// All are measured in turns, so that a noisy minute strikes each.
const ROUNDS: usize = 3;

fn main() {
    allocator::give_back_soon();
    run();
}

#[tokio::main]
async fn run() {
    let upstream = Upstream::start();
    let squid = RealProxy::squid_before(upstream.address);
    let place = Place::open(upstream.address).await;
    let (user, password) = squid.credentials();
    let contenders = [
        Load::new(upstream.address, None),
        Load::new(squid.address(), Some((user, password))),
        Load::new(place.gateway, Some((&place.user, &place.key))),
    ];
    let mut report = Report::default();
    for way in Way::ALL {
        report.begin(way.name());
        for case in Case::ALL {
            measure(&contenders, way, case, &mut report);
        }
    }
    place.stop().await;
    let arguments: Vec<_> = env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--json") {
        fs::write(&arguments[at + 1], report.json()).unwrap();
    }
}

fn measure(contenders: &[Load; 3], way: Way, case: Case, report: &mut Report) {
    let mut rates: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (rates, load) in rates.iter_mut().zip(contenders) {
            rates.push(tokio::task::block_in_place(|| load.run(way, case)));
        }
    }
    let [direct, squid, gateway] = rates.map(|mut rates| median(&mut rates));
    let name = case.name();
    report.line(&format!("{name}: upstream alone"), direct, "req/s", "the limit of this run");
    report.line(&format!("{name}: squid"), squid, "req/s", "the peer");
    report.line(&format!("{name}: gateway port"), gateway, "req/s", "");
    report.line(&format!("{name}: beside squid"), gateway / squid, "ratio", "target 1.5");
}
