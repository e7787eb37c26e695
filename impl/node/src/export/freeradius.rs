//! An AAA server's configuration as one of FreeRADIUS 3, which then answers as `dsboot serve` does.
//!
//! | file | what stands there |
//! |---|---|
//! | `dictionary` | our attributes, and those that the policy alone uses |
//! | `radiusd.conf` | modules, and a server with the policy in its sections |
//! | `clients.conf` | who may ask |
//! | `users` | who is known, and each one's secrets |
//! | `schema.sql` | the pools, from which a database is made: by FreeRADIUS where it is a file, else by `psql` |

mod pools;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use dsboot_roles::Nai;
use dsboot_roles::aaa::{AaaConfig, CareOfSource, Fha, HomeRecord, Leg, Location, Mobility, User};
use dsboot_spec::dictionary;
use dsboot_spec::registry::mip4::{replay_method, spi};
use dsboot_spec::registry::mip6::{self, MN_HA_KEY_LENGTH};
use dsboot_spec::registry::radius::ADDRESS_NAS_SELECTS;

use super::File;
use pools::{care_of_pool, home_pool, schema, take};

/// Attributes that only the policy uses: FreeRADIUS leaves 3000 to 4000 to those.
const LOCAL: &str = "
ATTRIBUTE\tDSB-Local-Leg\t\t\t3000\tstring
ATTRIBUTE\tDSB-Local-Name\t\t\t3001\tstring
ATTRIBUTE\tDSB-Local-Access-Secret\t\t3002\tstring
ATTRIBUTE\tDSB-Local-Key\t\t\t3003\toctets
ATTRIBUTE\tDSB-Local-Key-As-Password\t3004\tstring
ATTRIBUTE\tDSB-Local-Home\t\t\t3005\toctets
ATTRIBUTE\tDSB-Local-Home-Agent\t\t3006\tipv6addr
ATTRIBUTE\tDSB-Local-FHAs\t\t\t3007\tstring
ATTRIBUTE\tDSB-Local-Data\t\t\t3008\toctets
ATTRIBUTE\tDSB-Local-Rows\t\t\t3009\tstring
ATTRIBUTE\tDSB-Local-Remains\t\t3010\tstring
";

/// Where the pools are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Database {
    /// In a file beside the configuration: one server.
    Sqlite,
    /// In a PostgreSQL database that several servers share, by its connection string.
    Postgresql(String),
}

/// The files, by name. They are to lie in `directory`, which FreeRADIUS may write its database to.
#[must_use]
pub fn files(config: &AaaConfig, directory: &Path, database: &Database) -> Vec<File> {
    let open = |name, text| File { name, text, is_secret: false };
    let secret = |name, text| File { name, text, is_secret: true };
    vec![
        open("dictionary", dictionary::freeradius(config.vendor_id) + LOCAL),
        // A connection string may hold a password.
        secret("radiusd.conf", radiusd(config, directory, database)),
        secret("clients.conf", clients(config)),
        secret("users", users(config)),
        open("schema.sql", schema(config)),
        open("reject", REJECT.to_owned()),
    ]
}

/// What an Access-Reject may carry.
const REJECT: &str = "DEFAULT
\tEAP-Message =* ANY,
\tState =* ANY,
\tMessage-Authenticator =* ANY,
\tProxy-State =* ANY
";

/// How many threads FreeRADIUS answers with.
const SERVERS: u32 = 8;

