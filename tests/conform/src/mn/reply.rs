//! What a mobile node takes from a reply to its first request, and what it passes over.

use std::net::Ipv4Addr;
use std::time::Duration;

use dsboot_codec::mip4::{Algorithm, Code, Extension, Identification};
use dsboot_spec::registry::mip4::{algorithm, code};

use super::fha::{Asked, Grant, Rrp};
use super::first::{first, repeated};
use super::world::{OTHER_FHA, Said, World};
use super::{Cases, Ending, Outcome, Stage, ensure, fail, still};
use crate::fha::rrq::{Part, Tweak};
use crate::nas::pac::up_to;

/// Changes what the FHA grants.
type Other = fn(&mut Grant);

/// Changes a reply; `Sa` and `Tweak` of its authenticator by [`Rrp::tweak`].
type Change = fn(&mut Rrp);

/// Changes the octets of a reply.
type Octets = fn(&mut Vec<u8>);

/// Replies that are passed over, by what is granted.
const GRANTS: &[(&str, &str, Other)] = &[
    ("that accepts without key generation reply", "registration.10.3, RFC 3957 §3", |grant| {
        grant.keyed = false;
    }),
    ("with replay method 1", "keys.1.10, RFC 3957 §4", |grant| grant.replay = 1),
    ("with nonces as replay method", "keys.1.10, RFC 3957 §4", |grant| grant.replay = 3),
    ("with an unknown algorithm", "keys.1.9, RFC 3957 §4", |grant| grant.algorithm = 99),
    ("that accepts home address 0", "registration.10.7, RFC 3344 §3.4", |grant| {
        grant.thoav4 = Ipv4Addr::UNSPECIFIED;
    }),
    ("whose copy of the home address is another", "registration.10.7", |grant| {
        grant.mirror = Some(Ipv4Addr::new(10, 9, 9, 9));
    }),
    ("that says 131", "registration.10.15, RFC 5944 §3.8.2.1", |grant| {
        grant.code = code::HA_MN_AUTHENTICATION;
    }),
];

/// The same by how the reply is made.
const CHANGES: &[(&str, &str, Change)] = &[
    (
        "to another request, by the low half of the Identification",
        "registration.10.1, RFC 3344 §3.6.2.1",
        |reply| reply.header.identification.0 ^= 1,
    ),
    ("without authenticator", "registration.10.2, RFC 3344 §3.6.2.1", |reply| reply.without(32)),
    ("whose authenticator is changed in its first octet", "registration.10.2", |reply| {
        reply.tweak(|_, tweak| *tweak = Tweak::Flip(0));
    }),
    ("whose authenticator is changed in its last octet", "registration.10.2", |reply| {
        reply.tweak(|_, tweak| *tweak = Tweak::Flip(15));
    }),
    ("whose authenticator is zeros", "registration.10.2", |reply| {
        reply.tweak(|_, tweak| *tweak = Tweak::Zero);
    }),
    ("whose authenticator has 12 octets", "registration.10.2, keys.1.9", |reply| {
        reply.tweak(|_, tweak| *tweak = Tweak::Length(12));
    }),
    ("whose authenticator is empty", "registration.10.2, keys.1.9", |reply| {
        reply.tweak(|_, tweak| *tweak = Tweak::Length(0));
    }),
    ("under another SPI than the one chosen", "registration.10.2, keys.1.7", |reply| {
        reply.tweak(|sa, _| sa.spi ^= 0x10_0000);
    }),
    ("under SPI 0", "registration.10.2, keys.1.8", |reply| reply.tweak(|sa, _| sa.spi = 0)),
    ("under another key", "registration.10.2, keys.1.1", |reply| {
        reply.tweak(|sa, _| sa.key.iter_mut().for_each(|octet| *octet ^= 0x55));
    }),
    ("under the first 16 octets of the key", "keys.1.2, RFC 3957 §5", |reply| {
        reply.tweak(|sa, _| sa.key.truncate(16));
    }),
    ("by another algorithm than it names", "registration.10.2, keys.1.9", |reply| {
        reply.tweak(|sa, _| sa.algorithm = Algorithm::HmacSha1);
    }),
    ("with two authenticators", "registration.10.2, RFC 3344 §3.6.2.1", |reply| {
        if let Some(own) = reply.parts.last().cloned() {
            reply.parts.push(own);
        }
    }),
    ("with the key generation reply behind the authenticator", "registration.10.3", |reply| {
        let at = reply
            .parts
            .iter()
            .position(|part| matches!(part, Part::Raw(raw) if raw.first() == Some(&43)));
        if let Some(at) = at {
            let key = reply.parts.remove(at);
            reply.parts.push(key);
        }
    }),
    ("with two key generation replies", "registration.10.3", |reply| {
        let key = reply
            .parts
            .iter()
            .find(|part| matches!(part, Part::Raw(raw) if raw.first() == Some(&43)));
        if let Some(key) = key.cloned() {
            reply.parts.insert(1, key);
        }
    }),
    (
        "with an unknown extension that may not be skipped",
        "registration.10.2, RFC 3344 §1.8",
        |reply| {
            reply.before_auth(Part::short(100, &[1, 2, 3]));
        },
    ),
    ("whose key generation reply is cut off", "registration.10.3, keys.1.3", |reply| {
        for part in &mut reply.parts {
            if let Part::Raw(raw) = part
                && let [43, _, _, length, ..] = raw.as_mut_slice()
            {
                *length = length.wrapping_sub(12);
                raw.truncate(raw.len() - 12);
            }
        }
    }),
    (
        "of a foreign agent (66), although there is none",
        "registration.3.2, registration.10.2, RFC 3344 §3.6.2.1",
        |reply| {
            reply.header.code = Code(code::FA_RESOURCES);
            reply.without(32);
        },
    ),
    ("that refuses and is not proved", "registration.10.2, RFC 3344 §3.6.2.1", |reply| {
        reply.header.code = Code(code::HA_PROHIBITED);
        reply.without(32);
    }),
    (
        "that says 133 and is not proved",
        "registration.10.2, registration.10.8, RFC 3344 §3.6.2.3",
        |reply| {
            reply.header.code = Code(code::IDENTIFICATION_MISMATCH);
            let low = reply.header.identification.low();
            reply.header.identification = Identification::new(0x1000_0000, low);
            reply.without(32);
        },
    ),
];

