//! Requests that come through a foreign agent with which the home agent shares an association.

use dsboot_codec::mip4::{AuthenticationKind, Message};

use super::peer::Sa;
use super::rrq::{Part, Rrq, Tweak};
use super::{
    ACCEPTED, Allowed, Answer, Cases, Ending, Mobile, Outcome, SILENCE, code, code_or_silence,
    ensure, fail, missing, still_registered,
};
use crate::{Level, Stage};

/// Purpose, clauses, what becomes of the request, what is allowed.
type Row = (&'static str, fn(&mut Rrq), Allowed);

const CLAUSES: &str = "registration.7.9, RFC 5944 §3.8.2.1";

/// A mobile node that is registered through that agent.
fn through(stage: &mut Stage<'_>) -> Result<(Mobile, Sa), Ending> {
    let mut mobile = Mobile::through_agent(stage)?;
    mobile.establish(stage)?;
    match mobile.agent.clone() {
        Some(sa) => Ok((mobile, sa)),
        None => missing("an association"),
    }
}

/// Changes the authenticator of the agent.
fn tweak(request: &mut Rrq, change: impl FnOnce(&mut Sa, &mut Tweak)) {
    if let Some(Part::Auth { kind: AuthenticationKind::ForeignHome, sa, tweak }) =
        request.parts.last_mut()
    {
        change(sa, tweak);
    }
}

/// The reply carries one right authenticator for the agent, behind that for the mobile node.
fn proved(answer: &Answer, sa: &Sa) -> Outcome {
    let expected = "one right foreign-home authenticator, the last extension";
    let Ok(Message::Reply(reply)) = Message::decode(&answer.came.octets) else {
        return fail(expected, "a reply that cannot be read");
    };
    let kinds: Vec<u8> = reply.extensions.iter().map(|one| one.value.kind()).collect();
    let proof = reply.extensions.authenticator(AuthenticationKind::ForeignHome).once();
    let is_right = proof.is_some_and(|proof| proof.verify(&sa.context()));
    ensure(is_right && kinds.last() == Some(&34), expected, || format!("extensions {kinds:?}"))
}

pub(super) fn add(cases: &mut Cases) {
    let rows: [Row; 8] = [
        ("without authenticator of the agent", |rrq| drop(rrq.parts.pop()), code(&[132])),
        (
            "with a wrong first octet of the agent's authenticator",
            |rrq| tweak(rrq, |_, tweak| *tweak = Tweak::Flip(0)),
            code(&[132]),
        ),
        (
            "with a wrong last octet of the agent's authenticator",
            |rrq| tweak(rrq, |_, tweak| *tweak = Tweak::Flip(15)),
            code(&[132]),
        ),
        (
            "with the agent's authenticator under another key",
            |rrq| tweak(rrq, |sa, _| sa.key = b"another key 1234".to_vec()),
            code(&[132]),
        ),
        (
            "with the agent's authenticator under another SPI",
            |rrq| tweak(rrq, |sa, _| sa.spi ^= 0x0101_0000),
            code(&[132]),
        ),
        (
            "with an empty authenticator of the agent",
            |rrq| tweak(rrq, |_, tweak| *tweak = Tweak::Length(0)),
            code(&[132, 134]),
        ),
        (
            "with two authenticators of the agent",
            |rrq| rrq.parts.extend(rrq.parts.last().cloned()),
            code(&[132, 134]),
        ),
        (
            "with a wrong authenticator of the mobile node under a right one of the agent",
            |rrq| rrq.tweak(|_, tweak| *tweak = Tweak::Flip(2)),
            code(&[131]),
        ),
    ];
    for (what, change, allowed) in rows {
        cases
            .add("agent", format!("a request {what} is not accepted"), CLAUSES, move |stage| {
                let (mut mobile, _) = through(stage)?;
                let mut request = mobile.again(stage)?;
                change(&mut request);
                mobile.send(stage, &request.octets())?;
                code_or_silence(allowed.codes).judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            })
            .level(Level::Must);
        cases
            .add(
                "agent.told",
                format!("a request {what} is refused by a reply, with the agent's proof"),
                CLAUSES,
                move |stage| {
                    let (mut mobile, sa) = through(stage)?;
                    let mut request = mobile.again(stage)?;
                    change(&mut request);
                    mobile.send(stage, &request.octets())?;
                    match allowed.judge(stage, &mobile)? {
                        Some(answer) => proved(&answer, &sa),
                        None => Ok(()),
                    }
                },
            )
            .level(Level::Should);
    }
    right(cases);
    cases.add(
        "agent.unknown",
        "an authenticator of an agent with which there is no association has the request discarded",
        "registration.7.9, RFC 5944 §3.8.2.1",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            let sa = Sa {
                spi: 0x5555_0001,
                algorithm: dsboot_codec::mip4::Algorithm::HmacMd5,
                key: b"nobody has it 12".to_vec(),
            };
            let kind = AuthenticationKind::ForeignHome;
            request.parts.push(Part::Auth { kind, sa, tweak: Tweak::Right });
            mobile.send(stage, &request.octets())?;
            // RFC 3344 says less, so that a refusal is as right.
            let is_claimed = stage.profile.claims("5944");
            let allowed = if is_claimed { SILENCE } else { code_or_silence(&[132]) };
            allowed.judge(stage, &mobile)?;
            still_registered(stage, &mut mobile)
        },
    );
}

fn right(cases: &mut Cases) {
    cases.add(
        "agent.right",
        "a request with a right authenticator of the agent is accepted",
        CLAUSES,
        |stage| {
            let (mut mobile, _) = through(stage)?;
            still_registered(stage, &mut mobile)
        },
    );
    cases.add(
        "agent.right",
        "the reply carries one right authenticator for the agent, as its last extension",
        "registration.8.4, RFC 5944 §3.8.3.3",
        |stage| {
            let (mut mobile, sa) = through(stage)?;
            let request = mobile.again(stage)?;
            mobile.send(stage, &request.octets())?;
            match ACCEPTED.judge(stage, &mobile)? {
                Some(answer) => proved(&answer, &sa),
                None => Ok(()),
            }
        },
    );
    cases.add(
        "agent.right",
        "the refusal of an old Identification carries the agent's authenticator as well",
        "registration.8.4, RFC 5944 §3.8.3.3",
        |stage| {
            let (mut mobile, sa) = through(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.identification.0 -= 3600 << 32;
            mobile.send(stage, &request.octets())?;
            match code(&[133]).judge(stage, &mobile)? {
                Some(answer) => proved(&answer, &sa),
                None => Ok(()),
            }
        },
    );
    cases.add(
        "agent.right",
        "a deregistration with a right authenticator of the agent is confirmed with another",
        "movement.3.3, RFC 5944 §3.8.2.1",
        |stage| {
            let (mut mobile, sa) = through(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.lifetime = 0;
            request.header.care_of_address = request.header.home_address;
            mobile.send(stage, &request.octets())?;
            match ACCEPTED.judge(stage, &mobile)? {
                Some(answer) => proved(&answer, &sa),
                None => Ok(()),
            }
        },
    );
    cases.add(
        "agent.elsewhere",
        "a request without agent is not asked for its authenticator",
        CLAUSES,
        |stage| {
            let (mut mobile, _) = through(stage)?;
            let address = stage.profile.tester.address;
            mobile.endpoint =
                stage.endpoint("MN", address, 0, dsboot_codec::tree::Protocol::Mip4)?;
            mobile.agent = None;
            still_registered(stage, &mut mobile)
        },
    );
}
