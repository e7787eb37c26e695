//! The demonstration network as the tests of this target want it.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use dsboot_node::{
    Probability,
    net::Pace,
    world::{Network, Settings, World, people::Faults},
};
use dsboot_roles::{Time, count::Reason};
use dsboot_spec::{Setup, registry::radius};

/// Where the programs of others are: no address of any run.
pub(crate) const OUTSIDE: Ipv4Addr = Ipv4Addr::LOCALHOST;

/// A network without loss or fault.
pub(crate) fn settings(setup: Setup) -> Settings {
    Settings {
        setup,
        number: 0,
        start: Time::from_unix_micros(1_800_000_000_000_000),
        seed: 1,
        loss: Probability::NEVER,
        // Whoever runs the tests, the same ports.
        port_offset: Some(20_000),
        faults: Faults::default(),
        clients: Vec::new(),
        radius: None,
    }
}

/// The setup of the draft's figure, with a care-of address of the MN's own and no FA.
pub(crate) fn colocated(figure: u8) -> Setup {
    let mut setups = Setup::ALL.into_iter();
    setups.find(|s| s.scenario().figure() == figure && !s.scenario().has_fa()).unwrap()
}

/// A network whose AAA servers answer [`OUTSIDE`] in real time, on a thread of its own.
pub(crate) struct OnAir {
    /// The server that NASes ask.
    pub(crate) access: SocketAddr,
    /// The home network's server.
    pub(crate) home: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Counters>>,
}

/// What the AAA servers counted.
#[derive(Debug)]
pub(crate) struct Counters(BTreeMap<Reason, u64>);

impl Counters {
    /// How often they counted this.
    pub(crate) fn of(&self, reason: impl Into<Reason>) -> u64 {
        self.0.get(&reason.into()).copied().unwrap_or_default()
    }
}

impl OnAir {
    pub(crate) fn start(setup: Setup) -> OnAir {
        let stop = Arc::new(AtomicBool::new(false));
        let (sender, addresses) = mpsc::channel();
        let thread = thread::spawn({
            let stop = Arc::clone(&stop);
            move || {
                let settings = Settings { clients: vec![OUTSIDE], ..settings(setup) };
                let mut world = World::new(&settings).unwrap();
                world.net.set_pace(Pace::RealTime);
                let port = world.ports().on_wire(radius::PORT);
                let at = |network| SocketAddr::from((world.plan.v4(network, 1), port));
                let home = at(Network::Home);
                let access = world.aaaf.map_or(home, |_| at(Network::Visited));
                sender.send((access, home)).unwrap();
                while !stop.load(Ordering::Relaxed) {
                    let until = world.net.now() + Duration::from_millis(20);
                    world.net.run(until).unwrap();
                    world.net.take_records();
                }
                let servers = world.aaaf.into_iter().chain([world.aaah]);
                let mut counters = BTreeMap::new();
                for server in servers {
                    for (reason, times) in world.net.host(server.host()).unwrap().counters() {
                        *counters.entry(*reason).or_default() += times;
                    }
                }
                Counters(counters)
            }
        });
        let (access, home) = addresses.recv().unwrap();
        OnAir { access, home, stop, thread: Some(thread) }
    }

    /// Ends the network and tells what its servers counted.
    pub(crate) fn stop(mut self) -> Counters {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for OnAir {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
