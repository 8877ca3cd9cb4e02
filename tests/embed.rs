//! Learning embeddings beyond the plain case: edges set aside, learned curvature, cones, comparisons.

use beltrami::data::{Hierarchy, mammals};
use beltrami::manifold::Spec;
use beltrami::models::{Embeddings, HierarchyTrainer, Loss, Settings, State, link_prediction, reconstruction};
use beltrami::{Device, Result, Rng};
use std::collections::HashSet;

/// A binary tree of 63 nodes, closed.
fn tree() -> Result<Hierarchy> {
    Ok(Hierarchy::from_pairs((1..63u32).map(|i| (format!("n{i}"), format!("n{}", (i - 1) / 2))))?.closure())
}

fn trained<'a>(tree: &'a Hierarchy, settings: &Settings, epochs: usize) -> Result<HierarchyTrainer<'a>> {
    let mut trainer = HierarchyTrainer::new(tree, settings.clone())?;
    while trainer.epochs() < epochs {
        trainer.step(&Device::cpu())?;
    }
    Ok(trainer)
}

/// Settings that go the way of tensors.
fn general() -> Result<Vec<Settings>> {
    let quick = Settings { negatives: 10, burn_in: 4, dim: 3, ..Settings::default() };
    let learned = |spec: &str| -> Result<Settings> {
        Ok(Settings { manifold: spec.parse()?, learn_curvature: true, ..quick.clone() })
    };
    let cones = Settings { loss: Loss::Cones, ..quick.clone() };
    Ok(vec![learned("lorentz")?, learned("poincare(kappa=-2)")?, cones])
}

#[test]
fn what_is_set_aside_is_neither_learned_nor_a_negative() -> Result<()> {
    let tree = tree()?;
    let settings = Settings { holdout: 0.2, dim: 2, ..Settings::default() };
    let trainer = HierarchyTrainer::new(&tree, settings.clone())?;
    let withheld: HashSet<(u32, u32)> = trainer.withheld().iter().copied().collect();
    let learned: HashSet<(u32, u32)> = trainer.learned().edges().iter().copied().collect();
    assert!(!withheld.is_empty() && withheld.is_disjoint(&learned));
    let all: HashSet<(u32, u32)> = tree.edges().iter().copied().collect();
    assert_eq!(withheld.union(&learned).copied().collect::<HashSet<_>>(), all);
    // Parents and their children are always shown.
    assert!((1..63).all(|i| {
        !withheld.contains(&(tree.id(&format!("n{i}")).unwrap(), tree.id(&format!("n{}", (i - 1) / 2)).unwrap()))
    }));

    // The pairs of a whole epoch, as the steps count them: the learned ones, and samples for each node.
    let mut trainer = trainer;
    let mut pairs = 0;
    loop {
        let step = trainer.step(&Device::cpu())?;
        pairs += step.pairs;
        if step.finished.is_some() {
            break;
        }
    }
    assert_eq!(pairs, learned.len() + 62 * settings.negatives);
    assert_eq!(HierarchyTrainer::new(&tree, settings)?.withheld(), trainer.withheld());
    Ok(())
}

/// The definition, one distance at a time.
#[test]
fn heldout_ranks_leave_out_all_other_ancestors() -> Result<()> {
    let tree = tree()?;
    let (_, withheld) = tree.withhold(0.3, Rng::new(9))?;
    let rng = Rng::new(2);
    let rows: Vec<f64> = (0..tree.len() * 2).map(|i| rng.uniform(i as u64) - 0.5).collect();
    for (spec, loss) in [("poincare", Loss::Softmax), ("euclidean", Loss::Softmax), ("poincare", Loss::Cones)] {
        let embeddings = Embeddings::new(tree.names().to_vec(), spec.parse()?, 2, rows.clone())?.trained_with(loss);
        let measured = link_prediction(&embeddings, &tree, &withheld, &Device::cpu())?;
        assert!((0.0..=1.0).contains(&measured.map) && measured.mean_rank >= 1.0);
        if loss == Loss::Cones {
            continue;
        }
        let near = |u: u32| -> Result<Vec<f64>> {
            let mut distances = vec![0.0; tree.len()];
            for (j, d) in embeddings.neighbors(u as usize, tree.len())? {
                distances[j] = d;
            }
            Ok(distances)
        };
        let (mut ranks, mut precision, mut nodes) = (0.0, 0.0, 0.0);
        for pairs in withheld.chunk_by(|a, b| a.0 == b.0) {
            let u = pairs[0].0;
            let distances = near(u)?;
            let free = |i: &u32| *i != u && tree.ancestors(u).binary_search(i).is_err();
            let mut wanted: Vec<f64> = pairs.iter().map(|&(_, v)| distances[v as usize]).collect();
            wanted.sort_by(f64::total_cmp);
            let mut sum = 0.0;
            for (i, d) in wanted.iter().enumerate() {
                let nearer =
                    (0..tree.len() as u32).filter(free).filter(|&o| distances[o as usize] <= *d).count() as f64;
                ranks += nearer + 1.0;
                sum += (i + 1) as f64 / (nearer + (i + 1) as f64);
            }
            precision += sum / pairs.len() as f64;
            nodes += 1.0;
        }
        assert!((measured.mean_rank - ranks / withheld.len() as f64).abs() < 1e-12, "{spec}: {measured:?}");
        assert!((measured.map - precision / nodes).abs() < 1e-12, "{spec}: {measured:?}");
    }
    Ok(())
}

