//! RADIUS packets and attributes (RFC 2865 to 2869, 3162, 3579, 5176, 6929 and others).
//!
//! [`Packet::decode`] checks header and framing; attributes are then looked up by name, each as
//! [`Found`]: absent, once, or ambiguous. A value that its type does not allow counts as not
//! there, and stays visible as [`Attribute::Malformed`]. Authenticators are checked over the
//! octets as received.
//!
//! A client and a server:
//!
//! ```
//! use dsboot_codec::dsb;
//! use dsboot_codec::radius::{Attribute, Packet, RequestBuilder, ResponseBuilder, SubAttribute};
//! use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID as VENDOR, parameter};
//! use dsboot_spec::registry::radius::code;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (secret, request_authenticator) = (b"radius-secret-16", [0x10; 16]);
//! let request = RequestBuilder::new(1, request_authenticator)
//!     .attribute(&Attribute::UserName(b"mn1@home.example"))
//!     .attribute(&Attribute::NasIdentifier(b"fha1.asp.example"))
//!     .sub_attribute(VENDOR, &SubAttribute::MnSpi(0x1001))
//!     .sign_request(secret)?;
//!
//! let received = Packet::decode(&request)?;
//! received.verify_request(secret)?;
//! assert_eq!(received.user_name().once(), Some(&b"mn1@home.example"[..]));
//! let accept = ResponseBuilder::new(code::ACCESS_ACCEPT, &received)
//!     .attribute(&Attribute::SessionTimeout(3600))
//!     .sub_attribute(VENDOR, &dsb::Parameter::HomeAgent("2001:db8:1::1".parse()?).into())
//!     .hidden_key(VENDOR, parameter::MN_FHA_KEY, &[7; 20], 0x0001, secret)
//!     .sign_response(secret)?;
//!
//! let answer = Packet::decode(&accept)?;
//! answer.verify_response(&request_authenticator, secret)?;
//! let vendor = answer.vendor(VENDOR);
//! assert!(vendor.parameters().home_agent.once().is_some());
//! let key = vendor.mn_fha_key().once().and_then(|key| key.reveal(&request_authenticator, secret));
//! assert_eq!(key.as_deref(), Some(&vec![7; 20]));
//! # Ok(())
//! # }
//! ```

mod attribute;
mod auth;
mod builder;
mod credential;
mod expect;
mod extended;
mod hidden;
mod packet;
mod reading;
mod tagged;
mod three_gpp2;
mod value;
mod vendor;
mod wimax;

pub use attribute::Attribute;
pub use auth::Unverified;
pub use builder::{
    Builder, Request, RequestBuilder, Response, ResponseBuilder, SignedRequest,
    SignedRequestBuilder,
};
pub use credential::{ChapExchange, Credential};
pub use extended::{
    Extended, ExtendedValue, ExtendedVendorSpecific, LongExtended, encode_long_extended,
};
pub use hidden::{Salted, UserPassword, hide_key, hide_password};
pub use packet::{Packet, Units, encode};
pub use reading::{HomeLinkPrefix, Reading};
pub use tagged::{TaggedInteger, TaggedText, TunnelPassword};
pub use three_gpp2::{ThreeGpp2, ThreeGpp2Attribute};
pub use value::{ChapPassword, HomeIpv4, Ipv6Prefix, VendorSpecific};
pub use vendor::{SubAttribute, Vendor};
pub use wimax::{Wimax, WimaxAttribute, WimaxUnit, WimaxUnits, encode_wimax};

use dsboot_spec::registry::radius::AUTHENTICATOR_LENGTH;

#[cfg(doc)]
use crate::Found;

/// The Authenticator field, or the value of Message-Authenticator.
pub type Authenticator = [u8; AUTHENTICATOR_LENGTH];
