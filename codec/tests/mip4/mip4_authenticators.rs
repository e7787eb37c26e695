//! Authenticators and what they protect, rule by rule.

use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Builder, Extension, Message, SecurityContext,
};
use dsboot_codec::{ErrorKind, crypto};

use super::{AAA_KEY, CONTEXT, request, request_header, with_extensions};

//= wire.3.1
#[test]
fn what_an_authenticator_covers() {
    for kind in [
        AuthenticationKind::MobileHome,
        AuthenticationKind::MobileForeign,
        AuthenticationKind::ForeignHome,
        AuthenticationKind::MnAaa,
    ] {
        let octets = Builder::request(&request_header())
            .extension(Extension::Nai(b"a@b"))
            .authenticate(kind, &CONTEXT)
            .extension(Extension::Challenge(&[1, 2, 3]))
            .finish()
            .unwrap();
        let found = request(&octets).extensions.authenticator(kind).once().unwrap();
        assert_eq!((found.offset, found.end()), (29, octets.len() - 5));
        let verifies = |octets: &[u8]| match Message::decode(octets) {
            Ok(Message::Request(request)) => {
                request.extensions.authenticator(kind).once().is_some_and(|a| a.verify(&CONTEXT))
            }
            _ => false,
        };
        assert!(verifies(&octets));
        for bit in 0..found.end() * 8 {
            let mut wrong = octets.clone();
            wrong[bit / 8] ^= 1 << (bit % 8);
            assert!(!verifies(&wrong), "{kind:?}, bit {bit}");
        }
        let mut after = octets.clone();
        after[octets.len() - 1] ^= 1;
        assert!(verifies(&after));
    }
}

//= wire.3.2
//= wire.3.3
//= wire.3.4
#[test]
fn algorithms() {
    let key = [3; 80];
    for algorithm in [Algorithm::HmacMd5, Algorithm::HmacSha1, Algorithm::PrefixSuffixMd5] {
        let context = SecurityContext { spi: 0x100, algorithm, key: &key };
        let octets = Builder::request(&request_header())
            .authenticate(AuthenticationKind::MobileHome, &context)
            .finish()
            .unwrap();
        let found = request(&octets)
            .extensions
            .authenticator(AuthenticationKind::MobileHome)
            .once()
            .unwrap();
        let covered = &octets[..30];
        let expected: &[u8] = match algorithm {
            Algorithm::HmacMd5 => &crypto::hmac_md5(&key, &[covered]),
            Algorithm::HmacSha1 => &crypto::hmac_sha1(&key, &[covered]),
            Algorithm::PrefixSuffixMd5 => &crypto::md5(&[&key, covered, &key]),
        };
        assert_eq!(found.value(), expected);
        assert_eq!(usize::from(octets[25]), 4 + algorithm.length());
        assert!(found.verify(&context));
        assert!(!found.verify(&SecurityContext { key: &[3; 79], ..context }));
    }
}

