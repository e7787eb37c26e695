//! The codec's vectors: what a decoder has to refuse is said to a mobile node where it waits for
//! something right, and changes nothing.

use dsboot_codec::ip::v6;
use dsboot_codec::mip4::Message as Registration;
use dsboot_codec::pana::Message as Access;
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::ip::next_header;

use super::ack::still_binds;
use super::first::first;
use super::reply::{passes_over, still_takes};
use super::update::updating;
use super::world::World;
use super::{Cases, fail, still};
use crate::nas::pac::up_to;
use dsboot_vectors::{self as vectors, Check, Outcome as Result_};

/// The vectors of a protocol that a decoder has to refuse.
fn of(protocol: Protocol) -> Vec<Vec<u8>> {
    let files = vectors::made();
    let groups = files.iter().flat_map(|file| &file.test_groups);
    let own = groups.filter(|group| group.protocol == protocol && group.check == Check::Decode);
    let refused = own.flat_map(|group| &group.tests).filter(|v| v.result == Result_::Invalid);
    refused.filter_map(|vector| hex::decode(&vector.octets).ok()).collect()
}

/// Puts octets in the place of others, where there are as many.
fn put(octets: &mut [u8], at: usize, value: &[u8]) {
    if let Some(place) = octets.get_mut(at..at + value.len()) {
        place.copy_from_slice(value);
    }
}

pub(super) fn add(cases: &mut Cases) {
    cases.add(
        "vectors",
        "PANA messages that are to be refused, in this session and with its next number, change nothing",
        "access.2.19, RFC 5191 §5.5, RFC 5191 §8",
        |stage| {
            let all = of(Protocol::Pana);
            let mut world = World::opened(stage)?;
            let right = world.ask_identity(stage)?;
            for mut octets in all {
                put(&mut octets, 8, &right.session.to_be_bytes());
                put(&mut octets, 12, &right.sequence.to_be_bytes());
                let is_right = Access::decode(&octets)
                    .is_ok_and(|message| message.validate(stage.profile.vendor).is_ok());
                if !is_right {
                    world.datagram(stage, (world.paa, world.pac), &octets)?;
                }
            }
            if world.access(stage, stage.silence()).is_some() {
                return fail("no answer", "one");
            }
            world.tell(stage, &right)?;
            still("a right request is answered after them", world.response(stage))
        },
    );
    cases
        .add(
            "vectors",
            "registration messages that are to be refused, with the Identification of the request, \
             change nothing",
            "registration.10.2, RFC 3344 §3.6.2.1",
            |stage| {
                let all = of(Protocol::Mip4);
                let (mut world, asked) = first(stage).or_else(up_to)?;
                let identification = asked.header()?.identification.0.to_be_bytes();
                for mut octets in all {
                    if octets.first() == Some(&3) {
                        put(&mut octets, 12, &identification);
                    }
                    if Registration::decode(&octets).is_err() {
                        world.respond(stage, &asked, &octets)?;
                    }
                }
                let asked = passes_over(stage, &mut world, asked)?;
                still_takes(stage, &mut world, &asked)
            },
        )
        .claims("bootstrap");
    cases
        .add(
            "vectors",
            "mobility headers that are to be refused, through the tunnel, change nothing",
            "home-binding.4.1, RFC 6275 §9.2",
            |stage| {
                let all = of(Protocol::Mh);
                let (mut world, update) = updating(stage).or_else(up_to)?;
                let (agent, care_of) = (update.route.destination, update.route.source);
                for header in all {
                    let packet = v6::Packet::new(agent, care_of, next_header::MOBILITY, &header);
                    if let Ok(packet) = packet.encode() {
                        world.tunnel(stage, &packet)?;
                    }
                }
                still_binds(stage, &mut world, update)
            },
        )
        .claims("bootstrap")
        .claims("ipv6");
}
