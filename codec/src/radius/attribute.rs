//! Attributes (RFC 2865 §5) and their typed values.

use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use dsboot_spec::registry::radius::{
    ATTRIBUTE_HEADER_LENGTH, AUTHENTICATOR_LENGTH, MAX_VALUE_LENGTH, MIN_CHAP_CHALLENGE_LENGTH,
    attribute,
};

use super::hidden::UserPassword;
use super::value::{
    Chap, ChapPassword, Ipv6Prefix, LinkPrefix, Password, Prefix6, Vendor, VendorSpecific,
};
use super::{Authenticator, Packet};
use crate::dsb::Prefixed;
use crate::form::{Address, Address6, Exactly, Form, Integer, LongInteger, Octets, units};
use crate::wire::serialize;
use crate::{Error, ErrorKind, Found};

/// Text and strings have one octet at least.
type Text = Octets<1>;

//= wire.5.8
units! {
    /// An attribute: its type and what its value means.
    pub enum Attribute<'a> in attribute: u8, found by Packet {
        /// Name of the user: here the NAI.
        UserName(&'a [u8]): Text = USER_NAME => user_name;
        /// Password of the user, hidden.
        UserPassword(UserPassword<'a>): Password = USER_PASSWORD => user_password;
        /// CHAP identifier and response.
        ChapPassword(ChapPassword<'a>): Chap = CHAP_PASSWORD => chap_password;
        /// IPv4 address of the client.
        NasIpAddress(Ipv4Addr): Address = NAS_IP_ADDRESS => nas_ip_address;
        /// Port of the client that the user is at.
        NasPort(u32): Integer = NAS_PORT => nas_port;
        /// A `service_type`.
        ServiceType(u32): Integer = SERVICE_TYPE => service_type;
        /// What runs in the frames.
        FramedProtocol(u32): Integer = FRAMED_PROTOCOL => framed_protocol;
        /// IPv4 address of the user: the co-located care-of address or the THOAv4.
        FramedIpAddress(Ipv4Addr): Address = FRAMED_IP_ADDRESS => framed_ip_address;
        /// Mask that goes with Framed-IP-Address.
        FramedIpNetmask(Ipv4Addr): Address = FRAMED_IP_NETMASK => framed_ip_netmask;
        /// How long a concatenated EAP packet to the user may be, in octets.
        FramedMtu(u32): Integer = FRAMED_MTU => framed_mtu;
        /// Text to show to the user.
        ReplyMessage(&'a [u8]): Text = REPLY_MESSAGE;
        /// Ties a request to the challenge before it.
        State(&'a [u8]): Text = STATE => state;
        /// For the client's accounting.
        Class(&'a [u8]): Text = CLASS;
        /// Sub-attributes of a vendor.
        VendorSpecific(VendorSpecific<'a>): Vendor = VENDOR_SPECIFIC;
        /// How long the service lasts, in seconds; in a challenge, how long to wait for EAP.
        SessionTimeout(u32): Integer = SESSION_TIMEOUT => session_timeout;
        /// After how many idle seconds the service ends.
        IdleTimeout(u32): Integer = IDLE_TIMEOUT => idle_timeout;
        /// A `termination_action`.
        TerminationAction(u32): Integer = TERMINATION_ACTION => termination_action;
        /// Where the user called.
        CalledStationId(&'a [u8]): Text = CALLED_STATION_ID => called_station_id;
        /// Where the user calls from.
        CallingStationId(&'a [u8]): Text = CALLING_STATION_ID => calling_station_id;
        /// Name of the client.
        NasIdentifier(&'a [u8]): Text = NAS_IDENTIFIER => nas_identifier;
        /// A proxy's mark.
        ProxyState(&'a [u8]): Text = PROXY_STATE;
        /// The challenge that CHAP-Password answers.
        ChapChallenge(&'a [u8]): Octets<MIN_CHAP_CHALLENGE_LENGTH> = CHAP_CHALLENGE => chap_challenge;
        /// A `nas_port_type`.
        NasPortType(u32): Integer = NAS_PORT_TYPE => nas_port_type;
        /// A piece of an EAP packet; empty, on its own, to ask for the start of EAP.
        EapMessage(&'a [u8]): Octets<0> = EAP_MESSAGE;
        /// HMAC-MD5 over the packet.
        MessageAuthenticator(&'a Authenticator): Exactly<AUTHENTICATOR_LENGTH> = MESSAGE_AUTHENTICATOR;
        /// Port of the client that the user is at, as text.
        NasPortId(&'a [u8]): Text = NAS_PORT_ID => nas_port_id;
        /// IPv6 address of the client.
        NasIpv6Address(Ipv6Addr): Address6 = NAS_IPV6_ADDRESS => nas_ipv6_address;
        /// Interface identifier of the user.
        FramedInterfaceId(u64): LongInteger = FRAMED_INTERFACE_ID => framed_interface_id;
        /// A prefix for the user; in a request, the prefix that the client can serve.
        FramedIpv6Prefix(Ipv6Prefix): Prefix6 = FRAMED_IPV6_PREFIX;
        /// An `error_cause`.
        ErrorCause(u32): Integer = ERROR_CAUSE => error_cause;
        /// A prefix that the user may delegate.
        DelegatedIpv6Prefix(Ipv6Prefix): Prefix6 = DELEGATED_IPV6_PREFIX;
        /// What the client or server can do for Mobile IPv6.
        Mip6FeatureVector(u64): LongInteger = MIP6_FEATURE_VECTOR => mip6_feature_vector;
        /// The mobile node's home prefix.
        Mip6HomeLinkPrefix(Prefixed<Ipv6Addr>): LinkPrefix = MIP6_HOME_LINK_PREFIX => mip6_home_link_prefix;
        /// An IPv6 address of the user.
        FramedIpv6Address(Ipv6Addr): Address6 = FRAMED_IPV6_ADDRESS;
    }
}

impl Attribute<'_> {
    /// Type, Length and Value as they stand in a packet.
    ///
    /// # Errors
    /// When the value is longer than 253 octets, or does not have the form of its type.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let value = self.value();
        //= wire.5.4
        if Attribute::decode(self.kind(), &value) != *self {
            return Err(Error::new(ErrorKind::BadValue, ATTRIBUTE_HEADER_LENGTH, "wire.5.4"));
        }
        encode(self.kind(), &value, MAX_VALUE_LENGTH)
    }
}

/// A unit of one octet of type, one of length (with both) and at most `longest` of value.
pub(super) fn encode(kind: u8, value: &[u8], longest: usize) -> Result<Vec<u8>, Error> {
    use cookie_factory::bytes::be_u8;
    use cookie_factory::combinator::slice;
    use cookie_factory::sequence::tuple;

    //= wire.5.5
    let length = u8::try_from(ATTRIBUTE_HEADER_LENGTH + value.len())
        .ok()
        .filter(|_| value.len() <= longest)
        .ok_or(Error::new(ErrorKind::TooLong, 1, "wire.5.5"))?;
    Ok(serialize(tuple((be_u8(kind), be_u8(length), slice(value)))))
}
