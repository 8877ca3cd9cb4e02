//! Schedules are what their formulas say, also one after another.

use beltrami::optim::Schedule;
use beltrami::optim::schedule::{Constant, Cosine, Plateau, Steps, Warmup};

fn table(schedule: &impl Schedule, steps: &[usize]) -> Vec<f64> {
    steps.iter().map(|&step| schedule.multiplier(step)).collect()
}

#[test]
fn each_by_itself() {
    assert_eq!(table(&Constant(0.3), &[0, 7]), [0.3, 0.3]);
    assert_eq!(table(&Warmup { steps: 4 }, &[0, 1, 3, 4, 9]), [0.0, 0.25, 0.75, 1.0, 1.0]);
    assert_eq!(table(&Warmup { steps: 0 }, &[0, 1]), [1.0, 1.0]);
    assert_eq!(table(&Steps { every: 3, factor: 0.5 }, &[0, 2, 3, 5, 6]), [1.0, 1.0, 0.5, 0.5, 0.25]);
    let cosine = Cosine { steps: 8, min_ratio: 0.25 };
    assert_eq!(table(&cosine, &[0, 4, 8, 100]), [1.0, 0.625, 0.25, 0.25]);
    // cos(π/4) = 1/√2
    assert!((cosine.multiplier(2) - (0.625 + 0.375 / 2.0_f64.sqrt())).abs() < 1e-15);
}

#[test]
fn one_after_another() {
    let all = Warmup { steps: 4 }.then(4, Constant(1.0)).then(6, Cosine { steps: 8, min_ratio: 0.0 });
    assert_eq!(table(&all, &[2, 4, 5, 6, 10, 14, 20]), [0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0]);
}

#[test]
fn a_plateau_drops_after_its_patience() {
    let mut plateau = Plateau { threshold: 0.1, min_ratio: 0.3, ..Plateau::new(0.5, 2) };
    let losses = [10.0, 8.0, 7.9, f64::NAN, 7.8, 7.0, 7.0, 7.0, 7.0, 7.0];
    let got: Vec<f64> = losses.iter().map(|&loss| plateau.observe(loss)).collect();
    // 7.9 and 7.8 are not a tenth below 8, and 0.5² is below the least.
    assert_eq!(got, [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.3, 0.3]);
    // A copy goes on alike.
    let mut copy = plateau;
    assert_eq!(copy.observe(1.0), plateau.observe(1.0));
    assert_eq!((plateau.best, plateau.waited, plateau.multiplier()), (1.0, 0, 0.3));
}
