//! The access phase: liveness tests, re-authentication, termination.

use dsboot_codec::pana::{Flags, Kind};
use dsboot_spec::registry::pana::avp;

use super::pac::{Grant, accept, challenge, reply, up_to};
use super::{Cases, Ending, Msg, Outcome, Pac, Stage, ensure, fail, silent};

/// A client that has been let in.
fn inside(stage: &mut Stage<'_>) -> Result<Pac, Ending> {
    let mut pac = Pac::new(stage)?;
    pac.admitted(stage).or_else(up_to)?;
    Ok(pac)
}

/// A request that is answered by that kind of answer with its number and flags.
fn answered(stage: &mut Stage<'_>, pac: &mut Pac, request: &Msg, kind: Kind) -> Outcome {
    pac.send(stage, request)?;
    let heard = pac.heard(stage, kind.name())?;
    let flags = Flags(request.flags).and(Flags::PING | Flags::RE_AUTHENTICATION);
    let message = heard.is(kind, flags)?;
    let (seen, session) = (message.sequence(), message.session_id());
    ensure(seen == request.sequence, request.sequence.to_string(), || seen.to_string())?;
    ensure(session == request.session, format!("{:#x}", request.session), || {
        format!("{session:#x}")
    })
}

/// The session lives.
fn lives(stage: &mut Stage<'_>, pac: &mut Pac) -> Outcome {
    let ping = pac.request(Kind::Pnr, Flags::PING);
    match answered(stage, pac, &ping, Kind::Pna) {
        Err(Ending::Fail { seen, .. }) => fail("the session lives, and a ping is answered", seen),
        other => other,
    }
}

fn end(pac: &mut Pac, cause: u32) -> Msg {
    pac.request(Kind::Ptr, Flags::NONE).with(avp::TERMINATION_CAUSE, &cause.to_be_bytes())
}