/// The same by its octets, once it is made.
const OCTETS: &[(&str, Octets)] = &[
    ("whose code has been changed", |octets| flip(octets, 1)),
    ("whose lifetime has been changed", |octets| flip(octets, 3)),
    ("whose home address has been changed", |octets| flip(octets, 7)),
    ("whose home agent has been changed", |octets| flip(octets, 11)),
    ("whose high half of the Identification has been changed", |octets| flip(octets, 15)),
    ("of another type", |octets| {
        if let Some(first) = octets.first_mut() {
            *first = 5;
        }
    }),
    ("that is cut off in its fixed part", |octets| octets.truncate(19)),
    ("that is cut off behind its fixed part", |octets| octets.truncate(20)),
    ("that is cut off in its authenticator", |octets| {
        octets.truncate(octets.len().saturating_sub(1));
    }),
    ("without octets", Vec::clear),
];

/// Replies that are taken, in forms that are as right as the usual one.
const RIGHT: &[(&str, &str, Other, Change)] = &[
    ("with code 1", "registration.10.5, RFC 3344 §3.4", |grant| grant.code = 1, |_| {}),
    (
        "with a copy of the home address",
        "registration.10.7",
        |grant| grant.mirror = Some(grant.thoav4),
        |_| {},
    ),
    (
        "with HMAC-SHA1 as algorithm",
        "keys.1.9, RFC 3957 §4",
        |grant| grant.algorithm = algorithm::HMAC_SHA1,
        |_| {},
    ),
    (
        "that grants more time than was asked for",
        "registration.10.11, RFC 3344 §3.6.2.2",
        |grant| grant.lifetime = Some(u16::MAX),
        |_| {},
    ),
    (
        "with an unknown extension that may be skipped",
        "registration.10.5, RFC 3344 §1.8",
        |_| {},
        |reply| reply.before_auth(Part::short(200, &[1, 2, 3])),
    ),
    (
        "with a vendor's extension that is nobody's",
        "registration.10.5, RFC 3115 §2.2",
        |_| {},
        |reply| reply.before_auth(Part::short(134, &[0, 0, 0, 0, 0x27, 0x0f, 0, 1, 9, 9])),
    ),
    (
        "with a text for people",
        "registration.10.5, RFC 4917 §3",
        |_| {},
        |reply| {
            reply.before_auth(Part::of(Extension::MessageString { sub_type: 1, text: "welcome" }));
        },
    ),
    (
        "with something behind the authenticator",
        "registration.10.4, RFC 3344 §1.8",
        |_| {},
        |reply| reply.parts.push(Part::short(200, &[1, 2, 3])),
    ),
];

