//! A lab that stands until it is taken down: built by one command, ended by another.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use tokio::process::Command;
use tokio::runtime;
use tokio::time::sleep;

use super::topology::{self, CORRESPONDENT, HOME_ADDRESS, Host};
use super::{ENDING, GLANCE, Lab, LabError, Settings, ip, until_interrupted};

/// What is written down of a lab that stands, in its directory.
const FILE: &str = "lab.json";

/// A lab that stands, as the command that ends it has to know it.
#[derive(Debug, Serialize, Deserialize)]
struct Standing {
    namespaces: Vec<String>,
    /// The daemons, in the order in which they are ended.
    daemons: Vec<Daemon>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Daemon {
    host: String,
    process: u32,
    /// When it began, in the kernel's own count: another process may have its number later.
    began: Option<String>,
}

/// Builds the hosts, starts the daemons, waits until the mobile node is bound, and leaves all that
/// standing. Returns whether it is bound; if it is not, nothing stands.
///
/// # Errors
///
/// When the machine lacks something, a lab stands there already, or SIGINT or SIGTERM comes: then
/// nothing stands either.
pub fn up(settings: &Settings, out: &mut dyn Write) -> Result<bool, LabError> {
    let file = settings.directory.join(FILE);
    if file.exists() {
        return Err(LabError::Stands(settings.directory.clone()));
    }
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut lab = Lab { stays: true, ..Lab::new(settings) };
        let built = until_interrupted(lab.stand(&file)).await;
        if !matches!(built, Ok(true)) {
            lab.take_down().await;
            return built;
        }
        tell(&lab, out)?;
        Ok(true)
    })
}

/// Takes a lab down that stands in a directory: the mobile node first, which releases everything.
/// Returns whether all of its daemons were there and ended in order.
///
/// # Errors
///
/// When none stands there, or the machine does not let it.
pub fn down(directory: &Path, out: &mut dyn Write) -> Result<bool, LabError> {
    let file = directory.join(FILE);
    let text = fs::read_to_string(&file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => LabError::NoneStands(directory.to_owned()),
        _ => LabError::Host(error),
    })?;
    let standing: Standing = serde_json::from_str(&text).map_err(io::Error::from)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut in_order = true;
        for daemon in &standing.daemons {
            let ended = daemon.end().await?;
            if !ended {
                writeln!(out, "{} had ended before, or had to be killed", daemon.host)?;
            }
            in_order &= ended;
        }
        for namespace in &standing.namespaces {
            // One that somebody has deleted already is gone as it should be.
            let _ = ip(&format!("netns del {namespace}")).await;
        }
        fs::remove_file(&file)?;
        writeln!(out, "taken down; logs are in {}", directory.display())?;
        Ok(in_order)
    })
}

impl Lab<'_> {
    /// Builds and starts everything and writes down what that is.
    async fn stand(&mut self, file: &Path) -> io::Result<bool> {
        self.build().await?;
        for host in topology::daemons(self.settings.setup.scenario()).chain([Host::Mn]) {
            self.start(host).await?;
        }
        if !self.bootstrapped().await? {
            return Ok(false);
        }
        let namespaces = self.namespaces.iter().map(|host| self.namespace(*host)).collect();
        let daemons = self.daemons.iter().rev().filter_map(|(host, child)| {
            let process = child.id()?;
            Some(Daemon { host: host.name().to_owned(), process, began: began(process) })
        });
        let standing = Standing { namespaces, daemons: daemons.collect() };
        fs::write(file, serde_json::to_string_pretty(&standing)?)?;
        Ok(true)
    }
}

fn tell(lab: &Lab<'_>, out: &mut dyn Write) -> io::Result<()> {
    let directory = lab.settings.directory.display();
    let [mn, cn] = [Host::Mn, Host::Cn].map(|host| lab.namespace(host));
    let mobile = lab.daemons.iter().find(|(host, _)| *host == Host::Mn);
    let process = mobile.and_then(|(_, child)| child.id()).unwrap_or_default();
    writeln!(
        out,
        "{setup} stands; the mobile node is bound, with the home address {HOME_ADDRESS}\n\n\
         \x20 from it:        ip netns exec {mn} ping {CORRESPONDENT}\n\
         \x20 to it:          ip netns exec {cn} ping {HOME_ADDRESS}\n\
         \x20 another link:   kill -USR1 {process}\n\
         \x20 configurations and logs:  {directory}\n\
         \x20 its end:        dsboot lab down --directory {directory}",
        setup = lab.settings.setup
    )
}

impl Daemon {
    /// Has it end, and sees to it. Returns whether it was there and ended in order.
    async fn end(&self) -> io::Result<bool> {
        if !self.is_there() {
            return Ok(false);
        }
        self.signal("TERM").await?;
        let start = Instant::now();
        while self.is_there() {
            if start.elapsed() > ENDING {
                self.signal("KILL").await?;
                return Ok(false);
            }
            sleep(GLANCE).await;
        }
        Ok(true)
    }

    /// Whether it runs, and is no other process by that number.
    fn is_there(&self) -> bool {
        let began = began(self.process);
        began.is_some() && began == self.began
    }

    async fn signal(&self, name: &str) -> io::Result<()> {
        // It may have ended this very moment.
        Command::new("kill").args(["-s", name, &self.process.to_string()]).status().await?;
        Ok(())
    }
}

/// When a process began, in clock ticks since the machine did (proc(5): `stat`, field 22); `None` when
/// there is none by that number, or only one that has ended.
fn began(process: u32) -> Option<String> {
    let stat = fs::read_to_string(PathBuf::from(format!("/proc/{process}/stat"))).ok()?;
    // The name in parentheses may hold anything; the state follows it.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if state == "Z" { None } else { fields.nth(18).map(str::to_owned) }
}
