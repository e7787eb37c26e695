//! A capture of everything sent, as pcapng: one interface for each link of the figure.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, Endianness, PcapError};

use crate::Error;
use crate::net::{Carries, Link, LinkId};
use crate::record::{Record, What};

/// Timestamps count 10^-9 s.
const NANOSECONDS: u8 = 9;

/// The `inbound` and `outbound` values of a packet's flags (pcapng §4.3.1).
const INBOUND: u32 = 1;
const OUTBOUND: u32 = 2;

/// A pcapng file that is being written.
///
/// Times are those of the run's clock. A packet stands on the interface of its link as its sender
/// sent it; one that was lost on the way carries the comment `lost`.
pub struct Capture<W: Write> {
    writer: PcapNgWriter<W>,
    path: PathBuf,
    /// The interface of the present net's first link.
    base: u32,
}

impl Capture<BufWriter<File>> {
    /// Creates the file, or replaces it.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Write { path: path.to_owned(), source };
        let file = File::create(path).map_err(failed)?;
        Capture::new(BufWriter::new(file), path)
    }
}

impl<W: Write> Capture<W> {
    /// Starts a capture; `path` is what errors call it.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn new(writer: W, path: &Path) -> Result<Self, Error> {
        // A fixed order of octets, so that the same run gives the same file everywhere.
        let section = SectionHeaderBlock {
            endianness: Endianness::Little,
            options: vec![SectionHeaderOption::UserApplication(Cow::Borrowed("dsboot run"))],
            ..SectionHeaderBlock::default()
        };
        let path = path.to_owned();
        match PcapNgWriter::with_section_header(writer, section) {
            Ok(writer) => Ok(Capture { writer, path, base: 0 }),
            Err(error) => Err(failed(path, error)),
        }
    }

    /// Declares the interfaces of a net; records that follow are about it. `about` stands before
    /// the name of each link.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn begin(&mut self, about: &str, links: &[Link]) -> Result<(), Error> {
        self.base = u32::try_from(self.writer.interfaces().len()).unwrap_or(u32::MAX);
        for link in links {
            let linktype = match link.carries {
                Carries::Ipv4 => DataLink::IPV4,
                Carries::Ipv6 => DataLink::IPV6,
            };
            let description = format!("{about}: {}", link.name);
            let interface = InterfaceDescriptionBlock {
                linktype,
                snaplen: 0,
                options: vec![
                    InterfaceDescriptionOption::IfName(Cow::Owned(link.name.clone())),
                    InterfaceDescriptionOption::IfDescription(Cow::Owned(description)),
                    InterfaceDescriptionOption::IfTsResol(NANOSECONDS),
                ],
            };
            let written = self.writer.write_pcapng_block(interface);
            written.map_err(|error| failed(self.path.clone(), error))?;
        }
        Ok(())
    }

    /// Writes what a record shows of a packet, if it shows one on a link. `comment` is added to
    /// the packet.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&mut self, record: &Record, comment: Option<&str>) -> Result<(), Error> {
        let mut options: Vec<EnhancedPacketOption<'_>> = Vec::new();
        options.extend(comment.map(|text| EnhancedPacketOption::Comment(Cow::Borrowed(text))));
        let (link, packet) = match &record.what {
            What::Sent { link, packet, lost, .. } => {
                if *lost {
                    options.push(EnhancedPacketOption::Comment(Cow::Borrowed("lost")));
                }
                (*link, packet)
            }
            What::Foreign { link: Some(link), packet, inbound, .. } => {
                let direction = if *inbound { INBOUND } else { OUTBOUND };
                options.push(EnhancedPacketOption::Flags(direction));
                (*link, packet)
            }
            _ => return Ok(()),
        };
        let block = EnhancedPacketBlock {
            interface_id: self.interface(link),
            timestamp: Duration::from_micros(record.at.unix_micros()),
            original_len: u32::try_from(packet.len()).unwrap_or(u32::MAX),
            data: Cow::Borrowed(packet),
            options,
        };
        let written = self.writer.write_pcapng_block(block);
        written.map(|_| ()).map_err(|error| failed(self.path.clone(), error))
    }

    /// Writes out what is still held back, and gives the writer back.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn finish(self) -> Result<W, Error> {
        let Capture { writer, path, .. } = self;
        let mut writer = writer.into_inner();
        writer.flush().map_err(|source| Error::Write { path, source })?;
        Ok(writer)
    }

    fn interface(&self, link: LinkId) -> u32 {
        u32::try_from(link.index()).unwrap_or(u32::MAX).saturating_add(self.base)
    }
}

