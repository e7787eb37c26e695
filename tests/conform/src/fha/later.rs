//! Requests under an association: every field, flag and extension, right and wrong.

use std::net::Ipv4Addr;

use dsboot_codec::mip4::{Extension, RequestFlags, Vendor};
use dsboot_model::Rule;
use dsboot_spec::registry::mip4::request_flag;

use super::rrq::Part;
use super::{
    ACCEPTED, ANYTHING, Allowed, Cases, Change, Ending, Mobile, REFUSED, SILENCE, by_claim,
    changed_again, code, code_or_silence, ensure, still_registered,
};
use crate::Level;

/// Purpose, clauses, change, what is allowed.
type Row = (&'static str, &'static str, Change, Allowed);

const POORLY: Allowed = code(&[0, 1, 134]);
/// What is not to be had is refused by 139 (RFC 3024 §3.4), which a home agent of RFC 3344 alone does
/// not know.
const REFUSING: Allowed = code(&[128, 129, 139]);

pub(super) fn add(cases: &mut Cases) {
    flags(cases);
    fields(cases);
    extensions(cases);
}

/// An NAI that is missing, or somebody else's.
fn nai(cases: &mut Cases) {
    cases.add(
        "rrq.ext.nai",
        "a request without NAI is accepted by its home address",
        "registration.7.1, RFC 3344 §3.8.2.1",
        |stage| {
            // One that looks for mobile nodes by their NAI need not find this one.
            let allowed = by_claim(stage.profile, "bootstrap", ACCEPTED, ANYTHING);
            let has_none = stage.profile.mobiles.get(stage.slot).is_some_and(|m| m.nai.is_none());
            let allowed = if has_none { ACCEPTED } else { allowed };
            changed_again(stage, |rrq, _| rrq.without(131), allowed)
        },
    );
    cases
        .add(
            "rrq.ext.nai",
            "a request with the NAI of somebody unknown is not accepted",
            "registration.7.3, RFC 2794 §3",
            |stage| {
                let change: Change = |rrq, _| {
                    rrq.without(131);
                    rrq.parts.insert(0, Part::of(Extension::Nai(b"nobody@conform.example")));
                };
                changed_again(stage, change, REFUSED)
            },
        )
        .claims("nai");
}

pub(super) fn rows(cases: &mut Cases, group: &str, rows: &[Row]) {
    for (purpose, clauses, change, allowed) in rows {
        let (change, allowed) = (*change, *allowed);
        cases.add(group, *purpose, clauses, move |stage| changed_again(stage, change, allowed));
    }
}

