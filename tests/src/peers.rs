//! Programs of others that tests are made with: tshark, tcpdump, FreeRADIUS, eapol_test, radclient,
//! radsniff, scapy.
//!
//! On a bare machine a test whose peer is missing names it on standard error and ends; under
//! `DSBOOT_PEERS=required`, which `tests/run` sets, it fails.

use std::{
    env,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// A program of somebody else's, and where to get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The name of the executable, or its path where only that one will do.
    pub program: &'static str,
    /// What else must be there.
    pub module: Option<&'static str>,
    /// The Debian package that has it.
    pub package: &'static str,
}

/// Wireshark's dissector on the command line.
pub const TSHARK: Peer = Peer { program: "tshark", module: None, package: "tshark" };
/// The FreeRADIUS server.
pub const FREERADIUS: Peer = Peer { program: "freeradius", module: None, package: "freeradius" };
/// The same with its module for PostgreSQL.
pub const FREERADIUS_POSTGRESQL: Peer = Peer {
    program: "freeradius",
    module: Some("/usr/lib/freeradius/rlm_sql_postgresql.so"),
    package: "freeradius-postgresql",
};
/// The access point that is an EAP server over RADIUS too.
pub const HOSTAPD: Peer = Peer { program: "hostapd", module: None, package: "hostapd" };
/// The client of PostgreSQL, which comes with the server.
pub const PSQL: Peer =
    Peer { program: "psql", module: Some("/usr/lib/postgresql"), package: "postgresql" };
/// FreeRADIUS's RADIUS client.
pub const RADCLIENT: Peer =
    Peer { program: "radclient", module: None, package: "freeradius-utils" };
/// FreeRADIUS's reader of captures.
pub const RADSNIFF: Peer = Peer { program: "radsniff", module: None, package: "freeradius-utils" };
/// The first of all dissectors.
pub const TCPDUMP: Peer = Peer { program: "tcpdump", module: None, package: "tcpdump" };
/// The EAP client over RADIUS of wpa_supplicant.
pub const EAPOL_TEST: Peer = Peer { program: "eapol_test", module: None, package: "eapoltest" };

/// Debian's Python with scapy, which builds and checks packets.
pub const SCAPY: Peer = Peer {
    program: "/usr/bin/python3",
    module: Some("/usr/lib/python3/dist-packages/scapy/layers/radius.py"),
    package: "python3-scapy",
};

/// The model checker spin.
pub const SPIN: Peer = Peer { program: "spin", module: None, package: "spin" };
/// A C compiler, for what spin writes.
pub const CC: Peer = Peer { program: "cc", module: None, package: "gcc" };

/// The browser that pages are looked at with.
pub const CHROMIUM: Peer = Peer { program: "chromium", module: None, package: "chromium" };
/// What drives that browser.
pub const CHROMEDRIVER: Peer =
    Peer { program: "chromedriver", module: None, package: "chromium-driver" };

impl Peer {
    /// The path of the program, or `None` on a machine that lacks it, after saying so.
    ///
    /// # Panics
    ///
    /// If it is missing and `DSBOOT_PEERS=required` is set: then the test must fail.
    #[must_use]
    #[expect(clippy::panic, reason = "this is how a test fails")]
    pub fn find(self) -> Option<PathBuf> {
        let is_whole = self.module.is_none_or(|module| Path::new(module).exists());
        let mut paths = search_path().map(|dir| dir.join(self.program));
        let found = paths.find(|path| is_whole && path.is_file());
        if found.is_none() {
            let Peer { program, package, .. } = self;
            let message = format!("{program} is missing, or not whole: apt-get install {package}");
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
