//! Keys, and what they say about messages: whether authenticators are right, and what is hidden.

mod config;
mod eap;
mod engine;
mod mip4;
mod mip6;
mod pana;
mod radius;

pub use config::{EXAMPLE, Keys, KeysError};
pub use engine::{Engine, Learned};
