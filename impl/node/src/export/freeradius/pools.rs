//! The pools of addresses, as a table of SQL.

use std::fmt::Write as _;

use dsboot_roles::aaa::{AaaConfig, AddressRange, CareOfSource};
use dsboot_spec::registry::radius::retransmission;

/// The pools as a table. What a user has there is the user's until `expires`; `ends` is when what
/// the last Accept granted ends.
pub(super) fn schema(config: &AaaConfig) -> String {
    let mut text = "CREATE TABLE dsb_pool (\n\tpool VARCHAR(255) NOT NULL,\n\taddress VARCHAR(15) \
                    NOT NULL,\n\tposition BIGINT NOT NULL,\n\tnai VARCHAR(255) NOT NULL DEFAULT \
                    '',\n\tcare_of VARCHAR(34) NOT NULL DEFAULT '',\n\tends BIGINT NOT NULL DEFAULT \
                    0,\n\texpires BIGINT NOT NULL DEFAULT 0,\n\tPRIMARY KEY (pool, address)\n);\n\
                    CREATE INDEX dsb_pool_nai ON dsb_pool (pool, nai);\n\
                    CREATE INDEX dsb_pool_free ON dsb_pool (pool, expires, position);\n\
                    CREATE INDEX dsb_pool_user ON dsb_pool (nai);\n"
        .to_owned();
    let care_of = config.locations.iter().filter_map(|(name, location)| match location.care_of {
        CareOfSource::Pool { range, .. } => Some((care_of_pool(name), range)),
        CareOfSource::None | CareOfSource::Nas => None,
    });
    let home =
        config.fhas.iter().filter_map(|(name, fha)| Some((home_pool(name), fha.home_addresses?)));
    for (pool, AddressRange { first, last }) in care_of.chain(home) {
        for bits in first.to_bits()..=last.to_bits() {
            let (address, position) = (std::net::Ipv4Addr::from_bits(bits), bits);
            let _ = writeln!(
                text,
                "INSERT INTO dsb_pool (pool, address, position) VALUES ('{pool}', '{address}', \
                 {position});"
            );
        }
    }
    text
}

pub(super) fn care_of_pool(nas: &str) -> String {
    format!("care-of {}", nas.replace('\'', "''"))
}

pub(super) fn home_pool(fha: &str) -> String {
    format!("home {}", fha.replace('\'', "''"))
}

/// Takes an address out of a pool for the user, one that the user has there before any other, and
/// puts it into the reply.
pub(super) fn take(pool: &str, lifetime: u32) -> String {
    let late = retransmission::MAXIMUM_DURATION_SECONDS;
    format!(
        r#"					update control {{
						DSB-Local-Rows := "%{{sql:UPDATE dsb_pool SET care_of = CASE WHEN nai = '%{{User-Name}}' AND expires >= %l THEN care_of ELSE '' END, nai = '%{{User-Name}}', ends = %l + {lifetime}, expires = %l + {lifetime} + {late} WHERE pool = '{pool}' AND (nai = '%{{User-Name}}' OR expires < %l) AND address = (SELECT address FROM dsb_pool WHERE pool = '{pool}' AND (nai = '%{{User-Name}}' AND expires >= %l OR expires < %l) ORDER BY (nai = '%{{User-Name}}' AND expires >= %l) DESC, (address = '%{{Framed-IP-Address}}') DESC, position LIMIT 1@LOCK@)}}"
					}}
					if (&control:DSB-Local-Rows == "1") {{
						update reply {{
							Framed-IP-Address := "%{{sql:SELECT address FROM dsb_pool WHERE pool = '{pool}' AND nai = '%{{User-Name}}' AND expires >= %l}}"
						}}
					}}
"#
    )
}
