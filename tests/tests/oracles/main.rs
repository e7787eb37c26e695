//! Field for field against other people's decoders: tshark, scapy, tcpdump, and FreeRADIUS's server,
//! client and radsniff read generated packets, whole runs and the committed captures, and must see
//! what our trees see; and what tshark takes for malformed of packets that were changed. What they see otherwise stands in a
//! table beside the test, each with its reason.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "this is how a test fails, in helper functions too"
)]

mod captures;
mod fields;
mod freeradius;
mod generate;
mod packets;
mod pdml;
mod radsniff;
mod scapy;
mod sequence;
mod table;
mod tcpdump;
mod tshark;
mod verdicts;
