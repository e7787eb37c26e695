//! How access ends, and what comes after it.

use std::time::Duration;

use dsboot_codec::eap::Code;
use dsboot_codec::pana::{Flags, Kind};
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::pana::{avp, result, termination_cause};

use super::access::{Wrong, silent, unregistered};
use super::paa::Admission;
use super::world::{OTHER_FHA, Said, World};
use super::{Cases, Ending, Stage, ensure, fail};
use crate::case::Level;
use crate::nas::pac::up_to;

/// How an authentication ends, and that nothing comes of it.
type Refusal = (&'static str, fn(&mut Admission));

pub(super) fn add(cases: &mut Cases) {
    outcome(cases);
    afterwards(cases);
}

fn outcome(cases: &mut Cases) {
    for (what, admission) in
        [("grants", Admission::plain as fn() -> Admission), ("refuses", Admission::refusal)]
    {
        cases.add(
            "result",
            format!("a last request that {what} is answered with C"),
            "access.4.12, RFC 5191 §4.1",
            move |stage| {
                let mut world = World::new(stage)?;
                world.authenticated(stage).or_else(up_to)?;
                world.conclude(stage, &admission()).map(|_| ())
            },
        );
    }
    const REFUSALS: &[Refusal] = &[
        ("PANA_AUTHENTICATION_REJECTED", |admission| {
            admission.result = result::AUTHENTICATION_REJECTED;
            admission.eap = Some(Code::Failure);
            admission.lifetime = None;
        }),
        ("PANA_AUTHORIZATION_REJECTED with EAP Success", |admission| {
            admission.result = result::AUTHORIZATION_REJECTED;
            admission.lifetime = None;
        }),
        ("PANA_SUCCESS with EAP Failure", |admission| admission.eap = Some(Code::Failure)),
        ("PANA_SUCCESS without EAP packet", |admission| admission.eap = None),
        ("success without FHA", |admission| admission.fha = None),
    ];
    for (what, change) in REFUSALS {
        cases
            .add(
                "refused",
                format!("after {what} no registration request is sent"),
                "access.4.12, access.4.14, movement.1.11, registration.3.1",
                move |stage| {
                    let mut world = World::new(stage)?;
                    world.authenticated(stage).or_else(up_to)?;
                    let mut admission = Admission::colocated(&world);
                    change(&mut admission);
                    let message = world.conclusion(stage, &admission)?;
                    world.tell(stage, &message)?;
                    unregistered(stage, &mut world)
                },
            )
            .claims("bootstrap");
    }
    const WRONG: &[Wrong] = &[
        ("without Result-Code", |message| message.remove(avp::RESULT_CODE)),
        ("with two Result-Codes", |message| {
            message.avps.push((avp::RESULT_CODE, None, vec![0, 0, 0, 0]));
        }),
        ("with an unknown AVP", |message| message.avps.push((999, None, vec![1, 2, 3, 4]))),
        ("with the number before", |message| {
            message.sequence = message.sequence.wrapping_sub(2);
        }),
        ("of another session", |message| message.session ^= 0x100),
        ("with a Result-Code of 3 octets", |message| {
            if let Some(value) = message.value(avp::RESULT_CODE) {
                value.truncate(3);
            }
        }),
        ("that is 4 octets shorter than it says", |message| message.longer = 4),
    ];
    for (what, change) in WRONG {
        cases
            .add(
                "result.wrong",
                format!("a last request {what} is discarded"),
                "access.2.13, access.2.19, RFC 5191 §5.5",
                move |stage| {
                    let mut world = World::new(stage)?;
                    world.authenticated(stage).or_else(up_to)?;
                    let admission = Admission::colocated(&world);
                    let right = world.conclusion(stage, &admission)?;
                    let mut wrong = right.clone();
                    change(&mut wrong);
                    world.tell(stage, &wrong)?;
                    let time = stage.silence();
                    for said in world.hear_all(stage, time) {
                        match said {
                            Said::Request(_) => return fail("no registration request", "one"),
                            Said::Access(heard, _)
                                if heard
                                    .message()
                                    .is_ok_and(|message| message.kind() == Some(Kind::Pan)) =>
                            {
                                return fail("no answer", "one");
                            }
                            _ => {}
                        }
                    }
                    world.tell(stage, &right)?;
                    world.answered(stage, Kind::Pan, Flags::COMPLETE)?;
                    let patience = stage.patience();
                    world.pong(stage, patience)?;
                    world.request(stage).map(|_| ())
                },
            )
            .claims("bootstrap");
    }
    const PARAMETERS: &[Wrong] = &[
        ("an FHA of another vendor", |message| {
            for (code, vendor, _) in &mut message.avps {
                if *code == u16::from(parameter::FHA_IPV4_ADDRESS) && vendor.is_some() {
                    *vendor = Some(9999);
                }
            }
        }),
        ("an FHA address of 3 octets", |message| {
            for (code, vendor, value) in &mut message.avps {
                if *code == u16::from(parameter::FHA_IPV4_ADDRESS) && vendor.is_some() {
                    value.truncate(3);
                }
            }
        }),
    ];
    for (what, change) in PARAMETERS {
        cases
            .add(
                "result.parameter",
                format!("{what} is not registered with"),
                "access.4.14, access.2.19",
                move |stage| {
                    let mut world = World::new(stage)?;
                    world.authenticated(stage).or_else(up_to)?;
                    let admission = Admission::colocated(&world);
                    let mut message = world.conclusion(stage, &admission)?;
                    change(&mut message);
                    world.tell(stage, &message)?;
                    unregistered(stage, &mut world)
                },
            )
            .claims("bootstrap");
    }
    cases
        .add(
            "result.parameter",
            "given an address and a name of the FHA, the address is used",
            "access.4.15, RFC 5447 §4.2.1",
            |stage| {
                let mut world = World::new(stage)?;
                let mut admission = Admission::colocated(&world);
                admission.fha = Some(OTHER_FHA);
                admission.fqdn = Some("fha.visited.example");
                world.admit(stage, &admission)?;
                let asked = world.request(stage)?;
                ensure(*asked.to.ip() == OTHER_FHA, OTHER_FHA.to_string(), || asked.to.to_string())
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "result.address",
            "after an address has been given, a PANA message comes from it, and again until it is answered",
            "access.4.17, access.2.16, RFC 5191 §5.6",
            |stage| {
                let mut world = World::new(stage)?;
                world.authenticated(stage).or_else(up_to)?;
                let admission = Admission::colocated(&world);
                world.conclude(stage, &admission).or_else(up_to)?;
                let first = world.heard(stage, "a PANA message from the new address")?;
                let from = first.came.from;
                ensure(from.ip() == world.care_of, world.care_of.to_string(), || from.to_string())?;
                let patience = Duration::from_millis(1300) + stage.patience();
                match world.access(stage, patience) {
                    Some(again) => {
                        ensure(again.came.octets == first.came.octets, "the same again", || {
                            "another message".to_owned()
                        })
                    }
                    None => fail("the same again", "nothing"),
                }
            },
        )
        .claims("bootstrap");
}

/// Gains access, with no FHA so that nothing else happens.
fn admitted(stage: &mut Stage<'_>, lifetime: u32) -> Result<World, Ending> {
    let mut world = World::new(stage)?;
    let lifetime = Some(lifetime);
    world.admit(stage, &Admission { fha: None, lifetime, ..Admission::plain() })?;
    Ok(world)
}

/// A liveness test; whether it is answered.
fn ping(stage: &mut Stage<'_>, world: &mut World) -> Result<bool, Ending> {
    let message = world.par(Kind::Pnr, Flags::PING);
    world.tell(stage, &message)?;
    let time = stage.silence();
    match world.access(stage, time) {
        None => Ok(false),
        Some(heard) => {
            let answer = heard.is(Kind::Pna, Flags::PING)?;
            ensure(answer.sequence() == world.number, "the number of the request", || {
                answer.sequence().to_string()
            })?;
            Ok(true)
        }
    }
}

fn afterwards(cases: &mut Cases) {
    cases.add("after", "a liveness test is answered", "access.5.6, RFC 5191 §4.2", |stage| {
        let mut world = admitted(stage, 3600)?;
        let is_answered = ping(stage, &mut world)?;
        ensure(is_answered, "a PANA-Notification-Answer with P", || "nothing".to_owned())
    });
    cases.add(
        "after",
        "a termination is answered, and ends the session",
        "access.5.7, RFC 5191 §4.4",
        |stage| {
            let mut world = admitted(stage, 3600)?;
            let message = world
                .par(Kind::Ptr, Flags::NONE)
                .with(avp::TERMINATION_CAUSE, &termination_cause::ADMINISTRATIVE.to_be_bytes());
            world.tell(stage, &message)?;
            world.answered(stage, Kind::Pta, Flags::NONE)?;
            let is_answered = ping(stage, &mut world)?;
            ensure(!is_answered, "no answer in a session that has ended", || "one".to_owned())
        },
    );
    cases.add(
        "after",
        "a request with S in the access phase is discarded",
        "access.2.20, RFC 5191 §5.5",
        |stage| {
            let mut world = admitted(stage, 3600)?;
            let number = world.number;
            let start = world.start();
            world.tell(stage, &start)?;
            silent(stage, &mut world)?;
            world.number = number;
            let is_answered = ping(stage, &mut world)?;
            ensure(is_answered, "the session goes on", || "a test unanswered".to_owned())
        },
    );
    cases.add(
        "after",
        "a liveness test of another session is discarded",
        "access.2.19, RFC 5191 §5.5",
        |stage| {
            let mut world = admitted(stage, 3600)?;
            let number = world.number;
            let mut message = world.par(Kind::Pnr, Flags::PING);
            message.session ^= 0x100;
            world.tell(stage, &message)?;
            silent(stage, &mut world)?;
            world.number = number;
            let is_answered = ping(stage, &mut world)?;
            ensure(is_answered, "the session goes on", || "a test unanswered".to_owned())
        },
    );
    cases.add(
        "after",
        "the NAS may authenticate again; the first answer has a Nonce of its own",
        "access.5.2, access.2.20, RFC 5191 §4.3",
        |stage| {
            let mut world = World::opened(stage)?;
            let mut nonces = Vec::new();
            for _ in 0..2 {
                let identity = world.ask_identity(stage)?;
                world.tell(stage, &identity)?;
                let (answer, _) = world.response(stage)?;
                nonces.push(answer.message()?.nonce().once().map(<[u8]>::to_vec));
                let challenge = world.challenge()?;
                world.tell(stage, &challenge)?;
                world.response(stage)?;
                let admission = Admission { fha: None, ..Admission::plain() };
                world.conclude(stage, &admission)?;
            }
            match nonces.as_slice() {
                [Some(one), Some(two)] if one != two => Ok(()),
                _ => fail("two Nonces, each another", "none, or the same"),
            }
        },
    );
    cases.add(
        "after",
        "authentication again that fails ends the session",
        "access.5.3, RFC 5191 §4.3",
        |stage| {
            let mut world = admitted(stage, 3600)?;
            world.reauthenticated(stage).or_else(up_to)?;
            world.conclude(stage, &Admission::refusal())?;
            let is_answered = ping(stage, &mut world)?;
            ensure(!is_answered, "no answer in a session that has ended", || "one".to_owned())
        },
    );
    cases
        .add(
            "after",
            "authentication is asked for again before the lifetime of the session ends",
            "access.5.1, RFC 5191 §4.3, RFC 5191 §5.7",
            |stage| {
                let mut world = admitted(stage, 4)?;
                let Some(heard) = world.access(stage, Duration::from_millis(4200)) else {
                    return fail("a PANA-Notification-Request with A within 4 s", "nothing");
                };
                heard.is(Kind::Pnr, Flags::RE_AUTHENTICATION).map(|_| ())
            },
        )
        .claims("renew")
        .level(Level::Should);
    cases.add(
        "after",
        "when the lifetime of the session has ended, so has the session",
        "access.5.4, RFC 5191 §5.7",
        |stage| {
            let mut world = admitted(stage, 1)?;
            world.hear_all(stage, Duration::from_millis(1400));
            let is_answered = ping(stage, &mut world)?;
            ensure(!is_answered, "no answer in a session that has ended", || "one".to_owned())
        },
    );
}
