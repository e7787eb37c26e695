//! What a daemon may do once everything that takes a privilege is open.

use std::io;

use caps::{CapSet, Capability, CapsHashSet};
use nix::sys::prctl;
use nix::unistd::{User, setgid, setgroups, setuid};
use tracing::info;

/// Gives up every capability but those in `keep`, for the process and all that it starts, and goes
/// on as `user`, if there is one. Neither can be taken back.
pub(super) fn drop_all_but(keep: &[Capability], user: Option<&str>) -> io::Result<()> {
    let keep: CapsHashSet = keep.iter().copied().collect();
    let held = caps::read(None, CapSet::Permitted).map_err(io::Error::other)?;
    // Only who holds CAP_SETPCAP may shrink it; for others it bounds nothing that they could get,
    // as no program that they start gains anything from now on.
    if held.contains(&Capability::CAP_SETPCAP) {
        let bounding = caps::read(None, CapSet::Bounding).map_err(io::Error::other)?;
        for capability in bounding.difference(&keep) {
            caps::drop(None, CapSet::Bounding, *capability).map_err(io::Error::other)?;
        }
    }
    prctl::set_no_new_privs()?;
    if let Some(user) = user {
        become_user(user)?;
    }
    let kept: CapsHashSet = held.intersection(&keep).copied().collect();
    for set in [CapSet::Effective, CapSet::Permitted] {
        caps::set(None, set, &kept).map_err(io::Error::other)?;
    }
    // What is kept goes on to `ip`, which then needs no root.
    for set in [CapSet::Inheritable, CapSet::Ambient] {
        caps::set(None, set, &kept).map_err(io::Error::other)?;
    }
    let mut names: Vec<String> = kept.iter().map(ToString::to_string).collect();
    names.sort();
    info!(capabilities = names.join(" "), user, "privileges dropped");
    Ok(())
}

fn become_user(name: &str) -> io::Result<()> {
    let user = User::from_name(name)?.ok_or_else(|| {
        io::Error::new(io::ErrorKind::NotFound, format!("[daemon] user: there is no user {name}"))
    })?;
    // What is kept of the capabilities is decided afterwards.
    prctl::set_keepcaps(true)?;
    setgroups(&[user.gid])?;
    setgid(user.gid)?;
    setuid(user.uid)?;
    Ok(())
}
