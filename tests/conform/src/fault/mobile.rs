//! Faults of mobile nodes: what they say, and what they take although they must not.

use std::net::SocketAddr;

use dsboot_codec::crypto::{hmac_md5, hmac_sha1, sha1};
use dsboot_codec::ip::{Pseudo, udp, v4};
use dsboot_codec::mip4::keys::{MnIdentifier, RegistrationKey};
use dsboot_codec::mip4::{Builder, Extension, Message};
use dsboot_codec::mip6::{Timestamp, mn_ha_key};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::ip::{icmpv4, next_header, protocol};
use dsboot_spec::registry::mip4::{COLOCATED_CHALLENGE, PORT as REGISTRATION};
use dsboot_spec::registry::pana::{PORT as ACCESS, avp, flag};

use super::packet::{Pana, put};
use super::{Alter, Fault, Passing, Under, Way};

const fn from(name: &'static str, says: &'static str, alter: Alter) -> Fault {
    Fault { name, says, role: Under::Mn, way: Way::FromTarget, alter }
}

const fn to(name: &'static str, says: &'static str, alter: Alter) -> Fault {
    Fault { name, says, role: Under::Mn, way: Way::ToTarget, alter }
}

/// Changes what UDP carries to or from a port; `false` when it is lost.
fn datagram(
    passing: &Passing<'_>,
    octets: &mut Vec<u8>,
    port: u16,
    change: impl FnOnce(&mut Vec<u8>) -> bool,
) -> bool {
    let read = || {
        let packet = v4::Packet::decode(octets).ok()?;
        let carried = packet.payload_of(protocol::UDP).ok()?;
        let datagram = udp::Datagram::decode_unverified(carried).ok()?;
        let from = SocketAddr::from((packet.source, datagram.source_port));
        let to = SocketAddr::from((packet.destination, datagram.destination_port));
        let is_one = [from.port(), to.port()].contains(&port);
        is_one.then(|| (from, to, packet.ttl, datagram.payload.to_vec()))
    };
    if passing.protocol != Protocol::Ipv4 {
        return true;
    }
    let Some((from, to, ttl, mut payload)) = read() else { return true };
    let before = payload.clone();
    let passes = change(&mut payload);
    if payload != before
        && let Ok(packet) = udp::packet(from, to, ttl, &payload)
    {
        *octets = packet;
    }
    passes
}

/// Changes a PANA message; `false` when it is lost.
fn access(
    passing: &Passing<'_>,
    octets: &mut Vec<u8>,
    change: impl FnOnce(&mut Pana) -> bool,
) -> bool {
    datagram(passing, octets, ACCESS, |payload| Pana::alter(payload, change))
}

const fn is_request(message: &Pana) -> bool {
    message.flags() & flag::REQUEST != 0
}

/// Octets of the MN-AAA extension at the end of a first request.
const PROOF: usize = 24;

/// Changes a first request to an FHA, and proves it again, under this key or that of the user.
fn first(
    passing: &Passing<'_>,
    octets: &mut Vec<u8>,
    key: Option<&[u8]>,
    change: impl FnOnce(&mut Vec<u8>),
) -> bool {
    datagram(passing, octets, REGISTRATION, |payload| {
        let Some(mobile) = passing.mobile else { return true };
        let end = payload.len().saturating_sub(PROOF);
        if payload.first() == Some(&1) && payload.get(end) == Some(&36) {
            payload.truncate(end);
            change(payload);
            let key = key.unwrap_or(mobile.aaa_key);
            let proved = Builder::relay(payload).authenticate_chap(key, &COLOCATED_CHALLENGE);
            if let Ok(proved) = proved.finish() {
                *payload = proved;
            }
        }
        true
    })
}

/// Where a mobility header of this type begins in an IPv6 packet in a UDP tunnel's payload: behind
/// the tunnel's four octets, IPv4, IPv6, and a destination option or routing header of 24 octets.
fn mobility(payload: &[u8], kind: u8) -> Option<usize> {
    const AT: usize = 4 + 20 + 40 + 24;
    let is_tunnel = payload.get(..2) == Some(&[4, 4]) && payload.get(13) == Some(&41);
    (is_tunnel && payload.get(AT + 2) == Some(&kind)).then_some(AT)
}

