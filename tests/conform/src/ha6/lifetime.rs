//! How long a binding lasts.

use std::time::Duration;

use dsboot_model::Rule;

use super::{ACCEPTED, Cases, Node, Outcome, Stage, ensure, ensure_bound, missing};

/// Seconds in a unit of lifetime.
const UNIT: u32 = 4;

/// What is granted when this much is asked for.
fn granted(stage: &mut Stage<'_>, units: u16, again: bool) -> Result<u16, super::Ending> {
    let mut node = Node::new(stage)?;
    if again {
        node.establish(stage)?;
    }
    let mut update = node.update(stage);
    update.lifetime = units;
    match node.exchange(stage, &update, ACCEPTED)? {
        Some(ack) => Ok(ack.lifetime),
        None => missing("an acknowledgement"),
    }
}

fn not_more(stage: &mut Stage<'_>, units: u16, again: bool) -> Outcome {
    let lifetime = granted(stage, units, again)?;
    let most = stage
        .profile
        .target
        .max_lifetime
        .map_or(u32::from(units), |most| u32::from(units).min(most / UNIT));
    ensure((1..=most).contains(&lifetime.into()), format!("1 to {most} units of 4 s"), || {
        lifetime.to_string()
    })
}

pub(super) fn add(cases: &mut Cases) {
    for units in [2_u16, 3, 15, 75, 450, 900, 901, 0x7fff, 0x8000, 0xfffe, 0xffff] {
        cases
            .add(
                "bu.lifetime",
                format!("of {units} units asked for, not more is granted, nor more than the target's maximum"),
                "home-binding.3.9, wire.8.12, RFC 6275 §10.3.1",
                move |stage| not_more(stage, units, false),
            )
            .rule(Rule::HaBinds);
    }
    for units in [2_u16, 900, 0xffff] {
        cases
            .add(
                "bu.refresh",
                format!("of {units} units asked for by a refresh, not more is granted"),
                "home-binding.3.9, wire.8.12, RFC 6275 §10.3.1",
                move |stage| not_more(stage, units, true),
            )
            .rule(Rule::HaBindsAgain);
    }
    for (session, key, what) in [
        (120_u32, 3600_u32, "session"),
        (3600, 120, "key"),
        (122, 3600, "session, of no whole units,"),
    ] {
        cases
            .add(
                "bu.session",
                format!("a binding does not outlast the {what} that the AAA server grants"),
                "home-binding.3.9, keys.3.6",
                move |stage| capped(stage, session, key),
            )
            .claims("bootstrap")
            .rule(Rule::HaBinds);
    }
    cases
        .add(
            "bu.expiry",
            "a binding whose lifetime is over is gone",
            "home-binding.3.11, RFC 6275 §10.3.1",
            |stage| {
                let mut node = Node::new(stage)?;
                let mut update = node.update(stage);
                update.lifetime = 1;
                let Some(ack) = node.exchange(stage, &update, ACCEPTED)? else {
                    return missing("an acknowledgement");
                };
                ensure(ack.lifetime <= 1, "at most 1 unit of 4 s", || ack.lifetime.to_string())?;
                stage.pause(Duration::from_secs(5));
                ensure_bound(stage, &mut node, false)
            },
        )
        .rule(Rule::HaLosesBinding);
    cases
        .add(
            "bu.expiry",
            "a refresh keeps a binding beyond its first lifetime",
            "home-binding.3.11, home-binding.3.2, RFC 6275 §9.6",
            |stage| {
                let mut node = Node::new(stage)?;
                let mut update = node.update(stage);
                update.lifetime = 1;
                node.exchange(stage, &update, ACCEPTED)?;
                let update = node.update(stage);
                node.exchange(stage, &update, ACCEPTED)?;
                stage.pause(Duration::from_secs(5));
                ensure_bound(stage, &mut node, true)
            },
        )
        .rule(Rule::HaBindsAgain);
    cases
        .add(
            "bu.expiry",
            "a refresh with a shorter lifetime makes the binding end sooner",
            "home-binding.3.9, home-binding.3.11, RFC 6275 §10.3.1",
            |stage| {
                let mut node = Node::bound(stage)?;
                let mut update = node.update(stage);
                update.lifetime = 1;
                node.exchange(stage, &update, ACCEPTED)?;
                stage.pause(Duration::from_secs(5));
                ensure_bound(stage, &mut node, false)
            },
        )
        .rule(Rule::HaLosesBinding);
    cases
        .add(
            "bu.expiry",
            "a refused refresh does not keep a binding beyond its lifetime",
            "home-binding.3.2, home-binding.3.11, RFC 6275 §9.5.1",
            |stage| {
                let mut node = Node::new(stage)?;
                let mut update = node.update(stage);
                update.lifetime = 1;
                node.exchange(stage, &update, ACCEPTED)?;
                let mut stale = node.update(stage);
                node.sequence = node.sequence.wrapping_sub(1);
                stale.sequence = node.sequence;
                node.exchange(stage, &stale, super::status(&[135]))?;
                stage.pause(Duration::from_secs(5));
                ensure_bound(stage, &mut node, false)
            },
        )
        .rule(Rule::HaLosesBinding);
}

fn capped(stage: &mut Stage<'_>, session: u32, key: u32) -> Outcome {
    let mut node = Node::new(stage)?;
    let mut update = node.update(stage);
    update.lifetime = 900;
    node.send(stage, &update.packet())?;
    let Some(ask) = node.asked(stage, stage.patience()) else { return missing("a question") };
    let mut grant = node.grant(stage, &ask);
    (grant.session, grant.key_lifetime) = (Some(session), key);
    node.accept(stage, &ask, &grant)?;
    let Some(ack) = node.judge(stage, ACCEPTED)? else { return missing("an acknowledgement") };
    let most = session.min(key) / UNIT;
    ensure((1..=most).contains(&ack.lifetime.into()), format!("1 to {most} units of 4 s"), || {
        ack.lifetime.to_string()
    })
}
