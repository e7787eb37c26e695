//! What is written from the registry for FreeRADIUS and for Wireshark, in these programs.

use std::collections::BTreeMap;
use std::fs;

use dsboot_codec::ip::udp;
use dsboot_codec::mip4::Message;
use dsboot_codec::tree::{Options, Protocol, Tree};
use dsboot_node::Ports;
use dsboot_spec::dictionary;
use dsboot_spec::registry::dsb::{DEFAULT_VENDOR_ID, parameter};
use dsboot_tests::freeradius;
use dsboot_tests::tshark::{self, Tshark};

use crate::capture::{directory, runs};

#[test]
fn freeradius_loads_the_dictionary() {
    for vendor in [DEFAULT_VENDOR_ID, 61_000] {
        let kept = tempfile::tempdir().unwrap();
        let text = dictionary::freeradius(vendor);
        let Some(said) = freeradius::check(kept.path(), &text).unwrap() else { return };
        assert!(said.status.success(), "{said:?}");
        assert!(said.out.contains("Configuration appears to be OK"), "{said:?}");
        // And it does look.
        let wrong = text.replace("ipaddr", "telephone");
        let said = freeradius::check(kept.path(), &wrong).unwrap().unwrap();
        assert!(!said.status.success(), "{said:?}");
    }
}

/// tshark with the dissector.
fn with_dissector() -> Option<Tshark> {
    let script = directory().join("dsboot.lua");
    fs::write(&script, dictionary::wireshark(DEFAULT_VENDOR_ID)).unwrap();
    // The dissector knows the ports of Mobile IPv4 itself.
    let options = Ports::with_offset(20_000).unwrap().tshark_options();
    let mut options: Vec<String> =
        options.into_iter().filter(|option| !option.ends_with(",mip")).collect();
    assert_eq!(options.len(), 2);
    options.push(format!("-X lua_script:{}", script.display()));
    Some(Tshark::find()?.with(&options))
}

#[test]
fn tshark_reads_whole_runs_with_nothing_malformed() {
    let Some(tshark) = with_dissector() else { return };
    let file = &runs().file;
    let malformed = tshark.fields(file, "_ws.malformed || _ws.lua.error", &["frame.number"]);
    assert_eq!(malformed.unwrap(), Vec::<Vec<Vec<String>>>::new());

    // Every extension of every message is the one that our decoder sees.
    let packets = tshark.json(file, "dsboot_mip").unwrap();
    let seen = tshark.fields(file, "dsboot_mip", &["dsboot_mip.extension"]).unwrap();
    assert_eq!(packets.len(), seen.len());
    let mut count = 0;
    for (packet, row) in packets.iter().zip(&seen) {
        let packet = tshark::octets(packet).unwrap();
        let datagram = udp::decode_packet(&packet).unwrap();
        let extensions = match Message::decode(datagram.payload).unwrap() {
            Message::Request(request) => request.extensions,
            Message::Reply(reply) => reply.extensions,
            other => panic!("{other:?}"),
        };
        let ours: Vec<String> =
            extensions.iter().map(|unit| unit.value.kind().to_string()).collect();
        assert_eq!(row[0], ours);
        count += ours.len();
    }
    assert!(count > 500, "only {count} extensions");
}

/// The name of a parameter's field.
fn field(name: &str) -> String {
    format!("dsboot.{}", name.to_lowercase().replace('-', "_"))
}

