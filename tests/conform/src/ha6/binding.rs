//! What a binding is good for, how it moves and how it ends.

use dsboot_codec::ip::tunnel::ipv6_in_ipv6;
use dsboot_codec::ip::v6;
use dsboot_codec::mip6::{BindingAcknowledgement, Message};
use dsboot_model::Rule;
use dsboot_spec::registry::ip::next_header;
use dsboot_spec::registry::mip6::{acknowledgement_flag, option, update_flag};

use super::bu::{Bu, Part, ipv6};
use super::{
    ACCEPTED, Cases, Node, Outcome, Stage, ensure, ensure_bound, fail, missing, status_or_silence,
};

pub(super) fn add(cases: &mut Cases) {
    cases
        .add(
            "bind.move",
            "an update from another care-of address is accepted, and acknowledged there",
            "movement.1.9, RFC 6275 §10.3.1",
            |stage| {
                let mut node = Node::bound(stage)?;
                let there = node.other_care_of;
                let update = node.update_from(stage, there);
                let Some(ack) = node.exchange(stage, &update, ACCEPTED)? else { return Ok(()) };
                let to = ack.packet()?.route.destination;
                ensure(to == there, format!("to {there}"), || format!("to {to}"))
            },
        )
        .rule(Rule::HaBindsAgain);
    cases
        .add(
            "bind.release",
            "an update with lifetime 0 is accepted with lifetime 0",
            "home-binding.3.12, RFC 6275 §10.3.2",
            |stage| {
                let mut node = Node::bound(stage)?;
                let release = node.release(stage);
                let Some(ack) = node.exchange(stage, &release, ACCEPTED)? else { return Ok(()) };
                ensure(ack.status == 0 && ack.lifetime == 0, "status 0 and lifetime 0", || {
                    format!("status {} and lifetime {}", ack.status, ack.lifetime)
                })
            },
        )
        .rule(Rule::HaReleases);
    cases
        .add(
            "bind.release",
            "after an update with lifetime 0 there is no binding",
            "home-binding.3.12, RFC 6275 §10.3.2",
            |stage| {
                let mut node = Node::bound(stage)?;
                let release = node.release(stage);
                node.exchange(stage, &release, ACCEPTED)?;
                ensure_bound(stage, &mut node, false)
            },
        )
        .rule(Rule::HaReleases);
    cases
        .add(
            "bind.release",
            "an update whose care-of address is the home address ends the binding",
            "home-binding.3.12, RFC 6275 §9.5.1",
            |stage| {
                let mut node = Node::bound(stage)?;
                let mut update = node.update(stage);
                update.replace(option::ALTERNATE_CARE_OF_ADDRESS, Part::alternate(node.home));
                // The acknowledgement goes to the source, not to the home address; but an AAA server
                // that knows better may refuse in silence.
                node.exchange(stage, &update, status_or_silence(&[0, 1]))?;
                ensure_bound(stage, &mut node, false)
            },
        )
        .rule(Rule::HaReleases);
    cases
        .add(
            "bind.release",
            "the end of a binding that is not there is refused by 133; one that an AAA server grants \
             may be accepted",
            "home-binding.3.12, RFC 6275 §10.3.2",
            |stage| {
                let mut node = Node::new(stage)?;
                let release = node.release(stage);
                let is_granted = stage.profile.claims("bootstrap");
                let allowed: &[u8] = if is_granted { &[0, 133] } else { &[133] };
                node.exchange(stage, &release, status_or_silence(allowed))?;
                super::still_served(stage, &mut node)
            },
        )
        .rule(Rule::HaReleases);
    releases(cases);
    cases
        .add(
            "bind.again",
            "after its end a binding can be made again",
            "home-binding.3.12, home-binding.3.2",
            |stage| {
                let mut node = Node::bound(stage)?;
                let release = node.release(stage);
                node.exchange(stage, &release, ACCEPTED)?;
                let update = node.update(stage);
                node.exchange(stage, &update, ACCEPTED).map(|_| ())
            },
        )
        .rule(Rule::HaBinds);
    cases.add(
        "bind.two",
        "bindings of two mobile nodes do not touch each other",
        "home-binding.3.10",
        |stage| {
            let number = stage.number;
            let mut first = Node::new(stage)?;
            let mut second = Node::with(stage, number, 1)?;
            first.establish(stage)?;
            second.establish(stage)?;
            let release = first.release(stage);
            first.exchange(stage, &release, ACCEPTED)?;
            ensure_bound(stage, &mut second, true)
        },
    );
    intercept(cases);
    reverse(cases);
}

