//! `dsboot load`: many mobile nodes at once.

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use dsboot_node::load::{
    Leg, Legs, LoadError, Mobile, Registrations, Report, Settings, Subject, Updates, Way,
    care_of_addresses, drive,
};
use dsboot_node::serve::{Builder, ConfigError};

use crate::Exit;

/// Put load on a running server, with correct cryptography, and say what it bore
///
/// Rate, latencies, refusals, and what nobody answered. It fails when anything was refused or lost.
/// Users, keys and secrets are those of the servers' own configurations, which must be at hand.
#[derive(Clone, Debug, Args)]
pub struct LoadArgs {
    /// On what.
    #[command(subcommand)]
    pub on: On,
}

/// The servers that load can be put on.
#[derive(Clone, Debug, Subcommand)]
pub enum On {
    /// Ask an AAA server about its users in turn: `dsboot serve`, or FreeRADIUS with the
    /// configuration that was exported of the same file
    Aaa(AaaArgs),
    /// Register mobile nodes with an FHA in turn, each time so that it has to ask its AAA server
    Fha(FhaArgs),
    /// Have mobile nodes bind at a home agent again and again, each time so that it has to ask its AAA
    /// server
    ///
    /// Binding updates and acknowledgements go through a TUN device, which is made for as long as this
    /// runs; it takes CAP_NET_ADMIN and a host that forwards IPv6, such as a network namespace in which
    /// the home agent runs too. The AAA server is asked first for the care-of addresses, as an FHA
    /// does.
    Ha(HaArgs),
}

/// How much.
#[derive(Clone, Debug, Args)]
pub struct HowMuch {
    /// How many exchanges.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub count: u64,

    /// How many are under way at a time.
    #[arg(long, value_name = "N", default_value_t = 32)]
    pub window: usize,

    /// How many are begun a second at the most.
    #[arg(long, value_name = "N")]
    pub rate: Option<u32>,

    /// How many wrong, truncated and repeated datagrams are sent beside them a second.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub flood: u32,

    /// How often a request is sent, a second apart, before it counts as lost.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub tries: u32,

    /// The address to send from, which the server must know.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1")]
    pub local: Ipv4Addr,

    /// Write the result as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Load on an AAA server.
#[derive(Clone, Debug, Args)]
pub struct AaaArgs {
    /// The AAA server's configuration.
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,

    /// What it is asked about: access (EAP-MD5, two rounds) or mobility (step 5).
    #[arg(long, value_enum, default_value_t = LegArg::Mobility)]
    pub leg: LegArg,

    /// Where it hears, if not where its configuration says.
    #[arg(long, value_name = "ADDR:PORT")]
    pub target: Option<SocketAddr>,

    /// How much.
    #[command(flatten)]
    pub how_much: HowMuch,
}

/// What an AAA server is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LegArg {
    /// Step 2.
    Access,
    /// Step 5.
    Mobility,
}

/// Load on an FHA.
#[derive(Clone, Debug, Args)]
pub struct FhaArgs {
    /// The FHA's configuration.
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,

    /// The configuration of the AAA server that it asks: whose users are registered.
    #[arg(long, value_name = "AAA-CONFIG")]
    pub users: PathBuf,

    /// How much.
    #[command(flatten)]
    pub how_much: HowMuch,
}

/// Load on a home agent.
#[derive(Clone, Debug, Args)]
pub struct HaArgs {
    /// The home agent's configuration.
    #[arg(value_name = "CONFIG")]
    pub config: PathBuf,

    /// The configuration of the AAA server that it asks, which must know an FHA at the address that
    /// is sent from.
    #[arg(long, value_name = "AAA-CONFIG")]
    pub users: PathBuf,

    /// The TUN device to be made.
    #[arg(long, value_name = "NAME", default_value = "dsb-load")]
    pub tun: String,

    /// How much.
    #[command(flatten)]
    pub how_much: HowMuch,
}

/// What keeps load from being made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The host does not let it.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The result cannot be written.
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
}

impl Error {
    /// The exit status that goes with it.
    #[must_use]
    pub const fn exit(&self) -> Exit {
        match self {
            Error::Load(_) => Exit::Environment,
            _ => Exit::Usage,
        }
    }
}

/// Does what `args` say. Returns whether everything was answered as it should be.
///
/// # Errors
///
/// When a configuration cannot be used, or the host does not let it.
pub fn run(args: &LoadArgs, out: &mut dyn Write) -> Result<bool, Error> {
    match &args.on {
        On::Aaa(aaa) => {
            let leg = match aaa.leg {
                LegArg::Access => Leg::Access,
                LegArg::Mobility => Leg::Mobility,
            };
            let local = IpAddr::V4(aaa.how_much.local);
            let plan = Builder::read(&aaa.config)?.load_on_aaa(local, leg)?;
            let mut subject = Legs::new(plan.asker, leg, plan.users, plan.prefix);
            let way = Way::udp(local, aaa.target.unwrap_or(plan.target));
            make(&aaa.how_much, way, &mut subject, out)
        }
        On::Fha(fha) => {
            let users = Builder::read(&fha.users)?.users()?;
            let (address, port) = Builder::read(&fha.config)?.fha_address()?;
            let care_of = fha.how_much.local;
            let mobiles = users.into_iter().map(|user| Mobile::new(user, address, care_of));
            let mut subject = Registrations::new(mobiles.collect(), LIFETIME);
            let way = Way::udp(care_of.into(), (address, port).into());
            make(&fha.how_much, way, &mut subject, out)
        }
        On::Ha(ha) => {
            let home_agent = Builder::read(&ha.config)?.ha_address()?;
            let local = IpAddr::V4(ha.how_much.local);
            let plan = Builder::read(&ha.users)?.load_on_aaa(local, Leg::Mobility)?;
            let prefix = plan.prefix;
            let mobiles = care_of_addresses(local, plan)?;
            let way = Way::tun(&ha.tun, prefix)?;
            make(&ha.how_much, way, &mut Updates::new(home_agent, mobiles), out)
        }
    }
}

/// What a mobile node asks for, in seconds.
const LIFETIME: u16 = 600;

fn make(
    how_much: &HowMuch,
    way: Way,
    subject: &mut dyn Subject,
    out: &mut dyn Write,
) -> Result<bool, Error> {
    let settings = Settings {
        way,
        count: how_much.count,
        window: how_much.window,
        rate: how_much.rate,
        patience: Duration::from_secs(1),
        tries: how_much.tries,
        flood: how_much.flood,
    };
    let report = drive(&settings, subject)?;
    if how_much.json {
        serde_json::to_writer(&mut *out, &report).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        tell(&report, out)?;
    }
    Ok(report.done == report.begun)
}

fn tell(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Report { begun, done, repeated, lost, flood, seconds, rate, microseconds, .. } = report;
    let [half, most, nearly_all, all_but_some] = microseconds;
    writeln!(out, "{done} of {begun} done in {seconds:.2} s: {rate:.0} a second")?;
    writeln!(
        out,
        "latency in microseconds: 50 % {half}, 90 % {most}, 99 % {nearly_all}, 99.9 % {all_but_some}"
    )?;
    for (why, times) in &report.refused {
        writeln!(out, "refused, {why}: {times}")?;
    }
    writeln!(out, "sent once more: {repeated}; lost: {lost}; wrong ones beside: {flood}")
}
