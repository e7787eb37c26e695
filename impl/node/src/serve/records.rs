//! The form in which roles' records are kept: postcard's, of the types below.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4};

use dsboot_codec::dsb::Prefixed;
use dsboot_codec::mip4::Identification;
use dsboot_codec::mip6::{Sequence, Timestamp};
use dsboot_roles::fha::{self, Ipv6Parameters, TunnelEnd};
use dsboot_roles::{Association, LinkAddr, Nai, Secret, Time, aaa, fa, ha, mn, nas};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::store::Change;
use crate::world::Party;

/// Has a machine note what changes of what it keeps.
pub(crate) fn keep_journal(machine: &mut Party) {
    match machine {
        Party::Fha(fha) => fha.keep_journal(),
        Party::Aaa(aaa) => aaa.keep_journal(),
        Party::Ha(ha) => ha.keep_journal(),
        Party::Fa(fa) => fa.keep_journal(),
        Party::Nas(nas) => nas.keep_journal(),
        // A mobile node knows by itself what it has told last.
        Party::Mn(_) | Party::Cn(_) => {}
    }
}

/// What has changed since the last time.
pub(crate) fn changes(machine: &mut Party) -> Vec<Change> {
    match machine {
        Party::Fha(fha) => each(fha.take_changed(), |key| {
            (key_of(&FhaKey::of(key)), written(fha.record(key).as_ref().map(FhaRecord::of)))
        }),
        Party::Ha(ha) => each(ha.take_changed(), |key| {
            (key_of(&HaKey::of(key)), written(ha.record(key).as_ref().map(HaRecord::of)))
        }),
        Party::Aaa(aaa) => each(aaa.take_changed(), |key| {
            (key_of(&AaaKey::of(key)), written(aaa.record(key).as_ref().map(AaaRecord::of)))
        }),
        Party::Fa(fa) => each(fa.take_changed(), |key| {
            (key_of(&FaKey(key.home, key.fha)), written(fa.record(key).as_ref().map(FaRecord::of)))
        }),
        Party::Mn(mn) => each(mn.take_changed(), |numbers| {
            (key_of(&MnKey::Numbers), written(Some(MnRecord::of(numbers))))
        }),
        Party::Nas(nas) => each(nas.take_changed(), |address| {
            (key_of(&NasKey(*address)), written(nas.record(*address).as_ref().map(NasRecord::of)))
        }),
        Party::Cn(_) => Vec::new(),
    }
}

fn each<T>(changed: impl IntoIterator<Item = T>, change: impl Fn(&T) -> Change) -> Vec<Change> {
    changed.into_iter().map(|one| change(&one)).collect()
}

/// Hands a machine one of its records. `None` if it is none.
pub(crate) fn restore(machine: &mut Party, key: &[u8], record: &[u8]) -> Option<()> {
    match machine {
        Party::Fha(fha) => {
            let key: FhaKey = postcard::from_bytes(key).ok()?;
            let record: FhaRecord = postcard::from_bytes(record).ok()?;
            fha.restore(key.into_key()?, record.into_record()?);
        }
        Party::Ha(ha) => {
            let key: HaKey = postcard::from_bytes(key).ok()?;
            let record: HaRecord = postcard::from_bytes(record).ok()?;
            ha.restore(key.into_key()?, record.into_record()?);
        }
        Party::Aaa(aaa) => {
            let key: AaaKey = postcard::from_bytes(key).ok()?;
            let record: AaaRecord = postcard::from_bytes(record).ok()?;
            aaa.restore(key.into_key()?, record.into_record());
        }
        Party::Fa(fa) => {
            let FaKey(home, fha) = postcard::from_bytes(key).ok()?;
            let record: FaRecord = postcard::from_bytes(record).ok()?;
            fa.restore(fa::Key { home, fha }, record.into_record());
        }
        Party::Mn(mn) => {
            let MnKey::Numbers = postcard::from_bytes(key).ok()?;
            let record: MnRecord = postcard::from_bytes(record).ok()?;
            mn.restore(record.into_numbers());
        }
        Party::Nas(nas) => {
            let NasKey(address) = postcard::from_bytes(key).ok()?;
            let record: NasRecord = postcard::from_bytes(record).ok()?;
            nas.restore(address, record.into_record()?);
        }
        Party::Cn(_) => return None,
    }
    Some(())
}

