//! Mobility headers that are to be discarded, and messages that nobody knows.

use std::net::Ipv6Addr;
use std::time::Duration;

use dsboot_codec::ip::v6;
use dsboot_codec::mip6::{Message, Packet};
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{error_status, message};

use super::bu::Bu;
use super::{Cases, Ending, Node, Outcome, REFUSED, SILENCE, Stage, ensure, fail, still_served};
use crate::case::Level;

/// An update of a binding, changed, that is to be discarded; then a right one.
fn discarded(stage: &mut Stage<'_>, change: impl Fn(&mut Bu)) -> Outcome {
    let mut node = Node::bound(stage)?;
    let mut update = node.update(stage);
    change(&mut update);
    node.send(stage, &update.packet())?;
    if node.asked(stage, stage.silence()).is_some() {
        return fail("the update is discarded", "an Access-Request about it");
    }
    node.judge(stage, SILENCE)?;
    still_served(stage, &mut node)
}

/// Sends a message, and looks at what comes for it that is no acknowledgement.
fn answered(
    stage: &mut Stage<'_>,
    change: impl Fn(&mut Bu),
    patience: Duration,
) -> Result<(Node, Option<Vec<u8>>), Ending> {
    let mut node = Node::new(stage)?;
    let mut update = node.update(stage);
    change(&mut update);
    node.send(stage, &update.packet())?;
    let came = node.other(stage, patience);
    Ok((node, came))
}

pub(super) fn add(cases: &mut Cases) {
    for (bits, what) in
        [(0x0001_u16, "by one bit"), (0xffff, "in every bit"), (0x8000, "in its first bit")]
    {
        cases.add(
            "mh.checksum",
            format!("an update whose checksum is wrong {what} is discarded"),
            "wire.8.2, RFC 6275 §9.2",
            move |stage| discarded(stage, |update| update.checksum = bits),
        );
    }
    for proto in [0_u8, 6, 17, 41, 58, 60, 135, 255] {
        cases.add(
            "mh.proto",
            format!("an update with Payload Proto {proto} is discarded"),
            "wire.8.3, RFC 6275 §9.2",
            move |stage| discarded(stage, |update| update.payload_proto = proto),
        );
    }
    for longer in [-1_i8, -2, 1, 2, 20, 127] {
        cases.add(
            "mh.length",
            format!("an update whose Header Len is {longer:+} off is not accepted"),
            "wire.8.1, RFC 6275 §9.2",
            move |stage| {
                let mut node = Node::bound(stage)?;
                let mut update = node.update(stage);
                update.longer = longer;
                if node.desk.is_none() && node.association.is_none() && longer < 0 {
                    // Options that are cut off are nobody's loss.
                    node.exchange(stage, &update, super::ANYTHING)?;
                } else {
                    node.exchange(stage, &update, REFUSED)?;
                }
                still_served(stage, &mut node)
            },
        );
    }
    cases.add(
        "mh.length",
        "an update of one unit, too short for its fixed part, is discarded",
        "wire.8.5, RFC 6275 §9.2",
        |stage| {
            discarded(stage, |update| {
                update.parts.clear();
                update.body = Some(vec![0, 1]);
            })
        },
    );
    for proto in [6_u8, 41] {
        cases
            .add(
                "mh.icmp",
                format!("Payload Proto {proto} gets an ICMP Parameter Problem that points to it"),
                "wire.8.3, RFC 6275 §9.2",
                move |stage| {
                    let (_, came) =
                        answered(stage, |update| update.payload_proto = proto, stage.silence())?;
                    parameter_problem(came)
                },
            )
            .level(Level::Should)
            .claims("icmp");
    }
    types(cases);
    noise(cases);
}

fn parameter_problem(came: Option<Vec<u8>>) -> Outcome {
    let Some(packet) = came else { return fail("ICMP Parameter Problem, code 0", "nothing") };
    let whole = v6::Packet::decode(&packet).ok();
    let upper = whole.as_ref().and_then(|whole| whole.upper_layer().ok());
    let seen = upper.map(|upper| (upper.protocol, upper.octets.get(..2).unwrap_or_default()));
    ensure(
        seen == Some((next_header::ICMPV6, &[4, 0][..])),
        "ICMP Parameter Problem, code 0",
        || format!("{seen:?}"),
    )
}

