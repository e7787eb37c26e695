//! What a client is told in the end.

use std::net::Ipv4Addr;

use dsboot_codec::dsb::Parameter;
use dsboot_codec::eap::Code;
use dsboot_codec::pana::{Avp, Flags, Kind};
use dsboot_model::Rule;
use dsboot_spec::registry::pana::result;
use dsboot_spec::registry::radius::code as radius_code;

use super::pac::{Grant, colocated, ending, radius, reply, secret, up_to};
use super::{Cases, Ending, Heard, Outcome, Pac, Stage, ensure, fail, silent};

/// A question answered by a Reject, with an EAP packet or without, and the result.
fn rejected(stage: &mut Stage<'_>, eap: Option<Code>) -> Result<Heard, Ending> {
    let mut pac = Pac::new(stage)?;
    let ask = pac.second_question(stage, true).or_else(up_to)?;
    let octets = radius(stage, &ask, radius_code::ACCESS_REJECT, &secret(stage), |builder, id| {
        if let Some(code) = eap {
            builder.eap_message(&ending(code, id));
        }
    })?;
    reply(stage, &ask, &octets)?;
    let heard = pac.heard(stage, "a PANA-Auth-Request with C")?;
    heard.is(Kind::Par, Flags::COMPLETE)?;
    Ok(heard)
}

/// A result that carries nothing of what success carries.
fn bare(heard: &Heard, code: u32) -> Outcome {
    let message = heard.message()?;
    let seen = message.result_code().once();
    ensure(seen == Some(code), format!("result {code}"), || format!("{seen:?}"))?;
    ensure(message.session_lifetime().is_absent(), "no lifetime", || "one".to_owned())?;
    let vendor = message.avps().any(|one| matches!(one.value, Avp::Vendor(_)));
    ensure(!vendor, "no vendor's AVP", || "one".to_owned())
}

