//! Faults of AAA servers.

use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::radius::{attribute, code};

use super::packet::Radius;
use super::{Alter, Fault, Passing, Under, Way};

const fn from(name: &'static str, says: &'static str, alter: Alter) -> Fault {
    Fault { name, says, role: Under::Aaa, way: Way::FromTarget, alter }
}

const fn to(name: &'static str, says: &'static str, alter: Alter) -> Fault {
    Fault { name, says, role: Under::Aaa, way: Way::ToTarget, alter }
}

/// Changes an answer, and signs it again.
fn answers(passing: &Passing<'_>, octets: &mut Vec<u8>, change: impl FnOnce(&mut Radius)) -> bool {
    if passing.protocol == Protocol::Radius
        && let (Some(mut packet), Some(asked)) = (Radius::read(octets), passing.authenticator)
    {
        change(&mut packet);
        *octets = packet.answer(passing.secret, asked);
    }
    true
}

macro_rules! omits {
    ($name:literal, $says:literal, $kind:expr) => {
        from($name, $says, |passing, octets| {
            answers(passing, octets, |packet| packet.remove($kind))
        })
    };
    (vendor $name:literal, $says:literal, $kind:expr) => {
        from($name, $says, |passing, octets| {
            answers(passing, octets, |packet| packet.remove_vendor($kind))
        })
    };
}

pub(super) const FAULTS: &[Fault] = &[
    omits!(
        "aaa-unsigned",
        "The server answers without Message-Authenticator.",
        attribute::MESSAGE_AUTHENTICATOR
    ),
    omits!("aaa-omits-state", "The server gives no State.", attribute::STATE),
    omits!(
        "aaa-omits-proxy-state",
        "The server does not give Proxy-State back.",
        attribute::PROXY_STATE
    ),
    omits!(
        "aaa-omits-lifetime",
        "The server grants sessions without end.",
        attribute::SESSION_TIMEOUT
    ),
    omits!("aaa-omits-eap", "The server answers without EAP packet.", attribute::EAP_MESSAGE),
    omits!(
        "aaa-omits-address",
        "The server assigns no IPv4 address.",
        attribute::FRAMED_IP_ADDRESS
    ),
    omits!(vendor "aaa-omits-fha", "The server assigns no FHA.", parameter::FHA_IPV4_ADDRESS),
    omits!(vendor "aaa-omits-home-address", "The server tells no IPv6 home address.", parameter::IPV6_HOA),
    omits!(vendor "aaa-omits-home-agent", "The server tells no home agent.", parameter::HA_IPV6_ADDRESS),
    omits!(vendor "aaa-omits-key", "The server gives no MN-FHA key.", parameter::MN_FHA_KEY),
    omits!(vendor "aaa-omits-binding-key", "The server gives no MN-HA key.", parameter::MIP6_MN_HA_KEY),
    from(
        "aaa-wrong-authenticator",
        "The server's Response Authenticator is wrong.",
        |passing, octets| {
            if passing.protocol == Protocol::Radius
                && let Some(octet) = octets.get_mut(19)
            {
                *octet ^= 1;
            }
            true
        },
    ),
    from(
        "aaa-other-identifier",
        "The server answers with another Identifier.",
        |passing, octets| {
            answers(passing, octets, |packet| packet.identifier = packet.identifier.wrapping_add(1))
        },
    ),
    from(
        "aaa-accepts-everybody",
        "The server accepts whom it has to reject.",
        |passing, octets| {
            answers(passing, octets, |packet| {
                if packet.code == code::ACCESS_REJECT {
                    packet.code = code::ACCESS_ACCEPT;
                }
            })
        },
    ),
    from("aaa-rejects-by-silence", "The server rejects by silence.", |passing, octets| {
        passing.protocol != Protocol::Radius || octets.first() != Some(&code::ACCESS_REJECT)
    }),
    from(
        "aaa-reorders-proxy-states",
        "The server changes the order of Proxy-States.",
        |passing, octets| {
            answers(passing, octets, |packet| {
                let states: Vec<_> = packet
                    .attributes
                    .extract_if(.., |(kind, _)| *kind == attribute::PROXY_STATE)
                    .collect();
                packet.attributes.extend(states.into_iter().rev());
            })
        },
    ),
    from("aaa-repeats-nothing", "The server does not answer a request again.", |passing, _| {
        passing.protocol != Protocol::Radius || !passing.repeated
    }),
    to(
        "aaa-needs-no-signature",
        "The server takes requests without right Message-Authenticator.",
        |passing, octets| {
            if passing.protocol == Protocol::Radius
                && let Some(mut packet) = Radius::read(octets)
            {
                packet.remove(attribute::MESSAGE_AUTHENTICATOR);
                packet.attributes.insert(0, (attribute::MESSAGE_AUTHENTICATOR, vec![0; 16]));
                *octets = packet.request(passing.secret);
            }
            true
        },
    ),
    to(
        "aaa-ignores-role",
        "The server takes any client for what it says to be.",
        |passing, octets| {
            if passing.protocol == Protocol::Radius
                && let Some(mut packet) = Radius::read(octets)
                && packet.attributes.iter().any(|(kind, _)| *kind == attribute::EAP_MESSAGE)
            {
                for (kind, value) in &mut packet.attributes {
                    if *kind == attribute::VENDOR_SPECIFIC
                        && value.get(4) == Some(&parameter::CLIENT_ROLE)
                    {
                        super::packet::put(value, 6, &1_u32.to_be_bytes());
                    }
                }
                *octets = packet.request(passing.secret);
            }
            true
        },
    ),
];
