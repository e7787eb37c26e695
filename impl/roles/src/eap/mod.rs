//! EAP (RFC 3748).

pub mod server;
