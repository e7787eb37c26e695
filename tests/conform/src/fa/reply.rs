//! Step 6: replies of the home agent.

use std::net::Ipv4Addr;

use dsboot_codec::mip4::{Extension, ReplyHeader};
use dsboot_model::Rule;
use dsboot_spec::registry::mip4::PORT;

use super::visitor::{Reply, Visitor};
use super::{Cases, Ending, Outcome, Rrq, Stage, ensure, fail, missing, relayed};
use crate::fha::rrq::Part;
use crate::stage::Came;

/// A request that waits at the home agent.
fn waiting(stage: &mut Stage<'_>, first: bool) -> Result<(Visitor, Rrq, Came), Ending> {
    let mut visitor = Visitor::new(stage)?;
    let request = if first { visitor.first(stage) } else { visitor.request(stage) };
    match relayed(stage, &visitor, &request) {
        Ok((came, _)) => Ok((visitor, request, came)),
        Err(Ending::Fail { expected, seen }) => missing(format!("{expected}; seen: {seen}")),
        Err(other) => Err(other),
    }
}

/// A reply to a right request, with this code, and how it came to the mobile node.
fn replied(
    stage: &mut Stage<'_>,
    code: u8,
    more: &[Part],
    behind: &[u8],
) -> Result<(Visitor, Vec<u8>, Reply), Ending> {
    let (visitor, request, came) = waiting(stage, false)?;
    let sent = visitor.signed(&visitor.answer(&request, code), more)?;
    visitor.respond(stage, &came, &[&sent[..], behind].concat())?;
    match visitor.reply(stage, stage.patience()) {
        Some(reply) => Ok((visitor, sent, reply)),
        None => fail("the reply is relayed", "nothing"),
    }
}

/// A reply that is not relayed; then the right one, which is.
fn discarded(stage: &mut Stage<'_>, change: impl Fn(&mut ReplyHeader)) -> Outcome {
    let (visitor, request, came) = waiting(stage, false)?;
    let right = visitor.answer(&request, 0);
    let mut wrong = right;
    change(&mut wrong);
    let octets = visitor.signed(&wrong, &[])?;
    visitor.respond(stage, &came, &octets)?;
    if let Some(reply) = visitor.reply(stage, stage.silence()) {
        return fail("it is not relayed", format!("a reply with code {}", reply.code()));
    }
    let octets = visitor.signed(&right, &[])?;
    visitor.respond(stage, &came, &octets)?;
    match visitor.reply(stage, stage.patience()) {
        Some(_) => Ok(()),
        None => fail("the right reply is relayed after it", "nothing"),
    }
}

