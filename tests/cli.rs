//! The command as its users meet it: what it writes, what it says, and that bad input overwrites nothing.

use beltrami::io::{read_tensors, write_tensors};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A fresh directory of this test's own.
fn dir(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

fn beltrami(dir: &Path, args: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beltrami"));
    command.current_dir(dir).args(args.split_whitespace());
    command
}

/// Runs a command that succeeds; its stdout.
fn succeeds(dir: &Path, args: &str) -> String {
    let output = beltrami(dir, args).output().unwrap();
    assert!(output.status.success(), "{args}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Bad input gives one line with all of `parts`, exit code 2, and leaves every file as it was.
fn refuses(dir: &Path, args: &str, parts: &[&str]) {
    let before = files(dir);
    told(args, beltrami(dir, args).output().unwrap(), parts);
    assert_eq!(before, files(dir), "{args} changed files");
}

fn told(args: &str, output: Output, parts: &[&str]) {
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{args}: {message}");
    assert_eq!(message.lines().count(), 1, "{args}: {message}");
    for part in parts {
        assert!(message.contains(part), "{args}: {message:?} lacks {part:?}");
    }
}

/// Every file below `dir` with its bytes.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        match entry.file_type().unwrap().is_dir() {
            true => found.append(&mut files(&entry.path())),
            false => drop(found.insert(entry.path(), fs::read(entry.path()).unwrap())),
        }
    }
    found
}

/// A ternary tree of 60 nodes.
fn tree() -> String {
    (1..60).map(|i| format!("n{i}\tn{}\n", (i - 1) / 3)).collect()
}

const QUICK: &str = "embed --edges tree.tsv --dim 3 --burn-in 5 --negatives 10";

/// A directory with the tree, and an embedding of it in `out`.
fn trained(name: &str) -> PathBuf {
    let dir = dir(name);
    fs::write(dir.join("tree.tsv"), tree()).unwrap();
    succeeds(&dir, &format!("{QUICK} --epochs 10 --out out"));
    dir
}

#[test]
fn embed_writes_everything_and_reports() {
    let dir = dir("embed");
    let out = succeeds(&dir, "embed --dim 3 --epochs 4 --negatives 5 --json");
    assert!(out.starts_with("1180 nodes, 6540 pairs; poincare(kappa=-1) in 3 dimensions, 4 epochs\n"), "{out}");
    let report: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    for field in ["map", "mean_rank", "epochs", "seconds", "pairs_per_second", "cpu_seconds", "peak_rss_mb"] {
        let number = report[field].as_f64().filter(|x| *x > 0.0);
        assert!(number.is_some() || !cfg!(target_os = "linux"), "{field} in {report}");
    }
    assert_eq!(report["epochs"], 4);

    let out = dir.join("beltrami-out");
    for name in ["loss.svg", "loss.png", "disk.svg", "disk.png", "disk.html", "checkpoint.safetensors"] {
        assert!(fs::metadata(out.join(name)).unwrap().len() > 1000, "{name}");
    }
    let file = read_tensors(out.join("embeddings.safetensors")).unwrap();
    assert_eq!(file.tensors["embeddings"].shape, [1180, 3]);
    assert_eq!(file.metadata["manifold"], "poincare(kappa=-1)");
    let table = fs::read_to_string(out.join("embeddings.tsv")).unwrap();
    assert!(table.lines().count() == 1180 && table.lines().all(|l| l.split('\t').count() == 4));
    let metrics = fs::read_to_string(out.join("metrics.jsonl")).unwrap();
    let lines: Vec<Value> = metrics.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((lines.len(), &lines[3]["epoch"], &lines[4]["map"]), (5, &4.into(), &report["map"]));
}

