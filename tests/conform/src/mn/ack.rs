//! What a mobile node takes from a binding acknowledgement, what it passes over, and its packets under
//! the IPv6 home address.

use std::net::Ipv6Addr;
use std::time::Duration;

use dsboot_codec::ip::tunnel::ipv6_in_ipv6;
use dsboot_codec::ip::{icmp, v6};
use dsboot_codec::mip6::{BindingError, Builder, Lifetime, Route, Timestamp, mn_ha_key};
use dsboot_spec::registry::ip::{icmpv6, next_header};
use dsboot_spec::registry::mip6::status;

use super::ha::{Ack, Bu};
use super::update::{repeated, updating};
use super::world::{Said, World};
use super::{Cases, Ending, Outcome, Stage, ensure, fail, missing, still};
use crate::case::Level;
use crate::nas::pac::up_to;

/// Changes an acknowledgement.
type Change = fn(&World, &Bu, &mut Ack);

/// Acknowledgements that are passed over.
const WRONG: &[(&str, &str, Change)] = &[
    ("that is not proved", "home-binding.4.1, RFC 4285 §5.1", |_, _, ack| ack.key = None),
    ("that is not proved and refuses", "home-binding.4.1, RFC 4285 §5.1", |_, _, ack| {
        ack.key = None;
        ack.status = status::ADMINISTRATIVELY_PROHIBITED;
    }),
    ("whose proof is under another key", "home-binding.4.1, keys.3.4", |_, _, ack| {
        ack.key = Some(vec![0x5a; 16]);
    }),
    (
        "whose proof is under the MN-AAA key itself",
        "home-binding.4.1, keys.3.1",
        |world, _, ack| {
            ack.key = Some(world.who.aaa_key.clone());
        },
    ),
    (
        "whose proof is under the key of another Mesg-ID",
        "home-binding.4.1, keys.3.1",
        |world, update, ack| {
            let id = Timestamp(update.message_id.unwrap_or_default() ^ 1);
            ack.key = Some(mn_ha_key(&world.who.aaa_key, id, &world.who.nai).to_vec());
        },
    ),
    ("whose proof is altered", "home-binding.4.1, keys.3.4", |_, _, ack| ack.flip = Some((47, 1))),
    ("to another number", "home-binding.4.2, RFC 6275 §11.7.3", |_, _, ack| {
        ack.sequence = ack.sequence.wrapping_add(1);
    }),
    ("to the number before", "home-binding.4.2, RFC 6275 §11.7.3", |_, _, ack| {
        ack.sequence = ack.sequence.wrapping_sub(1);
    }),
    ("with another Mesg-ID", "home-binding.4.2, RFC 4285 §6", |_, _, ack| {
        ack.message_id = ack.message_id.map(|id| id ^ 1);
    }),
    ("without Mesg-ID", "home-binding.4.2, RFC 4285 §6", |_, _, ack| ack.message_id = None),
    ("of another home agent", "home-binding.4.1, RFC 6275 §11.7.3", |_, _, ack| {
        ack.source = Ipv6Addr::new(0x2001, 0xdb8, 6, 1, 0, 0, 0, 2);
    }),
    ("for another home address", "home-binding.4.1, RFC 6275 §11.7.3", |_, _, ack| {
        ack.home = Ipv6Addr::new(0x2001, 0xdb8, 6, 1, 0, 0, 0, 0x101);
    }),
    ("to another care-of address", "home-binding.4.1, keys.3.4", |_, _, ack| {
        ack.care_of = Ipv6Addr::new(0x2001, 0xdb8, 5, 0x1000, 0, 0, 9, 9);
    }),
];