fn failed(path: PathBuf, error: PcapError) -> Error {
    let source = match error {
        PcapError::IoError(source) => source,
        other => io::Error::other(other),
    };
    Error::Write { path, source }
}

#[cfg(test)]
mod tests {
    use dsboot_roles::Time;
    use pcap_file::pcapng::{Block, PcapNgReader};

    use super::*;
    use crate::Carrier;
    use crate::net::{HostId, Net, Settings};

    /// A machine that is not there.
    struct Nobody;

    impl dsboot_roles::Machine for Nobody {
        fn handle(
            &mut self,
            _: Time,
            _: &mut dyn dsboot_roles::Random,
            _: dsboot_roles::Input<'_>,
        ) -> dsboot_roles::Effects {
            dsboot_roles::Effects::new()
        }

        fn poll_timeout(&self) -> Option<Time> {
            None
        }
    }

    fn link(name: &str, ends: [HostId; 2], carries: Carries) -> Link {
        Link {
            name: name.to_owned(),
            ends,
            latency: Duration::ZERO,
            carries,
            is_local: false,
            is_up: true,
        }
    }

    #[test]
    fn packets_stand_on_their_links_interface_with_the_runs_time() {
        let start = Time::from_unix_micros(1_700_000_000_000_000);
        let network = crate::net::Prefix::v4([127, 197, 0, 0].into(), 16);
        let ports = crate::Ports::REAL;
        let loss = crate::Probability::NEVER;
        let mut net: Net<Nobody> =
            Net::new(Settings { start, seed: 0, loss, ports, network }).unwrap();
        let hosts = [1, 2].map(|i| net.add_host("H", [127, 197, 255, i].into()).unwrap());
        let four = net.add_link(link("four", hosts, Carries::Ipv4));
        let six = net.add_link(link("six", hosts, Carries::Ipv6));

        let mut capture = Capture::new(Vec::new(), Path::new("test")).unwrap();
        let [from, to] = hosts;
        for (round, about) in ["first", "second"].into_iter().enumerate() {
            capture.begin(about, net.links()).unwrap();
            for (link, lost) in [(six, false), (four, true)] {
                let packet = vec![u8::try_from(round).unwrap()];
                let carrier = Carrier::Frame;
                let what = What::Sent { link, from, to, carrier, lost, packet };
                capture.write(&Record { at: start, what }, Some("note")).unwrap();
            }
        }
        let file = capture.finish().unwrap();

        let mut reader = PcapNgReader::new(&file[..]).unwrap();
        let mut interfaces = Vec::new();
        let mut packets = Vec::new();
        while let Some(block) = reader.next_block() {
            match block.unwrap() {
                Block::InterfaceDescription(i) => interfaces.push(i.linktype),
                Block::EnhancedPacket(p) => {
                    let comments: Vec<_> = p.options.iter().map(|o| format!("{o:?}")).collect();
                    packets.push((p.interface_id, p.timestamp, p.data.to_vec(), comments.concat()));
                }
                _ => {}
            }
        }
        assert_eq!(interfaces, [DataLink::IPV4, DataLink::IPV6, DataLink::IPV4, DataLink::IPV6]);
        let at = Duration::from_secs(1_700_000_000);
        let note = r#"Comment("note")"#.to_owned();
        let lost = r#"Comment("note")Comment("lost")"#.to_owned();
        assert_eq!(
            packets,
            [
                (1, at, vec![0], note.clone()),
                (0, at, vec![0], lost.clone()),
                (3, at, vec![1], note),
                (2, at, vec![1], lost),
            ]
        );
    }
}
