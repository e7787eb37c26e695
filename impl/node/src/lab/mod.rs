//! The hosts of a figure in network namespaces of this machine: a daemon each, captures on every
//! link, and real IPv6 traffic through the IPv4 access network.

mod carried;
mod files;
mod machine;
mod standing;
mod topology;
mod traces;

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use dsboot_spec::{CareOf, Setup};
use tokio::process::{Child, Command};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

pub use carried::Carried;

use files::SECRETS;
use machine::is_in_user_namespace;
pub use machine::{enter_user_namespace, is_root, lacks};
pub use standing::{down, up};
use topology::{COMMON, CORRESPONDENT, HOME_ADDRESS, Host, LINKS, SETTINGS, hosts};

use crate::export::freeradius::Database;
use crate::serve::Builder;
use crate::serve::config::Tunnel;

/// How long a bootstrap may take.
const BOOTSTRAP: Duration = Duration::from_secs(30);

/// How fast TCP is where everything is written down, in iperf3's words.
const TRACED_RATE: &str = "2M";

/// What a mobile node logs when it is registered.
const REGISTERED: &str = "\"mn.registered\"";

/// How long something is waited for before it is looked at again.
const GLANCE: Duration = Duration::from_millis(20);

/// How long a daemon may take to end.
const ENDING: Duration = Duration::from_secs(15);

/// What a lab is to be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which figure.
    pub setup: Setup,
    /// The form of the mobile node's own tunnels.
    pub tunnel: Tunnel,
    /// Which AAA servers there are.
    pub servers: Servers,
    /// The dsboot command.
    pub program: PathBuf,
    /// Where configurations, logs and captures go; they stay there.
    pub directory: PathBuf,
    /// For how many seconds TCP is transferred, with a movement in the middle; 0: not at all.
    pub transfer: u32,
    /// Whether every daemon of ours writes a trace, beside its log, and all of them are made one,
    /// `trace.ndjson`. TCP is slow then, as every packet is written down.
    pub is_traced: bool,
}

/// Which AAA servers a lab has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Servers {
    /// `dsboot serve`.
    Embedded,
    /// FreeRADIUS, as `dsboot export freeradius` configures it.
    FreeRadius,
}

impl Servers {
    /// Their name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Servers::Embedded => "embedded",
            Servers::FreeRadius => "freeradius",
        }
    }
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
    /// A lab stands in the directory that another one is to stand in.
    #[error("a lab stands in {} already: dsboot lab down ends it", .0.display())]
    Stands(PathBuf),
    /// No lab stands in a directory.
    #[error("no lab stands in {}: dsboot lab up builds one; --directory says where", .0.display())]
    NoneStands(PathBuf),
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
        let ended = until_interrupted(lab.tell(out)).await;
        lab.take_down().await;
        if settings.is_traced && ended.is_ok() {
            traces::merge(&settings.directory)?;
        }
        ended
    })
}

/// Does something until it is done, or SIGINT or SIGTERM comes.
async fn until_interrupted(work: impl Future<Output = io::Result<bool>>) -> Result<bool, LabError> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        // A signal of the terminal ends what the work has started too, which is none of its failures.
        biased;
        _ = interrupt.recv() => Err(LabError::Interrupted),
        _ = terminate.recv() => Err(LabError::Interrupted),
        ended = work => ended.map_err(LabError::from),
    }
}

