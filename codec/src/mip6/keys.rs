//! The MN-HA key, for which RFC 4285 has no derivation.

use dsboot_spec::registry::mip6::MN_HA_KEY_LENGTH;
use zeroize::Zeroizing;

use super::value::Timestamp;
use crate::crypto;

/// The key between mobile node and home agent that goes with one binding update: the first 16
/// octets of HMAC-SHA1, under the MN-AAA key, over the update's Mesg-ID timestamp and then the
/// network access identifier.
///
/// Mobile node and AAAH make it alike; the home agent gets it from the AAAH.
#[must_use]
pub fn mn_ha_key(
    mn_aaa_key: &[u8],
    message_id: Timestamp,
    nai: &[u8],
) -> Zeroizing<[u8; MN_HA_KEY_LENGTH]> {
    let timestamp = message_id.0.to_be_bytes();
    //= keys.3.2
    let mac = Zeroizing::new(crypto::hmac_sha1(mn_aaa_key, &[&timestamp, nai]));
    let [key @ .., _, _, _, _] = *mac;
    Zeroizing::new(key)
}
