//! Requests that the agent denies itself, or discards.

use std::net::Ipv4Addr;

use dsboot_codec::mip4::Extension;
use dsboot_model::Rule;
use dsboot_spec::registry::mip4::{advertisement_flag, code, request_flag};

use super::visitor::{Reply, Visitor};
use super::{
    Cases, Change, Ending, Outcome, Rrq, Stage, ensure, fail, kept_back, not_relayed, relayed,
    still_serves,
};
use crate::fha::rrq::{Part, Tweak};

/// The code for a lifetime that is too long.
const TOO_LONG: &[u8] = &[69];

/// A denial copies what the request had.
fn copies(request: &Rrq, reply: &Reply) -> Outcome {
    let octets = request.octets();
    for (range, what) in [(4..8, "home address"), (8..12, "home agent")] {
        let (asked, told) = (octets.get(range.clone()), reply.octets.get(range));
        ensure(asked == told, format!("the {what} of the request"), || "another".to_owned())?;
    }
    let (asked, told) = (octets.get(16..24), reply.octets.get(12..20));
    ensure(asked == told, "the Identification of the request", || "another".to_owned())
}

/// A request, changed, that is denied with one of these codes.
fn denied(stage: &mut Stage<'_>, codes: &[u8], change: Change) -> Outcome {
    if codes == TOO_LONG && Visitor::new(stage)?.agent.lifetime == u16::MAX {
        return Err(Ending::Skip("it offers registrations without end".to_owned()));
    }
    match kept_back(stage, codes, false, change)? {
        Some((request, reply)) => copies(&request, &reply),
        None => Ok(()),
    }
}

/// The bit x is ignored on reception (RFC 5944 §3.3), and what has it is denied (§3.7.2.1).
fn reserved(stage: &mut Stage<'_>) -> Outcome {
    let change: Change = |request, _| request.header.flags.0 |= request_flag::RESERVED_X;
    let denied = denied(stage, &[code::FA_POORLY_FORMED_REQUEST], change);
    if matches!(denied, Err(Ending::Fail { .. })) {
        let mut visitor = Visitor::new(stage)?;
        let mut request = visitor.request(stage);
        change(&mut request, &visitor);
        if let Ok((came, _)) = relayed(stage, &visitor, &request)
            && came.octets.starts_with(&request.octets())
        {
            return Ok(());
        }
    }
    denied
}

