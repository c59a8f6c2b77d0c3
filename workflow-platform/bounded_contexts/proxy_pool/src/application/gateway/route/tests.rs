use std::collections::{HashMap, VecDeque};

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use secrecy::SecretString;
use shared_kernel::{
    application::{
        AuthenticationError, Authenticator, PoolRef, Principal, ProxyFeedback, ProxyLease,
        ProxyPools,
    },
    domain::{Id, Owner},
    infrastructure::local_limiter::LocalLimiter,
};

use super::*;
use crate::application::gateway::{Dialer, GatewayPorts, GatewaySettings, TargetGuard};
use crate::domain::gateway::SiteFault;

/// Hands out its proxies in turns, those to be avoided last, and remembers what became of them.
#[derive(Default)]
struct Pools {
    turns: Mutex<VecDeque<Uuid>>,
    told: Mutex<Vec<(u128, FetchOutcome)>>,
}

impl Pools {
    fn of(proxies: impl IntoIterator<Item = u128>) -> Arc<Self> {
        let turns = proxies.into_iter().map(Uuid::from_u128).collect();
        Arc::new(Self { turns: Mutex::new(turns), told: Mutex::default() })
    }

    /// By proxy, without leases that nothing was sent through.
    fn told(&self) -> Vec<(u128, FetchOutcome)> {
        let mut told = self.told.lock().clone();
        told.retain(|(_, outcome)| *outcome != FetchOutcome::RobotsDenied);
        told.sort_by_key(|(proxy, _)| *proxy);
        told
    }
}

#[async_trait]
impl ProxyPools for Pools {
    async fn lease(
        &self,
        _: Owner,
        pool: &PoolRef,
        _: &str,
        avoid: &[Uuid],
    ) -> Result<ProxyLease, ProxyError> {
        let mut turns = self.turns.lock();
        let fresh = turns.iter().position(|proxy| !avoid.contains(proxy));
        let proxy = turns.remove(fresh.unwrap_or(0));
        let proxy = proxy.ok_or_else(|| ProxyError::Exhausted(pool.0.clone()))?;
        turns.push_back(proxy);
        let port = u16::try_from(proxy.as_u128()).unwrap();
        let scheme = if port > 100 { ProxyScheme::Socks5 } else { ProxyScheme::Http };
        let credentials = Some(("user".to_owned(), SecretString::from("pw")));
        let address = ProxyAddress { scheme, host: "proxy.example".to_owned(), port, credentials };
        Ok(ProxyLease { id: proxy, proxy, pool: Uuid::nil(), address })
    }

    async fn give_back(&self, lease: ProxyLease, _: &str, feedback: ProxyFeedback) {
        self.told.lock().push((lease.proxy.as_u128(), feedback.outcome));
    }
}

/// Fails as told, by port; others connect.
/// The far ends stay open for as long as the test.
struct Fails(HashMap<u16, DialError>, Mutex<Vec<tokio::io::DuplexStream>>);

#[async_trait]
impl Dialer for Fails {
    async fn proxy(&self, address: &ProxyAddress) -> Result<Line, DialError> {
        if let Some(error) = self.0.get(&address.port) {
            return Err(error.clone());
        }
        let (near, far) = tokio::io::duplex(64);
        self.1.lock().push(far);
        Ok(Line { stream: Box::new(near), early: Bytes::new() })
    }

    async fn tunnel(&self, address: &ProxyAddress, _: &Target) -> Result<Line, DialError> {
        self.proxy(address).await
    }
}

struct Nobody;

#[async_trait]
impl Authenticator for Nobody {
    async fn authenticate(&self, _: &str) -> Result<Principal, AuthenticationError> {
        Err(AuthenticationError::Invalid)
    }
}

#[async_trait]
impl TargetGuard for Nobody {
    async fn allows(&self, _: &Target) -> bool {
        true
    }
}

fn dead() -> DialError {
    DialError::Proxy("dead".to_owned())
}

fn no_site() -> DialError {
    DialError::Site(SiteFault::Refused)
}

fn gateway(pools: &Arc<Pools>, fails: impl IntoIterator<Item = (u16, DialError)>) -> Gateway {
    let ports = GatewayPorts {
        pools: Arc::clone(pools) as Arc<dyn ProxyPools>,
        authenticator: Arc::new(Nobody),
        limiter: Arc::new(LocalLimiter::default()),
        dialer: Arc::new(Fails(fails.into_iter().collect(), Mutex::default())),
        guard: Arc::new(Nobody),
        ambient: testkit::ambient().0,
    };
    Gateway::new(ports, GatewaySettings::default())
}

fn visitor(session: Option<&str>) -> Visitor {
    let user = Id::from(Uuid::from_u128(7));
    let session = session.map(str::to_owned);
    Visitor { user, owner: Owner::new(user), pool: PoolRef("p".to_owned()), session }
}

