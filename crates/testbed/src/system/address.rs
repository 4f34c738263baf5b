//! Which addresses a session's network uses. Pure.
//!
//! The engine's own pools hold about 31 networks. Ours are /27 blocks of one private /16: 2048
//! networks with room for 29 containers each.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use sha2::{Digest, Sha256};

/// The block that all sessions' networks come from: 10.213.0.0/16.
const POOL: u32 = 0x0AD5_0000;
const POOL_BITS: u32 = 16;
const SUBNET_BITS: u32 = 27;

/// An IPv4 network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Subnet {
    base: u32,
    bits: u32,
}

impl Subnet {
    /// Reads `10.0.0.0/8`; `None` for anything else, IPv6 included.
    pub(crate) fn parse(text: &str) -> Option<Subnet> {
        let (address, bits) = text.split_once('/')?;
        let bits = bits.parse().ok().filter(|bits| *bits <= 32)?;
        let base = u32::from(address.parse::<Ipv4Addr>().ok()?);
        Some(Subnet { base: base & mask(bits), bits })
    }

    /// Whether the two have an address in common.
    fn overlaps(self, other: Subnet) -> bool {
        let mask = mask(self.bits.min(other.bits));
        self.base & mask == other.base & mask
    }

    /// The address that the engine keeps for the bridge, although ours is given none.
    pub(crate) fn gateway(self) -> Ipv4Addr {
        Ipv4Addr::from(self.base + 1)
    }

    /// The addresses for containers, lowest first: all but network, gateway and broadcast.
    pub(crate) fn hosts(self) -> impl Iterator<Item = Ipv4Addr> {
        (self.base + 2..self.base | !mask(self.bits)).map(Ipv4Addr::from)
    }

    /// The lowest container address that is not taken.
    pub(crate) fn free(self, taken: &BTreeSet<Ipv4Addr>) -> Option<Ipv4Addr> {
        self.hosts().find(|address| !taken.contains(address))
    }
}

impl std::fmt::Display for Subnet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.base), self.bits)
    }
}

/// The pool's subnets that overlap none of `taken`, in an order that starts elsewhere for each
/// session, so that sessions that start at the same moment do not try the same one.
pub(crate) fn candidates(session: &str, taken: &[Subnet]) -> impl Iterator<Item = Subnet> {
    let count = 1_u32 << (SUBNET_BITS - POOL_BITS);
    let digest = Sha256::digest(session.as_bytes());
    let first = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % count;
    (0..count)
        .map(move |step| (first + step) % count)
        .map(|index| Subnet { base: POOL | (index << (32 - SUBNET_BITS)), bits: SUBNET_BITS })
        .filter(|subnet| !taken.iter().any(|taken| taken.overlaps(*subnet)))
}

fn mask(bits: u32) -> u32 {
    u32::MAX.checked_shl(32 - bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(text: &str) -> Subnet {
        Subnet::parse(text).unwrap()
    }

    #[test]
    fn a_subnet_is_read_and_written_in_cidr_notation() {
        assert_eq!(subnet("10.1.2.3/24").to_string(), "10.1.2.0/24");
        for odd in ["10.1.2.3", "10.1.2.3/33", "fd00::/64", "x/8", ""] {
            assert_eq!(Subnet::parse(odd), None, "{odd}");
        }
    }

    #[test]
    fn overlap_is_seen_from_the_larger_and_the_smaller_side() {
        assert!(subnet("10.0.0.0/8").overlaps(subnet("10.213.4.0/27")));
        assert!(subnet("10.213.4.0/27").overlaps(subnet("10.0.0.0/8")));
        assert!(!subnet("10.213.4.0/27").overlaps(subnet("10.213.4.32/27")));
        assert!(subnet("0.0.0.0/0").overlaps(subnet("192.168.0.0/16")));
    }

    #[test]
    fn a_subnet_has_29_addresses_for_containers() {
        let hosts: Vec<_> = subnet("10.213.0.32/27").hosts().collect();
        assert_eq!(hosts.len(), 29);
        assert_eq!(hosts[0], Ipv4Addr::new(10, 213, 0, 34));
        assert_eq!(hosts[28], Ipv4Addr::new(10, 213, 0, 62));
    }

    #[test]
    fn the_lowest_free_address_is_taken_next() {
        let subnet = subnet("10.213.0.0/27");
        let taken = BTreeSet::from([Ipv4Addr::new(10, 213, 0, 2), Ipv4Addr::new(10, 213, 0, 4)]);
        assert_eq!(subnet.free(&taken), Some(Ipv4Addr::new(10, 213, 0, 3)));
        assert_eq!(subnet.free(&subnet.hosts().collect()), None);
    }

    #[test]
    fn every_candidate_lies_in_the_pool_and_none_comes_twice() {
        let seen: BTreeSet<String> = candidates("s", &[]).map(|it| it.to_string()).collect();
        assert_eq!(seen.len(), 2048);
        assert!(seen.iter().all(|it| it.starts_with("10.213.") && it.ends_with("/27")));
    }

    #[test]
    fn what_others_use_is_left_out() {
        let taken = [subnet("10.213.0.0/17")];
        assert_eq!(candidates("s", &taken).count(), 1024);
        assert_eq!(candidates("s", &[subnet("10.0.0.0/8")]).count(), 0);
    }

    #[test]
    fn two_sessions_begin_at_different_places() {
        assert_ne!(candidates("a", &[]).next(), candidates("b", &[]).next());
        assert_eq!(candidates("a", &[]).next(), candidates("a", &[]).next());
    }
}
