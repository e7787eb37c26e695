//! Who may update a binding: identifiers and authenticators.

use dsboot_model::Rule;
use dsboot_spec::registry::mip6::{FIRST_SPI, option};
use dsboot_spec::registry::radius::code as radius_code;

use super::bu::{Bu, Part};
use super::{
    ACCEPTED, Allowed, Cases, Ending, Node, Outcome, REFUSED, SILENCE, Stage, ensure_bound, fail,
    missing, status_or_silence, still_served,
};

/// An update that nobody is to be asked about: it is dropped.
fn unasked(stage: &mut Stage<'_>, change: impl Fn(&mut Bu, &Node)) -> Outcome {
    let mut node = Node::new(stage)?;
    let mut update = node.update(stage);
    change(&mut update, &node);
    node.send(stage, &update.packet())?;
    if node.asked(stage, stage.silence()).is_some() {
        return fail("no Access-Request about this update", "an Access-Request");
    }
    node.judge(stage, SILENCE)?;
    still_served(stage, &mut node)
}

/// An update about which the AAAH says no; with a binding or without.
fn rejected(stage: &mut Stage<'_>, bound: bool, change: impl Fn(&mut Bu)) -> Outcome {
    let mut node = Node::new(stage)?;
    if bound {
        node.establish(stage)?;
    }
    let mut update = node.update(stage);
    node.sequence = node.sequence.wrapping_sub(1);
    change(&mut update);
    node.send(stage, &update.packet())?;
    let Some(ask) = node.asked(stage, stage.patience()) else {
        return fail("an Access-Request about this update", "none");
    };
    node.bare(stage, &ask, radius_code::ACCESS_REJECT)?;
    // By 146 where there is a key to say so with.
    let allowed = if bound { status_or_silence(&[146]) } else { SILENCE };
    if let Some(ack) = node.judge(stage, allowed)? {
        let key = node.association.clone().map(|(_, key)| key).unwrap_or_default();
        if !ack.packet()?.verify_mn_ha(&key) {
            return fail("an authenticator under the key of the binding", "another");
        }
    }
    if bound { ensure_bound(stage, &mut node, true) } else { still_served(stage, &mut node) }
}

pub(super) fn add(cases: &mut Cases) {
    cases
        .add(
            "bu.proof.none",
            "an update without authentication option is dropped, and nobody is asked",
            "home-binding.2.11, RFC 4285 §5",
            |stage| unasked(stage, |update, _| update.remove(option::AUTHENTICATION)),
        )
        .claims("bootstrap");
    cases
        .add(
            "bu.proof.none",
            "an update without identifier is dropped, and nobody is asked",
            "home-binding.2.11, RFC 4285 §5",
            |stage| unasked(stage, |update, _| update.remove(option::MOBILE_NODE_IDENTIFIER)),
        )
        .claims("bootstrap");
    cases
        .add(
            "bu.proof.none",
            "an update without Mesg-ID is answered by 145 or dropped",
            "home-binding.2.12, RFC 4285 §6",
            |stage| {
                let mut node = Node::new(stage)?;
                let mut update = node.update(stage);
                update.remove(option::MESSAGE_ID);
                node.exchange(stage, &update, status_or_silence(&[145]))?;
                still_served(stage, &mut node)
            },
        )
        .claims("bootstrap");
    for (subtype, what) in [(2_u8, "an IPv6 address"), (0, "0"), (255, "255")] {
        cases
            .add(
                "bu.proof.identifier",
                format!("an identifier of subtype {subtype} ({what}) is no NAI"),
                "wire.9.9, home-binding.2.11, RFC 4283 §3",
                move |stage| {
                    unasked(stage, |update, node| {
                        let nai = node.nai.clone().unwrap_or_default();
                        let data = [&[subtype][..], &nai].concat();
                        update.replace(
                            option::MOBILE_NODE_IDENTIFIER,
                            Part::plain(option::MOBILE_NODE_IDENTIFIER, &data),
                        );
                    })
                },
            )
            .claims("bootstrap");
    }
    for (length, what) in [(0_usize, "no octets"), (12, "12 octets"), (19, "19 octets")] {
        cases
            .add(
                "bu.proof.short",
                format!("MN-AAA data of {what} proves nothing"),
                "home-binding.2.11, wire.9.20, RFC 4285 §5.2",
                move |stage| {
                    unasked(stage, |update, _| {
                        update.remove(option::AUTHENTICATION);
                        let data = [&[2, 0, 0, 0, 3][..], &vec![7; length]].concat();
                        update.parts.push(Part::Plain(option::AUTHENTICATION, data, (4, 1)));
                    })
                },
            )
            .claims("bootstrap");
    }
    rejections(cases);
    mn_ha(cases);
}

