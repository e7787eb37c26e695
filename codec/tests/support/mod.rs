//! Check vectors for the tests of this crate.

use serde_json::Value;

/// The recorded EAP-MD5 exchange with its RADIUS packets, the same in PANA, and the examples of
/// RFC 2865 §7.
pub(crate) fn access() -> Value {
    serde_json::from_str(include_str!("../vectors/eap-md5-radius.json")).unwrap()
}

/// The octets under `name`, which stand there in hex.
pub(crate) fn octets(vectors: &Value, name: &str) -> Vec<u8> {
    hex::decode(vectors[name].as_str().unwrap_or_else(|| panic!("no vector {name}"))).unwrap()
}