/// An address of 16 octets.
fn address(octets: &[u8], at: usize) -> [u8; 16] {
    octets.get(at..at + 16).and_then(|own| own.try_into().ok()).unwrap_or_default()
}

/// Makes the checksum of a mobility header anew.
fn check(payload: &mut [u8], at: usize, (from, to): ([u8; 16], [u8; 16])) {
    put(payload, at + 4, &[0, 0]);
    let pseudo = Pseudo::v6(from.into(), to.into());
    let sum = pseudo.checksum(next_header::MOBILITY, &[payload.get(at..).unwrap_or_default()]);
    put(payload, at + 4, &sum.to_be_bytes());
}

/// Changes a binding update, and proves it again.
fn updates(
    passing: &Passing<'_>,
    octets: &mut Vec<u8>,
    is_proved: bool,
    change: impl FnOnce(&mut [u8]),
) -> bool {
    datagram(passing, octets, REGISTRATION, |payload| {
        let (Some(at), Some(mobile)) = (mobility(payload, 5), passing.mobile) else { return true };
        if let Some(header) = payload.get_mut(at..) {
            change(header);
        }
        let (care_of, agent, home) =
            (address(payload, 32), address(payload, 48), address(payload, at - 16));
        let proof = payload.len().saturating_sub(20);
        if is_proved {
            // Authenticators cover a checksum of zeros.
            put(payload, at + 4, &[0, 0]);
            let covered = payload.get(at..proof).unwrap_or_default();
            let digest = sha1(&[&care_of, &home, covered]);
            put(payload, proof, &hmac_sha1(mobile.aaa_key, &[&digest]));
        }
        check(payload, at, (home, agent));
        true
    })
}

/// Changes an agent's ICMP message.
fn agent(
    passing: &Passing<'_>,
    octets: &mut [u8],
    kind: u8,
    change: impl FnOnce(&mut [u8]),
) -> bool {
    if passing.protocol == Protocol::Ipv4
        && octets.get(9) == Some(&protocol::ICMP)
        && octets.get(20) == Some(&kind)
    {
        change(octets);
        put(octets, 10, &[0, 0]);
        let sum = dsboot_codec::ip::checksum(&[octets.get(..20).unwrap_or_default()]);
        put(octets, 10, &sum.to_be_bytes());
    }
    true
}

/// Makes the checksum of an ICMP message anew.
fn right_checksum(octets: &mut [u8]) {
    put(octets, 22, &[0, 0]);
    let sum = dsboot_codec::ip::checksum(&[octets.get(20..).unwrap_or_default()]);
    put(octets, 22, &sum.to_be_bytes());
}

/// Octets of a registration reply's authenticator at its end: type, length, SPI and HMAC-MD5.
const AUTHENTICATOR: usize = 22;

