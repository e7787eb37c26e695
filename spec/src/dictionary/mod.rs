//! The registry for other programs: a dictionary for FreeRADIUS and a dissector for Wireshark.

mod freeradius;
mod wireshark;

pub use freeradius::freeradius;
pub use wireshark::wireshark;