fn radiusd(config: &AaaConfig, directory: &Path, database: &Database) -> String {
    let directory = directory.display();
    let database_lines = match database {
        Database::Sqlite => format!(
            "\t\tdriver = \"rlm_sql_sqlite\"\n\t\tdialect = \"sqlite\"\n\t\tsqlite {{\n\t\t\t\
             filename = {directory}/pools.sqlite\n\t\t\t# A thread waits for another one's write. \
             Milliseconds.\n\t\t\tbusy_timeout = 5000\n\t\t\tbootstrap = {directory}/schema.sql\n\
             \t\t}}\n\t\t# Who reads does not wait for who writes.\n\t\topen_query = \"PRAGMA \
             journal_mode = WAL\"\n"
        ),
        Database::Postgresql(connection) => format!(
            "\t\tdriver = \"rlm_sql_postgresql\"\n\t\tdialect = \"postgresql\"\n\t\tradius_db = {}\n",
            quoted(connection.as_bytes())
        ),
    };
    let listen: String = config.addresses.iter().map(listen).collect();
    let sessions = config.max_sessions;
    let (authorize, grant) = (authorize(config), grant(config, database));
    format!(
        r#"# Written by `dsboot export freeradius`: radiusd -d {directory}
name = radiusd
raddbdir = {directory}
libdir = /usr/lib/freeradius
logdir = {directory}
run_dir = {directory}
hostname_lookups = no
max_requests = 16384
cleanup_delay = 5
security {{
	reject_delay = 0
	status_server = no
}}
thread pool {{
	start_servers = 2
	max_servers = {SERVERS}
}}
$INCLUDE {directory}/clients.conf
modules {{
	expr {{
	}}
	chap {{
	}}
	always ok {{
		rcode = ok
	}}
	always reject {{
		rcode = reject
	}}
	always handled {{
		rcode = handled
	}}
	eap {{
		default_eap_type = md5
		timer_expire = 60
		max_sessions = {sessions}
		md5 {{
		}}
	}}
	files {{
		filename = {directory}/users
	}}
	sql {{
{database_lines}		pool {{
			# One for each thread: who finds none free is refused.
			start = 1
			min = 1
			max = {SERVERS}
			spare = 1
			uses = 0
			lifetime = 0
			idle_timeout = 0
		}}
	}}
	attr_filter attr_filter.access_reject {{
		key = "%{{User-Name}}"
		filename = {directory}/reject
	}}
}}
instantiate {{
	sql
}}
server default {{
{listen}	authorize {{
{authorize}	}}
	authenticate {{
		Auth-Type CHAP {{
			chap
		}}
		eap
	}}
	post-auth {{
{grant}		update reply {{
			Message-Authenticator := 0x00
		}}
		Post-Auth-Type REJECT {{
			attr_filter.access_reject
			if (&control:DSB-Local-Leg == "access") {{
				eap
			}}
			update reply {{
				Message-Authenticator := 0x00
			}}
		}}
		Post-Auth-Type Challenge {{
			update reply {{
				Message-Authenticator := 0x00
			}}
		}}
	}}
}}
"#
    )
}

fn listen(at: &SocketAddr) -> String {
    let (version, ip, port) =
        (if at.is_ipv4() { "ipaddr" } else { "ipv6addr" }, at.ip(), at.port());
    format!("\tlisten {{\n\t\ttype = auth\n\t\t{version} = {ip}\n\t\tport = {port}\n\t}}\n")
}

fn clients(config: &AaaConfig) -> String {
    let mut text = String::new();
    for (number, (address, client)) in config.radius.clients.iter().enumerate() {
        let version = if address.is_ipv4() { "ipv4addr" } else { "ipv6addr" };
        let (secret, strict) = (quoted(client.secret.octets()), yes(config.radius.strict));
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "client client{number} {{\n\t{version} = {address}\n\tsecret = {secret}\n\
             \trequire_message_authenticator = {strict}\n}}\n"
        );
    }
    text
}

fn users(config: &AaaConfig) -> String {
    config.users.iter().map(|(nai, user)| user_entry(nai, user)).collect()
}

fn user_entry(nai: &Nai, user: &User) -> String {
    let fhas = match &user.mobility {
        Mobility::None => String::new(),
        Mobility::Any => "*".to_owned(),
        Mobility::Through(names) => {
            format!(",{},", names.iter().cloned().collect::<Vec<_>>().join(","))
        }
    };
    let mut items = vec![format!("DSB-Local-FHAs := \"{fhas}\"")];
    if let Some(access) = &user.access {
        items.push(format!("DSB-Local-Access-Secret := {}", quoted(access.octets())));
    }
    if let Some(HomeRecord { mn_aaa_key, home_address, home_agent }) = &user.home {
        let key = mn_aaa_key.octets();
        items.push(format!("DSB-Local-Key := 0x{}", hex::encode(key)));
        items.push(format!("DSB-Local-Key-As-Password := {}", quoted(key)));
        let (length, address) = (home_address.prefix_length(), home_address.address().octets());
        items.push(format!("DSB-Local-Home := 0x{length:02x}{}", hex::encode(address)));
        items.push(format!("DSB-Local-Home-Agent := {home_agent}"));
    }
    format!("{} {}\n", quoted(nai.octets()), items.join(", "))
}

