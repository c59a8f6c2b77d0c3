//! The hosts a pool was used for lately. Those used longest ago are dropped, so that memory is
//! bounded however many hosts there are.

use std::collections::HashMap;

use shared_kernel::domain::Timestamp;

use super::HostBook;

/// Hosts kept in memory per pool.
const MOST_HOSTS: usize = 256;
/// Pairs kept in memory per pool.
const MOST_PAIRS: usize = 50_000;

/// Books by host.
#[derive(Debug, Default)]
pub struct Hosts {
    books: HashMap<String, HostBook>,
}

impl Hosts {
    pub fn get(&self, host: &str) -> Option<&HostBook> {
        self.books.get(host)
    }

    pub fn get_mut(&mut self, host: &str) -> Option<&mut HostBook> {
        self.books.get_mut(host)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&String, &mut HostBook)> {
        self.books.iter_mut()
    }

    pub fn names(&self) -> Vec<String> {
        self.books.keys().cloned().collect()
    }

    /// The host's book; a new one pushes out those used longest ago.
    pub fn open(&mut self, host: &str, fresh: impl FnOnce() -> HostBook) -> &mut HostBook {
        if !self.books.contains_key(host) {
            self.make_room();
        }
        self.books.entry(host.to_owned()).or_insert_with(fresh)
    }

    fn make_room(&mut self) {
        loop {
            let pairs: usize = self.books.values().map(HostBook::pairs).sum();
            if self.books.len() < MOST_HOSTS && pairs < MOST_PAIRS {
                return;
            }
            let used = |(_, book): &(&String, &HostBook)| -> Timestamp { book.last_at };
            let Some(oldest) = self.books.iter().min_by_key(used).map(|(host, _)| host.clone())
            else {
                return;
            };
            self.books.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_host_used_longest_ago_goes_first() {
        let mut hosts = Hosts::default();
        for number in 0..300u32 {
            let now = Timestamp::default().plus(Duration::from_secs(number.into()));
            hosts.open(&format!("h{number}:80"), || HostBook::new(Uuid::nil().into(), now));
        }
        assert_eq!(hosts.names().len(), MOST_HOSTS);
        assert!(hosts.get("h0:80").is_none() && hosts.get("h299:80").is_some());
    }
}