pub(super) fn add(cases: &mut Cases) {
    cases
        .add(
            "deny.code",
            "a request with the reserved bit x set is denied by 70, or the bit is ignored",
            "registration.5.10, registration.5.17, RFC 5944 §3.3, RFC 5944 §3.7.2.1",
            reserved,
        )
        .rule(Rule::FaDenies);
    let looks: [(&str, &str, &'static [u8], Change); 2] = [
        (
            "with a lifetime longer than advertised is denied by 69",
            "registration.5.9, registration.5.17, RFC 3344 §3.7.2.3",
            TOO_LONG,
            |request, visitor| {
                request.header.lifetime = visitor.agent.lifetime.saturating_add(1);
            },
        ),
        (
            "with D clear and a care-of address that is not offered is denied by 77",
            "registration.5.8, registration.5.17, RFC 5944 §3.7.2.1",
            &[77],
            |request, _| {
                request.header.care_of_address = Ipv4Addr::new(198, 51, 100, 99);
            },
        ),
    ];
    for (what, clauses, codes, change) in looks {
        cases
            .add("deny.code", format!("a request {what}"), clauses, move |stage| {
                denied(stage, codes, change)
            })
            .rule(Rule::FaDenies);
    }
    for (bit, offered, name) in [
        (request_flag::MINIMAL_ENCAPSULATION, advertisement_flag::MINIMAL_ENCAPSULATION, "M"),
        (request_flag::GRE, advertisement_flag::GRE, "G"),
    ] {
        cases
            .add(
                "deny.code",
                format!("a request with {name} that was not advertised is denied by 72"),
                "registration.5.10, RFC 3344 §3.7.2.1",
                move |stage| {
                    let visitor = Visitor::new(stage)?;
                    if visitor.agent.flags & offered != 0 {
                        return Err(Ending::Skip(format!("it advertises {name}")));
                    }
                    match kept_back(stage, &[72], false, |request, _| {
                        request.header.flags.0 |= bit;
                    })? {
                        Some((request, reply)) => copies(&request, &reply),
                        None => Ok(()),
                    }
                },
            )
            .rule(Rule::FaDenies);
    }
    cases
        .add(
            "deny.lifetime",
            "a denial by 69 tells the longest lifetime",
            "registration.5.9, RFC 3344 §3.7.2.3",
            |stage| {
                let most = Visitor::new(stage)?.agent.lifetime;
                if most == u16::MAX {
                    return Err(Ending::Skip("it offers registrations without end".to_owned()));
                }
                let denied = kept_back(stage, &[69], false, |request, visitor| {
                    request.header.lifetime = visitor.agent.lifetime.saturating_add(1);
                })?;
                let Some((_, reply)) = denied else { return Ok(()) };
                let told = u16::from_be_bytes([
                    reply.octets.get(2).copied().unwrap_or(0),
                    reply.octets.get(3).copied().unwrap_or(0),
                ]);
                ensure(told == most, most.to_string(), || told.to_string())
            },
        )
        .rule(Rule::FaDenies);
    for (agent, codes, what) in [
        (None, &[194_u8, 136, 70, 128, 129, 64][..], "the agent itself"),
        (Some(Ipv4Addr::BROADCAST), &[194, 80, 88, 70, 64], "255.255.255.255"),
        (Some(Ipv4Addr::new(224, 0, 0, 9)), &[194, 80, 88, 70, 64], "a multicast address"),
    ] {
        cases
            .add(
                "deny.agent",
                format!("a request that names {what} as home agent is denied"),
                "registration.5.10, RFC 5944 §3.7.2",
                move |stage| {
                    let own = stage.profile.target.address.ip();
                    kept_back(stage, codes, false, move |request, _| {
                        let own = match own {
                            std::net::IpAddr::V4(own) => own,
                            std::net::IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
                        };
                        request.header.home_agent = agent.unwrap_or(own);
                    })
                    .map(|_| ())
                },
            )
            .claims("bootstrap")
            .rule(Rule::FaDenies);
    }
    challenges(cases);
    malformed(cases);
}

/// Replaces the challenge and its proof.
fn with_challenge(request: &mut Rrq, visitor: &Visitor, challenge: Option<&[u8]>) {
    request.without(132);
    request.without(36);
    if let Some(challenge) = challenge {
        request.parts.push(Part::of(Extension::Challenge(challenge)));
        let (key, challenge) = (visitor.key.clone(), challenge.to_vec());
        request.parts.push(Part::Aaa { key, challenge, tweak: Tweak::Right });
    }
}

fn challenges(cases: &mut Cases) {
    let wrong: [(&str, &str, u8, Change); 4] = [
        (
            "without challenge is denied by 105",
            "registration.5.11, registration.5.17, RFC 4721 §3.2",
            code::MISSING_CHALLENGE,
            |request, visitor| {
                with_challenge(request, visitor, None);
            },
        ),
        (
            "with a challenge that was never given is denied by 104",
            "registration.5.12, registration.5.17, RFC 4721 §3.2",
            code::UNKNOWN_CHALLENGE,
            |request, visitor| {
                with_challenge(request, visitor, Some(b"never was there one like this"));
            },
        ),
        (
            "with the challenge cut by an octet is denied by 104",
            "registration.5.12, RFC 4721 §3.2",
            code::UNKNOWN_CHALLENGE,
            |request, visitor| {
                let mut challenge = visitor.agent.challenge.clone().unwrap_or_default();
                challenge.pop();
                with_challenge(request, visitor, Some(&challenge));
            },
        ),
        (
            "with one bit of the challenge changed is denied by 104",
            "registration.5.12, RFC 4721 §3.2",
            code::UNKNOWN_CHALLENGE,
            |request, visitor| {
                let mut challenge = visitor.agent.challenge.clone().unwrap_or_default();
                if let Some(octet) = challenge.first_mut() {
                    *octet ^= 1;
                }
                with_challenge(request, visitor, Some(&challenge));
            },
        ),
    ];
    for (what, clauses, code, change) in wrong {
        cases
            .add("deny.challenge", format!("a request {what}"), clauses, move |stage| {
                let Some((request, reply)) = kept_back(stage, &[code], false, change)? else {
                    return Ok(());
                };
                copies(&request, &reply)
            })
            .claims("challenge")
            .rule(Rule::FaDenies);
    }
    cases
        .add(
            "deny.challenge",
            "a challenge that was used before is denied by 106",
            "registration.5.13, RFC 4721 §3.2",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                let used = visitor.agent.challenge.clone();
                visitor.register(stage)?;
                visitor.agent.challenge = used;
                let request = visitor.request(stage);
                let octets = request.octets();
                not_relayed(stage, &visitor, &request, &octets, &[code::STALE_CHALLENGE], false)
                    .map(|_| ())
            },
        )
        .claims("challenge")
        .rule(Rule::FaDenies);
    cases
        .add(
            "deny.challenge",
            "a denial carries a fresh challenge, with which the next request is relayed",
            "registration.5.17, RFC 4721 §3.3",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                let mut request = visitor.request(stage);
                with_challenge(&mut request, &visitor, Some(b"never was there one like this"));
                let octets = request.octets();
                let Some(reply) = not_relayed(
                    stage,
                    &visitor,
                    &request,
                    &octets,
                    &[code::UNKNOWN_CHALLENGE],
                    false,
                )?
                else {
                    return Ok(());
                };
                let before = visitor.agent.challenge.clone();
                visitor.learn(&reply);
                ensure(visitor.agent.challenge != before, "a challenge in the denial", || {
                    "none".to_owned()
                })?;
                let request = visitor.request(stage);
                relayed(stage, &visitor, &request).map(|_| ())
            },
        )
        .claims("challenge")
        .rule(Rule::FaDenies);
    cases
        .add(
            "deny.challenge",
            "a challenge without proof behind it is discarded in silence",
            "registration.5.14, RFC 4721 §3.2",
            |stage| kept_back(stage, &[], true, |request, _| request.without(36)).map(|_| ()),
        )
        .claims("challenge");
    cases
        .add(
            "deny.challenge",
            "a challenge given to another mobile node is denied by 104",
            "registration.5.12, RFC 4721 §3.2",
            |stage| {
                let other = Visitor::unheard(stage, 1)?;
                let challenge = other.solicit(stage)?.challenge.unwrap_or_default();
                kept_back(stage, &[code::UNKNOWN_CHALLENGE], false, |request, visitor| {
                    with_challenge(request, visitor, Some(&challenge));
                })
                .map(|_| ())
            },
        )
        .claims("challenge")
        .claims("bootstrap")
        .rule(Rule::FaDenies);
}

