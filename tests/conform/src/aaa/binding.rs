//! Leg C: a home agent asks about a binding update.

use std::net::Ipv6Addr;

use dsboot_codec::crypto::hmac_sha1;
use dsboot_codec::dsb::{Parameter, Prefixed};
use dsboot_codec::mip6::mn_ha_key;
use dsboot_codec::radius::{Attribute, RequestBuilder, SubAttribute};
use dsboot_spec::registry::dsb::client_role;
use dsboot_spec::registry::radius::code as radius_code;

use super::peer::{Answer, Client, fha, ha, tell_key};
use super::question::registered;
use crate::Stage;
use crate::case::{Cases, Ending, Outcome, ensure, fail, missing};
use crate::profile::User;

const ACCEPT: u8 = radius_code::ACCESS_ACCEPT;
const REJECT: u8 = radius_code::ACCESS_REJECT;

/// A question of leg C; cases change what they are about.
#[derive(Clone, Debug)]
pub(super) struct Question {
    nai: Vec<u8>,
    home: Option<Ipv6Addr>,
    care_of: Option<Ipv6Addr>,
    spi: Option<u32>,
    digest: Option<[u8; 20]>,
    pub(super) authenticator: Option<[u8; 20]>,
    timestamp: Option<u64>,
}

impl Question {
    /// One about an update that the user's key proves.
    pub(super) fn of(stage: &mut Stage<'_>, user: &User, care_of: Option<Ipv6Addr>) -> Question {
        let digest: [u8; 20] = stage.random();
        let key = user.mn_aaa_key.clone().unwrap_or_default();
        Question {
            nai: user.nai.clone().into_bytes(),
            home: user.home_address,
            care_of,
            spi: Some(3),
            digest: Some(digest),
            authenticator: Some(hmac_sha1(key.as_bytes(), &[&digest])),
            timestamp: Some(stage.ntp()),
        }
    }

    fn fill(&self, builder: &mut RequestBuilder, vendor: u32) {
        let prefixed = |address| Prefixed::<Ipv6Addr>::new(address, 64);
        builder.attribute(&Attribute::UserName(&self.nai));
        if let Some(home) = self.home.and_then(prefixed) {
            builder.sub_attribute(vendor, &Parameter::Ipv6Hoa(home).into());
        }
        if let Some(care_of) = self.care_of.and_then(prefixed) {
            builder.sub_attribute(vendor, &Parameter::Ipv6Coa(care_of).into());
        }
        if let Some(spi) = self.spi {
            builder.sub_attribute(vendor, &SubAttribute::Mip6MnAaaSpi(spi));
        }
        if let Some(authenticator) = &self.authenticator {
            builder.sub_attribute(vendor, &SubAttribute::Mip6Authenticator(authenticator));
        }
        if let Some(digest) = &self.digest {
            builder.sub_attribute(vendor, &SubAttribute::Mip6MacMobilityData(digest));
        }
        if let Some(timestamp) = self.timestamp {
            builder.sub_attribute(vendor, &SubAttribute::Mip6Timestamp(timestamp));
        }
    }

    pub(super) fn ask(&self, stage: &mut Stage<'_>, client: &mut Client) -> Result<Answer, Ending> {
        let vendor = stage.profile.vendor;
        let request = client.request(stage, |builder| self.fill(builder, vendor))?;
        client.answered(stage, &request)
    }
}

/// A question, changed, about a user who is registered, and the answer.
fn asked(
    stage: &mut Stage<'_>,
    change: impl FnOnce(&mut Question, &User),
) -> Result<(Answer, Client, User, Question), Ending> {
    let mut client = ha(stage)?;
    let (user, care_of) = registered(stage)?;
    tell_key(stage, &user);
    let mut question = Question::of(stage, &user, care_of);
    change(&mut question, &user);
    let answer = question.ask(stage, &mut client)?;
    Ok((answer, client, user, question))
}

type Look = fn(&Answer, &Client, &User, &Question, u32) -> Outcome;
type Change = fn(&mut Question, &User);

