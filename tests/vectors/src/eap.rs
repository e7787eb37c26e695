//! EAP packets.

use dsboot_codec::tree::Protocol;

use super::document::File;
use super::make::{Check, Maker, about, cut, put};

/// A packet with the Length that its data needs.
fn packet(code: u8, data: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(4 + data.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[code, 7, high, low], data].concat()
}

/// Header, and Type-Data of the types that are laid out.
pub(super) fn packets() -> File {
    let mut file = File::new(
        "eap_packets",
        "EAP packets",
        "EAP packets, as EAP-Message attributes and EAP-Payload AVPs carry them.",
    );
    let mut maker = Maker::new(Check::Decode, Protocol::Eap, "eap");
    let whole = packet(2, &[&[1], b"mn1@home.example".as_slice()].concat());
    maker.valid(
        "identity",
        "an identity",
        &whole,
        about("wire.7.7", "all is as it should be", "Normal"),
    );
    maker.cuts("identity-", "", (&whole, 0), |length| match length {
        ..4 => ("wire.7.1", "a packet has at least 4 octets"),
        _ => ("wire.7.1", "there are fewer octets than Length says"),
    });
    for length in 0..4_u8 {
        let mut octets = whole.clone();
        put(&mut octets, 2, &[0, length]);
        maker.invalid(
            &format!("length-{length}"),
            format!("Length {length}"),
            &octets,
            about("wire.7.1", "Length is at least 4", "BadLength"),
        );
    }
    for more in [1_usize, 2, 30] {
        maker.valid(
            &format!("padded-{more}"),
            format!("{more} octets behind the packet"),
            &[whole.as_slice(), &vec![0; more]].concat(),
            about("wire.7.2", "octets behind what Length says are ignored", "Trailing"),
        );
    }
    for code in (0..=255_u8).filter(|code| !(1..=4).contains(code)) {
        maker.invalid(
            &format!("code-{code}"),
            format!("Code {code}"),
            &packet(code, &[1]),
            about("wire.7.3", "there are codes 1 to 4", "UnknownType"),
        );
    }
    for code in [3_u8, 4] {
        maker.valid(
            &format!("result-{code}"),
            format!("Code {code}, 4 octets"),
            &packet(code, &[]),
            about("wire.7.4", "Success and Failure have 4 octets", "Normal"),
        );
        for more in [1_usize, 2, 5] {
            maker.invalid(
                &format!("result-{code}-more-{more}"),
                format!("Code {code} with {more} octets of data"),
                &packet(code, &vec![1; more]),
                about("wire.7.4", "Success and Failure have 4 octets", "BadLength"),
            );
        }
    }
    methods(&mut maker);
    naks(&mut maker);
    file.test_groups.push(maker.finish());
    file
}