/// Ends of bindings, right and wrong.
fn releases(cases: &mut Cases) {
    cases
        .add(
            "bind.release",
            "an update with lifetime 0 ends the binding from another care-of address too",
            "home-binding.3.12, RFC 6275 §10.3.2",
            |stage| {
                let mut node = Node::bound(stage)?;
                let there = node.other_care_of;
                let release = Bu { lifetime: 0, ..node.update_from(stage, there) };
                node.exchange(stage, &release, ACCEPTED)?;
                ensure_bound(stage, &mut node, false)
            },
        )
        .rule(Rule::HaReleases);
    cases
        .add(
            "bind.release",
            "an update with lifetime 0 and an old number is refused by 135, and ends nothing",
            "home-binding.3.2, RFC 6275 §9.5.1",
            |stage| {
                let mut node = Node::bound(stage)?;
                let mut release = node.release(stage);
                node.sequence = node.sequence.wrapping_sub(1);
                release.sequence = node.sequence;
                node.exchange(stage, &release, super::status(&[135]))?;
                ensure_bound(stage, &mut node, true)
            },
        )
        .rule(Rule::HaRefusesStale);
    let mut look = |purpose: &'static str, look: fn(&BindingAcknowledgement<'_>) -> Outcome| {
        cases.add(
            "bind.release.form",
            purpose,
            "home-binding.3.12, RFC 6275 §10.3.2",
            move |stage| {
                let mut node = Node::bound(stage)?;
                let mut release = node.release(stage);
                release.flags |= update_flag::KEY_MANAGEMENT;
                let Some(ack) = node.exchange(stage, &release, ACCEPTED)? else { return Ok(()) };
                ensure(ack.sequence == release.sequence, release.sequence.to_string(), || {
                    ack.sequence.to_string()
                })?;
                match ack.packet()?.message {
                    Message::BindingAcknowledgement(ack) => look(&ack),
                    _ => missing("an acknowledgement"),
                }
            },
        );
    };
    look("the end of a binding is acknowledged by status 0", |ack| {
        ensure(ack.status == 0, "status 0", || format!("status {}", ack.status))
    });
    look("the acknowledgement of an end advises no refresh", |ack| {
        let there = ack.options.binding_refresh_advice().once();
        ensure(there.is_none(), "no Binding Refresh Advice", || format!("{there:?}"))
    });
    look("K is clear in an acknowledgement where no key management moves along", |ack| {
        let set = ack.flags.0 & acknowledgement_flag::KEY_MANAGEMENT != 0;
        ensure(!set, "K clear", || "K set".to_owned())
    });
}

/// Where a packet to the home address comes out of the tunnel.
fn comes_out(stage: &mut Stage<'_>, node: &mut Node, at: Option<std::net::Ipv6Addr>) -> Outcome {
    let patience = if at.is_some() { stage.patience() } else { stage.silence() };
    let seen = node.reached(stage, patience)?.map(|(there, _)| there);
    let words = |at: Option<std::net::Ipv6Addr>| match at {
        Some(at) => format!("a packet to the home address in a tunnel to {at}"),
        None => "no tunnel".to_owned(),
    };
    ensure(seen == at, words(at), || words(seen))
}

fn intercept(cases: &mut Cases) {
    let mut add = |purpose: &'static str,
                   clauses: &'static str,
                   run: fn(&mut Stage<'_>, &mut Node) -> Outcome| {
        cases
            .add("data.intercept", purpose, clauses, move |stage| {
                let mut node = Node::new(stage)?;
                run(stage, &mut node)
            })
            .claims("intercept");
    };
    add(
        "a packet to a bound home address is tunnelled to the care-of address",
        "home-binding.3.13, RFC 6275 §10.4.1",
        |stage, node| {
            node.establish(stage)?;
            comes_out(stage, node, Some(node.care_of))
        },
    );
    add(
        "a packet to a home address without binding is not tunnelled",
        "home-binding.3.13, RFC 6275 §10.4.1",
        |stage, node| comes_out(stage, node, None),
    );
    add(
        "after a movement packets go to the new care-of address",
        "home-binding.3.13, movement.1.9, RFC 6275 §10.4.2",
        |stage, node| {
            node.establish(stage)?;
            let there = node.other_care_of;
            let update = node.update_from(stage, there);
            node.exchange(stage, &update, ACCEPTED)?;
            comes_out(stage, node, Some(there))
        },
    );
    add(
        "after a refused update packets go where they went",
        "home-binding.3.2, RFC 6275 §10.4.2",
        |stage, node| {
            node.establish(stage)?;
            let there = node.other_care_of;
            let mut update = node.update_from(stage, there);
            node.sequence = node.sequence.wrapping_sub(1);
            update.sequence = node.sequence;
            node.exchange(stage, &update, super::status(&[135]))?;
            comes_out(stage, node, Some(node.care_of))
        },
    );
    add(
        "after the binding's end nothing is tunnelled",
        "home-binding.3.12, RFC 6275 §10.3.2",
        |stage, node| {
            node.establish(stage)?;
            let release = node.release(stage);
            node.exchange(stage, &release, ACCEPTED)?;
            comes_out(stage, node, None)
        },
    );
    add(
        "after the binding's lifetime nothing is tunnelled",
        "home-binding.3.11, RFC 6275 §10.3.1",
        |stage, node| {
            let mut update = node.update(stage);
            update.lifetime = 1;
            node.exchange(stage, &update, ACCEPTED)?;
            stage.pause(std::time::Duration::from_millis(4500));
            comes_out(stage, node, None)
        },
    );
    add(
        "the tunnel is from the home agent, and what is inside is the packet",
        "data-path.3.3, RFC 6275 §10.4.2",
        |stage, node| {
            node.establish(stage)?;
            let Some((_, packet)) = node.reached(stage, stage.patience())? else {
                return fail("a packet in a tunnel", "none");
            };
            let Ok(outer) = v6::Packet::decode(&packet) else { return missing("an IPv6 packet") };
            let Ok(upper) = outer.upper_layer() else { return missing("an IPv6 packet") };
            let Ok(inner) = v6::Packet::decode(upper.octets) else {
                return fail("an IPv6 packet in the tunnel", "something else");
            };
            let seen = (outer.source, inner.source, inner.destination);
            let expected = (node.agent, node.correspondent, node.home);
            ensure(seen == expected, format!("{expected:?}"), || format!("{seen:?}"))
        },
    );
}