/// An echo request to the home address, through the home agent's tunnel; what comes back of it.
fn echo(
    stage: &mut Stage<'_>,
    world: &mut World,
    (length, patience): (usize, Duration),
) -> Result<Option<Vec<Vec<u8>>>, Ending> {
    let correspondent = Ipv6Addr::new(0x2001, 0xdb8, 9, 9, 0, 0, 0, 9);
    let care_of = world.registered.as_ref().and_then(|held| held.care_of6);
    let Some(care_of) = care_of else { return missing("a care-of address") };
    let data = vec![0x42; length];
    let body = icmp::Echo { identifier: 0x0c0f, sequence: 1, data: &data }.encode();
    let message = icmp::Message::new(icmpv6::ECHO_REQUEST, &body);
    let packet = icmp::packet_v6(correspondent, world.who.home, &message);
    let made = packet.and_then(|packet| {
        let own = v6::Packet::new(world.who.home_agent, care_of, next_header::IPV6, &packet);
        own.fragments(1280, 77)
    });
    let packets = made.map_err(|error| Ending::Inconclusive(error.to_string()))?;
    for packet in packets {
        world.tunnel(stage, &packet)?;
    }
    let agent = world.who.home_agent;
    let pick = move |said: &Said| match said {
        Said::Tunnelled(tunnelled) => {
            let packet = v6::Packet::decode(&tunnelled.payload).ok()?;
            let kinds = [next_header::IPV6, next_header::FRAGMENT];
            let is_data = packet.destination == agent && kinds.contains(&packet.next_header);
            is_data.then(|| tunnelled.payload.clone())
        }
        _ => None,
    };
    let Some(first) = world.next(stage, patience, pick) else { return Ok(None) };
    let mut all = vec![first];
    while let Some(more) = world.next(stage, Duration::from_millis(60), pick) {
        all.push(more);
    }
    Ok(Some(all))
}

/// A mobile node that is registered and bound.
pub(super) fn bound(stage: &mut Stage<'_>) -> Result<World, Ending> {
    let (mut world, update) = updating(stage).or_else(up_to)?;
    let ack = world.ack(stage, &update);
    world.acknowledge(stage, &ack)?;
    is_bound(stage, &mut world).or_else(up_to)?;
    Ok(world)
}

/// The home address is in use: an echo request to it is answered by way of the home agent.
pub(super) fn is_bound(stage: &mut Stage<'_>, world: &mut World) -> Outcome {
    let patience = stage.patience();
    let Some(all) = echo(stage, world, (16, patience))? else {
        return fail("an echo reply from the home address, through the tunnel to the HA", "none");
    };
    let outer = all.first().and_then(|packet| v6::Packet::decode(packet).ok());
    let inner = outer.as_ref().and_then(|outer| ipv6_in_ipv6::unwrap(outer).ok());
    let source = inner.map(|inner| inner.packet.source);
    let home = Some(world.who.home);
    ensure(source == home, format!("{home:?} inside"), || format!("{source:?}"))
}

/// It is not.
pub(super) fn is_unbound(stage: &mut Stage<'_>, world: &mut World) -> Outcome {
    let patience = stage.silence();
    match echo(stage, world, (16, patience))? {
        None => Ok(()),
        Some(_) => fail("the home address is not used", "an echo reply from it"),
    }
}

/// Nothing has come of an acknowledgement; a right one to the last update binds.
pub(super) fn still_binds(stage: &mut Stage<'_>, world: &mut World, update: Bu) -> Outcome {
    is_unbound(stage, world)?;
    let mut last = update;
    while let Some(newer) = world.updated(stage, Duration::from_millis(1)) {
        last = newer;
    }
    let ack = world.ack(stage, &last);
    world.acknowledge(stage, &ack)?;
    still("a right acknowledgement binds after it", is_bound(stage, world))
}

pub(super) fn add(cases: &mut Cases) {
    for (what, clauses, change) in WRONG {
        cases.add(
            "ba.wrong",
            format!("an acknowledgement {what} is passed over"),
            clauses,
            move |stage| {
                let (mut world, update) = updating(stage).or_else(up_to)?;
                let mut ack = world.ack(stage, &update);
                change(&world, &update, &mut ack);
                world.acknowledge(stage, &ack)?;
                still_binds(stage, &mut world, update)
            },
        );
    }
    octets(cases);
    taken(cases);
    refused(cases);
    data(cases);
}

