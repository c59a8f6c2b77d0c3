//! Places that no request of a user may reach, in every spelling, and a listener that counts who
//! comes nevertheless.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::net::TcpListener;

/// Hosts that are this machine, its network, or what clouds hide their secrets behind, as they
/// stand in addresses.
pub const FORMS: [&str; 80] = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7F.0.0.1",
    "0x7f.1",
    "0177.0.0.1",
    "0177.1",
    "127.0.0.0x1",
    "127.0.0.01",
    "0",
    "0.0.0.0",
    "0x0",
    "00000000",
    "0.0.0.0.",
    "127.0.0.1.",
    "2130706433.",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost..",
    "a.localhost",
    "①②⑦.⓪.⓪.①",
    "１２７.０.０.１",
    "127。0。0。1",
    "127．0．0．1",
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
    "ｌｏｃａｌｈｏｓｔ",
    "%31%32%37.0.0.1",
    "%6cocalhost",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::FFFF:0:0]",
    "[::ffff:0:127.0.0.1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001::7f00:1]",
    "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[::1%25lo]",
    "[::1%lo]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[5f00::1]",
    "[3fff::1]",
    "10.0.0.1",
    "012.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "172.16.0.1",
    "192.0.0.192",
    "192.168.1.1",
    "3232235777",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
];

/// Listens on every address of this machine.
pub struct Inside {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Inside {
    /// On one free port of IPv4 and IPv6.
    pub async fn listening() -> Self {
        let connections = Arc::new(AtomicUsize::new(0));
        let four = TcpListener::bind("0.0.0.0:0").await.expect("a port is free");
        let port = four.local_addr().expect("it is bound").port();
        let six = TcpListener::bind(("::1", port)).await.expect("the port is free for IPv6 too");
        for listener in [four, six] {
            let count = Arc::clone(&connections);
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    count.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, connections }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The forms with this port behind them, each a `host:port`.
    pub fn places(&self) -> impl Iterator<Item = String> {
        let port = self.port;
        FORMS.iter().map(move |form| format!("{form}:{port}"))
    }

    /// The same as addresses.
    pub fn urls(&self) -> impl Iterator<Item = String> {
        self.places().map(|place| format!("http://{place}/"))
    }

    /// How many came so far.
    pub fn visitors(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}