fn flip(octets: &mut [u8], at: usize) {
    if let Some(octet) = octets.get_mut(at) {
        *octet ^= 0x01;
    }
}

/// The mobile node takes the registration to be in force: it binds its home address by it or, where
/// it does not do that, asks for it no more.
pub(super) fn takes(stage: &mut Stage<'_>, world: &mut World) -> Outcome {
    if stage.profile.claims("ipv6") {
        return world.update(stage).map(|_| ());
    }
    match world.asked(stage, Duration::from_millis(2200)) {
        None => Ok(()),
        Some(_) => fail("no further request", "one"),
    }
}

/// Nothing comes of what has been said: no packet through a tunnel. A request that comes meanwhile is
/// the one to be answered.
pub(super) fn passes_over(
    stage: &mut Stage<'_>,
    world: &mut World,
    asked: Asked,
) -> Result<Asked, Ending> {
    let time = stage.silence();
    let mut last = asked;
    for said in world.hear_all(stage, time) {
        match said {
            Said::Tunnelled(_) | Said::Kept => {
                return fail("nothing comes of the reply", "a packet in a tunnel");
            }
            Said::Request(asked) => last = asked,
            _ => {}
        }
    }
    Ok(last)
}

/// A right reply is taken after it.
pub(super) fn still_takes(stage: &mut Stage<'_>, world: &mut World, asked: &Asked) -> Outcome {
    let grant = world.grant(stage);
    world.reply(stage, asked, &grant)?;
    still("a right reply is taken after it", takes(stage, world))
}

fn judge(
    stage: &mut Stage<'_>,
    other: impl Fn(&mut Grant),
    change: impl Fn(&mut Rrp),
    octets: impl Fn(&mut Vec<u8>),
) -> Outcome {
    let (mut world, asked) = first(stage).or_else(up_to)?;
    let mut grant = world.grant(stage);
    other(&mut grant);
    let mut reply = world.rrp(stage, &asked, &grant)?;
    change(&mut reply);
    let mut whole = reply.octets();
    octets(&mut whole);
    world.respond(stage, &asked, &whole)?;
    let asked = passes_over(stage, &mut world, asked)?;
    still_takes(stage, &mut world, &asked)
}

pub(super) fn add(cases: &mut Cases) {
    for (what, clauses, other) in GRANTS {
        let purpose = format!("a reply {what} is passed over");
        let run = move |stage: &mut Stage<'_>| judge(stage, other, |_| {}, |_| {});
        cases.add("rrp.wrong", purpose, clauses, run);
    }
    for (what, clauses, change) in CHANGES {
        let purpose = format!("a reply {what} is passed over");
        let run = move |stage: &mut Stage<'_>| judge(stage, |_| {}, change, |_| {});
        cases.add("rrp.wrong", purpose, clauses, run);
    }
    for (what, octets) in OCTETS {
        let purpose = format!("a reply {what} is passed over");
        let run = move |stage: &mut Stage<'_>| judge(stage, |_| {}, |_| {}, octets);
        let clauses = "registration.10.2, RFC 3344 §3.6.2.1";
        cases.add("rrp.octets", purpose, clauses, run);
    }
    for (what, clauses, other, change) in RIGHT {
        cases.add("rrp.right", format!("a reply {what} is taken"), clauses, move |stage| {
            let (mut world, asked) = first(stage).or_else(up_to)?;
            let mut grant = world.grant(stage);
            other(&mut grant);
            let mut reply = world.rrp(stage, &asked, &grant)?;
            change(&mut reply);
            world.learn(&asked, &grant)?;
            world.respond(stage, &asked, &reply.octets())?;
            takes(stage, &mut world)
        });
    }
    several(cases);
    lacking(cases);
    clock(cases);
}