fn flags(cases: &mut Cases) {
    cases
        .add(
            "rrq.flags",
            "S (simultaneous bindings) does no harm",
            "registration.7.11, RFC 3344 §3.8.2.2",
            |stage| {
                changed_again(
                    stage,
                    |rrq, _| rrq.header.flags.0 |= request_flag::SIMULTANEOUS,
                    ACCEPTED,
                )
            },
        )
        .rule(Rule::FhaBindsAgain);
    cases
        .add(
            "rrq.flags",
            "S is answered by code 1 where one binding is kept",
            "registration.7.11, RFC 3344 §3.8.2.2",
            |stage| {
                changed_again(
                    stage,
                    |rrq, _| rrq.header.flags.0 |= request_flag::SIMULTANEOUS,
                    code(&[1]),
                )
            },
        )
        .claims("simultaneous-none");
    cases.add("rrq.flags", "B (broadcasts) does no harm", "wire.1.4, RFC 3344 §3.3", |stage| {
        changed_again(stage, |rrq, _| rrq.header.flags.0 |= request_flag::BROADCAST, ACCEPTED)
    });
    cases.add("rrq.flags", "D clear is no fault by itself", "wire.1.4, RFC 3344 §3.3", |stage| {
        changed_again(stage, |rrq, _| rrq.header.flags.0 &= !request_flag::DECAPSULATION, ACCEPTED)
    });
    for (mask, name) in [
        (request_flag::MINIMAL_ENCAPSULATION, "M (minimal encapsulation)"),
        (request_flag::GRE, "G (GRE)"),
    ] {
        cases.add(
            "rrq.flags",
            format!("{name} is served, or refused by 139"),
            "registration.7.8, RFC 3344 §3.8.2.3",
            move |stage| {
                let allowed = match stage.profile.claims("encapsulation-none") {
                    true => by_claim(stage.profile, "bootstrap", code(&[139]), REFUSING),
                    false => code(&[0, 1, 128, 129, 139]),
                };
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.flags.0 |= mask;
                mobile.send(stage, &request.octets())?;
                allowed.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            },
        );
    }
    cases.add(
        "rrq.flags",
        "the reserved bit r is ignored; a home agent of Mobile IP alone may refuse it by 134",
        "wire.1.4, RFC 3344 §3.3, RFC 3344 §3.8.2.3",
        |stage| {
            let allowed = by_claim(stage.profile, "bootstrap", ACCEPTED, POORLY);
            changed_again(stage, |rrq, _| rrq.header.flags.0 |= request_flag::RESERVED_R, allowed)
        },
    );
    cases.add(
        "rrq.flags",
        "the reserved bit x is ignored, or refused by 134",
        "registration.7.8, RFC 3344 §3.3, RFC 3344 §3.8.2.3",
        |stage| {
            let allowed = by_claim(stage.profile, "bootstrap", code(&[134]), POORLY);
            changed_again(stage, |rrq, _| rrq.header.flags.0 |= request_flag::RESERVED_X, allowed)
        },
    );
    cases.add(
        "rrq.flags",
        "T clear is served, or refused by 138",
        "registration.7.8, RFC 3024 §4.3.1",
        |stage| {
            let allowed =
                by_claim(stage.profile, "reverse-tunnel-only", code(&[138]), code(&[0, 1, 138]));
            changed_again(
                stage,
                |rrq, _| rrq.header.flags.0 &= !request_flag::REVERSE_TUNNEL,
                allowed,
            )
        },
    );
    cases.add(
        "rrq.flags",
        "all flags at once are answered by some reply of a home agent",
        "registration.7.8, RFC 3344 §3.8.2.3",
        |stage| {
            changed_again(
                stage,
                |rrq, _| rrq.header.flags = RequestFlags(0xff),
                code(&[0, 1, 128, 129, 134, 137, 139]),
            )
        },
    );
    cases.add(
        "rrq.flags",
        "no flags at all are answered by some reply of a home agent",
        "registration.7.8, RFC 3344 §3.8.2.3",
        |stage| {
            changed_again(stage, |rrq, _| rrq.header.flags = RequestFlags(0), code(&[0, 1, 138]))
        },
    );
    cases.add(
        "rrq.flags",
        "T (reverse tunnelling) is served, or refused by 137",
        "registration.7.8, RFC 3024 §3.4",
        |stage| {
            let tunnels = ["bootstrap", "reverse-tunnel-only"];
            let tunnels = tunnels.iter().any(|claim| stage.profile.claims(claim));
            let allowed = if tunnels { ACCEPTED } else { code(&[0, 1, 128, 129, 137]) };
            changed_again(
                stage,
                |rrq, _| rrq.header.flags.0 |= request_flag::REVERSE_TUNNEL,
                allowed,
            )
        },
    );
}

