//! Dual-stack MIPv6 bootstrapping as a model of messages.
//!
//! [`System`] is the protocol in one of the six setups: the roles' rules, one file a role, over the
//! lossy [`network::Network`]. It is a plain `stateright::Model`; [`explore::explore`] walks it to
//! the end and says which promises of [`property`] hold.
//!
//! Octets and seconds are not modelled: an authenticator is the name of its key, a lifetime an
//! event that comes in the order that lifetimes have by their beginnings. There is one mobile
//! node, with every kind of [`User`] the AAA servers may know. What makes runs longer than needed
//! is bounded by [`Config::incidents`]; what the roles owe each other is not.
//!
//! The states of the roles are public, so that another implementation's states can be mapped to
//! them.

pub mod aaa;
pub mod action;
mod checker;
pub mod config;
pub mod explore;
pub mod fa;
pub mod fha;
pub mod ha;
mod history;
pub mod ladder;
pub mod message;
pub mod mn;
pub mod nas;
pub mod network;
pub mod places;
pub mod property;
pub mod state;
pub mod system;

pub use config::{Config, Fault, User};
pub use state::State;
pub use system::System;