#[test]
fn eval_agrees_with_embed_and_neighbors_are_sorted() {
    let dir = dir("eval");
    fs::write(dir.join("tree.tsv"), tree()).unwrap();
    for manifold in ["poincare --kappa -0.5", "lorentz", "euclidean"] {
        let last = |text: String| serde_json::from_str::<Value>(text.lines().last().unwrap()).unwrap();
        let trained = last(succeeds(&dir, &format!("{QUICK} --epochs 30 --out out --json --manifold {manifold}")));
        let read = last(succeeds(&dir, "eval out tree.tsv --json"));
        assert_eq!((&trained["map"], &trained["mean_rank"]), (&read["map"], &read["mean_rank"]), "{manifold}");
        assert_eq!((&read["nodes"], &read["pairs"]), (&60.into(), &trained_pairs().into()));
        let distortion = |field: &str| read["distortion"][field].as_f64().unwrap();
        assert!(distortion("average_scaled") <= distortion("average") && distortion("worst") >= 1.0, "{read}");
        let near = succeeds(&dir, "neighbors out/embeddings.safetensors n7 -k 4");
        let distances: Vec<f64> = near.lines().map(|l| l.split('\t').next().unwrap().parse().unwrap()).collect();
        assert!(distances.len() == 4 && distances.is_sorted(), "{near}");
        assert!(!near.contains("\tn7\n"));
    }
    assert!(dir.join("out/disk.svg").exists());
}

/// Pairs of the tree's closure: the sum of all depths.
fn trained_pairs() -> usize {
    (1..60usize).map(|i| std::iter::successors(Some(i), |&j| (j > 0).then(|| (j - 1) / 3)).count() - 1).sum()
}