#[test]
fn tshark_shows_every_parameter_by_name_in_whatever_carries_it() {
    let Some(tshark) = with_dissector() else { return };
    let file = &runs().file;
    let mut ours: BTreeMap<String, usize> = BTreeMap::new();
    for packet in tshark.json(file, "").unwrap() {
        let packet = tshark::octets(&packet).unwrap();
        let tree = Tree::decode(Protocol::Ip, &packet, &Options::default());
        tree.visit(|node| {
            for (kind, name) in parameter::TABLE {
                let titles = [format!("{name} ({kind})"), format!("AVP {name} ({kind}) of ours")];
                let is_extension = node.name == "Vendor-Type" && node.meaning == *name;
                if titles.contains(&node.name.to_string()) || is_extension {
                    *ours.entry((*name).to_owned()).or_default() += 1;
                }
            }
        });
    }
    assert!(ours.len() > 15, "only {ours:?}");
    for (name, count) in &ours {
        let field = field(name);
        let values = tshark.fields(file, &field, &[&field]).unwrap();
        let theirs: usize = values.iter().map(|row| row[0].len()).sum();
        assert_eq!(theirs, *count, "{name}");
    }
    let coa = field("IPv6-CoA");
    let values = tshark.fields(file, &coa, &[&coa, &format!("{coa}.prefix_length")]).unwrap();
    assert!(values.iter().all(
        |row| row[0][0].starts_with("2001:db8:") && ["64", "128"].contains(&row[1][0].as_str())
    ));
}

/// Extensions that no run has, in a request of their own.
#[test]
fn tshark_shows_extensions_of_others() {
    let Some(tshark) = with_dissector() else { return };
    let fixed = "0122070800000000c0000201c633644dcea4d2a012345678";
    let cases = [
        ("8b010004c0000201", "dsboot_mip.ha_address", "192.0.2.1"),
        ("8b010004c0000201", "dsboot_mip.dynamic_ha", "1"),
        ("9812014020010db8000100000000000000000000", "dsboot_mip.prefix", "2001:db8:1::"),
        ("98140200400020010db8000100000000000000000000", "dsboot_mip.prefix_length", "64"),
        ("98020300", "dsboot_mip.dual_stack", "3"),
        (
            "2600001700007ed900054020010db8000100000000000000000100",
            "dsboot.ipv6_hoa",
            "2001:db8:1::100",
        ),
        (
            "29010020000000e0000002000000200100010001000102030405060708090a0b0c0d0e0f0000",
            "dsboot_mip.aaa_spi",
            "0x00000200",
        ),
        ("28010004000010010000", "dsboot_mip.mn_spi", "0x00001001"),
        ("2d020044", "dsboot_mip.status", "68"),
        ("9006000080000000", "dsboot_mip.force", "1"),
        ("910501746578740000", "dsboot_mip.text", "text"),
    ];
    let packets: Vec<Vec<u8>> = cases
        .iter()
        .map(|(extension, _, _)| {
            let (from, to) =
                ("198.51.100.77:434".parse().unwrap(), "192.0.2.1:434".parse().unwrap());
            let payload = hex::decode([fixed, extension].concat()).unwrap();
            udp::packet(from, to, 64, &payload).unwrap()
        })
        .collect();
    let file = directory().join("extensions.pcap");
    fs::write(&file, tshark::pcap(packets.iter().map(Vec::as_slice))).unwrap();
    for (number, (extension, field, expected)) in (1..).zip(cases) {
        let filter = format!("frame.number == {number}");
        let rows = tshark.fields(&file, &filter, &[field]).unwrap();
        assert_eq!(rows[0][0], [expected], "{extension} {field}");
    }
    let malformed = tshark.fields(&file, "_ws.malformed || _ws.lua.error", &["frame.number"]);
    assert_eq!(malformed.unwrap().len(), 0);

    // One that ends beyond the message is said to.
    let mut cut = packets[0].clone();
    cut.truncate(cut.len() - 2);
    let length = u16::try_from(cut.len()).unwrap();
    cut[2..4].copy_from_slice(&length.to_be_bytes());
    cut[24..26].copy_from_slice(&(length - 20).to_be_bytes());
    fs::write(&file, tshark::pcap([cut.as_slice()])).unwrap();
    let said = tshark.fields(&file, "dsboot_mip.cut_off", &["frame.number"]).unwrap();
    assert_eq!(said.len(), 1);
}