/// Who asks, about what, for whom; and whether that is proved, where EAP does not say it.
fn authorize(config: &AaaConfig) -> String {
    let mut text = String::from(
        "\t\tswitch \"%{Packet-Src-IP-Address}%{Packet-Src-IPv6-Address}|\
         %{integer:DSB-Client-Role}|%{NAS-Identifier}\" {\n",
    );
    for (address, client) in &config.radius.clients {
        let roles = client.roles.iter().map(Some).chain((client.roles.len() == 1).then_some(None));
        let names: Vec<_> = client.names.iter().map(Some).collect();
        let nameless = (names.len() == 1).then_some(None);
        let names: Vec<_> = names.into_iter().chain(nameless).collect();
        for role in roles {
            for name in &names {
                let actual = role.or(client.roles.first()).copied().unwrap_or_default();
                let Some(leg) = Leg::of(actual) else { continue };
                let given = role.map(ToString::to_string).unwrap_or_default();
                let named = name.or(client.names.first()).cloned().unwrap_or_default();
                let case = format!("{address}|{given}|{}", name.map_or("", String::as_str));
                let _ = writeln!(text, "\t\t\tcase {} {{", quoted(case.as_bytes()));
                text.push_str(&if config.kind.serves(leg) {
                    format!(
                        "\t\t\t\tupdate control {{\n\t\t\t\t\tDSB-Local-Leg := \"{}\"\n\
                         \t\t\t\t\tDSB-Local-Name := {}\n\t\t\t\t}}\n",
                        name_of(leg),
                        quoted(named.as_bytes())
                    )
                } else {
                    "\t\t\t\tupdate control {\n\t\t\t\t\tResponse-Packet-Type := \
                     Do-Not-Respond\n\t\t\t\t}\n\t\t\t\thandled\n"
                        .to_owned()
                });
                text.push_str("\t\t\t}\n");
            }
        }
    }
    text.push_str("\t\t\tcase {\n\t\t\t\treject\n\t\t\t}\n\t\t}\n");
    text.push_str(AUTHORIZE);
    let known: Vec<_> = config.fhas.keys().map(|name| quoted(name.as_bytes())).collect();
    let cases: String = known
        .iter()
        .map(|name| format!("\t\t\t\tcase {name} {{\n\t\t\t\t\tok\n\t\t\t\t}}\n"))
        .collect();
    text.replace("@KNOWN_FHAS@", &cases).replace("@MN_AAA_SPI@", &mip6::spi::HMAC_SHA1.to_string())
}

const fn name_of(leg: Leg) -> &'static str {
    match leg {
        Leg::Access => "access",
        Leg::Mobility => "mobility",
        Leg::Binding => "binding",
    }
}

/// The part of `authorize` that is the same everywhere.
const AUTHORIZE: &str = r#"		files
		if (&control:DSB-Local-Leg == "access") {
			# Step 2: EAP, and EAP alone.
			if (&control:DSB-Local-Access-Secret) {
				update control {
					Cleartext-Password := &control:DSB-Local-Access-Secret
				}
			}
			if (!&EAP-Message) {
				reject
			}
			eap {
				ok = return
			}
		}
		elsif (&control:DSB-Local-Leg == "mobility") {
			# Step 5: CHAP with the MN-AAA key.
			switch "%{control:DSB-Local-Name}" {
@KNOWN_FHAS@				case {
					reject
				}
			}
			if (!&CHAP-Password || !&control:DSB-Local-Key) {
				reject
			}
			update control {
				Cleartext-Password := &control:DSB-Local-Key-As-Password
			}
			chap
		}
		elsif (&control:DSB-Local-Leg == "binding") {
			# Leg C: RFC 4285's authentication data of the binding update.
			if (!&control:DSB-Local-Key || !&DSB-IPv6-HoA || !&DSB-IPv6-CoA || !&DSB-MIP6-Timestamp) {
				reject
			}
			if (&DSB-MIP6-MN-AAA-SPI != @MN_AAA_SPI@) {
				reject
			}
			if ("%{hex:&DSB-MIP6-Authenticator}" != "%{hmacsha1:&DSB-MIP6-MAC-Mobility-Data &control:DSB-Local-Key}") {
				reject
			}
			# The address alone: its prefix is the home agent's matter.
			if ("%{hex:&DSB-IPv6-HoA}" !~ /^..(.{32})$/) {
				reject
			}
			if ("%{hex:&control:DSB-Local-Home}" !~ /%{1}$/) {
				reject
			}
			if ("%{hex:&DSB-IPv6-CoA}" !~ /^..(.{32})$/) {
				reject
			}
			update control {
				DSB-Local-Rows := "%{1}"
				Auth-Type := Accept
			}
		}
"#;