fn octets(cases: &mut Cases) {
    cases.add(
        "ba.octets",
        "an acknowledgement that is altered in any one octet is passed over",
        "home-binding.4.1, keys.3.4, RFC 6275 §9.2",
        |stage| {
            let (mut world, update) = updating(stage).or_else(up_to)?;
            // All of it but the checksum, which is made anew.
            for at in (0..48).filter(|at| ![4, 5].contains(at)) {
                let mut ack = world.ack(stage, &update);
                ack.flip = Some((at, 0x20));
                world.acknowledge(stage, &ack)?;
            }
            still_binds(stage, &mut world, update)
        },
    );
    cases.add(
        "ba.octets",
        "an acknowledgement of the update before the last one is passed over",
        "home-binding.4.1, home-binding.4.2, RFC 6275 §11.7.3",
        |stage| {
            let (mut world, old) = updating(stage).or_else(up_to)?;
            let new = repeated(stage, &mut world).or_else(up_to)?;
            let ack = world.ack(stage, &old);
            world.acknowledge(stage, &ack)?;
            still_binds(stage, &mut world, new)
        },
    );
    cases.add(
        "ba.octets",
        "mobility headers of other types, a Binding Error among them, change nothing",
        "home-binding.4.1, RFC 6275 §9.2, RFC 6275 §11.3.6",
        |stage| {
            let (mut world, update) = updating(stage).or_else(up_to)?;
            let (agent, care_of) = (update.route.destination, update.route.source);
            let error = Builder::new(BindingError::new(2, world.who.home))
                .packet(&Route::direct(agent, care_of))
                .map_err(|error| Ending::Inconclusive(error.to_string()))?;
            world.tunnel(stage, &error)?;
            for kind in [0, 1, 5, 20, 200] {
                let mut header = vec![59, 0, kind, 0, 0, 0, 0, 0];
                let pseudo = dsboot_codec::ip::Pseudo::v6(agent, care_of);
                let sum = pseudo.checksum(next_header::MOBILITY, &[&header]);
                header.splice(4..6, sum.to_be_bytes());
                let packet = v6::Packet::new(agent, care_of, next_header::MOBILITY, &header);
                if let Ok(packet) = packet.encode() {
                    world.tunnel(stage, &packet)?;
                }
            }
            still_binds(stage, &mut world, update)
        },
    );
}

fn taken(cases: &mut Cases) {
    for (what, change) in [
        ("with status 0", (|_| {}) as fn(&mut Ack)),
        ("with status 1, prefix discovery necessary", |ack| ack.status = 1),
        ("that grants more than was asked for", |ack| ack.lifetime = Lifetime::from_units(60_000)),
    ] {
        cases.add(
            "ba.right",
            format!("an acknowledgement {what} binds"),
            "home-binding.4.3, home-binding.4.7, RFC 6275 §11.7.3",
            move |stage| {
                let (mut world, update) = updating(stage).or_else(up_to)?;
                let mut ack = world.ack(stage, &update);
                change(&mut ack);
                world.acknowledge(stage, &ack)?;
                is_bound(stage, &mut world)
            },
        );
    }
    cases.add(
        "ba.right",
        "the home address is not used before the acknowledgement",
        "home-binding.4.3, data-path.1.7",
        |stage| {
            let (mut world, update) = updating(stage).or_else(up_to)?;
            still_binds(stage, &mut world, update)
        },
    );
    cases.add(
        "ba.right",
        "after the acknowledgement the update is not sent again",
        "home-binding.1.8, home-binding.4.3",
        |stage| {
            let (mut world, update) = updating(stage).or_else(up_to)?;
            let ack = world.ack(stage, &update);
            world.acknowledge(stage, &ack)?;
            match world.updated(stage, Duration::from_millis(1900)) {
                None => Ok(()),
                Some(_) => fail("no further update", "one"),
            }
        },
    );
    cases.add(
        "ba.right",
        "the binding is refreshed before the lifetime granted has ended",
        "movement.2.8, home-binding.4.7, RFC 6275 §11.7.1",
        |stage| {
            let (mut world, update) = updating(stage).or_else(up_to)?;
            let mut ack = world.ack(stage, &update);
            ack.lifetime = Lifetime::from_units(1);
            world.acknowledge(stage, &ack)?;
            match world.updated(stage, Duration::from_millis(4000)) {
                Some(again) => ensure(
                    again.lifetime.units() > 0 && again.sequence != update.sequence,
                    "a new update",
                    || "an old one".to_owned(),
                ),
                None => fail("an update within 4 s", "none"),
            }
        },
    );
}

