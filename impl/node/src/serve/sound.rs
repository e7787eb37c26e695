//! What a configuration must be beside its form: numbers that mean something, nothing twice, and
//! nothing that only makes sense with what is missing.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};

use dsboot_roles::aaa::AddressRange;
use dsboot_spec::registry::{mip4, pana};

use super::config::{Aaa, AskerRole, Client, Config, Fa, Fha, Ha, Kind, MobilityPeer, Nas};
use super::place::Place;

/// The longest name of a device (IFNAMSIZ with its end).
const LONGEST_DEVICE: usize = 15;

/// The greatest number that fits into an attribute's Vendor-Id, whose first octet is 0 (RFC 2865
/// §5.26).
const GREATEST_VENDOR: u32 = 0x00ff_ffff;

/// What is wrong, and where.
pub(super) type Wrong = (Place<'static>, String);

/// Everything that is wrong with a configuration.
pub(super) fn wrong(config: &Config) -> Vec<Wrong> {
    let mut found = Findings::default();
    let vendor = Place::table("daemon").key("vendor_id");
    found.unless(
        (1..=GREATEST_VENDOR).contains(&config.daemon.vendor_id),
        vendor,
        "an enterprise number is from 1 to 16777215; 32473 is that for documentation",
    );
    if let Some(user) = &config.daemon.user {
        let is_known = matches!(nix::unistd::User::from_name(user), Ok(Some(_)));
        let place = Place::table("daemon").key("user");
        found.unless(is_known, place, &format!("there is no user {user}; make it with useradd"));
    }
    if let Some(aaa) = &config.aaa {
        found.aaa(aaa);
    }
    if let Some(nas) = &config.nas {
        found.nas(nas);
    }
    if let Some(fa) = &config.fa {
        found.fa(fa);
    }
    if let Some(fha) = &config.fha {
        found.fha(fha);
    }
    if let Some(ha) = &config.ha {
        found.ha(ha);
    }
    if let Some(mn) = &config.mn {
        let table = Place::table("mn");
        found.some(mn.lifetime.into(), table.key("lifetime"));
        found.unless(!mn.links.is_empty(), table, "a [[mn.link]] is missing");
        found.device(&mn.tun, table.key("tun"));
    }
    found.wrong
}

/// What has been found, and what was seen before.
#[derive(Default)]
struct Findings {
    wrong: Vec<Wrong>,
    sockets: BTreeSet<SocketAddr>,
    devices: BTreeSet<String>,
}

impl Findings {
    fn unless(&mut self, is_right: bool, place: Place<'static>, reason: &str) {
        if !is_right {
            self.wrong.push((place, reason.to_owned()));
        }
    }

    /// A number that must not be 0.
    fn some(&mut self, number: usize, place: Place<'static>) {
        self.unless(number > 0, place, "0 means that nothing is ever granted; at least 1");
    }

    /// A socket that nothing else in the file has.
    fn socket(&mut self, at: SocketAddr, place: Place<'static>) {
        self.unless(at.port() != 0, place, "the port 0 is none; say which one");
        let is_new = self.sockets.insert(at);
        self.unless(is_new, place, &format!("UDP {at} is there twice in this file"));
    }

    /// An address of this host.
    fn own(&mut self, address: Ipv4Addr, place: Place<'static>) {
        let is_one =
            !address.is_unspecified() && !address.is_multicast() && !address.is_broadcast();
        self.unless(is_one, place, "is to be one address of this host");
    }

    fn device(&mut self, name: &str, place: Place<'static>) {
        let is_name = (1..=LONGEST_DEVICE).contains(&name.len())
            && !name.contains(|c: char| c == '/' || c.is_whitespace());
        self.unless(
            is_name,
            place,
            "a device's name has 1 to 15 octets, none of them / or a space",
        );
        let is_new = self.devices.insert(name.to_owned());
        self.unless(is_new, place, "another role in this file has the same device");
    }

    /// How a role asks an AAA server.
    fn client(&mut self, client: &Client, table: Place<'static>) {
        let servers = table.key("servers");
        self.socket(client.local, table.key("local"));
        self.unless(!client.servers.is_empty(), servers, "there is no server to be asked");
        for server in &client.servers {
            let is_there = server.port() != 0 && !server.ip().is_unspecified();
            self.unless(
                is_there,
                servers,
                &format!("{server} is nowhere; its port is mostly 1812"),
            );
            self.unless(*server != client.local, servers, "it would ask itself");
            let (is, must) = (server.is_ipv4(), client.local.is_ipv4());
            let reason = format!("{server} is not of the same version of IP as {}", client.local);
            self.unless(is == must, servers, &reason);
        }
        let name = table.key("name");
        let fits = (1..=253).contains(&client.name.len());
        self.unless(fits, name, "a name (NAS-Identifier) has 1 to 253 octets");
    }

    fn peers(&mut self, peers: &[MobilityPeer], table: Place<'static>) {
        let mut seen = BTreeSet::new();
        for (nth, peer) in peers.iter().enumerate() {
            let table = table.nth(nth);
            let reason = "0 to 255 are reserved (RFC 5944 §1.6); take one from 256 on";
            self.unless(peer.spi >= mip4::FIRST_FREE_SPI, table.key("spi"), reason);
            let is_new = seen.insert(peer.address);
            self.unless(is_new, table.key("address"), &twice(&peer.address));
        }
    }

    fn nas(&mut self, nas: &Nas) {
        let table = Place::table("nas");
        self.own(nas.address, table.key("address"));
        self.socket((nas.address, pana::PORT).into(), table.key("address"));
        if let Some(pool) = &nas.pool {
            let (place, pool) = (table.key("pool"), pool.0);
            let fits = pool.range.len() <= AddressRange::MAX_LEN;
            self.unless(fits, place, "a pool has 65536 addresses at the most");
            let has_own = (pool.range.first..=pool.range.last).contains(&nas.address);
            let reason = format!("the NAS's own address {} lies in it", nas.address);
            self.unless(!has_own, place, &reason);
        }
        self.client(&nas.radius, Place::table("nas.radius"));
    }

    fn fa(&mut self, fa: &Fa) {
        let table = Place::table("fa");
        self.own(fa.address, table.key("address"));
        self.socket((fa.address, mip4::PORT).into(), table.key("address"));
        self.some(fa.max_lifetime.into(), table.key("max_lifetime"));
        self.some(fa.capacity, table.key("capacity"));
        let reason = "at least 1 second; leave it out to advertise only when solicited";
        self.unless(fa.advertise_every != Some(0), table.key("advertise_every"), reason);
        self.peers(&fa.home_agents, Place::table("fa.home_agent"));
    }

    fn fha(&mut self, fha: &Fha) {
        let table = Place::table("fha");
        self.own(fha.address, table.key("address"));
        self.socket((fha.address, mip4::PORT).into(), table.key("address"));
        let is_in = fha.prefix.0.contains(fha.address6);
        self.unless(is_in, table.key("address6"), "the address does not lie in the prefix");
        self.some(fha.max_lifetime.into(), table.key("max_lifetime"));
        self.some(fha.capacity, table.key("capacity"));
        if fha.carries {
            self.device(&fha.tun, table.key("tun"));
        }
        self.peers(&fha.foreign_agents, Place::table("fha.foreign_agent"));
        self.client(&fha.radius, Place::table("fha.radius"));
    }

    fn ha(&mut self, ha: &Ha) {
        let table = Place::table("ha");
        let is_in = ha.prefix.0.contains(ha.address);
        self.unless(is_in, table.key("address"), "the address does not lie in the prefix");
        let reason = "a binding lasts at least 4 seconds, which is the unit of its lifetime";
        self.unless(ha.max_lifetime >= 4, table.key("max_lifetime"), reason);
        self.some(ha.capacity, table.key("capacity"));
        self.device(&ha.tun, table.key("tun"));
        let radius = Place::table("ha.radius");
        let asks_by_ipv6 = ha.radius.local.is_ipv6();
        self.unless(asks_by_ipv6, radius.key("local"), "a home agent asks over IPv6");
        self.client(&ha.radius, radius);
    }

    fn aaa(&mut self, aaa: &Aaa) {
        let table = Place::table("aaa");
        self.some(usize::from(aaa.access_lifetime > 0), table.key("access_lifetime"));
        self.some(usize::from(aaa.mobility_lifetime > 0), table.key("mobility_lifetime"));
        let listen = table.key("listen");
        self.unless(!aaa.listen.is_empty(), listen, "there is no address to hear at");
        for at in &aaa.listen {
            self.socket(*at, listen);
        }
        self.unless(!aaa.clients.is_empty(), table, "without an [[aaa.client]] nobody may ask it");
        let mut seen = BTreeSet::new();
        for (nth, client) in aaa.clients.iter().enumerate() {
            let place = Place::table("aaa.client").nth(nth).key("address");
            self.unless(seen.insert(client.address), place, &twice(&client.address));
        }
        let mut seen = BTreeSet::new();
        for (nth, fha) in aaa.fhas.iter().enumerate() {
            let place = Place::table("aaa.fha").nth(nth).key("name");
            self.unless(seen.insert(&fha.name), place, &twice(&fha.name));
            let is_client = aaa.kind == Kind::Visited || asks(aaa, &fha.name, &[AskerRole::Fha]);
            self.unless(is_client, place, &no_client(&fha.name, "fha"));
        }
        let mut seen = BTreeSet::new();
        for (nth, location) in aaa.locations.iter().enumerate() {
            let place = Place::table("aaa.location").nth(nth).key("nas");
            self.unless(seen.insert(&location.nas), place, &twice(&location.nas));
            let is_client = asks(aaa, &location.nas, &[AskerRole::Nas, AskerRole::NasFa]);
            self.unless(is_client, place, &no_client(&location.nas, "nas"));
        }
    }
}

/// Whether some client may give this name in one of these roles.
fn asks(aaa: &Aaa, name: &str, roles: &[AskerRole]) -> bool {
    let mut clients = aaa.clients.iter().filter(|client| client.names.contains(name));
    clients.any(|client| roles.iter().any(|role| client.roles.contains(role)))
}

fn no_client(name: &str, role: &str) -> String {
    format!("no [[aaa.client]] with the role \"{role}\" may give the name {name}")
}

fn twice(what: &dyn std::fmt::Display) -> String {
    format!("{what} is there twice")
}
