//! A home agent with which the agent shares an association.

use dsboot_codec::mip4::{AuthenticationKind, Message};

use super::visitor::Visitor;
use super::{Cases, Ending, Outcome, Rrq, Stage, ensure, fail, missing, relayed, still_serves};
use crate::fha::peer::Sa;
use crate::fha::rrq::{Part, Tweak};
use crate::stage::Came;

/// A request of a visitor of that home agent, which waits there.
fn waiting(stage: &mut Stage<'_>) -> Result<(Visitor, Sa, Rrq, Came), Ending> {
    let (mut visitor, sa) = Visitor::of_partner(stage)?;
    let request = visitor.request(stage);
    let (came, _) = relayed(stage, &visitor, &request)?;
    Ok((visitor, sa, request, came))
}

/// A reply, and its octets with the home agent's authenticators, made or not.
fn reply(
    visitor: &Visitor,
    request: &Rrq,
    code: u8,
    proofs: &[Part],
) -> Result<(Vec<u8>, Vec<u8>), Ending> {
    let signed = visitor.signed(&visitor.answer(request, code), &[])?;
    let mut octets = signed.clone();
    for proof in proofs {
        if proof.append(&mut octets).is_none() {
            return missing("a reply that can be made");
        }
    }
    Ok((signed, octets))
}

/// An authenticator for the agent, changed.
fn proof(sa: &Sa, change: fn(&mut Sa), tweak: Tweak) -> Part {
    let mut sa = sa.clone();
    change(&mut sa);
    Part::Auth { kind: AuthenticationKind::ForeignHome, sa, tweak }
}

/// What stands for the agent in a reply.
type Proofs = fn(&Sa) -> Vec<Part>;

const WRONG: [(&str, Proofs); 7] = [
    ("without authenticator for the agent", |_| Vec::new()),
    ("with a wrong first octet of that authenticator", |sa| {
        vec![proof(sa, |_| {}, Tweak::Flip(0))]
    }),
    ("with a wrong last octet of that authenticator", |sa| {
        vec![proof(sa, |_| {}, Tweak::Flip(15))]
    }),
    ("with that authenticator under another key", |sa| {
        vec![proof(sa, |sa| sa.key = b"another key 1234".to_vec(), Tweak::Right)]
    }),
    ("with that authenticator under another SPI", |sa| {
        vec![proof(sa, |sa| sa.spi ^= 0x0101_0000, Tweak::Right)]
    }),
    ("with that authenticator empty", |sa| vec![proof(sa, |_| {}, Tweak::Length(0))]),
    ("with that authenticator twice", |sa| {
        vec![proof(sa, |_| {}, Tweak::Right), proof(sa, |_| {}, Tweak::Right)]
    }),
];

pub(super) fn add(cases: &mut Cases) {
    cases.add(
        "home.rrq",
        "a request to a home agent with an association gets one right authenticator, behind all else",
        "registration.5.3, RFC 5944 §3.7.2.2",
        |stage| {
            let (_, sa, _, came) = waiting(stage)?;
            let expected = "one right foreign-home authenticator, the last extension";
            let Ok(Message::Request(request)) = Message::decode(&came.octets) else {
                return fail(expected, "a request that cannot be read");
            };
            let kinds: Vec<u8> = request.extensions.iter().map(|one| one.value.kind()).collect();
            let kind = AuthenticationKind::ForeignHome;
            let there = request.extensions.authenticator(kind).once();
            let is_right = there.is_some_and(|proof| proof.verify(&sa.context()));
            ensure(is_right && kinds.last() == Some(&34), expected, || {
                format!("extensions {kinds:?}")
            })
        },
    );
    cases.add(
        "home.rrq",
        "a request to a home agent without an association gets none",
        "registration.5.3, RFC 5944 §3.7.2.2",
        |stage| {
            let mut visitor = Visitor::new(stage)?;
            let request = visitor.request(stage);
            let (came, _) = relayed(stage, &visitor, &request)?;
            let Ok(Message::Request(request)) = Message::decode(&came.octets) else {
                return fail("a request that can be read", "one that cannot");
            };
            let there = request.extensions.iter().any(|one| one.value.kind() == 34);
            ensure(!there, "no extension 34", || "one".to_owned())
        },
    );
    for code in [0_u8, 130] {
        cases.add(
            "home.rrp",
            format!("a reply of code {code} with a right authenticator for the agent is relayed, without it"),
            "registration.9.2, registration.9.3, RFC 5944 §3.7.3.2",
            move |stage| {
                let (visitor, sa, request, came) = waiting(stage)?;
                let proofs = [proof(&sa, |_| {}, Tweak::Right)];
                let (signed, octets) = reply(&visitor, &request, code, &proofs)?;
                visitor.respond(stage, &came, &octets)?;
                let Some(reply) = visitor.reply(stage, stage.patience()) else {
                    return fail("the reply is relayed", "nothing");
                };
                let (same, more) = (
                    reply.octets.get(..signed.len()) == Some(&signed),
                    reply.octets.get(signed.len()).copied(),
                );
                ensure(same && more != Some(34), "the octets up to extension 32, and no 34", || {
                    "others, or a 34".to_owned()
                })
            },
        );
    }
    for (what, proofs) in WRONG {
        cases.add(
            "home.wrong",
            format!("a reply {what} is not relayed; the mobile node is refused, if at all, by 68"),
            "registration.9.4, RFC 5944 §3.7.3.1",
            move |stage| {
                let (mut visitor, sa, request, came) = waiting(stage)?;
                let (_, octets) = reply(&visitor, &request, 0, &proofs(&sa))?;
                visitor.respond(stage, &came, &octets)?;
                refused(stage, &visitor)?;
                still_serves(stage, &mut visitor)
            },
        );
    }
}

fn refused(stage: &mut Stage<'_>, visitor: &Visitor) -> Outcome {
    match visitor.reply(stage, stage.silence()) {
        Some(reply) if reply.code() != 68 => {
            fail("nothing, or a denial by 68", format!("code {}", reply.code()))
        }
        _ => Ok(()),
    }
}
