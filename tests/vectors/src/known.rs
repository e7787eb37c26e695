//! Vectors that were computed by other means than this program: by hand, and from others' captures.

use dsboot_codec::tree::Protocol;
use serde_json::Value;

use super::document::File;
use super::make::{Check, Maker, about};
use super::mip4::REQUEST;

const SOURCES: [(&str, &str); 2] = [
    ("mobile-ip", include_str!("../../../codec/tests/vectors/mobile-ip.json")),
    ("access", include_str!("../../../codec/tests/vectors/eap-md5-radius.json")),
];

/// What the vectors are, by how their names begin; the longest that fits counts. Keys, digests and
/// the like are no messages.
const KINDS: [(&str, Option<(Protocol, &str)>); 21] = [
    ("mobile-ip-rrq", Some((Protocol::Mip4, "wire.1.2"))),
    ("mobile-ip-rrq_ccoa_inner", None),
    ("mobile-ip-rrq_ccoa_authenticator", None),
    ("mobile-ip-rrq_fa_", None),
    ("mobile-ip-rrp", Some((Protocol::Mip4, "wire.1.3"))),
    ("mobile-ip-acc_re", Some((Protocol::Mip4, "wire.1.1"))),
    ("mobile-ip-ext", Some((Protocol::Mip4, "wire.2.1"))),
    ("mobile-ip-agent_adv", Some((Protocol::Icmp, "wire.1.14"))),
    ("mobile-ip-access_", Some((Protocol::Radius, "wire.4.1"))),
    ("mobile-ip-mh_", Some((Protocol::Mh, "wire.8.1"))),
    ("mobile-ip-ipv4_", Some((Protocol::Ipv4, "wire.10.1"))),
    ("mobile-ip-ipv6_", Some((Protocol::Ipv6, "wire.10.3"))),
    ("access-access_", Some((Protocol::Radius, "wire.4.1"))),
    ("access-eap_request", Some((Protocol::Eap, "wire.7.1"))),
    ("access-eap_response", Some((Protocol::Eap, "wire.7.1"))),
    ("access-eap_success", Some((Protocol::Eap, "wire.7.1"))),
    ("access-pana-", Some((Protocol::Pana, "wire.6.1"))),
    ("access-pana_auth-initial", Some((Protocol::Pana, "wire.6.1"))),
    ("access-pana_auth-last", Some((Protocol::Pana, "wire.6.1"))),
    ("access-rfc2865-pap", Some((Protocol::Radius, "wire.4.1"))),
    ("access-rfc2865-chap", Some((Protocol::Radius, "wire.4.1"))),
];

/// The one message that is not right any more.
const OTHER_PARAMETERS: &str = "access-pana-9-octets";

/// Every message among them.
pub(super) fn vectors() -> File {
    let mut file = File::new(
        "known_answers",
        "Messages with known octets",
        "Messages that were computed by hand or recorded from other programs.",
    );
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for (name, text) in SOURCES {
        let value: Value = serde_json::from_str(text).unwrap_or_default();
        gather(name, &value, &mut all);
    }
    for protocol in Protocol::ALL {
        let mut maker = Maker::new(Check::Decode, protocol, "known");
        let mut any = false;
        for (name, octets) in &all {
            let Some((of, clause)) = kind(name) else { continue };
            if of != protocol {
                continue;
            }
            any = true;
            let octets = if name.starts_with("mobile-ip-ext") {
                [&REQUEST, octets.as_slice()].concat()
            } else {
                octets.clone()
            };
            if name == OTHER_PARAMETERS {
                let why = "its vendor AVPs were recorded before 2 was the number of a name";
                let about = about("wire.6.13", why, "KnownAnswer");
                maker.invalid(name, name.clone(), &octets, about);
                continue;
            }
            maker.valid(
                name,
                name.clone(),
                &octets,
                about(clause, "it was computed or recorded elsewhere", "KnownAnswer"),
            );
        }
        if any {
            file.test_groups.push(maker.finish());
        }
    }
    file
}

fn kind(name: &str) -> Option<(Protocol, &'static str)> {
    let fits = KINDS.iter().filter(|(start, _)| name.starts_with(start));
    fits.max_by_key(|(start, _)| start.len())?.1
}

fn gather(path: &str, value: &Value, all: &mut Vec<(String, Vec<u8>)>) {
    match value {
        Value::String(text) => {
            let octets = hex::decode(text).ok().filter(|octets| octets.len() > 3);
            all.extend(octets.map(|octets| (path.to_owned(), octets)));
        }
        Value::Array(values) => {
            values
                .iter()
                .enumerate()
                .for_each(|(i, value)| gather(&format!("{path}-{i}"), value, all));
        }
        Value::Object(values) => {
            values.iter().for_each(|(name, value)| gather(&format!("{path}-{name}"), value, all));
        }
        _ => {}
    }
}
