//! Step 4: requests that are relayed.

use std::net::{IpAddr, Ipv4Addr};

use dsboot_codec::mip4::Extension;
use dsboot_model::Rule;
use dsboot_spec::registry::mip4::{PORT, extension, request_flag};

use super::visitor::Visitor;
use super::{Cases, Change, Outcome, Stage, ensure, fail, missing, relayed};
use crate::fha::rrq::{Part, Rrq, Tweak};

/// How many octets of a request the agent must not change: up to the end of the last extension that
/// authorizes, 32 or 36.
fn protected(octets: &[u8]) -> usize {
    let (mut at, mut end) = (24, 24);
    while let Some(kind) = octets.get(at) {
        let octet = |place: usize| octets.get(place).copied().map_or(0, usize::from);
        let length = match kind {
            0 => 1,
            // The long form: subtype, then a Length of two octets.
            36 | 40..=43 => 4 + (octet(at + 2) << 8 | octet(at + 3)),
            37 | 38 => 4 + (octet(at + 2) << 8 | octet(at + 3)),
            _ => 2 + octet(at + 1),
        };
        at += length;
        if [extension::MOBILE_HOME_AUTHENTICATION, 36].contains(kind) {
            end = at;
        }
    }
    end.min(octets.len())
}

/// A request, changed, that is relayed with its protected octets as they were.
fn unchanged(stage: &mut Stage<'_>, first: bool, change: Change) -> Outcome {
    let mut visitor = Visitor::new(stage)?;
    let mut request = if first { visitor.first(stage) } else { visitor.request(stage) };
    change(&mut request, &visitor);
    let sent = request.octets();
    let (came, _) = relayed(stage, &visitor, &request)?;
    let end = protected(&sent);
    let (own, seen) = (sent.get(..end), came.octets.get(..end));
    ensure(own == seen, format!("the first {end} octets as they were"), || {
        let differs = own.into_iter().flatten().zip(seen.into_iter().flatten());
        let at = differs.take_while(|(own, seen)| own == seen).count();
        format!("another octet at {at}, or fewer")
    })
}