#[test]
fn mammals_that_were_never_shown_are_found() -> Result<()> {
    let mammals = mammals()?;
    let settings = Settings { holdout: 0.05, burn_in: 120, ..Settings::default() };
    let trainer = trained(&mammals, &settings, 240)?;
    assert_eq!(trainer.withheld().len(), 268);
    let found = link_prediction(&trainer.embeddings()?, &mammals, trainer.withheld(), &Device::cpu())?;
    assert!(found.map > 0.85, "{found:?}");
    Ok(())
}

#[test]
fn every_way_goes_on_with_the_same_bits_on_any_number_of_threads() -> Result<()> {
    let tree = tree()?;
    for settings in general()? {
        let whole = trained(&tree, &settings, 8)?.state()?;
        let device = Device::cpu_with_threads(3);
        let mut first = HierarchyTrainer::new(&tree, settings.clone())?;
        while first.epochs() < 5 {
            first.step(&device)?;
        }
        first.step(&device)?;
        let mut second = HierarchyTrainer::resume(&tree, settings.clone(), first.state()?)?;
        while second.epochs() < 8 {
            second.step(&device)?;
        }
        assert_eq!(whole, second.state()?, "{settings:?}");
    }
    Ok(())
}

#[test]
fn learned_curvature_moves_and_stays_negative() -> Result<()> {
    let tree = tree()?;
    for spec in ["lorentz", "poincare(kappa=-2)"] {
        let manifold: Spec = spec.parse()?;
        let settings =
            Settings { manifold: manifold.clone(), learn_curvature: true, dim: 3, burn_in: 60, ..Settings::default() };
        let embeddings = trained(&tree, &settings, 120)?.embeddings()?;
        let kappa = embeddings.manifold().kappa;
        assert!(kappa < 0.0 && (kappa - manifold.kappa).abs() > 0.05, "{spec}: κ = {kappa}");
        let quality = reconstruction(&embeddings, &tree, &Device::cpu())?;
        assert!(quality.map > 0.8, "{spec}: {quality:?}");
    }
    Ok(())
}

#[test]
fn curvatures_of_every_curved_space_and_of_each_factor_are_learned() -> Result<()> {
    let tree = tree()?;
    for spec in ["halfspace", "solvable", "sphere", "stereographic(kappa=0.05)", "h2,e2,s2,p2(kappa=-0.5)"] {
        let manifold: Spec = spec.parse()?;
        let dim = if manifold.factors.is_empty() { 3 } else { 8 };
        let settings =
            Settings { manifold: manifold.clone(), learn_curvature: true, dim, burn_in: 10, ..Settings::default() };
        let embeddings = trained(&tree, &settings, 30)?.embeddings()?;
        let learned = embeddings.manifold();
        assert_eq!(learned.factors.len(), manifold.factors.len());
        for (before, after) in manifold.curved().iter().zip(learned.curved()) {
            assert_eq!(before.kind, after.kind);
            assert!((before.kappa - after.kappa).abs() > 1e-3, "{spec}: {after}");
            let kept = before.kappa.signum() == after.kappa.signum();
            assert!(kept || before.kind == "stereographic", "{spec}: {after}");
        }
    }
    Ok(())
}

#[test]
fn cones_hold_what_is_below_them_in_every_chart() -> Result<()> {
    let tree = tree()?;
    for spec in ["lorentz", "halfspace", "solvable", "stereographic(kappa=-2)"] {
        let settings =
            Settings { loss: Loss::Cones, manifold: spec.parse()?, dim: 3, burn_in: 60, ..Settings::default() };
        let embeddings = trained(&tree, &settings, 150)?.embeddings()?;
        assert_eq!(embeddings.loss(), Loss::Cones);
        let quality = reconstruction(&embeddings, &tree, &Device::cpu())?;
        assert!(quality.map > 0.7, "{spec}: {quality:?}");
        // Read by distance the same points say less about who is whose ancestor.
        let by_distance = reconstruction(&embeddings.trained_with(Loss::Softmax), &tree, &Device::cpu())?;
        assert!(by_distance.map < quality.map, "{spec}: {by_distance:?}");
    }
    Ok(())
}

#[test]
fn settings_that_contradict_each_other_are_refused() -> Result<()> {
    let tree = tree()?;
    let told =
        |settings: Settings| HierarchyTrainer::new(&tree, settings).err().map(|e| e.to_string()).unwrap_or_default();
    let fine = Settings::default();
    let flat: Spec = "euclidean".parse()?;
    for holdout in [-0.1, 1.0, f64::NAN] {
        assert!(told(Settings { holdout, ..fine.clone() }).contains("between 0 and 1"), "{holdout}");
    }
    assert!(told(Settings { holdout: 1e-6, ..fine.clone() }).contains("is none"));
    assert!(told(Settings { manifold: flat.clone(), learn_curvature: true, ..fine.clone() }).contains("no curvature"));
    assert!(told(Settings { manifold: flat, loss: Loss::Cones, ..fine.clone() }).contains("no entailment cones"));
    assert!(told(Settings { learn_curvature: true, loss: Loss::Cones, ..fine.clone() }).contains("every curvature"));

    let state = HierarchyTrainer::new(&tree, fine.clone())?.state()?;
    let state = State { curvatures: vec![0.0], ..state };
    let refused = HierarchyTrainer::resume(&tree, fine, state).err().map(|e| e.to_string()).unwrap_or_default();
    assert!(refused.contains("1 learned curvatures for 0 to learn"), "{refused}");
    Ok(())
}
