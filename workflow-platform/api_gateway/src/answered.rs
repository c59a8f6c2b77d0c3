//! Answers, counted.

use std::{collections::HashMap, time::Duration};

use axum::http::{Method, StatusCode};
use metrics::{Counter, Histogram, counter, histogram};
use parking_lot::RwLock;

use crate::metrics::{DURATION, REQUESTS};

/// What is counted of requests to one route.
#[derive(Default)]
struct OfRoute(HashMap<(&'static str, StatusCode), (Counter, Histogram)>);

/// Counts answers by method, route and status. What is counted into is looked up once for each of
/// them: the recorder would compare all names and labels again.
#[derive(Default)]
pub(crate) struct Answers(RwLock<HashMap<String, OfRoute>>);

impl Answers {
    pub fn count(&self, method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
        let key = (name_of(method), status);
        let known = self.0.read();
        if let Some((count, times)) = known.get(route).and_then(|of_route| of_route.0.get(&key)) {
            count.increment(1);
            times.record(elapsed.as_secs_f64());
            return;
        }
        drop(known);
        let (count, times) = recorded(key.0, route, status);
        count.increment(1);
        times.record(elapsed.as_secs_f64());
        let mut known = self.0.write();
        known.entry(route.to_owned()).or_default().0.insert(key, (count, times));
    }
}

/// Callers can invent methods, and shall not fill our memory with them.
fn name_of(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
    known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

fn recorded(method: &'static str, route: &str, status: StatusCode) -> (Counter, Histogram) {
    let (method, route) = (("method", method.to_owned()), ("route", route.to_owned()));
    let labels = [method.clone(), route.clone(), ("status", status.as_str().to_owned())];
    (counter!(REQUESTS, &labels), histogram!(DURATION, &[method, route]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_route_method_and_status_has_one_place_and_invented_methods_share_one() {
        let answers = Answers::default();
        let invented = |name: &str| Method::from_bytes(name.as_bytes()).unwrap();
        for (method, status) in [
            (Method::GET, 200),
            (Method::GET, 200),
            (Method::GET, 404),
            (Method::POST, 200),
            (invented("ONE"), 405),
            (invented("TWO"), 405),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            answers.count(&method, "/a", status, Duration::from_millis(1));
        }
        answers.count(&Method::GET, "/b", StatusCode::OK, Duration::ZERO);
        let known = answers.0.read();
        let mut places: Vec<_> =
            known["/a"].0.keys().map(|(name, code)| (*name, code.as_u16())).collect();
        places.sort_unstable();
        assert_eq!(places, [("GET", 200), ("GET", 404), ("POST", 200), ("other", 405)]);
        assert_eq!(known.len(), 2);
    }
}
