//! The dsboot command as a library: one module a subcommand.

pub mod check;
pub mod exit;
pub mod run;

pub use exit::Exit;