//= wire.3.5
#[test]
fn numbers_of_algorithms() {
    let all: Vec<_> = (0..=u16::MAX).filter_map(Algorithm::from_number).collect();
    assert_eq!(all, [Algorithm::HmacMd5, Algorithm::HmacSha1]);
    assert_eq!(all.iter().map(|a| a.number()).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert_eq!(Algorithm::PrefixSuffixMd5.number(), None);
}

//= wire.3.6
#[test]
fn shortened_authenticators_are_wrong() {
    let context = SecurityContext { algorithm: Algorithm::HmacSha1, ..CONTEXT };
    for length in 0..=24 {
        let mut octets = Builder::request(&request_header()).finish().unwrap();
        octets.extend([32, 4 + length, 0, 0, 1, 0]);
        let right = crypto::hmac_sha1(context.key, &[&octets]);
        octets.extend(right.iter().chain(&[0; 4]).take(length.into()));
        let found = request(&octets)
            .extensions
            .authenticator(AuthenticationKind::MobileHome)
            .once()
            .unwrap();
        assert_eq!(found.verify(&context), length == 20, "{length} octets");
    }
}

//= wire.3.7
//= wire.3.8
#[test]
fn reserved_spis() {
    for spi in [0, 1, 2, 3, 255] {
        let reserved = SecurityContext { spi, ..CONTEXT };
        let error = Builder::request(&request_header())
            .authenticate(AuthenticationKind::MobileHome, &reserved)
            .finish()
            .unwrap_err();
        assert_eq!((error.kind, error.sentence), (ErrorKind::BadValue, "wire.3.7"));

        let mut octets = Builder::request(&request_header()).finish().unwrap();
        octets.extend([[36, 1, 0, 20].as_slice(), &spi.to_be_bytes()].concat());
        let right = crypto::hmac_md5(CONTEXT.key, &[&octets]);
        octets.extend(right);
        let found =
            request(&octets).extensions.authenticator(AuthenticationKind::MnAaa).once().unwrap();
        assert!(!found.verify(&reserved));
    }
}

//= wire.3.9
//= wire.3.10
#[test]
fn challenges_of_every_length() {
    let challenge: Vec<u8> = (1..=255).collect();
    for length in [1, 2, 16, 237, 238, 239, 255] {
        let challenge = &challenge[..length];
        let octets = Builder::request(&request_header())
            .extension(Extension::Challenge(challenge))
            .authenticate_chap(AAA_KEY, challenge)
            .finish()
            .unwrap();
        let found = request(&octets).extensions.authorization().unwrap();
        assert!(found.verify_chap(AAA_KEY, challenge));
        let tail = &challenge[length.saturating_sub(237)..];
        let credentials = found.chap_credentials(challenge).unwrap();
        assert_eq!(credentials.challenge[16..], *tail);
        // The check of a RADIUS server (RFC 2865 §5.3).
        let response = crypto::md5(&[&credentials.password[..1], AAA_KEY, &credentials.challenge]);
        assert_eq!(credentials.password[1..], response);
        assert!(!found.verify_chap(AAA_KEY, b""));
        assert_eq!(found.chap_credentials(b""), None);
    }
    let error = Builder::request(&request_header()).authenticate_chap(AAA_KEY, b"").finish();
    assert_eq!(error.unwrap_err().sentence, "wire.3.9");
}

//= wire.3.14
//= wire.3.15
#[test]
fn what_a_foreign_agent_passes_on() {
    let fa = SecurityContext { spi: 0x500, ..CONTEXT };
    // Both 32 and 36: the last one counts, and 132 before it stays.
    let octets = Builder::request(&request_header())
        .extension(Extension::Nai(b"a@b"))
        .authenticate(AuthenticationKind::MobileHome, &CONTEXT)
        .extension(Extension::Challenge(&[1, 2, 3, 4]))
        .authenticate_chap(AAA_KEY, &[1, 2, 3, 4])
        .extension(Extension::EncapsulatingDelivery)
        .authenticate(AuthenticationKind::MobileForeign, &CONTEXT)
        .finish()
        .unwrap();
    let decoded = request(&octets);
    let last = decoded.extensions.authorization().unwrap();
    assert_eq!(last.kind, AuthenticationKind::MnAaa);
    let kept = decoded.extensions.octets_through(&last);
    assert_eq!(kept, &octets[..octets.len() - 2 - 22]);
    let stripped: Vec<_> = decoded.extensions.after(&last).iter().map(|e| e.value.kind()).collect();
    assert_eq!(stripped, [130, 33]);

    let relayed =
        Builder::relay(kept).authenticate(AuthenticationKind::ForeignHome, &fa).finish().unwrap();
    assert_eq!(relayed[..kept.len()], *kept);
    let arrived = request(&relayed).extensions;
    for (kind, context) in
        [(AuthenticationKind::MobileHome, &CONTEXT), (AuthenticationKind::ForeignHome, &fa)]
    {
        assert!(arrived.authenticator(kind).once().unwrap().verify(context));
    }
    assert!(arrived.authorization().unwrap().verify_chap(AAA_KEY, &[1, 2, 3, 4]));

    let none = with_extensions(&[132, 1, 1]);
    assert_eq!(request(&none).extensions.authorization(), None);
}
