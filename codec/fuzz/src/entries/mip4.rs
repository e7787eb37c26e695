use dsboot_codec::mip4::discovery::{Discovery, DiscoveryExtension};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Extension, Extensions, Message, RequestFlags,
    RequestHeader, SecurityContext, keys::MnIdentifier,
};
use dsboot_codec::{Error, ip};
use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID;

use super::{Reading, contiguous, error_is_within};

/// [`Message::decode`] and [`Message::decode_leniently`].
pub(super) fn message(octets: &[u8]) -> Result<Reading, Error> {
    let lenient = Message::decode_leniently(octets);
    let strict = Message::decode(octets);
    let (strict, lenient) = match (strict, lenient) {
        (Ok(strict), Ok(lenient)) => {
            assert_eq!(strict, lenient, "what is right is read alike by both");
            (Ok(strict), lenient)
        }
        (Ok(_), Err(error)) => panic!("strict reading takes what lenient reading refuses: {error}"),
        (Err(error), Ok(lenient)) => (Err(error), lenient),
        (Err(error), Err(lenient)) => {
            error_is_within(&lenient, octets);
            return Err(error);
        }
    };
    let reading = lenient_reading(&lenient, octets);
    strict.map(|_| reading)
}

fn lenient_reading(message: &Message<'_>, octets: &[u8]) -> Reading {
    assert_eq!(octets.first(), Some(&message.kind()));
    match message {
        Message::Request(request) => {
            let head = Builder::request(&request.header).finish().expect("a header is a message");
            assert_eq!(head, octets[..24], "the fixed part is written as it was read");
            let _ = MnIdentifier::of(request);
            units(&request.extensions, octets, 24)
        }
        Message::Reply(reply) => {
            let head = Builder::reply(&reply.header).finish().expect("a header is a message");
            assert_eq!(head, octets[..20], "the fixed part is written as it was read");
            units(&reply.extensions, octets, 20)
        }
        Message::TunnelData(data) => {
            let mut reading = Reading::default();
            let written = data.encode();
            let again = Message::decode(&written) == Ok(Message::TunnelData(*data));
            reading.unit(octets, &written, again);
            reading
        }
        _ => Reading::default(),
    }
}

/// The extensions of a message whose fixed part is `start` octets long.
fn units(extensions: &Extensions<'_>, octets: &[u8], start: usize) -> Reading {
    let mut reading = Reading::default();
    contiguous(extensions.iter().map(|unit| (unit.offset, unit.raw.len())), start, octets.len());
    let mut copy = Builder::relay(&octets[..start]);
    for unit in extensions.iter() {
        copy = copy.copy(&unit);
        if unit.value == Extension::Pad {
            assert_eq!(unit.raw, [0]);
            continue;
        }
        let written = Builder::relay(&octets[..start]).extension(unit.value).finish();
        let written = written.expect("what was read can be written");
        let again = Message::decode_leniently(&written).expect("what was written can be read");
        let again = match again {
            Message::Request(message) => message.extensions,
            Message::Reply(message) => message.extensions,
            other => panic!("{other:?}"),
        };
        reading.unit(unit.raw, &written[start..], again.iter().map(|u| u.value).eq([unit.value]));
    }
    assert_eq!(copy.finish().as_deref(), Ok(octets));
    ask(extensions, octets);
    reading
}

/// Everything that extensions can be asked for.
fn ask(extensions: &Extensions<'_>, octets: &[u8]) {
    let context = SecurityContext { spi: 0x100, algorithm: Algorithm::HmacMd5, key: b"key" };
    for authenticator in extensions.authenticators() {
        let covered = authenticator.covered();
        assert_eq!([covered, authenticator.value()].concat(), octets[..authenticator.end()]);
        assert!(!authenticator.verify(&context) || authenticator.value().len() == 16);
        let _ = authenticator.verify_chap(b"key", b"challenge");
        let _ = authenticator.chap_credentials(b"challenge");
        let before = extensions.before(&authenticator);
        assert!(before.iter().count() <= extensions.iter().count());
        let _ = before.bootstrap(DEFAULT_VENDOR_ID);
    }
    for kind in [AuthenticationKind::MobileHome, AuthenticationKind::MnAaa] {
        let _ = extensions.authenticator(kind);
    }
    let _ = (extensions.nai(), extensions.mn_aaa_challenge(), extensions.mn_ha_key_request());
    let _ = (extensions.mn_ha_key_reply(), extensions.mn_fa_key_reply(), extensions.fa_error());
    if let Err(error) = extensions.check_order() {
        error_is_within(&error, octets);
    }
}

/// The same behind a fixed part that is always right.
pub(super) fn extensions(octets: &[u8]) -> Result<Reading, Error> {
    let header = RequestHeader {
        flags: RequestFlags(0x22),
        lifetime: 1800,
        home_address: [0, 0, 0, 0].into(),
        home_agent: [192, 0, 2, 1].into(),
        care_of_address: [198, 51, 100, 77].into(),
        identification: dsboot_codec::mip4::Identification(7),
    };
    let head = Builder::request(&header).finish()?;
    let whole = [head.as_slice(), octets].concat();
    message(&whole).map_err(|error| {
        assert!(error.offset >= head.len(), "{error} is about the fixed part");
        Error { offset: error.offset - head.len(), ..error }
    })
}

/// [`Discovery::decode`], and [`Discovery::from_icmp`] whatever the checksum.
pub(super) fn discovery(octets: &[u8]) -> Result<Reading, Error> {
    let unverified = ip::icmp::Message::decode_unverified(octets)?;
    let result = Discovery::from_icmp(&unverified);
    match (Discovery::decode(octets), &result) {
        (Ok(verified), Ok(unverified)) => assert_eq!(verified, *unverified),
        (Ok(_), Err(error)) => panic!("only the checksum is verified in between: {error}"),
        (Err(error), _) => error_is_within(&error, octets),
    }
    let mut reading = Reading::default();
    if let Discovery::Advertisement(advertisement) = result? {
        let start = advertisement.extensions().next().map_or(octets.len(), |unit| unit.offset);
        let spans = advertisement.extensions().map(|unit| (unit.offset, unit.raw.len()));
        contiguous(spans, start, octets.len());
        reading.units = advertisement.extensions().count() + advertisement.routers().count();
        for unit in advertisement.extensions() {
            if let DiscoveryExtension::MobilityAgent(agent) = unit.value {
                assert_eq!(agent.care_of_addresses.iter().count() * 4 + 8, unit.raw.len());
            }
        }
        let _ = (advertisement.mobility_agent(), advertisement.challenge());
        let _ = advertisement.prefix_lengths();
    }
    Ok(reading)
}
