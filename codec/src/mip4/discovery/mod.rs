//! How agents are found: ICMP router discovery with Mobile IPv4 extensions (RFC 3344 §2,
//! RFC 1256).
//!
//! ```
//! use core::net::Ipv4Addr;
//! use dsboot_codec::mip4::discovery::{AdvertisementBuilder, AdvertisementFlags, Discovery};
//! use dsboot_spec::registry::mip4::{advertisement_code, advertisement_flag};
//!
//! let address = Ipv4Addr::new(198, 51, 100, 1);
//! let flags = AdvertisementFlags(
//!     advertisement_flag::FOREIGN_AGENT | advertisement_flag::REGISTRATION_REQUIRED,
//! );
//! let icmp = AdvertisementBuilder::new(advertisement_code::NO_COMMON_TRAFFIC, 30, &[])
//!     .mobility_agent(0, 1800, flags, &[address])
//!     .challenge(&[0xa1, 0xb2, 0xc3, 0xd4])
//!     .finish()?;
//!
//! let Discovery::Advertisement(advertisement) = Discovery::decode(&icmp)? else { return Ok(()) };
//! let agent = advertisement.mobility_agent().once().ok_or("not an agent's")?;
//! assert!(agent.flags.registration_required());
//! assert_eq!(agent.care_of_addresses.first(), Some(address));
//! assert_eq!(advertisement.challenge().once(), Some([0xa1, 0xb2, 0xc3, 0xd4].as_slice()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod advertisement;
mod builder;
mod extension;

use alloc::vec::Vec;

use dsboot_spec::registry::ip::{ICMP_HEADER_LENGTH, icmpv4};
use dsboot_spec::registry::mip4::SEQUENCE_AFTER_WRAP;
use nom::bytes::complete::take;

use super::{Reader, Reading};
use crate::ip::icmp;
use crate::wire::parse;
use crate::{Error, ErrorKind};

pub use advertisement::{Advertisement, Router};
pub use builder::AdvertisementBuilder;
pub use extension::{AdvertisementFlags, CareOfAddresses, DiscoveryExtension, MobilityAgent};

/// An ICMP message of router discovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Discovery<'a> {
    /// Router or agent solicitation (type 10): the two are the same.
    Solicitation,
    /// Router or agent advertisement (type 9); an agent's if it says so.
    Advertisement(Advertisement<'a>),
}

impl<'a> Discovery<'a> {
    /// Decodes an ICMP message, from its type on, and verifies its checksum.
    ///
    /// # Errors
    /// When the message must be discarded: wrong checksum, another type or code, cut off, or an
    /// extension that is not to be skipped and not understood.
    pub fn decode(octets: &'a [u8]) -> Result<Discovery<'a>, Error> {
        //= wire.1.12
        Discovery::from_icmp(&icmp::Message::decode_v4(octets)?)
    }

    /// Decodes for display: like [`Discovery::decode`], but keeps as unknown what a receiver may
    /// not skip. Not for receivers.
    ///
    /// # Errors
    /// When the message is none of router discovery or is cut off, or its checksum is wrong.
    pub fn decode_leniently(octets: &'a [u8]) -> Result<Discovery<'a>, Error> {
        //= wire.2.8
        Discovery::read(&icmp::Message::decode_v4(octets)?, Reader::Tool)
    }

    /// Decodes an ICMP message whose checksum has been verified.
    ///
    /// # Errors
    /// Those of [`Discovery::decode`], apart from the checksum's.
    pub fn from_icmp(message: &icmp::Message<'a>) -> Result<Discovery<'a>, Error> {
        Discovery::read(message, Reading::DEFAULT.reader)
    }

    fn read(message: &icmp::Message<'a>, reader: Reader) -> Result<Discovery<'a>, Error> {
        match message.kind {
            icmpv4::ROUTER_SOLICITATION => {
                //= wire.1.13
                parse(take(4_usize), message.body, ICMP_HEADER_LENGTH, "wire.1.13")?;
                match message.code {
                    0 => Ok(Discovery::Solicitation),
                    _ => Err(Error::new(ErrorKind::BadType, 1, "wire.1.13")),
                }
            }
            icmpv4::ROUTER_ADVERTISEMENT => {
                Advertisement::decode(message, reader).map(Discovery::Advertisement)
            }
            _ => Err(Error::new(ErrorKind::BadType, 0, "wire.1.12")),
        }
    }
}

/// An agent solicitation, from its ICMP type on.
#[must_use]
pub fn solicitation() -> Vec<u8> {
    //= wire.1.13
    icmp::Message::new(icmpv4::ROUTER_SOLICITATION, &[0; 4]).encode_v4()
}

/// The sequence number after `sequence` in an agent's advertisements.
#[must_use]
pub const fn next_sequence(sequence: u16) -> u16 {
    //= wire.1.18
    match sequence.checked_add(1) {
        Some(next) => next,
        None => SEQUENCE_AFTER_WRAP,
    }
}