/// Types of mobility headers.
fn types(cases: &mut Cases) {
    for kind in [19_u8, 20, 64, 100, 127, 128, 200, 255] {
        cases
            .add(
                "mh.type",
                format!("MH Type {kind}, which nobody knows, gets a Binding Error of status 2"),
                "home-binding.2.13, wire.8.10, RFC 6275 §9.2",
                move |stage| {
                    let (mut node, came) = answered(
                        stage,
                        |update| {
                            update.kind = kind;
                            update.home_option = None;
                            update.parts.clear();
                        },
                        stage.patience(),
                    )?;
                    binding_error(
                        &node,
                        came,
                        error_status::UNKNOWN_MH_TYPE,
                        Ipv6Addr::UNSPECIFIED,
                    )?;
                    still_served(stage, &mut node)
                },
            )
            .claims("binding-error");
    }
    cases
        .add(
            "mh.type",
            "an unknown message whose checksum is wrong gets no Binding Error",
            "wire.8.2, RFC 6275 §9.2",
            |stage| {
                let (_, came) = answered(
                    stage,
                    |update| {
                        update.kind = 100;
                        update.checksum = 0x0001;
                        update.parts.clear();
                    },
                    stage.silence(),
                )?;
                ensure(came.is_none(), "nothing", || "a packet".to_owned())
            },
        )
        .claims("binding-error");
    cases
        .add(
            "mh.type",
            "a Binding Error about an unknown message with a Home Address option names that address",
            "home-binding.2.13, RFC 6275 §9.2, RFC 6275 §9.3.3",
            |stage| {
                let (node, came) = answered(
                    stage,
                    |update| {
                        update.kind = 100;
                        update.parts.clear();
                    },
                    stage.patience(),
                )?;
                binding_error(&node, came, error_status::UNKNOWN_MH_TYPE, node.home)
            },
        )
        .claims("binding-error");
    for (kind, body, what) in [
        (message::BINDING_REFRESH_REQUEST, vec![0_u8; 2], "a refresh request"),
        (message::HOME_TEST, vec![0; 18], "a home test"),
        (message::CARE_OF_TEST, vec![0; 18], "a care-of test"),
        (message::BINDING_ACKNOWLEDGEMENT, vec![0, 0, 0, 1, 0, 9], "an acknowledgement"),
        (
            message::BINDING_ACKNOWLEDGEMENT,
            vec![135, 0, 0x7f, 1, 0, 9],
            "an acknowledgement of 135",
        ),
        (message::BINDING_ERROR, vec![2; 18], "a Binding Error of status 2"),
        (message::BINDING_ERROR, vec![1; 18], "a Binding Error of status 1"),
    ] {
        cases.add(
            "mh.unexpected",
            format!("{what}, which is not for a home agent, changes nothing"),
            "wire.8.6, RFC 6275 §9.2",
            move |stage| {
                discarded(stage, |update| {
                    update.kind = kind;
                    update.parts.clear();
                    update.body = Some(body.clone());
                    update.home_option = None;
                })
            },
        );
    }
}

fn binding_error(node: &Node, came: Option<Vec<u8>>, status: u8, home: Ipv6Addr) -> Outcome {
    let expected = format!("a Binding Error of status {status} about {home}, to {}", node.care_of);
    let Some(packet) = came else { return fail(expected, "nothing") };
    match Packet::decode(&packet).map(|packet| (packet.message, packet.route.source)) {
        Ok((Message::BindingError(error), source)) => ensure(
            error.status == status && error.home_address == home && source == node.agent,
            expected,
            || format!("status {} about {}, from {source}", error.status, error.home_address),
        ),
        Ok((other, _)) => fail(expected, format!("MH Type {}", other.kind())),
        Err(error) => fail(expected, error.to_string()),
    }
}

/// What is no sensible message at all.
fn noise(cases: &mut Cases) {
    for lot in 1..=6 {
        cases.add(
            "noise.random",
            format!("forty random mobility headers (lot {lot}) harm nothing"),
            "wire.8.1",
            |stage| {
                let mut node = Node::bound(stage)?;
                for _ in 0..40 {
                    let octets: [u8; 128] = stage.random();
                    let units = usize::from(octets.first().copied().unwrap_or(9)) % 15;
                    let mut header = octets.get(..8 + 8 * units).unwrap_or_default().to_vec();
                    if let [proto, length, ..] = header.as_mut_slice() {
                        *proto = 59;
                        *length = u8::try_from(units).unwrap_or_default();
                    }
                    let update = Bu::new(node.home, node.care_of, node.agent);
                    node.send(stage, &update.packet_with(header))?;
                }
                settled(stage, &mut node)
            },
        );
    }
    for lot in 1..=8 {
        cases.add(
            "noise.changed",
            format!("forty updates with random octets changed (lot {lot}) harm nothing"),
            "wire.8.1, home-binding.2.5",
            |stage| {
                let mut node = Node::new(stage)?;
                if node.desk.is_none() && node.association.is_none() {
                    return Err(Ending::Skip("updates are not authenticated here".to_owned()));
                }
                node.establish(stage)?;
                for _ in 0..40 {
                    let update = node.update(stage);
                    let mut packet = update.packet();
                    for _ in 0..3 {
                        let [at, value]: [u8; 2] = stage.random();
                        // Addresses stay, so that it arrives.
                        let place = 40 + usize::from(at) % (packet.len() - 40);
                        if let Some(octet) = packet.get_mut(place) {
                            *octet = value;
                        }
                    }
                    node.send(stage, &packet)?;
                }
                settled(stage, &mut node)
            },
        );
    }
}

/// Whatever was asked meanwhile is rejected, and a right update accepted.
fn settled(stage: &mut Stage<'_>, node: &mut Node) -> Outcome {
    while let Some(ask) = node.asked(stage, stage.silence()) {
        node.bare(stage, &ask, dsboot_spec::registry::radius::code::ACCESS_REJECT)?;
    }
    while node.ack(stage, stage.silence()).is_some() {}
    still_served(stage, node)
}