struct Lab<'a> {
    settings: &'a Settings,
    /// Whether its daemons go on when this process has ended.
    stays: bool,
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
        Lab { settings, stays: false, prefix, namespaces, daemons, captures }
    }

    async fn tell(&mut self, out: &mut dyn Write) -> io::Result<bool> {
        let setup = self.settings.setup;
        let scenario = setup.scenario();
        let mut verdicts = Verdicts { out, hold: true };
        self.build().await?;
        let count = hosts(scenario).filter(|host| *host != Host::Core).count();
        writeln!(
            verdicts.out,
            "{setup}: {count} hosts in network namespaces, {}, AAA {}\n",
            if is_in_user_namespace() { "in a user namespace" } else { "as root" },
            self.settings.servers.name()
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
            self.transfer_and_move(verdicts).await?;
        }
        Ok(())
    }

    fn tell_links(&self, verdicts: &mut Verdicts<'_>) -> io::Result<()> {
        writeln!(
            verdicts.out,
            "\n  {:<10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}",
            "link", "UDP", "4-in-4", "6-in-4", "other v4", "ARP", "IPv6"
        )?;
        let mut clean = true;
        let mut through = Vec::new();
        for (link, host, device) in LINKS {
            let carried = Carried::read(&self.capture_of(host, device))?;
            let Carried { udp, ipv4_in_ipv4, ipv6_in_ipv4, other_ipv4, arp, ipv6, .. } = carried;
            writeln!(
                verdicts.out,
                "  {link:<10} {udp:>8} {ipv4_in_ipv4:>8} {ipv6_in_ipv4:>8} {other_ipv4:>8} {arp:>8} \
                 {ipv6:>8}"
            )?;
            clean &= !(matches!(host, Host::Ha) && carried.has_ipv4());
            through.push((host, device, carried));
        }
        writeln!(verdicts.out)?;
        verdicts.say(clean, "no IPv4 reached HA or CN")?;
        self.tell_form(&through, verdicts)
    }

    /// Whether access network and core carried the packets in the form that they should have.
    fn tell_form(
        &self,
        links: &[(Host, &str, Carried)],
        verdicts: &mut Verdicts<'_>,
    ) -> io::Result<()> {
        let Settings { setup, tunnel, transfer, .. } = self.settings;
        let is_agents = setup.care_of() == CareOf::ForeignAgent;
        // A few more are bootstrap and release; that many packets only IPv6 makes.
        let many = |count: u64| count >= 20;
        let mut holds = true;
        for (host, device, carried) in links {
            if !(*host == Host::Nas || (*host == Host::Nas2 && *transfer > 0)) {
                continue;
            }
            let Carried { udp, ipv4_in_ipv4, ipv6_in_ipv4, .. } = *carried;
            holds &= match (is_agents, *device, tunnel) {
                (true, "access", _) => many(ipv6_in_ipv4) && ipv4_in_ipv4 == 0,
                (true, ..) | (false, _, Tunnel::Ip) => many(ipv4_in_ipv4) && ipv6_in_ipv4 == 0,
                (false, _, Tunnel::Udp) => many(udp) && ipv4_in_ipv4 + ipv6_in_ipv4 == 0,
            };
        }
        let what = match (is_agents, tunnel) {
            (true, _) => "IPv6 went in IPv4 to the FA, and in IPv4 in IPv4 from there to the FHA",
            (false, Tunnel::Ip) => "IPv6 went in IPv4 in IPv4 from the MN to the FHA",
            (false, Tunnel::Udp) => "IPv6 went in IPv4 in UDP from the MN to the FHA",
        };
        verdicts.say(holds, what)
    }

    /// Builds namespaces, links, addresses and configurations.
    async fn build(&mut self) -> io::Result<()> {
        let Settings { setup, tunnel, .. } = self.settings;
        let scenario = setup.scenario();
        fs::create_dir_all(&self.settings.directory)?;
        // Daemons go on at the end of their traces.
        traces::delete(&self.settings.directory)?;
        let files = files::configurations(*setup, *tunnel);
        let secrets = SECRETS.map(|(name, secret)| (name.to_owned(), secret.to_owned()));
        for (name, text) in files.into_iter().chain(secrets) {
            fs::write(self.settings.directory.join(name), text)?;
        }
        for host in hosts(scenario) {
            ip(&format!("netns add {}", self.namespace(host))).await?;
            self.namespaces.push(host);
        }
        let common = hosts(scenario).map(|host| (host, COMMON.0, COMMON.1));
        for (host, path, value) in common.chain(SETTINGS) {
            let set = format!("echo {value} > /proc/sys/{path}");
            self.finish(host, &["sh", "-c", &set]).await?;
        }
        for (host, step) in topology::links(*setup, |host| self.namespace(host)) {
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
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Starts the daemon of a host, and waits until it is ready.
    async fn start(&mut self, host: Host) -> io::Result<()> {
        let log = self.settings.directory.join(format!("{}.log", host.name()));
        let is_aaa = matches!(host, Host::Aaaf | Host::Aaah);
        let arguments = match self.settings.servers {
            Servers::FreeRadius if is_aaa => self.freeradius(host)?,
            _ => self.daemon(host),
        };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = self.command(host, &arguments);
        let out = fs::File::create(&log)?;
        command.env("DSBOOT_LOG", "debug").stdout(out.try_clone()?).stderr(out);
        self.daemons.push((host, command.spawn()?));
        let start = Instant::now();
        // "ready", and "Ready to process requests".
        while !fs::read_to_string(&log)?.contains("eady") {
            if start.elapsed() > BOOTSTRAP {
                let said = fs::read_to_string(&log)?;
                return Err(io::Error::other(format!("{} does not begin: {said}", host.name())));
            }
            sleep(GLANCE).await;
        }
        Ok(())
    }

    /// How a host's `dsboot serve` is started.
    fn daemon(&self, host: Host) -> Vec<String> {
        let Settings { program, directory, is_traced, .. } = self.settings;
        let mut arguments = vec![program.clone(), "serve".into(), self.config_of(host)];
        if *is_traced {
            arguments.extend(["--trace".into(), traces::trace_of(directory, host.name())]);
        }
        arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned()).collect()
    }

    /// Configures FreeRADIUS as the AAA server of a host. Returns how it is started.
    fn freeradius(&self, host: Host) -> io::Result<Vec<String>> {
        let directory =
            self.settings.directory.canonicalize()?.join(format!("{}-raddb", host.name()));
        fs::create_dir_all(&directory)?;
        // What an earlier lab assigned is no concern of this one.
        match fs::remove_file(directory.join("pools.sqlite")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let files = Builder::read(&self.config_of(host))
            .and_then(|b| b.freeradius(&directory, &Database::Sqlite));
        for file in files.map_err(io::Error::other)? {
            file.write(&directory)?;
        }
        let directory = directory.to_string_lossy().into_owned();
        let command = ["freeradius", "-f", "-l", "stdout", "-d", &directory];
        Ok(command.map(str::to_owned).to_vec())
    }

    fn config_of(&self, host: Host) -> PathBuf {
        self.settings.directory.join(format!("{}.toml", host.name()))
    }

    /// Waits until the mobile node is bound at its home agent.
    async fn bootstrapped(&self) -> io::Result<bool> {
        self.wait_for_log(Host::Mn, "mn.binding.acknowledged", 1).await
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

    /// A TCP transfer, in the middle of which the mobile node moves to the other access network.
    async fn transfer_and_move(&self, verdicts: &mut Verdicts<'_>) -> io::Result<()> {
        let mut server = self.command(Host::Cn, &["iperf3", "-s", "-1"]);
        let mut server = server.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        sleep(Duration::from_millis(500)).await;
        let seconds = self.settings.transfer.to_string();
        let arguments = ["iperf3", "-6", "-f", "m", "-c", CORRESPONDENT, "-t", &seconds];
        let slow = ["-b", TRACED_RATE].into_iter().filter(|_| self.settings.is_traced);
        let arguments: Vec<&str> = arguments.into_iter().chain(slow).collect();
        let mut client = self.command(Host::Mn, &arguments);
        let client = client.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        sleep(Duration::from_secs(self.settings.transfer.into()) / 2).await;
        let start = Instant::now();
        let registered = self.logged(Host::Mn, REGISTERED)?;
        self.signal(Host::Mn, "USR1").await?;
        let moved = self.wait_for_log(Host::Mn, REGISTERED, registered + 1).await?;
        let took = start.elapsed().as_secs_f64();
        let what =
            format!("MN moves to NAS2 during TCP, and is registered there after {took:.1} s");
        verdicts.say(moved, &what)?;
        let output = client.wait_with_output().await?;
        // It ends with its one client; without one it is ended here.
        let _ = server.start_kill();
        server.wait().await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let rates: Vec<f64> = text.lines().filter_map(rate_of_second).collect();
        let after = took.ceil() + f64::from(self.settings.transfer) / 2.0;
        let before = rates.first().copied().unwrap_or_default();
        let last = rates.last().copied().unwrap_or_default();
        let what = format!("TCP from MN to CN goes on: {before} Mbit/s at first, {last} at last");
        let held = output.status.success() && before > 0.0 && last > 0.0;
        if f64::from(self.settings.transfer) < after {
            return writeln!(verdicts.out, "  (the transfer was too short to go on after it)");
        }
        verdicts.say(held, &what)
    }

    /// How often something stands in a host's log.
    fn logged(&self, host: Host, what: &str) -> io::Result<usize> {
        let log = self.settings.directory.join(format!("{}.log", host.name()));
        Ok(fs::read_to_string(log)?.matches(what).count())
    }

    async fn wait_for_log(&self, host: Host, what: &str, times: usize) -> io::Result<bool> {
        let start = Instant::now();
        while start.elapsed() < BOOTSTRAP {
            if self.logged(host, what)? >= times {
                return Ok(true);
            }
            sleep(GLANCE).await;
        }
        Ok(false)
    }

    /// Sends a signal to a host's daemon.
    async fn signal(&self, host: Host, name: &str) -> io::Result<()> {
        let daemon = self.daemons.iter().find(|(of, _)| *of == host);
        if let Some(id) = daemon.and_then(|(_, child)| child.id()) {
            Command::new("kill").args(["-s", name, &id.to_string()]).status().await?;
        }
        Ok(())
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
        command.stdin(Stdio::null()).kill_on_drop(!self.stays);
        if self.stays {
            // A terminal's signals are for the command that has started it.
            command.process_group(0);
        }
        command
    }

    async fn finish(&self, host: Host, arguments: &[&str]) -> io::Result<()> {
        let status = self.command(host, arguments).status().await?;
        if status.success() {
            Ok(())
        } else {
            let command = arguments.join(" ");
            Err(io::Error::other(format!("`{command}` fails on the host {}", host.name())))
        }
    }
}

/// The rate in a line of iperf3 about a single second, in Mbit/s.
fn rate_of_second(line: &str) -> Option<f64> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "Mbits/sec")?;
    let is_total = ["sender", "receiver"].contains(words.last()?);
    if is_total { None } else { words.get(at.checked_sub(1)?)?.parse().ok() }
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
