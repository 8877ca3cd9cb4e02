//! Every registered operation passes every check of its cases.

use beltrami::ops::{registry, verify};

fn check(wanted: impl Fn(&str) -> bool) {
    let mut failures = vec![];
    for spec in registry::all().filter(|spec| wanted(spec.name)) {
        for finding in verify::verify(spec) {
            if let Some(failure) = finding.failure {
                failures.push(format!("{} / {} / {}: {failure}", finding.op, finding.case, finding.check));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

// Two tests, since those run side by side. Functions of manifolds are named "model.function".

#[test]
fn every_function_of_manifolds_is_right() {
    check(|name| name.contains('.'));
}

#[test]
fn every_other_operation_is_right() {
    check(|name| !name.contains('.'));
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = registry::all().map(|s| s.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}
