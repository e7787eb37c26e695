fn main() {
    let n: u8 = std::env::args().nth(1).unwrap().parse().unwrap();
    if n == 99 { for s in [0, 1] { dsboot_model::explore::by_event(dsboot_model::Config::new(dsboot_spec::Setup::ALL[s], 1)); } return; }
    for s in dsboot_spec::Setup::ALL.into_iter().take(3) { dsboot_model::explore::quick(dsboot_model::Config::new(s, n)); }
}
