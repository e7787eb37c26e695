//! EAP (RFC 3748) in its three parts: the peer, the authenticator that passes packets through to
//! a server, and the server.

pub mod pass_through;
pub mod peer;
pub mod server;
