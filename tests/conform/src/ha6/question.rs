//! Leg C: what the home agent asks its AAA server, and what it makes of the answer.

use std::time::Duration;

use dsboot_codec::mip6::Packet as Mobility;
use dsboot_codec::radius::Packet;
use dsboot_model::Rule;
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::code as radius_code;

use super::bu::Bu;
use super::peer::{accept, answer, secret};
use super::{
    ACCEPTED, Cases, Ending, Node, Outcome, SILENCE, Stage, ensure, fail, missing, still_served,
};
use crate::stage::Came;

/// An update, and the question about it.
fn question(stage: &mut Stage<'_>) -> Result<(Node, Bu, Came), Ending> {
    let mut node = Node::new(stage)?;
    let update = node.update(stage);
    node.send(stage, &update.packet())?;
    match node.asked(stage, stage.patience()) {
        Some(ask) => Ok((node, update, ask)),
        None => fail("an Access-Request about this update", "none"),
    }
}

type Look = fn(&Packet<'_>, &Node, &Bu, &Stage<'_>) -> Outcome;

#[expect(clippy::needless_pass_by_value, reason = "callers make what they hand over")]
fn same<T: PartialEq + core::fmt::Debug>(expected: T, seen: T) -> Outcome {
    let wanted = format!("{expected:02x?}");
    ensure(expected == seen, wanted, || format!("{seen:02x?}"))
}

pub(super) fn add(cases: &mut Cases) {
    let looks: [(&str, &str, Look); 12] = [
        ("it names the mobile node", "home-binding.2.3, wire.4.3", |packet, node, _, _| {
            same(node.nai.clone(), packet.user_name().once().map(<[u8]>::to_vec))
        }),
        ("it tells the IPv6 home address", "home-binding.2.3", |packet, node, _, stage| {
            let told = packet.vendor(stage.profile.vendor).parameters().ipv6_hoa.once();
            same(Some(node.home), told.map(|told| told.address()))
        }),
        ("it tells the care-of address", "home-binding.2.3", |packet, _, update, stage| {
            let told = packet.vendor(stage.profile.vendor).parameters().ipv6_coa.once();
            same(Some(update.care_of()), told.map(|told| told.address()))
        }),
        ("it tells the SPI of the MN-AAA option", "home-binding.2.3", |packet, _, _, stage| {
            same(
                Some(super::bu::AAA_SPI),
                packet.vendor(stage.profile.vendor).mip6_mn_aaa_spi().once(),
            )
        }),
        ("it hands the authenticator on", "home-binding.2.3", |packet, _, update, stage| {
            let octets = update.packet();
            let sent = Mobility::decode(&octets)
                .ok()
                .and_then(|own| own.mn_aaa().map(|aaa| aaa.authenticator.to_vec()));
            let told = packet.vendor(stage.profile.vendor).mip6_authenticator().once();
            same(sent, told.map(|told| told.to_vec()))
        }),
        (
            "it tells the digest that the authenticator was made over",
            "home-binding.2.3, wire.9.20",
            |packet, _, update, stage| {
                let octets = update.packet();
                let sent = Mobility::decode(&octets)
                    .ok()
                    .and_then(|own| own.mn_aaa().map(|aaa| aaa.digest));
                same(
                    sent,
                    packet.vendor(stage.profile.vendor).mip6_mac_mobility_data().once().copied(),
                )
            },
        ),
        ("it tells the Mesg-ID", "home-binding.2.3", |packet, _, update, stage| {
            let octets = update.packet();
            let sent = Mobility::decode(&octets)
                .ok()
                .and_then(|own| own.message.options().message_id().once());
            same(sent.map(|id| id.0), packet.vendor(stage.profile.vendor).mip6_timestamp().once())
        }),
        (
            "it carries a right Message-Authenticator",
            "access.6.5, RFC 3579 §3.2",
            |packet, _, _, stage| {
                packet
                    .verify_request(&secret(stage))
                    .or_else(|error| fail("a right one", error.to_string()))
            },
        ),
        ("it says that a home agent asks", "access.6.7", |packet, _, _, stage| {
            same(Some(client_role::HA), packet.vendor(stage.profile.vendor).client_role().once())
        }),
        ("it carries no EAP and no password", "home-binding.2.3", |packet, _, _, _| {
            let has = packet.attributes().any(|one| [2, 3, 79].contains(&one.value.kind()));
            ensure(!has, "neither", || "attribute 2, 3 or 79".to_owned())
        }),
        ("it names the home agent", "access.6.7, RFC 2865 §4.1", |packet, _, _, _| {
            let kinds = [4_u8, 32, 95];
            let has = packet.attributes().any(|one| kinds.contains(&one.value.kind()));
            ensure(has, "NAS-Identifier or an address", || "neither".to_owned())
        }),
        ("it is an Access-Request", "home-binding.2.2, RFC 2865 §4.1", |packet, _, _, _| {
            same(radius_code::ACCESS_REQUEST, packet.code())
        }),
    ];
    for (what, clauses, look) in looks {
        cases
            .add(
                "ask.form",
                format!("in the question about an update, {what}"),
                clauses,
                move |stage| {
                    let (node, update, ask) = question(stage)?;
                    match Packet::decode(&ask.octets) {
                        Ok(packet) => look(&packet, &node, &update, stage),
                        Err(error) => fail("a RADIUS packet", error.to_string()),
                    }
                },
            )
            .claims("bootstrap")
            .rule(Rule::HaAsks);
    }
    conduct(cases);
    answers(cases);
}

