use dsboot_codec::Error;
use dsboot_codec::eap::{Body, Message, Methods, Packet, encode};

use super::Reading;

/// [`Packet::decode`] and [`Packet::body`].
pub(super) fn packet(octets: &[u8]) -> Result<Reading, Error> {
    let packet = Packet::decode(octets)?;
    assert_eq!([packet.octets(), packet.padding()].concat(), octets);
    let body = packet.body()?;
    let mut reading = Reading::default();
    let written = encode(packet.identifier(), &body).expect("what was read can be written");
    reading.unit(packet.octets(), &written, written == packet.octets());
    if let Body::Response(Message::ExpandedNak(methods)) = body {
        assert_eq!(Methods::decode(methods.octets()), Ok(methods));
        reading.units += methods.into_iter().count();
    }
    if let Body::Response(Message::Md5Challenge(response)) = body {
        assert!(!response.proves(packet.identifier(), b"a secret", b"a challenge"));
    }
    Ok(reading)
}
