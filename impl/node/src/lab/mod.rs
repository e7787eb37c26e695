//! The hosts of a figure in network namespaces of this machine: a daemon each, captures on every
//! link, and real IPv6 traffic through the IPv4 access network.

mod carried;
mod topology;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use dsboot_spec::Scenario;
use tokio::process::{Child, Command};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

pub use carried::Carried;
use topology::{CORRESPONDENT, HOME_ADDRESS, Host, LINKS, SECRETS, SETTINGS};

/// How long a bootstrap may take.
const BOOTSTRAP: Duration = Duration::from_secs(30);

/// How long a daemon may take to end.
const ENDING: Duration = Duration::from_secs(15);

/// What a lab is to be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which figure.
    pub scenario: Scenario,
    /// The dsboot command.
    pub program: PathBuf,
    /// Where configurations, logs and captures go; they stay there.
    pub directory: PathBuf,
    /// For how many seconds TCP is transferred; 0: not at all.
    pub transfer: u32,
}

/// What keeps a lab from being made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LabError {
    /// The machine lacks something.
    #[error("{0}")]
    Host(#[from] io::Error),
    /// It was told to end.
    #[error("interrupted; everything is taken down")]
    Interrupted,
}

/// Builds the hosts, bootstraps, sends traffic, releases, tells all that to `out`, and takes
/// everything down again whatever happened. Returns whether everything held.
///
/// # Errors
///
/// When the machine lacks something, or SIGINT or SIGTERM comes.
pub fn run(settings: &Settings, out: &mut dyn Write) -> Result<bool, LabError> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut lab = Lab::new(settings);
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let ended = tokio::select! {
            ended = lab.tell(out) => ended.map_err(LabError::from),
            _ = interrupt.recv() => Err(LabError::Interrupted),
            _ = terminate.recv() => Err(LabError::Interrupted),
        };
        lab.take_down().await;
        ended
    })
}

struct Lab<'a> {
    settings: &'a Settings,
    /// What the names of its namespaces begin with.
    prefix: String,
    /// The namespaces that there are.
    namespaces: Vec<Host>,
    daemons: Vec<(Host, Child)>,
    captures: Vec<Child>,
}

/// What has been looked at, and what came of it.
struct Verdicts<'a> {
    out: &'a mut dyn Write,
    hold: bool,
}

impl Verdicts<'_> {
    fn say(&mut self, holds: bool, what: &str) -> io::Result<()> {
        self.hold &= holds;
        writeln!(self.out, "  {}  {what}", if holds { "pass" } else { "FAIL" })?;
        self.out.flush()
    }
}

