//! Sequence numbers, and the Mesg-ID.

use dsboot_model::Rule;
use dsboot_spec::registry::mip6::option;

use super::bu::Part;
use super::{
    ACCEPTED, Allowed, Cases, Node, Outcome, Stage, ensure, missing, status, still_served,
};

/// A binding with number `first`, then an update with number `second`.
fn two(stage: &mut Stage<'_>, first: u16, second: u16, allowed: Allowed) -> Outcome {
    let mut node = Node::new(stage)?;
    node.sequence = first.wrapping_sub(1);
    node.establish(stage)?;
    if node.sequence != first {
        return missing("a home address without an old binding");
    }
    node.sequence = second.wrapping_sub(1);
    let update = node.update(stage);
    let ack = node.exchange(stage, &update, allowed)?;
    if allowed == ACCEPTED {
        return Ok(());
    }
    if let Some(ack) = ack {
        ensure(ack.sequence == first, format!("the last number accepted, {first}"), || {
            ack.sequence.to_string()
        })?;
    }
    node.sequence = first;
    still_served(stage, &mut node)
}

pub(super) fn add(cases: &mut Cases) {
    for (first, second) in [
        (1_u16, 2_u16),
        (1, 3),
        (1, 1000),
        (15, 32_782),
        (0, 32_767),
        (32_768, 65_535),
        (65_535, 0),
        (65_534, 2),
        (40_000, 7231),
    ] {
        cases
            .add(
                "bu.sequence.greater",
                format!("after {first}, {second} is greater modulo 2^16, and accepted"),
                "home-binding.3.2, wire.8.13, RFC 6275 §9.5.1",
                move |stage| two(stage, first, second, ACCEPTED),
            )
            .rule(Rule::HaBindsAgain);
    }
    for (first, second) in [
        (7_u16, 7_u16),
        (7, 6),
        (15, 0),
        (15, 32_783),
        (15, 65_535),
        (0, 32_768),
        (0, 65_535),
        (32_768, 0),
        (65_535, 32_767),
        (40_000, 7232),
    ] {
        cases
            .add(
                "bu.sequence.less",
                format!("after {first}, {second} is not greater modulo 2^16, and refused by 135 with the last number"),
                "home-binding.3.2, home-binding.3.7, wire.8.13, RFC 6275 §9.5.1",
                move |stage| two(stage, first, second, status(&[135])),
            )
            .rule(Rule::HaRefusesStale);
    }
    for first in [0_u16, 1, 32_767, 32_768, 65_535] {
        cases
            .add(
                "bu.sequence.first",
                format!("without a binding, number {first} is accepted"),
                "home-binding.3.2, RFC 6275 §9.5.1",
                move |stage| {
                    let mut node = Node::new(stage)?;
                    node.sequence = first.wrapping_sub(1);
                    let update = node.update(stage);
                    node.exchange(stage, &update, ACCEPTED).map(|_| ())
                },
            )
            .rule(Rule::HaBinds);
    }
    replay(cases);
}