type Look = fn(&Heard, &Grant, &Stage<'_>) -> Outcome;

/// What a case changes about what is granted.
type Change = fn(&mut Grant);

fn granted(stage: &mut Stage<'_>, announce: bool, change: Change, look: Look) -> Outcome {
    let mut pac = Pac::new(stage)?;
    let mut grant = Grant::of(stage);
    change(&mut grant);
    let heard = pac.concluded(stage, announce, &grant)?;
    look(&heard, &grant, stage)
}

pub(super) fn add(cases: &mut Cases) {
    refusals(cases);
    let looks: [(&str, &str, Look); 5] = [
        ("with result PANA_SUCCESS", "access.4.1, RFC 5191 §4.1", |heard, _, _| {
            let code = heard.message()?.result_code().once();
            ensure(code == Some(result::SUCCESS), "0", || format!("{code:?}"))
        }),
        ("with the EAP Success", "access.4.1, RFC 5191 §4.1", |heard, _, _| {
            let eap = heard.eap()?;
            ensure(eap.first() == Some(&3), "EAP Success", || format!("{eap:02x?}"))
        }),
        ("with the session's lifetime", "access.4.11, RFC 5191 §5.7", |heard, grant, _| {
            let seen = heard.message()?.session_lifetime().once();
            ensure(seen == grant.session, format!("{:?}", grant.session), || format!("{seen:?}"))
        }),
        ("without Nonce", "access.2.9, RFC 5191 §4.1", |heard, _, _| {
            ensure(heard.message()?.nonce().is_absent(), "no Nonce", || "one".to_owned())
        }),
        (
            "by a message that PANA allows",
            "access.2.19, RFC 5191 §7",
            |heard, _, stage| match heard.message()?.validate(stage.profile.vendor) {
                Ok(_) => Ok(()),
                Err(error) => fail("one", error.to_string()),
            },
        ),
    ];
    for (what, clauses, look) in looks {
        cases
            .add(
                "result.success",
                format!("an Accept is passed on {what}"),
                clauses,
                move |stage| granted(stage, true, |_| {}, look),
            )
            .rule(Rule::NasGrants);
    }
    cases.add(
        "result.success",
        "an Accept without Session-Timeout gets a lifetime that the target has",
        "access.4.11, RFC 5191 §5.7",
        |stage| {
            granted(
                stage,
                true,
                |grant| grant.session = None,
                |heard, _, _| {
                    let seen = heard.message()?.session_lifetime().once();
                    ensure(seen.is_none_or(|seconds| seconds > 0), "none, or more than 0", || {
                        format!("{seen:?}")
                    })
                },
            )
        },
    );
    parameters(cases);
}

fn refusals(cases: &mut Cases) {
    cases.add(
        "result.reject",
        "a Reject with EAP Failure is passed on by result 1 and that Failure",
        "access.4.6, access.4.8, RFC 5191 §4.1",
        |stage| {
            let heard = rejected(stage, Some(Code::Failure))?;
            bare(&heard, result::AUTHENTICATION_REJECTED)?;
            let eap = heard.eap()?;
            ensure(eap.first() == Some(&4), "EAP Failure", || format!("{eap:02x?}"))
        },
    );
    cases.add(
        "result.reject",
        "a Reject without EAP packet is passed on by result 1",
        "access.4.6, access.4.8, RFC 3579 §2.6.3",
        |stage| bare(&rejected(stage, None)?, result::AUTHENTICATION_REJECTED),
    );
    cases.add(
        "result.reject",
        "a Reject with EAP Success admits nobody",
        "access.4.10, RFC 3579 §2.6.3",
        |stage| {
            let heard = rejected(stage, Some(Code::Success))?;
            let code = heard.message()?.result_code().once();
            ensure(code.is_some_and(|code| code != 0), "a refusal", || format!("{code:?}"))
        },
    );
    cases.add(
        "result.reject",
        "an Accept without EAP Success is passed on by result 2",
        "access.4.7, access.4.8, RFC 3579 §2.6.3",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let grant = Grant { eap: None, ..Grant::of(stage) };
            let heard = pac.concluded(stage, true, &grant)?;
            bare(&heard, result::AUTHORIZATION_REJECTED)
        },
    );
    cases.add(
        "result.reject",
        "an Accept with EAP Failure admits nobody",
        "access.4.7, RFC 3579 §2.6.3",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let ask = pac.second_question(stage, true).or_else(up_to)?;
            let grant = Grant { eap: Some(Code::Failure), ..Grant::of(stage) };
            let octets = super::pac::accept(stage, &ask, &grant)?;
            reply(stage, &ask, &octets)?;
            match pac.hear(stage, stage.patience()) {
                Some(heard) if heard.message()?.result_code().once() == Some(0) => {
                    fail("no success", "PANA_SUCCESS")
                }
                _ => Ok(()),
            }
        },
    );
    cases.add(
        "result.reject",
        "while the AAA server is silent there is no result",
        "access.4.9, RFC 5191 §4.1",
        |stage| {
            let mut pac = Pac::new(stage)?;
            pac.second_question(stage, true).or_else(up_to)?;
            silent(stage, &mut pac)
        },
    );
    cases.add(
        "result.reject",
        "after a refusal the session is gone",
        "access.5.3, RFC 5191 §4.1",
        |stage| {
            let mut pac = Pac::new(stage)?;
            let heard = {
                let ask = pac.second_question(stage, true).or_else(up_to)?;
                let octets =
                    radius(stage, &ask, radius_code::ACCESS_REJECT, &secret(stage), |_, _| {})?;
                reply(stage, &ask, &octets)?;
                pac.heard(stage, "a result").or_else(up_to)?
            };
            let answer = pac.answering(&heard)?;
            pac.send(stage, &answer)?;
            let ping = pac.request(Kind::Pnr, Flags::PING);
            pac.send(stage, &ping)?;
            silent(stage, &mut pac)
        },
    );
}