fn fields(cases: &mut Cases) {
    rows(
        cases,
        "rrq.home-agent",
        &[
            (
                "a request for another home agent is refused by 136",
                "registration.7.8, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.header.home_agent = Ipv4Addr::new(192, 0, 2, 99),
                code_or_silence(&[136]),
            ),
            (
                "a request for the broadcast address is refused by 136",
                "registration.7.8, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.header.home_agent = Ipv4Addr::BROADCAST,
                code_or_silence(&[136]),
            ),
            (
                "a request for 0.0.0.0 is refused by 136",
                "registration.7.8, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.header.home_agent = Ipv4Addr::UNSPECIFIED,
                code_or_silence(&[0, 1, 136]),
            ),
            (
                "a request for a group of agents is refused by 136",
                "registration.7.8, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.header.home_agent = Ipv4Addr::new(224, 0, 0, 11),
                code_or_silence(&[136]),
            ),
            (
                "a request whose Home Agent is the home address is refused",
                "registration.7.8, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.header.home_agent = rrq.header.home_address,
                code_or_silence(&[136]),
            ),
        ],
    );
    cases.add(
        "rrq.home-agent",
        "the refusal by 136 names the home agent's own address",
        "registration.2.1, RFC 3344 §3.8.2.1",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.home_agent = Ipv4Addr::BROADCAST;
            mobile.send(stage, &request.octets())?;
            match mobile.reply(stage, stage.patience()) {
                Some(answer) if answer.code == 136 => {
                    let own = mobile.home_agent;
                    ensure(answer.home_agent == own, own.to_string(), || {
                        answer.home_agent.to_string()
                    })
                }
                _ => Err(Ending::Skip("it does not refuse such a request by 136".to_owned())),
            }
        },
    );
    rows(
        cases,
        "rrq.home-address",
        &[
            (
                "a home address that is not this mobile node's is refused",
                "registration.7.1, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.header.home_address = Ipv4Addr::new(203, 0, 113, 250),
                REFUSED,
            ),
            (
                "the broadcast address as home address is refused",
                "registration.7.1, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.header.home_address = Ipv4Addr::BROADCAST,
                REFUSED,
            ),
            (
                "a multicast address as home address is refused",
                "registration.7.1, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.header.home_address = Ipv4Addr::new(224, 0, 0, 1),
                REFUSED,
            ),
            (
                "a loopback address as home address is refused",
                "registration.7.1, RFC 3344 §3.8.2.1",
                |rrq, _| rrq.header.home_address = Ipv4Addr::new(127, 77, 77, 77),
                REFUSED,
            ),
            (
                "the home agent's address as home address is refused",
                "registration.7.1, RFC 3344 §3.8.2.1",
                |rrq, m| rrq.header.home_address = m.home_agent,
                REFUSED,
            ),
        ],
    );
    cases.add(
        "rrq.home-address.zero",
        "home address 0 gets an address, or a refusal, and never a registration of 0.0.0.0",
        "registration.7.1, RFC 2794 §3, RFC 3344 §3.8.3.2",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.home_address = Ipv4Addr::UNSPECIFIED;
            mobile.send(stage, &request.octets())?;
            if let Some(answer) = ANYTHING.judge(stage, &mobile)?
                && answer.code <= 1
            {
                ensure(!answer.home_address.is_unspecified(), "a home address", || {
                    answer.home_address.to_string()
                })?;
            }
            still_registered(stage, &mut mobile)
        },
    );
    cases.add(
        "rrq.home-address.zero",
        "home address 0 without NAI is refused",
        "registration.7.1, RFC 2794 §2",
        |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            request.header.home_address = Ipv4Addr::UNSPECIFIED;
            request.without(131);
            mobile.send(stage, &request.octets())?;
            REFUSED.judge(stage, &mobile)?;
            still_registered(stage, &mut mobile)
        },
    );
    for (purpose, care_of) in [
        ("a care-of address of 0.0.0.0", Ipv4Addr::UNSPECIFIED),
        ("a broadcast care-of address", Ipv4Addr::BROADCAST),
        ("a multicast care-of address", Ipv4Addr::new(224, 0, 0, 5)),
    ] {
        cases.add(
            "rrq.care-of",
            format!("{purpose} harms neither target nor others"),
            "registration.7.10, RFC 3344 §3.8.2.1",
            move |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.care_of_address = care_of;
                mobile.send(stage, &request.octets())?;
                ANYTHING.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            },
        );
    }
    cases
        .add(
            "rrq.care-of",
            "a new care-of address is accepted and the home address stays",
            "movement.1.3, RFC 3344 §3.8.2.2",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.header.care_of_address = Ipv4Addr::new(198, 51, 100, 9);
                mobile.send(stage, &request.octets())?;
                let Some(answer) = ACCEPTED.judge(stage, &mobile)? else { return Ok(()) };
                let home = mobile.home_address;
                ensure(answer.home_address == home, home.to_string(), || {
                    answer.home_address.to_string()
                })
            },
        )
        .rule(Rule::FhaBindsAgain);
}

