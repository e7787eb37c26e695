use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use clap::Args;
use dsboot_node::Probability;
use dsboot_node::story::inject::{INJECTIONS, Injection};

use crate::ladder::LadderArgs;
use crate::setups::SetupArgs;

/// Run the real roles on real sockets of this machine: bootstrap, traffic, refresh, movement,
/// release
///
/// Every role is a host of its own on a loopback address of its own (impl/node/README.md has the
/// table). Nothing needs a privilege: where the protocols' own ports may not be bound, all of them
/// are moved up by 20000. The clock is virtual; the same seed gives the same octets.
#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// Which scenarios.
    #[command(flatten)]
    pub setups: SetupArgs,

    /// Write all packets to a pcapng file, one interface for each link of the figures.
    #[arg(long, value_name = "FILE")]
    pub pcap: Option<PathBuf>,

    /// Write everything that happens to a file, one JSON object a line (schemas/trace.schema.json).
    #[arg(long, value_name = "FILE")]
    pub trace: Option<PathBuf>,

    /// How ladders are drawn, and where to.
    #[command(flatten)]
    pub ladder: LadderArgs,

    /// Seed of everything random.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Probability with which each transmission is lost, from 0 to 0.9.
    #[arg(long, value_name = "P", default_value = "0", value_parser = loss)]
    pub loss: Probability,

    /// Write the result as JSON (schemas/run.schema.json) to standard output.
    #[arg(long)]
    pub json: bool,

    /// Let something go wrong on purpose, and see whether what must come of it comes of it.
    #[arg(long, value_name = "NAME", value_parser = injection)]
    pub inject: Option<&'static Injection>,

    /// List what can go wrong on purpose.
    #[arg(long)]
    pub list_injections: bool,

    /// Move the ports 434, 716 and 1812 up by N; 0 insists on the real ones.
    #[arg(long, value_name = "N")]
    pub port_offset: Option<u16>,

    /// Have the NAS ask somebody else's RADIUS server in step 2.
    #[arg(long, value_name = "ADDR:PORT")]
    pub radius: Option<SocketAddr>,

    /// File with that server's secret; without it, the variable DSBOOT_RADIUS_SECRET is taken.
    #[arg(long, value_name = "FILE", requires = "radius")]
    pub radius_secret: Option<PathBuf>,

    /// Let RADIUS clients at this address ask the AAA servers, in the place of any client.
    #[arg(long, value_name = "ADDR")]
    pub radius_client: Vec<Ipv4Addr>,

    /// Go on for so many seconds in real time, so that others can talk to the hosts.
    #[arg(long, value_name = "SECONDS")]
    pub hold: Option<u64>,
}

fn loss(value: &str) -> Result<Probability, String> {
    let wanted = value.parse::<f64>().ok().filter(|p| *p <= MAX_LOSS);
    wanted.and_then(Probability::new).ok_or_else(|| format!("a number from 0 to {MAX_LOSS}"))
}

/// With more loss than that nothing comes to its end in the time that a run waits.
const MAX_LOSS: f64 = 0.9;

fn injection(name: &str) -> Result<&'static Injection, String> {
    Injection::named(name).ok_or_else(|| {
        let names = INJECTIONS.map(|injection| injection.name);
        format!("what can go wrong is {}", names.join(", "))
    })
}
