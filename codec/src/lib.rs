//! Octets to values and back, for every protocol of the dual-stack bootstrap.
//!
//! Decoding borrows from the input and allocates nothing; what is not understood stays as raw
//! octets in its place. Encoding has one form. Authenticators are computed over the octets as
//! they were received, never over a re-encoding.
//!
//! | module | protocol |
//! |---|---|
//! | [`mip4`] | Mobile IPv4 registration and agent discovery (RFC 3344 and its extensions) |
//! | [`mip6`] | Mobile IPv6 mobility header and options (RFC 6275, 4283, 4285) |
//! | [`radius`] | RADIUS (RFC 2865, 2868, 3162, 3579) |
//! | [`pana`] | PANA (RFC 5191) |
//! | [`eap`] | EAP (RFC 3748) |
//! | [`dsb`] | the bootstrap parameters, in whichever of these they travel |
//! | [`dhcp`], [`ppp`] | the options of DHCP and PPP that bear on Mobile IP and PANA |
//! | [`ip`] | IPv4, IPv6, UDP, ICMP headers and the tunnels made of them |
//! | [`tree`] | any of these, octet by octet, for people and for other programs |
//!
//! Where RFCs contradict each other, a decoder takes one reading, and offers the other:
//! [`mip4::Reading`], [`mip6::Reading`], [`radius::Reading`], [`pana::Reading`].
//!
//! # Features
//!
//! `std` (default) lets what the codec depends on use the standard library; `serde` serializes
//! values; `arbitrary` makes values of random octets.
#![no_std]

extern crate alloc;
// The code that derives `Arbitrary` names it.
#[cfg(feature = "arbitrary")]
extern crate std;

#[cfg(feature = "arbitrary")]
mod chance;
pub mod crypto;
pub mod dhcp;
pub mod dsb;
pub mod eap;
mod error;
mod form;
pub mod ip;
pub mod mip4;
pub mod mip6;
pub mod pana;
pub mod ppp;
pub mod radius;
pub mod tree;
mod wire;

pub use error::{Error, ErrorKind};
pub use wire::{Found, Positioned};

/// The examples of the README are run too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
