//! The keys that MN and AAAH derive from the one they share (RFC 3957 §5; RFC 5778 §6.16).

use dsboot_codec::mip4::keys::{MnIdentifier, RegistrationKey};
use dsboot_codec::mip6::{self, Timestamp};

use crate::{Nai, Secret};

/// The MN–FHA key that comes of `nonce`, which the AAAH chose for it.
#[must_use]
pub fn mn_fha_key(mn_aaa_key: &Secret, nonce: &[u8], nai: &Nai) -> Secret {
    //= keys.1.1
    //= keys.1.2
    let identifier = MnIdentifier::Nai(nai.octets());
    let key = RegistrationKey::derive(mn_aaa_key.octets(), nonce, &identifier);
    Secret::new(*key.octets())
}

/// The MN–HA key that comes of `timestamp`, the Mesg-ID of a binding update.
#[must_use]
pub fn mn_ha_key(mn_aaa_key: &Secret, timestamp: u64, nai: &Nai) -> Secret {
    //= keys.3.1
    let key = mip6::mn_ha_key(mn_aaa_key.octets(), Timestamp(timestamp), nai.octets());
    Secret::new(*key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(name: &str) -> Vec<u8> {
        let file = include_str!("../../../codec/tests/vectors/mobile-ip.json");
        let start = file.find(&format!("\"{name}\": \"")).unwrap() + name.len() + 5;
        let value: String = file[start..].chars().take_while(|c| *c != '"').collect();
        hex::decode(value).unwrap()
    }

    fn nai() -> Nai {
        Nai::new(b"mn1@home.example").unwrap()
    }

    //= keys.1.2
    #[test]
    fn the_mn_fha_key_is_hmac_sha1_over_nonce_and_nai() {
        let nonce: Vec<u8> = (0..16).collect();
        let key = mn_fha_key(&Secret::new(*b"AAA-shared-key-0"), &nonce, &nai());
        assert_eq!(key.octets(), vector("mn_fha_key"));
    }

    //= keys.3.2
    #[test]
    fn the_mn_ha_key_is_the_start_of_hmac_sha1_over_mesg_id_and_nai() {
        let key = mn_ha_key(&Secret::new(*b"AAA-shared-key-0"), 0xcea4_d310_0000_0001, &nai());
        assert_eq!(key.octets(), vector("k6_example"));
    }
}
