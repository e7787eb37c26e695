//! PANA messages and AVPs (RFC 5191).
//!
//! [`Message::decode`] checks header and framing, [`Message::validate`] everything else that RFC
//! 5191 §5.5 asks of a single message: flags, AVPs known and well formed, how often and where
//! they stand. What remains (session, sequence number, phase) is the session's to check.
//!
//! A client initiation, the last request of a session and its answer:
//!
//! ```
//! use dsboot_codec::dsb::{Parameter, Wanted};
//! use dsboot_codec::pana::{Avp, Flags, Kind, Message, MessageBuilder};
//! use dsboot_spec::registry::dsb::DEFAULT_VENDOR_ID as VENDOR;
//! use dsboot_spec::registry::pana::result;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let initiation = MessageBuilder::new(Kind::Pci, Flags::NONE, 0, 0)
//!     .parameter(VENDOR, &Parameter::BootstrapRequest(Wanted::ADDRESSES))
//!     .encode()?;
//! assert_eq!(Message::decode(&initiation)?.validate(VENDOR)?, Kind::Pci);
//!
//! let last = MessageBuilder::new(Kind::Par, Flags::COMPLETE, 0x5a5b_0001, 0x1122_3347)
//!     .avp(&Avp::ResultCode(result::SUCCESS))
//!     .avp(&Avp::EapPayload(&[3, 0x42, 0, 4]))
//!     .avp(&Avp::SessionLifetime(3600))
//!     .parameter(VENDOR, &Parameter::FhaAddress("192.0.2.1".parse()?))
//!     .encode()?;
//!
//! let received = Message::decode(&last)?;
//! assert_eq!(received.validate(VENDOR)?, Kind::Par);
//! assert_eq!(received.granted_lifetime(), Some(3600));
//! assert!(received.parameters(VENDOR).fha_address.once().is_some());
//! let answer = MessageBuilder::answering(&received).encode()?;
//! assert_eq!(Message::decode(&answer)?.kind(), Some(Kind::Pan));
//! # Ok(())
//! # }
//! ```

mod auth;
mod avp;
mod builder;
mod header;
mod message;
mod validate;

pub use auth::{AuthKey, KeyInput, Unverified, prf_plus};
pub use avp::{Avp, AvpReserved, Avps, VendorAvp};
pub use builder::MessageBuilder;
pub use header::{Flags, Header, Kind};
pub use message::Message;
pub use validate::{Reading, Reserved, UnknownAvps};