/// The Mesg-ID (RFC 4285 §6).
fn replay(cases: &mut Cases) {
    for (seconds, what) in [
        (-3600_i64, "an hour ago"),
        (-60, "a minute ago"),
        (-10, "10 s ago"),
        (60, "a minute ahead"),
        (86_400, "a day ahead"),
    ] {
        cases
            .add(
                "bu.replay.far",
                format!("a Mesg-ID of {what} is refused by 144, which tells the target's clock"),
                "home-binding.3.1, RFC 4285 §6",
                move |stage| far(stage, seconds),
            )
            .claims("replay")
            .rule(Rule::HaRefusesStale);
    }
    for seconds in [-4_i64, 4] {
        cases
            .add(
                "bu.replay.near",
                format!("a Mesg-ID {seconds} s from the clock is accepted"),
                "home-binding.3.1, RFC 4285 §6",
                move |stage| {
                    let mut node = Node::new(stage)?;
                    let mut update = node.update(stage);
                    let id = stage.ntp().wrapping_add_signed(seconds << 32);
                    update.replace(option::MESSAGE_ID, Part::message_id(id));
                    node.exchange(stage, &update, ACCEPTED).map(|_| ())
                },
            )
            .claims("replay")
            .rule(Rule::HaBinds);
    }
    cases
        .add(
            "bu.replay.again",
            "an update that repeats a Mesg-ID with a greater number is refused by 144",
            "home-binding.3.1, RFC 4285 §6",
            |stage| repeated(stage, 0),
        )
        .claims("replay")
        .rule(Rule::HaRefusesStale);
    cases
        .add(
            "bu.replay.again",
            "an update with a Mesg-ID before the last one is refused by 144",
            "home-binding.3.1, RFC 4285 §6",
            |stage| repeated(stage, 1 << 31),
        )
        .claims("replay")
        .rule(Rule::HaRefusesStale);
    cases
        .add(
            "bu.replay.octets",
            "an update repeated octet for octet is refused",
            "home-binding.3.1, home-binding.3.2, RFC 4285 §6, RFC 6275 §9.5.1",
            |stage| {
                let mut node = Node::bound(stage)?;
                let update = node.update(stage);
                node.exchange(stage, &update, ACCEPTED)?;
                node.exchange(stage, &update, super::status_or_silence(&[135, 144]))?;
                still_served(stage, &mut node)
            },
        )
        .rule(Rule::HaRefusesStale);
    cases
        .add(
            "bu.replay.ended",
            "an update repeated after the binding's end does not bring it back",
            "home-binding.3.1, RFC 4285 §6",
            |stage| {
                let mut node = Node::bound(stage)?;
                let update = node.update(stage);
                node.exchange(stage, &update, ACCEPTED)?;
                let release = node.release(stage);
                node.exchange(stage, &release, ACCEPTED)?;
                node.exchange(stage, &update, super::status_or_silence(&[133, 135, 144]))?;
                still_served(stage, &mut node)
            },
        )
        .claims("replay")
        .rule(Rule::HaRefusesStale);
}

/// A Mesg-ID far from the clock: refused by the target's own time.
fn far(stage: &mut Stage<'_>, seconds: i64) -> Outcome {
    let mut node = Node::bound(stage)?;
    let mut update = node.update(stage);
    let id = stage.ntp().wrapping_add_signed(seconds << 32);
    update.replace(option::MESSAGE_ID, Part::message_id(id));
    let Some(ack) = node.exchange(stage, &update, status(&[144]))? else { return Ok(()) };
    let packet = ack.packet()?;
    let Some(told) = packet.message.options().message_id().once() else {
        return super::fail("a Mesg-ID with the target's time", "none");
    };
    let (low, now) = (told.0 & 0xffff_ffff, stage.ntp() >> 32);
    ensure(low == id & 0xffff_ffff, "the low 32 bits as in the update", || {
        format!("{low:08x} instead of {:08x}", id & 0xffff_ffff)
    })?;
    ensure((told.0 >> 32).abs_diff(now) <= 5, "the target's seconds in the high 32 bits", || {
        format!("{} s from them", (told.0 >> 32).abs_diff(now))
    })?;
    still_served(stage, &mut node)
}

/// A second update whose Mesg-ID is that of the first, less so much.
fn repeated(stage: &mut Stage<'_>, less: u64) -> Outcome {
    let mut node = Node::bound(stage)?;
    let mut update = node.update(stage);
    let id = node.message_id(stage);
    update.replace(option::MESSAGE_ID, Part::message_id(id));
    node.exchange(stage, &update, ACCEPTED)?;
    let mut second = node.update(stage);
    second.replace(option::MESSAGE_ID, Part::message_id(id - less));
    node.exchange(stage, &second, status(&[144]))?;
    still_served(stage, &mut node)
}
