//! Names and secrets of the demonstration network, and what can be wrong with them on purpose.
//!
//! They are public, as everything here: a network that anyone may look into.

/// The RADIUS secret of every client; one for all, because tshark takes one.
pub const RADIUS_SECRET: &str = "dsboot-radius-secret";

/// Shared by every FA and every FHA (extension 34).
pub const FOREIGN_HOME_KEY: [u8; 16] = *b"dsboot-fa-fha-00";

/// The SPI of that association.
pub const FOREIGN_HOME_SPI: u32 = 0x3001;

/// A user of the demonstration network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Network access identifier.
    pub nai: &'static str,
    /// The secret for access when the home network decides about it.
    pub home_password: &'static str,
    /// The secret for access when the visited network does.
    pub visited_password: &'static str,
    /// The key shared with the AAAH for mobility.
    pub mn_aaa_key: &'static str,
    /// The host part of the IPv6 home address.
    pub home_host: u16,
    /// Whether mobility is subscribed.
    pub has_mobility: bool,
}

impl Person {
    /// The NAI in the network of this number: `mn@home.example`, `mn1@home.example`, …
    #[must_use]
    pub fn nai_at(&self, number: u16) -> String {
        match (number, self.nai.split_once('@')) {
            (1.., Some((user, realm))) => format!("{user}{number}@{realm}"),
            _ => self.nai.to_owned(),
        }
    }
}

/// The user that the mobile node of a run is.
pub const MOBILE: Person = Person {
    nai: "mn@home.example",
    home_password: "mn-home-password",
    visited_password: "mn-visited-password",
    mn_aaa_key: "mn-aaa-key-00001",
    home_host: 0x100,
    has_mobility: true,
};

/// Another user, for RADIUS clients from outside the run.
pub const GUEST: Person = Person {
    nai: "guest@home.example",
    home_password: "guest-home-password",
    visited_password: "guest-visited-password",
    mn_aaa_key: "mn-aaa-key-00002",
    home_host: 0x101,
    has_mobility: true,
};

/// A user who has access and no mobility.
pub const LODGER: Person = Person {
    nai: "lodger@home.example",
    home_password: "lodger-home-password",
    visited_password: "lodger-visited-password",
    mn_aaa_key: "mn-aaa-key-00003",
    home_host: 0x102,
    has_mobility: false,
};

/// Everybody whom the AAA servers know.
pub const ALL: [Person; 3] = [MOBILE, GUEST, LODGER];

/// What is wrong in a network, on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// What is wrong with the mobile node's identity or secrets.
    pub user: UserFault,
    /// No FHA serves the locations.
    pub no_fha: bool,
    /// The AAAH has no agreement with any FHA.
    pub no_agreement: bool,
    /// The AAAH has no THOAv4 to give.
    pub no_home_addresses: bool,
}

/// What is wrong with the mobile node's identity or secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserFault {
    /// Nothing.
    #[default]
    None,
    /// Its access password.
    WrongPassword,
    /// Nobody knows it.
    Unknown,
    /// Its MN–AAA key.
    WrongKey,
    /// It has not subscribed to mobility.
    NotSubscribed,
}

impl UserFault {
    /// Who the mobile node says it is.
    #[must_use]
    pub const fn person(self) -> Person {
        match self {
            UserFault::None => MOBILE,
            UserFault::WrongPassword => {
                Person { home_password: "wrong", visited_password: "wrong", ..MOBILE }
            }
            UserFault::Unknown => Person { nai: "stranger@home.example", ..MOBILE },
            UserFault::WrongKey => Person { mn_aaa_key: "wrong-aaa-key-00", ..MOBILE },
            UserFault::NotSubscribed => LODGER,
        }
    }
}
