use core::net::{Ipv4Addr, SocketAddr};

use dsboot_codec::{
    dsb::Parameter,
    mip4::{AuthenticationKind, Builder, Extension, RequestFlags, RequestHeader, UdpTunnelRequest},
};
use dsboot_spec::registry::mip4::{COLOCATED_CHALLENGE, REQUEST_TTL, request_flag};

use super::{Held, Outstanding, Purpose, Way, own_end};
use crate::{
    Datagram,
    mn::{MnConfig, TunnelForm},
};

/// The request, on its way; `None` if a value does not fit into its extension.
pub(super) fn datagram(
    config: &MnConfig,
    outstanding: &Outstanding,
    held: Option<&Held>,
) -> Option<Datagram> {
    let way = &outstanding.way;
    let held = held.filter(|_| outstanding.purpose != Purpose::First);
    let home_address = held.map_or(Ipv4Addr::UNSPECIFIED, |held| held.thoav4);
    let payload = match held {
        None => first(config, outstanding)?,
        Some(held) => again(config, outstanding, held)?,
    };
    //= registration.3.5
    //= registration.3.6
    let source = if way.colocated { way.care_of_address } else { home_address };
    //= registration.3.2
    //= registration.3.3
    //= registration.3.4
    let destination = way.agent.as_ref().map_or(way.fha, |agent| agent.address);
    Some(Datagram {
        source: SocketAddr::V4(own_end(config, source)),
        destination: SocketAddr::V4(own_end(config, destination)),
        //= registration.3.7
        ttl: REQUEST_TTL,
        neighbour: way.agent.as_ref().filter(|_| !way.colocated).map(|agent| agent.neighbour),
        payload,
    })
}

/// The request of which the AAAH decides.
fn first(config: &MnConfig, outstanding: &Outstanding) -> Option<Vec<u8>> {
    let challenge = challenge(&outstanding.way);
    //= registration.4.1
    //= registration.4.2
    //= registration.4.4
    //= registration.4.9
    let mut builder = Builder::request(&header(outstanding, Ipv4Addr::UNSPECIFIED))
        .extension(Extension::Nai(config.nai.octets()));
    if let Some(wanted) = config.wanted {
        builder = builder.parameter(config.vendor_id, &Parameter::BootstrapRequest(wanted));
    }
    //= registration.4.3
    //= registration.4.5
    //= registration.4.6
    //= registration.4.7
    builder
        .extension(Extension::MnHaKeyRequest { mn_spi: outstanding.mn_spi })
        .extensions(udp_tunnel(config, &outstanding.way))
        .extensions(challenge.map(Extension::Challenge))
        .authenticate_chap(config.mn_aaa_key.octets(), challenge.unwrap_or(&COLOCATED_CHALLENGE))
        .finish()
        .ok()
}

/// The request under an association.
fn again(config: &MnConfig, outstanding: &Outstanding, held: &Held) -> Option<Vec<u8>> {
    //= movement.2.2
    //= movement.2.3
    let builder = Builder::request(&header(outstanding, held.thoav4))
        .extension(Extension::Nai(config.nai.octets()))
        .extensions(udp_tunnel(config, &outstanding.way))
        .authenticate(AuthenticationKind::MobileHome, &held.association.of_requests()?);
    let builder = match challenge(&outstanding.way) {
        None => builder,
        Some(challenge) => builder
            .extension(Extension::Challenge(challenge))
            .authenticate_chap(config.mn_aaa_key.octets(), challenge),
    };
    builder.finish().ok()
}

fn header(outstanding: &Outstanding, home_address: Ipv4Addr) -> RequestHeader {
    let way = &outstanding.way;
    //= registration.4.8
    let mut flags = request_flag::REVERSE_TUNNEL;
    if way.colocated {
        flags |= request_flag::DECAPSULATION;
    }
    let care_of_address = match outstanding.purpose {
        //= movement.3.3
        Purpose::Release => home_address,
        Purpose::First | Purpose::Again => way.care_of_address,
    };
    RequestHeader {
        flags: RequestFlags(flags),
        lifetime: outstanding.lifetime,
        home_address,
        //= registration.2.1
        home_agent: way.fha,
        care_of_address,
        identification: outstanding.identification,
    }
}

fn challenge(way: &Way) -> Option<&[u8]> {
    way.agent.as_ref()?.challenge.as_deref()
}

/// The wish for a UDP tunnel to a care-of address of the mobile node's own.
fn udp_tunnel(config: &MnConfig, way: &Way) -> Option<Extension<'static>> {
    //= data-path.6.1
    //= data-path.6.2
    let through_agent = way.agent.as_ref();
    let possible = through_agent.is_none_or(|agent| agent.flags.udp_tunnelling());
    (config.tunnel == TunnelForm::Udp && way.colocated && possible).then_some(
        Extension::UdpTunnelRequest(UdpTunnelRequest::new(true, through_agent.is_some())),
    )
}