/// What is given, by leg.
fn grant(config: &AaaConfig, database: &Database) -> String {
    let mut text = "\t\tif (&control:DSB-Local-Leg == \"access\") {\n\t\t\tupdate reply {\n\
                    \t\t\t\tUser-Name := \"%{User-Name}\"\n"
        .to_owned();
    let _ = writeln!(text, "\t\t\t\tSession-Timeout := {}\n\t\t\t}}", config.access_lifetime);
    text.push_str("\t\t\tswitch \"%{control:DSB-Local-Name}\" {\n");
    for (nas, location) in &config.locations {
        let _ = writeln!(text, "\t\t\t\tcase {} {{", quoted(nas.as_bytes()));
        text.push_str(&access(config, nas, location));
        text.push_str("\t\t\t\t}\n");
    }
    text.push_str("\t\t\t\tcase {\n\t\t\t\t\tok\n\t\t\t\t}\n\t\t\t}\n\t\t}\n");
    let pools: String =
        config.fhas.iter().map(|(name, fha)| home_case(config, name, fha)).collect();
    let fill = |text: &str| {
        text.replace("@LIFETIME@", &config.mobility_lifetime.to_string())
            .replace("@POOLS@", &pools)
            .replace("@AAA_SPI@", &spi::CHAP.to_string())
            .replace("@ALGORITHM@", &config.algorithm.to_string())
            .replace("@REPLAY@", &replay_method::TIMESTAMPS.to_string())
            .replace("@KEY_DIGITS@", &(MN_HA_KEY_LENGTH * 2).to_string())
            .replace("@FIRST_SPI@", &mip6::FIRST_SPI.to_string())
    };
    text.push_str(&fill(MOBILITY));
    text.push_str(&fill(BINDING));
    // Two servers that look for a free row at once find two.
    text.replace(
        "@LOCK@",
        match database {
            Database::Sqlite => "",
            Database::Postgresql(_) => " FOR UPDATE SKIP LOCKED",
        },
    )
}

/// What a NAS is told: the best FHA that the user's subscription covers, and a care-of address.
fn access(config: &AaaConfig, nas: &str, location: &Location) -> String {
    let mut text = String::new();
    let mut word = "if";
    for name in &location.fhas {
        let Some(fha) = config.fhas.get(name) else { continue };
        let _ = writeln!(
            text,
            "\t\t\t\t\t{word} (&control:DSB-Local-FHAs == \"*\" || \
             \"%{{control:DSB-Local-FHAs}}\" =~ /,{},/) {{\n\t\t\t\t\t\tupdate reply {{",
            name.replace('.', "\\.")
        );
        if let Some(address) = fha.address {
            let _ = writeln!(text, "\t\t\t\t\t\t\tDSB-FHA-IPv4-Address := {address}");
        }
        if let Some(fqdn) = &fha.fqdn {
            let _ = writeln!(text, "\t\t\t\t\t\t\tDSB-FHA-FQDN := \"{fqdn}\"");
        }
        text.push_str("\t\t\t\t\t\t}\n\t\t\t\t\t}\n");
        word = "elsif";
    }
    match location.care_of {
        CareOfSource::None => {}
        CareOfSource::Nas => {
            let _ = writeln!(
                text,
                "\t\t\t\t\tupdate reply {{\n\t\t\t\t\t\tFramed-IP-Address := \
                 {ADDRESS_NAS_SELECTS}\n\t\t\t\t\t}}"
            );
        }
        CareOfSource::Pool { prefix_length, .. } => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix_length)).unwrap_or_default();
            text.push_str(&take(&care_of_pool(nas), config.access_lifetime));
            let _ = writeln!(
                text,
                "\t\t\t\t\tif (&reply:Framed-IP-Address) {{\n\t\t\t\t\t\tupdate reply {{\n\
                 \t\t\t\t\t\t\tFramed-IP-Netmask := {}\n\t\t\t\t\t\t}}\n\t\t\t\t\t}}",
                std::net::Ipv4Addr::from_bits(mask)
            );
        }
    }
    text
}

/// The THOAv4 of an FHA's mobile nodes, where it has some.
fn home_case(config: &AaaConfig, name: &str, fha: &Fha) -> String {
    let taken = fha.home_addresses.map(|_| take(&home_pool(name), config.mobility_lifetime));
    let pool = home_pool(name);
    format!(
        "\t\t\t\tcase {} {{\n{}\t\t\t\t\tupdate control {{\n\t\t\t\t\t\tDSB-Local-Remains := \
         \"{pool}\"\n\t\t\t\t\t}}\n\t\t\t\t}}\n",
        quoted(name.as_bytes()),
        taken.unwrap_or_default()
    )
}

