//! Addresses of callers, and lists of networks they are looked up in.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Bits of an IPv6 address that a site gets as a whole: whoever has one address of it has all.
const SITE_BITS: u8 = 64;
/// Bits before the IPv4 address in `::ffff:a.b.c.d`.
const MAPPED_BITS: u8 = 96;

/// An entry of a list is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is neither an address nor a network such as 10.0.0.0/8 or 2001:db8::/32")]
pub struct BadNetwork(pub String);

/// Networks, IPv4 and IPv6. Written as a comma list of addresses and CIDRs; IPv4-mapped IPv6
/// networks are taken for the IPv4 ones they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Networks {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        Ok(Self(entries.map(network_of).collect::<Result<_, _>>()?))
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, network) in self.0.iter().enumerate() {
            write!(f, "{}{network}", if place == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

fn network_of(text: &str) -> Result<IpNet, BadNetwork> {
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse::<IpNet>().map_err(|_| BadNetwork(text.to_owned()))?,
    };
    Ok(unmapped(network).trunc())
}

fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(six) = network else { return network };
    let four = six.addr().to_ipv4_mapped().zip(six.prefix_len().checked_sub(MAPPED_BITS));
    four.and_then(|(address, bits)| Ipv4Net::new(address, bits).ok()).map_or(network, IpNet::V4)
}

/// What one caller's addresses have in common: an IPv4 address itself, of an IPv6 address its
/// network of 64 bits.
pub fn site_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            Ipv6Net::new(six, SITE_BITS).map_or(IpAddr::V6(six), |net| IpAddr::V6(net.network()))
        }
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_list_has_addresses_and_networks_of_both_families() {
        let list: Networks = "10.0.0.0/8, 192.0.2.7,2001:db8::/32 ,,::1".parse().unwrap();
        for inside in ["10.255.0.1", "192.0.2.7", "2001:db8:1::5", "::1", "::ffff:10.1.2.3"] {
            assert!(list.contains(ip(inside)), "{inside}");
        }
        for outside in ["11.0.0.1", "192.0.2.8", "2001:db9::", "::2", "::ffff:11.0.0.1"] {
            assert!(!list.contains(ip(outside)), "{outside}");
        }
        assert_eq!(list.to_string(), "10.0.0.0/8,192.0.2.7/32,2001:db8::/32,::1/128");
        assert!("".parse::<Networks>().unwrap().is_empty());
    }

    #[test]
    fn mapped_networks_mean_the_plain_ones() {
        let list: Networks = "::ffff:10.0.0.0/104,::ffff:192.0.2.7".parse().unwrap();
        assert!(list.contains(ip("10.9.9.9")) && list.contains(ip("192.0.2.7")));
        assert!(!list.contains(ip("192.0.2.8")));
    }

    #[test]
    fn what_is_no_network_is_named() {
        for wrong in ["10.0.0.0/33", "example.com", "10.0.0", "::1/129", "10.0.0.1:80"] {
            let list = format!("127.0.0.1,{wrong}");
            assert_eq!(list.parse::<Networks>(), Err(BadNetwork(wrong.to_owned())));
        }
    }

    #[test]
    fn a_site_is_an_ipv4_address_or_64_bits_of_ipv6() {
        assert_eq!(site_of(ip("192.0.2.7")), ip("192.0.2.7"));
        assert_eq!(site_of(ip("::ffff:192.0.2.7")), ip("192.0.2.7"));
        assert_eq!(site_of(ip("2001:db8:1:2:3:4:5:6")), ip("2001:db8:1:2::"));
    }
}
