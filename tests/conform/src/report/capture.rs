//! A capture of a case as pcapng, with the keys that open it.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dsboot_codec::ip::udp;
use dsboot_spec::registry::ip::DEFAULT_TTL;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, Endianness};

use crate::Passed;

/// Timestamps count 10^-9 s.
const NANOSECONDS: u8 = 9;

/// Writes `ID.pcapng` and `ID.keys.toml`; the keys are also the comment of the capture's section.
///
/// # Errors
///
/// Why not, in words.
pub fn capture(
    directory: &Path,
    id: &str,
    passed: &[Passed],
    keys: &[String],
) -> Result<(), String> {
    let told = |error: &dyn std::fmt::Display| error.to_string();
    fs::create_dir_all(directory).map_err(|e| told(&e))?;
    let keys = keys.join("\n");
    fs::write(directory.join(format!("{id}.keys.toml")), &keys).map_err(|e| told(&e))?;
    let file = File::create(directory.join(format!("{id}.pcapng"))).map_err(|e| told(&e))?;
    let section = SectionHeaderBlock {
        endianness: Endianness::Little,
        options: vec![
            SectionHeaderOption::UserApplication(Cow::Borrowed("dsboot conform")),
            SectionHeaderOption::Comment(Cow::Owned(format!("{id}\n{keys}"))),
        ],
        ..SectionHeaderBlock::default()
    };
    let mut writer =
        PcapNgWriter::with_section_header(BufWriter::new(file), section).map_err(|e| told(&e))?;
    let interface = InterfaceDescriptionBlock {
        linktype: DataLink::RAW,
        snaplen: 0,
        options: vec![InterfaceDescriptionOption::IfTsResol(NANOSECONDS)],
    };
    writer.write_pcapng_block(interface).map_err(|e| told(&e))?;
    let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let last = passed.last().map_or(0, |one| one.at);
    for one in passed {
        let payload = one.payload();
        let packet = match (one.source, one.destination) {
            (Some(source), Some(destination)) => {
                udp::packet(source, destination, DEFAULT_TTL, &payload).map_err(|e| told(&e))?
            }
            _ if !payload.is_empty() => payload,
            _ => continue,
        };
        let comment = format!("{} to {}: {}", one.from, one.to, one.words);
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: began.saturating_sub(Duration::from_micros(last - one.at)),
            original_len: u32::try_from(packet.len()).unwrap_or(u32::MAX),
            data: Cow::Owned(packet),
            options: vec![EnhancedPacketOption::Comment(Cow::Owned(comment))],
        };
        writer.write_pcapng_block(block).map_err(|e| told(&e))?;
    }
    Ok(())
}