/// Step 5's Accept: addresses, and the MN-FHA key of RFC 3957.
const MOBILITY: &str = r#"		elsif (&control:DSB-Local-Leg == "mobility") {
			if (&control:DSB-Local-FHAs != "*" && "%{control:DSB-Local-FHAs}" !~ /,%{control:DSB-Local-Name},/) {
				reject
			}
			switch "%{control:DSB-Local-Name}" {
@POOLS@			}
			if (&reply:Framed-IP-Address) {
				# The care-of address: in the FHA's prefix, with the THOAv4 as its last 32 bits.
				if ("%{hex:&Framed-IPv6-Prefix}" =~ /^..([0-5].|60)(.{24})0{8}$/) {
					update reply {
						DSB-IPv6-CoA := "0x%{1}%{2}%{hex:&reply:Framed-IP-Address}"
					}
					update control {
						DSB-Local-Rows := "%{sql:UPDATE dsb_pool SET care_of = '%{1}%{2}%{hex:&reply:Framed-IP-Address}' WHERE pool = '%{control:DSB-Local-Remains}' AND nai = '%{User-Name}'}"
					}
				}
				else {
					# As the user has it there already.
					update control {
						DSB-Local-Rows := "%{sql:SELECT care_of FROM dsb_pool WHERE pool = '%{control:DSB-Local-Remains}' AND nai = '%{User-Name}'}"
					}
					if (&control:DSB-Local-Rows != "") {
						update reply {
							DSB-IPv6-CoA := "0x%{control:DSB-Local-Rows}"
						}
					}
				}
				update reply {
					DSB-IPv6-HoA := &control:DSB-Local-Home
					DSB-HA-IPv6-Address := &control:DSB-Local-Home-Agent
				}
			}
			update reply {
				User-Name := "%{User-Name}"
				Session-Timeout := @LIFETIME@
				DSB-Key-Gen-Nonce := "0x%{randstr:hhhhhhhhhhhhhhhh}"
				DSB-AAA-SPI := @AAA_SPI@
				DSB-Key-Lifetime := @LIFETIME@
				DSB-Algorithm := @ALGORITHM@
				DSB-Replay-Method := @REPLAY@
			}
			update control {
				DSB-Local-Data := "0x%{hex:&reply:DSB-Key-Gen-Nonce}%{hex:&User-Name}"
			}
			update reply {
				DSB-MN-FHA-Key := "0x%{hmacsha1:&control:DSB-Local-Data &control:DSB-Local-Key}"
			}
		}
"#;

/// Leg C's Accept: the MN-HA key.
const BINDING: &str = r#"		elsif (&control:DSB-Local-Leg == "binding") {
			if ("%{hex:&DSB-IPv6-CoA}" =~ /^..(.{32})$/ && "%{hex:&control:DSB-Local-Home}" =~ /%{control:DSB-Local-Rows}$/) {
				# A binding update that ends the binding: at home, or with lifetime 0.
				update control {
					DSB-Local-Remains := "@LIFETIME@"
				}
			}
			else {
				update control {
					DSB-Local-Remains := "%{sql:SELECT ends - %l FROM dsb_pool WHERE nai = '%{User-Name}' AND substr(care_of, 3) = '%{control:DSB-Local-Rows}' AND ends > %l}"
				}
				if (&control:DSB-Local-Remains == "") {
					reject
				}
			}
			update control {
				DSB-Local-Data := "0x%{hex:&DSB-MIP6-Timestamp}%{hex:&User-Name}"
			}
			if ("%{hmacsha1:&control:DSB-Local-Data &control:DSB-Local-Key}" =~ /^(.{@KEY_DIGITS@})/) {
				update reply {
					DSB-MIP6-MN-HA-Key := "0x%{1}"
				}
			}
			update reply {
				User-Name := "%{User-Name}"
				Session-Timeout := "%{control:DSB-Local-Remains}"
				DSB-MIP6-MN-HA-SPI := "%{expr:%{rand:2147483647} + @FIRST_SPI@}"
				DSB-MIP6-MSA-Lifetime := "%{control:DSB-Local-Remains}"
			}
		}
"#;

/// A string of FreeRADIUS's: what it might take for something else stands there by its number.
fn quoted(octets: &[u8]) -> String {
    let mut text = "\"".to_owned();
    for octet in octets {
        if octet.is_ascii_alphanumeric() || b" @.,_-:|+/=".contains(octet) {
            text.push(char::from(*octet));
        } else {
            let _ = write!(text, "\\{octet:03o}");
        }
    }
    text.push('"');
    text
}

const fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}