#[test]
fn threads_and_resuming_do_not_change_the_bits() {
    let dir = trained("resume");
    let result = |out: &str| fs::read(dir.join(out).join("embeddings.safetensors")).unwrap();
    succeeds(&dir, &format!("{QUICK} --batch 50 --epochs 8 --out one --threads 1"));
    succeeds(&dir, &format!("{QUICK} --batch 50 --epochs 8 --out three --threads 3"));
    assert_eq!(result("one"), result("three"));
    succeeds(&dir, &format!("{QUICK} --batch 50 --epochs 3 --out parts"));
    assert_ne!(result("one"), result("parts"));
    succeeds(&dir, &format!("{QUICK} --batch 50 --epochs 8 --out parts --resume"));
    assert_eq!(result("one"), result("parts"));
    let curve = |out: &str| fs::read(dir.join(out).join("loss.svg")).unwrap();
    assert_eq!(curve("one"), curve("parts"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_saves_and_resuming_gives_the_same_bits() {
    let dir = trained("interrupt");
    let mut child = beltrami(&dir, &format!("{QUICK} --epochs 100000000 --out stopped"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first line says that training begins.
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("Go on with: ") && told.trim_end().ends_with("--resume"), "{told}");
    assert!(!dir.join("stopped/embeddings.safetensors").exists());

    let epoch = told.split("epoch ").nth(1).unwrap().split(' ').next().unwrap();
    let epochs = epoch.parse::<usize>().unwrap() + 2;
    succeeds(&dir, &format!("{QUICK} --epochs {epochs} --out stopped --resume"));
    succeeds(&dir, &format!("{QUICK} --epochs {epochs} --out whole"));
    let result = |out: &str| fs::read(dir.join(out).join("embeddings.safetensors")).unwrap();
    assert!(result("stopped") == result("whole"), "{epochs} epochs");
}

/// The last line, as JSON.
fn report(text: &str) -> Value {
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[test]
fn edges_that_are_set_aside_are_measured() {
    let dir = dir("holdout");
    fs::write(dir.join("tree.tsv"), tree()).unwrap();
    let told = succeeds(&dir, &format!("{QUICK} --epochs 30 --holdout 0.3 --out out --json"));
    let measured = report(&told);
    // 0.3 of the pairs that are no edges of the tree.
    assert_eq!(measured["heldout_pairs"], (0.3 * (trained_pairs() - 59) as f64).round() as usize);
    assert!(measured["heldout_map"].as_f64().unwrap() > 0.0 && measured["heldout_mean_rank"].as_f64().unwrap() >= 1.0);
    assert!(told.contains("pairs that were set aside"));
    // All edges count in what `eval` tells.
    let read = report(&succeeds(&dir, "eval out tree.tsv --json"));
    assert_eq!((&measured["map"], &read["pairs"]), (&read["map"], &trained_pairs().into()));
    let again = format!("{QUICK} --epochs 31 --out out --resume");
    refuses(&dir, &again, &["holdout was 0.3 and is 0"]);
}

#[test]
fn ways_of_training_store_what_they_are_and_go_on() {
    let dir = dir("ways");
    fs::write(dir.join("tree.tsv"), tree()).unwrap();
    for options in
        ["--manifold h3 --learn-curvature", "--manifold h2,e1,s2 --learn-curvature", "--manifold p3 --loss cones"]
    {
        let train = format!("embed --edges tree.tsv --burn-in 3 --negatives 5 {options}");
        let whole = report(&succeeds(&dir, &format!("{train} --epochs 6 --out whole --json")));
        succeeds(&dir, &format!("{train} --epochs 4 --out parts"));
        succeeds(&dir, &format!("{train} --epochs 6 --out parts --resume"));
        let result = |out: &str| fs::read(dir.join(out).join("embeddings.safetensors")).unwrap();
        assert!(result("whole") == result("parts"), "{options}");
        let read = report(&succeeds(&dir, "eval whole tree.tsv --json"));
        assert_eq!(whole["map"], read["map"], "{options}");
        let file = read_tensors(dir.join("whole/embeddings.safetensors")).unwrap();
        assert_eq!(file.metadata["manifold"], whole["manifold"].as_str().unwrap());
        assert_eq!(file.metadata["loss"], if options.contains("cones") { "cones" } else { "softmax" });
        assert!(succeeds(&dir, "neighbors whole n7 -k 4").lines().count() == 4);
    }
}

#[test]
fn spaces_are_compared() {
    let dir = dir("compare");
    fs::write(dir.join("tree.tsv"), tree()).unwrap();
    let compare = "embed --edges tree.tsv --compare e3,h3,p2(kappa=-2) --burn-in 5 --negatives 10 --holdout 0.2 --json";
    let told = succeeds(&dir, &format!("{compare} --epochs 20 --seeds 2"));
    let list = report(&told);
    let names: Vec<&str> = list.as_array().unwrap().iter().map(|row| row["manifold"].as_str().unwrap()).collect();
    assert_eq!(names, ["e3", "h3", "p2(kappa=-2)"]);
    for row in list.as_array().unwrap() {
        for key in ["map", "mean_rank", "heldout_map", "heldout_mean_rank", "cpu_seconds"] {
            assert!(row[key].is_f64() && row[format!("{key}_sd")].is_f64(), "{key} in {row}");
        }
        assert_eq!(row["seeds"], 2);
    }
    assert_eq!((&list[0]["parameters"], &list[2]["parameters"]), (&180.into(), &120.into()));
    assert!(told.lines().any(|line| line.starts_with("h3 ") && line.contains('±')), "{told}");
    let file: Value = serde_json::from_slice(&fs::read(dir.join("beltrami-out/comparison.json")).unwrap()).unwrap();
    assert_eq!(file, list);
    // Gone on with, nothing is trained again and nothing changes; one seed is as without the other.
    assert_eq!(report(&succeeds(&dir, &format!("{compare} --epochs 20 --seeds 2 --resume")))[1]["map"], list[1]["map"]);
    let alone =
        "embed --edges tree.tsv --manifold h3 --burn-in 5 --negatives 10 --holdout 0.2 --epochs 20 --json --seed";
    let maps = [1, 2].map(|seed| report(&succeeds(&dir, &format!("{alone} {seed}")))["map"].as_f64().unwrap());
    assert!((list[1]["map"].as_f64().unwrap() - (maps[0] + maps[1]) / 2.0).abs() < 1e-12);
}

#[test]
fn bad_edge_lists_are_refused() {
    let dir = trained("edges");
    for (name, text, parts) in [
        ("ragged.tsv", "a\tb\nc\n", &["ragged.tsv:2", "column"] as &[&str]),
        ("empty.tsv", "", &["empty.tsv", "no edges", "child<TAB>ancestor"]),
        ("cycle.tsv", "a\tb\nb\tc\nc\ta\n", &["cycle.tsv:3", "cycle", "a → b → c → a", "remove"]),
        ("self.tsv", "a\tb\nb\tb\n", &["self.tsv:2", "its own ancestor"]),
    ] {
        fs::write(dir.join(name), text).unwrap();
        refuses(&dir, &format!("embed --out out --edges {name}"), parts);
        refuses(&dir, &format!("eval out {name}"), parts);
    }
    refuses(&dir, "embed --out out --edges missing.tsv", &["missing.tsv", "cannot read"]);
    refuses(&dir, "embed --out out --wordnet nowhere", &["nowhere", "wordnet-base"]);
    fs::write(dir.join("other.tsv"), "n1\tn0\nm2\tn0\n").unwrap();
    refuses(&dir, "eval out other.tsv", &["there is no 'm2'", "n2"]);
}

#[test]
fn bad_settings_are_refused() {
    let dir = trained("settings");
    for (options, parts) in [
        ("--dim 0", &["dimension 0", "at least 1"] as &[&str]),
        ("--kappa 1", &["κ = 1", "κ < 0"]),
        ("--kappa 0 --manifold lorentz", &["κ = 0", "κ < 0"]),
        ("--kappa NaN", &["κ = NaN"]),
        ("--kappa -1 --manifold euclidean", &["κ = -1 for flat space", "leave --kappa out"]),
        ("--epochs 0", &["0 epochs"]),
        ("--batch 0", &["batches of 0"]),
        ("--negatives 0", &["0 negatives"]),
        ("--lr -1", &["learning rate -1"]),
        ("--manifold klein", &["unknown manifold \"klein\"", "choose"]),
        ("--manifold h3,q", &["h3,q"]),
        ("--manifold h3 --dim 4", &["\"h3\" has 3 dimensions", "leave --dim out"]),
        ("--holdout 1.5", &["holdout of 1.5", "between 0 and 1"]),
        ("--holdout 0", &["holdout of 0", "leave --holdout out"]),
        ("--holdout 0.0001", &["is none", "larger fraction"]),
        ("--manifold e3 --learn-curvature", &["no curvature that can be learned"]),
        ("--manifold e3 --loss cones", &["no entailment cones"]),
        ("--compare ,", &["no space in"]),
        ("--compare h2,h2", &["h2 is there twice"]),
        ("--compare h2 --seeds 0", &["0 seeds"]),
    ] {
        refuses(&dir, &format!("embed --edges tree.tsv --out out {options}"), parts);
    }
    refuses(&dir, "neighbors out n99", &["there is no 'n99'", "did you mean n9"]);
}

#[test]
fn a_checkpoint_of_another_run_is_refused() {
    let dir = trained("checkpoint");
    let again = format!("{QUICK} --epochs 12 --resume");
    refuses(&dir, &format!("{again} --out out --seed 2"), &["checkpoint.safetensors", "seed was 1 and is 2"]);
    refuses(&dir, &format!("{again} --out out --lr 1 --manifold lorentz"), &["lr was", "manifold was poincare"]);
    let text = tree().replace("n59", "m59");
    fs::write(dir.join("tree.tsv"), text).unwrap();
    refuses(&dir, &format!("{again} --out out"), &["hierarchy was", "start anew"]);
    fs::create_dir(dir.join("nothing")).unwrap();
    refuses(&dir, &format!("{again} --out nothing"), &["there is no checkpoint", "without --resume"]);
}

/// The last line of what a command prints.
fn measured(dir: &Path, args: &str) -> Value {
    let text = succeeds(dir, args);
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

#[test]
fn measure_tells_trees_from_others() {
    let dir = trained("measure");
    let tree = measured(&dir, "measure tree.tsv --json");
    assert_eq!(
        (&tree["hyperbolicity"]["delta_lower"], &tree["hyperbolicity"]["delta_upper"]),
        (&0.0.into(), &0.0.into())
    );
    assert_eq!((&tree["hyperbolicity"]["points"], &tree["null_kind"]["kind"]), (&60.into(), &"rewired".into()));
    assert!(tree["curvature"]["mean"].as_f64().unwrap() < -0.1, "{tree}");
    assert!(tree["suggested"]["signature"].as_str().unwrap().starts_with('h'), "{tree}");
    assert_eq!(tree["candidates"].as_array().unwrap().len(), 11);

    // A hexagon with a chord and a part of its own, as a CSV with a header.
    fs::write(dir.join("ring.csv"), "u,v\n1,2\n2,3\n3,4\n4,5\n5,6\n6,1\na,b\n").unwrap();
    let text = succeeds(&dir, "measure ring.csv --dim 2");
    assert!(text.starts_with("largest component: 6 of 8 nodes, 6 of 7 edges\n"), "{text}");
    assert!(text.lines().any(|l| l.split_whitespace().take(2).eq(["δ", "1"])), "{text}");

    // Closures are reduced on demand; lengths are read on demand.
    fs::write(dir.join("closed.tsv"), "b\ta\t2\nc\tb\t2\nc\ta\t2\nd\tc\t2\nd\tb\t2\nd\ta\t2\n").unwrap();
    for (flag, diameter) in [("", 1.0), ("--hierarchy", 3.0), ("--lengths", 2.0)] {
        let found = measured(&dir, &format!("measure closed.tsv --json {flag}"));
        assert_eq!(found["hyperbolicity"]["diameter"], diameter, "{flag}");
    }
}

#[test]
fn measure_takes_points() {
    let dir = trained("measure-points");
    let quick = "--json --search 0 --quadruples 1000 --pairs 50 --dim 2";
    let stored = measured(&dir, &format!("measure out {quick}"));
    let table = measured(&dir, &format!("measure out/embeddings.tsv --points --manifold poincare(kappa=-1) {quick}"));
    assert_eq!(stored, table);
    assert_eq!(stored["null_kind"], serde_json::json!({ "kind": "gaussian", "dim": 3 }));
    let few = measured(&dir, &format!("measure out --max-points 30 {quick}"));
    assert_eq!((&few["hyperbolicity"]["points"], &few["null"]["points"]), (&30.into(), &30.into()));

    fs::write(dir.join("bad.tsv"), "a\t1\t2\nb\t1\tx\n").unwrap();
    fs::write(dir.join("bad.npy"), "no array").unwrap();
    refuses(&dir, "measure bad.tsv --points", &["bad.tsv:2", "'x' in column 3"]);
    refuses(&dir, "measure bad.tsv --lengths", &["bad.tsv:2", "the weight 'x'"]);
    refuses(&dir, "measure bad.npy", &["bad.npy", "no .npy file"]);
    refuses(&dir, "measure none.tsv", &["none.tsv", "cannot read"]);
    refuses(&dir, "measure out/embeddings.tsv --points --manifold poincare(kappa=1)", &["κ = 1"]);
    refuses(&dir, "measure out --neighbors 0", &["0 neighbours"]);
}

#[test]
fn damaged_files_are_refused() {
    let dir = trained("damaged");
    let again = format!("{QUICK} --epochs 12 --resume --out out");
    for (name, tensor, command) in [
        ("checkpoint.safetensors", "rows", again.as_str()),
        ("embeddings.safetensors", "embeddings", "eval out tree.tsv"),
        ("embeddings.safetensors", "embeddings", "neighbors out n1"),
    ] {
        let path = dir.join("out").join(name);
        let sound = fs::read(&path).unwrap();
        let mut file = read_tensors(&path).unwrap();
        file.tensors.get_mut(tensor).unwrap().bytes[40..48].copy_from_slice(&f64::NAN.to_le_bytes());
        write_tensors(&path, &file).unwrap();
        refuses(&dir, command, &[name, "not finite (first at 5)"]);
        fs::write(&path, &sound[..sound.len() - 100]).unwrap();
        refuses(&dir, command, &[name, "cut off"]);
        fs::write(&path, "").unwrap();
        refuses(&dir, command, &[name, "0 bytes"]);
        fs::write(&path, sound).unwrap();
    }
    fs::copy(dir.join("out/checkpoint.safetensors"), dir.join("other.safetensors")).unwrap();
    refuses(&dir, "eval other.safetensors tree.tsv", &["other.safetensors", "beltrami embed"]);
    fs::copy(dir.join("out/embeddings.safetensors"), dir.join("out/checkpoint.safetensors")).unwrap();
    refuses(&dir, &again, &["checkpoint.safetensors", "no checkpoint"]);
}

#[test]
fn unwritable_directories_are_refused_before_training() {
    let dir = trained("unwritable");
    let train = "embed --edges tree.tsv --epochs 100000000 --out";
    refuses(&dir, &format!("{train} tree.tsv/below"), &["tree.tsv/below", "choose another --out"]);
    refuses(&dir, &format!("{train} tree.tsv"), &["tree.tsv", "choose another --out"]);
    fs::create_dir_all(dir.join("taken/embeddings.tsv")).unwrap();
    refuses(&dir, &format!("{train} taken"), &["taken/embeddings.tsv", "directory"]);
    if cfg!(target_os = "linux") {
        refuses(&dir, &format!("{train} /proc/beltrami"), &["/proc/beltrami", "choose another --out"]);
    }
}

/// A limit on the size of files stands in for a disk without room: writes fail half way.
#[cfg(unix)]
#[test]
fn a_full_disk_is_noticed_before_training() {
    let dir = trained("full");
    let before = files(&dir);
    let script = r#"trap "" XFSZ; ulimit -f 64; exec "$0" embed --edges tree.tsv --epochs 100000000 --out out"#;
    let mut shell = Command::new("sh");
    let output = shell.current_dir(&dir).args(["-c", script, env!("CARGO_BIN_EXE_beltrami")]).output().unwrap();
    told(script, output, &["out: cannot write the results here, make room"]);
    assert_eq!(before, files(&dir));
}

/// On a machine without a card the second device is told once, and bounds take its place. Cargo would lend its programs the
/// interpreter of the other tests.
#[cfg(target_os = "linux")]
#[test]
fn bench_without_a_card_gives_bounds() {
    if Path::new("/dev/nvidiactl").exists() {
        return;
    }
    let dir = dir("bench");
    let case = "poincare.logmap0/65536x64/fwd";
    let bench = |args: &str| {
        let output = beltrami(&dir, &format!("bench {case} {args}")).env_remove("LD_LIBRARY_PATH").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let out = bench("--device cpu,cuda --repeats 1");
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("1 thread(s), f32"), "{out}");
    assert!(lines[1].starts_with("CUDA cannot be used: ") && lines[2].contains("not measured"), "{out}");
    assert!(lines[3].ends_with(">= H100   >= A100"), "{out}");
    assert!(lines[4].starts_with(case) && lines.len() == 5, "{out}");
    let bounds: Vec<f64> = lines[4].split_whitespace().rev().take(2).map(|text| text.parse().unwrap()).collect();
    assert!(0.0 < bounds[1] && bounds[1] < bounds[0], "{out}");
    let record = bench("--device cuda --json");
    let first: Value = serde_json::from_str(record.lines().next().unwrap()).unwrap();
    assert!(first["card"] == "H100" && first["ms_bound"].as_f64() > Some(0.0), "{record}");
}
