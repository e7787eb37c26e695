//! x
use dsboot_model::*;
fn main() {
    let n: u8 = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut first: Option<explore::Exploration> = None;
    for s in dsboot_spec::Setup::ALL.into_iter() {
        let c = Config::new(s, n);
        let t = std::time::Instant::now();
        let e = explore::explore(Bootstrap::new(c), |_| std::ops::ControlFlow::Continue(()));
        println!(
            "{s}: {:?} complete {} {:?} views {}",
            e.progress,
            e.complete,
            t.elapsed(),
            e.views.len()
        );
        println!("  missing {:?}", e.rules.missing(&c).map(|r| r.name()).collect::<Vec<_>>());
        for (i, p) in properties::PROMISES.iter().enumerate() {
            if !e.premises[i] {
                println!("  vacuous {}", p.name);
            }
            if e.keeps(i) != Some(true) {
                println!("  BROKEN {}", p.name);
                if let Some(t) = e.counterexample(i) {
                    for (a, _) in &t.steps {
                        println!("      {a}");
                    }
                    if std::env::args().len() > 2 {
                        println!("{:#?}", t.end());
                    }
                }
            }
        }
        if let Some(f) = &first {
            println!(
                "  beyond {:?} {:?}",
                e.views.first_beyond(&f.views),
                f.views.first_beyond(&e.views)
            );
            if let Some(x) = f.views.first_beyond(&e.views) {
                for (a, _) in f.path_to(x).unwrap().steps {
                    println!("      {a}");
                }
            }
        } else {
            first = Some(e);
        }
    }
}
