//! Field for field against other people's decoders: tshark, scapy, tcpdump and FreeRADIUS's
//! radsniff read generated packets, whole runs and the recorded vectors, and must see what our
//! trees see. What they see otherwise stands in a table beside the test, each with its reason.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "this is how a test fails, in helper functions too"
)]

mod fields;
mod generate;
mod packets;
mod pdml;
mod radsniff;
mod scapy;
mod sequence;
mod table;
mod tcpdump;
mod tshark;
