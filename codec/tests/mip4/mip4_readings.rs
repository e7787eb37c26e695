//! What the RFCs contradict each other about, read either way.

use dsboot_codec::mip4::{
    AuthenticationKind, Authorizations, Builder, Code, CvseLength, Denial, Extension,
    Identification, LongSkippable, Message, MobileHome, NaiLength, Padding, ProtectedPart, Reader,
    Reading, ReplayStyleLength, ReplyHeader, RequestFlags, RequestHeader, ReservedFlags,
    Understood, Vendor,
};
use dsboot_codec::{Error, ErrorKind};
use dsboot_spec::registry::mip4::extension;

use super::{AAA_KEY, CONTEXT, reply_header, request_header};

/// Our reading but for what `change` does to it.
fn reading(change: impl FnOnce(&mut Reading)) -> Reading {
    let mut reading = Reading::DEFAULT;
    change(&mut reading);
    reading
}

/// The same as a tool.
fn tool(change: impl FnOnce(&mut Reading)) -> Reading {
    let mut reading = Reading::TOOL;
    change(&mut reading);
    reading
}

/// A request with these octets of extensions.
fn request(extensions: &[u8]) -> Vec<u8> {
    [&Builder::request(&request_header()).finish().unwrap(), extensions].concat()
}

/// The extensions of a request by a reading.
fn read<'a>(message: &'a [u8], reading: &Reading) -> Result<Vec<Extension<'a>>, Error> {
    let decoded = Message::decode_by(message, reading)?;
    Ok(decoded.extensions().unwrap().iter().map(|extension| extension.value).collect())
}

//= wire.12.1
#[test]
fn our_reading_is_the_default() {
    assert_eq!(Reading::default(), Reading::DEFAULT);
    let message = request(&[131, 1, b'a']);
    assert_eq!(Message::decode(&message), Message::decode_by(&message, &Reading::DEFAULT));
    assert_eq!(Message::decode_leniently(&message), Message::decode_by(&message, &Reading::TOOL));
    // RFC 3344 at its word differs in every field that it can differ in, and is usable.
    assert_ne!(Reading::RFC_3344, Reading::DEFAULT);
    assert!(Message::decode_by(&message, &Reading::RFC_3344).is_ok());
}

//= wire.12.2
#[test]
fn a_node_understands_what_it_says_it_does() {
    for (octets, understood) in [
        (&[48, 0, 0, 4, 1, 2, 3, 4][..], Understood::BOOTSTRAP.with(extension::GRE_KEY)),
        (&[46, 6, 0, 0, 1, 2, 3, 4], Understood::BOOTSTRAP.with(extension::GFA_ADDRESS)),
        (&[37, 0, 0, 6, 0, 0, 0, 1, 0, 1], Understood::BOOTSTRAP.with(extension::CVSE_OLD)),
        (&[127, 0, 0, 0], Understood::EVERYTHING),
    ] {
        let message = request(octets);
        let refused = Message::decode(&message).unwrap_err();
        assert_eq!(refused, Error::new(ErrorKind::NotSkippable, 24, "wire.2.4"));
        let node = reading(|reading| reading.reader = Reader::Node(understood));
        assert_eq!(read(&message, &node).unwrap().len(), 1);
        // What it understands and is malformed is malformed, not unknown.
        if octets[0] != 127 {
            let mut malformed = octets[..octets.len() - 1].to_vec();
            let at = if matches!(octets[0], 46) { 1 } else { 3 };
            malformed[at] -= 1;
            let message = request(&malformed);
            let error = Message::decode_by(&message, &node).unwrap_err();
            assert_eq!((error.kind, error.sentence), (ErrorKind::BadLength, "wire.2.6"));
            assert_eq!(Message::decode(&message).unwrap_err().kind, ErrorKind::NotSkippable);
        }
    }
    let generalized = [&[36, 2, 0, 20][..], &[0; 20]].concat();
    let message = request(&generalized);
    assert_eq!(Message::decode(&message).unwrap_err().kind, ErrorKind::NotSkippable);
    let node = reading(|reading| {
        reading.reader = Reader::Node(Understood::BOOTSTRAP.with_generalized(2));
    });
    assert_eq!(read(&message, &node).unwrap().len(), 1);
    assert!(Understood::BOOTSTRAP.contains(36) && !Understood::BOOTSTRAP.contains_generalized(2));
    assert!(Understood::NOTHING.contains(128) && !Understood::NOTHING.contains(32));
}

