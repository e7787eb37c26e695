//! Which values an extension can have: those that its octets are read as again.

use dsboot_spec::registry::mip4::{
    MAX_NAI_LENGTH, MIN_GENERALIZED_LENGTH, MIN_NONCE_LENGTH, dynamic_ha, revocation_support_flag,
    udp_tunnel_flag,
};

use super::extension::{Authentication, Extension, RouteOptimizationCapability};

/// Whether an extension has a value that its type allows, apart from what its Length can count.
/// Of an unknown type that cannot be told by the value.
#[inline]
pub(super) fn holds(extension: &Extension<'_>) -> bool {
    match *extension {
        Extension::MnAaaAuthentication(value)
        | Extension::FaFaAuthentication(value)
        | Extension::MnGfaAuthentication(value)
        | Extension::MnParAuthentication(value) => is_generalized(value),
        //= wire.2.9
        Extension::Nai(nai) => (1..=MAX_NAI_LENGTH).contains(&nai.len()),
        //= wire.2.14
        Extension::MnHaKeyReply(reply) => reply.nonce.len() >= MIN_NONCE_LENGTH,
        Extension::MnFaKeyReply(reply) => reply.nonce.len() >= MIN_NONCE_LENGTH,
        Extension::Cvse(value) | Extension::CvseOld(value) => value.reserved <= u8::MAX.into(),
        Extension::UdpTunnelRequest(request) => {
            let known = udp_tunnel_flag::FORCE | udp_tunnel_flag::REGISTRATION_REQUIRED;
            request.reserved & u16::from(known) == 0
        }
        Extension::UdpTunnelReply(reply) => {
            let [flags, _] = reply.reserved.to_be_bytes();
            flags & udp_tunnel_flag::FORCE == 0
        }
        _ => others_hold(extension),
    }
}

/// The same for the extensions that the bootstrap needs less.
fn others_hold(extension: &Extension<'_>) -> bool {
    match *extension {
        //= wire.2.10
        Extension::Challenge(octets)
        | Extension::PrefixAdvertisement(octets)
        //= wire.2.38
        | Extension::NaiCarrying { nai: octets, .. }
        | Extension::LinkLayerAddress { address: octets, .. }
        //= wire.2.40
        | Extension::InterfaceId(octets)
        | Extension::DeviceId { identifier: octets, .. }
        | Extension::SubscriberId { identifier: octets, .. } => !octets.is_empty(),
        //= wire.2.22
        Extension::MessageString { text, .. } => !text.is_empty(),
        //= wire.2.42
        Extension::ServiceSelection(text) => !text.is_empty(),
        //= wire.2.19
        Extension::DynamicHa { sub_type, .. } => {
            matches!(sub_type, dynamic_ha::REQUESTED | dynamic_ha::REDIRECTED)
        }
        //= wire.2.39
        Extension::RevocationSupport(support) => {
            support.reserved & revocation_support_flag::INFORM == 0
        }
        //= wire.2.44
        Extension::RouteOptimizationReply(reply) => reply.fits(),
        Extension::CareOfAddresses { addresses, .. } => addresses.first().is_some(),
        Extension::RouteOptimizationCapability(RouteOptimizationCapability {
            flags,
            home_address,
        }) => RouteOptimizationCapability::of(flags, home_address).is_some(),
        //= wire.2.45
        Extension::FlowBinding(flow) => {
            (1..=usize::from(u8::MAX)).contains(&flow.bindings.len())
        }
        _ => true,
    }
}

//= wire.2.12
fn is_generalized(value: Authentication<'_>) -> bool {
    size_of::<u32>() + value.authenticator.len() >= MIN_GENERALIZED_LENGTH
}