/// What a mobile node sends through the tunnel to its correspondent, and whether it arrives.
fn through(
    stage: &mut Stage<'_>,
    node: &mut Node,
    inner: &[u8],
    from: std::net::Ipv6Addr,
) -> Result<bool, super::Ending> {
    let outer = ipv6(from, node.agent, next_header::IPV6, 64, inner);
    node.send(stage, &outer)?;
    let end = std::time::Instant::now() + stage.silence();
    loop {
        let left = end.saturating_duration_since(std::time::Instant::now());
        let Some(packet) = node.other(stage, left) else { return Ok(false) };
        let Ok(came) = v6::Packet::decode(&packet) else { continue };
        if came.destination == node.correspondent && ipv6_in_ipv6::unwrap(&came).is_err() {
            return Ok(true);
        }
    }
}

fn reverse(cases: &mut Cases) {
    let mut add =
        |purpose: &'static str,
         clauses: &'static str,
         arrives: bool,
         run: fn(&mut Stage<'_>, &mut Node) -> Result<bool, super::Ending>| {
            cases
                .add("data.reverse", purpose, clauses, move |stage| {
                    let mut node = Node::new(stage)?;
                    let seen = run(stage, &mut node)?;
                    let words = |arrives| if arrives { "it arrives" } else { "it does not arrive" };
                    ensure(seen == arrives, words(arrives), || words(seen).to_owned())
                })
                .claims("reverse-tunnel");
        };
    add(
        "what a bound mobile node sends through the tunnel arrives",
        "data-path.3.4, RFC 6275 §10.4.5",
        true,
        |stage, node| {
            node.establish(stage)?;
            let inner = ipv6(node.home, node.correspondent, 59, 60, b"");
            through(stage, node, &inner, node.care_of)
        },
    );
    add(
        "a tunnel without binding is not taken",
        "data-path.3.4, RFC 6275 §10.4.5",
        false,
        |stage, node| {
            let inner = ipv6(node.home, node.correspondent, 59, 60, b"");
            through(stage, node, &inner, node.care_of)
        },
    );
    add(
        "a tunnel from another address than the care-of address is not taken",
        "data-path.3.4, RFC 6275 §10.4.5",
        false,
        |stage, node| {
            node.establish(stage)?;
            let inner = ipv6(node.home, node.correspondent, 59, 60, b"");
            through(stage, node, &inner, node.other_care_of)
        },
    );
    add(
        "what is in a tunnel has to come from the home address",
        "data-path.3.4, RFC 6275 §10.4.5",
        false,
        |stage, node| {
            node.establish(stage)?;
            let inner = ipv6(node.other_care_of, node.correspondent, 59, 60, b"");
            through(stage, node, &inner, node.care_of)
        },
    );
    add(
        "after the binding's end the tunnel is not taken",
        "data-path.3.4, home-binding.3.12",
        false,
        |stage, node| {
            node.establish(stage)?;
            let release = node.release(stage);
            node.exchange(stage, &release, ACCEPTED)?;
            let inner = ipv6(node.home, node.correspondent, 59, 60, b"");
            through(stage, node, &inner, node.care_of)
        },
    );
}