//= wire.12.4
#[test]
fn length_of_critical_vendor_extensions() {
    let vendor = Vendor::new(32473, 1, &[0xaa, 0xbb]);
    let literal = tool(|reading| reading.cvse_length = CvseLength::WithReserved);
    for (kind, expected) in [(37, Extension::CvseOld(vendor)), (38, Extension::Cvse(vendor))] {
        let with = |length| request(&[kind, 0, 0, length, 0, 0, 0x7e, 0xd9, 0, 1, 0xaa, 0xbb]);
        assert_eq!(read(&with(8), &Reading::TOOL), Ok(vec![expected]));
        assert_eq!(read(&with(9), &literal), Ok(vec![expected]));
        assert_eq!(read(&with(9), &Reading::TOOL).unwrap_err().kind, ErrorKind::Truncated);
        // The last octet is left over, and no extension.
        assert_eq!(read(&with(8), &literal).unwrap_err().kind, ErrorKind::Truncated);
        assert_eq!(read(&with(0), &literal).unwrap_err().kind, ErrorKind::Truncated);
        assert_eq!(expected.encode().unwrap()[3], 8);
    }
}

//= wire.12.5
#[test]
fn long_forms_whose_numbers_promise_the_simple_one() {
    let by_number = reading(|reading| reading.long_skippable = LongSkippable::ByNumber);
    for octets in [
        &[139, 1, 0, 4, 192, 0, 2, 1][..],
        &[139, 2, 0, 4, 192, 0, 2, 1],
        &[154, 1, 0, 4, 4, 1, 2, 0x80],
        &[154, 2, 0, 5, 1, 1, 2, 1, 0xaa],
    ] {
        let message = request(octets);
        let drawn = read(&message, &Reading::DEFAULT).unwrap();
        assert!(drawn.len() == 1 && !drawn[0].is_unknown(), "{octets:?}");
        // By its number it is one or two octets long, and what follows is something else.
        let error = Message::decode_by(&message, &by_number).unwrap_err();
        assert!(error.offset >= 24 + 2 + usize::from(octets[1]), "{octets:?}");
    }
    // Where the long form does not fit, it is the simple one in both.
    for octets in [&[139, 3, 0, 4, 1][..], &[154, 1, 0], &[154, 2, 0, 0], &[154, 0]] {
        let message = request(octets);
        let simple = read(&message, &Reading::DEFAULT);
        assert_eq!(simple, read(&message, &by_number), "{octets:?}");
        assert!(matches!(simple.unwrap()[..], [Extension::Unknown { .. }]), "{octets:?}");
    }
}

//= wire.12.6
#[test]
fn length_of_the_replay_protection_style() {
    let stated = reading(|reading| reading.replay_style_length = ReplayStyleLength::AsStated);
    let (long, short) =
        (request(&[141, 10, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2]), request(&[141, 2, 0, 1]));
    let style = |identification| Extension::ReplayProtectionStyle {
        style: 1,
        identification: Identification(identification),
    };
    assert_eq!(read(&long, &Reading::DEFAULT), Ok(vec![style(2)]));
    assert_eq!(read(&short, &stated), Ok(vec![style(0)]));
    for (message, reading) in [(&long, &stated), (&short, &Reading::DEFAULT)] {
        assert!(read(message, reading).unwrap()[0].is_unknown());
    }
}

/// A request with a Mobile-Home, then an MN-AAA authenticator, each if it is wanted.
fn authenticated(mobile_home: bool, mn_aaa: bool) -> Vec<u8> {
    let mut builder = Builder::request(&request_header());
    if mobile_home {
        builder = builder.authenticate(AuthenticationKind::MobileHome, &CONTEXT);
    }
    if mn_aaa {
        builder = builder.authenticate_chap(AAA_KEY, &[0]);
    }
    builder.finish().unwrap()
}

/// What is wrong with the order of a message's extensions.
fn disorder(message: &[u8], reading: &Reading) -> Option<&'static str> {
    let extensions = Message::decode(message).unwrap().extensions().unwrap();
    extensions.check_order_by(reading).err().map(|error| error.sentence)
}

//= wire.12.7
#[test]
fn mn_aaa_without_mobile_home() {
    let required = reading(|reading| reading.mobile_home = MobileHome::Required);
    assert_eq!(disorder(&authenticated(false, true), &Reading::DEFAULT), None);
    assert_eq!(disorder(&authenticated(false, true), &required), Some("wire.12.7"));
    assert_eq!(disorder(&authenticated(true, true), &required), None);
    assert_eq!(disorder(&authenticated(true, false), &required), None);
}