/// Which proxy carries a tunnel, and what the pool was told by then.
async fn tried(
    proxies: impl IntoIterator<Item = u128>,
    fails: impl IntoIterator<Item = (u16, DialError)>,
    session: Option<&str>,
) -> (Result<u128, Refusal>, Vec<(u128, FetchOutcome)>) {
    let pools = Pools::of(proxies);
    let gateway = gateway(&pools, fails);
    let (visitor, target) = (visitor(session), Target::parse("a.example:443", None).unwrap());
    let found = gateway.route(&visitor, &target).next(Way::Tunnel).await;
    let told = pools.told();
    (found.map(|carried| carried.held.proxy.as_u128()), told)
}

#[tokio::test]
async fn another_proxy_is_tried_when_one_cannot_be_reached() {
    let (found, told) = tried([1, 2, 3], [(1, dead()), (2, dead())], None).await;
    assert_eq!(
        (found, told),
        (Ok(3), vec![(1, FetchOutcome::Transport), (2, FetchOutcome::Transport)])
    );
    let (found, told) = tried([1, 2, 3, 4], [(1, dead()), (2, dead()), (3, dead())], None).await;
    assert_eq!((found, told.len()), (Err(Refusal::Upstream), 3), "three are enough");
    let (found, _) = tried([1], [(1, dead())], None).await;
    assert_eq!(found, Err(Refusal::Upstream), "none is tried twice");
    assert_eq!(tried([], [], None).await.0, Err(Refusal::NoProxy));
}

#[tokio::test]
async fn who_is_to_blame_is_told_by_the_next_proxy() {
    let (found, told) = tried([1, 2], [(1, no_site())], None).await;
    assert_eq!((found, told), (Ok(2), vec![(1, FetchOutcome::Transport)]));
    let site = Err(Refusal::Site(SiteFault::Refused));
    let (found, told) = tried([1, 2], [(1, no_site()), (2, no_site())], None).await;
    assert_eq!(
        (found, told),
        (site.clone(), vec![(1, FetchOutcome::Gone), (2, FetchOutcome::Gone)])
    );
    let (found, told) = tried([1], [(1, no_site())], None).await;
    assert_eq!((found, told), (site.clone(), vec![(1, FetchOutcome::Gone)]));
    let (found, told) = tried([1, 2], [(1, no_site()), (2, dead())], None).await;
    assert_eq!(
        (found, told),
        (site, vec![(1, FetchOutcome::Transport), (2, FetchOutcome::Transport)])
    );
}

#[tokio::test]
async fn a_session_fails_with_its_proxy() {
    let (found, told) = tried([1, 2], [(1, dead())], Some("cart")).await;
    assert_eq!((found, told), (Err(Refusal::Upstream), vec![(1, FetchOutcome::Transport)]));
}

#[tokio::test]
async fn connections_are_used_again_by_the_same_proxy_and_for_the_same_site() {
    let pools = Pools::of([1]);
    let gateway = gateway(&pools, []);
    let (visitor, target) = (visitor(None), Target::parse("a.example:80", None).unwrap());
    let next =
        async |reuse| gateway.route(&visitor, &target).next(Way::Request { reuse }).await.unwrap();
    let carried = next(true).await;
    assert!(
        !carried.reused && matches!(carried.form(), Form::Absolute(Some("Basic dXNlcjpwdw==")))
    );
    gateway.keep(carried, FetchOutcome::Ok, Duration::ZERO, 0).await;
    assert!(!next(false).await.reused, "what must not be sent twice goes over a new one");
    let carried = next(true).await;
    assert!(carried.reused);
    assert!(!next(true).await.reused, "it carries one request at a time");

    // a broken one that was used before is no fault of its proxy, which is tried again
    let mut route = gateway.route(&visitor, &target);
    route.broke(carried).await;
    assert!(!route.next(Way::Request { reuse: false }).await.unwrap().reused);
    assert!(pools.told().iter().all(|(_, outcome)| *outcome != FetchOutcome::Transport));
}

#[tokio::test]
async fn through_a_tunnel_a_connection_leads_to_one_site() {
    let pools = Pools::of([101]);
    let gateway = gateway(&pools, []);
    let visitor = visitor(None);
    let [a, b] = ["a.example:80", "b.example:80"].map(|text| Target::parse(text, None).unwrap());
    let way = Way::Request { reuse: true };
    let carried = gateway.route(&visitor, &a).next(way).await.unwrap();
    assert!(matches!(carried.form(), Form::Origin));
    gateway.keep(carried, FetchOutcome::Ok, Duration::ZERO, 0).await;
    assert!(!gateway.route(&visitor, &b).next(way).await.unwrap().reused);
    assert!(gateway.route(&visitor, &a).next(way).await.unwrap().reused);
}

#[tokio::test]
async fn a_lease_that_is_dropped_goes_back_and_blames_nobody() {
    let pools = Pools::of([1]);
    let gateway = gateway(&pools, []);
    let (visitor, target) = (visitor(None), Target::parse("a.example:443", None).unwrap());
    drop(gateway.route(&visitor, &target).next(Way::Tunnel).await);
    tokio::task::yield_now().await;
    assert_eq!(*pools.told.lock(), [(1, FetchOutcome::RobotsDenied)]);
}
