//! Authenticators.

use dsboot_codec::mip4::{Algorithm, AuthenticationKind, Builder, Message, SecurityContext};
use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::mip4::extension;

use super::super::document::File;
use super::super::make::{Check, Maker, about, flip};
use super::{NAI, REQUEST, simple};

/// Authenticators with the keys that they are made with.
pub(crate) fn authenticators() -> File {
    let mut file = File::new(
        "mip4_authenticators",
        "Mobile IPv4 authenticators",
        "Messages whose last extension is the authenticator, to be verified with the group's key.",
    );
    let key: [u8; 16] = *b"AAA-shared-key-0";
    for (check, algorithm, kinds) in [
        (
            Check::MobileIpHmacMd5,
            Algorithm::HmacMd5,
            [
                AuthenticationKind::MobileHome,
                AuthenticationKind::MobileForeign,
                AuthenticationKind::ForeignHome,
                AuthenticationKind::MnAaa,
            ]
            .as_slice(),
        ),
        (
            Check::MobileIpHmacSha1,
            Algorithm::HmacSha1,
            &[AuthenticationKind::MobileHome, AuthenticationKind::MnAaa],
        ),
        (
            Check::MobileIpPrefixSuffixMd5,
            Algorithm::PrefixSuffixMd5,
            &[AuthenticationKind::MobileHome],
        ),
    ] {
        for kind in kinds {
            let context = SecurityContext { spi: 0x1001, algorithm, key: &key };
            let made = base().authenticate(*kind, &context).finish().unwrap_or_default();
            let name = format!("{}-{kind:?}", label(check)).to_lowercase();
            let mut maker = Maker::new(check, Protocol::Mip4, &name).keyed(&key, None);
            let length = algorithm.length();
            verified(&mut maker, &made, length);
            let other = SecurityContext { key: b"AAA-shared-key-1", ..context };
            let wrong = base().authenticate(*kind, &other).finish().unwrap_or_default();
            maker.invalid(
                "other-key",
                "under another key",
                &wrong,
                about("wire.3.6", "the authenticator is of another key", "WrongKey"),
            );
            file.test_groups.push(maker.finish());
        }
    }
    for challenge in
        [&[0][..], &[0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0x07, 0x18], &[0x5c; 237], &[0x5c; 255]]
    {
        let made = base().authenticate_chap(&key, challenge).finish().unwrap_or_default();
        let name = format!("chap-challenge-{}", challenge.len());
        let mut maker =
            Maker::new(Check::MobileIpChap, Protocol::Mip4, &name).keyed(&key, Some(challenge));
        verified(&mut maker, &made, 16);
        file.test_groups.push(maker.finish());
    }
    file
}

const fn label(check: Check) -> &'static str {
    match check {
        Check::MobileIpHmacSha1 => "hmac-sha1",
        Check::MobileIpPrefixSuffixMd5 => "prefix-suffix-md5",
        _ => "hmac-md5",
    }
}

fn base() -> Builder {
    Builder::relay(&[REQUEST.to_vec(), simple(extension::NAI, NAI)].concat())
}

/// The message as it was made, and with each octet changed that its authenticator covers or has.
fn verified(maker: &mut Maker, made: &[u8], length: usize) {
    let covered = made.len() - length;
    maker.valid(
        "right",
        "as it was made",
        made,
        about("wire.3.1", "the authenticator is right", "Normal"),
    );
    maker.flips(
        "authenticator",
        made,
        covered..made.len(),
        &about("wire.3.6", "all octets of an authenticator count", "BadAuthenticator"),
    );
    for at in 0..covered {
        let mut octets = made.to_vec();
        flip(&mut octets, at, 0x10);
        // A message that no longer decodes is refused even earlier.
        let about_it =
            about("wire.3.1", "the authenticator covers all octets before it", "ModifiedMessage");
        if matches!(Message::decode(&octets), Ok(Message::Request(_))) {
            maker.invalid(
                &format!("covered-{at}"),
                format!("octet {at} changed"),
                &octets,
                about_it,
            );
        }
    }
}