/// What is wrong with a reply.
type Wrong = (&'static str, fn(&mut ReplyHeader));

type Look = fn(&Visitor, &[u8], &Reply) -> Outcome;

pub(super) fn add(cases: &mut Cases) {
    let looks: [(&str, &str, Look); 4] = [
        (
            "goes to the mobile node, no octet up to extension 32 changed",
            "registration.9.1, registration.9.2, RFC 3344 §3.7.3.2",
            |_, sent, reply| {
                ensure(
                    reply.octets.get(..sent.len()) == Some(sent),
                    "the octets of the home agent",
                    || "others".to_owned(),
                )
            },
        ),
        (
            "goes to the link-layer address that the request came from",
            "registration.9.8, RFC 3344 §3.7.2.3",
            |visitor, _, reply| {
                ensure(
                    reply.to == visitor.station.own,
                    format!("{:02x?}", visitor.station.own),
                    || format!("{:02x?}", reply.to),
                )
            },
        ),
        (
            "goes to the home address",
            "registration.9.8, RFC 3344 §3.7.2.3",
            |visitor, _, reply| {
                ensure(
                    reply.destination == visitor.home_address,
                    visitor.home_address.to_string(),
                    || reply.destination.to_string(),
                )
            },
        ),
        (
            "goes to the port that the request came from",
            "registration.9.8, registration.5.7, RFC 3344 §3.4",
            |visitor, _, reply| {
                ensure(reply.port == visitor.port, visitor.port.to_string(), || {
                    reply.port.to_string()
                })
            },
        ),
    ];
    for (what, clauses, look) in looks {
        cases
            .add("rrp.relay", format!("a reply {what}"), clauses, move |stage| {
                let (visitor, sent, reply) = replied(stage, 0, &[], &[])?;
                look(&visitor, &sent, &reply)
            })
            .rule(Rule::FaEntersVisitor);
    }
    for code in [1_u8, 128, 129, 130, 131, 132, 133, 134, 135, 136] {
        let rule = if code == 1 { Rule::FaEntersVisitor } else { Rule::FaRelaysRefusal };
        cases
            .add(
                "rrp.code",
                format!("a reply with code {code} is relayed as it is"),
                "registration.9.1, registration.9.2, RFC 3344 §3.7.3.2",
                move |stage| {
                    let (_, sent, reply) = replied(stage, code, &[], &[])?;
                    ensure(
                        reply.octets.get(..sent.len()) == Some(&sent),
                        "the octets of the home agent",
                        || "others".to_owned(),
                    )
                },
            )
            .rule(rule);
    }
    for (part, what) in [
        (Part::short(200, &[1, 2, 3]), "an unknown skippable extension"),
        (Part::Raw(vec![134, 10, 0, 0, 0, 0, 0, 9, 0, 1, 5, 5]), "a vendor's normal extension"),
    ] {
        cases.add(
            "rrp.extension",
            format!("a reply with {what} before extension 32 is relayed as it is"),
            "registration.9.2, RFC 3344 §1.8",
            move |stage| {
                let (_, sent, reply) = replied(stage, 0, std::slice::from_ref(&part), &[])?;
                ensure(
                    reply.octets.get(..sent.len()) == Some(&sent),
                    "the octets of the home agent",
                    || "others".to_owned(),
                )
            },
        );
    }
    cases.add(
        "rrp.strip",
        "what stands behind extension 32 is not passed on",
        "registration.9.3, RFC 3344 §3.7.3.2",
        |stage| {
            let (_, sent, reply) = replied(stage, 0, &[], &[222, 3, 1, 2, 3])?;
            let more = reply.octets.get(sent.len()..).unwrap_or_default();
            ensure(more.first() != Some(&222), "not that extension", || "it".to_owned())
        },
    );
    wrong(cases);
    bootstrap(cases);
}

fn wrong(cases: &mut Cases) {
    let wrong: [Wrong; 3] = [
        ("whose low half of the Identification is another", |header| {
            header.identification.0 ^= 0x4000;
        }),
        ("with Identification 0", |header| header.identification.0 = 0),
        ("for another home address, without a request of it,", |header| {
            header.home_address = Ipv4Addr::new(10, 9, 9, 9);
        }),
    ];
    for (what, change) in wrong {
        cases
            .add(
                "rrp.wrong",
                format!("a reply {what} is discarded"),
                "registration.9.1, RFC 3344 §3.7.3.1",
                move |stage| {
                    if what.contains("home address") && stage.profile.claims("nai") {
                        return Err(Ending::Skip("the NAI tells whose it is".to_owned()));
                    }
                    discarded(stage, change)
                },
            )
            .rule(Rule::FaDropsReply);
    }
    cases
        .add(
            "rrp.wrong",
            "another high half of the Identification is the mobile node's business",
            "registration.9.1, RFC 3344 §3.7.3.1",
            |stage| {
                let (visitor, request, came) = waiting(stage, false)?;
                let mut header = visitor.answer(&request, 133);
                header.identification.0 ^= 0x0123_4567 << 32;
                let sent = visitor.signed(&header, &[])?;
                visitor.respond(stage, &came, &sent)?;
                match visitor.reply(stage, stage.patience()) {
                    Some(reply) => ensure(
                        reply.octets.get(..sent.len()) == Some(&sent),
                        "the octets of the home agent",
                        || "others".to_owned(),
                    ),
                    None => fail("the reply is relayed", "nothing"),
                }
            },
        )
        .rule(Rule::FaRelaysRefusal);
    cases
        .add(
            "rrp.wrong",
            "a second copy of a reply is discarded",
            "registration.9.1, RFC 3344 §3.7.3.1",
            |stage| {
                let (visitor, request, came) = waiting(stage, false)?;
                let octets = visitor.signed(&visitor.answer(&request, 0), &[])?;
                visitor.respond(stage, &came, &octets)?;
                if visitor.reply(stage, stage.patience()).is_none() {
                    return missing("the first copy");
                }
                visitor.respond(stage, &came, &octets)?;
                match visitor.reply(stage, stage.silence()) {
                    None => Ok(()),
                    Some(_) => fail("nothing", "the reply once more"),
                }
            },
        )
        .rule(Rule::FaDropsReply);
    for cut in [4_usize, 20, 30] {
        cases.add(
            "rrp.cut",
            format!("a reply without its last {cut} octets is not relayed as if it were whole"),
            "wire.1.9, RFC 3344 §3.7.3.1",
            move |stage| {
                let (visitor, request, came) = waiting(stage, false)?;
                let mut octets = visitor.signed(&visitor.answer(&request, 0), &[])?;
                octets.truncate(octets.len() - cut);
                visitor.respond(stage, &came, &octets)?;
                // An agent may tell that the reply is poorly formed.
                match visitor.reply(stage, stage.silence()) {
                    Some(reply) if reply.code() != 71 => {
                        fail("nothing, or a denial by 71", format!("code {}", reply.code()))
                    }
                    _ => Ok(()),
                }
            },
        );
    }
    cases
        .add(
            "rrp.release",
            "the reply to a deregistration is relayed",
            "registration.9.1, registration.9.7, RFC 3344 §3.7.3.2",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                visitor.register(stage)?;
                let mut request = visitor.request(stage);
                request.header.lifetime = 0;
                let (came, _) = relayed(stage, &visitor, &request)?;
                let octets = visitor.signed(&visitor.answer(&request, 0), &[])?;
                visitor.respond(stage, &came, &octets)?;
                ensure(visitor.reply(stage, stage.patience()).is_some(), "the reply", || {
                    "nothing".to_owned()
                })
            },
        )
        .rule(Rule::FaDeletesVisitor);
    cases
        .add(
            "rrp.again",
            "a registered visitor can register again",
            "registration.9.7, RFC 3344 §3.7.3.2",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                visitor.register(stage)?;
                visitor.register(stage)
            },
        )
        .rule(Rule::FaEntersVisitor);
}

