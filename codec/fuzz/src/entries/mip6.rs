use dsboot_codec::Error;
use dsboot_codec::mip6::{Addresses, Builder, Header, MobilityOption, Packet, Route};

use super::mend::mended;
use super::{Reading, contiguous, error_is_within};

const NODE: Addresses = Addresses {
    home: std::net::Ipv6Addr::new(0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x100),
    care_of: std::net::Ipv6Addr::new(0x2001, 0xdb8, 0xf, 0, 0, 0, 0, 0x77),
};

/// [`Header::decode_unverified`] and [`Header::message`].
pub(super) fn header(octets: &[u8]) -> Result<Reading, Error> {
    let header = Header::decode_unverified(octets)?;
    assert!(octets.starts_with(header.octets()));
    assert_eq!(header.octets().len() % 8, 0);
    let message = header.message()?;
    assert_eq!(message.kind(), header.kind());
    let mut reading = Reading::default();
    let options = message.options();
    let start = header.octets().len() - options.octets().len();
    let spans = options.iter().map(|unit| (unit.offset, unit.raw.len()));
    if options.iter().next().is_some() {
        contiguous(spans, start, header.octets().len());
    }
    for unit in options.iter() {
        reading += option_again(&unit.value, unit.raw);
    }
    let _ = (options.alternate_care_of_address(), options.nai(), options.message_id());
    let _ = (options.identifier(), options.binding_refresh_advice());
    assert!(options.authentications().count() <= reading.units);
    let _ = (options.mn_ha(), options.mn_aaa());
    match message.other() {
        Ok(Some(other)) => {
            let data = &header.octets()[6..];
            assert_eq!((other.kind(), other.encode().as_slice()), (header.kind(), data));
            reading.units += other.options().iter().count();
        }
        Ok(None) => {}
        Err(error) => error_is_within(&error, header.octets()),
    }
    // Without a route that says more every message may go.
    let home_agent = NODE.home;
    let route = Route::direct(NODE.care_of, home_agent);
    let again = Builder::new(message).reserved(header.reserved()).header(&route);
    let again = again.expect("what was read can be written");
    assert_eq!(again[..4], header.octets()[..4]);
    assert_eq!(again[6..], header.octets()[6..], "all but the checksum is written as it was read");
    let verified = Header::decode(&again, &route.pseudo()).expect("its checksum is right");
    assert_eq!(verified.message(), Ok(message));
    Ok(reading)
}

/// [`MobilityOption::decode`]: the type, then the data.
pub(super) fn option(octets: &[u8]) -> Result<Reading, Error> {
    let Some((kind, data)) = octets.split_first() else { return Ok(Reading::default()) };
    let Ok(length) = u8::try_from(data.len()) else { return Ok(Reading::default()) };
    if *kind == 0 {
        return Ok(Reading::default());
    }
    let option = MobilityOption::decode(*kind, data);
    assert_eq!(option.kind(), *kind);
    Ok(option_again(&option, &[&[*kind, length], data].concat()))
}

fn option_again(option: &MobilityOption<'_>, raw: &[u8]) -> Reading {
    let mut reading = Reading::default();
    let written = option.encode().expect("what was read can be written");
    let again = match written.get(2..) {
        Some(data) => MobilityOption::decode(written[0], data) == *option,
        None => written == [0] && *option == MobilityOption::Pad1,
    };
    reading.unit(raw, &written, again);
    reading
}

impl std::ops::AddAssign for Reading {
    fn add_assign(&mut self, other: Reading) {
        self.units += other.units;
    }
}

/// [`Packet::decode`], of the octets as they are and with their checksum put right.
pub(super) fn packet(octets: &[u8]) -> Result<Reading, Error> {
    match Packet::decode(octets) {
        Ok(packet) => ask(&packet, octets),
        Err(error) => error_is_within(&error, octets),
    }
    let octets = &mended(octets);
    let packet = Packet::decode(octets)?;
    ask(&packet, octets);
    header(packet.header.octets())
}

fn ask(packet: &Packet<'_>, octets: &[u8]) {
    let _ = packet.addresses();
    if let Some(option) = packet.mn_aaa() {
        assert!(!option.verify(b"a key that nobody has"));
    }
    assert!(!packet.verify_mn_ha(b"a key that nobody has"));
    // The parts that it was made of make it again, as long as nothing else stood in it.
    let header = packet.header;
    let made = Builder::new(packet.message).reserved(header.reserved()).packet(&packet.route);
    let made = made.expect("what was read can be written");
    let again = Packet::decode(&made).expect("what was written can be read");
    assert_eq!((again.route, again.message), (packet.route, packet.message));
    assert!(made.len() <= octets.len());
}
