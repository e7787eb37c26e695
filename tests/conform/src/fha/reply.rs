//! What stands in a reply: each field and extension by itself.

use dsboot_codec::mip4::{AuthenticationKind, Extension, Message};
use dsboot_model::Rule;
use dsboot_spec::registry::mip4::PORT;

use super::peer::{LIFETIME, from_target};
use super::{Cases, Mobile, ensure, fail, refreshed};
use crate::Level;

pub(super) fn add(cases: &mut Cases) {
    cases
        .add(
            "rrp.code",
            "a right request is accepted: code 0 or 1",
            "registration.7.11, RFC 3344 §3.8.3.2",
            |stage| {
                let (_, _, answer) = refreshed(stage)?;
                ensure(answer.code <= 1, "code 0 or 1", || format!("code {}", answer.code))
            },
        )
        .rule(Rule::FhaBindsAgain);
    cases.add(
        "rrp.type",
        "the reply is of type 3 and can be read",
        "wire.1.3, RFC 3344 §3.4",
        |stage| {
            let (_, _, answer) = refreshed(stage)?;
            match Message::decode(&answer.came.octets) {
                Ok(Message::Reply(_)) => Ok(()),
                Ok(other) => fail("a registration reply", format!("message type {}", other.kind())),
                Err(error) => fail("a registration reply", error.to_string()),
            }
        },
    );
    cases.add(
        "rrp.identification",
        "the reply to an accepted request repeats its Identification",
        "registration.8.6, RFC 3344 §5.7.1",
        |stage| {
            let (_, request, answer) = refreshed(stage)?;
            let asked = request.header.identification;
            ensure(answer.identification == asked, format!("{:016x}", asked.0), || {
                format!("{:016x}", answer.identification.0)
            })
        },
    );
    cases.add(
        "rrp.lifetime",
        "the lifetime granted is not longer than the one asked for",
        "registration.7.12, RFC 3344 §3.8.3.2",
        |stage| {
            let (_, _, answer) = refreshed(stage)?;
            let granted = answer.lifetime;
            ensure(granted <= LIFETIME && granted > 0, format!("1 to {LIFETIME} s"), || {
                format!("{granted} s")
            })
        },
    );
    cases.add(
        "rrp.home-address",
        "the reply repeats the home address of the request",
        "registration.8.1, RFC 3344 §3.8.3.2",
        |stage| {
            let (mobile, _, answer) = refreshed(stage)?;
            ensure(
                answer.home_address == mobile.home_address,
                mobile.home_address.to_string(),
                || answer.home_address.to_string(),
            )
        },
    );
    cases.add(
        "rrp.home-agent",
        "the reply names the home agent's own address",
        "registration.2.1, RFC 3344 §3.8.3.2",
        |stage| {
            let (mobile, _, answer) = refreshed(stage)?;
            ensure(answer.home_agent == mobile.home_agent, mobile.home_agent.to_string(), || {
                answer.home_agent.to_string()
            })
        },
    );
    cases.add(
        "rrp.auth",
        "the reply carries one right mobile-home authenticator under the key of the association",
        "registration.8.2, wire.3.1, RFC 3344 §3.5.2",
        |stage| {
            let (mobile, _, answer) = refreshed(stage)?;
            mobile.proved(&answer)
        },
    );
    cases.add(
        "rrp.auth",
        "the reply's authenticator names the SPI of the association",
        "keys.1.7, RFC 3344 §3.5.2",
        |stage| {
            let (mobile, _, answer) = refreshed(stage)?;
            let spi = match Message::decode_leniently(&answer.came.octets) {
                Ok(Message::Reply(reply)) => reply
                    .extensions
                    .authenticator(AuthenticationKind::MobileHome)
                    .once()
                    .map(|proof| proof.spi),
                _ => None,
            };
            let wanted = mobile.mn_spi;
            ensure(spi == Some(wanted), format!("SPI {wanted:#x}"), || format!("{spi:x?}"))
        },
    );
    cases.add(
        "rrp.auth",
        "the reply carries no MN-AAA authentication",
        "registration.8.2, RFC 4721 §6",
        |stage| {
            let (_, _, answer) = refreshed(stage)?;
            let Ok(Message::Reply(reply)) = Message::decode_leniently(&answer.came.octets) else {
                return fail("a reply that can be read", "one that cannot");
            };
            let there = reply.extensions.iter().any(|one| one.value.kind() == 36);
            ensure(!there, "no extension 36", || "an extension 36".to_owned())
        },
    );
    cases
        .add(
            "rrp.nai",
            "the reply repeats the NAI, before the authenticator",
            "registration.8.6, RFC 2794 §3",
            |stage| {
                let (mobile, _, answer) = refreshed(stage)?;
                let Some(nai) = mobile.nai.clone() else {
                    return Err(super::Ending::Skip("mobile nodes have no NAI here".to_owned()));
                };
                let Ok(Message::Reply(reply)) = Message::decode(&answer.came.octets) else {
                    return fail("a reply that can be read", "one that cannot");
                };
                let kinds: Vec<u8> = reply.extensions.iter().map(|one| one.value.kind()).collect();
                let there = reply.extensions.nai().once() == Some(nai.as_slice());
                ensure(there, "the NAI of the request, once", || format!("extensions {kinds:?}"))?;
                let place = |kind| kinds.iter().position(|one| *one == kind);
                ensure(place(131) < place(32), "131 before 32", || format!("extensions {kinds:?}"))
            },
        )
        .claims("nai");
    cases.add(
        "rrp.order",
        "extensions stand in the order of the standards",
        "wire.2.25, registration.8.4, RFC 3344 §3.8.3.3",
        |stage| {
            let (_, _, answer) = refreshed(stage)?;
            let Ok(Message::Reply(reply)) = Message::decode(&answer.came.octets) else {
                return fail("a reply that can be read", "one that cannot");
            };
            match reply.extensions.check_order() {
                Ok(()) => Ok(()),
                Err(error) => fail("the order of wire.2.25", error.to_string()),
            }
        },
    );
    cases.add(
        "rrp.padding",
        "the reply holds no padding extension",
        "wire.2.3, RFC 5944 §6.3",
        |stage| {
            let (_, _, answer) = refreshed(stage)?;
            let Ok(Message::Reply(reply)) = Message::decode_leniently(&answer.came.octets) else {
                return fail("a reply that can be read", "one that cannot");
            };
            let there = reply.extensions.iter().any(|one| one.value == Extension::Pad);
            ensure(!there, "no extension 0", || "an extension 0".to_owned())
        },
    );
    cases.add(
        "rrp.source",
        "the reply comes from the address that the request went to, port 434",
        "registration.8.7, RFC 3344 §3.8.3.1",
        |stage| {
            let (_, _, answer) = refreshed(stage)?;
            let from = answer.came.from;
            let target = stage.profile.target.address;
            ensure(
                from_target(stage, from) && from.port() == target.port(),
                target.to_string(),
                || format!("{from} (port {PORT} is that of the protocol)"),
            )
        },
    );
    cases.add(
        "rrp.destination",
        "the reply goes to the port that the request came from, whichever that is",
        "registration.8.7, RFC 3344 §3.8.3.1",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let address = mobile.endpoint.local.ip();
            mobile.endpoint =
                stage.endpoint("MN", address, 0, dsboot_codec::tree::Protocol::Mip4)?;
            let request = mobile.again(stage)?;
            mobile.send(stage, &request.octets())?;
            match mobile.reply(stage, stage.patience()) {
                Some(answer) if answer.code <= 1 => Ok(()),
                Some(answer) => fail("code 0 or 1", format!("code {}", answer.code)),
                None => fail("a reply at the new port", "none there"),
            }
        },
    );
    cases
        .add("rrp.once", "a request is answered once", "registration.8.9, RFC 3344 §3.8", |stage| {
            let (mobile, _, _) = refreshed(stage)?;
            let more = stage.drain(&mobile.endpoint).len();
            ensure(more == 0, "one reply", || format!("{} replies", more + 1))
        })
        .level(Level::Must);
    cases.add(
        "rrp.unsolicited",
        "no reply comes without a request",
        "registration.8.9, RFC 3344 §3.8",
        |stage| {
            let mobile = Mobile::registered(stage)?;
            let more = stage.drain(&mobile.endpoint).len();
            ensure(more == 0, "silence after the reply", || format!("{more} datagrams"))
        },
    );
}
