//! The dsboot command as a library: one module a subcommand.

pub mod audit;
pub mod check;
pub mod conform;
pub mod decode;
pub mod dictionary;
pub mod encode;
pub mod exit;
pub mod explore;
pub mod export;
pub mod findings;
pub mod lab;
pub mod ladder;
pub mod load;
mod names;
mod output;
pub mod run;
pub mod serve;
pub mod setups;
pub mod spec;
pub mod vectors;

pub use exit::Exit;
pub use output::Output;