pub(super) fn add(cases: &mut Cases) {
    cases.add("pnr.ping", "a liveness test is answered", "access.5.6, RFC 5191 §4.2", |stage| {
        let mut pac = inside(stage)?;
        let ping = pac.request(Kind::Pnr, Flags::PING);
        answered(stage, &mut pac, &ping, Kind::Pna)
    });
    cases.add(
        "pnr.ping",
        "a second liveness test, with the next number, is answered",
        "access.5.6, access.2.13, RFC 5191 §5.2",
        |stage| {
            let mut pac = inside(stage)?;
            lives(stage, &mut pac)?;
            lives(stage, &mut pac)
        },
    );
    cases.add(
        "pnr.ping",
        "a repeated liveness test gets the same octets",
        "access.2.14, RFC 5191 §5.2",
        |stage| {
            let mut pac = inside(stage)?;
            let ping = pac.request(Kind::Pnr, Flags::PING);
            pac.send(stage, &ping)?;
            let first = stage.receive(&pac.endpoint, stage.patience());
            pac.send(stage, &ping)?;
            let second = stage.receive(&pac.endpoint, stage.patience());
            let [first, second] = [first, second].map(|came| came.map(|came| came.octets));
            ensure(second.is_some() && first == second, "the same answer", || {
                "another, or none".to_owned()
            })
        },
    );
    for (step, what) in [
        (2_u32, "after the next"),
        (0, "of the last one, in another request"),
        (u32::MAX, "before the last one"),
    ] {
        cases.add(
            "pnr.number",
            format!("a request with the number {what} is discarded"),
            "access.2.13, RFC 5191 §5.2",
            move |stage| {
                let mut pac = inside(stage)?;
                lives(stage, &mut pac)?;
                let mut request =
                    Msg::new(Kind::Pnr, Flags::PING, pac.session, pac.own.wrapping_add(step));
                if step == 0 {
                    request = Msg::new(Kind::Ptr, Flags::NONE, pac.session, pac.own)
                        .with(avp::TERMINATION_CAUSE, &[0, 0, 0, 1]);
                }
                pac.send(stage, &request)?;
                silent(stage, &mut pac)?;
                lives(stage, &mut pac)
            },
        );
    }
    cases.add(
        "pnr.number",
        "numbers wrap from 2^32 - 1 to 0",
        "access.2.12, RFC 5191 §5.2",
        |stage| {
            let mut pac = inside(stage)?;
            pac.own = u32::MAX - 1;
            lives(stage, &mut pac)?;
            lives(stage, &mut pac)
        },
    );
    cases.add(
        "pnr.ping",
        "a liveness test from another port is answered there",
        "access.2.21, RFC 5191 §5.6",
        |stage| {
            let mut pac = inside(stage)?;
            let address = stage.profile.tester.address;
            pac.endpoint = stage.endpoint("PaC", address, 0, dsboot_codec::tree::Protocol::Pana)?;
            lives(stage, &mut pac)
        },
    );
    let wrong: [super::Wrong; 6] = [
        ("an unknown session identifier", |message| message.session ^= 0x4000_0000),
        ("an AUTH AVP", |message| message.avps.push((avp::AUTH, None, vec![7; 20]))),
        ("an AVP that nobody knows", |message| message.avps.push((999, None, vec![1]))),
        ("S set beside P", |message| message.flags |= Flags::START.0),
        ("a Nonce", |message| message.avps.push((avp::NONCE, None, vec![7; 16]))),
        ("an unknown type", |message| message.kind = 99),
    ];
    for (what, change) in wrong {
        cases.add(
            "pnr.wrong",
            format!("a notification with {what} is discarded"),
            "access.2.19, RFC 5191 §5.5",
            move |stage| {
                let mut pac = inside(stage)?;
                let mut request =
                    Msg::new(Kind::Pnr, Flags::PING, pac.session, pac.own.wrapping_add(1));
                change(&mut request);
                pac.send(stage, &request)?;
                silent(stage, &mut pac)?;
                lives(stage, &mut pac)
            },
        );
    }
    cases.add(
        "pnr.early",
        "before the access phase a liveness test gets no answer",
        "access.2.19, RFC 5191 §4.2",
        |stage| {
            let mut pac = Pac::new(stage)?;
            pac.open(stage, true).or_else(up_to)?;
            let ping = pac.request(Kind::Pnr, Flags::PING);
            pac.send(stage, &ping)?;
            silent(stage, &mut pac)
        },
    );
    cases.add(
        "pci.again",
        "a client initiation during a session opens no second one",
        "access.2.5, RFC 5191 §5.7",
        |stage| {
            let mut pac = inside(stage)?;
            let initiation = pac.initiation(stage, true);
            pac.send(stage, &initiation)?;
            // The target may look whether the client is still there.
            if let Some(heard) = pac.hear(stage, stage.silence())
                && heard.message()?.kind() == Some(Kind::Par)
            {
                return fail("no PANA-Auth-Request", "one");
            }
            lives(stage, &mut pac)
        },
    );
    termination(cases);
    again(cases);
}

fn termination(cases: &mut Cases) {
    for cause in [1_u32, 8] {
        cases.add(
            "ptr",
            format!("a termination request with cause {cause} is answered"),
            "access.5.7, RFC 5191 §4.4",
            move |stage| {
                let mut pac = inside(stage)?;
                let request = end(&mut pac, cause);
                answered(stage, &mut pac, &request, Kind::Pta)
            },
        );
    }
    cases.add(
        "ptr",
        "after a termination the session is gone",
        "access.5.7, RFC 5191 §4.4",
        |stage| {
            let mut pac = inside(stage)?;
            let request = end(&mut pac, 1);
            answered(stage, &mut pac, &request, Kind::Pta)?;
            let ping = pac.request(Kind::Pnr, Flags::PING);
            pac.send(stage, &ping)?;
            silent(stage, &mut pac)
        },
    );
    cases.add(
        "ptr",
        "after a termination a new session can begin",
        "access.5.7, RFC 5191 §4.4",
        |stage| {
            let mut pac = inside(stage)?;
            let old = pac.session;
            let request = end(&mut pac, 1);
            answered(stage, &mut pac, &request, Kind::Pta)?;
            pac.open(stage, true)?;
            ensure(pac.session != old, "another session identifier", || format!("{old:#x} again"))
        },
    );
    cases.add(
        "ptr.wrong",
        "a termination request without cause is discarded",
        "access.2.19, RFC 5191 §7.5",
        |stage| {
            let mut pac = inside(stage)?;
            let request = Msg::new(Kind::Ptr, Flags::NONE, pac.session, pac.own.wrapping_add(1));
            pac.send(stage, &request)?;
            silent(stage, &mut pac)?;
            lives(stage, &mut pac)
        },
    );
    cases.add(
        "ptr.wrong",
        "a termination request for another session ends none",
        "access.2.19, RFC 5191 §5.5",
        |stage| {
            let mut pac = inside(stage)?;
            let mut request = Msg::new(
                Kind::Ptr,
                Flags::NONE,
                pac.session ^ 0x4000_0000,
                pac.own.wrapping_add(1),
            );
            request = request.with(avp::TERMINATION_CAUSE, &[0, 0, 0, 1]);
            pac.send(stage, &request)?;
            silent(stage, &mut pac)?;
            lives(stage, &mut pac)
        },
    );
}

