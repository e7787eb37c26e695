//! Octets that are no request, or hardly one.

use super::{
    Allowed, Cases, Mobile, Outcome, SILENCE, code_or_silence, octets_again, still_registered,
};
use crate::Level;
use crate::Stage;

/// Octets that are no request at all; then a right request.
fn noise(stage: &mut Stage<'_>, octets: &[u8], allowed: Allowed) -> Outcome {
    let mut mobile = Mobile::registered(stage)?;
    mobile.send(stage, octets)?;
    allowed.judge(stage, &mobile)?;
    still_registered(stage, &mut mobile)
}

pub(super) fn add(cases: &mut Cases) {
    for length in [0_usize, 1, 2, 4, 8, 12, 16, 20, 23] {
        cases.add(
            "rrq.short",
            format!("a request cut after {length} octets is discarded"),
            "wire.1.2, registration.7.2, RFC 3344 §3.3",
            move |stage| octets_again(stage, |octets| octets.truncate(length), SILENCE),
        );
    }
    cases.add(
        "rrq.short",
        "a fixed part without extensions is not accepted",
        "registration.7.2, RFC 5944 §3.8.2.1",
        |stage| octets_again(stage, |octets| octets.truncate(24), code_or_silence(&[131, 134])),
    );
    for cut in [1_usize, 2, 8, 15, 16, 17, 20, 21] {
        cases.add(
            "rrq.cut",
            format!("a request without its last {cut} octets is not accepted"),
            "wire.1.9, registration.7.2, RFC 3344 §1.8",
            move |stage| {
                octets_again(
                    stage,
                    |octets| octets.truncate(octets.len().saturating_sub(cut)),
                    code_or_silence(&[131, 134]),
                )
            },
        );
    }
    for (kind, what) in [
        (0_u8, "0"),
        (2, "2"),
        (3, "3, a reply"),
        (4, "4, tunnel data"),
        (7, "7, a revocation"),
        (15, "15"),
        (16, "16"),
        (23, "23"),
        (128, "128"),
        (255, "255, an experiment's"),
    ] {
        cases.add(
            "rrq.type",
            format!(
                "a message of type {what}, otherwise like a request, gets no registration reply"
            ),
            "wire.1.1, registration.7.2, RFC 3344 §3.3",
            move |stage| {
                octets_again(
                    stage,
                    |octets| {
                        if let Some(first) = octets.first_mut() {
                            *first = kind;
                        }
                    },
                    SILENCE,
                )
            },
        );
    }
    for (at, value, what) in [
        (-21_isize, 0_u8, "0"),
        (-21, 3, "3"),
        (-21, 4, "4"),
        (-21, 19, "one less"),
        (-21, 21, "one more"),
        (-21, 255, "255"),
    ] {
        cases.add(
            "rrq.length",
            format!("an authentication extension with Length {what} is not accepted"),
            "wire.1.9, wire.2.11, RFC 3344 §1.8",
            move |stage| {
                octets_again(
                    stage,
                    |octets| {
                        let place = octets.len().checked_add_signed(at);
                        if let Some(octet) = place.and_then(|place| octets.get_mut(place)) {
                            *octet = value;
                        }
                    },
                    code_or_silence(&[131, 134]),
                )
            },
        );
    }
    for (octets, what) in [
        (vec![200_u8], "a lone type octet of a skippable extension"),
        (vec![200, 1], "a skippable extension without its octet"),
        (vec![200, 255], "a skippable extension of 255 octets that are not there"),
        (vec![100, 4], "an extension, not to be skipped, without its octets"),
        (vec![36, 1, 0xff, 0xff], "a long extension of 65535 octets that are not there"),
        (vec![43, 1, 0], "a long extension cut in its Length"),
        (vec![38, 0, 0, 200], "a critical vendor extension that ends beyond"),
        (vec![134, 3, 0, 0, 0], "a normal vendor extension too short for its vendor"),
    ] {
        cases.add(
            "rrq.trailing",
            format!("{what}, behind the authenticator, harms nothing"),
            "wire.1.9, RFC 3344 §1.8",
            move |stage| {
                octets_again(stage, |whole| whole.extend(&octets), code_or_silence(&[0, 1, 134]))
            },
        );
    }
    for (length, fill) in [(64_usize, 0_u8), (64, 0xff), (512, 0), (1400, 0xff), (8000, 0x20)] {
        cases.add(
            "noise.fill",
            format!("{length} octets {fill:#04x} are discarded"),
            "registration.7.2, wire.1.1",
            move |stage| noise(stage, &vec![fill; length], SILENCE),
        );
    }
    for count in 1..=8 {
        cases.add(
            "noise.random",
            format!("forty random datagrams (lot {count}) harm nothing"),
            "registration.7.2, wire.1.1",
            move |stage| {
                let mut mobile = Mobile::registered(stage)?;
                for _ in 0..40 {
                    let octets: [u8; 96] = stage.random();
                    let length = usize::from(octets.first().copied().unwrap_or(9)) % 96;
                    mobile.send(stage, octets.get(..length).unwrap_or_default())?;
                }
                stage.drain(&mobile.endpoint);
                still_registered(stage, &mut mobile)
            },
        );
    }
    for count in 1..=8 {
        cases.add(
            "noise.changed",
            format!("forty requests with random octets changed (lot {count}) harm nothing"),
            "registration.7.2, registration.7.3",
            move |stage| {
                let mut mobile = Mobile::registered(stage)?;
                for _ in 0..40 {
                    let mut octets = mobile.again(stage)?.octets();
                    for _ in 0..3 {
                        let [at, value]: [u8; 2] = stage.random();
                        let place = usize::from(at) % octets.len().max(1);
                        if let Some(octet) = octets.get_mut(place) {
                            *octet = value;
                        }
                    }
                    mobile.send(stage, &octets)?;
                }
                stage.drain(&mobile.endpoint);
                still_registered(stage, &mut mobile)
            },
        );
    }
    cases
        .add(
            "noise.large",
            "a datagram of 60,000 octets harms nothing",
            "registration.7.2",
            |stage| noise(stage, &vec![1; 60_000], SILENCE),
        )
        .level(Level::Must);
    cases.add(
        "noise.many",
        "a request with 400 skippable extensions is answered or discarded, and harms nothing",
        "wire.2.5",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            for _ in 0..400 {
                request.before_auth(super::rrq::Part::short(210, &[1]));
            }
            mobile.send(stage, &request.octets())?;
            code_or_silence(&[0, 1, 128, 130, 134]).judge(stage, &mobile)?;
            still_registered(stage, &mut mobile)
        },
    );
}
