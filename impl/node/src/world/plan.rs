//! The addresses of the demonstration network. `impl/node/README.md` shows them as a table.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dsboot_spec::{CareOf, Setup};

use crate::net::Prefix;

/// The addresses of one setup's network: all IPv4 ones are loopback addresses 127.*s*.*n*.*h*,
/// all IPv6 ones 2001:db8:*s*:*n*::*h*, where *s* is the setup, *n* the network, *h* the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The figure's number times ten, plus one for the variant with the R bit; above 100 a network
    /// beside those.
    setup: u8,
}

/// A network of the demonstration, as the third octet of its IPv4 and the fourth group of its IPv6
/// addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Network {
    /// The access network that the mobile node starts in, below the first FHA.
    Access1 = 1,
    /// Another access network below the first FHA.
    Access2 = 2,
    /// An access network below the second FHA.
    Access3 = 3,
    /// The first FHA's network.
    Fha1 = 8,
    /// The second FHA's network.
    Fha2 = 9,
    /// The visited network's servers.
    Visited = 16,
    /// The home network: AAAH and, over IPv6 alone, the home agent.
    Home = 32,
    /// Where the correspondent is; IPv6 only.
    Correspondent = 48,
    /// Where senders from outside the run stand that the run itself starts.
    Outside = 128,
    /// The link sockets.
    Links = 255,
}

impl Network {
    /// The three access networks.
    pub const ACCESS: [Network; 3] = [Network::Access1, Network::Access2, Network::Access3];
}

/// The host number of a network's first (mostly only) host.
pub const FIRST_HOST: u8 = 1;

/// The host number of the mobile node's provisional address in an access network.
pub const PROVISIONAL_HOST: u8 = 200;

/// The first host number of the pools that addresses are assigned from.
pub const POOL_FIRST: u8 = 64;

/// The size of these pools.
pub const POOL_SIZE: u8 = 64;

/// The length of every IPv4 network's prefix.
pub const IPV4_PREFIX_LENGTH: u8 = 24;

/// The length of every IPv6 network's prefix.
pub const IPV6_PREFIX_LENGTH: u8 = 64;

/// Networks beside those of the figures begin with this number.
const FIRST_LIKE: u8 = 100;

impl Plan {
    /// So many networks that are alike have addresses of their own.
    pub const LIKES: u16 = 150;

    /// The addresses of a setup's network.
    #[must_use]
    pub fn of(setup: Setup) -> Plan {
        let variant = u8::from(setup.care_of() == CareOf::ColocatedViaFa);
        Plan { setup: setup.scenario().figure() * 10 + variant }
    }

    /// The addresses of one of several networks that are alike; of 0, as [`Plan::of`].
    #[must_use]
    pub fn numbered(setup: Setup, number: u16) -> Plan {
        match number.checked_sub(1).and_then(|after| u8::try_from(after % Plan::LIKES).ok()) {
            None => Plan::of(setup),
            Some(after) => Plan { setup: FIRST_LIKE + after },
        }
    }

    /// The network that holds all its IPv4 addresses.
    #[must_use]
    pub const fn all(self) -> Prefix {
        Prefix::v4(self.base(), 16)
    }

    /// The first address of [`Plan::all`].
    #[must_use]
    pub const fn base(self) -> Ipv4Addr {
        Ipv4Addr::new(127, self.setup, 0, 0)
    }

    /// The IPv4 address of a host.
    #[must_use]
    pub const fn v4(self, network: Network, host: u8) -> Ipv4Addr {
        Ipv4Addr::new(127, self.setup, network as u8, host)
    }

    /// The IPv6 address of a host.
    #[must_use]
    pub fn v6(self, network: Network, host: u16) -> Ipv6Addr {
        let setup = as_written(self.setup);
        Ipv6Addr::new(0x2001, 0xdb8, setup, as_written(network as u8), 0, 0, 0, host)
    }

    /// A network's IPv4 prefix.
    #[must_use]
    pub const fn prefix_v4(self, network: Network) -> Prefix {
        Prefix::v4(self.v4(network, 0), IPV4_PREFIX_LENGTH)
    }

    /// A network's IPv6 prefix.
    #[must_use]
    pub fn prefix_v6(self, network: Network) -> Prefix {
        Prefix::v6(self.v6(network, 0), IPV6_PREFIX_LENGTH)
    }

    /// The addresses that a network assigns.
    pub fn pool(self, network: Network) -> impl Iterator<Item = Ipv4Addr> {
        (POOL_FIRST..POOL_FIRST + POOL_SIZE).map(move |host| self.v4(network, host))
    }

    /// The address of the link socket of the host with this number.
    #[must_use]
    pub const fn link_socket(self, number: u8) -> Ipv4Addr {
        self.v4(Network::Links, number)
    }

    /// Whether an address belongs to the plan.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        let ipv6 =
            Prefix::v6(Ipv6Addr::new(0x2001, 0xdb8, as_written(self.setup), 0, 0, 0, 0, 0), 48);
        self.all().contains(address) || ipv6.contains(address)
    }
}

/// The number whose hexadecimal digits are the decimal digits of `number`: 20 is written 20 in an
/// IPv6 address too.
fn as_written(number: u8) -> u16 {
    let number = u16::from(number);
    number / 100 * 0x100 + number / 10 % 10 * 0x10 + number % 10
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn setups_share_no_address() {
        let bases: BTreeSet<_> = Setup::ALL.into_iter().map(|s| Plan::of(s).base()).collect();
        assert_eq!(bases.len(), Setup::ALL.len());
    }

    #[test]
    fn networks_beside_one_another_share_no_address() {
        let [setup, ..] = Setup::ALL;
        let bases: BTreeSet<_> =
            (0..=Plan::LIKES).map(|number| Plan::numbered(setup, number).base()).collect();
        assert_eq!(bases.len(), usize::from(Plan::LIKES) + 1);
        assert_eq!(Plan::numbered(setup, 0), Plan::of(setup));
        assert_eq!(Plan::numbered(setup, 1), Plan::numbered(setup, 1 + Plan::LIKES));
    }

    #[test]
    fn addresses_show_setup_and_network() {
        let plan = Plan::of(Setup::ALL[2]);
        assert_eq!(plan.v4(Network::Fha1, 1).to_string(), "127.31.8.1");
        assert_eq!(plan.v6(Network::Home, 1).to_string(), "2001:db8:31:32::1");
        assert!(plan.contains(IpAddr::V6(plan.v6(Network::Correspondent, 1))));
        assert!(plan.prefix_v6(Network::Home).contains(plan.v6(Network::Home, 9).into()));
        assert!(!plan.prefix_v6(Network::Home).contains(plan.v6(Network::Fha1, 9).into()));
        assert_eq!(plan.pool(Network::Fha1).count(), 64);
    }
}
