//! Faults of home agents and foreign agents.

use dsboot_codec::crypto::hmac_sha1;
use dsboot_codec::ip::{Pseudo, v6};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::ip::{next_header, protocol};
use dsboot_spec::registry::mip6::{message, status};
use dsboot_spec::registry::radius::attribute;

use super::packet::{Radius, put};
use super::{Alter, Fault, Passing, Under, Way};

const fn from(role: Under, name: &'static str, says: &'static str, alter: Alter) -> Fault {
    Fault { name, says, role, way: Way::FromTarget, alter }
}

const fn to(role: Under, name: &'static str, says: &'static str, alter: Alter) -> Fault {
    Fault { name, says, role, way: Way::ToTarget, alter }
}

/// Where the mobility header of a packet begins, if it has one of this type.
fn mobility(octets: &[u8], kind: u8) -> Option<usize> {
    let upper = v6::Packet::decode(octets).ok()?.upper_layer().ok()?;
    let is_one = upper.protocol == next_header::MOBILITY && upper.octets.get(2) == Some(&kind);
    is_one.then_some(upper.offset)
}

/// Makes the checksum of a mobility header anew, and the MN-HA authenticator at its end, if a key is
/// given.
fn seal(octets: &mut [u8], at: usize, key: Option<&[u8]>) {
    let Some((care_of, pseudo)) = v6::Packet::decode(octets).ok().and_then(|packet| {
        let upper = packet.upper_layer().ok()?;
        let source = upper.home_address.unwrap_or(packet.source);
        let to = upper.routed_to.unwrap_or(packet.destination);
        Some(((packet.destination, to), Pseudo::v6(source, to)))
    }) else {
        return;
    };
    put(octets, at + 4, &[0, 0]);
    let end = octets.len();
    if let (Some(key), Some(place)) = (key, end.checked_sub(12)) {
        let covered = octets.get(at..place).unwrap_or_default();
        let (care_of, home) = care_of;
        let proof = hmac_sha1(key, &[&care_of.octets(), &home.octets(), covered]);
        put(octets, place, proof.get(..12).unwrap_or_default());
    }
    let checksum = pseudo.checksum(next_header::MOBILITY, &[octets.get(at..).unwrap_or_default()]);
    put(octets, at + 4, &checksum.to_be_bytes());
}

/// Changes an acknowledgement (from its mobility header on), and signs it again.
fn acknowledges(passing: &Passing<'_>, octets: &mut [u8], change: impl FnOnce(&mut [u8])) -> bool {
    if passing.protocol == Protocol::Ipv6
        && let Some(at) = mobility(octets, message::BINDING_ACKNOWLEDGEMENT)
        && let Some(header) = octets.get_mut(at..)
    {
        change(header);
        seal(octets, at, passing.key);
    }
    true
}

/// Changes a question of the target.
fn asks(passing: &Passing<'_>, octets: &mut Vec<u8>, change: impl FnOnce(&mut Radius)) -> bool {
    if passing.protocol == Protocol::Radius
        && let Some(mut packet) = Radius::read(octets)
    {
        change(&mut packet);
        *octets = packet.request(passing.secret);
    }
    true
}

/// Changes an octet of a registration message of this type.
fn registers(passing: &Passing<'_>, octets: &mut [u8], kind: u8, at: usize) -> bool {
    if passing.protocol == Protocol::Mip4
        && octets.first() == Some(&kind)
        && let Some(octet) = octets.get_mut(at)
    {
        *octet ^= 0x01;
    }
    true
}

/// Changes the ICMP message of an IPv4 packet.
fn advertises(passing: &Passing<'_>, octets: &mut [u8], change: impl FnOnce(&mut [u8])) -> bool {
    if passing.protocol == Protocol::Ipv4
        && octets.get(9) == Some(&protocol::ICMP)
        && let Some(icmp) = octets.get_mut(20..)
        && icmp.first() == Some(&9)
    {
        change(icmp);
        put(icmp, 2, &[0, 0]);
        let checksum = dsboot_codec::ip::checksum(&[icmp]);
        put(icmp, 2, &checksum.to_be_bytes());
    }
    true
}

/// Octets of an advertisement before its mobility agent extension, without router addresses.
const MOBILITY_AGENT: usize = 8;

/// Changes the registration message in a datagram to the link, and leaves out the UDP checksum.
fn passes_on(passing: &Passing<'_>, octets: &mut [u8], change: impl FnOnce(&mut [u8])) -> bool {
    if passing.protocol == Protocol::Ipv4 && octets.get(9) == Some(&protocol::UDP) {
        put(octets, 26, &[0, 0]);
        if let Some(message) = octets.get_mut(28..) {
            change(message);
        }
    }
    true
}

