//! What a daemon changes on its host: addresses and routes, by the `ip` command of iproute2.

use std::io;
use std::process::Stdio;

use tokio::process::Command;

/// Runs `ip` with these arguments.
pub(crate) async fn ip(arguments: &str) -> io::Result<()> {
    let mut command = Command::new("ip");
    command.args(arguments.split_whitespace()).stdin(Stdio::null());
    let output = command.output().await.map_err(|error| {
        let reason = format!("cannot run `ip` of Debian's iproute2: {error}");
        io::Error::new(error.kind(), reason)
    })?;
    if output.status.success() {
        return Ok(());
    }
    let reason = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("`ip {arguments}`: {}", reason.trim())))
}
