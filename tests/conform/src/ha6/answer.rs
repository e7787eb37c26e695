//! What an acknowledgement of an accepted update looks like.

use dsboot_codec::mip6::{Message, Packet};
use dsboot_model::Rule;
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{acknowledgement_flag, update_flag};

use super::bu::Bu;
use super::{ACCEPTED, Ack, Cases, Ending, Node, Outcome, Stage, ensure, fail, missing};
use crate::case::{Case, Level};

/// An accepted first update, and its acknowledgement.
fn bound(stage: &mut Stage<'_>) -> Result<(Node, Bu, Ack), Ending> {
    let mut node = Node::new(stage)?;
    let update = node.update(stage);
    match node.exchange(stage, &update, ACCEPTED) {
        Ok(Some(ack)) => Ok((node, update, ack)),
        Err(Ending::Fail { expected, seen }) => missing(format!("{expected}; seen: {seen}")),
        Ok(None) => missing("an acknowledgement"),
        Err(other) => Err(other),
    }
}

/// What is said of a case's acknowledgement.
type Look = fn(&Node, &Bu, &Packet<'_>) -> Outcome;

/// The octets of the mobility header of an acknowledgement.
fn header<'p>(packet: &'p Packet<'_>) -> &'p [u8] {
    packet.header.octets()
}

pub(super) fn add(cases: &mut Cases) {
    cases
        .add(
            "ba.accept",
            "a right update is accepted",
            "home-binding.3.6, RFC 6275 §10.3.1",
            |stage| {
                let mut node = Node::new(stage)?;
                let update = node.update(stage);
                node.exchange(stage, &update, ACCEPTED).map(|_| ())
            },
        )
        .rule(Rule::HaBinds);
    cases
        .add(
            "ba.accept",
            "a right update of a binding is accepted",
            "home-binding.3.6, home-binding.3.2, RFC 6275 §10.3.1",
            |stage| {
                let mut node = Node::bound(stage)?;
                let update = node.update(stage);
                node.exchange(stage, &update, ACCEPTED).map(|_| ())
            },
        )
        .rule(Rule::HaBindsAgain);
    cases
        .add(
            "ba.accept",
            "an update is acknowledged with A clear as well",
            "home-binding.3.6, RFC 6275 §10.3.1",
            |stage| {
                let mut node = Node::new(stage)?;
                let mut update = node.update(stage);
                update.flags = update_flag::HOME_REGISTRATION;
                node.exchange(stage, &update, ACCEPTED).map(|_| ())
            },
        )
        .rule(Rule::HaBinds);
    cases.add(
        "ba.accept",
        "an update gets one acknowledgement, not two",
        "home-binding.3.6, RFC 6275 §9.5.4",
        |stage| {
            let (mut node, _, _) = bound(stage)?;
            let again = node.ack(stage, stage.silence());
            ensure(again.is_none(), "one acknowledgement", || "a second one".to_owned())
        },
    );
    looks(cases);
    signed(cases);
}

fn look<'c>(
    cases: &'c mut Cases,
    purpose: &'static str,
    clauses: &'static str,
    look: Look,
) -> &'c mut Case {
    cases.add("ba.form", purpose, clauses, move |stage| {
        let (node, update, ack) = bound(stage)?;
        look(&node, &update, &ack.packet()?)
    })
}