fn key_of(key: &impl Serialize) -> Vec<u8> {
    // Writing to memory does not fail.
    postcard::to_stdvec(key).unwrap_or_default()
}

fn written(record: Option<impl Serialize>) -> Option<Zeroizing<Vec<u8>>> {
    postcard::to_stdvec(&record?).ok().map(Zeroizing::new)
}

#[derive(Serialize, Deserialize)]
enum FhaKey {
    Mn(Vec<u8>),
    Address(IpAddr),
}

impl FhaKey {
    fn of(key: &fha::Key) -> FhaKey {
        match key {
            fha::Key::Mn(nai) => FhaKey::Mn(nai.octets().to_vec()),
            fha::Key::Address(address) => FhaKey::Address(*address),
        }
    }

    fn into_key(self) -> Option<fha::Key> {
        match self {
            FhaKey::Mn(nai) => Nai::new(&nai).map(fha::Key::Mn),
            FhaKey::Address(address) => Some(fha::Key::Address(address)),
        }
    }
}

#[derive(Serialize, Deserialize)]
enum FhaRecord {
    Mn {
        binding: Option<Box<FhaBinding>>,
        /// Identification, association, and until when they are kept.
        mark: Option<(u64, Keys, u64)>,
    },
    /// Whose an address was, and until when it is kept.
    Address(Vec<u8>, u64),
}

#[derive(Serialize, Deserialize)]
struct FhaBinding {
    thoav4: Ipv4Addr,
    care_of: Ipv4Addr,
    /// The end of a UDP tunnel.
    udp: Option<SocketAddrV4>,
    home_address: Option<(Ipv6Addr, u8)>,
    home_agent: Option<Ipv6Addr>,
    ipv6_care_of: Option<(Ipv6Addr, u8)>,
    identification: u64,
    expires: u64,
    session_ends: u64,
    keys: Keys,
    request: [u8; 20],
    lifetime: u16,
    /// Nonce, AAA SPI, lifetime and replay method.
    told: Option<(Vec<u8>, u32, u32, u16)>,
}

/// A mobility security association.
#[derive(Serialize, Deserialize)]
struct Keys {
    mn_spi: u32,
    fha_spi: u32,
    key: Zeroizing<Vec<u8>>,
    algorithm: u16,
    expires: u64,
}

impl Keys {
    fn of(association: &Association) -> Keys {
        Keys {
            mn_spi: association.mn_spi,
            fha_spi: association.fha_spi,
            key: Zeroizing::new(association.key.octets().to_vec()),
            algorithm: association.algorithm,
            expires: association.expires.unix_micros(),
        }
    }

    fn into_association(self) -> Association {
        Association {
            mn_spi: self.mn_spi,
            fha_spi: self.fha_spi,
            key: Secret::new(self.key.to_vec()),
            algorithm: self.algorithm,
            expires: Time::from_unix_micros(self.expires),
        }
    }
}

impl FhaRecord {
    fn of(record: &fha::Record) -> FhaRecord {
        match record {
            fha::Record::Mn { binding, mark } => FhaRecord::Mn {
                binding: binding.as_deref().map(FhaBinding::of).map(Box::new),
                mark: mark.as_ref().map(|(mark, until)| {
                    (mark.identification.0, Keys::of(&mark.association), until.unix_micros())
                }),
            },
            fha::Record::Address(nai, until) => {
                FhaRecord::Address(nai.octets().to_vec(), until.unix_micros())
            }
        }
    }

    fn into_record(self) -> Option<fha::Record> {
        Some(match self {
            FhaRecord::Mn { binding, mark } => fha::Record::Mn {
                binding: binding.map(|binding| Box::new(binding.into_binding())),
                mark: mark.map(|(identification, keys, until)| {
                    let (identification, association) =
                        (Identification(identification), keys.into_association());
                    (fha::Mark { identification, association }, Time::from_unix_micros(until))
                }),
            },
            FhaRecord::Address(nai, until) => {
                fha::Record::Address(Nai::new(&nai)?, Time::from_unix_micros(until))
            }
        })
    }
}

