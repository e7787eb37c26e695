//! Step 0: advertisements.

use std::net::Ipv4Addr;

use dsboot_model::Rule;
use dsboot_spec::registry::mip4::advertisement_flag;

use super::visitor::{Agent, Visitor};
use super::{Cases, Outcome, Stage, ensure};

type Look = fn(&Agent, &Visitor, &Stage<'_>) -> Outcome;

pub(super) fn add(cases: &mut Cases) {
    let looks: [(&str, &str, Look); 10] = [
        ("is answered by an agent advertisement", "registration.1.1, RFC 3344 §2.3", |_, _, _| {
            Ok(())
        }),
        ("is answered with TTL 1", "registration.1.4, RFC 3344 §2.1", |agent, _, _| {
            ensure(agent.ttl == 1, "1", || agent.ttl.to_string())
        }),
        (
            "is answered by an agent with F set",
            "registration.1.6, RFC 3344 §2.1.1",
            |agent, _, _| {
                let set = agent.flags & advertisement_flag::FOREIGN_AGENT != 0;
                ensure(set, "F set", || format!("{:#06x}", agent.flags))
            },
        ),
        ("tells a care-of address", "registration.1.1, RFC 3344 §2.1.1", |agent, _, _| {
            let good =
                !agent.care_of.is_empty() && agent.care_of.iter().all(|one| !one.is_unspecified());
            ensure(good, "at least one", || format!("{:?}", agent.care_of))
        }),
        ("tells a registration lifetime", "registration.1.1, RFC 3344 §2.1.1", |agent, _, _| {
            ensure(agent.lifetime > 0, "more than 0", || agent.lifetime.to_string())
        }),
        (
            "tells for how long the advertisement holds",
            "registration.1.7, RFC 1256 §4.1",
            |agent, _, _| {
                ensure(agent.advertised > 0, "more than 0", || agent.advertised.to_string())
            },
        ),
        ("is answered with code 0 or 16", "registration.1.1, RFC 3344 §2.1", |agent, _, _| {
            ensure([0, 16].contains(&agent.code), "0 or 16", || agent.code.to_string())
        }),
        (
            "is answered from the agent's address",
            "registration.1.1, RFC 3344 §2.1",
            |agent, _, stage| {
                let own = stage.profile.target.address.ip();
                ensure(agent.source.map(std::net::IpAddr::V4) == Some(own), own.to_string(), || {
                    format!("{:?}", agent.source)
                })
            },
        ),
        (
            "is answered with all reserved bits zero",
            "wire.11.1, RFC 3344 §2.1.1",
            |agent, _, _| {
                let reserved = agent.flags & (0x001f | advertisement_flag::RESERVED_R);
                ensure(reserved == 0, "zero", || format!("{:#06x}", agent.flags))
            },
        ),
        ("does not have B without F", "registration.1.10, RFC 3344 §2.1.1", |agent, _, _| {
            let busy = agent.flags & advertisement_flag::BUSY != 0;
            let foreign = agent.flags & advertisement_flag::FOREIGN_AGENT != 0;
            ensure(!busy || foreign, "F beside B", || format!("{:#06x}", agent.flags))
        }),
    ];
    for (what, clauses, look) in looks {
        cases
            .add("adv.form", format!("a solicitation {what}"), clauses, move |stage| {
                let visitor = Visitor::unheard(stage, 0)?;
                let agent = visitor.solicit(stage)?;
                look(&agent, &visitor, stage)
            })
            .rule(Rule::FaAdvertises);
    }
    challenges(cases);
    cases.add(
        "adv.sequence",
        "sequence numbers of advertisements grow",
        "registration.1.5, RFC 3344 §2.3.2",
        |stage| {
            let visitor = Visitor::unheard(stage, 0)?;
            let first = visitor.solicit(stage)?.sequence;
            let second = visitor.solicit(stage)?.sequence;
            // Others ask too; 256 follows 65535.
            let grown = second.wrapping_sub(first);
            ensure((1..1000).contains(&grown), format!("more than {first}"), || second.to_string())
        },
    );
    for (ttl, change, what) in [
        (2_u8, (|_| {}) as fn(&mut Vec<u8>), "with TTL 2"),
        (64, |_| {}, "with TTL 64"),
        (
            1,
            |icmp| {
                if let Some(octet) = icmp.get_mut(2) {
                    *octet ^= 1;
                }
            },
            "whose checksum is wrong",
        ),
        (1, |icmp| icmp.truncate(4), "of four octets"),
    ] {
        cases
            .add(
                "adv.wrong",
                format!("a solicitation {what} is not answered"),
                "registration.1.4, RFC 1256 §3",
                move |stage| {
                    let visitor = Visitor::unheard(stage, 0)?;
                    visitor.ask_for(stage, ttl, change)?;
                    // What is for everybody is no answer.
                    let own = visitor.station.own;
                    let answer = visitor.advertisement(stage, stage.silence());
                    let is_answer = answer.is_some_and(|agent| agent.destination == own);
                    ensure(!is_answer, "no answer", || "an advertisement to the sender".to_owned())
                },
            )
            .claims("bootstrap");
    }
    cases
        .add(
            "adv.nowhere",
            "a solicitation from 0.0.0.0 is answered",
            "registration.1.1, RFC 1256 §5.2.2",
            |stage| {
                let mut visitor = Visitor::unheard(stage, 0)?;
                visitor.address = Ipv4Addr::UNSPECIFIED;
                visitor.solicit(stage).map(|_| ())
            },
        )
        .claims("bootstrap")
        .rule(Rule::FaAdvertises);
}

fn challenges(cases: &mut Cases) {
    cases
        .add(
            "adv.challenge",
            "an advertisement carries a challenge of at least 4 octets",
            "registration.1.1, RFC 4721 §2",
            |stage| {
                let visitor = Visitor::unheard(stage, 0)?;
                let length = visitor.solicit(stage)?.challenge.map(|challenge| challenge.len());
                ensure(length.is_some_and(|length| length >= 4), "4 octets or more", || {
                    format!("{length:?}")
                })
            },
        )
        .claims("challenge")
        .rule(Rule::FaAdvertises);
    cases
        .add(
            "adv.challenge",
            "each challenge is another one",
            "registration.1.8, RFC 4721 §2",
            |stage| {
                let visitor = Visitor::unheard(stage, 0)?;
                let mut seen = Vec::new();
                for _ in 0..4 {
                    seen.push(visitor.solicit(stage)?.challenge);
                }
                let again = seen.windows(2).any(|pair| pair.first() == pair.last());
                ensure(!again, "four challenges", || "the same one again".to_owned())
            },
        )
        .claims("challenge")
        .rule(Rule::FaAdvertises);
}
