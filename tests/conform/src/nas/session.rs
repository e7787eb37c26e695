//! Sessions: how they begin, and which messages are discarded.

use std::time::{Duration, Instant};

use dsboot_codec::eap;
use dsboot_codec::pana::{Flags, Kind};
use dsboot_spec::registry::pana::{PORT, avp};

use super::{
    Cases, Ending, Heard, Msg, Outcome, Pac, Stage, ensure, fail, missing, silent, unasked,
};

/// What is wrong with an EAP packet.
type WrongEap = (&'static str, fn(&mut Vec<u8>));

type Look = fn(&Pac, &Heard, &Stage<'_>) -> Outcome;

/// The request with S.
fn started(stage: &mut Stage<'_>, announce: bool) -> Result<(Pac, Heard), Ending> {
    let mut pac = Pac::new(stage)?;
    let initiation = pac.initiation(stage, announce);
    pac.send(stage, &initiation)?;
    let start = pac.heard(stage, "a PANA-Auth-Request with S")?;
    start.is(Kind::Par, Flags::START)?;
    Ok((pac, start))
}

/// A message that has to be discarded where the identity is expected; then the right one, which is
/// taken.
fn discarded(stage: &mut Stage<'_>, change: impl Fn(&mut Msg)) -> Outcome {
    let mut pac = Pac::new(stage)?;
    let first = pac.open(stage, true).or_else(super::pac::up_to)?;
    let right = pac.identity(&first)?;
    let mut wrong = right.clone();
    change(&mut wrong);
    pac.send(stage, &wrong)?;
    unasked(stage, &pac)?;
    silent(stage, &mut pac)?;
    pac.send(stage, &right)?;
    match pac.asked(stage, stage.patience()) {
        Some(_) => Ok(()),
        None => fail("the right answer is taken after it", "no Access-Request"),
    }
}

pub(super) fn add(cases: &mut Cases) {
    start(cases);
    confirm(cases);
    first(cases);
    wrong(cases);
    own_requests(cases);
}

fn start(cases: &mut Cases) {
    let looks: [(&str, &str, Look); 7] = [
        ("is answered by a PANA-Auth-Request with S", "access.2.3, RFC 5191 §4.1", |_, _, _| {
            Ok(())
        }),
        (
            "gets a session identifier that is not zero",
            "access.2.3, RFC 5191 §4.1",
            |_, start, _| ensure(start.message()?.session_id() != 0, "not 0", || "0".to_owned()),
        ),
        (
            "is answered from port 716 to where it came from",
            "access.2.21, RFC 5191 §6.1",
            |pac, start, _| {
                let from = start.came.from;
                ensure(from == pac.paa, pac.paa.to_string(), || from.to_string())
            },
        ),
        ("is answered with reserved bits zero", "wire.6.3, RFC 5191 §6.2", |_, start, _| {
            let message = start.message()?;
            let header = message.header();
            let others = header.flags.0 & !(Flags::REQUEST | Flags::START).0;
            ensure(header.reserved == 0 && others == 0, "zero", || {
                format!("reserved {:#06x}, flags {:#06x}", header.reserved, header.flags.0)
            })
        }),
        (
            "is answered without AUTH, Nonce, result or lifetime",
            "access.2.9, RFC 5191 §7.2",
            |_, start, _| {
                let odd =
                    [avp::AUTH, avp::NONCE, avp::RESULT_CODE, avp::SESSION_LIFETIME, avp::KEY_ID];
                let found = start.message()?.avps().find(|one| odd.contains(&one.value.kind()));
                ensure(found.is_none(), "none of them", || {
                    found.map_or(String::new(), |one| format!("AVP {}", one.value.kind()))
                })
            },
        ),
        (
            "is answered without algorithms, as EAP-MD5 gives no key",
            "access.2.4, RFC 5191 §4.1",
            |_, start, stage| {
                if !stage.profile.claims("bootstrap") {
                    return Err(Ending::Skip("the method is not known".to_owned()));
                }
                let message = start.message()?;
                let count =
                    message.prf_algorithms().count() + message.integrity_algorithms().count();
                ensure(count == 0, "no algorithms", || format!("{count}"))
            },
        ),
        (
            "is answered by a message that PANA allows",
            "access.2.19, RFC 5191 §7",
            |_, start, stage| match start.message()?.validate(stage.profile.vendor) {
                Ok(_) => Ok(()),
                Err(error) => fail("one", error.to_string()),
            },
        ),
    ];
    for (what, clauses, look) in looks {
        cases.add("pci", format!("a client initiation {what}"), clauses, move |stage| {
            let (pac, start) = started(stage, true)?;
            look(&pac, &start, stage)
        });
    }
    cases.add(
        "pci",
        "a client initiation without parameters is answered too",
        "access.2.3, RFC 5191 §4.1",
        |stage| started(stage, false).map(|_| ()),
    );
    cases.add(
        "pci.repeated",
        "a repeated client initiation gets the same request, octet for octet",
        "access.2.7, RFC 5191 §4.1",
        |stage| {
            let (pac, start) = started(stage, true)?;
            let initiation = pac.initiation(stage, true);
            pac.send(stage, &initiation)?;
            let Some(again) = stage.receive(&pac.endpoint, stage.patience()) else {
                return fail("the request once more", "nothing");
            };
            ensure(again.octets == start.came.octets, "the same octets", || "others".to_owned())
        },
    );
    cases.add(
        "pci.repeated",
        "the request with S is not repeated by itself",
        "access.2.6, RFC 5191 §4.1",
        |stage| {
            let (pac, start) = started(stage, true)?;
            if !start.message()?.eap_payload().is_absent() {
                return Err(Ending::Skip("it carries EAP".to_owned()));
            }
            let again = stage.receive(&pac.endpoint, Duration::from_millis(2500));
            ensure(again.is_none(), "nothing for 2.5 s", || "a message".to_owned())
        },
    );
    cases.add(
        "pci.two",
        "two clients get sessions of their own",
        "access.2.5, RFC 5191 §4.1",
        |stage| {
            let (_one, first) = started(stage, true)?;
            let (_two, second) = started(stage, true)?;
            let [first, second] = [first.message()?.session_id(), second.message()?.session_id()];
            ensure(first != second, "two session identifiers", || format!("twice {first:#x}"))
        },
    );
    let wrong: [super::Wrong; 5] = [
        ("with a session identifier", |message| message.session = 0x1234_5678),
        ("with R", |message| message.flags |= Flags::REQUEST.0),
        ("that is longer than its Message Length", |message| message.tail = vec![0; 4]),
        ("with an AUTH AVP", |message| message.avps.push((avp::AUTH, None, vec![7; 20]))),
        ("with an AVP that ends beyond", |message| message.tail = vec![0, 2, 0, 0, 0, 200, 0, 0]),
    ];
    for (what, change) in wrong {
        cases.add(
            "pci.wrong",
            format!("a client initiation {what} is discarded"),
            "access.2.19, wire.6.2, RFC 5191 §5.5",
            move |stage| {
                let mut pac = Pac::new(stage)?;
                let mut initiation = pac.initiation(stage, true);
                change(&mut initiation);
                if !initiation.tail.is_empty() && what.contains("longer") {
                    initiation.longer = -4;
                }
                pac.send(stage, &initiation)?;
                silent(stage, &mut pac)?;
                let right = pac.initiation(stage, true);
                pac.send(stage, &right)?;
                pac.heard(stage, "an answer to the right one").map(|_| ())
            },
        );
    }
}

/// The answer with S.
fn confirm(cases: &mut Cases) {
    let wrong: [super::Wrong; 6] = [
        ("another number", |message| message.sequence = message.sequence.wrapping_add(1)),
        ("another session identifier", |message| message.session ^= 0x0001_0000),
        ("the session identifier 0", |message| message.session = 0),
        ("R set", |message| message.flags |= Flags::REQUEST.0),
        ("an AVP that nobody knows", |message| message.avps.push((999, None, vec![1, 2, 3, 4]))),
        ("an AUTH AVP", |message| message.avps.push((avp::AUTH, None, vec![7; 20]))),
    ];
    for (what, change) in wrong {
        cases.add(
            "pan.start",
            format!("an answer with S and {what} opens no session"),
            "access.2.19, access.2.13, RFC 5191 §5.5",
            move |stage| {
                let (mut pac, start) = started(stage, true)?;
                let right = pac.answering(&start)?;
                let mut wrong = right.clone();
                change(&mut wrong);
                pac.send(stage, &wrong)?;
                silent(stage, &mut pac)?;
                pac.send(stage, &right)?;
                pac.heard(stage, "a PANA-Auth-Request after the right answer").map(|_| ())
            },
        );
    }
    cases.add(
        "pan.start",
        "an answer with S from another port opens no session",
        "access.2.5, RFC 5191 §4.1",
        |stage| {
            let (mut pac, start) = started(stage, true)?;
            let mut other = Pac::new(stage)?;
            let right = pac.answering(&start)?;
            other.send(stage, &right)?;
            silent(stage, &mut other)?;
            silent(stage, &mut pac)?;
            pac.send(stage, &right)?;
            pac.heard(stage, "a PANA-Auth-Request after the right answer").map(|_| ())
        },
    );
}

/// The first request of the session.
fn first(cases: &mut Cases) {
    let looks: [(&str, &str, Look); 6] = [
        ("carries a Nonce of 8 to 256 octets", "access.2.9, RFC 5191 §8.5", |_, first, _| {
            match first.message()?.nonce().once().map(<[u8]>::len) {
                Some(8..=256) => Ok(()),
                Some(length) => fail("8 to 256 octets", length.to_string()),
                None => fail("one Nonce", "none, or several"),
            }
        }),
        ("carries an EAP Request for the identity", "access.3.2, RFC 5191 §4.1", |_, first, _| {
            let eap = first.eap()?;
            let is_identity = matches!(
                eap::Packet::decode(&eap).map(|packet| packet.body()),
                Ok(Ok(eap::Body::Request(eap::Message::Identity(_))))
            );
            ensure(is_identity, "EAP-Request/Identity", || format!("{eap:02x?}"))
        }),
        ("has no flag but R", "wire.6.3, RFC 5191 §7.2", |_, first, _| {
            let flags = first.message()?.flags();
            ensure(flags == Flags::REQUEST, "R", || format!("{:#06x}", flags.0))
        }),
        ("carries no result and no lifetime", "access.4.8, RFC 5191 §5.7", |_, first, _| {
            let message = first.message()?;
            let neither =
                message.result_code().is_absent() && message.session_lifetime().is_absent();
            ensure(neither, "neither", || "one of them".to_owned())
        }),
        ("carries no vendor's AVP", "access.4.3, RFC 5191 §5.5", |_, first, _| {
            let vendor = first
                .message()?
                .avps()
                .any(|one| matches!(one.value, dsboot_codec::pana::Avp::Vendor(_)));
            ensure(!vendor, "none", || "one".to_owned())
        }),
        (
            "is a message that PANA allows",
            "access.2.19, RFC 5191 §7",
            |_, first, stage| match first.message()?.validate(stage.profile.vendor) {
                Ok(_) => Ok(()),
                Err(error) => fail("one", error.to_string()),
            },
        ),
    ];
    for (what, clauses, look) in looks {
        cases.add(
            "par.first",
            format!("the first request of a session {what}"),
            clauses,
            move |stage| {
                let mut pac = Pac::new(stage)?;
                let first = pac.open(stage, true)?;
                look(&pac, &first, stage)
            },
        );
    }
    cases.add(
        "par.first",
        "the first request of a session has the next number",
        "access.2.12, RFC 5191 §5.2",
        |stage| {
            let (mut pac, start) = started(stage, true)?;
            let number = start.message()?.sequence();
            let answer = pac.answering(&start)?;
            pac.send(stage, &answer)?;
            let first = pac.heard(stage, "a PANA-Auth-Request")?;
            let (seen, expected) = (first.message()?.sequence(), number.wrapping_add(1));
            ensure(seen == expected, expected.to_string(), || seen.to_string())
        },
    );
    cases.add(
        "par.repeated",
        "an unanswered request is repeated after about 1 s and 2 s more, octet for octet",
        "access.2.16, RFC 5191 §9",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let first = pac.open(stage, true)?;
            let mut sent = Instant::now();
            for (least, most) in [(850_u128, 1400_u128), (1750, 2600)] {
                let Some(again) = stage.receive(&pac.endpoint, Duration::from_millis(3000)) else {
                    return fail("a repetition", "none within 3 s");
                };
                let after = sent.elapsed().as_millis();
                sent = Instant::now();
                ensure(again.octets == first.came.octets, "the same octets", || {
                    "others".to_owned()
                })?;
                ensure(
                    (least..=most).contains(&after),
                    format!("after {least} to {most} ms"),
                    || format!("after {after} ms"),
                )?;
            }
            Ok(())
        },
    );
}

/// Answers that are to be discarded.
fn wrong(cases: &mut Cases) {
    let wrong: [super::Wrong; 26] = [
        ("the next number", |message| message.sequence = message.sequence.wrapping_add(1)),
        ("the number before", |message| message.sequence = message.sequence.wrapping_sub(1)),
        ("number 0", |message| message.sequence = 0),
        ("another session identifier", |message| message.session ^= 1),
        ("session identifier 0", |message| message.session = 0),
        ("S set", |message| message.flags |= Flags::START.0),
        ("C set", |message| message.flags |= Flags::COMPLETE.0),
        ("the type of a termination", |message| message.kind = 3),
        ("the type of a notification", |message| message.kind = 4),
        ("an unknown type", |message| message.kind = 77),
        ("no Nonce", |message| message.remove(avp::NONCE)),
        ("two Nonces", |message| message.avps.push((avp::NONCE, None, vec![7; 16]))),
        ("a Nonce of 7 octets", |message| nonce(message, 7)),
        ("an empty Nonce", |message| nonce(message, 0)),
        ("a Nonce of 257 octets", |message| nonce(message, 257)),
        ("two EAP packets", |message| {
            let eap = message.value(avp::EAP_PAYLOAD).cloned().unwrap_or_default();
            message.avps.push((avp::EAP_PAYLOAD, None, eap));
        }),
        ("a result", |message| message.avps.push((avp::RESULT_CODE, None, vec![0; 4]))),
        ("an AVP that nobody knows", |message| message.avps.push((999, None, vec![1, 2, 3, 4]))),
        ("an AUTH AVP", |message| message.avps.push((avp::AUTH, None, vec![7; 20]))),
        ("four octets behind its Message Length", |message| {
            message.tail = vec![0; 4];
            message.longer = -4;
        }),
        ("a Message Length beyond the datagram", |message| message.longer = 8),
        ("a Message Length below a header", |message| message.longer = -i16::MAX),
        ("an AVP that ends beyond the message", |message| {
            message.tail = vec![0, 2, 0, 0, 0, 200, 0, 0];
        }),
        ("half an AVP header at its end", |message| message.tail = vec![0, 2, 0, 0]),
        ("an AVP of a vendor that nobody knows", |message| {
            message.avps.push((1, Some(4242), vec![1]));
        }),
        ("a termination cause", |message| {
            message.avps.push((avp::TERMINATION_CAUSE, None, vec![0, 0, 0, 1]));
        }),
    ];
    for (what, change) in wrong {
        cases.add(
            "pan.wrong",
            format!("an answer with {what} is discarded"),
            "access.2.19, access.2.15, access.2.9, RFC 5191 §5.5",
            move |stage| discarded(stage, change),
        );
    }
    let eaps: [WrongEap; 5] = [
        ("another Identifier", |eap| set(eap, 1, |octet| octet ^ 0x55)),
        ("the code of a Request", |eap| set(eap, 0, |_| 1)),
        ("the code 9", |eap| set(eap, 0, |_| 9)),
        ("a Length beyond the packet", |eap| set(eap, 2, |_| 9)),
        ("a Length of 3", |eap| {
            set(eap, 2, |_| 0);
            set(eap, 3, |_| 3);
        }),
    ];
    for (what, change) in eaps {
        cases.add(
            "eap.wrong",
            format!("an EAP packet with {what} goes to nobody"),
            "access.2.25, RFC 3748 §4.1",
            move |stage| {
                let mut pac = Pac::new(stage)?;
                let first = pac.open(stage, true).or_else(super::pac::up_to)?;
                let mut answer = pac.identity(&first)?;
                if let Some(eap) = answer.value(avp::EAP_PAYLOAD) {
                    change(eap);
                }
                pac.send(stage, &answer)?;
                unasked(stage, &pac)
            },
        );
    }
}

fn nonce(message: &mut Msg, length: usize) {
    if let Some(value) = message.value(avp::NONCE) {
        *value = vec![9; length];
    }
}

fn set(octets: &mut [u8], at: usize, change: impl Fn(u8) -> u8) {
    if let Some(octet) = octets.get_mut(at) {
        *octet = change(*octet);
    }
}

/// Requests of the client.
fn own_requests(cases: &mut Cases) {
    cases.add(
        "par.own",
        "an EAP Response in a request of the client is answered and passed on",
        "access.2.10, RFC 5191 §4.1",
        |stage| {
            let (mut pac, request) = responding(stage)?;
            pac.send(stage, &request)?;
            let answer = pac.heard(stage, "a PANA-Auth-Answer")?;
            let sequence = answer.is(Kind::Pan, Flags::NONE)?.sequence();
            ensure(sequence == request.sequence, request.sequence.to_string(), || {
                sequence.to_string()
            })?;
            pac.question(stage).map(|_| ())
        },
    );
    cases.add(
        "par.own",
        "a request of the client that is repeated gets the same answer, and nobody is asked again",
        "access.2.14, RFC 5191 §5.2",
        |stage| {
            let (mut pac, request) = responding(stage)?;
            pac.send(stage, &request)?;
            let Some(first) = stage.receive(&pac.endpoint, stage.patience()) else {
                return missing("an answer");
            };
            pac.question(stage)?;
            pac.send(stage, &request)?;
            let Some(second) = stage.receive(&pac.endpoint, stage.patience()) else {
                return fail("the answer once more", "nothing");
            };
            ensure(first.octets == second.octets, "the same octets", || "others".to_owned())?;
            unasked(stage, &pac)?;
            silent(stage, &mut pac)
        },
    );
    cases.add(
        "port",
        "no message comes from another port than PANA's",
        "access.2.21, RFC 5191 §6.1",
        |stage| {
            let (_, start) = started(stage, true)?;
            let port = start.came.from.port();
            let expected = stage.profile.target.address.port();
            ensure(port == expected, format!("{expected} ({PORT} by default)"), || port.to_string())
        },
    );
}

/// A session whose first request is answered without EAP, and the request that brings it.
fn responding(stage: &mut Stage<'_>) -> Result<(Pac, Msg), Ending> {
    let mut pac = Pac::new(stage)?;
    let first = pac.open(stage, true).or_else(super::pac::up_to)?;
    let mut answer = pac.identity(&first)?;
    let eap = answer.value(avp::EAP_PAYLOAD).cloned().unwrap_or_default();
    answer.remove(avp::EAP_PAYLOAD);
    pac.send(stage, &answer)?;
    let request = pac.request(Kind::Par, Flags::NONE).with(avp::EAP_PAYLOAD, &eap);
    Ok((pac, request))
}
