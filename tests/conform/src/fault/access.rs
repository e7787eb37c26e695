//! Faults of network access servers: as PANA agents and as RADIUS clients.

use dsboot_codec::tree::Protocol;
use dsboot_spec::registry::dsb::parameter;
use dsboot_spec::registry::pana::{avp, flag};
use dsboot_spec::registry::radius::attribute;

use super::packet::{Pana, Radius};
use super::{Alter, Fault, Passing, Under, Way};

const fn from(name: &'static str, says: &'static str, alter: Alter) -> Fault {
    Fault { name, says, role: Under::Nas, way: Way::FromTarget, alter }
}

const fn to(name: &'static str, says: &'static str, alter: Alter) -> Fault {
    Fault { name, says, role: Under::Nas, way: Way::ToTarget, alter }
}

/// Changes a PANA message; `false` when it is lost.
fn pana(
    passing: &Passing<'_>,
    octets: &mut Vec<u8>,
    change: impl FnOnce(&mut Pana) -> bool,
) -> bool {
    passing.protocol != Protocol::Pana || Pana::alter(octets, change)
}

/// Changes what the NAS asks the AAA server.
fn asks(passing: &Passing<'_>, octets: &mut Vec<u8>, change: impl FnOnce(&mut Radius)) -> bool {
    if passing.protocol == Protocol::Radius
        && let Some(mut packet) = Radius::read(octets)
    {
        change(&mut packet);
        *octets = packet.request(passing.secret);
    }
    true
}

/// Whether it is the last request of an authentication.
fn concludes(message: &Pana) -> bool {
    message.kind() == 2
        && message.flags() & flag::REQUEST != 0
        && message.flags() & flag::COMPLETE != 0
}

fn is_answer(message: &Pana) -> bool {
    message.flags() & flag::REQUEST == 0
}

/// The first octet of a result that refuses.
fn refuses(message: &mut Pana) -> bool {
    message.value(avp::RESULT_CODE).is_some_and(|value| value.iter().any(|octet| *octet != 0))
}

