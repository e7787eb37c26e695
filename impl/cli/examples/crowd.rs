//! Makes a large capture: many mobile nodes that bootstrap, move and leave at the same time, each in
//! a network of its own, in turn of every setup.
//!
//! ```sh
//! cargo run --release -p dsboot --example crowd -- 900 crowd.pcap crowd-keys.toml
//! ```
//!
//! The roles are those of `dsboot run`, on its sockets; their packets stand in the capture by the
//! time of the run's clock. The last argument is the probability with which a packet is lost.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fmt::Write as _};

use dsboot::decode::{Format, Piece, Pieces};
use dsboot_node::Probability;
use dsboot_node::capture::Capture;
use dsboot_node::story::{Outputs, Story};
use dsboot_node::world::people::{
    FOREIGN_HOME_KEY, FOREIGN_HOME_SPI, Faults, MOBILE, RADIUS_SECRET,
};
use dsboot_node::world::{Plan, Settings};
use dsboot_roles::Time;
use dsboot_spec::Setup;
use pcap_file::DataLink;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};

/// When the first begins: 2026-01-01 00:00:00 UTC.
const START: Duration = Duration::from_secs(1_767_225_600);

/// So much later begins the next.
const APART: Duration = Duration::from_millis(370);

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let (Some(mobiles), Some(file)) = (args.next(), args.next()) else {
        return Err("usage: crowd MOBILES FILE [KEYS [LOSS]]".into());
    };
    let mobiles: u16 = mobiles.parse()?;
    let (keys, loss) = (args.next(), args.next());
    let loss = loss.map_or(Ok(0.0), |loss| loss.parse())?;
    let loss = Probability::new(loss).ok_or("LOSS is from 0 to 1")?;
    let mut packets: Vec<(Duration, Vec<u8>)> = Vec::new();
    let part = PathBuf::from(format!("{file}.part"));
    for (number, setup) in (1..=mobiles).zip(Setup::ALL.into_iter().cycle()) {
        // A network is used again after everybody in it has left.
        let wave = u32::from((number - 1) / Plan::LIKES);
        let start = START + APART * u32::from(number) + Duration::from_secs(86_400) * wave;
        let of_one = run(setup, number, start, loss, &part)?;
        packets.extend(of_one.into_iter().map(|piece| (piece.time.unwrap_or(start), piece.octets)));
    }
    fs::remove_file(&part)?;
    packets.sort_by_key(|(time, _)| *time);
    save(&packets, Path::new(&file))?;
    if let Some(keys) = keys {
        fs::write(keys, keys_of(mobiles)?)?;
    }
    writeln!(std::io::stderr(), "{} packets of {mobiles} mobile nodes", packets.len())?;
    Ok(())
}

/// The packets of one mobile node.
fn run(
    setup: Setup,
    number: u16,
    start: Duration,
    loss: Probability,
    part: &Path,
) -> Result<Vec<Piece>, Box<dyn Error>> {
    let settings = Settings {
        setup,
        number,
        start: Time::from_unix_micros(u64::try_from(start.as_micros())?),
        seed: number.into(),
        loss,
        port_offset: None,
        faults: Faults::default(),
        clients: Vec::new(),
        radius: None,
    };
    let mut outputs = Outputs { capture: Some(Capture::create(part)?), trace: None };
    let mut story = Story::begin(&settings, None, &mut outputs)?;
    story.tell()?;
    let holds = story.end().holds;
    outputs.capture.map(Capture::finish).transpose()?;
    if !holds && loss == Probability::NEVER {
        return Err(format!("the run of mobile node {number} went wrong").into());
    }
    Ok(Pieces::open(Some(part), Format::Auto, false)?.collect::<Result<_, _>>()?)
}

fn save(packets: &[(Duration, Vec<u8>)], file: &Path) -> Result<(), Box<dyn Error>> {
    let header = PcapHeader { datalink: DataLink::RAW, ..PcapHeader::default() };
    let mut writer = PcapWriter::with_header(BufWriter::new(File::create(file)?), header)?;
    for (time, octets) in packets {
        writer.write_packet(&PcapPacket::new(*time, u32::try_from(octets.len())?, octets))?;
    }
    Ok(())
}

/// The file for `--keys`.
fn keys_of(mobiles: u16) -> Result<String, Box<dyn Error>> {
    let foreign = std::str::from_utf8(&FOREIGN_HOME_KEY)?;
    let mut text = format!(
        "[[radius]]\nsecret = \"{RADIUS_SECRET}\"\n\n[[mobile_ip]]\nspi = {FOREIGN_HOME_SPI}\n\
         key = \"{foreign}\"\nalgorithm = \"hmac-md5\"\n"
    );
    for nai in (1..=mobiles).map(|number| MOBILE.nai_at(number)) {
        for password in [MOBILE.home_password, MOBILE.visited_password] {
            write!(text, "\n[[password]]\nuser = \"{nai}\"\npassword = \"{password}\"\n")?;
        }
        write!(text, "\n[[mn_aaa]]\nnai = \"{nai}\"\nkey = \"{}\"\n", MOBILE.mn_aaa_key)?;
    }
    Ok(text)
}