fn looks(cases: &mut Cases) {
    look(
        cases,
        "an acknowledgement comes from the home agent's address",
        "home-binding.3.8, RFC 6275 §9.5.4",
        |node, _, packet| {
            let from = packet.route.source;
            ensure(from == node.agent, format!("from {}", node.agent), || format!("from {from}"))
        },
    );
    look(
        cases,
        "an acknowledgement goes to the address that the update came from",
        "home-binding.3.8, RFC 6275 §9.5.4",
        |_, update, packet| {
            let to = packet.route.destination;
            ensure(to == update.source, format!("to {}", update.source), || format!("to {to}"))
        },
    );
    look(
        cases,
        "an acknowledgement has the home address in a type 2 routing header",
        "home-binding.3.8, RFC 6275 §9.5.4",
        |node, _, packet| {
            let there = packet.route.routed_to;
            ensure(
                there == Some(node.home),
                format!("a type 2 routing header with {}", node.home),
                || there.map_or_else(|| "none".to_owned(), |there| format!("one with {there}")),
            )
        },
    );
    look(
        cases,
        "an acknowledgement has no Home Address option",
        "wire.8.4, RFC 6275 §6.3",
        |_, _, packet| {
            let there = packet.route.home_address.is_some();
            ensure(!there, "no Home Address option", || "one".to_owned())
        },
    );
    look(
        cases,
        "an acknowledgement copies the sequence number",
        "home-binding.3.7, RFC 6275 §10.3.1",
        |_, update, packet| {
            let Message::BindingAcknowledgement(ack) = packet.message else { return Ok(()) };
            let seen = ack.sequence.0;
            ensure(seen == update.sequence, update.sequence.to_string(), || seen.to_string())
        },
    );
    look(
        cases,
        "Payload Proto is 59, and nothing stands behind the header",
        "wire.8.3, RFC 6275 §6.1.1",
        |_, _, packet| {
            let proto = header(packet).first().copied().unwrap_or_default();
            let expected = next_header::NO_NEXT_HEADER;
            ensure(proto == expected, expected.to_string(), || proto.to_string())
        },
    );
    look(
        cases,
        "the reserved octet behind the MH Type is sent as zero",
        "wire.8.11, RFC 6275 §6.1.1",
        |_, _, packet| {
            let octet = header(packet).get(3).copied().unwrap_or_default();
            ensure(octet == 0, "0", || octet.to_string())
        },
    );
    look(
        cases,
        "flags that are reserved in RFC 6275 are sent as zero",
        "wire.8.11, RFC 6275 §6.1.8",
        |_, _, packet| {
            let Message::BindingAcknowledgement(ack) = packet.message else { return Ok(()) };
            let flags = ack.flags.0 & !acknowledgement_flag::KEY_MANAGEMENT;
            ensure(flags == 0, "no flag but K", || format!("{flags:#04x}"))
        },
    );
    look(
        cases,
        "K is clear where the update had it clear",
        "wire.8.9, RFC 6275 §10.3.1",
        |_, _, packet| {
            let Message::BindingAcknowledgement(ack) = packet.message else { return Ok(()) };
            let set = ack.flags.0 & acknowledgement_flag::KEY_MANAGEMENT != 0;
            ensure(!set, "K clear", || "K set".to_owned())
        },
    );
    look(
        cases,
        "a Binding Refresh Advice, if there is one, is shorter than the lifetime",
        "wire.9.5, RFC 6275 §10.3.1",
        |_, _, packet| {
            let Message::BindingAcknowledgement(ack) = packet.message else { return Ok(()) };
            match ack.options.binding_refresh_advice().once() {
                Some(advice) if advice >= ack.lifetime => fail(
                    format!("less than {} s", ack.lifetime.seconds()),
                    format!("{} s", advice.seconds()),
                ),
                _ => Ok(()),
            }
        },
    );
    look(
        cases,
        "an acknowledgement carries neither nonce indices nor an alternate care-of address",
        "wire.9.6, RFC 6275 §6.2",
        |_, _, packet| {
            use dsboot_codec::mip6::MobilityOption as Opt;
            let odd = packet.message.options().iter().find(|one| {
                matches!(one.value, Opt::NonceIndices(_) | Opt::AlternateCareOfAddress(_))
            });
            let seen = || odd.map_or(String::new(), |one| format!("type {}", one.value.kind()));
            ensure(odd.is_none(), "options that may stand in a BA", seen)
        },
    );
}

/// What only an authenticated acknowledgement has.
fn signed(cases: &mut Cases) {
    let mut look = |purpose: &'static str, clauses: &'static str, look: Look| -> () {
        let case = cases.add("ba.proof", purpose, clauses, move |stage| {
            let (node, update, ack) = bound(stage)?;
            if node.association.is_none() {
                return Err(Ending::Skip("updates are not authenticated by RFC 4285".to_owned()));
            }
            look(&node, &update, &ack.packet()?)
        });
        case.level(Level::Must);
    };
    look(
        "an acknowledgement has the MN-HA authenticator of the key",
        "home-binding.3.7, RFC 4285 §5.1",
        |node, _, packet| {
            let key = node.association.as_ref().map(|(_, key)| key.clone()).unwrap_or_default();
            let there = packet.message.options().mn_ha().is_some();
            let seen = if there { "another" } else { "none" };
            ensure(packet.verify_mn_ha(&key), "the authenticator", || seen.to_owned())
        },
    );
    look(
        "the authenticator is under the SPI of the association",
        "home-binding.3.7, keys.3.5, RFC 4285 §5.1",
        |node, _, packet| {
            let spi = packet.message.options().mn_ha().map(|option| option.value.spi);
            let wanted = node.association.as_ref().map(|(spi, _)| *spi);
            ensure(spi == wanted, format!("{wanted:?}"), || format!("{spi:?}"))
        },
    );
    look("the authentication option is the last one", "wire.9.16, RFC 4285 §5", |_, _, packet| {
        use dsboot_codec::mip6::MobilityOption as Opt;
        let last = packet.message.options().iter().last();
        ensure(
            last.is_some_and(|one| matches!(one.value, Opt::Authentication(_))),
            "the authentication option as the last one",
            || last.map_or("no option".to_owned(), |one| format!("type {}", one.value.kind())),
        )
    });
    look(
        "there is one MN-HA option and no MN-AAA option",
        "wire.9.15, RFC 4285 §5.2",
        |_, _, packet| {
            let count = packet.message.options().authentications().count();
            ensure(count == 1, "one authentication option", || count.to_string())
        },
    );
    look(
        "the Mesg-ID of the update is repeated",
        "home-binding.3.7, RFC 4285 §6",
        |_, update, packet| {
            let id = packet.message.options().message_id().once().map(|id| id.0.to_be_bytes());
            let sent = update.parts.iter().find_map(|part| match part {
                super::bu::Part::Plain(10, data, _) => <[u8; 8]>::try_from(&data[..]).ok(),
                _ => None,
            });
            if sent.is_none() {
                return Err(Ending::Skip("not claimed: replay".to_owned()));
            }
            ensure(id == sent, format!("{sent:02x?}"), || format!("{id:02x?}"))
        },
    );
}