pub(super) fn add(cases: &mut Cases) {
    let mut look = |purpose: &'static str, clauses: &'static str, look: Look| {
        cases
            .add("binding.accept", purpose, clauses, move |stage| {
                let (answer, client, user, question) = asked(stage, |_, _| {})?;
                if answer.code() != ACCEPT && !purpose.starts_with("an authenticator") {
                    return missing("an Accept");
                }
                look(&answer, &client, &user, &question, stage.profile.vendor)
            })
            .claims("binding");
    };
    look(
        "an authenticator by the user's key is accepted",
        "home-binding.2.5",
        |answer, _, _, _, _| answer.is(&[ACCEPT]),
    );
    look("the Accept is signed", "access.6.5, wire.4.8", |answer, client, _, _, _| {
        answer.verified(&client.secret)
    });
    look(
        "the Accept carries the MN-HA key, hidden",
        "home-binding.2.8, keys.4.1",
        |answer, client, _, _, vendor| {
            let packet = answer.packet()?;
            let Some(hidden) = packet.vendor(vendor).mip6_mn_ha_key().once() else {
                return fail("MIP6-MN-HA-Key", "none, or several");
            };
            ensure(
                hidden.reveal(&answer.request_authenticator(), &client.secret).is_some(),
                "a key that opens",
                || "one that does not".to_owned(),
            )
        },
    );
    look(
        "the MN-HA key is the one that Mesg-ID and name give",
        "keys.3.1, keys.3.2",
        |answer, client, user, question, vendor| {
            let packet = answer.packet()?;
            let told = packet.vendor(vendor).mip6_mn_ha_key().once().and_then(|hidden| {
                hidden
                    .reveal(&answer.request_authenticator(), &client.secret)
                    .map(|key| key.to_vec())
            });
            let own = user.mn_aaa_key.clone().unwrap_or_default();
            let id = dsboot_codec::mip6::Timestamp(question.timestamp.unwrap_or_default());
            let right = mn_ha_key(own.as_bytes(), id, user.nai.as_bytes()).to_vec();
            ensure(told == Some(right), "16 octets of HMAC-SHA1 over Mesg-ID and NAI", || {
                "another key".to_owned()
            })
        },
    );
    look(
        "the Accept names an SPI of 256 or more",
        "home-binding.2.8, keys.3.5",
        |answer, _, _, _, vendor| {
            let told = answer.packet()?.vendor(vendor).mip6_mn_ha_spi().once();
            ensure(told.is_some_and(|spi| spi >= 256), "256 or more", || format!("{told:?}"))
        },
    );
    look(
        "the Accept says how long the key and the session last",
        "home-binding.2.8, keys.3.6",
        |answer, _, _, _, vendor| {
            let packet = answer.packet()?;
            let (key, session) =
                (packet.vendor(vendor).mip6_msa_lifetime().once(), packet.session_timeout().once());
            ensure(
                key.is_some() && session.is_some() && key >= session,
                "MIP6-MSA-Lifetime of at least Session-Timeout",
                || format!("{key:?}, {session:?}"),
            )
        },
    );
    look("no attribute of the Accept has a wrong form", "wire.5.4", |answer, _, _, _, _| {
        let wrong: Vec<u8> = answer.packet()?.malformed().map(|one| one.value.kind()).collect();
        ensure(wrong.is_empty(), "none", || format!("types {wrong:?}"))
    });
    for at in 0..20_usize {
        cases
            .add(
                "binding.proof",
                format!("an authenticator with a wrong bit in octet {at} is rejected"),
                "home-binding.2.5, RFC 4285 §5.2",
                move |stage| {
                    let (answer, ..) = asked(stage, |q, _| {
                        if let Some(octet) =
                            q.authenticator.as_mut().and_then(|octets| octets.get_mut(at))
                        {
                            *octet ^= 0x20;
                        }
                    })?;
                    answer.is(&[REJECT])
                },
            )
            .claims("binding");
    }
    let rows: &[(&str, &str, Change)] = &[
        ("an authenticator over another digest is rejected", "home-binding.2.5", |q, _| {
            q.digest = Some([0x11; 20]);
        }),
        ("an authenticator by another key is rejected", "home-binding.2.5", |q, _| {
            q.authenticator = q.digest.map(|digest| hmac_sha1(b"another key 1234", &[&digest]));
        }),
        (
            "a question without authenticator is rejected",
            "home-binding.2.3, home-binding.2.5",
            |q, _| q.authenticator = None,
        ),
        ("a question without digest is rejected", "home-binding.2.3, home-binding.2.5", |q, _| {
            q.digest = None;
        }),
        ("a home address that is not the user's is rejected", "home-binding.2.6", |q, _| {
            q.home = Some(Ipv6Addr::new(0x2001, 0xdb8, 0xbad, 0, 0, 0, 0, 1));
        }),
        ("a home address that differs in its last bit is rejected", "home-binding.2.6", |q, _| {
            q.home = q.home.map(|home| Ipv6Addr::from_bits(home.to_bits() ^ 1));
        }),
        (
            "a question without home address is rejected",
            "home-binding.2.3, home-binding.2.6",
            |q, _| q.home = None,
        ),
        (
            "a care-of address that was not assigned to the user is rejected",
            "home-binding.2.7",
            |q, _| q.care_of = Some(Ipv6Addr::new(0x2001, 0xdb8, 0xf, 0, 0, 0, 0xdead, 1)),
        ),
        (
            "a care-of address that differs in its last bit is rejected",
            "home-binding.2.7",
            |q, _| q.care_of = q.care_of.map(|care_of| Ipv6Addr::from_bits(care_of.to_bits() ^ 1)),
        ),
        (
            "a question without care-of address is rejected",
            "home-binding.2.3, home-binding.2.7",
            |q, _| q.care_of = None,
        ),
        ("an unknown user is rejected", "home-binding.2.5", |q, _| {
            q.nai = b"nobody@conform.example".to_vec();
        }),
        ("an SPI other than 3 is rejected", "home-binding.2.3, RFC 4285 §5.2", |q, _| {
            q.spi = Some(5);
        }),
    ];
    for (purpose, clauses, change) in rows {
        let change = *change;
        cases
            .add("binding.refused", *purpose, clauses, move |stage| {
                let (answer, ..) = asked(stage, change)?;
                answer.is(&[REJECT])
            })
            .claims("binding");
    }
    cases
        .add("binding.refused", "a Reject carries no key", "home-binding.2.5, keys.3.3", |stage| {
            let (answer, ..) = asked(stage, |q, _| q.authenticator = Some([0; 20]))?;
            answer.is(&[REJECT])?;
            ensure(
                answer.packet()?.vendor(stage.profile.vendor).mip6_mn_ha_key().is_absent(),
                "no key",
                || "one".to_owned(),
            )
        })
        .claims("binding");
    cases
        .add(
            "binding.home",
            "the home address itself is right as care-of address",
            "home-binding.2.7",
            |stage| {
                let (answer, ..) = asked(stage, |q, user| q.care_of = user.home_address)?;
                answer.is(&[ACCEPT])
            },
        )
        .claims("binding");
    cases
        .add("binding.keys", "two Mesg-IDs give two keys", "keys.3.1", |stage| {
            let vendor = stage.profile.vendor;
            let key = |answer: &Answer, client: &Client| -> Result<_, Ending> {
                let packet = answer.packet()?;
                Ok(packet.vendor(vendor).mip6_mn_ha_key().once().and_then(|hidden| {
                    hidden
                        .reveal(&answer.request_authenticator(), &client.secret)
                        .map(|key| key.to_vec())
                }))
            };
            let (one, client, ..) = asked(stage, |q, _| q.timestamp = Some(0xcea4_d310_0000_0001))?;
            let first = key(&one, &client)?;
            let (other, client, ..) =
                asked(stage, |q, _| q.timestamp = Some(0xcea4_d310_0000_0002))?;
            ensure(first != key(&other, &client)?, "different keys", || "the same".to_owned())
        })
        .claims("binding");
    cases
        .add(
            "binding.roles",
            "an FHA that asks as a home agent is refused",
            "access.6.8",
            |stage| {
                let (_, _, _, question) = asked(stage, |_, _| {})?;
                let mut client = fha(stage)?;
                client.role = client_role::HA;
                let vendor = stage.profile.vendor;
                let request = client.request(stage, |builder| question.fill(builder, vendor))?;
                client.refused(stage, &request, &[REJECT])
            },
        )
        .claims("roles");
}
