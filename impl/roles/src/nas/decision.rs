use core::net::Ipv4Addr;

use dsboot_codec::dsb::{Fqdn, Prefixed};
use dsboot_codec::eap::{Code, Packet};
use dsboot_codec::radius;
use dsboot_spec::registry::radius::{ADDRESS_NAS_SELECTS, ADDRESS_USER_SELECTS, code};

use crate::radius::Answer;

/// What an AAA server has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// The peer is to be asked more.
    Challenge {
        /// The EAP packet for the peer, if it can be told.
        eap: Option<Vec<u8>>,
        /// To be given back with the next request.
        state: Option<Vec<u8>>,
    },
    /// The peer is let in.
    Accept {
        /// The EAP packet for the peer, if it is a Success or Failure.
        eap: Option<Vec<u8>>,
        /// Whether that is a Success.
        success: bool,
        /// On what terms.
        assignment: Assignment,
    },
    /// The peer is not let in.
    Reject {
        /// The EAP Failure for the peer, if there is one.
        eap: Option<Vec<u8>>,
    },
}

/// What an Access-Accept assigns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    /// The FHA by address.
    pub(super) fha: Option<Ipv4Addr>,
    /// The FHA by name.
    pub(super) fha_fqdn: Option<String>,
    /// The care-of address.
    pub(super) care_of: CareOf,
    /// How long access lasts, in seconds.
    pub(super) lifetime: Option<u32>,
}

/// Which care-of address an Access-Accept assigns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CareOf {
    /// None, or whatever the user likes.
    None,
    /// This one.
    Given(Prefixed<Ipv4Addr>),
    /// One that the NAS picks.
    NasPicks,
}

impl Decision {
    /// What an answer says.
    //= access.4.10
    pub(super) fn of(answer: &Answer<'_>) -> Decision {
        let packet = answer.packet();
        let eap = packet.eap_message().ok().flatten();
        let eap = |wanted: &[Code]| {
            let octets = eap.as_deref()?;
            let eap = Packet::decode(octets).ok().filter(|eap| wanted.contains(&eap.code()))?;
            Some(eap.octets().to_vec())
        };
        match packet.code() {
            code::ACCESS_ACCEPT => Decision::Accept {
                eap: eap(&[Code::Success, Code::Failure]),
                success: eap(&[Code::Success]).is_some(),
                assignment: Assignment::of(answer),
            },
            code::ACCESS_CHALLENGE => Decision::Challenge {
                eap: eap(&[Code::Request]),
                state: packet.state().once().map(<[u8]>::to_vec),
            },
            _ => Decision::Reject { eap: eap(&[Code::Failure]) },
        }
    }
}

impl Assignment {
    fn of(answer: &Answer<'_>) -> Assignment {
        let packet = answer.packet();
        //= access.4.4
        //= access.6.12
        let vendor = answer.vendor().parameters();
        Assignment {
            fha: vendor.fha_address.once(),
            fha_fqdn: vendor.fha_fqdn.once().map(|name: Fqdn<'_>| name.as_str().to_owned()),
            care_of: care_of(packet),
            lifetime: packet.session_timeout().once(),
        }
    }
}

/// Framed-IP-Address with Framed-IP-Netmask (RFC 2865 §5.8, §5.9).
fn care_of(accept: &radius::Packet<'_>) -> CareOf {
    match accept.framed_ip_address().once() {
        None | Some(ADDRESS_USER_SELECTS) => CareOf::None,
        Some(ADDRESS_NAS_SELECTS) => CareOf::NasPicks,
        Some(address) => {
            let length = accept.framed_ip_netmask().once().and_then(prefix_length);
            let address = Prefixed::<Ipv4Addr>::new(address, length.unwrap_or(32));
            address.map_or(CareOf::None, CareOf::Given)
        }
    }
}

/// The length of the prefix that a mask stands for; `None` for a mask with holes.
fn prefix_length(mask: Ipv4Addr) -> Option<u8> {
    let ones = mask.to_bits().leading_ones();
    let whole = mask.to_bits().count_ones() == ones;
    u8::try_from(ones).ok().filter(|_| whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks() {
        let cases = [
            ([255, 255, 255, 0], Some(24)),
            ([255, 255, 255, 255], Some(32)),
            ([0, 0, 0, 0], Some(0)),
            ([255, 254, 0, 0], Some(15)),
            ([255, 0, 255, 0], None),
            ([0, 0, 0, 255], None),
        ];
        for (mask, length) in cases {
            assert_eq!(prefix_length(mask.into()), length, "{mask:?}");
        }
    }
}
