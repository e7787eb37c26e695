//! A mobile node that goes over to another link.

use std::time::Duration;

use dsboot_codec::mip4::{AuthenticationKind, RequestFlags, SecurityContext};
use dsboot_codec::mip6::Lifetime;
use dsboot_spec::registry::mip4::{code, request_flag};

use super::access::unregistered;
use super::ack::{bound, is_bound, is_unbound};
use super::fha::Asked;
use super::first::{first, repeated};
use super::later::ask_to_end;
use super::paa::Admission;
use super::update::updating;
use super::world::{FHA, OTHER_FHA, Said, World};
use super::{Cases, Ending, Outcome, Stage, ensure, fail, missing};
use crate::nas::pac::up_to;

/// How long it may take to be on the next link.
const MOVING: Duration = Duration::from_secs(4);

/// Seconds that are granted where their end is waited for.
const SHORT: u16 = 6;

/// The same where a movement comes before it.
const LONGER: u16 = 10;

/// Goes over to the next link, up to its initiation there; what else came before that.
fn moves(stage: &mut Stage<'_>, world: &mut World) -> Result<Vec<Said>, Ending> {
    world.hear_all(stage, Duration::from_millis(1));
    stage.mark("MN", "goes over to its next link");
    let moves = stage.mobile.as_ref().map(crate::target::Process::moves);
    match moves {
        Some(Ok(true)) => {}
        Some(Err(why)) => return missing(why),
        _ => return Err(Ending::Skip("the profile does not say how it moves".to_owned())),
    }
    world.await_initiation(stage, MOVING)?;
    Ok(world.hear_all(stage, Duration::from_millis(1)))
}

/// Bound, on its next link, and admitted there with this FHA; its request.
fn asks_there(stage: &mut Stage<'_>, fha: std::net::Ipv4Addr) -> Result<(World, Asked), Ending> {
    let mut world = bound(stage)?;
    moves(stage, &mut world)?;
    let admission = Admission { fha: Some(fha), ..Admission::colocated(&world) };
    world.admit(stage, &admission)?;
    let asked = world.request(stage)?;
    Ok((world, asked))
}

/// Judges the first request from the next link.
type Judge = fn(&World, &Asked) -> Outcome;

/// What is true of it where the FHA is the same.
const SAME: [(&str, &str, Judge); 4] = [
    (
        "it has the temporary home address in its field, and asks for no key",
        "movement.1.2, RFC 3344 §3.6.1.2",
        |world, asked| {
            let request = asked.read()?;
            let home = world.registered.as_ref().map(|held| held.thoav4);
            let key = request.extensions.mn_ha_key_request().once().is_some();
            let seen = request.header.home_address;
            ensure(Some(seen) == home && !key, format!("{home:?}, no key request"), || {
                format!("{seen}, key request: {key}")
            })
        },
    ),
    (
        "it is proved by the key that it has with that FHA",
        "movement.1.2, keys.1.7, RFC 3344 §3.5.1",
        |world, asked| {
            let Some(held) = &world.registered else { return missing("a registration") };
            let request = asked.read()?;
            let proof = request.extensions.authenticator(AuthenticationKind::MobileHome).once();
            let algorithm = dsboot_codec::mip4::Algorithm::HmacMd5;
            let context = SecurityContext { spi: held.fha_spi, algorithm, key: &held.key };
            let right = proof.is_some_and(|proof| proof.verify(&context));
            ensure(right, "a right mobile-home authenticator", || "none".to_owned())
        },
    ),
    (
        "the care-of address is the new one, where it comes from, and D is set",
        "movement.1.10, registration.4.3, RFC 3344 §3.6.1.2",
        |world, asked| {
            let header = asked.header()?;
            let d = header.flags.0 & RequestFlags(request_flag::DECAPSULATION).0 != 0;
            let seen = (header.care_of_address, *asked.from.ip(), d);
            let right = (world.care_of, world.care_of, true);
            ensure(seen == right, format!("{right:?}"), || format!("{seen:?}"))
        },
    ),
    (
        "it goes to the FHA, under a greater Identification",
        "movement.1.2, registration.4.11, RFC 3344 §5.7.1",
        |world, asked| {
            let header = asked.header()?;
            let before = world.registered.as_ref().map(|held| held.asked.header()).transpose()?;
            let before = before.map_or(0, |header| header.identification.0);
            let seen = (header.home_agent, *asked.to.ip());
            ensure(seen == (FHA, FHA), FHA.to_string(), || format!("{seen:?}"))?;
            ensure(header.identification.0 > before, "a greater one", || "another".to_owned())
        },
    ),
];