fn extensions(cases: &mut Cases) {
    for kind in [1, 5, 31, 35, 51, 64, 100, 126] {
        cases.add(
            "rrq.ext.critical",
            format!("a request with the unknown extension {kind}, not to be skipped, is discarded"),
            "wire.2.4, RFC 3344 §1.8",
            move |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.before_auth(Part::short(kind, &[1, 2, 3, 4]));
                mobile.send(stage, &request.octets())?;
                SILENCE.judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            },
        );
    }
    for (kind, length) in
        [(128, 0), (128, 5), (129, 2), (150, 1), (160, 64), (200, 4), (230, 200), (254, 255)]
    {
        cases.add(
            "rrq.ext.skippable",
            format!("the unknown extension {kind} of {length} octets is skipped"),
            "wire.2.5, RFC 3344 §1.8",
            move |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.before_auth(Part::short(kind, &vec![0xa5; length]));
                mobile.send(stage, &request.octets())?;
                ACCEPTED.judge(stage, &mobile).map(|_| ())
            },
        );
    }
    cases.add(
        "rrq.ext.skippable",
        "five unknown skippable extensions in a row are skipped",
        "wire.2.5, RFC 3344 §1.8",
        |stage| {
            changed_again(
                stage,
                |rrq, _| {
                    for kind in 200..205 {
                        rrq.before_auth(Part::short(kind, &[kind; 3]));
                    }
                },
                ACCEPTED,
            )
        },
    );
    cases.add(
        "rrq.ext.skippable",
        "what looks like an authenticator inside an unknown skippable extension is none",
        "wire.2.5, RFC 3344 §1.8",
        |stage| {
            changed_again(
                stage,
                |rrq, _| {
                    let inner: Vec<u8> = [[32_u8, 20].as_slice(), &[0; 20]].concat();
                    rrq.before_auth(Part::short(200, &inner));
                },
                ACCEPTED,
            )
        },
    );
    cases.add(
        "rrq.ext.skippable",
        "an unknown skippable extension behind the authenticator does no harm",
        "wire.2.5, RFC 3344 §3.8.2.1",
        |stage| changed_again(stage, |rrq, _| rrq.parts.push(Part::short(200, &[1, 2])), ACCEPTED),
    );
    cases.add(
        "rrq.ext.critical",
        "an unknown extension behind the authenticator, not to be skipped, discards the request",
        "wire.2.4, RFC 3344 §1.8",
        |stage| changed_again(stage, |rrq, _| rrq.parts.push(Part::short(100, &[1, 2])), SILENCE),
    );
    for (purpose, clauses, vendor, kind) in [
        (
            "a normal vendor extension of an unknown vendor is skipped",
            "wire.2.18, RFC 3115 §2.3",
            99_u32,
            1_u16,
        ),
        (
            "a normal vendor extension of an unknown type is skipped",
            "wire.2.33, RFC 3115 §2.3",
            32473,
            999,
        ),
    ] {
        cases.add("rrq.ext.vendor", purpose, clauses, move |stage| {
            let mut mobile = Mobile::registered(stage)?;
            let mut request = mobile.again(stage)?;
            request.before_auth(Part::of(Extension::Nvse(Vendor {
                reserved: 0,
                vendor,
                kind,
                value: &[1, 2, 3],
            })));
            mobile.send(stage, &request.octets())?;
            ACCEPTED.judge(stage, &mobile).map(|_| ())
        });
    }
    cases
        .add(
            "rrq.ext.vendor",
            "a critical vendor extension of an unknown vendor is refused by 140",
            "wire.2.16, RFC 3115 §2.3",
            |stage| {
                let mut mobile = Mobile::registered(stage)?;
                let mut request = mobile.again(stage)?;
                request.before_auth(Part::of(Extension::Cvse(Vendor {
                    reserved: 0,
                    vendor: 99,
                    kind: 1,
                    value: &[1, 2, 3],
                })));
                mobile.send(stage, &request.octets())?;
                code_or_silence(&[140]).judge(stage, &mobile)?;
                still_registered(stage, &mut mobile)
            },
        )
        .claims("vendor-critical");
    nai(cases);
    rows(
        cases,
        "rrq.ext.nai",
        &[
            (
                "a request with two NAIs harms nothing",
                "wire.2.24, RFC 2794 §2",
                |rrq, _| rrq.parts.insert(0, Part::of(Extension::Nai(b"nobody@conform.example"))),
                ANYTHING,
            ),
            (
                "a request with an empty NAI harms nothing",
                "wire.2.9, RFC 2794 §2",
                |rrq, _| {
                    rrq.without(131);
                    rrq.parts.insert(0, Part::short(131, &[]));
                },
                ANYTHING,
            ),
        ],
    );
    cases.add(
        "rrq.ext.challenge",
        "a challenge extension under the authenticator does no harm",
        "registration.8.5, RFC 4721 §3.4",
        |stage| changed_again(stage, |rrq, _| rrq.parts.push(Part::short(132, &[7; 8])), ACCEPTED),
    );
    cases.add(
        "rrq.ext.revocation",
        "an offer of revocation (137) does no harm",
        "wire.2.39, RFC 3543 §3.2",
        |stage| {
            changed_again(
                stage,
                |rrq, _| rrq.before_auth(Part::short(137, &[0x80, 0, 1, 2, 3, 4])),
                ACCEPTED,
            )
        },
    );
    cases.add(
        "rrq.ext.string",
        "a message string (145) does no harm",
        "wire.2.22, RFC 4917 §3",
        |stage| {
            changed_again(stage, |rrq, _| rrq.before_auth(Part::short(145, b"\x01hello")), ACCEPTED)
        },
    );
    cases
        .add("rrq.ext.pad", "padding (0) harms nothing", "wire.2.3, RFC 3344 §6.3", |stage| {
            changed_again(stage, |rrq, _| rrq.before_auth(Part::Raw(vec![0])), ANYTHING)
        })
        .level(Level::May);
}