/// Type-Data of requests and responses.
fn methods(maker: &mut Maker) {
    for code in [1_u8, 2] {
        maker.invalid(
            &format!("no-type-{code}"),
            format!("Code {code} without a Type"),
            &packet(code, &[]),
            about("wire.7.5", "Request and Response have a Type", "Truncated"),
        );
        maker.valid(
            &format!("empty-identity-{code}"),
            format!("Code {code}, an empty identity"),
            &packet(code, &[1]),
            about("wire.7.7", "the identity may be empty", "Boundary"),
        );
        let text = packet(code, b"\x02text");
        let none = packet(code, &[2]);
        let (kept, broken) = if code == 1 { (text, none) } else { (none, text) };
        maker.valid(
            &format!("notification-{code}"),
            format!("a notification of Code {code}"),
            &kept,
            about("wire.7.8", "text in a Request and none in a Response", "Normal"),
        );
        maker.invalid(
            &format!("notification-wrong-{code}"),
            format!("a notification of Code {code}, the other way round"),
            &broken,
            about("wire.7.8", "text in a Request and none in a Response", "WrongForm"),
        );
        for (value, name) in [(0_usize, 0_usize), (1, 0), (16, 0), (16, 20), (255, 0), (255, 10)] {
            let size = u8::try_from(value).unwrap_or(u8::MAX);
            let data = [&[4, size][..], &vec![0xc5; value], &vec![b'n'; name]].concat();
            let id = format!("md5-{code}-{value}-{name}");
            let comment =
                format!("MD5-Challenge with a value of {value} octets and a name of {name}");
            let why = "a value has at least one octet; a name may be empty";
            if value > 0 {
                maker.valid(
                    &id,
                    comment,
                    &packet(code, &data),
                    about("wire.7.10", why, "Boundary"),
                );
            } else {
                maker.invalid(
                    &id,
                    comment,
                    &packet(code, &data),
                    about("wire.7.10", why, "BadLength"),
                );
            }
        }
        for (size, there) in [(16_u8, 15_usize), (16, 0), (255, 254), (1, 0)] {
            let data = [&[4, size][..], &vec![0xc5; there]].concat();
            maker.invalid(
                &format!("md5-{code}-short-{size}-{there}"),
                format!("MD5-Challenge with Value-Size {size} and {there} octets"),
                &packet(code, &data),
                about("wire.7.10", "the value has no more octets than there are", "Truncated"),
            );
        }
        maker.invalid(
            &format!("md5-{code}-no-size"),
            "MD5-Challenge without Value-Size".to_owned(),
            &packet(code, &[4]),
            about("wire.7.10", "Value-Size has to be there", "Truncated"),
        );
        for length in 0..=8_usize {
            let data = [&[254][..], cut(&[0, 0, 9, 0, 0, 0, 1, 5], length)].concat();
            let id = format!("expanded-{code}-{length}");
            let comment = format!("an expanded type with {length} octets");
            let why = "its data begins with a vendor number of 3 octets and a type of 4";
            if length >= 7 {
                maker.valid(&id, comment, &packet(code, &data), about("wire.7.13", why, "Normal"));
            } else {
                maker.invalid(
                    &id,
                    comment,
                    &packet(code, &data),
                    about("wire.7.13", why, "Truncated"),
                );
            }
        }
        for kind in [5_u8, 6, 13, 21, 25, 100, 200, 253, 255] {
            maker.valid(
                &format!("type-{code}-{kind}"),
                format!("Code {code} of type {kind}"),
                &packet(code, &[kind, 1, 2, 3]),
                about(
                    "wire.7.6",
                    "a type that is not laid out is kept octet for octet",
                    "UnknownType",
                ),
            );
        }
    }
}

/// Naks, and what they name.
fn naks(maker: &mut Maker) {
    maker.valid(
        "nak",
        "a Nak that names a type",
        &packet(2, &[3, 4]),
        about("wire.7.9", "a Nak names at least one type", "Normal"),
    );
    maker.valid(
        "nak-none",
        "a Nak that names no alternative",
        &packet(2, &[3, 0]),
        about("wire.7.9", "0 stands for no alternative", "Boundary"),
    );
    maker.invalid(
        "nak-empty",
        "a Nak that names nothing",
        &packet(2, &[3]),
        about("wire.7.9", "a Nak names at least one type", "Truncated"),
    );
    maker.invalid(
        "nak-request",
        "a Nak as Request",
        &packet(1, &[3, 4]),
        about("wire.7.9", "a Nak is a Response", "WrongForm"),
    );
    let nak = [254, 0, 0, 0, 0, 0, 0, 3];
    let method = [254, 0, 0, 9, 0, 0, 0, 1];
    maker.valid(
        "expanded-nak",
        "an expanded Nak",
        &packet(2, &[nak, method].concat()),
        about("wire.7.14", "it names methods in 8 octets each", "Normal"),
    );
    maker.invalid(
        "expanded-nak-request",
        "an expanded Nak as Request",
        &packet(1, &[nak, method].concat()),
        about("wire.7.14", "an expanded Nak is a Response", "WrongForm"),
    );
    maker.invalid(
        "expanded-nak-empty",
        "an expanded Nak that names nothing",
        &packet(2, &nak),
        about("wire.7.14", "it names at least one method", "BadLength"),
    );
    for length in 1..8 {
        maker.invalid(
            &format!("expanded-nak-{length}"),
            format!("an expanded Nak with {length} octets of a method"),
            &packet(2, &[&nak[..], cut(&method, length)].concat()),
            about("wire.7.14", "methods have 8 octets each", "Truncated"),
        );
    }
    let wrong = [253, 0, 0, 9, 0, 0, 0, 1];
    maker.invalid(
        "expanded-nak-type",
        "an expanded Nak with a method of another type",
        &packet(2, &[nak, wrong].concat()),
        about("wire.7.14", "each begins with 254", "WrongForm"),
    );
}
