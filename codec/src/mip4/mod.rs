//! Mobile IPv4: registration (RFC 3344 §3, UDP port 434) and, in [`discovery`], the ICMP messages
//! that agents are found by (RFC 3344 §2).
//!
//! A message is decoded in place. Its extensions have been validated as a whole and are then read
//! one by one, with their offsets and raw octets; what a skippable extension says that is not
//! understood stays there as [`Extension::Unknown`].
//!
//! ```
//! use dsboot_codec::mip4::{AuthenticationKind, Message};
//! # fn octets() -> Vec<u8> { hex::decode("0122070800000000c0000201c633644dcea4d2a01234567883106d6e3140686f6d652e6578616d706c652a010004000010012401001400000002bfb8eb113f94082fddfb0def317f0016").unwrap_or_default() }
//!
//! // A mobile node's first request, as an FHA receives it.
//! let datagram: Vec<u8> = octets();
//! let Message::Request(request) = Message::decode(&datagram)? else { return Ok(()) };
//! assert!(request.header.flags.decapsulation());
//! assert!(request.header.home_address.is_unspecified());
//! assert_eq!(request.extensions.nai().once(), Some(b"mn1@home.example".as_slice()));
//! assert_eq!(request.extensions.mn_ha_key_request().once(), Some(0x1001));
//!
//! // Its authenticator is for the AAA server: in RADIUS, a CHAP response.
//! let authenticator = request.extensions.authenticator(AuthenticationKind::MnAaa).once();
//! let authenticator = authenticator.ok_or("no MN-AAA authentication")?;
//! let challenge = request.extensions.mn_aaa_challenge().ok_or("two challenges")?;
//! let credentials = authenticator.chap_credentials(challenge).ok_or("not CHAP_SPI")?;
//! assert_eq!(credentials.password[0], 0);
//! assert!(authenticator.verify_chap(b"AAA-shared-key-0", challenge));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`Builder`] writes messages: the fixed part, then one extension after the other, and
//! authenticators over what has been written so far.
//!
//! ```
//! use core::net::Ipv4Addr;
//! use dsboot_codec::dsb::{Parameter, Parameters};
//! use dsboot_codec::mip4::{
//!     Algorithm, AuthenticationKind, Builder, Code, Extension, Identification, Message,
//!     ReplyHeader, SecurityContext,
//! };
//!
//! let context = SecurityContext { spi: 0x1001, algorithm: Algorithm::HmacMd5, key: &[7; 20] };
//! let header = ReplyHeader {
//!     code: Code(0),
//!     lifetime: 1800,
//!     home_address: Ipv4Addr::new(203, 0, 113, 9),
//!     home_agent: Ipv4Addr::new(192, 0, 2, 1),
//!     identification: Identification::new(0xcea4_d2a0, 0x1234_5678),
//! };
//! let octets = Builder::reply(&header)
//!     .extension(Extension::Nai(b"mn1@home.example"))
//!     .parameter(32473, &Parameter::HomeAgent("2001:db8:1::1".parse()?))
//!     .authenticate(AuthenticationKind::MobileHome, &context)
//!     .finish()?;
//!
//! // The mobile node takes the reply by its authenticator, and the parameters before it.
//! let Message::Reply(reply) = Message::decode(&octets)? else { return Ok(()) };
//! let authenticator = reply.extensions.authenticator(AuthenticationKind::MobileHome).once();
//! let authenticator = authenticator.ok_or("no authenticator")?;
//! assert!(authenticator.verify(&context));
//! let learned: Parameters<'_> = reply.extensions.before(&authenticator).bootstrap(32473);
//! assert_eq!(learned.home_agent.once(), Some("2001:db8:1::1".parse()?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod access;
mod auth;
mod builder;
pub mod discovery;
mod expect;
mod extension;
mod extensions;
mod fault;
mod fixed;
mod frame;
pub(crate) use frame::{Body, Frame};
mod header;
mod holds;
pub mod keys;
mod message;
mod read;
mod reading;
mod write;

pub use auth::{Algorithm, AuthenticationKind, Authenticator, ChapCredentials, SecurityContext};
pub use builder::Builder;
pub use extension::{
    Authentication, Extension, FlowBinding, MnFaKeyReply, MnHaKeyReply,
    MobileCorrespondentAuthentication, Multipath, RevocationSupport, RouteOptimizationCapability,
    RouteOptimizationReply, UdpTunnelReply, UdpTunnelRequest, Vendor,
};
pub use extensions::{Extensions, ExtensionsIter};
pub use fixed::{
    FixedPart, HandoffReplyHeader, HandoffRequestHeader, NotificationAcknowledgementHeader,
    NotificationHeader, RevocationAcknowledgementHeader, RevocationHeader, TestHeader,
    TestInitHeader,
};
pub use header::{Code, Identification, ReplyHeader, RequestFlags, RequestHeader, is_infinite};
pub use message::{Message, Other, Reply, Request, TunnelData};
pub use reading::{
    Authorizations, CvseLength, Denial, LongSkippable, MobileHome, NaiLength, Padding,
    ProtectedPart, Reader, Reading, ReplayStyleLength, ReservedFlags, Understood,
};