pub(super) const FAULTS: &[Fault] = &[
    from(
        Under::Ha6,
        "ha6-wrong-checksum",
        "The home agent's checksums are wrong.",
        |passing, octets| {
            if passing.protocol == Protocol::Ipv6
                && let Some(at) = mobility(octets, message::BINDING_ACKNOWLEDGEMENT)
                && let Some(octet) = octets.get_mut(at + 4)
            {
                *octet ^= 0x10;
            }
            true
        },
    ),
    from(
        Under::Ha6,
        "ha6-own-numbers",
        "The home agent does not copy the sequence number.",
        |passing, octets| {
            acknowledges(passing, octets, |header| {
                header.iter_mut().skip(9).take(1).for_each(|octet| *octet ^= 1);
            })
        },
    ),
    from(
        Under::Ha6,
        "ha6-longest-lifetime",
        "The home agent grants the longest lifetime there is.",
        |passing, octets| acknowledges(passing, octets, |header| put(header, 10, &[0xff, 0xff])),
    ),
    from(
        Under::Ha6,
        "ha6-takes-old-numbers",
        "The home agent accepts what it has to refuse by 135.",
        |passing, octets| {
            acknowledges(passing, octets, |header| {
                if header.get(6) == Some(&status::SEQUENCE_OUT_OF_WINDOW) {
                    put(header, 6, &[0]);
                }
            })
        },
    ),
    from(
        Under::Ha6,
        "ha6-takes-stale",
        "The home agent accepts what it has to refuse by 144.",
        |passing, octets| {
            acknowledges(passing, octets, |header| {
                if header.get(6) == Some(&status::MIPV6_ID_MISMATCH) {
                    put(header, 6, &[0]);
                }
            })
        },
    ),
    from(
        Under::Ha6,
        "ha6-refuses-by-silence",
        "The home agent refuses by silence.",
        |passing, octets| {
            let at = mobility(octets, message::BINDING_ACKNOWLEDGEMENT);
            let refused = at.and_then(|at| octets.get(at + 6)).is_some_and(|status| *status >= 128);
            passing.protocol != Protocol::Ipv6 || !refused
        },
    ),
    from(Under::Ha6, "ha6-sets-k", "The home agent sets K unasked.", |passing, octets| {
        acknowledges(passing, octets, |header| {
            header.iter_mut().skip(7).take(1).for_each(|octet| *octet |= 0x80);
        })
    }),
    from(
        Under::Ha6,
        "ha6-reserved-octet",
        "The home agent does not send the reserved octet as zero.",
        |passing, octets| acknowledges(passing, octets, |header| put(header, 3, &[0xff])),
    ),
    from(
        Under::Ha6,
        "ha6-unproved",
        "The home agent's authenticators are wrong.",
        |passing, octets| {
            if passing.protocol == Protocol::Ipv6
                && let Some(at) = mobility(octets, message::BINDING_ACKNOWLEDGEMENT)
            {
                if let Some(octet) = octets.last_mut() {
                    *octet ^= 1;
                }
                seal(octets, at, None);
            }
            true
        },
    ),
    from(
        Under::Ha6,
        "ha6-no-binding-error",
        "The home agent answers no unknown message.",
        |passing, octets| {
            passing.protocol != Protocol::Ipv6 || mobility(octets, message::BINDING_ERROR).is_none()
        },
    ),
    from(Under::Ha6, "ha6-no-tunnel", "The home agent tunnels nothing.", |passing, octets| {
        passing.protocol != Protocol::Ipv6 || octets.get(6) != Some(&next_header::IPV6)
    }),
    from(
        Under::Ha6,
        "ha6-hides-digest",
        "The home agent does not tell the digest.",
        |passing, octets| {
            asks(passing, octets, |packet| packet.remove_vendor(parameter::MIP6_MAC_MOBILITY_DATA))
        },
    ),
    from(
        Under::Ha6,
        "ha6-hides-care-of",
        "The home agent does not tell the care-of address.",
        |passing, octets| asks(passing, octets, |packet| packet.remove_vendor(parameter::IPV6_COA)),
    ),
    from(
        Under::Ha6,
        "ha6-asks-unsigned",
        "The home agent asks without Message-Authenticator.",
        |passing, octets| {
            asks(passing, octets, |packet| packet.remove(attribute::MESSAGE_AUTHENTICATOR))
        },
    ),
    to(
        Under::Ha6,
        "ha6-ignores-checksum",
        "The home agent takes updates whose checksum is wrong.",
        |passing, octets| {
            if passing.protocol == Protocol::Ipv6
                && let Some(at) = mobility(octets, message::BINDING_UPDATE)
            {
                seal(octets, at, None);
            }
            true
        },
    ),
    to(
        Under::Ha6,
        "ha6-ignores-proto",
        "The home agent does not look at Payload Proto.",
        |passing, octets| {
            if passing.protocol == Protocol::Ipv6
                && let Some(at) = mobility(octets, message::BINDING_UPDATE)
                && octets.get(at) != Some(&next_header::NO_NEXT_HEADER)
            {
                put(octets, at, &[next_header::NO_NEXT_HEADER]);
                seal(octets, at, None);
            }
            true
        },
    ),
    from(
        Under::Fa,
        "fa-changes-home-address",
        "The foreign agent changes the home address.",
        |passing, octets| registers(passing, octets, 1, 7),
    ),
    from(
        Under::Fa,
        "fa-changes-flags",
        "The foreign agent changes the flags.",
        |passing, octets| registers(passing, octets, 1, 1),
    ),
    from(
        Under::Fa,
        "fa-strips-proof",
        "The foreign agent passes requests on without their end.",
        |passing, octets| {
            if passing.protocol == Protocol::Mip4 && octets.first() == Some(&1) {
                octets.truncate(octets.len().saturating_sub(24));
            }
            true
        },
    ),
    from(
        Under::Fa,
        "fa-advertises-far",
        "The foreign agent advertises itself with another TTL than 1.",
        |passing, octets| {
            if passing.protocol == Protocol::Ipv4 && octets.get(9) == Some(&protocol::ICMP) {
                put(octets, 8, &[64]);
                put(octets, 10, &[0, 0]);
                let checksum = dsboot_codec::ip::checksum(&[octets.get(..20).unwrap_or_default()]);
                put(octets, 10, &checksum.to_be_bytes());
            }
            true
        },
    ),
    from(
        Under::Fa,
        "fa-is-no-agent",
        "The foreign agent advertises itself without F.",
        |passing, octets| {
            advertises(passing, octets, |icmp| {
                icmp.iter_mut().skip(MOBILITY_AGENT + 6).take(1).for_each(|octet| *octet &= !0x10);
            })
        },
    ),
    from(
        Under::Fa,
        "fa-does-not-count",
        "The foreign agent's advertisements all have one number.",
        |passing, octets| {
            advertises(passing, octets, |icmp| put(icmp, MOBILITY_AGENT + 2, &[0, 1]))
        },
    ),
    from(
        Under::Fa,
        "fa-changes-code",
        "The foreign agent passes every reply on as an acceptance.",
        |passing, octets| passes_on(passing, octets, |message| put(message, 1, &[0])),
    ),
    from(
        Under::Fa,
        "fa-changes-lifetime",
        "The foreign agent changes the lifetime of replies.",
        |passing, octets| {
            passes_on(passing, octets, |message| {
                message.iter_mut().skip(3).take(1).for_each(|octet| *octet ^= 1);
            })
        },
    ),
    from(
        Under::Fa,
        "fa-denies-as-own",
        "The foreign agent denies with an Identification of its own.",
        |passing, octets| {
            passes_on(passing, octets, |message| {
                if message.get(1).is_some_and(|code| (64..128).contains(code)) {
                    message.iter_mut().skip(19).take(1).for_each(|octet| *octet ^= 1);
                }
            })
        },
    ),
    from(
        Under::Fa,
        "fa-denies-by-silence",
        "The foreign agent denies by silence.",
        |passing, octets| {
            let is_reply = octets.get(9) == Some(&protocol::UDP) && octets.get(28) == Some(&3);
            let denied =
                octets.get(29).is_some_and(|code| (64..128).contains(code) || *code >= 192);
            passing.protocol != Protocol::Ipv4 || !(is_reply && denied)
        },
    ),
    from(
        Under::Fa,
        "fa-loses-replies",
        "The foreign agent passes no reply on.",
        |passing, octets| {
            passing.protocol != Protocol::Ipv4 || octets.get(9) != Some(&protocol::UDP)
        },
    ),
    from(
        Under::Fha,
        "fha-asks-unsigned",
        "The FHA asks without Message-Authenticator.",
        |passing, octets| {
            asks(passing, octets, |packet| packet.remove(attribute::MESSAGE_AUTHENTICATOR))
        },
    ),
    from(Under::Fha, "fha-no-role", "The FHA does not say what it is.", |passing, octets| {
        asks(passing, octets, |packet| packet.remove_vendor(parameter::CLIENT_ROLE))
    }),
    from(
        Under::Fha,
        "fha-own-identification",
        "The FHA does not copy the Identification.",
        |passing, octets| registers(passing, octets, 3, 19),
    ),
    from(Under::Fha, "fha-refuses-by-silence", "The FHA refuses by silence.", |passing, octets| {
        let refused = octets.first() == Some(&3) && octets.get(1).is_some_and(|code| *code > 1);
        passing.protocol != Protocol::Mip4 || !refused
    }),
    from(
        Under::Fha,
        "fha-repeats-nothing",
        "The FHA does not answer a request again.",
        |passing, octets| {
            passing.protocol != Protocol::Mip4 || octets.first() != Some(&3) || !passing.repeated
        },
    ),
];
