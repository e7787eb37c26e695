//! The protocol of draft-qin-mip6-dsbootstrapping-00 as data.
//!
//! The normative text stands beside this crate as Markdown, one page a phase
//! (`spec/access.md`, `registration.md`, `movement.md`, `home-binding.md`, `data-path.md`,
//! `keys.md`, `wire.md`). This half holds what code shares with it: who takes part ([`Role`]), in
//! which arrangement ([`Scenario`], [`CareOf`], [`Setup`]), in which order ([`ladder`]), and with
//! which numbers ([`registry`]), which [`dictionary`] writes down for other programs; and how any
//! sequence of messages is drawn ([`chart`]).
#![no_std]

extern crate alloc;

pub mod chart;
pub mod dictionary;
pub mod ladder;
pub mod registry;
mod role;
mod scenario;

pub use role::Role;
pub use scenario::{CareOf, Scenario, Setup, UnknownName};
