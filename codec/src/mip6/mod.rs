//! Mobile IPv6 (RFC 6275): the mobility header, its options, and the authenticators of RFC 4285.
//!
//! [`Packet::decode`] takes a whole IPv6 packet and verifies what needs no key; [`Builder`] makes
//! one. A binding update and its acknowledgement, with all that they need:
//!
//! ```
//! use dsboot_codec::mip6::{
//!     Addresses, BindingAcknowledgement, BindingUpdate, Builder, Identifier, Lifetime, Message,
//!     MobilityOption, Packet, Route, Sequence, Timestamp, UpdateFlags, mn_ha_key,
//! };
//! use dsboot_spec::registry::mip6::status;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let node = Addresses { home: "2001:db8:1::100".parse()?, care_of: "2001:db8:f::77".parse()? };
//! let home_agent = "2001:db8:1::1".parse()?;
//! let (secret, nai) = (b"AAA-shared-key-0", b"mn1@home.example");
//! let identifier = MobilityOption::MobileNodeIdentifier(Identifier::nai(nai));
//! let message_id = Timestamp(0xcea4_d310_0000_0001);
//!
//! // The mobile node: one binding update, from care-of address to home agent.
//! let update =
//!     BindingUpdate::new(Sequence(1), UpdateFlags::HOME_REGISTRATION, Lifetime::from_seconds(1800));
//! let octets = Builder::new(update)
//!     .option(&MobilityOption::AlternateCareOfAddress(node.care_of))
//!     .option(&identifier)
//!     .option(&MobilityOption::MessageId(message_id))
//!     .sign_mn_aaa(secret)
//!     .packet(&Route::from_mobile_node(node, home_agent))?;
//!
//! // The home agent: what it needs to know, and what the AAAH needs in order to verify it.
//! let packet = Packet::decode(&octets)?;
//! assert_eq!(packet.addresses(), node);
//! let Message::BindingUpdate(update) = packet.message else { unreachable!() };
//! assert!(update.flags.home_registration());
//! assert_eq!(update.options.nai(), Some(nai.as_slice()));
//! assert_eq!(update.options.message_id().once(), Some(message_id));
//! let mn_aaa = packet.mn_aaa().ok_or("no MN-AAA option")?;
//!
//! // The AAAH: it has the secret.
//! assert!(mn_aaa.verify(secret) && !mn_aaa.verify(b"another secret"));
//! let key = mn_ha_key(secret, message_id, nai);
//!
//! // The home agent: the acknowledgement, back to the care-of address.
//! let answer = BindingAcknowledgement::new(status::ACCEPTED, update.sequence, update.lifetime);
//! let octets = Builder::new(answer)
//!     .option(&identifier)
//!     .option(&MobilityOption::MessageId(message_id))
//!     .sign_mn_ha(0x300, key.as_slice())
//!     .packet(&Route::to_mobile_node(home_agent, node))?;
//!
//! // The mobile node.
//! let packet = Packet::decode(&octets)?;
//! assert!(packet.verify_mn_ha(key.as_slice()));
//! # Ok(())
//! # }
//! ```

pub mod auth;
mod builder;
pub mod discovery;
mod header;
mod keys;
mod message;
mod option;
mod options;
mod other;
mod packet;
mod proxy;
mod reading;
mod value;

pub use auth::MnAaa;
pub use builder::Builder;
pub use header::Header;
pub use keys::mn_ha_key;
pub use message::{
    BindingAcknowledgement, BindingError, BindingRefreshRequest, BindingUpdate, Message, Test,
    TestInit,
};
pub use option::{
    Authentication, Code, Identifier, Ipv4AddressAcknowledgement, Ipv4HomeAddress, MobilityOption,
    NatDetection, NetworkPrefix, NonceIndices,
};
pub use options::{Options, OptionsIter};
pub use other::{
    BindingRevocation, FastBindingAcknowledgement, FastBindingUpdate, FastNeighbourAdvertisement,
    Handover, Heartbeat, HomeAgentSwitch, LocalizedRoutingAcknowledgement,
    LocalizedRoutingInitiation, OtherMessage,
};
pub use packet::{Addresses, Packet, Route};
pub use proxy::{DnsUpdate, FastBindingAuthorizationData, LinkLayerAddress, VendorOption};
pub use reading::{FastAuthorizationLength, MnAaaChecksum, PseudoHeader, Reading, Status144};
pub use value::{AcknowledgementFlags, Lifetime, Sequence, Timestamp, UpdateFlags};