/// What is said of how a right request came to the home agent.
type Look = fn(&Visitor, &Rrq, &crate::stage::Came, &Stage<'_>) -> Outcome;

fn look(stage: &mut Stage<'_>, look: Look) -> Outcome {
    let mut visitor = Visitor::new(stage)?;
    let request = visitor.request(stage);
    let (came, _) = relayed(stage, &visitor, &request)?;
    look(&visitor, &request, &came, stage)
}

pub(super) fn add(cases: &mut Cases) {
    for (what, clauses, seen) in [
        (
            "goes to the home agent that it names",
            "registration.5.1, RFC 3344 §3.7.2.2",
            (|_, _, _, _| Ok(())) as Look,
        ),
        (
            "comes from the care-of address of the agent",
            "registration.5.7, RFC 5944 §3.7.2.2",
            |visitor, _, came, stage| {
                let from = came.from.ip();
                let offered = visitor.agent.care_of.iter().any(|own| IpAddr::V4(*own) == from);
                // RFC 3344 has the address of the interface that it leaves by, which nobody knows.
                let own =
                    from == stage.profile.target.address.ip() || !stage.profile.claims("5944");
                ensure(offered || own, "an address of the agent", || from.to_string())
            },
        ),
        (
            "comes from port 434 or another that is not 0",
            "registration.5.7, RFC 3344 §3.7.2.2",
            |_, _, came, _| ensure(came.from.port() != 0, format!("{PORT}"), || "0".to_owned()),
        ),
        (
            "has nothing behind its authentication but what an agent adds",
            "registration.5.3, registration.5.16, RFC 3344 §3.7.2.2",
            |_, request, came, _| {
                let end = protected(&request.octets());
                let more = came.octets.get(end..).unwrap_or_default();
                let allowed = [extension::FOREIGN_HOME_AUTHENTICATION, 144, 38, 134];
                match more.first() {
                    None => Ok(()),
                    Some(kind) if allowed.contains(kind) => Ok(()),
                    Some(kind) => fail("34 or a tunnel request", format!("type {kind}")),
                }
            },
        ),
    ] {
        cases
            .add("rrq.relay", format!("a right request {what}"), clauses, move |stage| {
                look(stage, seen)
            })
            .rule(Rule::FaRelaysRequest);
    }
    let changes: [(&str, bool, Change); 12] = [
        ("a right request", false, |_, _| {}),
        ("a deregistration", false, |request, _| request.header.lifetime = 0),
        ("a request with a lifetime of 1 s", false, |request, _| request.header.lifetime = 1),
        ("a request with S and B", false, |request, _| {
            request.header.flags.0 |= request_flag::SIMULTANEOUS | request_flag::BROADCAST;
        }),
        ("a request with an unknown skippable extension 200", false, |request, _| {
            request.before_auth(Part::short(200, &[1, 2, 3]));
        }),
        ("a request with an empty skippable extension 255", false, |request, _| {
            request.before_auth(Part::short(255, &[]));
        }),
        ("a request with twenty skippable extensions", false, |request, _| {
            (0..20).for_each(|_| request.before_auth(Part::short(210, &[7; 9])));
        }),
        ("a request with a vendor's normal extension", false, |request, _| {
            request.before_auth(Part::Raw(vec![134, 10, 0, 0, 0, 0, 0, 9, 0, 1, 5, 5]));
        }),
        (
            "a request under a wrong authenticator, which the agent cannot know,",
            false,
            |request, _| {
                request.tweak(|_, tweak| *tweak = Tweak::Flip(3));
            },
        ),
        ("a request under an SPI that it has never heard of", false, |request, _| {
            request.tweak(|sa, _| sa.spi = 0x7fff_0001);
        }),
        ("a request with a co-located care-of address (D)", false, |request, visitor| {
            request.header.flags.0 |= request_flag::DECAPSULATION;
            request.header.care_of_address = visitor.address;
        }),
        ("a request whose Identification is 2^63", false, |request, _| {
            request.header.identification.0 =
                (request.header.identification.0 & 0xffff_ffff) | 1 << 63;
        }),
    ];
    for (what, first, change) in changes {
        cases
            .add(
                "rrq.octets",
                format!("{what} is relayed, no protected octet changed"),
                "registration.5.2, registration.5.4, RFC 3344 §3.7.2.2",
                move |stage| unchanged(stage, first, change),
            )
            .rule(Rule::FaRelaysRequest);
    }
    cases
        .add(
            "rrq.first",
            "a first request, without home address, is relayed as it is",
            "registration.5.2, registration.5.5, RFC 2794 §3",
            |stage| unchanged(stage, true, |_, _| {}),
        )
        .claims("bootstrap")
        .rule(Rule::FaRelaysRequest);
    behind(cases);
}

fn behind(cases: &mut Cases) {
    cases.add(
        "rrq.strip",
        "a skippable extension behind the authentication is not passed on",
        "registration.5.3, RFC 3344 §3.7.2.2",
        |stage| {
            let mut visitor = Visitor::new(stage)?;
            let mut request = visitor.request(stage);
            let before = protected(&request.octets());
            request.parts.push(Part::short(222, b"for the agent"));
            let (came, _) = relayed(stage, &visitor, &request)?;
            let more = came.octets.get(before..).unwrap_or_default();
            ensure(more.first() != Some(&222), "not that extension", || "it".to_owned())
        },
    );
    cases
        .add(
            "rrq.again",
            "a request that comes again is relayed again, or answered as before",
            "registration.5.5, RFC 3344 §3.7.2",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                let request = visitor.request(stage);
                let (_, desk) = relayed(stage, &visitor, &request)?;
                visitor.send(stage, &request.octets())?;
                match desk.receive(stage, stage.patience()) {
                    Some(_) => Ok(()),
                    None => fail("it is relayed again", "nothing"),
                }
            },
        )
        .rule(Rule::FaRelaysRequest);
    cases
        .add(
            "rrq.two",
            "requests of two mobile nodes are relayed, each with its own addresses",
            "registration.5.5, RFC 3344 §3.7.1",
            |stage| {
                let mut one = Visitor::new(stage)?;
                let mut two = Visitor::unheard(stage, 1)?;
                two.agent = two.solicit(stage)?;
                let (first, second) = (one.request(stage), two.request(stage));
                let (first_came, _) = relayed(stage, &one, &first)?;
                let (second_came, _) = relayed(stage, &two, &second)?;
                let home = |octets: &[u8]| octets.get(4..8).map(<[u8]>::to_vec);
                let differ = home(&first_came.octets) != home(&second_came.octets);
                ensure(differ, "two home addresses", || "the same".to_owned())
            },
        )
        .rule(Rule::FaRelaysRequest);
    cases
        .add(
            "rrq.challenge",
            "the challenge that a request answers is passed on in front of its proof",
            "registration.5.2, RFC 4721 §3.2",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                let request = visitor.request(stage);
                let Some(challenge) = visitor.agent.challenge.clone() else {
                    return missing("a challenge");
                };
                let (came, _) = relayed(stage, &visitor, &request)?;
                let own = Extension::Challenge(&challenge).encode().unwrap_or_default();
                let there = came.octets.windows(own.len()).any(|part| part == own);
                ensure(there, "the challenge", || "none".to_owned())
            },
        )
        .claims("challenge")
        .rule(Rule::FaRelaysRequest);
    cases
        .add(
            "rrq.source",
            "a request from 0.0.0.0, before there is an address, is relayed",
            "registration.5.7, RFC 3344 §3.6.1.1",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                visitor.address = Ipv4Addr::UNSPECIFIED;
                let request = visitor.first(stage);
                relayed(stage, &visitor, &request).map(|_| ())
            },
        )
        .claims("bootstrap")
        .rule(Rule::FaRelaysRequest);
}