pub(super) const FAULTS: &[Fault] = &[
    from("nas-omits-nonce", "The NAS sends no Nonce.", |passing, octets| {
        pana(passing, octets, |message| {
            message.remove(avp::NONCE, false);
            true
        })
    }),
    from("nas-short-nonce", "The NAS sends Nonces of four octets.", |passing, octets| {
        pana(passing, octets, |message| {
            if let Some(value) = message.value(avp::NONCE) {
                value.truncate(4);
            }
            true
        })
    }),
    from(
        "nas-reserved-bits",
        "The NAS does not send reserved fields as zero.",
        |passing, octets| {
            pana(passing, octets, |message| {
                message.header[0] = 0xff;
                true
            })
        },
    ),
    from(
        "nas-offers-algorithms",
        "The NAS offers algorithms although the method gives no key.",
        |passing, octets| {
            pana(passing, octets, |message| {
                if message.flags() & (flag::START | flag::REQUEST) == flag::START | flag::REQUEST {
                    message.avps.push((avp::PRF_ALGORITHM, false, vec![0, 0, 0, 2]));
                    message.avps.push((avp::INTEGRITY_ALGORITHM, false, vec![0, 0, 0, 7]));
                }
                true
            })
        },
    ),
    from("nas-repeats-nothing", "The NAS repeats neither requests nor answers.", |passing, _| {
        passing.protocol != Protocol::Pana || !passing.repeated
    }),
    from("nas-answers-with-zero", "The NAS answers with the number 0.", |passing, octets| {
        pana(passing, octets, |message| {
            if is_answer(message) {
                message.set_number(0);
            }
            true
        })
    }),
    from("nas-silent-to-pings", "The NAS answers no liveness test.", |passing, octets| {
        pana(passing, octets, |message| !(is_answer(message) && message.kind() == 4))
    }),
    from(
        "nas-silent-to-termination",
        "The NAS answers no termination request.",
        |passing, octets| {
            pana(passing, octets, |message| !(is_answer(message) && message.kind() == 3))
        },
    ),
    from("nas-omits-lifetime", "The NAS tells no session lifetime.", |passing, octets| {
        pana(passing, octets, |message| {
            message.remove(avp::SESSION_LIFETIME, false);
            true
        })
    }),
    from(
        "nas-doubles-lifetime",
        "The NAS grants sessions twice as long as the AAA server does.",
        |passing, octets| {
            pana(passing, octets, |message| {
                if let Some(value) = message.value(avp::SESSION_LIFETIME)
                    && let Ok(seconds) = <[u8; 4]>::try_from(value.as_slice())
                {
                    *value = u32::from_be_bytes(seconds).wrapping_mul(2).to_be_bytes().to_vec();
                }
                true
            })
        },
    ),
    from(
        "nas-picks-another-fha",
        "The NAS names another FHA than the one assigned.",
        |passing, octets| {
            pana(passing, octets, |message| {
                if let Some([.., last]) = message.vendor_value(parameter::FHA_IPV4_ADDRESS.into()) {
                    *last ^= 1;
                }
                true
            })
        },
    ),
    from("nas-omits-fha", "The NAS does not pass on the FHA.", |passing, octets| {
        pana(passing, octets, |message| {
            message.remove(parameter::FHA_IPV4_ADDRESS.into(), true);
            message.remove(parameter::FHA_FQDN.into(), true);
            true
        })
    }),
    from(
        "nas-omits-care-of",
        "The NAS does not pass on the care-of address.",
        |passing, octets| {
            pana(passing, octets, |message| {
                message.remove(parameter::COLOCATED_ADDRESS.into(), true);
                true
            })
        },
    ),
    from(
        "nas-host-prefix",
        "The NAS passes on the care-of address with a prefix of 32 bits.",
        |passing, octets| {
            pana(passing, octets, |message| {
                if let Some([length, ..]) =
                    message.vendor_value(parameter::COLOCATED_ADDRESS.into())
                {
                    *length = 32;
                }
                true
            })
        },
    ),
    from("nas-omits-i", "The NAS gives an address without I.", |passing, octets| {
        pana(passing, octets, |message| {
            let flags = message.flags() & !flag::IP_RECONFIGURATION;
            message.set_flags(flags);
            true
        })
    }),
    from(
        "nas-tells-everybody",
        "The NAS sends vendor AVPs to clients that did not announce them.",
        |passing, octets| {
            pana(passing, octets, |message| {
                if concludes(message) && message.avps.iter().all(|(_, vendor, _)| !vendor) {
                    let value = [&32473_u32.to_be_bytes()[..], &[192, 0, 2, 8]].concat();
                    message.avps.push((parameter::FHA_IPV4_ADDRESS.into(), true, value));
                }
                true
            })
        },
    ),
    from(
        "nas-admits-everybody",
        "The NAS tells success whatever the AAA server says.",
        |passing, octets| {
            pana(passing, octets, |message| {
                if let Some(value) = message.value(avp::RESULT_CODE) {
                    *value = vec![0; 4];
                }
                true
            })
        },
    ),
    from(
        "nas-mixes-refusals",
        "The NAS tells a wrong password as a lack of authorisation.",
        |passing, octets| {
            pana(passing, octets, |message| {
                if refuses(message)
                    && let Some(value) = message.value(avp::RESULT_CODE)
                {
                    *value = vec![0, 0, 0, 2];
                }
                true
            })
        },
    ),
    from(
        "nas-lifetime-on-refusal",
        "The NAS tells a lifetime with a refusal.",
        |passing, octets| {
            pana(passing, octets, |message| {
                if refuses(message) {
                    message.avps.push((avp::SESSION_LIFETIME, false, vec![0, 0, 0, 60]));
                }
                true
            })
        },
    ),
    from(
        "nas-omits-eap-success",
        "The NAS does not pass on how EAP has ended.",
        |passing, octets| {
            pana(passing, octets, |message| {
                if concludes(message) {
                    message.remove(avp::EAP_PAYLOAD, false);
                }
                true
            })
        },
    ),
    from("nas-omits-state", "The NAS does not give the State back.", |passing, octets| {
        asks(passing, octets, |packet| packet.remove(attribute::STATE))
    }),
    from("nas-unsigned", "The NAS asks without Message-Authenticator.", |passing, octets| {
        asks(passing, octets, |packet| packet.remove(attribute::MESSAGE_AUTHENTICATOR))
    }),
    from("nas-anonymous", "The NAS does not name itself.", |passing, octets| {
        asks(passing, octets, |packet| {
            packet.remove(attribute::NAS_IDENTIFIER);
            packet.remove(attribute::NAS_IP_ADDRESS);
        })
    }),
    from("nas-no-role", "The NAS does not say what it is.", |passing, octets| {
        asks(passing, octets, |packet| packet.remove_vendor(parameter::CLIENT_ROLE))
    }),
    from("nas-outer-name", "The NAS gives a name of its own as User-Name.", |passing, octets| {
        asks(passing, octets, |packet| {
            for (kind, value) in &mut packet.attributes {
                if *kind == attribute::USER_NAME {
                    *value = b"anonymous".to_vec();
                }
            }
        })
    }),
    to(
        "nas-checks-no-secret",
        "The NAS takes answers of whoever sends them.",
        |passing, octets| {
            if passing.protocol == Protocol::Radius
                && let (Some(packet), Some(asked)) = (Radius::read(octets), passing.authenticator)
            {
                *octets = packet.answer(passing.secret, asked);
            }
            true
        },
    ),
    to("nas-takes-any-number", "The NAS takes answers with any number.", |passing, octets| {
        pana(passing, octets, |message| {
            if is_answer(message)
                && message.kind() == 2
                && let Some(number) = passing.number
            {
                message.set_number(number);
            }
            true
        })
    }),
    to("nas-needs-no-nonce", "The NAS takes answers without Nonce.", |passing, octets| {
        pana(passing, octets, |message| {
            let has_eap = message.value(avp::EAP_PAYLOAD).is_some();
            if is_answer(message) && has_eap && message.value(avp::NONCE).is_none() {
                message.avps.push((avp::NONCE, false, vec![7; 16]));
            }
            true
        })
    }),
    to("nas-skips-unknown", "The NAS skips AVPs that it does not know.", |passing, octets| {
        pana(passing, octets, |message| {
            message.remove(999, false);
            true
        })
    }),
];
