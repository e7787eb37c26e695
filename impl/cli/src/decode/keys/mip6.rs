//! Mobile IPv6: the authenticators of RFC 4285, and the MN-HA key.

use dsboot_codec::mip6::{Packet, auth, mn_ha_key};
use dsboot_spec::registry::mip6::{AUTHENTICATION_HEADER_LENGTH, spi};

use super::engine::{Engine, Findings};

impl Engine {
    /// The mobility header at `at`, in this IPv6 packet.
    pub(super) fn mip6(&mut self, packet: Option<&[u8]>, at: usize, found: &mut Findings) {
        let Some(Ok(packet)) = packet.map(Packet::decode) else { return };
        let options = packet.message.options();
        let home = packet.addresses().home;
        if let Some(nai) = options.nai().filter(|_| options.mn_aaa().is_some()) {
            self.homes.insert(home, nai.to_vec());
        }
        // Whose an acknowledgement is its home address tells, where its update was seen.
        let known = self.homes.get(&home).cloned();
        let Some(nai) = known.as_deref().or(options.nai()) else { return };
        let name = String::from_utf8_lossy(nai);
        let aaa_key = self.keys.mn_aaa(nai).map(|key| key.key.0.clone());
        if let Some(option) = options.mn_aaa() {
            let place = at + option.offset + AUTHENTICATION_HEADER_LENGTH;
            match (&aaa_key, packet.mn_aaa()) {
                (Some(key), Some(mn_aaa)) if mn_aaa.spi == spi::HMAC_SHA1 => {
                    let right = auth::mn_aaa(key, &mn_aaa.digest);
                    found.check(place, option.value.data, &right, format!("MN-AAA key of {name}"));
                }
                (Some(_), _) => found.no_key(place, "its SPI names no known algorithm"),
                (None, _) => found.no_key(place, format!("no MN-AAA key of {name}")),
            }
        }
        if let (Some(key), Some(time)) = (&aaa_key, options.message_id().once())
            && options.mn_aaa().is_some()
        {
            let key = mn_ha_key(key, time, nai);
            if self.learn_mn_ha(nai, key.as_slice()) {
                self.learn("MN-HA", "MN-AAA key and Mesg-ID", Vec::new(), key.as_slice());
            }
        }
        if options.mn_ha().is_some() {
            self.mn_ha_option(&packet, nai, at, found);
        }
    }

    fn mn_ha_option(&self, packet: &Packet<'_>, nai: &[u8], at: usize, found: &mut Findings) {
        let Some(option) = packet.message.options().mn_ha() else { return };
        let covered = auth::MobilityData::of(packet.addresses(), &packet.header, &option);
        let Some(covered) = covered else { return };
        let (spi, data) = (option.value.spi, option.value.data);
        let place = at + option.offset + AUTHENTICATION_HEADER_LENGTH;
        let configured = self.keys.mn_ha.iter().filter(|key| key.spi == spi);
        let configured = configured.map(|key| key.key.0.as_slice());
        let learned = self.mn_ha.get(&nai.to_vec()).into_iter().flatten().map(Vec::as_slice);
        let name = String::from_utf8_lossy(nai);
        let by = format!("MN-HA key of {name}");
        let right = configured.chain(learned).map(|key| (covered.mn_ha(key).to_vec(), by.clone()));
        found.any(place, data, right, &format!("MN-HA key of SPI {spi:#x} or of {name}"));
    }
}
