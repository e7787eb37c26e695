//! Access: what a mobile node says to its NAS, and what it takes from it.

use std::time::{Duration, Instant};

use dsboot_codec::pana::{Flags, Kind};
use dsboot_spec::registry::pana::{PORT, avp};

use super::world::{OTHER_FHA, Said, World};
use super::{Cases, Ending, Outcome, Stage, ensure, fail, still};
use crate::nas::pac::{Heard, Msg, up_to};

/// What is wrong with a message, and how it gets so.
pub(super) type Wrong = (&'static str, fn(&mut Msg));

pub(super) fn add(cases: &mut Cases) {
    initiation(cases);
    start(cases);
    authentication(cases);
}

/// Every PANA message until now that is of a kind.
fn initiations(
    stage: &mut Stage<'_>,
    world: &mut World,
    time: Duration,
) -> Vec<(Duration, Vec<u8>)> {
    let began = Instant::now();
    let mut all = Vec::new();
    while let Some(left) = time.checked_sub(began.elapsed()).filter(|left| !left.is_zero()) {
        let heard = world.next(stage, left, |said| match said {
            Said::Access(heard, _) => Some(heard.clone()),
            _ => None,
        });
        if let Some(heard) = heard
            && heard.message().ok().and_then(|message| message.kind()) == Some(Kind::Pci)
        {
            all.push((began.elapsed(), heard.came.octets));
        }
    }
    all
}

fn initiation(cases: &mut Cases) {
    cases.add(
        "pci",
        "the initiation goes to port 716, with number and session 0",
        "access.2.1, access.2.21, RFC 5191 §4.1, RFC 5191 §6.1",
        |stage| {
            let mut world = World::new(stage)?;
            ensure(world.paa.port() == PORT, "to port 716", || world.paa.to_string())?;
            let again = repeated_initiation(stage, &mut world)?;
            let message = again.message()?;
            ensure(
                message.session_id() == 0 && message.sequence() == 0,
                "session identifier and sequence number 0",
                || format!("{} and {}", message.session_id(), message.sequence()),
            )
        },
    );
    cases
        .add(
            "pci",
            "the initiation announces that the parameters are understood",
            "access.2.2",
            |stage| {
                let mut world = World::new(stage)?;
                let again = repeated_initiation(stage, &mut world)?;
                let parameters = again.message()?.parameters(stage.profile.vendor);
                let said = parameters.bootstrap_request.once();
                ensure(said.is_some(), "a Bootstrap-Request AVP", || "none".to_owned())
            },
        )
        .claims("bootstrap");
    cases.add(
        "pci",
        "the initiation is sent again after 1 s, and then after 2 s, unchanged",
        "access.2.18, RFC 5191 §9.1",
        |stage| {
            let mut world = World::new(stage)?;
            let all = initiations(stage, &mut world, Duration::from_millis(4200));
            let [(first, one), (second, two), ..] = all.as_slice() else {
                return fail("two initiations more within 4 s", all.len().to_string());
            };
            ensure(one == two, "the same octets", || "others".to_owned())?;
            later(*first, 850, 1900)?;
            later(second.saturating_sub(*first), 1700, 3000)
        },
    );
    cases.add(
        "pci",
        "the initiation is repeated until the second request has come, even when the first is answered",
        "access.2.8, RFC 5191 §4.1",
        |stage| {
            let mut world = World::opened(stage)?;
            repeated_initiation(stage, &mut world).map(|_| ())
        },
    );
    cases.add(
        "pci",
        "the initiation is not repeated once the second request has come",
        "access.2.8, RFC 5191 §4.1",
        |stage| {
            let mut world = World::identified(stage)?;
            world.response(stage).or_else(up_to)?;
            // What crossed the request does not count.
            world.hear_all(stage, Duration::from_millis(50));
            let all = initiations(stage, &mut world, Duration::from_millis(2300));
            ensure(all.is_empty(), "no initiation", || "one".to_owned())
        },
    );
    cases.add(
        "pci",
        "nothing but access is asked for before access is granted",
        "registration.3.1, home-binding.1.1",
        |stage| {
            let mut world = World::new(stage)?;
            world.authenticated(stage).or_else(up_to)?;
            unregistered(stage, &mut world)
        },
    );
}

/// The next initiation.
fn repeated_initiation(stage: &mut Stage<'_>, world: &mut World) -> Result<Heard, Ending> {
    let patience = Duration::from_millis(1300) + stage.patience();
    let heard = world.next(stage, patience, |said| match said {
        Said::Access(heard, _) => {
            let kind = heard.message().ok()?.kind();
            (kind == Some(Kind::Pci)).then(|| heard.clone())
        }
        _ => None,
    });
    heard.map_or_else(|| fail("the initiation again", "nothing"), Ok)
}

/// Whether something took at least so many milliseconds, and not much longer.
pub(super) fn later(time: Duration, least: u64, most: u64) -> Outcome {
    ensure(
        (least..=most).contains(&u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
        format!("after {least} to {most} ms"),
        || format!("after {} ms", time.as_millis()),
    )
}

/// No registration request comes, and nothing through a tunnel.
pub(super) fn unregistered(stage: &mut Stage<'_>, world: &mut World) -> Outcome {
    let time = stage.silence();
    for said in world.hear_all(stage, time) {
        match said {
            Said::Request(_) => return fail("no registration request", "one"),
            Said::Tunnelled(_) => return fail("no binding update", "a packet in a tunnel"),
            _ => {}
        }
    }
    Ok(())
}

/// No PANA message comes but initiations.
pub(super) fn silent(stage: &mut Stage<'_>, world: &mut World) -> Outcome {
    let time = stage.silence();
    match world.access(stage, time) {
        None => Ok(()),
        Some(heard) => {
            let kind = heard.message().ok().and_then(|message| message.kind());
            fail("no answer", kind.map_or("something", Kind::name))
        }
    }
}

fn start(cases: &mut Cases) {
    cases.add(
        "start",
        "the request with S is answered by its number, its session and S",
        "access.2.12, access.2.19, RFC 5191 §4.1, RFC 5191 §5.2",
        |stage| {
            let mut world = World::new(stage)?;
            let answer = world.open(stage)?;
            let session = answer.message()?.session_id();
            ensure(session == world.session, "the session of the request", || session.to_string())
        },
    );
    const WRONG: &[Wrong] = &[
        ("that has session 0", |message| message.session = 0),
        ("that is 4 octets shorter than it says", |message| message.longer = 4),
        ("with half an AVP", |message| message.tail = vec![0, 2, 0, 0, 0, 9, 0, 0, 1]),
        ("with an unknown AVP", |message| message.avps.push((999, None, vec![1, 2, 3, 4]))),
        ("with a Nonce", |message| message.avps.push((avp::NONCE, None, vec![7; 16]))),
        ("of an unknown type", |message| message.kind = 9),
        ("with a Termination-Cause", |message| {
            message.avps.push((avp::TERMINATION_CAUSE, None, vec![0, 0, 0, 1]));
        }),
        ("that has C too", |message| message.flags |= Flags::COMPLETE.0),
    ];
    for (what, change) in WRONG {
        cases.add(
            "start.wrong",
            format!("a request with S {what} is discarded"),
            "access.2.19, RFC 5191 §5.5, RFC 5191 §8",
            move |stage| {
                let mut world = World::new(stage)?;
                let mut message = world.start();
                change(&mut message);
                world.tell(stage, &message)?;
                silent(stage, &mut world)?;
                still_opens(stage, &mut world)
            },
        );
    }
    cases.add(
        "start.wrong",
        "a request with S from another address than the NAS's is discarded",
        "access.2.19, RFC 5191 §5.5",
        |stage| {
            let mut world = World::new(stage)?;
            let message = world.start();
            let elsewhere = (OTHER_FHA, PORT).into();
            world.datagram(stage, (elsewhere, world.pac), &message.octets())?;
            silent(stage, &mut world)?;
            still_opens(stage, &mut world)
        },
    );
}

/// A right request with S is answered after it.
fn still_opens(stage: &mut Stage<'_>, world: &mut World) -> Outcome {
    still("a right request is answered after it", world.open(stage))
}

fn authentication(cases: &mut Cases) {
    cases.add(
        "pan",
        "the first answer after that has a Nonce of 8 to 256 octets",
        "access.2.9, RFC 5191 §4.1, RFC 5191 §8.5",
        |stage| {
            let mut world = World::identified(stage)?;
            let answer = world.answered(stage, Kind::Pan, Flags::NONE)?;
            let nonce = answer.message()?.nonce().once().map(<[u8]>::len);
            ensure(
                nonce.is_some_and(|length| (8..=256).contains(&length)),
                "one Nonce of 8 to 256 octets",
                || format!("{nonce:?}"),
            )
        },
    );
    cases.add("pan", "the answers after it have none", "access.2.9, RFC 5191 §4.1", |stage| {
        let mut world = World::identified(stage)?;
        world.response(stage).or_else(up_to)?;
        let challenge = world.challenge()?;
        world.tell(stage, &challenge)?;
        let (answer, _) = world.response(stage)?;
        let is_absent = answer.message()?.nonce().is_absent();
        ensure(is_absent, "no Nonce", || "one".to_owned())
    });
    cases.add(
        "pan",
        "a request that comes twice is answered twice by the same octets",
        "access.2.14, access.2.22, RFC 5191 §5.2",
        |stage| {
            let mut world = World::opened(stage)?;
            let identity = world.ask_identity(stage)?;
            world.tell(stage, &identity)?;
            let first = world.answered(stage, Kind::Pan, Flags::NONE)?;
            world.hear_all(stage, Duration::from_millis(60));
            world.tell(stage, &identity)?;
            let second = world.answered(stage, Kind::Pan, Flags::NONE)?;
            ensure(first.came.octets == second.came.octets, "the same octets", || {
                "others".to_owned()
            })
        },
    );
    const WRONG: &[Wrong] = &[
        ("with the next number but one", |message| message.sequence += 1),
        ("with the number before", |message| {
            message.sequence = message.sequence.wrapping_sub(2);
        }),
        ("with a number from far away", |message| message.sequence ^= 0x4000_0000),
        ("of another session", |message| message.session ^= 0x100),
        ("with a Nonce of 4 octets", |message| {
            if let Some(value) = message.value(avp::NONCE) {
                value.truncate(4);
            }
        }),
        ("with a Nonce of 260 octets", |message| {
            if let Some(value) = message.value(avp::NONCE) {
                value.resize(260, 1);
            }
        }),
        ("with two Nonces", |message| message.avps.push((avp::NONCE, None, vec![7; 16]))),
        ("with two EAP packets", |message| {
            let eap = message.value(avp::EAP_PAYLOAD).cloned().unwrap_or_default();
            message.avps.push((avp::EAP_PAYLOAD, None, eap));
        }),
        ("with an unknown AVP", |message| message.avps.push((999, None, vec![1, 2, 3, 4]))),
        ("that is 8 octets longer than it says", |message| message.longer = -8),
        ("with half an AVP", |message| message.tail = vec![0, 2, 0, 0, 0, 9, 0, 0, 1]),
    ];
    for (what, change) in WRONG {
        cases.add(
            "par.wrong",
            format!("a request with an EAP packet {what} is discarded"),
            "access.2.13, access.2.19, RFC 5191 §5.2, RFC 5191 §5.5",
            move |stage| {
                let mut world = World::opened(stage)?;
                let right = world.ask_identity(stage)?;
                let mut wrong = right.clone();
                change(&mut wrong);
                world.tell(stage, &wrong)?;
                silent(stage, &mut world)?;
                world.tell(stage, &right)?;
                still("the right request is answered after it", world.response(stage))
            },
        );
    }
    cases.add(
        "par.wrong",
        "a liveness test before there is access is discarded",
        "access.2.19, RFC 5191 §5.5",
        |stage| {
            let mut world = World::opened(stage)?;
            let number = world.number;
            let ping = world.par(Kind::Pnr, Flags::PING);
            world.tell(stage, &ping)?;
            silent(stage, &mut world)?;
            world.number = number;
            let identity = world.ask_identity(stage)?;
            world.tell(stage, &identity)?;
            world.response(stage).map(|_| ())
        },
    );
}
