//! What a machine has to have for a lab.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

use super::Servers;

/// Whether this process is root in a user namespace that is not the machine's own.
pub(super) fn is_in_user_namespace() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.split_whitespace().nth(2) != Some("4294967295")
}

/// Goes over, if this process is not root or `always`, into a user namespace in which it is root:
/// this program begins again in there with the arguments that it was given. Returns if it need not
/// or cannot.
///
/// # Errors
///
/// When `unshare` cannot be run.
pub fn enter_user_namespace(program: &Path, always: bool) -> io::Result<()> {
    if is_in_user_namespace() || (is_root() && !always) {
        return Ok(());
    }
    let error = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "--mount", "sh", "-c"])
        // `ip netns` keeps its namespaces there.
        .args(["mount -t tmpfs tmpfs /run && exec \"$@\"", "sh"])
        .arg(program)
        .args(std::env::args_os().skip(1))
        .exec();
    Err(error)
}

/// Whether this process is root, be it in a user namespace.
#[must_use]
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// What the machine lacks for a lab, if it lacks something: what, and how to get it.
#[must_use]
pub fn lacks(servers: Servers) -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |program: &str| {
        let sbin = [PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")];
        std::env::split_paths(&path).chain(sbin).any(|directory| directory.join(program).exists())
    };
    let radius = (servers == Servers::FreeRadius).then_some(("freeradius", "freeradius"));
    let programs = [
        ("ip", "iproute2"),
        ("unshare", "util-linux"),
        ("ping", "iputils-ping"),
        ("iperf3", "iperf3"),
        ("dumpcap", "wireshark-common"),
    ];
    for (program, package) in programs.into_iter().chain(radius) {
        if !is_there(program) {
            return Some(format!("{program} is missing: apt-get install {package}"));
        }
    }
    let tun = fs::OpenOptions::new().read(true).write(true).open("/dev/net/tun");
    if let Err(error) = tun {
        return Some(format!("/dev/net/tun cannot be opened ({error}): sudo dsboot lab run"));
    }
    (!is_root()).then(|| "network namespaces take root: sudo dsboot lab run".to_owned())
}