pub(super) fn add(cases: &mut Cases) {
    for (what, clauses, judge) in SAME {
        cases.add(
            "move.same",
            format!("of the request after a movement below the same FHA: {what}"),
            clauses,
            move |stage| {
                let (world, asked) = asks_there(stage, FHA)?;
                judge(&world, &asked)
            },
        );
    }
    access(cases);
    same(cases);
    other(cases);
    ends(cases);
    left(cases);
    alike(cases);
    waits(cases);
    gives_back(cases);
}

/// The access that comes first.
fn access(cases: &mut Cases) {
    cases.add(
        "move.access",
        "on another link access is gained anew before anything is registered from there",
        "movement.1.1",
        |stage| {
            let mut world = bound(stage)?;
            let before = world.care_of;
            let said = moves(stage, &mut world)?;
            let early = said.iter().any(|said| match said {
                Said::Request(asked) => *asked.from.ip() != before,
                _ => false,
            });
            ensure(!early, "no registration request before access", || "one".to_owned())?;
            let silence = stage.silence();
            let more = world.asked(stage, silence).is_some();
            ensure(!more, "no registration request before access", || "one".to_owned())
        },
    );
    for (what, refused) in [("no FHA is named", false), ("access is refused", true)] {
        cases.add(
            "move.access",
            format!("where {what} on the next link, no registration request is sent from there"),
            "movement.1.11",
            move |stage| {
                let mut world = bound(stage)?;
                moves(stage, &mut world)?;
                let admission = if refused {
                    Admission::refusal()
                } else {
                    Admission { fha: None, ..Admission::colocated(&world) }
                };
                world.admit(stage, &admission)?;
                unregistered(stage, &mut world)
            },
        );
    }
}

/// Below the same FHA.
fn same(cases: &mut Cases) {
    cases.add(
        "move.tunnel",
        "after it the home address is in use through the tunnel from the new care-of address",
        "movement.1.3, movement.1.10",
        |stage| {
            let (mut world, asked) = asks_there(stage, FHA)?;
            let grant = world.grant(stage);
            world.reply(stage, &asked, &grant)?;
            is_bound(stage, &mut world)
        },
    );
    cases.add(
        "move.tunnel",
        "no binding update is sent because of it",
        "movement.1.4, RFC 6275 §11.7.1",
        |stage| {
            let (mut world, asked) = asks_there(stage, FHA)?;
            let grant = world.grant(stage);
            world.reply(stage, &asked, &grant)?;
            match world.updated(stage, Duration::from_millis(1500)) {
                None => Ok(()),
                Some(_) => fail("no binding update", "one"),
            }
        },
    );
    cases.add(
        "move.tunnel",
        "an unanswered request from the next link is sent again from there, as a new one",
        "movement.1.10, registration.4.12, RFC 3344 §3.6.3",
        |stage| {
            let (mut world, asked) = asks_there(stage, FHA)?;
            let again = repeated(stage, &mut world)?;
            let (one, two) = (asked.header()?, again.header()?);
            ensure(
                two.identification.0 > one.identification.0
                    && two.care_of_address == world.care_of
                    && two.home_address == one.home_address,
                "a greater Identification, and the rest as before",
                || format!("{two:?}"),
            )
        },
    );
    cases.add(
        "move.back",
        "back on the first link it registers from there again",
        "movement.1.1, movement.1.2, movement.1.10",
        |stage| {
            let (mut world, asked) = asks_there(stage, FHA)?;
            let grant = world.grant(stage);
            world.reply(stage, &asked, &grant)?;
            let there = world.care_of;
            moves(stage, &mut world)?;
            let admission = Admission::colocated(&world);
            world.admit(stage, &admission)?;
            let header = world.request(stage)?.header()?;
            ensure(
                header.care_of_address == world.care_of && header.care_of_address != there,
                format!("care-of address {}", world.care_of),
                || header.care_of_address.to_string(),
            )
        },
    );
    cases.add(
        "move.key",
        "while a new key has been asked for, the request from the next link is of the first form too",
        "movement.1.12, RFC 3957 §3",
        |stage| {
            let (mut world, asked) = first(stage).or_else(up_to)?;
            let mut grant = world.grant(stage);
            (grant.lifetime, grant.key_lifetime) = (Some(LONGER), LONGER.into());
            world.reply(stage, &asked, &grant)?;
            let Some(renewal) = world.asked(stage, Duration::from_secs(LONGER.into())) else {
                return missing("a request for a new key");
            };
            is_first(&renewal).or_else(up_to)?;
            moves(stage, &mut world)?;
            let admission = Admission::colocated(&world);
            world.admit(stage, &admission)?;
            is_first(&world.request(stage)?)
        },
    );
}

