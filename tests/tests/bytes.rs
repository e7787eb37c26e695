//! The network of octets by itself: every setup comes to its end on it.

use std::time::Duration;

use dsboot_roles::mn::BindingState;
use dsboot_spec::Setup;
use dsboot_tests::bytes::Bytes;

#[test]
fn every_setup_is_bound_when_everything_is_delivered_once() {
    for setup in Setup::ALL {
        let mut bytes = Bytes::new(&Bytes::settings(setup, 1)).unwrap();
        for site in 0..3 {
            // Long enough for requests and updates not to wait for the ones before them.
            bytes.now = bytes.now + Duration::from_secs(2);
            let from = bytes.sent.len();
            bytes.attach(0, site);
            bytes.settle(from);
            let mn = bytes.mn(0).expect("there is one");
            assert_eq!(mn.binding().state(), BindingState::Bound, "{setup}, site {site}");
        }
    }
}
