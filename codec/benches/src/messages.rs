use dsboot_codec::eap::{self, Body, Message};
use dsboot_codec::radius::{Attribute, RequestBuilder};
use serde_json::Value;

/// The secret that the Access-Request is signed with.
pub(crate) const SECRET: &[u8] = b"radius-secret-16";

/// The octets that are measured with.
#[derive(Clone, Debug)]
pub struct Messages {
    /// RADIUS: an Access-Request of 138 octets with nine attributes.
    pub access_request: Vec<u8>,
    /// Mobile IPv4: a Registration Request with NAI, key request and MN–AAA authentication.
    pub rrq: Vec<u8>,
    /// Mobile IPv6: the mobility header of a binding update with four options, and the packet.
    pub bu: Vec<u8>,
    /// The IPv6 packet with that header.
    pub bu_packet: Vec<u8>,
    /// PANA: the last PANA-Auth-Request, with five AVPs.
    pub pana: Vec<u8>,
    /// IPv6 in IPv4 in IPv4.
    pub tunnel: Vec<u8>,
}

impl Messages {
    /// Those of the vectors, and the Access-Request.
    ///
    /// # Panics
    ///
    /// When the vectors are not there.
    #[must_use]
    #[expect(clippy::unwrap_used, reason = "a tool stops when its input is not there")]
    pub fn new() -> Messages {
        let mobile: Value =
            serde_json::from_str(include_str!("../../tests/vectors/mobile-ip.json")).unwrap();
        let access: Value =
            serde_json::from_str(include_str!("../../tests/vectors/eap-md5-radius.json")).unwrap();
        let octets = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
        let pana = access["pana"].as_array().unwrap();
        let last = pana.iter().find(|message| message["message"] == "PAR[C] result").unwrap();
        Messages {
            access_request: access_request(),
            rrq: octets(&mobile["rrq_ccoa_chapspi"]),
            bu: octets(&mobile["mh_bu_mnaaa"]),
            bu_packet: octets(&mobile["ipv6_bu"]),
            pana: octets(&last["octets"]),
            tunnel: octets(&mobile["ipv4_4_41_bu"]),
        }
    }
}

impl Default for Messages {
    fn default() -> Messages {
        Messages::new()
    }
}

#[expect(clippy::unwrap_used, reason = "the values are fixed and fit")]
fn access_request() -> Vec<u8> {
    let identity = b"mobile-node-1@home.example\0";
    let eap = eap::encode(7, &Body::Response(Message::Identity(identity))).unwrap();
    let octets = RequestBuilder::new(1, [0x5a; 16])
        .attribute(&Attribute::UserName(b"mn1@home.example"))
        .attribute(&Attribute::NasIpAddress([192, 0, 2, 1].into()))
        .attribute(&Attribute::NasPort(7))
        .attribute(&Attribute::ServiceType(2))
        .attribute(&Attribute::FramedMtu(1400))
        .attribute(&Attribute::NasIdentifier(b"nas1.asp.example"))
        .attribute(&Attribute::NasPortType(19))
        .eap_message(&eap)
        .sign_request(SECRET)
        .unwrap();
    assert_eq!(octets.len(), 138);
    octets
}