/// What only the AAAH can know.
fn rejections(cases: &mut Cases) {
    for (at, what) in [(0_usize, "first"), (11, "12th"), (19, "last")] {
        cases
            .add("bu.proof.wrong", format!("an update whose authenticator is wrong in its {what} octet is dropped when the AAA server rejects it"), "home-binding.2.10, RFC 4285 §5.3", move |stage| {
                rejected(stage, false, |update| flip(update, at))
            })
            .claims("bootstrap")
            .rule(Rule::HaStaysSilent);
    }
    cases
        .add(
            "bu.proof.wrong",
            "a rejected update leaves the binding as it was, and is answered by 146 at the most",
            "home-binding.2.10, RFC 4285 §5.3",
            |stage| rejected(stage, true, |update| flip(update, 3)),
        )
        .claims("bootstrap")
        .rule(Rule::HaRefuses);
    cases
        .add(
            "bu.proof.wrong",
            "a rejected deregistration leaves the binding as it was",
            "home-binding.2.10, RFC 4285 §5.3",
            |stage| rejected(stage, true, |update| update.lifetime = 0),
        )
        .claims("bootstrap")
        .rule(Rule::HaRefuses);
    cases
        .add(
            "bu.proof.wrong",
            "an update from another mobile node for a bound home address is refused",
            "home-binding.3.4, RFC 6275 §10.3.1",
            |stage| {
                let mut owner = Node::new(stage)?;
                owner.establish(stage)?;
                let number = stage.number;
                let mut thief = Node::with(stage, number, 1)?;
                thief.home = owner.home;
                let update = thief.update(stage);
                thief.exchange(stage, &update, REFUSED)?;
                ensure_bound(stage, &mut owner, true)
            },
        )
        .claims("bootstrap")
        .rule(Rule::HaRefusesHeldHome);
}

/// Changes an octet of the authenticator.
fn flip(update: &mut Bu, at: usize) {
    for part in &mut update.parts {
        if let Part::Aaa { flip, .. } | Part::Ha { flip, .. } = part {
            *flip = Some(at);
        }
    }
}

/// The MN-HA option.
fn mn_ha(cases: &mut Cases) {
    // Of a home agent that asks nobody, it is the proof.
    for (at, what) in [(0_usize, "first"), (11, "last")] {
        cases.add("bu.proof.mn-ha", format!("an MN-HA authenticator that is wrong in its {what} octet is refused by 146 at the most"), "home-binding.2.14, RFC 4285 §5.1.1", move |stage| {
            with_mn_ha(stage, |part| {
                if let Part::Ha { flip, .. } = part {
                    *flip = Some(at);
                }
            }, status_or_silence(&[146]))
        });
    }
    cases.add(
        "bu.proof.mn-ha",
        "an MN-HA authenticator under another key is refused by 146 at the most",
        "home-binding.2.14, RFC 4285 §5.1.1",
        |stage| {
            with_mn_ha(
                stage,
                |part| {
                    if let Part::Ha { key, .. } = part {
                        *key = b"another key 1234".to_vec();
                    }
                },
                status_or_silence(&[146]),
            )
        },
    );
    cases.add(
        "bu.proof.mn-ha",
        "an update with a right MN-HA option is accepted",
        "home-binding.2.14, RFC 4285 §5.1",
        |stage| with_mn_ha(stage, |_| {}, ACCEPTED),
    );
    cases.add(
        "bu.proof.mn-ha",
        "an MN-HA option under an SPI that nobody has is not taken for a proof",
        "home-binding.2.14, RFC 4285 §5.1",
        |stage| {
            if stage.profile.claims("bootstrap") {
                return Err(Ending::Skip("it is not the proof here".to_owned()));
            }
            with_mn_ha(
                stage,
                |part| {
                    if let Part::Ha { spi, .. } = part {
                        *spi = (*spi ^ 0x0100_0000).max(FIRST_SPI);
                    }
                },
                status_or_silence(&[146]),
            )
        },
    );
    cases.add(
        "bu.proof.mn-ha",
        "where associations are configured, an update without authentication is not accepted",
        "home-binding.2.11, RFC 4285 §5",
        |stage| {
            if stage.profile.claims("bootstrap")
                || stage.profile.mobiles6.iter().all(|one| one.association.is_none())
            {
                return Err(Ending::Skip("no associations are configured".to_owned()));
            }
            let mut node = Node::bound(stage)?;
            let mut update = node.update(stage);
            update.remove(option::AUTHENTICATION);
            node.exchange(stage, &update, REFUSED)?;
            still_served(stage, &mut node)
        },
    );
}

/// An update of a binding with an MN-HA option, changed; beside the MN-AAA option where there is one.
fn with_mn_ha(stage: &mut Stage<'_>, change: impl Fn(&mut Part), allowed: Allowed) -> Outcome {
    let mut node = Node::bound(stage)?;
    let Some((spi, key)) = node.association.clone() else {
        return Err(Ending::Skip("updates are not authenticated by RFC 4285".to_owned()));
    };
    let mut update = node.update(stage);
    let mut part = Part::Ha { key, spi, flip: None };
    change(&mut part);
    update.remove(option::AUTHENTICATION);
    update.parts.push(part);
    if node.desk.is_some() {
        let key = node.aaa_key.clone();
        update.parts.push(Part::Aaa { key, spi: super::bu::AAA_SPI, flip: None });
    }
    if allowed == ACCEPTED {
        return match node.exchange(stage, &update, allowed)? {
            Some(_) => Ok(()),
            None => missing("an acknowledgement"),
        };
    }
    node.sequence = node.sequence.wrapping_sub(1);
    node.send(stage, &update.packet())?;
    if node.asked(stage, stage.silence()).is_some() {
        return fail("the update is refused without a question", "an Access-Request");
    }
    node.judge(stage, allowed)?;
    ensure_bound(stage, &mut node, true)
}
