//! The dsboot command as a library: one module a subcommand.

mod exit;
pub mod run;

pub use exit::Exit;