impl FhaBinding {
    fn of(binding: &fha::Binding) -> FhaBinding {
        let Ipv6Parameters { home_address, home_agent, care_of_address } = binding.ipv6;
        FhaBinding {
            thoav4: binding.thoav4,
            care_of: binding.care_of_address,
            udp: match binding.tunnel {
                TunnelEnd::Ip => None,
                TunnelEnd::Udp(end) => Some(end),
            },
            home_address: home_address.map(split),
            home_agent,
            ipv6_care_of: care_of_address.map(split),
            identification: binding.identification.0,
            expires: binding.expires.unix_micros(),
            session_ends: binding.session_ends.unix_micros(),
            keys: Keys::of(&binding.association),
            request: binding.given.request,
            lifetime: binding.given.lifetime,
            told: binding
                .given
                .key
                .as_ref()
                .map(|key| (key.nonce.to_vec(), key.aaa_spi, key.lifetime, key.replay_method)),
        }
    }

    fn into_binding(self) -> fha::Binding {
        fha::Binding {
            thoav4: self.thoav4,
            care_of_address: self.care_of,
            tunnel: self.udp.map_or(TunnelEnd::Ip, TunnelEnd::Udp),
            ipv6: Ipv6Parameters {
                home_address: self.home_address.and_then(joined),
                home_agent: self.home_agent,
                care_of_address: self.ipv6_care_of.and_then(joined),
            },
            identification: Identification(self.identification),
            expires: Time::from_unix_micros(self.expires),
            session_ends: Time::from_unix_micros(self.session_ends),
            association: self.keys.into_association(),
            given: fha::Given {
                request: self.request,
                lifetime: self.lifetime,
                key: self.told.map(|(nonce, aaa_spi, lifetime, replay_method)| fha::KeyTold {
                    nonce: nonce.into(),
                    aaa_spi,
                    lifetime,
                    replay_method,
                }),
            },
        }
    }
}

fn split(prefixed: Prefixed<Ipv6Addr>) -> (Ipv6Addr, u8) {
    (prefixed.address(), prefixed.prefix_length())
}

fn joined((address, length): (Ipv6Addr, u8)) -> Option<Prefixed<Ipv6Addr>> {
    Prefixed::<Ipv6Addr>::new(address, length)
}

#[derive(Serialize, Deserialize)]
enum HaKey {
    Home(Ipv6Addr),
    Mark(Vec<u8>),
}

impl HaKey {
    fn of(key: &ha::Key) -> HaKey {
        match key {
            ha::Key::Home(home) => HaKey::Home(*home),
            ha::Key::Mark(nai) => HaKey::Mark(nai.octets().to_vec()),
        }
    }

    fn into_key(self) -> Option<ha::Key> {
        match self {
            HaKey::Home(home) => Some(ha::Key::Home(home)),
            HaKey::Mark(nai) => Nai::new(&nai).map(ha::Key::Mark),
        }
    }
}

#[derive(Serialize, Deserialize)]
enum HaRecord {
    Binding {
        nai: Vec<u8>,
        care_of: Ipv6Addr,
        sequence: u16,
        message_id: u64,
        expires: u64,
        spi: u32,
        key: Zeroizing<Vec<u8>>,
        key_expires: u64,
    },
    /// Mesg-ID, and until when it is kept.
    Mark(u64, u64),
}

impl HaRecord {
    fn of(record: &ha::Record) -> HaRecord {
        match record {
            ha::Record::Mark(message_id, until) => {
                HaRecord::Mark(message_id.0, until.unix_micros())
            }
            ha::Record::Binding(binding) => HaRecord::Binding {
                nai: binding.nai.octets().to_vec(),
                care_of: binding.care_of_address,
                sequence: binding.sequence.0,
                message_id: binding.message_id.0,
                expires: binding.expires.unix_micros(),
                spi: binding.association.spi,
                key: Zeroizing::new(binding.association.key.octets().to_vec()),
                key_expires: binding.association.expires.unix_micros(),
            },
        }
    }

    fn into_record(self) -> Option<ha::Record> {
        Some(match self {
            HaRecord::Mark(message_id, until) => {
                ha::Record::Mark(Timestamp(message_id), Time::from_unix_micros(until))
            }
            HaRecord::Binding {
                nai,
                care_of,
                sequence,
                message_id,
                expires,
                spi,
                key,
                key_expires,
            } => ha::Record::Binding(ha::HomeBinding {
                nai: Nai::new(&nai)?,
                care_of_address: care_of,
                sequence: Sequence(sequence),
                message_id: Timestamp(message_id),
                expires: Time::from_unix_micros(expires),
                association: ha::Association {
                    spi,
                    key: Secret::new(key.to_vec()),
                    expires: Time::from_unix_micros(key_expires),
                },
            }),
        })
    }
}