fn several(cases: &mut Cases) {
    cases.add(
        "rrp.octets",
        "a reply that is altered in any one octet up to its authenticator is passed over",
        "registration.10.2, keys.1.2, RFC 3344 §3.6.2.1",
        |stage| {
            let (mut world, asked) = first(stage).or_else(up_to)?;
            let grant = world.grant(stage);
            let whole = world.rrp(stage, &asked, &grant)?.octets();
            for at in 0..whole.len() {
                let mut altered = whole.clone();
                if let Some(octet) = altered.get_mut(at) {
                    *octet ^= 0x40;
                }
                world.respond(stage, &asked, &altered)?;
            }
            let asked = passes_over(stage, &mut world, asked)?;
            still_takes(stage, &mut world, &asked)
        },
    );
    cases.add(
        "rrp.octets",
        "a reply that is cut off anywhere is passed over",
        "registration.10.2, RFC 3344 §3.6.2.1",
        |stage| {
            let (mut world, asked) = first(stage).or_else(up_to)?;
            let grant = world.grant(stage);
            let whole = world.rrp(stage, &asked, &grant)?.octets();
            for at in 0..whole.len() {
                world.respond(stage, &asked, whole.get(..at).unwrap_or_default())?;
            }
            let asked = passes_over(stage, &mut world, asked)?;
            still_takes(stage, &mut world, &asked)
        },
    );
    cases.add(
        "rrp.old",
        "a reply to the request before the last one is passed over",
        "registration.10.1, RFC 3344 §3.6.2.1",
        |stage| {
            let (mut world, old) = first(stage).or_else(up_to)?;
            let new = repeated(stage, &mut world).or_else(up_to)?;
            let grant = world.grant(stage);
            let reply = world.rrp(stage, &old, &grant)?;
            world.respond(stage, &old, &reply.octets())?;
            let asked = passes_over(stage, &mut world, new)?;
            still_takes(stage, &mut world, &asked)
        },
    );
    cases.add(
        "rrp.twice",
        "a reply that comes twice changes nothing",
        "registration.10.1, registration.10.5, RFC 3344 §3.6.2.1",
        |stage| {
            let (mut world, asked) = first(stage).or_else(up_to)?;
            let grant = world.grant(stage);
            world.reply(stage, &asked, &grant)?;
            takes(stage, &mut world)?;
            world.reply(stage, &asked, &grant)?;
            let time = stage.silence();
            for said in world.hear_all(stage, time) {
                if let Said::Request(_) = said {
                    return fail("no further request", "one");
                }
            }
            Ok(())
        },
    );
}

/// What can be missing of a reply that accepts.
const LACKING: &[(&str, Other)] = &[
    ("the IPv6 home address", |grant| grant.home6 = None),
    ("the home agent", |grant| grant.agent6 = None),
    ("the IPv6 care-of address", |grant| grant.care_of6 = None),
];