/// FHA and care-of address.
fn parameters(cases: &mut Cases) {
    let mut add = |purpose: &'static str,
                   clauses: &'static str,
                   announce: bool,
                   change: Change,
                   look: Look| {
        cases
            .add("result.parameters", purpose, clauses, move |stage| {
                granted(stage, announce, change, look)
            })
            .claims("bootstrap");
    };
    add(
        "the FHA's address is passed on as it was assigned",
        "access.4.2, access.4.4",
        true,
        |_| {},
        |heard, grant, stage| {
            let message = heard.message()?;
            let told = message.parameters(stage.profile.vendor).fha_address.once();
            ensure(told == grant.fha, format!("{:?}", grant.fha), || format!("{told:?}"))
        },
    );
    let named: Change = |grant| (grant.fha, grant.fqdn) = (None, Some("fha.visited.example"));
    add(
        "the FHA's name is passed on as it was assigned",
        "access.4.2, access.4.4",
        true,
        named,
        |heard, grant, stage| {
            let message = heard.message()?;
            let told = message.parameters(stage.profile.vendor).fha_fqdn.once();
            let told = told.map(|name| name.as_str().as_bytes().to_vec());
            let given = grant.fqdn.map(|name| name.as_bytes().to_vec());
            ensure(told == given, "the name", || format!("{told:02x?}"))
        },
    );
    add(
        "the care-of address is passed on with its prefix length",
        "access.4.2, wire.2.30",
        true,
        |_| {},
        |heard, grant, stage| {
            let message = heard.message()?;
            let told = message.parameters(stage.profile.vendor).colocated_address.once();
            let given = grant.care_of.and_then(|address| colocated(address, 24));
            let told = told.map(Parameter::ColocatedAddress);
            ensure(told == given, format!("{given:?}"), || format!("{told:?}"))
        },
    );
    add(
        "where a care-of address is given, I is set",
        "access.4.17, RFC 5191 §5.6",
        true,
        |_| {},
        |heard, _, _| {
            let flags = heard.message()?.flags();
            ensure(flags.contains(Flags::IP_RECONFIGURATION), "I set", || {
                format!("{:#06x}", flags.0)
            })
        },
    );
    add(
        "a client that did not announce it gets no vendor's AVP",
        "access.4.3, RFC 5191 §5.5",
        false,
        |_| {},
        |heard, _, _| {
            let vendor = heard.message()?.avps().any(|one| matches!(one.value, Avp::Vendor(_)));
            ensure(!vendor, "none", || "one".to_owned())
        },
    );
    let nothing: Change = |grant| (grant.fha, grant.care_of) = (None, None);
    add(
        "what was not assigned is not passed on",
        "access.4.4",
        true,
        nothing,
        |heard, _, stage| {
            let message = heard.message()?;
            let told = message.parameters(stage.profile.vendor);
            let none = told.fha_address.is_absent() && told.fha_fqdn.is_absent();
            ensure(none, "no FHA", || "one".to_owned())
        },
    );
    let left: Change = |grant| grant.care_of = Some(Ipv4Addr::new(255, 255, 255, 254));
    cases
        .add(
            "result.pool",
            "where the choice is left to it, the NAS gives an address",
            "access.4.5, access.3.9, RFC 2865 §5.8",
            move |stage| {
                granted(stage, true, left, |heard, _, stage| {
                    let message = heard.message()?;
                    let told = message.parameters(stage.profile.vendor).colocated_address.once();
                    let address = told.map(|told| told.address());
                    let good = address.is_some_and(|own| {
                        !own.is_unspecified()
                            && !own.is_broadcast()
                            && own != Ipv4Addr::new(255, 255, 255, 254)
                    });
                    ensure(good, "an address of its pool", || format!("{address:?}"))
                })
            },
        )
        .claims("pool");
    cases
        .add("result.pool", "two clients get two addresses of the pool", "access.4.5", |stage| {
            let grant =
                Grant { care_of: Some(Ipv4Addr::new(255, 255, 255, 254)), ..Grant::of(stage) };
            let mut told = Vec::new();
            let mut pacs = Vec::new();
            for _ in 0..2 {
                let mut pac = Pac::new(stage)?;
                let heard = pac.concluded(stage, true, &grant)?;
                let message = heard.message()?;
                told.push(message.parameters(stage.profile.vendor).colocated_address.once());
                // The desk is one a user.
                let answer = pac.answering(&heard)?;
                pac.send(stage, &answer)?;
                pacs.push(pac.endpoint);
            }
            let [first, second] = told.as_slice() else { return Ok(()) };
            ensure(first.is_some() && first != second, "two addresses", || {
                format!("{first:?} and {second:?}")
            })
        })
        .claims("pool");
}