/// A user, and where.
#[derive(Serialize, Deserialize)]
enum AaaKey {
    Assignment(Vec<u8>, String),
    Lease(Vec<u8>, String),
}

impl AaaKey {
    fn of(key: &aaa::Key) -> AaaKey {
        match key {
            aaa::Key::Assignment(nai, fha) => {
                AaaKey::Assignment(nai.octets().to_vec(), fha.clone())
            }
            aaa::Key::Lease(nai, nas) => AaaKey::Lease(nai.octets().to_vec(), nas.clone()),
        }
    }

    fn into_key(self) -> Option<aaa::Key> {
        match self {
            AaaKey::Assignment(nai, fha) => Some(aaa::Key::Assignment(Nai::new(&nai)?, fha)),
            AaaKey::Lease(nai, nas) => Some(aaa::Key::Lease(Nai::new(&nai)?, nas)),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct AaaRecord {
    address: Ipv4Addr,
    ipv6_care_of: Option<(Ipv6Addr, u8)>,
    ends: u64,
    until: u64,
}

impl AaaRecord {
    fn of(record: &aaa::Record) -> AaaRecord {
        AaaRecord {
            address: record.address,
            ipv6_care_of: record.ipv6_coa.map(split),
            ends: record.ends.unix_micros(),
            until: record.until.unix_micros(),
        }
    }

    fn into_record(self) -> aaa::Record {
        aaa::Record {
            address: self.address,
            ipv6_coa: self.ipv6_care_of.and_then(joined),
            ends: Time::from_unix_micros(self.ends),
            until: Time::from_unix_micros(self.until),
        }
    }
}

/// A visitor's home address, and its FHA.
#[derive(Serialize, Deserialize)]
struct FaKey(Ipv4Addr, Ipv4Addr);

#[derive(Serialize, Deserialize)]
struct FaRecord {
    neighbour: Option<[u8; 6]>,
    source: SocketAddrV4,
    tunnelled: bool,
    udp: bool,
    fha: Ipv4Addr,
    identification: u64,
    ends: u64,
}

impl FaRecord {
    fn of(record: &fa::Record) -> FaRecord {
        let fa::Record { visitor, ends } = record;
        FaRecord {
            neighbour: visitor.station.neighbour.map(|address| address.0),
            source: visitor.station.source,
            tunnelled: visitor.tunnelled,
            udp: visitor.udp,
            fha: visitor.fha,
            identification: visitor.identification.0,
            ends: ends.unix_micros(),
        }
    }

    fn into_record(self) -> fa::Record {
        fa::Record {
            visitor: fa::Visitor {
                station: fa::Station {
                    neighbour: self.neighbour.map(LinkAddr),
                    source: self.source,
                },
                fha: self.fha,
                tunnelled: self.tunnelled,
                udp: self.udp,
                identification: Identification(self.identification),
            },
            ends: Time::from_unix_micros(self.ends),
        }
    }
}

/// An address of the NAS's own pool.
#[derive(Serialize, Deserialize)]
struct NasKey(Ipv4Addr);

/// Whose it is, and until when.
#[derive(Serialize, Deserialize)]
struct NasRecord(Vec<u8>, u64);

impl NasRecord {
    fn of(record: &nas::Record) -> NasRecord {
        NasRecord(record.nai.octets().to_vec(), record.until.unix_micros())
    }

    fn into_record(self) -> Option<nas::Record> {
        let NasRecord(nai, until) = self;
        Some(nas::Record { nai: Nai::new(&nai)?, until: Time::from_unix_micros(until) })
    }
}

#[derive(Serialize, Deserialize)]
enum MnKey {
    Numbers,
}

#[derive(Serialize, Deserialize)]
struct MnRecord {
    identification: Option<u64>,
    sequence: u16,
    message_id: Option<u64>,
}

impl MnRecord {
    fn of(numbers: &mn::Numbers) -> MnRecord {
        MnRecord {
            identification: numbers.identification.map(|identification| identification.0),
            sequence: numbers.sequence.0,
            message_id: numbers.message_id.map(|message_id| message_id.0),
        }
    }

    fn into_numbers(self) -> mn::Numbers {
        mn::Numbers {
            identification: self.identification.map(Identification),
            sequence: Sequence(self.sequence),
            message_id: self.message_id.map(Timestamp),
        }
    }
}

#[cfg(test)]
mod tests;