//= wire.12.8
#[test]
fn one_authorization_or_several() {
    let one = reading(|reading| reading.authorizations = Authorizations::ExactlyOne);
    assert_eq!(disorder(&authenticated(true, true), &Reading::DEFAULT), None);
    assert_eq!(disorder(&authenticated(true, true), &one), Some("wire.12.8"));
    assert_eq!(disorder(&authenticated(true, false), &one), None);
    assert_eq!(disorder(&authenticated(false, true), &one), None);
}

//= wire.12.9
#[test]
fn what_a_foreign_agent_leaves_as_it_is() {
    let first = reading(|reading| reading.protected_part = ProtectedPart::ThroughMobileHome);
    for (mobile_home, mn_aaa, ours, theirs) in [
        (true, true, AuthenticationKind::MnAaa, AuthenticationKind::MobileHome),
        (true, false, AuthenticationKind::MobileHome, AuthenticationKind::MobileHome),
        (false, true, AuthenticationKind::MnAaa, AuthenticationKind::MnAaa),
    ] {
        let message = authenticated(mobile_home, mn_aaa);
        let extensions = Message::decode(&message).unwrap().extensions().unwrap();
        let by = |reading| extensions.authorization_by(reading).map(|found| found.kind);
        assert_eq!(by(&Reading::DEFAULT), Some(ours));
        assert_eq!(extensions.authorization().map(|found| found.kind), Some(ours));
        assert_eq!(by(&first), Some(theirs));
    }
}

//= wire.12.10
#[test]
fn reserved_flags() {
    let refused = reading(|reading| reading.reserved_flags = ReservedFlags::RefusedX);
    for flags in 0..=u8::MAX {
        let header = RequestHeader { flags: RequestFlags(flags), ..request_header() };
        let message = Builder::request(&header).finish().unwrap();
        assert!(Message::decode(&message).is_ok());
        let strict = Message::decode_by(&message, &refused).map(|_| ());
        let error = Error::new(ErrorKind::BadValue, 1, "wire.12.10");
        assert_eq!(strict, if flags & 0x01 == 0 { Ok(()) } else { Err(error) });
    }
}

//= wire.12.11
#[test]
fn what_a_foreign_agent_has_against_a_reply() {
    let rewritten = reading(|reading| reading.denial = Denial::Rewritten);
    let reply = |code, status: Option<u8>| {
        let header = ReplyHeader { code: Code(code), ..reply_header() };
        let error = status.map(|status| Extension::FaError { status });
        Builder::reply(&header).extensions(error).finish().unwrap()
    };
    for (code, status, ours, theirs) in [(0, Some(97), 97, 0), (97, None, 97, 97), (0, None, 0, 0)]
    {
        let octets = reply(code, status);
        let Ok(Message::Reply(reply)) = Message::decode(&octets) else { panic!("a reply") };
        assert_eq!(reply.code_by(&Reading::DEFAULT), Code(ours));
        assert_eq!(reply.code_by(&rewritten), Code(theirs));
    }
}

//= wire.12.12
#[test]
fn the_longest_nai() {
    let long = reading(|reading| reading.nai_length = NaiLength::Extension);
    for length in [253_u8, 254, 255] {
        let extension = [&[131, length][..], &vec![b'a'; length.into()]].concat();
        let message = request(&extension);
        let understood = |reading| !read(&message, reading).unwrap()[0].is_unknown();
        assert_eq!(understood(&Reading::DEFAULT), length == 253);
        assert!(understood(&long));
    }
}

//= wire.12.13
#[test]
fn padding_in_registration_messages() {
    let unknown = reading(|reading| reading.padding = Padding::Unknown);
    let message = request(&[0, 0, 131, 1, b'a']);
    let nai = Extension::Nai(b"a");
    assert_eq!(read(&message, &Reading::DEFAULT), Ok(vec![Extension::Pad, Extension::Pad, nai]),);
    assert_eq!(
        Message::decode_by(&message, &unknown),
        Err(Error::new(ErrorKind::NotSkippable, 24, "wire.2.4")),
    );
    let shown = tool(|reading| reading.padding = Padding::Unknown);
    assert_eq!(read(&message, &shown), Ok(vec![Extension::Unknown { kind: 0, data: &[] }, nai]));
}
