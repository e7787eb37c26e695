//! Where an update comes from, and the care-of address that it tells.

use crate::support::{Done, v6};
use dsboot_roles::count::Binding;
use dsboot_spec::registry::mip6::status;

use crate::ha::bench::{
    Accept, Bench, KEY, Update, acknowledgement, care_of, home, is_proved, mobility,
};
use crate::ha::later;

//= home-binding.3.8
#[test]
fn an_acknowledgement_goes_to_where_the_update_came_from() {
    let elsewhere = v6("2001:db8:e::5");
    // Away from home, what the binding says has no part in it.
    for (care_of, granted) in [(care_of(), 1700), (home(), 0)] {
        let mut bench = Bench::new();
        let update = Update { care_of, source: Some(elsewhere), ..Update::default() };
        let octets = bench.exchange(&update, &Accept::default()).packet();
        assert!(is_proved(&octets, KEY));
        let route = mobility(&octets).route;
        assert_eq!((route.destination, route.routed_to), (elsewhere, Some(home())));
        let answer = acknowledgement(&octets);
        assert_eq!((answer.status, answer.lifetime.seconds()), (status::ACCEPTED, granted));
        let bound = bench.ha.binding(home()).map(|binding| binding.care_of_address);
        assert_eq!(bound, (granted > 0).then_some(care_of));
        // A refusal as well.
        bench.pass(1);
        let moved = Update { source: Some(v6("2001:db8:e::6")), clock: -3600, ..update };
        let octets = bench.exchange(&moved, &Accept::default()).packet();
        assert_eq!(acknowledgement(&octets).status, status::MIPV6_ID_MISMATCH);
        let route = mobility(&octets).route;
        assert_eq!((route.destination, route.routed_to), (v6("2001:db8:e::6"), Some(home())));
    }
    // From the home address there is no routing header, whatever care-of address is told.
    for care_of in [care_of(), home()] {
        let mut bench = Bench::new();
        bench.bind(&Update::default());
        let end = Update { care_of, source: Some(home()), lifetime: 0, ..later(2) };
        let octets = bench.exchange(&end, &Accept::default()).packet();
        assert!(is_proved(&octets, KEY));
        let route = mobility(&octets).route;
        assert_eq!((route.destination, route.routed_to), (home(), None));
        assert_eq!(bench.ha.bindings().count(), 0);
    }
    // Nobody is asked about one that cannot be answered.
    for source in ["ff0e::5", "::"] {
        let mut bench = Bench::new();
        let update = Update { source: Some(v6(source)), ..Update::default() };
        assert!(bench.update(&update).is_dropped(Binding::Malformed), "{source}");
    }
}

//= home-binding.2.15
#[test]
fn a_care_of_address_has_to_be_one_that_is_routed() {
    for care_of in ["::", "::1", "ff02::1", "ff0e::5", "fe80::5"] {
        let mut bench = Bench::new();
        let update =
            Update { care_of: v6(care_of), source: Some(v6("2001:db8:e::5")), ..Update::default() };
        assert!(bench.update(&update).is_dropped(Binding::Malformed), "{care_of}");
    }
}

//= home-binding.2.16
#[test]
fn nonce_indices_have_no_business_in_a_home_registration() {
    let mut bench = Bench::new();
    let update = Update { nonces: true, ..Update::default() };
    assert!(bench.update(&update).is_dropped(Binding::Malformed));
    bench.bind(&Update { nonces: false, ..update });
}
