//! Writing that is all or nothing, and formats that say what is wrong with them.

use beltrami::DType;
use beltrami::io::{
    JsonLines, RawTensor, TensorFile, parse_tensors, read_tensors, write_atomic, write_table, write_tensors,
};
use proptest::prelude::*;
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A fresh directory of this test's own.
fn dir(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("io").join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

fn message(result: beltrami::Result<impl Sized>) -> String {
    result.map(|_| ()).unwrap_err().to_string()
}

fn files(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn atomic_replaces_or_leaves() {
    let dir = dir("atomic");
    let path = dir.join("a.txt");
    write_atomic(&path, |w| w.write_all(b"one")).unwrap();
    write_atomic(&path, |w| w.write_all(b"two")).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    let failed = write_atomic(&path, |w| {
        w.write_all(&vec![0; 1 << 20])?;
        Err(std::io::Error::other("the writer gave up"))
    });
    assert_eq!(message(failed), format!("{}: cannot write: the writer gave up", path.display()));
    assert_eq!((fs::read(&path).unwrap(), files(&dir)), (b"two".to_vec(), vec!["a.txt".to_owned()]));
    assert_eq!(message(write_atomic(&dir, |_| Ok(()))), format!("{}: cannot write: is a directory", dir.display()));
    let nowhere = dir.join("none/b.txt");
    assert_eq!(
        message(write_atomic(&nowhere, |_| Ok(()))),
        format!("{}: cannot write: No such file or directory (os error 2)", nowhere.display())
    );
}

#[cfg(unix)]
#[test]
fn atomic_keeps_permissions_and_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = dir("links");
    let (path, link) = (dir.join("a"), dir.join("b"));
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&path, &link).unwrap();
    write_atomic(&link, |w| w.write_all(b"new")).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

/// Runs a program; whether it succeeded.
fn succeeds(program: &str, args: &[&str]) -> bool {
    std::process::Command::new(program).args(args).output().is_ok_and(|o| o.status.success())
}

/// A mounted file system, unmounted when dropped.
struct Mount(PathBuf);
impl Drop for Mount {
    fn drop(&mut self) {
        succeeds("umount", &[self.0.to_str().unwrap()]);
    }
}

/// A tiny or a read-only file system, where the system lets one be mounted.
fn mount(name: &str, options: &str) -> Option<Mount> {
    let dir = dir(name);
    if !succeeds("mount", &["-t", "tmpfs", "-o", options, "tmpfs", dir.to_str().unwrap()]) {
        eprintln!("skipped: this user cannot mount a tmpfs");
        return None;
    }
    Some(Mount(dir))
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let Some(mount) = mount("full", "size=64k") else { return };
    let path = mount.0.join("a.bin");
    write_atomic(&path, |w| w.write_all(b"old")).unwrap();
    let full = message(write_atomic(&path, |w| w.write_all(&vec![7; 1 << 20])));
    assert_eq!(full, format!("{}: cannot write: No space left on device (os error 28)", path.display()));
    assert_eq!((fs::read(&path).unwrap(), files(&mount.0)), (b"old".to_vec(), vec!["a.bin".to_owned()]));

    let metrics = mount.0.join("m.jsonl");
    let mut lines = JsonLines::create(&metrics).unwrap();
    let failure = (0..10_000).find_map(|i| lines.push(&json!({"step": i, "loss": 0.125})).err()).unwrap();
    assert_eq!(
        failure.to_string(),
        format!("{}: cannot write: No space left on device (os error 28)", metrics.display())
    );
    let text = fs::read_to_string(&metrics).unwrap();
    let whole = |l: &str| l.ends_with("}\n") && serde_json::from_str::<serde_json::Value>(l).is_ok();
    assert!(text.split_inclusive('\n').all(whole), "{} bytes, the last ones {:?}", text.len(), text.lines().last());
}

#[test]
fn a_read_only_place_is_named() {
    let Some(mount) = mount("read-only", "ro") else { return };
    let path = mount.0.join("a.bin");
    let refused = message(write_atomic(&path, |_| Ok(())));
    assert_eq!(refused, format!("{}: cannot write: Read-only file system (os error 30)", path.display()));
    assert!(message(JsonLines::create(&path)).starts_with(&format!("{}: cannot write: ", path.display())));
}

#[cfg(unix)]
#[test]
fn an_unwritable_directory_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let dir = dir("unwritable");
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o555)).unwrap();
    let path = dir.join("a.bin");
    if fs::write(&path, "").is_ok() {
        eprintln!("skipped: permissions do not bind this user (root)");
        return;
    }
    let refused = message(write_atomic(&path, |_| Ok(())));
    assert_eq!(refused, format!("{}: cannot write: Permission denied (os error 13)", path.display()));
}

