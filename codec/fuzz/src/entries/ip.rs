use dsboot_codec::Error;
use dsboot_codec::ip::tunnel::{gre, ipv4_in_ipv4, ipv6_in_ipv4, ipv6_in_ipv6, minimal};
use dsboot_codec::ip::{Packet, Pseudo, icmp, udp, v4, v6};
use dsboot_spec::registry::ip::protocol;

use super::mend::mended;
use super::{Reading, contiguous, error_is_within};

/// [`Packet::decode`] with all that hangs on it, of the octets as they are and mended.
pub(super) fn packet(octets: &[u8]) -> Result<Reading, Error> {
    both(octets, |octets| match Packet::decode(octets)? {
        Packet::V4(packet) => {
            let mut reading = Reading::default();
            let whole = packet.encode().expect("what was read can be written");
            let (_, padding) = v4::Packet::split(octets).expect("it was read before");
            assert_eq!([whole.as_slice(), padding].concat().len(), octets.len());
            let again = v4::Packet::decode(&whole) == Ok(packet);
            let mut received = octets[..whole.len()].to_vec();
            // A checksum of zero can be written in two ways, of which one is made.
            if received[10..12] == [0xff, 0xff] {
                received[10..12].fill(0);
            }
            reading.unit(&received, &whole, again);
            if let Some(next) = packet.forwarded() {
                assert_eq!(next.ttl + 1, packet.ttl);
            }
            Ok(reading)
        }
        Packet::V6(packet) => {
            let whole = packet.encode().expect("what was read can be written");
            assert!(octets.starts_with(&whole), "{whole:02x?}");
            let chain = packet.extensions()?;
            let end = chain.iter().last().map_or(40, |unit| unit.offset + unit.raw.len());
            contiguous(chain.iter().map(|unit| (unit.offset, unit.raw.len())), 40, end);
            let mut units = 0;
            for unit in &chain {
                if let v6::Extension::DestinationOptions(options)
                | v6::Extension::HopByHopOptions(options) = unit.value
                {
                    let spans = options.iter().map(|unit| (unit.offset, unit.raw.len()));
                    contiguous(spans, unit.offset + 2, unit.offset + unit.raw.len());
                    units += options.iter().count();
                }
                units += 1;
            }
            let upper = packet.upper_layer()?;
            assert_eq!(upper.offset, end);
            assert_eq!(upper.offset + upper.octets.len(), whole.len());
            Ok(Reading { units })
        }
    })
}

/// Every tunnel's `unwrap`, of an outer packet.
pub(super) fn tunnel(octets: &[u8]) -> Result<Reading, Error> {
    both(octets, |octets| {
        let mut reading = Reading::default();
        match Packet::decode(octets)? {
            Packet::V4(outer) => match outer.protocol {
                protocol::IPV4 => {
                    let inner = ipv4_in_ipv4::unwrap(&outer)?;
                    assert_eq!(v4::Packet::decode(inner.octets), Ok(inner.packet));
                    let _ = ipv4_in_ipv4::wrap(outer.source, outer.destination, 64, inner.octets);
                    reading.units += 1;
                }
                protocol::IPV6 => {
                    let inner = ipv6_in_ipv4::unwrap(&outer)?;
                    let made =
                        ipv6_in_ipv4::wrap(outer.source, outer.destination, 64, inner.octets);
                    let made = made.expect("what came out of a tunnel can go into one");
                    let again = v4::Packet::decode(&made).expect("what was written can be read");
                    assert_eq!(ipv6_in_ipv4::unwrap(&again), Ok(inner));
                    reading.units += 1;
                }
                protocol::MINIMAL => {
                    let inner = minimal::unwrap(&outer)?;
                    let made = minimal::wrap(outer.source, outer.destination, &inner);
                    if let Ok(made) = made {
                        let again =
                            v4::Packet::decode(&made).expect("what was written can be read");
                        assert_eq!(minimal::unwrap(&again), Ok(inner));
                    }
                    reading.units += 1;
                }
                protocol::GRE => {
                    let at = outer.payload_offset();
                    let inner = gre::Packet::decode(outer.payload).map_err(|e| e.shifted(at))?;
                    assert_eq!(gre::Packet::decode(&inner.encode()), Ok(inner));
                    reading.units += 1;
                }
                _ => (),
            },
            Packet::V6(outer) => {
                let inner = ipv6_in_ipv6::unwrap(&outer)?;
                assert_eq!(v6::Packet::decode(inner.octets), Ok(inner.packet));
                reading.units += 1;
            }
        }
        Ok(reading)
    })
}

/// [`udp::decode_packet`].
pub(super) fn udp_packet(octets: &[u8]) -> Result<Reading, Error> {
    both(octets, |octets| {
        let received = udp::decode_packet(octets)?;
        let made =
            udp::packet(received.source, received.destination, received.ttl, received.payload);
        let made = made.expect("what was read can be written");
        let again = udp::decode_packet(&made).expect("what was written can be read");
        assert_eq!(again, received);
        Ok(Reading { units: 1 })
    })
}

/// [`icmp::Message::decode_v4`], [`icmp::Message::decode_v6`] and [`icmp::Echo::decode`].
pub(super) fn icmp(octets: &[u8]) -> Result<Reading, Error> {
    let message = icmp::Message::decode_unverified(octets)?;
    let pseudo = Pseudo::v6([0x20; 16].into(), [0x30; 16].into());
    let (v4, v6) = (message.encode_v4(), message.encode_v6(&pseudo));
    assert_eq!(icmp::Message::decode_v4(&v4), Ok(message));
    assert_eq!(icmp::Message::decode_v6(&v6, &pseudo), Ok(message));
    assert_eq!([&v4[..2], &v4[4..]].concat(), [&octets[..2], &octets[4..]].concat());
    for result in [icmp::Message::decode_v4(octets), icmp::Message::decode_v6(octets, &pseudo)] {
        match result {
            Ok(verified) => assert_eq!(verified, message),
            Err(error) => error_is_within(&error, octets),
        }
    }
    match icmp::Echo::decode(message.body) {
        Ok(echo) => assert_eq!(echo.encode(), message.body),
        Err(error) => error_is_within(&error, octets),
    }
    Ok(Reading { units: 1 })
}

/// Reads the octets as they are, and with right checksums; what the latter gives.
fn both(octets: &[u8], read: impl Fn(&[u8]) -> Result<Reading, Error>) -> Result<Reading, Error> {
    if let Err(error) = read(octets) {
        error_is_within(&error, octets);
    }
    read(&mended(octets))
}
