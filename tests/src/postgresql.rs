//! A PostgreSQL server of a test's own.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::peers;
use crate::process::{self, Running};

/// Longer than anything takes that it is asked.
const PATIENCE: Duration = Duration::from_secs(60);

/// The user that Debian's package makes; the server does not run as root.
const USER: &str = "postgres";

/// A server that runs until this is dropped.
#[derive(Debug)]
pub struct Postgresql {
    /// How libpq's connection string names it.
    pub connection: String,
    _running: Running,
}

impl Postgresql {
    /// Starts a server on 127.0.0.1 that keeps its files in `directory`, and runs `schema` there.
    /// `None` on a machine that lacks PostgreSQL, after saying so.
    ///
    /// # Errors
    ///
    /// When it does not start; the error holds what it said.
    pub fn start(directory: &Path, schema: &Path) -> io::Result<Option<Postgresql>> {
        let Some(programs) = peers::PSQL.find().and_then(|_| programs()) else { return Ok(None) };
        let data = directory.join("data");
        fs::create_dir(&data)?;
        let mut made = as_user(&programs.join("initdb"));
        made.args(["--auth=trust", "--no-sync", "--username=radius", "-D"]).arg(&data);
        if is_root()? {
            open_way(directory)?;
            succeed(Command::new("chown").arg(USER).arg(&data))?;
        }
        succeed(&mut made)?;
        // The port is free for the moment between this and the start.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut server = as_user(&programs.join("postgres"));
        server.args(["-F", "-h", "127.0.0.1", "-p", &port.to_string(), "-k"]).arg(&data);
        server.arg("-D").arg(&data).stdout(Stdio::null()).stderr(Stdio::null());
        let running = Running::start(&mut server)?;
        let connection = format!("host=127.0.0.1 port={port} user=radius dbname=postgres");
        let start = Instant::now();
        loop {
            let mut psql = Command::new("psql");
            psql.args([&connection, "-q", "-v", "ON_ERROR_STOP=1", "-f"]).arg(schema);
            let said = process::run(&mut psql, "", PATIENCE)?;
            // 2: it is not to be reached yet.
            match said.status.code() {
                Some(0) => return Ok(Some(Postgresql { connection, _running: running })),
                Some(2) if start.elapsed() < PATIENCE => sleep(Duration::from_millis(50)),
                _ => return Err(io::Error::other(format!("psql: {}", said.err))),
            }
        }
    }
}

/// Where the newest version's programs are: they are not in `PATH`.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    versions.map(|version| version.path()).max_by_key(number).map(|version| version.join("bin"))
}

/// A program, not as root.
fn as_user(program: &Path) -> Command {
    if !is_root().unwrap_or(false) {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={USER}"), &format!("--regid={USER}"), "--clear-groups"]);
    // It has to be able to go back to where it begins.
    command.arg(program).current_dir("/");
    command
}

fn is_root() -> io::Result<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}

/// Lets everybody through a directory of this test's own.
fn open_way(directory: &Path) -> io::Result<()> {
    fs::set_permissions(directory, fs::Permissions::from_mode(0o711))
}

fn succeed(command: &mut Command) -> io::Result<()> {
    let said = process::run(command, "", PATIENCE)?;
    let what = || format!("{command:?}: {}{}", said.out, said.err);
    if said.status.success() { Ok(()) } else { Err(io::Error::other(what())) }
}