/// What the draft's agent does.
fn bootstrap(cases: &mut Cases) {
    cases
        .add(
            "rrp.first",
            "the reply to a first request goes to the mobile node although it has no address",
            "registration.9.1, registration.9.8, RFC 2794 §3",
            |stage| {
                let (visitor, request, came) = waiting(stage, true)?;
                let sent = visitor.signed(&visitor.answer(&request, 0), &[])?;
                visitor.respond(stage, &came, &sent)?;
                match visitor.reply(stage, stage.patience()) {
                    Some(reply) => ensure(
                        reply.octets.get(..sent.len()) == Some(&sent)
                            && reply.to == visitor.station.own,
                        "the octets of the home agent, to its link-layer address",
                        || "others, or to another".to_owned(),
                    ),
                    None => fail("the reply is relayed", "nothing"),
                }
            },
        )
        .claims("bootstrap")
        .rule(Rule::FaEntersVisitor);
    cases
        .add("rrp.port", "a relayed reply comes from port 434", "registration.9.8", |stage| {
            let port = replied(stage, 0, &[], &[])?.2.source_port;
            ensure(port == PORT, PORT.to_string(), || port.to_string())
        })
        .claims("bootstrap");
    cases
        .add(
            "rrp.challenge",
            "a relayed reply carries a fresh challenge behind extension 32",
            "registration.9.3, RFC 4721 §3.3",
            |stage| {
                let (visitor, sent, reply) = replied(stage, 0, &[], &[])?;
                let more = reply.octets.get(sent.len()..).unwrap_or_default();
                let fresh = more.first() == Some(&132)
                    && more.get(2..) != visitor.agent.challenge.as_deref();
                ensure(fresh, "another challenge", || format!("{more:02x?}"))
            },
        )
        .claims("challenge");
    cases
        .add(
            "rrp.challenge",
            "a request with the challenge of a reply is relayed",
            "registration.9.3, registration.5.12, RFC 4721 §3.5",
            |stage| {
                let mut visitor = Visitor::new(stage)?;
                visitor.register(stage)?;
                let request = visitor.request(stage);
                relayed(stage, &visitor, &request).map(|_| ())
            },
        )
        .claims("challenge");
    cases
        .add(
            "rrp.challenge",
            "a challenge that the home agent echoes wrongly is told by FA Error 109",
            "registration.9.5, RFC 4721 §3.3",
            |stage| {
                let echoed =
                    Extension::Challenge(b"another challenge").encode().unwrap_or_default();
                let (_, sent, reply) = replied(stage, 0, &[Part::Raw(echoed)], &[])?;
                let more = reply.octets.get(sent.len()..).unwrap_or_default();
                let code = reply.code();
                ensure(
                    more.windows(2).any(|pair| pair == [1, 109] || pair == [0, 109])
                        || more.contains(&109),
                    "FA Error 109",
                    || format!("{more:02x?}"),
                )?;
                ensure(code == 0, "the code as it was", || code.to_string())
            },
        )
        .claims("bootstrap");
}