fn lacking(cases: &mut Cases) {
    for (what, other) in LACKING {
        cases
            .add(
                "rrp.lacking",
                format!("without {what} no binding update is sent"),
                "registration.10.6, home-binding.1.1",
                move |stage| {
                    let (mut world, asked) = first(stage).or_else(up_to)?;
                    let mut grant = world.grant(stage);
                    other(&mut grant);
                    world.reply(stage, &asked, &grant)?;
                    unbound(stage, &mut world)
                },
            )
            .claims("ipv6");
    }
    cases
        .add(
            "rrp.lacking",
            "parameters behind the authenticator are ignored",
            "registration.10.4",
            |stage| {
                let (mut world, asked) = first(stage).or_else(up_to)?;
                let grant = world.grant(stage);
                let mut reply = world.rrp(stage, &asked, &grant)?;
                let is_parameter =
                    |part: &Part| matches!(part, Part::Raw(raw) if raw.first() == Some(&134));
                let (behind, before): (Vec<Part>, Vec<Part>) =
                    reply.parts.drain(..).partition(is_parameter);
                reply.parts = before.into_iter().chain(behind).collect();
                world.learn(&asked, &grant)?;
                world.respond(stage, &asked, &reply.octets())?;
                unbound(stage, &mut world)
            },
        )
        .claims("ipv6");
    for refusal in [
        code::HA_UNSPECIFIED,
        code::HA_PROHIBITED,
        code::HA_RESOURCES,
        code::HA_POORLY_FORMED_REQUEST,
        code::UNKNOWN_HOME_AGENT,
    ] {
        cases.add(
            "rrp.refused",
            format!("after a refusal by {refusal} nothing is held"),
            "registration.10.5, registration.10.12, RFC 3344 §3.6.2.3",
            move |stage| {
                let (mut world, asked) = first(stage).or_else(up_to)?;
                let mut grant = world.grant(stage);
                grant.code = refusal;
                world.reply(stage, &asked, &grant)?;
                unbound(stage, &mut world)
            },
        );
    }
    cases.add(
        "rrp.refused",
        "after a reply that accepts with lifetime 0 nothing is held",
        "registration.10.14, RFC 3344 §3.4",
        |stage| {
            let (mut world, asked) = first(stage).or_else(up_to)?;
            let mut grant = world.grant(stage);
            grant.lifetime = Some(0);
            world.reply(stage, &asked, &grant)?;
            unbound(stage, &mut world)
        },
    );
    cases
        .add(
            "rrp.elsewhere",
            "a right reply tells by what it proves, whichever address it is sent from",
            "registration.10.2, RFC 3344 §3.6.2.1",
            |stage| {
                let (mut world, asked) = first(stage).or_else(up_to)?;
                let grant = world.grant(stage);
                let reply = world.rrp(stage, &asked, &grant)?.octets();
                let elsewhere = (OTHER_FHA, asked.to.port()).into();
                world.respond_from(stage, &asked, (elsewhere, &reply))?;
                // Whether it is taken or not, the right one is after it.
                let time = stage.silence();
                let taken = world.hear_all(stage, time);
                if taken.iter().any(|said| matches!(said, Said::Tunnelled(_))) {
                    return Ok(());
                }
                still_takes(stage, &mut world, &asked)
            },
        )
        .claims("ipv6")
        .level(crate::case::Level::May);
}

/// Nothing goes through a tunnel.
fn unbound(stage: &mut Stage<'_>, world: &mut World) -> Outcome {
    let time = stage.silence() * 2;
    for said in world.hear_all(stage, time) {
        if let Said::Tunnelled(_) = said {
            return fail("nothing through a tunnel", "an IPv6 packet in one");
        }
    }
    Ok(())
}

fn clock(cases: &mut Cases) {
    for (what, ahead) in [("ahead", 1000_u32), ("behind", 1000_u32.wrapping_neg())] {
        cases.add(
            "rrp.clock",
            format!("after a 133 the next request has the FHA's clock, which is {what}"),
            "registration.10.8, RFC 3344 §5.7.1",
            move |stage| {
                let (mut world, asked) = first(stage).or_else(up_to)?;
                let theirs = asked.header()?.identification.high().wrapping_add(ahead);
                let mut grant = world.grant(stage);
                grant.code = code::IDENTIFICATION_MISMATCH;
                let mut reply = world.rrp(stage, &asked, &grant)?;
                let low = reply.header.identification.low();
                reply.header.identification = Identification::new(theirs, low);
                world.respond(stage, &asked, &reply.octets())?;
                let again = repeated(stage, &mut world)?;
                let own = again.header()?.identification.high();
                let apart = own.wrapping_sub(theirs).min(theirs.wrapping_sub(own));
                ensure(apart <= 7, format!("about {theirs} s"), || format!("{own} s"))?;
                still_takes(stage, &mut world, &again)
            },
        );
    }
    cases.add(
        "rrp.clock",
        "a 133 that is not proved does not set the clock",
        "registration.10.2, registration.10.8",
        |stage| {
            let (mut world, asked) = first(stage).or_else(up_to)?;
            let mut grant = world.grant(stage);
            grant.code = code::IDENTIFICATION_MISMATCH;
            let mut reply = world.rrp(stage, &asked, &grant)?;
            let low = reply.header.identification.low();
            let own = asked.header()?.identification.high();
            reply.header.identification = Identification::new(own.wrapping_add(5000), low);
            reply.tweak(|_, tweak| *tweak = Tweak::Flip(3));
            world.respond(stage, &asked, &reply.octets())?;
            let again = repeated(stage, &mut world)?.header()?.identification.high();
            ensure(again.wrapping_sub(own) <= 7, "its own clock", || "another".to_owned())
        },
    );
}
