//! What must be the case at the end of a phase, and what each side then has.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use dsboot_roles::aaa::Aaa;
use dsboot_roles::fa::Fa;
use dsboot_roles::fha::Fha;
use dsboot_roles::ha::Ha;
use dsboot_roles::mn::{BindingState, Held};

use super::report::{Check, End};
use crate::net::PartId;
use crate::world::{PROVISIONAL_HOST, Party, Site, World};

/// The addresses that the mobile node holds, to compare before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    fha: Option<Ipv4Addr>,
    care_of: Option<Ipv4Addr>,
    thoav4: Option<Ipv4Addr>,
    home_address: Option<Ipv6Addr>,
    home_agent: Option<Ipv6Addr>,
    ipv6_care_of: Option<Ipv6Addr>,
}

impl State {
    /// What it holds now.
    #[must_use]
    pub fn of(world: &World) -> State {
        let Some(held) = world.mn().and_then(|mn| mn.held()) else { return State::default() };
        State {
            fha: Some(held.fha),
            care_of: Some(held.care_of_address),
            thoav4: Some(held.thoav4),
            home_address: held.home_address.map(|p| p.address()),
            home_agent: held.home_agent,
            ipv6_care_of: held.ipv6_care_of_address.map(|p| p.address()),
        }
    }
}

/// What must be the case after the phase of this name.
#[must_use]
pub fn after(phase: &str, world: &World, before: &State, site: &Site) -> Vec<Check> {
    let now = State::of(world);
    match phase {
        "bootstrap" => {
            let mut checks =
                vec![check("MN held nothing before", "access.1.1", *before == State::default())];
            checks.extend(agreement(world, site));
            checks
        }
        "refresh" => {
            let mut checks =
                vec![check("all addresses are as before", "movement.2.4", now == *before)];
            checks.extend(agreement(world, site));
            checks
        }
        "movement" => {
            let moved = State { care_of: now.care_of, ..*before };
            let mut checks = vec![
                check("the care-of address is new", "movement.1.2", now.care_of != before.care_of),
                check("all else is as before", "movement.1.3", now == moved),
            ];
            checks.extend(agreement(world, site));
            checks
        }
        "movement to another FHA" => {
            let same = |of: fn(&State) -> Option<Ipv6Addr>| of(&now) == of(before);
            let mut checks = vec![
                check("the FHA is another one", "movement.1.6", now.fha != before.fha),
                check("THOAv4 is another one", "movement.1.6", now.thoav4 != before.thoav4),
                check(
                    "the IPv6 care-of address is another one",
                    "movement.1.7",
                    !same(|s| s.ipv6_care_of),
                ),
                check(
                    "IPv6 home address and HA are as before",
                    "movement.1.8",
                    same(|s| s.home_address) && same(|s| s.home_agent),
                ),
            ];
            checks.extend(agreement(world, site));
            checks
        }
        "release" => released(world, site),
        _ => Vec::new(),
    }
}

/// MN, FA, FHA, AAAH and HA have the same addresses for the mobile node.
fn agreement(world: &World, site: &Site) -> Vec<Check> {
    let held = world.mn().and_then(|mn| mn.held());
    let is_complete = held.is_some_and(Held::is_complete);
    let mut checks =
        vec![check("MN holds all that the reply gives", "registration.10.5", is_complete)];
    let (Some(held), Some(mn)) = (held, world.mn()) else { return checks };
    let nai = &mn.config().nai;
    let home = held.home_address.map(|p| p.address());
    let care_of = held.ipv6_care_of_address.map(|p| p.address());

    let binding = fha(world, site.fha).and_then(|fha| fha.bindings().get(nai));
    let agrees = binding.is_some_and(|b| {
        b.thoav4 == held.thoav4
            && b.care_of_address == held.care_of_address
            && b.defended() == care_of
            && b.expires >= held.ends
    });
    checks.push(check("FHA's binding agrees, and ends no earlier", "registration.7.10", agrees));

    let is_assigned = world.plan.pool(site.fha_network).any(|a| a == held.thoav4);
    checks.push(check("THOAv4 is of the FHA's pool", "registration.6.9", is_assigned));

    let assigned = aaa(world, world.aaah).is_some_and(|aaah| {
        let mut assignments = aaah.assignments();
        assignments.any(|a| {
            a.nai == nai && a.thoav4 == held.thoav4 && a.ipv6_coa.map(|p| p.address()) == care_of
        })
    });
    checks.push(check("AAAH's assignment agrees", "registration.6.20", assigned));

    let is_bound = mn.binding().state() == BindingState::Bound;
    checks.push(check("MN's home binding is acknowledged", "home-binding.4.1", is_bound));
    let entry = home.and_then(|home| ha(world, world.ha)?.binding(home));
    let agrees = entry.is_some_and(|b| Some(b.care_of_address) == care_of && b.nai == *nai);
    checks.push(check("HA's binding agrees", "home-binding.3.7", agrees));

    let host = world.net.host(world.mn.host());
    let own = [Some(IpAddr::V4(held.thoav4)), home.map(IpAddr::V6), care_of.map(IpAddr::V6)];
    let owns = |address: IpAddr| host.is_some_and(|h| h.addresses().any(|a| a == address));
    let owned = own.into_iter().all(|address| address.is_some_and(owns));
    checks.push(check("MN's host owns the addresses", "registration.10.5", owned));
    if let Some(fa) = site.fa.and_then(|fa| self::fa(world, fa)) {
        let visits = fa.visitors().any(|(home, _)| *home == held.thoav4);
        checks.push(check("FA has MN on its visitor list", "registration.9.7", visits));
    }
    checks
}