/// What cannot be read, or lacks what every request has.
fn malformed(cases: &mut Cases) {
    cases.add(
        "rrq.malformed",
        "a request without authentication is not relayed",
        "registration.5.2, RFC 3344 §3.7.2.1",
        |stage| {
            kept_back(stage, &[70, 67, 64], true, |request, _| {
                request.without(32);
                request.without(36);
            })
            .map(|_| ())
        },
    );
    for cut in [1_usize, 4, 8, 20] {
        cases.add(
            "rrq.malformed",
            format!("a request without its last {cut} octets is not relayed"),
            "wire.1.9, RFC 3344 §1.8",
            move |stage| {
                let mut visitor = Visitor::new(stage)?;
                let request = visitor.request(stage);
                let mut octets = request.octets();
                octets.truncate(octets.len() - cut);
                not_relayed(stage, &visitor, &request, &octets, &[70, 64, 67], true)?;
                still_serves(stage, &mut visitor)
            },
        );
    }
    for length in [0_usize, 1, 12, 23, 24] {
        cases.add(
            "rrq.malformed",
            format!("the first {length} octets of a request are not relayed"),
            "wire.1.1, RFC 3344 §3.3",
            move |stage| {
                let mut visitor = Visitor::new(stage)?;
                let request = visitor.request(stage);
                let mut octets = request.octets();
                octets.truncate(length);
                not_relayed(stage, &visitor, &request, &octets, &[70, 64, 67, 105], true)?;
                still_serves(stage, &mut visitor)
            },
        );
    }
    for kind in [0_u8, 2, 3, 4, 15, 255] {
        cases.add(
            "rrq.type",
            format!("a message of type {kind} from the link is not relayed"),
            "wire.1.1, RFC 3344 §3.3",
            move |stage| {
                let mut visitor = Visitor::new(stage)?;
                let request = visitor.request(stage);
                let mut octets = request.octets();
                if let Some(first) = octets.first_mut() {
                    *first = kind;
                }
                not_relayed(stage, &visitor, &request, &octets, &[], true)?;
                still_serves(stage, &mut visitor)
            },
        );
    }
    cases.add("rrq.unknown", "an unknown extension that may not be skipped, before the authentication, has the request discarded or denied", "wire.2.5, RFC 3344 §1.8", |stage| {
        kept_back(stage, &[70, 71, 64], true, |request, _| request.before_auth(Part::short(99, &[1, 2]))).map(|_| ())
    });
    for lot in 1..=4 {
        cases.add(
            "noise.random",
            format!("forty random datagrams (lot {lot}) harm nothing"),
            "wire.1.1",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                for _ in 0..40 {
                    let octets: [u8; 96] = stage.random();
                    let length = usize::from(octets.first().copied().unwrap_or(9)) % 96;
                    visitor.send(stage, octets.get(..length).unwrap_or_default())?;
                }
                while visitor.reply(stage, stage.silence()).is_some() {}
                still_serves(stage, &mut visitor)
            },
        );
    }
    for lot in 1..=4 {
        cases.add(
            "noise.changed",
            format!("forty requests with random octets changed (lot {lot}) harm nothing"),
            "wire.1.1, registration.5.2",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                for _ in 0..40 {
                    let mut octets = visitor.request(stage).octets();
                    for _ in 0..3 {
                        let [at, value]: [u8; 2] = stage.random();
                        let place = usize::from(at) % octets.len().max(1);
                        // Not to another home agent of the world.
                        if let Some(octet) = octets.get_mut(place)
                            && !(8..12).contains(&place)
                        {
                            *octet = value;
                        }
                    }
                    visitor.send(stage, &octets)?;
                }
                while visitor.reply(stage, stage.silence()).is_some() {}
                still_serves(stage, &mut visitor)
            },
        );
    }
    cases
        .add(
            "rrq.pending",
            "a request that is not answered is given up by 78",
            "registration.5.15, RFC 3344 §3.7.1",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                let request = visitor.request(stage);
                relayed(stage, &visitor, &request)?;
                match visitor.reply(stage, std::time::Duration::from_secs(9)) {
                    Some(reply) if reply.code() == code::FA_TIMEOUT => copies(&request, &reply),
                    Some(reply) => fail("78", format!("a reply with code {}", reply.code())),
                    None => fail("78 within 9 s", "nothing"),
                }
            },
        )
        .claims("timeout")
        .rule(Rule::FaGivesUp);
}