/// Whether a request is of the first form.
fn is_first(asked: &Asked) -> Outcome {
    let request = asked.read()?;
    let asks = request.extensions.mn_ha_key_request().once().is_some();
    let proves = request.extensions.iter().any(|one| one.value.kind() == 36);
    ensure(asks && proves, "a key request, and the proof to the AAAH", || {
        format!("key request: {asks}, proof: {proves}")
    })
}

/// To another FHA.
fn other(cases: &mut Cases) {
    cases.add(
        "move.other",
        "where another FHA is named, the request is a first one, to that FHA",
        "movement.1.6",
        |stage| {
            let (_, asked) = asks_there(stage, OTHER_FHA)?;
            let header = asked.header()?;
            let seen = (header.home_agent, *asked.to.ip(), header.home_address.is_unspecified());
            let right = (OTHER_FHA, OTHER_FHA, true);
            ensure(seen == right, format!("{right:?}"), || format!("{seen:?}"))?;
            is_first(&asked)
        },
    );
    cases.add(
        "move.other",
        "no registration request goes to the FHA before any more",
        "movement.1.6, movement.1.10",
        |stage| {
            let (mut world, _) = asks_there(stage, OTHER_FHA)?;
            for said in world.hear_all(stage, Duration::from_millis(2500)) {
                if let Said::Request(asked) = said {
                    ensure(*asked.to.ip() == OTHER_FHA, OTHER_FHA.to_string(), || {
                        asked.to.ip().to_string()
                    })?;
                }
            }
            Ok(())
        },
    );
    cases.add(
        "move.other",
        "registered with another FHA, it updates its home binding by the new IPv6 care-of address",
        "movement.1.7, RFC 6275 §11.7.1",
        |stage| {
            let (mut world, asked) = asks_there(stage, OTHER_FHA)?;
            let before = world.registered.take().and_then(|held| held.care_of6);
            let mut grant = world.grant(stage);
            grant.thoav4 = std::net::Ipv4Addr::new(10, 204, 0, 9);
            grant.care_of6 = grant
                .care_of6
                .map(|address| std::net::Ipv6Addr::from_bits(address.to_bits() ^ (1 << 64)));
            world.reply(stage, &asked, &grant)?;
            let update = world.update(stage)?;
            is_unbound(stage, &mut world)?;
            let seen = Some(update.route.source);
            ensure(
                seen == grant.care_of6 && seen != before,
                format!("{:?}", grant.care_of6),
                || format!("{seen:?}"),
            )?;
            let ack = world.ack(stage, &update);
            world.acknowledge(stage, &ack)?;
            is_bound(stage, &mut world)
        },
    );
}

/// The same parameters from another FHA.
fn alike(cases: &mut Cases) {
    cases.add(
        "move.other",
        "registered with another FHA that gives the same addresses, it updates its home binding too",
        "movement.1.7, home-binding.4.7, RFC 6275 §11.7.1",
        |stage| {
            let (mut world, asked) = asks_there(stage, OTHER_FHA)?;
            let grant = world.grant(stage);
            world.reply(stage, &asked, &grant)?;
            bound_anew(stage, &mut world)
        },
    );
}

/// The registration with the FHA before.
fn left(cases: &mut Cases) {
    cases.add(
        "move.left",
        "where another FHA is named, what the one before tunnels is not taken any more",
        "movement.1.6, movement.1.10",
        |stage| {
            let (mut world, asked) = asks_there(stage, OTHER_FHA)?;
            let Some(held) = &mut world.registered else { return missing("a registration") };
            // As if the FHA before knew where the mobile node is now.
            held.asked = asked;
            if let Some(agent) = held.asked.octets.get_mut(8..12) {
                agent.copy_from_slice(&FHA.octets());
            }
            is_unbound(stage, &mut world)
        },
    );
}