#[test]
fn json_lines_survive_a_cut() {
    let path = dir("jsonl").join("m.jsonl");
    let mut lines = JsonLines::create(&path).unwrap();
    for step in 0..3 {
        lines.push(&json!({"step": step})).unwrap();
    }
    lines.sync().unwrap();
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"st").unwrap();
    let mut lines = JsonLines::append_to(&path, None).unwrap();
    lines.push(&json!({"step": 3})).unwrap();
    let whole = "{\"step\":0}\n{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n";
    assert_eq!(fs::read_to_string(&path).unwrap(), whole);
    JsonLines::append_to(&path, Some(2)).unwrap().push(&json!({"step": 9})).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"step\":0}\n{\"step\":1}\n{\"step\":9}\n");
    assert_eq!(
        message(JsonLines::append_to(&path, Some(4))),
        format!(
            "{}: fewer than 4 whole lines; resume with the metrics file that belongs to the checkpoint, or start anew",
            path.display()
        )
    );
    JsonLines::append_to(&path, Some(0)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"");
}

#[test]
fn tables_read_back_to_the_same_bits() {
    let path = dir("table").join("t.tsv");
    let names = ["a b".to_owned(), "c".to_owned()];
    let rows = [0.1f32, -0.0, f32::MIN_POSITIVE, 16_777_217.0, 1.0 / 3.0, f32::MAX];
    write_table(&path, &names, 3, &rows).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("a b\t0.1\t-0\t0.0000"), "{text}");
    let back: Vec<f32> = text.lines().flat_map(|l| l.split('\t').skip(1)).map(|x| x.parse().unwrap()).collect();
    assert_eq!(back.iter().map(|x| x.to_bits()).collect::<Vec<_>>(), rows.map(f32::to_bits));
    assert_eq!(
        message(write_table(&path, &names, 2, &rows)),
        "write_table: 2 names × 2 numbers, but 6 numbers; give `width` numbers a name"
    );
    assert_eq!(
        message(write_table(&path, &["a\tb".to_owned()], 1, &[1.0f64])),
        "write_table: the name \"a\\tb\" holds a tab or an end of line; rename it"
    );
}

fn sample() -> TensorFile {
    let f32s: Vec<u8> = [1.0f32, -2.5, 0.0, 3.25, 1e-40, -1.0].iter().flat_map(|x| x.to_le_bytes()).collect();
    let tensors = [
        ("points", DType::F32, vec![2, 3], f32s),
        ("curvature", DType::F64, vec![], (-1.0f64).to_le_bytes().to_vec()),
        ("half", DType::BF16, vec![1], vec![0x80, 0x3f]),
        ("ids", DType::U32, vec![2], vec![1, 0, 0, 0, 2, 0, 0, 0]),
        ("labels", DType::I64, vec![1], (-7i64).to_le_bytes().to_vec()),
        ("mask", DType::U8, vec![3], vec![1, 0, 1]),
        ("none", DType::F32, vec![0, 5], vec![]),
    ];
    TensorFile {
        tensors: tensors
            .into_iter()
            .map(|(n, dtype, shape, bytes)| (n.into(), RawTensor { dtype, shape, bytes }))
            .collect(),
        metadata: [("manifold", "poincare"), ("kappa", "-1"), ("note", "naïve ✓")]
            .map(|(k, v)| (k.into(), v.into()))
            .into(),
    }
}

#[test]
fn tensors_round_trip() {
    let dir = dir("tensors");
    let (a, b) = (dir.join("a.safetensors"), dir.join("b.safetensors"));
    write_tensors(&a, &sample()).unwrap();
    write_tensors(&b, &read_tensors(&a).unwrap()).unwrap();
    assert_eq!(read_tensors(&a).unwrap(), sample());
    assert!(fs::read(&a).unwrap() == fs::read(&b).unwrap(), "equal contents, equal bytes");
    // The crate that defines the format reads it too.
    let bytes = fs::read(&a).unwrap();
    let theirs = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(theirs.tensor("points").unwrap().shape(), [2, 3]);

    let mut bad = sample();
    bad.tensors.get_mut("points").unwrap().bytes.pop();
    assert_eq!(
        message(write_tensors(&a, &bad)),
        "write_tensors: tensor 'points' of shape [2, 3] and type f32 has 23 bytes; give it product(shape) × dtype.size() bytes"
    );
    let mut bad = sample();
    bad.tensors.insert("__metadata__".into(), bad.tensors["mask"].clone());
    assert_eq!(
        message(write_tensors(&a, &bad)),
        "write_tensors: a tensor is named '__metadata__'; the format keeps this name for itself: choose another"
    );
}

