//! Where a request came from, when proxies that we trust stand between.

use std::{net::IpAddr, str::FromStr};

/// A range of network addresses: `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// How many leading bits are the network's.
    bits: u32,
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, bits) =
            text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| format!("`{text}` is no address"))?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).ok().filter(|bits| *bits <= most);
        bits.map(|bits| Self { address, bits }).ok_or_else(|| format!("`{text}` is no network"))
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// Who called: the last address in `X-Forwarded-For` that a trusted proxy vouches for. Whatever stands before it was
/// written by the caller, who may write anything.
pub fn caller(peer: IpAddr, forwarded_for: &str, trusted: &[Network]) -> IpAddr {
    let mut caller = peer;
    for hop in forwarded_for.rsplit(',') {
        let is_trusted = trusted.iter().any(|network| network.contains(caller));
        match hop.trim().parse() {
            Ok(address) if is_trusted => caller = address,
            _ => break,
        }
    }
    caller
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(peer: &str, forwarded_for: &str) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8", "192.0.2.1"].map(|text| text.parse().unwrap());
        caller(peer.parse().unwrap(), forwarded_for, &trusted).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(called("203.0.113.9", "198.51.100.7"), "203.0.113.9");
        assert_eq!(called("192.0.2.2", "198.51.100.7"), "192.0.2.2");
    }

    #[test]
    fn a_trusted_proxy_names_who_called_it_and_no_more() {
        assert_eq!(called("10.1.2.3", "198.51.100.7"), "198.51.100.7");
        assert_eq!(called("10.1.2.3", "1.1.1.1, 198.51.100.7"), "198.51.100.7");
        assert_eq!(called("10.1.2.3", "198.51.100.7, 10.9.9.9"), "198.51.100.7");
        assert_eq!(called("fd00::1", "2001:db8::7"), "2001:db8::7");
        assert_eq!(called("10.1.2.3", ""), "10.1.2.3");
        assert_eq!(called("10.1.2.3", "nonsense"), "10.1.2.3");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for wrong in ["", "10.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("8.8.8.8".parse().unwrap()));
    }
}