/// An update that waits.
fn waits(cases: &mut Cases) {
    cases.add(
        "move.left",
        "where another FHA is named, nothing goes through a tunnel before that one has accepted",
        "movement.1.6, data-path.1.5, home-binding.1.1",
        |stage| {
            let (mut world, _) = updating(stage).or_else(up_to)?;
            moves(stage, &mut world)?;
            let admission = Admission { fha: Some(OTHER_FHA), ..Admission::colocated(&world) };
            world.admit(stage, &admission)?;
            world.request(stage)?;
            for said in world.hear_all(stage, Duration::from_secs(4)) {
                if let Said::Tunnelled(tunnelled) = said {
                    return fail(
                        "nothing through a tunnel",
                        format!("a packet to {}", tunnelled.outer.1),
                    );
                }
            }
            Ok(())
        },
    );
}

/// What is given back in the middle of a movement.
fn gives_back(cases: &mut Cases) {
    cases
        .add(
            "move.release",
            "told to end before another FHA has answered, it gives back nothing that it has not there",
            "movement.1.6, movement.1.10, movement.3.1",
            |stage| {
                let (mut world, _) = asks_there(stage, OTHER_FHA)?;
                ask_to_end(stage)?;
                for said in world.hear_all(stage, Duration::from_millis(1500)) {
                    if let Said::Request(asked) = said {
                        let header = asked.header()?;
                        ensure(header.lifetime > 0, "no deregistration", || {
                            format!("one to {}", header.home_agent)
                        })?;
                    }
                }
                Ok(())
            },
        )
        .claims("release");
}

/// A registration that has ended.
fn ends(cases: &mut Cases) {
    cases.add(
        "move.ended",
        "when a registration is refused more time and another begins, the home binding is made anew",
        "home-binding.4.7, home-binding.1.1, registration.10.5",
        |stage| {
            let (mut world, asked) = first(stage).or_else(up_to)?;
            let mut grant = world.grant(stage);
            grant.lifetime = Some(LONGER);
            world.reply(stage, &asked, &grant)?;
            let update = world.update(stage)?;
            let mut ack = world.ack(stage, &update);
            ack.lifetime = Lifetime::from_seconds(300);
            world.acknowledge(stage, &ack)?;
            is_bound(stage, &mut world).or_else(up_to)?;
            let Some(asked) = world.asked(stage, Duration::from_secs(LONGER.into())) else {
                return missing("a request for more time");
            };
            let mut refusal = world.grant(stage);
            refusal.code = code::HA_PROHIBITED;
            world.reply(stage, &asked, &refusal)?;
            let asked = repeated(stage, &mut world)?;
            is_first(&asked)?;
            world.hear_all(stage, Duration::from_millis(1));
            let grant = world.grant(stage);
            world.reply(stage, &asked, &grant)?;
            bound_anew(stage, &mut world)
        },
    );
    cases.add(
        "move.ended",
        "when a registration has run out and another begins, the home binding is made anew before it is used",
        "home-binding.4.7, home-binding.1.1, RFC 6275 §11.7.1",
        |stage| {
            let (mut world, asked) = first(stage).or_else(up_to)?;
            let mut grant = world.grant(stage);
            grant.lifetime = Some(SHORT);
            world.reply(stage, &asked, &grant)?;
            let update = world.update(stage)?;
            let mut ack = world.ack(stage, &update);
            // More than was asked for ends with the registration nevertheless.
            ack.lifetime = Lifetime::from_seconds(300);
            world.acknowledge(stage, &ack)?;
            is_bound(stage, &mut world).or_else(up_to)?;
            // What asks for more time is not answered.
            let mut last = world.asked(stage, Duration::from_secs(SHORT.into()));
            for _ in 0..4 {
                match &last {
                    Some(asked) if is_first(asked).is_ok() => break,
                    _ => last = world.asked(stage, Duration::from_secs(4)),
                }
            }
            let Some(asked) = last else { return missing("a request that begins anew") };
            is_first(&asked).or_else(up_to)?;
            world.hear_all(stage, Duration::from_millis(1));
            let grant = world.grant(stage);
            world.reply(stage, &asked, &grant)?;
            bound_anew(stage, &mut world)
        },
    );
}

/// An update comes, and the home address is not in use before it is acknowledged.
fn bound_anew(stage: &mut Stage<'_>, world: &mut World) -> Outcome {
    let update = world.update(stage)?;
    is_unbound(stage, world)?;
    let ack = world.ack(stage, &update);
    world.acknowledge(stage, &ack)?;
    is_bound(stage, world)
}
