//! Shortest runs, told back from owner to owner.

use super::mesh::Mesh;
use super::store::Origin;
use super::walk::{Breach, PROMISES, Part};
use super::{Failure, Key, Place, Run, count, low, size};

/// For each promise a shortest run that breaks it, the same for every worker.
pub(super) fn collect<N>(mesh: &mut Mesh<'_>, part: &Part<N>) -> Result<Vec<Option<Run>>, Failure> {
    let breaches = agree(mesh, part)?;
    let mut runs = vec![None; breaches.len()];
    let mut open: Vec<Vec<u64>> = Vec::new();
    for (promise, breach) in (0..).zip(&breaches) {
        if let Some((_, _, place)) = breach
            && usize::from(place.worker) == mesh.index()
        {
            open.push(vec![promise, place.index.into()]);
        }
    }
    loop {
        let told = mesh.agree(&[count(open.len())])?;
        if told.iter().flatten().sum::<u64>() == 0 {
            return Ok(runs);
        }
        for run in std::mem::take(&mut open) {
            go_back(mesh, part, run)?;
        }
        // A run that has come to its beginning goes to everybody, any other to whom it goes on with.
        mesh.finish_round(|_, words| {
            match words.split_first() {
                Some((&WHOLE, [promise, start, steps @ ..])) => {
                    let keys = steps.as_chunks().0.iter().rev();
                    let steps = keys.map(|[tag, top]| Key { tag: *tag, top: low(*top) }).collect();
                    if let Some(run) = runs.get_mut(size(*promise)) {
                        *run = Some(Run { start: size(*start), steps });
                    }
                }
                Some((_, run)) => open.push(run.to_vec()),
                None => {}
            }
            Ok(())
        })?;
    }
}

/// A run that goes on.
const PART: u64 = 0;

/// A run from its beginning.
const WHOLE: u64 = 1;

/// Follows a run backwards for as long as it is among this worker's states. A run is its promise,
/// the state that it has come to, and the keys of those behind it from the last one on.
fn go_back<N>(mesh: &mut Mesh<'_>, part: &Part<N>, mut run: Vec<u64>) -> Result<(), Failure> {
    let own = mesh.index();
    loop {
        let [_, at, ..] = run.as_mut_slice() else { return Ok(()) };
        match part.store.origin(low(*at)).ok_or(Failure::Internal("a run from nowhere"))? {
            Origin::Start(number) => {
                *at = number.into();
                run.insert(0, WHOLE);
                (0..mesh.peers()).for_each(|to| mesh.send(to, run.clone()));
                return Ok(());
            }
            Origin::Step(from) => {
                let key =
                    part.store.key(low(*at)).ok_or(Failure::Internal("a run from nowhere"))?;
                *at = from.index.into();
                run.extend([key.tag, key.top.into()]);
                if usize::from(from.worker) != own {
                    run.insert(0, PART);
                    mesh.send(from.worker.into(), run);
                    return Ok(());
                }
            }
        }
    }
}

/// For each promise the first breach that any worker has: on the first level, and of those there
/// the one with the least key, so that it is the same however many workers there are.
fn agree<N>(mesh: &mut Mesh<'_>, part: &Part<N>) -> Result<Vec<Option<Breach>>, Failure> {
    let mut words = Vec::new();
    for (promise, breach) in (0..).zip(&part.breaches) {
        if let Some((level, key, place)) = breach {
            words.extend([
                promise,
                *level,
                key.tag,
                key.top.into(),
                place.worker.into(),
                place.index.into(),
            ]);
        }
    }
    let mut first: Vec<Option<Breach>> = vec![None; PROMISES];
    for told in mesh.agree(&words)? {
        for record in told.chunks_exact(6) {
            let [promise, level, tag, top, worker, index] = record else { continue };
            let key = Key { tag: *tag, top: low(*top) };
            let worker = u16::try_from(*worker).unwrap_or(u16::MAX);
            let breach = (*level, key, Place { worker, index: low(*index) });
            if let Some(known) = first.get_mut(size(*promise))
                && known.is_none_or(|known| breach < known)
            {
                *known = Some(breach);
            }
        }
    }
    Ok(first)
}