pub(super) const FAULTS: &[Fault] = &[
    from("mn-numbers-initiations", "The MN gives its initiations numbers.", |passing, octets| {
        access(passing, octets, |message| {
            if message.kind() == 1 {
                message.set_number(7);
            }
            true
        })
    }),
    from("mn-announces-nothing", "The MN does not announce support.", |passing, octets| {
        access(passing, octets, |message| {
            message.remove(parameter::BOOTSTRAP_REQUEST.into(), true);
            true
        })
    }),
    from("mn-repeats-nothing", "The MN repeats no PANA message.", |passing, octets| {
        let repeated = passing.repeated;
        datagram(passing, octets, ACCESS, |_| !repeated)
    }),
    from("mn-omits-nonce", "The MN sends no Nonce.", |passing, octets| {
        access(passing, octets, |message| {
            message.remove(avp::NONCE, false);
            true
        })
    }),
    from("mn-wrong-password", "The MN answers the challenge wrongly.", |passing, octets| {
        access(passing, octets, |message| {
            if let Some([2, _, _, _, 4, _, first, ..]) =
                message.value(avp::EAP_PAYLOAD).map(Vec::as_mut_slice)
            {
                *first ^= 1;
            }
            true
        })
    }),
    from("mn-silent-to-pings", "The MN answers no liveness test.", |passing, octets| {
        access(passing, octets, |message| message.kind() != 4 || is_request(message))
    }),
    from("mn-silent-to-termination", "The MN answers no termination.", |passing, octets| {
        access(passing, octets, |message| message.kind() != 3 || is_request(message))
    }),
    from("mn-never-terminates", "The MN does not give access back.", |passing, octets| {
        access(passing, octets, |message| message.kind() != 3 || !is_request(message))
    }),
    from("mn-omits-nai", "The MN's requests have no NAI.", |passing, octets| {
        first(passing, octets, None, |payload| {
            if let Some([131, length]) = payload.get(24..26) {
                let length = usize::from(*length);
                payload.drain(24..26 + length);
            }
        })
    }),
    from("mn-low-spi", "The MN chooses a reserved SPI.", |passing, octets| {
        first(passing, octets, None, |payload| {
            let spi = match Message::decode_leniently(payload) {
                Ok(Message::Request(request)) => request.extensions.mn_ha_key_request().once(),
                _ => None,
            };
            let encoded = |mn_spi| Extension::MnHaKeyRequest { mn_spi }.encode().ok();
            if let (Some(own), Some(low)) = (spi.and_then(encoded), encoded(5))
                && let Some(at) = payload.windows(own.len()).position(|part| part == own)
            {
                put(payload, at, &low);
            }
        })
    }),
    from("mn-asks-for-several-bindings", "The MN sets S.", |passing, octets| {
        first(passing, octets, None, |payload| {
            if let Some(flags) = payload.get_mut(1) {
                *flags |= 0x80;
            }
        })
    }),
    from("mn-omits-t", "The MN asks for no reverse tunnel.", |passing, octets| {
        first(passing, octets, None, |payload| {
            if let Some(flags) = payload.get_mut(1) {
                *flags &= !0x02;
            }
        })
    }),
    from("mn-omits-d", "The MN does not set D.", |passing, octets| {
        first(passing, octets, None, |payload| {
            if let Some(flags) = payload.get_mut(1) {
                *flags &= !0x20;
            }
        })
    }),
    from("mn-far-clock", "The MN's Identifications are of another time.", |passing, octets| {
        first(passing, octets, None, |payload| put(payload, 16, &[0x10, 0, 0, 0]))
    }),
    from(
        "mn-proves-by-access-secret",
        "The MN proves its requests by its secret for access.",
        |passing, octets| {
            let secret = passing.mobile.map(|mobile| mobile.access_secret);
            first(passing, octets, secret, |_| {})
        },
    ),
    from("mn-short-ttl", "The MN's requests leave with TTL 64.", |passing, octets| {
        if datagram(passing, octets, REGISTRATION, |payload| payload.first() != Some(&1)) {
            return true;
        }
        if let Ok(packet) = v4::Packet::decode(octets)
            && let Ok(other) = (v4::Packet { ttl: 64, ..packet }).encode()
        {
            *octets = other;
        }
        true
    }),
    from("mn-keeps-registrations", "The MN does not deregister.", |passing, octets| {
        datagram(passing, octets, REGISTRATION, |payload| {
            payload.first() != Some(&1) || payload.get(2..4) != Some(&[0, 0])
        })
    }),
    from("mn-omits-a", "The MN's updates have A clear.", |passing, octets| {
        updates(passing, octets, true, |header| {
            if let Some(flags) = header.get_mut(8) {
                *flags &= !0x80;
            }
        })
    }),
    from("mn-binds-for-ever", "The MN asks for the longest binding.", |passing, octets| {
        updates(passing, octets, true, |header| put(header, 10, &[0xff, 0xff]))
    }),
    from("mn-proves-no-update", "The MN's updates are proved wrongly.", |passing, octets| {
        updates(passing, octets, false, |header| {
            if let Some(last) = header.last_mut() {
                *last ^= 1;
            }
        })
    }),
    from("mn-sets-df", "The MN's headers of 41 have DF set.", |passing, octets| {
        datagram(passing, octets, REGISTRATION, |payload| {
            if mobility(payload, 5).is_some()
                && let Some(inner) = payload.get_mut(4..24)
            {
                put(inner, 6, &[0x40, 0]);
                put(inner, 10, &[0, 0]);
                let sum = dsboot_codec::ip::checksum(&[inner]);
                put(inner, 10, &sum.to_be_bytes());
            }
            true
        })
    }),
    from("mn-solicits-far", "The MN's solicitations have TTL 2.", |passing, octets| {
        agent(passing, octets, icmpv4::ROUTER_SOLICITATION, |packet| put(packet, 8, &[2]))
    }),
    to("mn-hears-far-agents", "The MN takes advertisements of any TTL.", |passing, octets| {
        agent(passing, octets, icmpv4::ROUTER_ADVERTISEMENT, |packet| put(packet, 8, &[1]))
    }),
    to("mn-ignores-checksums", "The MN looks at no ICMP checksum.", |passing, octets| {
        agent(passing, octets, icmpv4::ROUTER_ADVERTISEMENT, right_checksum)
    }),
    to("mn-ignores-b", "The MN goes to busy agents.", |passing, octets| {
        agent(passing, octets, icmpv4::ROUTER_ADVERTISEMENT, |packet| {
            // Behind IP, ICMP and the entry of one router: type, length, sequence, lifetime.
            if packet.get(36) == Some(&16)
                && let Some(flags) = packet.get_mut(42)
            {
                *flags &= !0x40;
            }
            right_checksum(packet);
        })
    }),
    to("mn-skips-unknown", "The MN skips AVPs that it does not know.", |passing, octets| {
        access(passing, octets, |message| {
            message.remove(999, false);
            true
        })
    }),
    to("mn-needs-no-result", "The MN takes no Result-Code for success.", |passing, octets| {
        access(passing, octets, |message| {
            let concludes = message.kind() == 2 && message.flags() & flag::COMPLETE != 0;
            if concludes && message.flags() & flag::START == 0 {
                message.remove(avp::RESULT_CODE, false);
                message.avps.insert(0, (avp::RESULT_CODE, false, vec![0; 4]));
            }
            true
        })
    }),
    to("mn-takes-forged-replies", "The MN does not check authenticators.", |passing, octets| {
        datagram(passing, octets, REGISTRATION, |payload| {
            let Some(mobile) = passing.mobile else { return true };
            let nonce = match Message::decode_leniently(payload) {
                Ok(Message::Reply(reply)) => {
                    reply.extensions.mn_ha_key_reply().once().map(|key| key.nonce.to_vec())
                }
                _ => None,
            };
            let end = payload.len().saturating_sub(AUTHENTICATOR);
            if let (Some(nonce), Some([32, 20])) = (nonce, payload.get(end..end + 2)) {
                let who = MnIdentifier::Nai(mobile.nai);
                let key = RegistrationKey::derive(mobile.aaa_key, &nonce, &who);
                let covered = payload.get(..end + 6).unwrap_or_default();
                let proof = hmac_md5(key.octets(), &[covered]);
                put(payload, end + 6, &proof);
            }
            true
        })
    }),
    to("mn-takes-forged-acks", "The MN does not check acknowledgements.", |passing, octets| {
        datagram(passing, octets, REGISTRATION, |payload| {
            let (Some(at), Some(mobile)) = (mobility(payload, 6), passing.mobile) else {
                return true;
            };
            // The Mesg-ID stands at 8n+2, behind the fixed part.
            let id = payload.get(at + 20..at + 28).and_then(|id| id.try_into().ok());
            let (Some(id), true) = (id, payload.len() == at + 48) else { return true };
            let id = Timestamp(u64::from_be_bytes(id));
            let key = mn_ha_key(mobile.aaa_key, id, mobile.nai);
            let (agent, care_of, home) =
                (address(payload, 32), address(payload, 48), address(payload, at - 16));
            let proof = payload.len().saturating_sub(12);
            put(payload, at + 4, &[0, 0]);
            let covered = payload.get(at..proof).unwrap_or_default();
            let right = hmac_sha1(key.as_slice(), &[&care_of, &home, covered]);
            put(payload, proof, right.get(..12).unwrap_or_default());
            check(payload, at, (agent, home));
            true
        })
    }),
];