/// Begins re-authentication; the first request of it.
fn begun(stage: &mut Stage<'_>) -> Result<(Pac, super::Heard), Ending> {
    let mut pac = inside(stage)?;
    let request = pac.request(Kind::Pnr, Flags::RE_AUTHENTICATION);
    answered(stage, &mut pac, &request, Kind::Pna)?;
    let first = pac.heard(stage, "a PANA-Auth-Request")?;
    first.is(Kind::Par, Flags::NONE)?;
    Ok((pac, first))
}

fn again(cases: &mut Cases) {
    cases.add(
        "reauth",
        "a notification with A is answered, and re-authentication begins",
        "access.5.1, RFC 5191 §4.3",
        |stage| begun(stage).map(|_| ()),
    );
    cases.add(
        "reauth",
        "re-authentication keeps the session identifier, and has no S",
        "access.5.2, access.2.20, RFC 5191 §4.3",
        |stage| {
            let (_, first) = begun(stage)?;
            let flags = first.message()?.flags();
            ensure(!flags.contains(Flags::START), "no S", || format!("{:#06x}", flags.0))
        },
    );
    cases.add(
        "reauth",
        "the first request of a re-authentication carries a fresh Nonce",
        "access.5.2, RFC 5191 §4.3",
        |stage| {
            let (_, first) = begun(stage)?;
            ensure(!first.message()?.nonce().is_absent(), "a Nonce", || "none".to_owned())
        },
    );
    cases.add(
        "reauth",
        "re-authentication begins without State",
        "access.3.3, RFC 5080 §2.1.1",
        |stage| {
            let (mut pac, first) = begun(stage)?;
            let identity = pac.identity(&first)?;
            pac.send(stage, &identity)?;
            let ask = pac.question(stage)?;
            let packet = dsboot_codec::radius::Packet::decode(&ask.octets);
            let has = packet.is_ok_and(|packet| !packet.state().is_absent());
            let _ = &mut pac;
            ensure(!has, "no State", || "one".to_owned())
        },
    );
    cases.add(
        "reauth",
        "a re-authentication that succeeds prolongs the session",
        "access.5.1, access.4.1, RFC 5191 §4.3",
        |stage| {
            let (mut pac, first) = begun(stage)?;
            let identity = pac.identity(&first)?;
            pac.send(stage, &identity)?;
            let ask = pac.question(stage)?;
            reply(stage, &ask, &challenge(stage, &ask)?)?;
            let request = pac.heard(stage, "the challenge")?;
            let answer = pac.md5(&request)?;
            pac.send(stage, &answer)?;
            let ask = pac.question(stage)?;
            let octets = accept(stage, &ask, &Grant::of(stage))?;
            reply(stage, &ask, &octets)?;
            let result = pac.heard(stage, "a result")?;
            result.is(Kind::Par, Flags::COMPLETE)?;
            let answer = pac.answering(&result)?;
            pac.send(stage, &answer)?;
            lives(stage, &mut pac)
        },
    );
    cases.add(
        "reauth",
        "a re-authentication that fails ends the session",
        "access.5.3, RFC 5191 §4.3",
        |stage| {
            let (mut pac, first) = begun(stage)?;
            let identity = pac.identity(&first)?;
            pac.send(stage, &identity)?;
            let ask = pac.question(stage)?;
            let code = dsboot_spec::registry::radius::code::ACCESS_REJECT;
            let octets =
                super::pac::radius(stage, &ask, code, &super::pac::secret(stage), |_, _| {})?;
            reply(stage, &ask, &octets)?;
            let result = pac.heard(stage, "a result")?;
            let answer = pac.answering(&result)?;
            pac.send(stage, &answer)?;
            let ping = pac.request(Kind::Pnr, Flags::PING);
            pac.send(stage, &ping)?;
            silent(stage, &mut pac)
        },
    );
}
