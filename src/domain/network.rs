//! Addresses as people write them and as lists sort them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;

/// An address as 17 bytes that sort as addresses do: the family (4 or 6), then the address,
/// IPv4 in the first four of the sixteen bytes. A network is then a range of keys.
#[must_use]
pub fn ip_key(ip: IpAddr) -> [u8; 17] {
    let mut key = [0; 17];
    match ip {
        IpAddr::V4(v4) => {
            key[0] = 4;
            key[1..5].copy_from_slice(&v4.octets());
        }
        IpAddr::V6(v6) => {
            key[0] = 6;
            key[1..].copy_from_slice(&v6.octets());
        }
    }
    key
}

/// The keys of a network's first and last address, both inside it.
#[must_use]
pub fn network_keys(network: IpNet) -> ([u8; 17], [u8; 17]) {
    (ip_key(network.network()), ip_key(network.broadcast()))
}

/// An address in the one form it is kept in: an IPv4 address mapped into IPv6 is the IPv4 address.
///
/// # Errors
/// That the text is no address, in words.
pub fn parse_ip(text: &str) -> Result<IpAddr, String> {
    let ip: IpAddr = text
        .trim()
        .parse()
        .map_err(|_| format!("‘{}’ is not an IP address such as 10.4.0.1 or 2001:db8::1", text.trim()))?;
    Ok(ip.to_canonical())
}

/// A network whose host bits are zero, or a single address as a network of one.
///
/// # Errors
/// That the text is no network, or that host bits are set and what the network would be.
pub fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Ok(IpNet::from(ip.to_canonical()));
    }
    let network: IpNet = text.parse().map_err(|_| format!("‘{text}’ is not a network such as 10.4.0.0/16"))?;
    if network.addr() != network.network() {
        return Err(format!("‘{text}’ has host bits set: the network is {}", network.trunc()));
    }
    Ok(network)
}

/// Whether a device can be reached at this address: not unspecified, not multicast, not the IPv4
/// broadcast address.
#[must_use]
pub fn is_host(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => !v4.is_unspecified() && !v4.is_multicast() && v4 != Ipv4Addr::BROADCAST,
        IpAddr::V6(v6) => v6 != Ipv6Addr::UNSPECIFIED && !v6.is_multicast(),
    }
}

/// A hardware address of 48 bits, written `aa:bb:cc:dd:ee:ff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl FromStr for Mac {
    type Err = String;

    /// Accepts the forms that devices print: `aa:bb:…`, `aa-bb-…`, `aabb.ccdd.eeff`, `aabbccddeeff`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("‘{}’ is not a MAC address such as 00:1b:44:11:3a:b7", text.trim());
        let digits: Vec<u8> = text
            .trim()
            .chars()
            .filter(|c| !matches!(c, ':' | '-' | '.'))
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()
            .ok_or_else(wrong)?;
        if digits.len() != 12 {
            return Err(wrong());
        }
        let mut bytes = [0; 6];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn keys_sort_as_addresses_and_networks_are_ranges() {
        let key = |text: &str| ip_key(text.parse().unwrap());
        assert!(key("9.255.255.255") < key("10.0.0.0"));
        assert!(key("255.255.255.255") < key("::1"));
        let (first, last) = network_keys("10.4.0.0/16".parse().unwrap());
        assert!(first <= key("10.4.0.0") && key("10.4.255.255") <= last);
        assert!(key("10.3.255.255") < first && last < key("10.5.0.0"));
        let (first, last) = network_keys("2001:db8::/32".parse().unwrap());
        assert!(first <= key("2001:db8:ffff::1") && key("2001:db8:ffff::1") <= last && last < key("2001:db9::"));
    }

    #[test]
    fn addresses_have_one_form() {
        assert_eq!(parse_ip("::ffff:10.0.0.1").unwrap().to_string(), "10.0.0.1");
        assert_eq!(parse_network("10.4.1.7").unwrap().to_string(), "10.4.1.7/32");
        assert!(parse_network("10.4.1.7/16").unwrap_err().contains("10.4.0.0/16"));
        assert!(parse_ip("10.0.0.256").is_err());
        for text in ["00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7", "001b.4411.3ab7", "001B44113AB7"] {
            assert_eq!(text.parse::<Mac>().unwrap().to_string(), "00:1b:44:11:3a:b7");
        }
        assert!("00:1b:44:11:3a".parse::<Mac>().is_err());
    }
}
