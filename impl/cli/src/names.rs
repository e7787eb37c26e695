//! Guards, properties and findings by their names. Of a name that there is not, those that are like it are
//! told.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use dsboot_model::Guard;
use dsboot_model::findings::{FINDINGS, Finding};
use dsboot_model::properties::{PROMISES, Promise};

/// A guard by its name.
pub(crate) fn guard() -> impl TypedValueParser<Value = Guard> {
    named(Guard::ALL, |guard| guard.name()).map(|guard| *guard)
}

/// A property by its name.
pub(crate) fn property() -> impl TypedValueParser<Value = &'static Promise> {
    named(PROMISES, |promise| promise.name)
}

/// A finding by its number.
pub(crate) fn finding() -> impl TypedValueParser<Value = &'static Finding> {
    named(FINDINGS, |finding| finding.id)
}

/// One of these, by its name.
fn named<T: Sync>(
    all: &'static [T],
    name: fn(&'static T) -> &'static str,
) -> impl TypedValueParser<Value = &'static T> {
    let names: Vec<&'static str> = all.iter().map(name).collect();
    PossibleValuesParser::new(names).try_map(move |word| {
        all.iter().find(|item| name(item) == word).ok_or("there is none of that name")
    })
}
