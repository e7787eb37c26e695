use alloc::vec::Vec;
use core::net::Ipv4Addr;

use cookie_factory::bytes::{be_i32, be_u8, be_u16};
use cookie_factory::combinator::slice;
use cookie_factory::multi::all;
use cookie_factory::sequence::{pair, tuple};
use dsboot_spec::registry::ip::{ICMP_HEADER_LENGTH, icmpv4};
use dsboot_spec::registry::mip4::{
    ADDRESS_ENTRY_WORDS, MIN_CHALLENGE_LENGTH, advertisement_code, discovery_extension,
};

use super::Router;
use super::extension::AdvertisementFlags;
use crate::ip::icmp;
use crate::wire::{Out, Written, serialize};
use crate::{Error, ErrorKind};

/// An advertisement under construction. The first thing that cannot be encoded is reported by
/// [`AdvertisementBuilder::finish`].
#[derive(Clone, Debug)]
#[must_use]
pub struct AdvertisementBuilder {
    code: u8,
    routers: usize,
    /// What follows the checksum.
    body: Vec<u8>,
    error: Option<Error>,
}

impl AdvertisementBuilder {
    /// An advertisement with a code of `registry::mip4::advertisement_code`, valid for `lifetime`
    /// seconds, of at most 255 routers.
    pub fn new(code: u8, lifetime: u16, routers: &[Router]) -> AdvertisementBuilder {
        //= wire.1.14
        let count = u8::try_from(routers.len());
        let body = serialize(|out| {
            let out = slice([count.unwrap_or(0), ADDRESS_ENTRY_WORDS])(out)?;
            let entry =
                |router: &Router| pair(slice(router.address.octets()), be_i32(router.preference));
            all(routers.iter().map(entry))(be_u16(lifetime)(out)?)
        });
        let builder = AdvertisementBuilder { code, routers: routers.len(), body, error: None };
        if count.is_err() {
            builder.fail(ErrorKind::TooLong, "wire.1.14")
        } else if advertisement_code::name(code).is_none() {
            builder.fail(ErrorKind::BadType, "wire.1.14")
        } else {
            builder
        }
    }

    /// Appends the extension that makes it an agent's: sequence number, longest registration
    /// lifetime in seconds, flags, and the care-of addresses on offer.
    pub fn mobility_agent(
        self,
        sequence: u16,
        lifetime: u16,
        flags: AdvertisementFlags,
        care_of_addresses: &[Ipv4Addr],
    ) -> AdvertisementBuilder {
        //= wire.1.17
        if !flags.may_be_sent(care_of_addresses.len()) {
            return self.fail(ErrorKind::BadValue, "wire.1.17");
        }
        //= wire.1.16
        self.extension(discovery_extension::MOBILITY_AGENT, |out| {
            let out = be_u16(flags.0)(be_u16(lifetime)(be_u16(sequence)(out)?)?)?;
            all(care_of_addresses.iter().map(|address| slice(address.octets())))(out)
        })
    }

    /// Appends the prefix length of each router address, in bits.
    pub fn prefix_lengths(self, lengths: &[u8]) -> AdvertisementBuilder {
        //= wire.1.19
        if lengths.len() != self.routers {
            return self.fail(ErrorKind::BadLength, "wire.1.19");
        }
        self.extension(discovery_extension::PREFIX_LENGTHS, |out| slice(lengths)(out))
    }

    /// Appends a challenge of 4 to 255 octets.
    pub fn challenge(self, challenge: &[u8]) -> AdvertisementBuilder {
        //= wire.1.19
        if challenge.len() < MIN_CHALLENGE_LENGTH {
            return self.fail(ErrorKind::BadLength, "wire.1.19");
        }
        self.extension(discovery_extension::CHALLENGE, |out| slice(challenge)(out))
    }

    /// The octets of the ICMP message, from its type on.
    ///
    /// # Errors
    /// The first one that occurred: more than 255 routers or 62 care-of addresses, another code
    /// than the two there are, flags that contradict each other, prefix lengths that do not match
    /// the routers, or a challenge too short or too long.
    pub fn finish(self) -> Result<Vec<u8>, Error> {
        let AdvertisementBuilder { code, mut body, error, .. } = self;
        //= wire.1.20
        if body.len() % 2 == 1 {
            body.push(discovery_extension::PAD);
        }
        match error {
            Some(error) => Err(error),
            //= wire.1.12
            None => {
                Ok(icmp::Message { kind: icmpv4::ROUTER_ADVERTISEMENT, code, body: &body }
                    .encode_v4())
            }
        }
    }

    fn extension(
        mut self,
        kind: u8,
        data: impl FnOnce(Out<'_>) -> Written<'_>,
    ) -> AdvertisementBuilder {
        let data = serialize(data);
        let Ok(length) = u8::try_from(data.len()) else {
            return self.fail(ErrorKind::TooLong, "wire.2.26");
        };
        self.body.extend(serialize(|out| tuple((be_u8(kind), be_u8(length), slice(data)))(out)));
        self
    }

    fn fail(mut self, kind: ErrorKind, sentence: &'static str) -> AdvertisementBuilder {
        let offset = ICMP_HEADER_LENGTH + self.body.len();
        self.error = self.error.or(Some(Error::new(kind, offset, sentence)));
        self
    }
}
