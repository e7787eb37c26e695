//! Keys that mobile node and AAA server derive (RFC 3957 §5).

use core::fmt;
use core::net::Ipv4Addr;

use zeroize::Zeroizing;

use super::Request;
use crate::Found;
use crate::crypto::hmac_sha1;

/// Who the mobile node is in the derivation of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MnIdentifier<'a> {
    /// By the NAI of its request.
    Nai(&'a [u8]),
    /// By the Home Address field, where the request had no NAI.
    HomeAddress(Ipv4Addr),
}

impl<'a> MnIdentifier<'a> {
    /// As the request tells it; `None` if it has more than one NAI.
    #[must_use]
    pub fn of(request: &Request<'a>) -> Option<MnIdentifier<'a>> {
        //= wire.3.13
        match request.extensions.nai() {
            Found::Once(nai) => Some(MnIdentifier::Nai(nai)),
            Found::Absent => Some(MnIdentifier::HomeAddress(request.header.home_address)),
            Found::Many => None,
        }
    }
}

/// A key between mobile node and agent; forgotten when dropped, and not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistrationKey(Zeroizing<[u8; 20]>);

impl RegistrationKey {
    /// The key that `nonce` of a key generation reply stands for, under the key that the mobile
    /// node shares with its AAA server: HMAC-SHA1 over nonce and identifier.
    #[must_use]
    pub fn derive(aaa_key: &[u8], nonce: &[u8], mn: &MnIdentifier<'_>) -> RegistrationKey {
        //= wire.3.12
        let key = match mn {
            MnIdentifier::Nai(nai) => hmac_sha1(aaa_key, &[nonce, nai]),
            //= wire.3.13
            MnIdentifier::HomeAddress(address) => hmac_sha1(aaa_key, &[nonce, &address.octets()]),
        };
        RegistrationKey(Zeroizing::new(key))
    }

    /// Its 20 octets, all of which key the authenticators, whatever the algorithm.
    #[must_use]
    pub fn octets(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Debug for RegistrationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegistrationKey(..)")
    }
}
