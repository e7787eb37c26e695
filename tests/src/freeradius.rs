//! FreeRADIUS as a server of access and of mobility, and the dictionary for it and for radclient.

use std::{
    fs,
    io::{self, BufRead as _, BufReader},
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use dsboot_spec::dictionary;
use dsboot_spec::registry::dsb::{self, client_role};

use crate::{
    peers,
    process::{self, Running},
};

/// Longer than it takes to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A FreeRADIUS server that runs until this is dropped.
#[derive(Debug)]
pub struct FreeRadius {
    /// Where it listens.
    pub address: SocketAddrV4,
    _running: Running,
}

impl FreeRadius {
    /// Starts a server on 127.0.0.1 that keeps its files in `directory`, knows the client
    /// 127.0.0.1 by `secret`, and its users as a `users` file names them. `None` on a machine that
    /// lacks FreeRADIUS, after saying so.
    ///
    /// It authenticates by EAP-MD5 and by CHAP. To an FHA it gives the MN–FHA key, derived from
    /// the user's password and the DSB-Key-Gen-Nonce of the user's entry as RFC 3957 says.
    ///
    /// # Errors
    ///
    /// When it does not start; the error holds what it said.
    pub fn start(directory: &Path, secret: &str, users: &str) -> io::Result<Option<FreeRadius>> {
        let Some(program) = peers::FREERADIUS.find() else { return Ok(None) };
        // The port is free for the moment between this and the start.
        let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
        write_dictionary(directory)?;
        fs::write(directory.join("users"), users)?;
        fs::write(directory.join("reject"), REJECT)?;
        fs::write(directory.join("radiusd.conf"), configuration(directory, address, secret))?;
        let mut command = Command::new(program);
        command.args(["-f", "-l", "stdout", "-n", "radiusd", "-d"]).arg(directory);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut running = Running::start(&mut command)?;
        let Some(out) = running.child().stdout.take() else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        // Reads on to the end, so that the server never waits for a full pipe.
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                // Nobody listens any more once it is ready.
                let _ = sender.send(line);
            }
        });
        let start = Instant::now();
        let mut said = String::new();
        while let Ok(line) = lines.recv_timeout(PATIENCE.saturating_sub(start.elapsed())) {
            if line.contains("Ready to process requests") {
                return Ok(Some(FreeRadius { address, _running: running }));
            }
            said.push_str(&line);
            said.push('\n');
        }
        Err(io::Error::other(format!("FreeRADIUS did not start:\n{said}")))
    }
}

/// Writes the file `dictionary` with the attributes of the project's own vendor space; FreeRADIUS's
/// programs read it when told that `directory` is theirs.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_dictionary(directory: &Path) -> io::Result<()> {
    let text = dictionary::freeradius(dsb::DEFAULT_VENDOR_ID);
    fs::write(directory.join("dictionary"), text)
}

/// What FreeRADIUS says of its configuration (`-XC`) with this text as dictionary; it keeps its
/// files in `directory`. `None` on a machine that lacks FreeRADIUS, after saying so.
///
/// # Errors
///
/// When a file cannot be written, or the program not be started.
pub fn check(directory: &Path, dictionary: &str) -> io::Result<Option<process::Said>> {
    let Some(program) = peers::FREERADIUS.find() else { return Ok(None) };
    let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 18_120);
    fs::write(directory.join("dictionary"), dictionary)?;
    fs::write(directory.join("users"), "")?;
    fs::write(directory.join("reject"), REJECT)?;
    fs::write(directory.join("radiusd.conf"), configuration(directory, address, "secret"))?;
    let mut command = Command::new(program);
    command.args(["-XC", "-n", "radiusd", "-d"]).arg(directory);
    process::run(&mut command, "", PATIENCE).map(Some)
}

/// What an Access-Reject may carry; all else of a user's entry is taken out.
const REJECT: &str = "DEFAULT
\tEAP-Message =* ANY,
\tState =* ANY,
\tMessage-Authenticator =* ANY,
\tProxy-State =* ANY
";

fn configuration(directory: &Path, address: SocketAddrV4, secret: &str) -> String {
    let directory = directory.display();
    let (ip, port, fha) = (address.ip(), address.port(), client_role::FHA);
    format!(
        r#"name = dsboot
raddbdir = {directory}
libdir = /usr/lib/freeradius
logdir = {directory}
run_dir = {directory}
hostname_lookups = no
security {{
	reject_delay = 0
	status_server = no
}}
client local {{
	ipaddr = {ip}
	secret = {secret}
}}
modules {{
	expr {{
	}}
	chap {{
	}}
	eap {{
		default_eap_type = md5
		timer_expire = 60
		max_sessions = 64
		md5 {{
		}}
	}}
	files {{
		filename = {directory}/users
	}}
	attr_filter attr_filter.access_reject {{
		key = "%{{User-Name}}"
		filename = {directory}/reject
	}}
}}
server default {{
	listen {{
		type = auth
		ipaddr = {ip}
		port = {port}
	}}
	authorize {{
		eap {{
			ok = return
		}}
		chap
		files
	}}
	authenticate {{
		Auth-Type CHAP {{
			chap
		}}
		eap
	}}
	post-auth {{
		if (&DSB-Client-Role == {fha}) {{
			update control {{
				Tmp-Octets-1 := "%{{control:Cleartext-Password}}"
				Tmp-Octets-2 := "0x%{{hex:&reply:DSB-Key-Gen-Nonce}}%{{hex:&User-Name}}"
			}}
			update reply {{
				DSB-MN-FHA-Key := "0x%{{hmacsha1:&control:Tmp-Octets-2 &control:Tmp-Octets-1}}"
			}}
		}}
		update reply {{
			Message-Authenticator := 0x00
		}}
		Post-Auth-Type REJECT {{
			attr_filter.access_reject
			eap
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
