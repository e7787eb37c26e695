//! The demonstration network: who is where, with which addresses and secrets.

mod plan;

pub use plan::{
    FIRST_HOST, IPV4_PREFIX_LENGTH, IPV6_PREFIX_LENGTH, Network, POOL_FIRST, POOL_SIZE,
    PROVISIONAL_HOST, Plan,
};