impl Lab<'_> {
    fn new(settings: &Settings) -> Lab<'_> {
        let prefix = format!("dsboot{}", std::process::id());
        let (namespaces, daemons, captures) = (Vec::new(), Vec::new(), Vec::new());
        Lab { settings, prefix, namespaces, daemons, captures }
    }

    async fn tell(&mut self, out: &mut dyn Write) -> io::Result<bool> {
        let scenario = self.settings.scenario;
        let mut verdicts = Verdicts { out, hold: true };
        self.build().await?;
        let hosts = topology::hosts(scenario).filter(|host| *host != Host::Core).count();
        writeln!(
            verdicts.out,
            "{}: {hosts} hosts in network namespaces, as root\n",
            scenario.name()
        )?;
        self.capture().await?;
        for host in topology::daemons(scenario) {
            self.start(host).await?;
        }
        let start = Instant::now();
        self.start(Host::Mn).await?;
        let bound = self.bootstrapped().await?;
        let took = start.elapsed().as_secs_f64();
        verdicts
            .say(bound, &format!("MN has its home address {HOME_ADDRESS} after {took:.1} s"))?;
        if bound {
            self.traffic(&mut verdicts).await?;
        }
        let released = self.end_mn().await?;
        verdicts.say(released, "MN has released everything at SIGTERM")?;
        let gone = !self.ping(Host::Cn, HOME_ADDRESS, 56, 1).await?;
        verdicts.say(gone, "CN reaches MN no longer")?;
        self.end_captures().await?;
        self.tell_links(&mut verdicts)?;
        Ok(verdicts.hold)
    }

    async fn traffic(&self, verdicts: &mut Verdicts<'_>) -> io::Result<()> {
        for (host, to, octets) in [
            (Host::Mn, CORRESPONDENT, 104),
            (Host::Mn, CORRESPONDENT, 1280),
            (Host::Cn, HOME_ADDRESS, 104),
            (Host::Cn, HOME_ADDRESS, 1280),
        ] {
            // IPv6 and ICMPv6 have headers of 40 and 8 octets.
            let answered = self.ping(host, to, octets - 48, 3).await?;
            let from = host.name().to_uppercase();
            verdicts
                .say(answered, &format!("{from} pings {to} with packets of {octets} octets"))?;
        }
        if self.settings.transfer > 0 {
            let rate = self.transfer().await?;
            let what = rate.as_deref().unwrap_or("nothing");
            verdicts.say(rate.is_some(), &format!("TCP from MN to CN: {what}"))?;
        }
        Ok(())
    }

    fn tell_links(&self, verdicts: &mut Verdicts<'_>) -> io::Result<()> {
        writeln!(verdicts.out, "\n  {:<10} {:>8} {:>8} {:>8}", "link", "IPv4", "ARP", "IPv6")?;
        let mut clean = true;
        for (link, host, device) in LINKS {
            let carried = Carried::read(&self.capture_of(host, device))?;
            let Carried { ipv4, arp, ipv6, .. } = carried;
            writeln!(verdicts.out, "  {link:<10} {ipv4:>8} {arp:>8} {ipv6:>8}")?;
            clean &= !(matches!(host, Host::Ha) && carried.has_ipv4());
        }
        writeln!(verdicts.out)?;
        verdicts.say(clean, "no IPv4 reached HA or CN")
    }

    /// Builds namespaces, links, addresses and configurations.
    async fn build(&mut self) -> io::Result<()> {
        let scenario = self.settings.scenario;
        fs::create_dir_all(&self.settings.directory)?;
        let files = topology::configurations(scenario);
        let secrets = SECRETS.map(|(name, secret)| (name.to_owned(), secret.to_owned()));
        for (name, text) in files.into_iter().chain(secrets) {
            fs::write(self.settings.directory.join(name), text)?;
        }
        for host in topology::hosts(scenario) {
            ip(&format!("netns add {}", self.namespace(host))).await?;
            self.namespaces.push(host);
        }
        for (host, path, value) in SETTINGS {
            let set = format!("echo {value} > /proc/sys/{path}");
            self.finish(host, &["sh", "-c", &set]).await?;
        }
        for (host, step) in topology::links(scenario, |host| self.namespace(host)) {
            match host {
                Some(host) => ip(&format!("-n {} {step}", self.namespace(host))).await?,
                None => ip(&step).await?,
            }
        }
        Ok(())
    }

    /// Captures every link.
    async fn capture(&mut self) -> io::Result<()> {
        for (_, host, device) in LINKS {
            let file = self.capture_of(host, device);
            let file = file.to_string_lossy().into_owned();
            let mut command =
                self.command(host, &["dumpcap", "-q", "-P", "-i", device, "-w", &file]);
            let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            self.captures.push(child);
        }
        // dumpcap writes the file's head when it has begun.
        let begun = |lab: &Lab<'_>| {
            LINKS.iter().all(|(_, host, device)| {
                fs::metadata(lab.capture_of(*host, device)).is_ok_and(|file| file.len() > 0)
            })
        };
        let start = Instant::now();
        while !begun(self) {
            if start.elapsed() > BOOTSTRAP {
                let reason = "captures do not begin; is dumpcap there (Debian: wireshark-common)?";
                return Err(io::Error::new(io::ErrorKind::NotFound, reason));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Starts the daemon of a host, and waits until it is ready.
    async fn start(&mut self, host: Host) -> io::Result<()> {
        let program = self.settings.program.to_string_lossy().into_owned();
        let config = self.settings.directory.join(format!("{}.toml", host.name()));
        let log = self.settings.directory.join(format!("{}.log", host.name()));
        let config = config.to_string_lossy().into_owned();
        let mut command = self.command(host, &[&program, "serve", &config]);
        command.env("DSBOOT_LOG", "debug").stdout(Stdio::null()).stderr(fs::File::create(&log)?);
        self.daemons.push((host, command.spawn()?));
        let start = Instant::now();
        while !fs::read_to_string(&log)?.contains("ready") {
            if start.elapsed() > BOOTSTRAP {
                let said = fs::read_to_string(&log)?;
                return Err(io::Error::other(format!("{} does not begin: {said}", host.name())));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Waits until the mobile node is bound at its home agent.
    async fn bootstrapped(&self) -> io::Result<bool> {
        let log = self.settings.directory.join("mn.log");
        let start = Instant::now();
        while start.elapsed() < BOOTSTRAP {
            if fs::read_to_string(&log)?.contains("mn.binding.acknowledged") {
                return Ok(true);
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(false)
    }

    /// Whether every one of so many echo requests is answered.
    async fn ping(&self, from: Host, to: &str, octets: u32, times: u32) -> io::Result<bool> {
        let (octets, times) = (octets.to_string(), times.to_string());
        let arguments =
            ["ping", "-6", "-q", "-i", "0.2", "-W", "2", "-c", &times, "-s", &octets, to];
        let mut command = self.command(from, &arguments);
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().await?;
        Ok(status.success())
    }

    /// The rate of a TCP transfer.
    async fn transfer(&self) -> io::Result<Option<String>> {
        let mut server = self.command(Host::Cn, &["iperf3", "-s", "-1"]);
        let mut server = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        sleep(Duration::from_millis(500)).await;
        let seconds = self.settings.transfer.to_string();
        let arguments = ["iperf3", "-6", "-f", "m", "-c", CORRESPONDENT, "-t", &seconds];
        let output = self.command(Host::Mn, &arguments).output().await?;
        // It ends with its one client; without one it is ended here.
        let _ = server.start_kill();
        server.wait().await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let received = text.lines().find(|line| line.ends_with("receiver"));
        let rate = received.and_then(|line| line.split("MBytes").nth(1));
        let rate = rate.map(|rate| rate.trim_end_matches("receiver").trim().to_owned());
        Ok(rate.filter(|rate| !rate.starts_with("0.00 ")))
    }

    /// Ends the mobile node. Returns whether it has ended in order.
    async fn end_mn(&mut self) -> io::Result<bool> {
        let Some(at) = self.daemons.iter().position(|(host, _)| *host == Host::Mn) else {
            return Ok(false);
        };
        let (_, mut child) = self.daemons.swap_remove(at);
        end(&mut child).await
    }

    async fn end_captures(&mut self) -> io::Result<()> {
        for mut capture in self.captures.drain(..) {
            end(&mut capture).await?;
        }
        Ok(())
    }

    /// Ends what runs, and deletes the namespaces with all that is in them.
    async fn take_down(&mut self) {
        let daemons = self.daemons.drain(..).map(|(_, child)| child);
        for mut child in daemons.chain(self.captures.drain(..)) {
            // What cannot be ended goes with its parent.
            let _ = end(&mut child).await;
        }
        for host in std::mem::take(&mut self.namespaces) {
            let _ = ip(&format!("netns del {}", self.namespace(host))).await;
        }
    }

    fn namespace(&self, host: Host) -> String {
        format!("{}-{}", self.prefix, host.name())
    }

    fn capture_of(&self, host: Host, device: &str) -> PathBuf {
        self.settings.directory.join(format!("{}-{device}.pcap", host.name()))
    }

    /// A command in the namespace of a host.
    fn command(&self, host: Host, arguments: &[&str]) -> Command {
        let mut command = Command::new("ip");
        let namespace = self.namespace(host);
        command.args(["netns", "exec", namespace.as_str()]).args(arguments);
        command.stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    async fn finish(&self, host: Host, arguments: &[&str]) -> io::Result<()> {
        let status = self.command(host, arguments).status().await?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other(format!("{arguments:?} fails on {}", host.name())))
        }
    }
}

/// Tells a process to end, and sees to it that it does. Returns whether it did in order.
async fn end(child: &mut Child) -> io::Result<bool> {
    if let Some(id) = child.id() {
        let id = id.to_string();
        Command::new("kill").args(["-TERM", id.as_str()]).status().await?;
    }
    match tokio::time::timeout(ENDING, child.wait()).await {
        Ok(status) => Ok(status?.success()),
        Err(_) => {
            child.kill().await?;
            Ok(false)
        }
    }
}

/// Runs `ip` with these arguments.
async fn ip(arguments: &str) -> io::Result<()> {
    crate::serve::host::ip(arguments).await
}

/// What the machine lacks for a lab, if it lacks something: what, and how to get it.
#[must_use]
pub fn lacks() -> Option<String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |program: &str| {
        let sbin = [PathBuf::from("/usr/sbin"), PathBuf::from("/sbin")];
        std::env::split_paths(&path).chain(sbin).any(|directory| directory.join(program).exists())
    };
    for (program, package) in [
        ("ip", "iproute2"),
        ("ping", "iputils-ping"),
        ("iperf3", "iperf3"),
        ("dumpcap", "wireshark-common"),
    ] {
        if !is_there(program) {
            return Some(format!("{program} is missing: apt-get install {package}"));
        }
    }
    if !Path::new("/dev/net/tun").exists() {
        return Some("/dev/net/tun is missing: modprobe tun".to_owned());
    }
    // Who may write here is root, in whatever user namespace.
    let may = fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt as _;
        own.uid() == 0
    });
    (!may).then(|| "network namespaces take root: sudo dsboot lab run".to_owned())
}