/// A file of one tensor, by hand.
fn raw(header: &str, data: &[u8]) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()
}

fn one(dtype: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    raw(&format!(r#"{{"x":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[0,{}]}}}}"#, data.len()), data)
}

#[test]
fn other_types_are_widened_or_named() {
    let parse = |bytes: Vec<u8>| parse_tensors(Path::new("x.safetensors"), &bytes);
    let x = |bytes| parse(bytes).unwrap().tensors["x"].clone();
    let f16 = x(one("F16", "[2]", &[0x00, 0x3c, 0x01, 0x00]));
    let expected: Vec<u8> = [1.0f32, 5.960_464_5e-8].iter().flat_map(|x| x.to_le_bytes()).collect();
    assert_eq!((f16.dtype, f16.bytes), (DType::F32, expected));
    let i32 = x(one("I32", "[1]", &(-5i32).to_le_bytes()));
    assert_eq!((i32.dtype, i32.bytes), (DType::I64, (-5i64).to_le_bytes().to_vec()));
    let bool = x(one("BOOL", "[2]", &[0, 1]));
    assert_eq!((bool.dtype, bool.bytes), (DType::U8, vec![0, 1]));
    assert_eq!(
        message(parse(one("BOOL", "[2]", &[1, 2]))),
        "x.safetensors: tensor 'x' is BOOL but holds 2 at 1; write the file again"
    );
    assert_eq!(
        message(parse(one("I16", "[1]", &[0, 0]))),
        "x.safetensors: tensor 'x' has the number type I16, which is not supported; convert it to one of F64, F32, BF16, \
         F16, I64, I32, U32, U8, BOOL"
    );
}

#[test]
fn faults_of_tensor_files() {
    let path = dir("faults").join("a.safetensors");
    write_tensors(&path, &sample()).unwrap();
    let whole = fs::read(&path).unwrap();
    let size = whole.len();
    let again = "the file is cut off or damaged: copy or download it again";
    let other = "give a safetensors file, or write this one again";
    let long = |n: u64| [&n.to_le_bytes()[..], &whole[8..]].concat();
    for (bytes, expected) in [
        (vec![], format!("0 bytes are too few to be a safetensors file; {other}")),
        (whole[..5].to_vec(), format!("5 bytes are too few to be a safetensors file; {other}")),
        (
            whole[..size - 1].to_vec(),
            format!("the header describes another amount of data than the {} bytes here; {again}", size - 1),
        ),
        (
            [&whole[..], b"x"].concat(),
            format!("the header describes another amount of data than the {} bytes here; {again}", size + 1),
        ),
        (long(5000), format!("the header claims 5000 bytes, but the file has only {size}; {again}")),
        (long(u64::MAX), format!("the header claims {} bytes, more than the format allows; {other}", u64::MAX)),
        (
            raw(r#"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, &[0; 4]),
            format!("a tensor's offsets do not fit its shape and number type; {other}"),
        ),
        (
            raw(r#"{"x":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}"#, &[0; 4]),
            format!("the offsets of tensor 'x' overlap, leave a gap or run backwards; {other}"),
        ),
        (raw("{]", b""), format!("the header cannot be read (key must be a string at line 1 column 2); {other}")),
    ] {
        assert_eq!(message(parse_tensors(Path::new("m"), &bytes)), format!("m: {expected}"));
    }
}

#[test]
fn the_first_number_that_is_not_finite() {
    let f32s = |x: &[f32]| x.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>();
    let find =
        |dtype, bytes: Vec<u8>| RawTensor { dtype, shape: vec![bytes.len() / dtype.size()], bytes }.first_non_finite();
    assert_eq!(find(DType::F32, f32s(&[1.0, f32::MAX, -0.0])), None);
    assert_eq!(find(DType::F32, f32s(&[1.0, -f32::NAN])), Some(1));
    assert_eq!(find(DType::F64, f64::NEG_INFINITY.to_le_bytes().to_vec()), Some(0));
    assert_eq!(find(DType::BF16, vec![0x7f, 0x7f, 0x80, 0xff]), Some(1));
    assert_eq!(find(DType::U32, vec![0xff; 8]), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the bytes, the reader returns.
    #[test]
    fn no_bytes_break_the_reader(mut bytes in prop::collection::vec(any::<u8>(), 0..100), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let _ = parse_tensors(Path::new("m"), &bytes);
        let whole = one("F32", "[2, 3]", &[0; 24]);
        bytes = whole;
        let i = at.index(bytes.len());
        bytes[i] = to;
        let _ = parse_tensors(Path::new("m"), &bytes);
    }
}