fn refused(cases: &mut Cases) {
    cases.add(
        "ba.refused",
        "after a 135 the update goes on from the number given",
        "home-binding.4.4, RFC 6275 §11.7.3",
        |stage| {
            let (mut world, update) = updating(stage).or_else(up_to)?;
            let theirs = update.sequence.wrapping_add(1000);
            let mut ack = world.ack(stage, &update);
            (ack.status, ack.sequence) = (status::SEQUENCE_OUT_OF_WINDOW, theirs);
            world.acknowledge(stage, &ack)?;
            let again = repeated(stage, &mut world)?;
            let greater = again.sequence.wrapping_sub(theirs);
            ensure((1..0x8000).contains(&greater), format!("after {theirs}"), || {
                again.sequence.to_string()
            })?;
            still_binds(stage, &mut world, again)
        },
    );
    for (what, ahead) in [("ahead", 1000_u32), ("behind", 1000_u32.wrapping_neg())] {
        cases.add(
            "ba.refused",
            format!("after a 144 the update has the home agent's clock, which is {what}"),
            "home-binding.4.5, RFC 4285 §6",
            move |stage| {
                let (mut world, update) = updating(stage).or_else(up_to)?;
                let own = update.message_id.unwrap_or_default();
                let theirs = Timestamp(own).seconds().wrapping_add(ahead);
                let mut ack = world.ack(stage, &update);
                ack.status = status::MIPV6_ID_MISMATCH;
                ack.message_id = Some(u64::from(theirs) << 32 | own & 0xffff_ffff);
                world.acknowledge(stage, &ack)?;
                let again = repeated(stage, &mut world)?;
                let seconds = Timestamp(again.message_id.unwrap_or_default()).seconds();
                let apart = seconds.wrapping_sub(theirs).min(theirs.wrapping_sub(seconds));
                ensure(apart <= 7, format!("about {theirs} s"), || format!("{seconds} s"))?;
                still_binds(stage, &mut world, again)
            },
        );
    }
    for refusal in [
        status::UNSPECIFIED,
        status::ADMINISTRATIVELY_PROHIBITED,
        status::INSUFFICIENT_RESOURCES,
        status::NOT_HOME_SUBNET,
        status::DAD_FAILED,
    ] {
        cases.add(
            "ba.refused",
            format!("after a {refusal} the home address is not used"),
            "home-binding.4.6, home-binding.4.3, RFC 6275 §11.7.3",
            move |stage| {
                let (mut world, update) = updating(stage).or_else(up_to)?;
                let mut ack = world.ack(stage, &update);
                ack.status = refusal;
                world.acknowledge(stage, &ack)?;
                is_unbound(stage, &mut world)
            },
        );
    }
    cases.add(
        "ba.refused",
        "after a 146 no update is sent any more",
        "home-binding.4.6, RFC 4285 §5.3",
        |stage| {
            let (mut world, update) = updating(stage).or_else(up_to)?;
            let mut ack = world.ack(stage, &update);
            ack.status = status::MIPV6_AUTH_FAIL;
            world.acknowledge(stage, &ack)?;
            match world.updated(stage, Duration::from_millis(2200)) {
                None => Ok(()),
                Some(_) => fail("no further update", "one"),
            }
        },
    );
}

fn data(cases: &mut Cases) {
    cases
        .add(
            "data",
            "a packet under the home address goes through the home agent's tunnel, inside that of the FHA",
            "data-path.1.6, data-path.4.4, RFC 6275 §11.3.1",
            |stage| {
                let (mut world, update) = updating(stage).or_else(up_to)?;
                let ack = world.ack(stage, &update);
                world.acknowledge(stage, &ack)?;
                is_bound(stage, &mut world)
            },
        );
    cases
        .add(
            "data",
            "a packet of 1280 octets is answered, in pieces that go through the tunnel of the FHA",
            "data-path.5.5, RFC 2473 §7.1",
            |stage| {
                let (mut world, update) = updating(stage).or_else(up_to)?;
                let ack = world.ack(stage, &update);
                world.acknowledge(stage, &ack)?;
                let patience = stage.patience();
                let Some(all) = echo(stage, &mut world, (1280 - 48, patience))? else {
                    return fail("an echo reply", "none");
                };
                ensure(all.iter().all(|packet| packet.len() <= 1280), "1280 octets at most", || {
                    format!("{:?}", all.iter().map(Vec::len).collect::<Vec<_>>())
                })
            },
        )
        .level(Level::Should);
}
