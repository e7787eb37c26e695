//! Held against programs of others: tshark reads whole runs, FreeRADIUS answers our NAS and our
//! FHA, eapol_test, radclient and scapy ask our AAA servers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this is how a test fails, in helper functions too"
)]

mod capture;
mod clients;
mod dictionaries;
mod ladder;
mod network;
mod servers;
mod vectors;
