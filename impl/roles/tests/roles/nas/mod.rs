//! The PANA client against the network access server, datagram by datagram.

mod discards;
mod flow;
mod losses;
mod noise;
mod outcomes;
mod parameters;
mod radius;
mod server;
mod sessions;
mod timers;
mod vectors;
mod world;
