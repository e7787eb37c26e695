//! quick
use std::collections::HashMap;
use stateright::Model;
use crate::*;
use std::hash::{Hash, Hasher, BuildHasherDefault};
use std::collections::hash_map::DefaultHasher;

fn fp(s: &State) -> u64 { let mut h = DefaultHasher::new(); s.hash(&mut h); h.finish() }

#[derive(Default)]
struct Id(u64);
impl Hasher for Id { fn finish(&self) -> u64 { self.0 } fn write(&mut self, _: &[u8]) {} fn write_u64(&mut self, v: u64) { self.0 = v } }

/// x
pub fn quick(config: Config) {
    let model = Bootstrap::new(config);
    let mut seen: HashMap<u64, (), BuildHasherDefault<Id>> = HashMap::default();
    let mut level: Vec<State> = model.init_states();
    let mut rules = Rules::default();
    for s in &level { seen.insert(fp(s), ()); }
    let mut depth = 0; let mut trans = 0usize; let mut offered = 0usize; let mut maxnet = 0; let mut oob = 0;
    let mut maxid=0; let mut maxseq=0;
    let t = std::time::Instant::now();
    let mut by_profile = [0usize; 7];
    while !level.is_empty() {
        depth += 1;
        let mut next = Vec::new();
        let mut acts = Vec::new();
        for s in &level {
            by_profile[s.environment.profile as usize] += 1;
            maxnet = maxnet.max(s.network.len());
            maxid = maxid.max(s.mn.ident.map_or(0, Ident::get));
            maxseq = maxseq.max(s.mn.seq.map_or(0, Seq::get));
            if s.history.out_of_bounds { oob += 1; continue; }
            acts.clear();
            model.actions(s, &mut acts);
            for a in acts.drain(..) {
                offered += 1;
                let Some(st) = model.step(s, a) else { continue };
                rules.merge(st.rules);
                if st.state == *s { continue; }
                trans += 1;
                if seen.insert(fp(&st.state), ()).is_none() { next.push(st.state); }
            }
        }
        level = next;
    }
    println!("{} events {}: {} states, {} transitions, {} offered, depth {}, net {}, ident {} seq {} oob {}, {:?}, profiles {:?}", config.setup, config.events, seen.len(), trans, offered, depth, maxnet, maxid, maxseq, oob, t.elapsed(), by_profile);
    println!("  missing: {:?}", rules.missing(&config).map(|r| r.name()).collect::<Vec<_>>());
}
/// x
pub fn by_event(config: Config) {
    use std::collections::{BTreeMap, HashSet};
    let model = Bootstrap::new(config);
    let mut total: BTreeMap<String, usize> = BTreeMap::new();
    // explore zero-event part, then each event kind separately
    let zero = Bootstrap::new(Config { events: 1, ..config });
    let mut seen: HashSet<u64> = HashSet::new();
    let mut queue = vec![zero.init_states()[0]];
    seen.insert(fp(&queue[0]));
    let mut kinds: BTreeMap<String, Vec<State>> = BTreeMap::new();
    while let Some(s) = queue.pop() {
        let mut acts = vec![]; model.actions(&s, &mut acts);
        for a in acts { let Some(st) = model.step(&s, a) else { continue };
            if st.state == s { continue; }
            if st.state.environment.events == 0 {
                let name = format!("{a:?}"); let name = match a { Action::Deliver(_) => name.split(['(', ' ']).take(2).collect::<Vec<_>>().join("-"), _ => name };
                kinds.entry(name).or_default().push(st.state); continue; }
            if seen.insert(fp(&st.state)) { queue.push(st.state); } }
    }
    println!("zero: {}", seen.len());
    for (k, starts) in kinds {
        let mut seen: HashSet<u64> = HashSet::new(); let mut queue = vec![];
        let mut nets: HashSet<u64> = HashSet::new(); let mut roles: HashSet<u64> = HashSet::new();
        for s in starts { if seen.insert(fp(&s)) { queue.push(s); } }
        while let Some(s) = queue.pop() {
            let mut h = DefaultHasher::new(); s.network.hash(&mut h); nets.insert(h.finish());
            let mut r = s; r.network = Network::EMPTY; roles.insert(fp(&r));
            let mut acts = vec![]; model.actions(&s, &mut acts);
            for a in acts { let Some(st) = model.step(&s, a) else { continue };
                if st.state == s { continue; }
                if seen.insert(fp(&st.state)) { queue.push(st.state); } }
        }
        total.insert(format!("{:8} nets {:6} roles {:6} {k}", seen.len(), nets.len(), roles.len()), seen.len());
    }
    for (k, _) in total { println!("{k}"); }
}
