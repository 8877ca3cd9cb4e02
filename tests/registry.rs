//! Every registered operation passes every check of its cases.

use beltrami::ops::{registry, verify};

#[test]
fn every_operation_is_right() {
    let mut failures = vec![];
    for spec in registry::all() {
        for finding in verify::verify(spec) {
            if let Some(failure) = finding.failure {
                failures.push(format!("{} / {} / {}: {failure}", finding.op, finding.case, finding.check));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn names_are_unique() {
    let mut names: Vec<_> = registry::all().map(|s| s.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}
