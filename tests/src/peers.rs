//! Programs of others that tests are made with: tshark, FreeRADIUS, eapol_test, radclient, scapy.
//!
//! On a bare machine a test whose peer is missing names it on standard error and ends; under
//! `DSBOOT_PEERS=required`, which `tests/run` sets, it fails.

use std::{
    env,
    io::{self, Write as _},
    path::PathBuf,
};

/// A program of somebody else's, and where to get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The name of the executable.
    pub program: &'static str,
    /// The Debian package that has it.
    pub package: &'static str,
}

/// Wireshark's dissector on the command line.
pub const TSHARK: Peer = Peer { program: "tshark", package: "tshark" };
/// The FreeRADIUS server.
pub const FREERADIUS: Peer = Peer { program: "freeradius", package: "freeradius" };
/// FreeRADIUS's RADIUS client.
pub const RADCLIENT: Peer = Peer { program: "radclient", package: "freeradius-utils" };
/// The EAP client over RADIUS of wpa_supplicant.
pub const EAPOL_TEST: Peer = Peer { program: "eapol_test", package: "eapoltest" };

impl Peer {
    /// The path of the program, or `None` on a machine that lacks it, after saying so.
    ///
    /// # Panics
    ///
    /// If it is missing and `DSBOOT_PEERS=required` is set: then the test must fail.
    #[must_use]
    #[expect(clippy::panic, reason = "this is how a test fails")]
    pub fn find(self) -> Option<PathBuf> {
        let found = search_path().map(|dir| dir.join(self.program)).find(|path| path.is_file());
        if found.is_none() {
            let Peer { program, package } = self;
            let message = format!("{program} is missing: apt-get install {package}");
            if env::var_os("DSBOOT_PEERS").is_some_and(|v| v == "required") {
                panic!("{message}");
            }
            let test = std::thread::current().name().unwrap_or("a test").to_owned();
            // Not `eprintln!`, which the test harness keeps back when the test passes.
            // Nothing is lost if standard error is closed.
            let _ = writeln!(io::stderr(), "left out: {test}: {message}");
        }
        found
    }
}

/// `PATH`, and the directories of servers that it lacks for ordinary users.
fn search_path() -> impl Iterator<Item = PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let dirs: Vec<PathBuf> = env::split_paths(&path).collect();
    dirs.into_iter().chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
}