/// When it asks.
fn conduct(cases: &mut Cases) {
    cases
        .add(
            "ask.conduct",
            "no acknowledgement is sent before the AAA server has answered",
            "home-binding.2.1",
            |stage| {
                let (mut node, _, ask) = question(stage)?;
                node.judge(stage, SILENCE)?;
                let grant = node.grant(stage, &ask);
                node.accept(stage, &ask, &grant)?;
                node.judge(stage, ACCEPTED).map(|_| ())
            },
        )
        .claims("bootstrap")
        .rule(Rule::HaAsks);
    cases
        .add(
            "ask.conduct",
            "there is one question at a time about a mobile node",
            "home-binding.2.9",
            |stage| {
                let (mut node, _, first) = question(stage)?;
                let update = node.update(stage);
                node.send(stage, &update.packet())?;
                let second = node.asked(stage, stage.silence());
                let is_other = second.is_some_and(|second| {
                    Packet::decode(&second.octets).ok().map(|p| p.authenticator().to_owned())
                        != Packet::decode(&first.octets).ok().map(|p| p.authenticator().to_owned())
                });
                ensure(!is_other, "no second question", || "another Access-Request".to_owned())
            },
        )
        .claims("bootstrap")
        .rule(Rule::HaDropsParallel);
    cases
        .add(
            "ask.conduct",
            "an unanswered question is repeated with the same Identifier and octets",
            "access.6.2, RFC 5080 §2.2.1",
            |stage| {
                let (node, _, first) = question(stage)?;
                let Some(second) = node.asked(stage, Duration::from_millis(4500)) else {
                    return missing("a repetition within 4.5 s");
                };
                ensure(second.octets == first.octets, "the same octets", || "others".to_owned())
            },
        )
        .claims("bootstrap");
}

/// What an answer has to be.
fn answers(cases: &mut Cases) {
    cases
        .add(
            "ask.answer",
            "an Accept under another secret is no answer",
            "access.6.3, RFC 2865 §3",
            |stage| {
                let (mut node, _, ask) = question(stage)?;
                let grant = node.grant(stage, &ask);
                let octets = accept(stage, &ask, &grant, b"another secret")?;
                answer(stage, &ask, &octets)?;
                node.judge(stage, SILENCE)?;
                node.accept(stage, &ask, &grant)?;
                node.judge(stage, ACCEPTED).map(|_| ())
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "ask.answer",
            "an Accept with another Identifier is no answer",
            "access.6.3, RFC 2865 §3",
            |stage| {
                let (mut node, _, ask) = question(stage)?;
                let grant = node.grant(stage, &ask);
                let mut octets = accept(stage, &ask, &grant, &secret(stage))?;
                if let Some(octet) = octets.get_mut(1) {
                    *octet = octet.wrapping_add(1);
                }
                answer(stage, &ask, &octets)?;
                node.judge(stage, SILENCE)?;
                node.accept(stage, &ask, &grant)?;
                node.judge(stage, ACCEPTED).map(|_| ())
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "ask.answer",
            "an Accept without key makes no binding",
            "home-binding.2.8, keys.4.3",
            |stage| {
                let (mut node, _, ask) = question(stage)?;
                let mut grant = node.grant(stage, &ask);
                grant.key = None;
                node.accept(stage, &ask, &grant)?;
                node.judge(stage, SILENCE)?;
                still_served(stage, &mut node)
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "ask.answer",
            "a key of another length than 16 octets makes no binding",
            "keys.3.4",
            |stage| {
                let (mut node, _, ask) = question(stage)?;
                let mut grant = node.grant(stage, &ask);
                grant.key = Some(vec![7; 8]);
                node.accept(stage, &ask, &grant)?;
                node.judge(stage, SILENCE)?;
                still_served(stage, &mut node)
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "ask.answer",
            "an answer to a question answered before changes nothing",
            "access.6.3, RFC 2865 §3",
            |stage| {
                let (mut node, _, ask) = question(stage)?;
                let grant = node.grant(stage, &ask);
                node.accept(stage, &ask, &grant)?;
                node.judge(stage, ACCEPTED)?;
                node.accept(stage, &ask, &grant)?;
                node.judge(stage, SILENCE).map(|_| ())
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "ask.answer",
            "each acknowledgement is under the key of its own exchange",
            "home-binding.3.7, keys.3.1",
            |stage| {
                let mut node = Node::bound(stage)?;
                let update = node.update(stage);
                let Some(ack) = node.exchange(stage, &update, ACCEPTED)? else { return Ok(()) };
                let key = node.association.clone().map(|(_, key)| key).unwrap_or_default();
                ensure(ack.packet()?.verify_mn_ha(&key), "the new key", || "another".to_owned())
            },
        )
        .claims("bootstrap")
        .rule(Rule::HaBindsAgain);
}