/// Nobody holds anything of the mobile node any more.
fn released(world: &World, site: &Site) -> Vec<Check> {
    let Some(mn) = world.mn() else { return Vec::new() };
    let nai = &mn.config().nai;
    let fha_forgot = fha(world, site.fha).is_some_and(|fha| fha.bindings().get(nai).is_none());
    let ha_forgot = ha(world, world.ha).is_some_and(|ha| ha.bindings().all(|(_, b)| b.nai != *nai));
    let host = world.net.host(world.mn.host());
    let provisional = IpAddr::V4(world.plan.v4(site.network, PROVISIONAL_HOST));
    let owns = host.is_some_and(|host| host.addresses().any(|a| a != provisional));
    vec![
        check("MN holds nothing", "movement.3.6", mn.held().is_none() && mn.pac().is_none()),
        check("MN's host owns no address of the bootstrap", "movement.3.6", !owns),
        check("FHA has no binding", "movement.3.3", fha_forgot),
        check("HA has no binding", "movement.3.1", ha_forgot),
    ]
}

/// Whether neither MN nor FHA nor HA holds anything that a bootstrap gives.
#[must_use]
pub fn nobody_holds_anything(world: &World, site: &Site) -> bool {
    let mn = world.mn().is_none_or(|mn| mn.held().is_none() && mn.binding().bound().is_none());
    let fha = fha(world, site.fha).is_none_or(|fha| fha.bindings().is_empty());
    let ha = ha(world, world.ha).is_none_or(|ha| ha.bindings().next().is_none());
    mn && fha && ha
}

/// What each side has.
#[must_use]
pub fn ends(world: &World) -> Vec<End> {
    let mut ends = Vec::new();
    let mut end = |part: PartId, what: &'static str, value: String| {
        ends.push(End { host: world.net.host_name(part.host()).to_owned(), what, value });
    };
    if let Some(mn) = world.mn() {
        if let Some(held) = mn.held() {
            end(world.mn, "FHA", held.fha.to_string());
            end(world.mn, "care-of address", held.care_of_address.to_string());
            end(world.mn, "THOAv4", held.thoav4.to_string());
            if let Some(address) = held.home_address {
                let text = format!("{}/{}", address.address(), address.prefix_length());
                end(world.mn, "IPv6 home address", text);
            }
            if let Some(address) = held.home_agent {
                end(world.mn, "home agent", address.to_string());
            }
            if let Some(address) = held.ipv6_care_of_address {
                let text = format!("{}/{}", address.address(), address.prefix_length());
                end(world.mn, "IPv6 care-of address", text);
            }
        }
        if let Some((_, until)) = mn.binding().bound() {
            let left = world.net.now().until(until).as_secs();
            end(world.mn, "home binding", format!("{left} s left"));
        }
    }
    for site in &world.sites {
        let visitors =
            site.fa.and_then(|fa| self::fa(world, fa)).into_iter().flat_map(Fa::visitors);
        for (home, visitor) in visitors {
            end(site.nas, "visitor", format!("{home} registered with {}", visitor.fha));
        }
    }
    for part in world.fhas {
        for (nai, b) in fha(world, part).into_iter().flat_map(|fha| fha.bindings().iter()) {
            let care_of = b.defended().map_or_else(|| "none".to_owned(), |a| a.to_string());
            let text = format!("{nai}: {} at {}, defends {care_of}", b.thoav4, b.care_of_address);
            end(part, "binding", text);
        }
    }
    if let Some(aaah) = aaa(world, world.aaah) {
        for a in aaah.assignments() {
            end(world.aaah, "assignment", format!("{} at {}: {}", a.nai, a.fha, a.thoav4));
        }
    }
    for (home, b) in ha(world, world.ha).into_iter().flat_map(Ha::bindings) {
        end(world.ha, "binding", format!("{home} at {}", b.care_of_address));
    }
    ends
}

/// The machine of an FHA.
#[must_use]
pub fn fha(world: &World, part: PartId) -> Option<&Fha> {
    match world.net.machine(part)? {
        Party::Fha(fha) => Some(fha),
        _ => None,
    }
}

/// The machine of a home agent.
#[must_use]
pub fn ha(world: &World, part: PartId) -> Option<&Ha> {
    match world.net.machine(part)? {
        Party::Ha(ha) => Some(ha),
        _ => None,
    }
}

/// The machine of an AAA server.
#[must_use]
pub fn aaa(world: &World, part: PartId) -> Option<&Aaa> {
    match world.net.machine(part)? {
        Party::Aaa(aaa) => Some(aaa),
        _ => None,
    }
}

/// The machine of a foreign agent.
#[must_use]
pub fn fa(world: &World, part: PartId) -> Option<&Fa> {
    match world.net.machine(part)? {
        Party::Fa(fa) => Some(fa),
        _ => None,
    }
}

fn check(what: &str, sentence: &'static str, holds: bool) -> Check {
    Check { what: what.to_owned(), sentence, holds }
}
