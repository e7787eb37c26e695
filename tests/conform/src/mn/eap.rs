//! EAP inside access.

use dsboot_codec::eap::{self, Body, md5_value};
use dsboot_codec::pana::{Flags, Kind};
use dsboot_spec::registry::pana::avp;

use super::access::unregistered;
use super::paa::{Admission, CHALLENGE};
use super::world::World;
use super::{Cases, Ending, Stage, ensure, fail, still};
use crate::nas::pac::{encode, up_to};

/// The EAP response to a request of ours in the place of the challenge.
fn asked_by(stage: &mut Stage<'_>, request: &Body<'_>) -> Result<(World, Vec<u8>), Ending> {
    let mut world = World::identified(stage)?;
    world.response(stage).or_else(up_to)?;
    let eap = encode(9, request)?;
    let request = world.par(Kind::Par, Flags::NONE).with(avp::EAP_PAYLOAD, &eap);
    world.tell(stage, &request)?;
    let (_, response) = world.response(stage)?;
    Ok((world, response))
}

fn response_of(octets: &[u8]) -> Result<(u8, eap::Message<'_>), Ending> {
    let read = eap::Packet::decode(octets).and_then(|p| Ok((p.identifier(), p.body()?)));
    match read {
        Ok((identifier, Body::Response(message))) => Ok((identifier, message)),
        Ok(_) => fail("an EAP Response", "another EAP packet"),
        Err(error) => fail("an EAP Response", error.to_string()),
    }
}

pub(super) fn add(cases: &mut Cases) {
    cases.add(
        "eap",
        "the identity is the NAI, under the Identifier of the request",
        "access.2.22, RFC 3748 §4.1, RFC 3748 §5.1",
        |stage| {
            let mut world = World::identified(stage)?;
            let (_, eap) = world.response(stage)?;
            match response_of(&eap)? {
                (7, eap::Message::Identity(name)) if name == world.who.nai => Ok(()),
                (identifier, message) => fail(
                    format!("the identity {} under 7", String::from_utf8_lossy(&world.who.nai)),
                    format!("{message:?} under {identifier}"),
                ),
            }
        },
    );
    cases.add(
        "eap",
        "the challenge is answered by MD5 over Identifier, secret and challenge",
        "access.2.26, RFC 3748 §5.4",
        |stage| {
            let mut world = World::new(stage)?;
            let eap = world.authenticated(stage)?;
            let right = md5_value(8, &world.who.access_secret, &CHALLENGE);
            match response_of(&eap)? {
                (8, eap::Message::Md5Challenge(answer)) if answer.value == right => Ok(()),
                (identifier, message) => fail(
                    format!("{} under 8", hex::encode(right)),
                    format!("{message:?} under {identifier}"),
                ),
            }
        },
    );
    cases.add(
        "eap",
        "a method that is not done is answered by a Nak that names MD5-Challenge",
        "access.2.23, RFC 3748 §5.3",
        |stage| {
            // EAP-TLS with S set.
            let unknown = [1, 9, 0, 6, 13, 0x20];
            let mut world = World::identified(stage)?;
            world.response(stage).or_else(up_to)?;
            let request = world.par(Kind::Par, Flags::NONE).with(avp::EAP_PAYLOAD, &unknown);
            world.tell(stage, &request)?;
            let (_, eap) = world.response(stage)?;
            let names_md5 = eap.get(4) == Some(&3) && eap.get(5..).is_some_and(|m| m.contains(&4));
            ensure(names_md5, "a Nak with 4", || hex::encode(&eap))
        },
    );
    cases.add("eap", "a Notification is answered", "access.2.22, RFC 3748 §5.2", |stage| {
        let words = Body::Request(eap::Message::Notification(b"hello"));
        let (_, eap) = asked_by(stage, &words)?;
        match response_of(&eap)? {
            (9, eap::Message::Notification(_)) => Ok(()),
            (_, other) => fail("a Notification Response", format!("{other:?}")),
        }
    });
    cases.add(
        "eap",
        "a request that comes again in another PANA request is answered by the same response",
        "access.2.22, RFC 3748 §4.1",
        |stage| {
            let mut world = World::new(stage)?;
            let first = world.authenticated(stage).or_else(up_to)?;
            let again = world.challenge()?;
            world.tell(stage, &again)?;
            let (_, second) = world.response(stage)?;
            ensure(first == second, "the same EAP Response", || "another".to_owned())
        },
    );
    for (what, octets) in [
        ("with an empty challenge", &[1_u8, 9, 0, 6, 4, 0][..]),
        ("whose challenge is longer than it", &[1, 9, 0, 8, 4, 16, 1, 2]),
        ("that says to be longer than it is", &[1, 9, 0, 40, 4, 16, 1, 2]),
        ("with an unknown code", &[9, 9, 0, 6, 4, 0]),
        ("without type", &[1, 9, 0, 4]),
        ("that is a Response", &[2, 9, 0, 5, 1]),
    ] {
        cases.add(
            "eap.wrong",
            format!("an EAP packet {what} gets no response"),
            "access.2.22, RFC 3748 §4",
            move |stage| {
                let mut world = World::identified(stage)?;
                world.response(stage).or_else(up_to)?;
                let before = world.number;
                let request = world.par(Kind::Par, Flags::NONE).with(avp::EAP_PAYLOAD, octets);
                world.tell(stage, &request)?;
                let time = stage.silence();
                if let Some(heard) = world.access(stage, time) {
                    if let Ok(eap) = heard.eap() {
                        return fail("no EAP Response", hex::encode(&eap));
                    }
                } else {
                    // The whole message is discarded, so that its number is the next one still.
                    world.number = before;
                }
                let challenge = world.challenge()?;
                world.tell(stage, &challenge)?;
                still("a right challenge is answered after it", world.response(stage))
            },
        );
    }
    cases.add(
        "eap.wrong",
        "a Success before the method has been done grants nothing",
        "access.2.24, access.4.12, RFC 3748 §4.2",
        |stage| {
            let mut world = World::identified(stage)?;
            world.response(stage).or_else(up_to)?;
            let admission = Admission::colocated(&world);
            let message = world.conclusion(stage, &admission)?;
            world.tell(stage, &message)?;
            unregistered(stage, &mut world)
        },
    );
    cases.add(
        "eap.wrong",
        "a Success under another Identifier grants nothing",
        "access.2.24, access.4.12, RFC 3748 §4.2",
        |stage| {
            let mut world = World::new(stage)?;
            world.authenticated(stage).or_else(up_to)?;
            let admission = Admission::colocated(&world);
            let mut message = world.conclusion(stage, &admission)?;
            if let Some([_, identifier, ..]) =
                message.value(avp::EAP_PAYLOAD).map(Vec::as_mut_slice)
            {
                *identifier = 0x77;
            }
            world.tell(stage, &message)?;
            unregistered(stage, &mut world)
        },
    );
}
