//! Mobile IPv4: authenticators, and the keys of RFC 3957.

use dsboot_codec::Found;
use dsboot_codec::mip4::keys::{MnIdentifier, RegistrationKey};
use dsboot_codec::mip4::{
    Algorithm, AuthenticationKind, Authenticator, Extensions, Message, SecurityContext,
};
use dsboot_spec::registry::mip4::spi;

use super::engine::{Engine, Findings};

impl Engine {
    pub(super) fn mip4(&mut self, octets: &[u8], at: usize, found: &mut Findings) {
        match Message::decode(octets) {
            Ok(Message::Request(request)) => {
                let mn = MnIdentifier::of(&request);
                self.authenticators(&request.extensions, mn.as_ref(), at, found);
            }
            Ok(Message::Reply(reply)) => {
                let mn = match reply.extensions.nai() {
                    Found::Once(nai) => Some(MnIdentifier::Nai(nai)),
                    _ => None,
                };
                if let Some(MnIdentifier::Nai(nai)) = mn {
                    self.derive(&reply.extensions, nai);
                }
                self.authenticators(&reply.extensions, mn.as_ref(), at, found);
            }
            _ => (),
        }
    }

    /// Derives the keys that a reply has nonces for.
    fn derive(&mut self, extensions: &Extensions<'_>, nai: &[u8]) {
        let Some(aaa_key) = self.keys.mn_aaa(nai).map(|key| key.key.0.clone()) else { return };
        let mn = MnIdentifier::Nai(nai);
        let own_spi = |kind| extensions.authenticator(kind).once().map(|found| found.spi);
        let replies = [
            extensions.mn_ha_key_reply().once().map(|reply| {
                let mn_spi = own_spi(AuthenticationKind::MobileHome);
                ("MN-FHA", reply.nonce, reply.algorithm, reply.ha_spi, mn_spi)
            }),
            extensions.mn_fa_key_reply().once().map(|reply| {
                let mn_spi = own_spi(AuthenticationKind::MobileForeign);
                ("MN-FA", reply.nonce, reply.algorithm, reply.fa_spi, mn_spi)
            }),
        ];
        for (what, nonce, algorithm, agent_spi, mn_spi) in replies.into_iter().flatten() {
            let key = RegistrationKey::derive(&aaa_key, nonce, &mn);
            let used = Algorithm::from_number(algorithm).unwrap_or(Algorithm::HmacMd5);
            let spis: Vec<u32> = mn_spi.into_iter().chain([agent_spi]).collect();
            let known = |spi: &&u32| self.learn_mobile_ip(**spi, key.octets(), used);
            let new = spis.iter().filter(known).count();
            if new > 0 {
                self.learn(what, "an RFC 3957 nonce", spis, key.octets());
            }
        }
    }

    fn authenticators(
        &self,
        extensions: &Extensions<'_>,
        mn: Option<&MnIdentifier<'_>>,
        at: usize,
        found: &mut Findings,
    ) {
        for authenticator in extensions.authenticators() {
            let place = at + authenticator.covered().len();
            if authenticator.kind == AuthenticationKind::MnAaa {
                self.mn_aaa(extensions, &authenticator, mn, place, found);
            } else {
                self.by_spi(&authenticator, place, found);
            }
        }
    }

    fn mn_aaa(
        &self,
        extensions: &Extensions<'_>,
        authenticator: &Authenticator<'_>,
        mn: Option<&MnIdentifier<'_>>,
        place: usize,
        found: &mut Findings,
    ) {
        let name = match mn {
            Some(MnIdentifier::Nai(nai)) => String::from_utf8_lossy(nai).into_owned(),
            Some(MnIdentifier::HomeAddress(address)) => address.to_string(),
            None => "nobody in particular".to_owned(),
        };
        let key = match mn {
            Some(MnIdentifier::Nai(nai)) => self.keys.mn_aaa(nai),
            Some(MnIdentifier::HomeAddress(_)) => self.keys.mn_aaa(name.as_bytes()),
            None => None,
        };
        let Some(key) = key else { return found.no_key(place, format!("no MN-AAA key of {name}")) };
        let right = if authenticator.spi == spi::CHAP {
            let challenge = extensions.mn_aaa_challenge();
            challenge.and_then(|challenge| authenticator.right_chap(&key.key.0, challenge))
        } else {
            None
        };
        let right = right.map_or_else(
            || authenticator.right(&context(authenticator.spi, &key.key.0, key.algorithm.into())),
            Vec::from,
        );
        found.check(place, authenticator.value(), &right, format!("MN-AAA key of {name}"));
    }

    /// Authenticators between agents and mobile node, by the keys that their SPI names.
    fn by_spi(&self, authenticator: &Authenticator<'_>, place: usize, found: &mut Findings) {
        let spi = authenticator.spi;
        let configured = self.keys.mobile_ip.iter().filter(|key| key.spi == spi);
        let configured = configured.map(|key| (key.key.0.as_slice(), key.algorithm.into(), ""));
        let learned = self.mobile_ip.get(&spi).into_iter().flatten();
        let learned =
            learned.map(|(key, used)| (key.as_slice(), *used, ", learned from what came before"));
        let right = configured.chain(learned).map(|(key, algorithm, how)| {
            (
                authenticator.right(&context(spi, key, algorithm)),
                format!("key of SPI {spi:#x}{how}"),
            )
        });
        found.any(place, authenticator.value(), right, &format!("key of SPI {spi:#x}"));
    }
}

const fn context(spi: u32, key: &[u8], algorithm: Algorithm) -> SecurityContext<'_> {
    SecurityContext { spi, algorithm, key }
}
