//! Hierarchies, edge lists and WordNet: what they hold, and what they say when they cannot be read.

use beltrami::data::{self, Hierarchy, HierarchyBuilder, Hypernym, WordNet, parse_edge_list, read_edge_list};
use flate2::{Compression, GzBuilder};
use proptest::prelude::*;
use std::io::Write;
use std::path::{Path, PathBuf};

fn parse(name: &str, text: &str) -> beltrami::Result<Hierarchy> {
    parse_edge_list(Path::new(name), text.as_bytes())
}

fn message(result: beltrami::Result<impl Sized>) -> String {
    result.map(|_| ()).unwrap_err().to_string()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut w = GzBuilder::new().write(Vec::new(), Compression::best());
    w.write_all(text).unwrap();
    w.finish().unwrap()
}

/// A fresh directory of this test's own.
fn dir(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("data").join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

/// The edges as sorted lines.
fn lines(h: &Hierarchy) -> Vec<String> {
    let mut lines: Vec<_> = h.edges().iter().map(|&(c, a)| format!("{}\t{}\n", h.name(c), h.name(a))).collect();
    lines.sort_unstable();
    lines
}

/// FNV-1a of the sorted lines: equal sets of edges have equal sums.
fn sum(lines: &[String]) -> u64 {
    let bytes = lines.iter().flat_map(|l| l.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

#[test]
fn a_small_hierarchy() {
    // A diamond with a tail: e → d → {b, c} → a, and the shortcut d → a.
    let h = Hierarchy::from_pairs([("b", "a"), ("c", "a"), ("d", "b"), ("d", "c"), ("d", "a"), ("e", "d")]).unwrap();
    let id = |n| h.id(n).unwrap();
    assert_eq!((h.len(), h.edges().len(), h.duplicates()), (5, 6, 0));
    assert_eq!(h.names(), ["b", "a", "c", "d", "e"]);
    assert_eq!((h.id("a"), h.id("z"), h.name(3)), (Some(1), None, "d"));
    assert_eq!(h.ancestors(id("d")), [0, 1, 2]);
    assert_eq!(h.roots(), [id("a")]);
    assert!(!h.is_closed());
    let closed = h.closure();
    assert!(closed.is_closed());
    assert_eq!(closed.ancestors(id("e")), [0, 1, 2, 3]);
    assert_eq!(closed.closure(), closed);
    assert_eq!(h.direct_edges(), [(0, 1), (2, 1), (3, 0), (3, 2), (4, 3)]);
    assert_eq!(closed.direct_edges(), h.direct_edges());
    assert_eq!((h.depths(), closed.depths()), (vec![1, 0, 1, 2, 3], vec![1, 0, 1, 2, 3]));
    assert_eq!(h.descendant_counts(), [2, 4, 2, 1, 0]);
    let (offsets, items) = closed.ancestors_csr();
    assert_eq!((offsets, items.len()), (&[0, 1, 1, 2, 5, 9][..], 9));
}

#[test]
fn faults_of_pairs() {
    let pairs = |p: &[(&str, &str)]| message(Hierarchy::from_pairs(p.iter().copied()));
    assert_eq!(pairs(&[]), "hierarchy: there is no edge; give at least one (child, ancestor) pair");
    assert_eq!(pairs(&[("a", "a")]), "hierarchy: 'a' is its own ancestor; remove this edge");
    assert_eq!(pairs(&[("a", "")]), "hierarchy: a name is empty; give both nodes of the edge a name");
    assert_eq!(
        pairs(&[("x", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "r")]),
        "hierarchy: the edges form a cycle of 3 nodes: a → b → c → a; remove one of these edges"
    );
    let long: Vec<_> = (0..100).map(|i| (i.to_string(), ((i + 1) % 100).to_string())).collect();
    assert_eq!(
        message(Hierarchy::from_pairs(long)),
        "hierarchy: the edges form a cycle of 100 nodes: 0 → 1 → 2 → 3 → 4 → 5 → … → 96 → 97 → 98 → 99 → 0; \
         remove one of these edges"
    );
}

#[test]
fn edge_lists_of_all_kinds() {
    let plain = parse("e.tsv", "b\ta\nc\ta\nc\tb\n").unwrap();
    for (name, text) in [
        ("e.csv", "b,a\nc,a\nc,b"),
        ("e", "\u{feff}b , a\r\n\r\n# a comment, with a comma\r\nc,a\r\nc,\"b\"\r\n"),
        ("e.csv.gz", "child,parent\nb,a\nc,a\nc,b\n"),
        ("e.csv", "id1\tID2\nb\ta\nc\ta\nc\tb\n"),
    ] {
        assert_eq!(parse(name, text).unwrap(), plain, "{name}: {text}");
        assert_eq!(parse_edge_list(Path::new(name), &gzip(text.as_bytes())).unwrap(), plain, "{name}, gzipped: {text}");
    }
    let repeated = parse("e.tsv", "b\ta\nb\ta\nc\ta\nc\tb\nb\ta\n").unwrap();
    assert_eq!((repeated.edges(), repeated.duplicates()), (plain.edges(), 2));
    let weighted = parse("e.csv", "id1,id2,weight\nb,a,1\nc,a,0.25\n").unwrap();
    assert_eq!(weighted.weights(), Some(&[1.0, 0.25][..]));
    let quoted = parse("e.csv", "\"a \"\"b\"\", c\" ,root\n\" x\",root").unwrap();
    assert_eq!(quoted.names(), ["a \"b\", c", "root", " x"]);
    assert_eq!(parse("e.tsv", "'hood\tarea, \"region\"").unwrap().names(), ["'hood", "area, \"region\""]);
}

#[test]
fn faults_of_edge_lists() {
    for (name, text, expected) in [
        ("e.tsv", "", "e.tsv: the file has no edges; give one 'child<TAB>ancestor' a line"),
        ("e.tsv", "# nothing\n\n", "e.tsv: the file has no edges; give one 'child<TAB>ancestor' a line"),
        ("e.csv", "child,parent\n", "e.csv: there is no edge; give at least one (child, ancestor) pair"),
        (
            "e.tsv",
            "b\ta\nc\n",
            "e.tsv:2: 1 column where the first row has 2; give every row the same columns (quote a CSV name with a comma)",
        ),
        (
            "e.csv",
            "b,a\nc,a,1\n",
            "e.csv:2: 3 columns where the first row has 2; give every row the same columns (quote a CSV name with a comma)",
        ),
        (
            "e.txt",
            "b a\n",
            "e.txt:1: 1 column; a row is child, ancestor and at most a weight, separated by tabs (TSV) or commas (CSV)",
        ),
        (
            "e.csv",
            "a,b,c,d\n",
            "e.csv:1: 4 columns; a row is child, ancestor and at most a weight, separated by tabs (TSV) or commas (CSV)",
        ),
        ("e.tsv", "b\ta\n\ta\n", "e.tsv:2: the child's name is empty; name it or remove the line"),
        ("e.tsv", "# x\nb\t\n", "e.tsv:2: the ancestor's name is empty; name it or remove the line"),
        ("e.csv", "b,\"\"\n", "e.csv:1: the ancestor's name is empty; name it or remove the line"),
        (
            "e.tsv",
            "b\ta\t@\n",
            "e.tsv:1: the weight '@' is not a positive number; correct it or leave the third column out",
        ),
        (
            "e.tsv",
            "b\ta\t1\nc\ta\tnan\n",
            "e.tsv:2: the weight 'nan' is not a positive number; correct it or leave the third column out",
        ),
        ("e.tsv", "b\ta\na\ta\n", "e.tsv:2: 'a' is its own ancestor; remove this edge"),
        (
            "e.tsv",
            "b\ta\nd\tb\na\tb\nd\ta\n",
            "e.tsv:3: the edges form a cycle of 2 nodes: b → a → b; remove one of these edges",
        ),
        (
            "e.csv",
            "b,a\n\"c,a\n",
            "e.csv:2: a quote is not closed; close the quote on the same line, and double quotes inside it",
        ),
        (
            "e.csv",
            "\"b\"x,a\n",
            "e.csv:1: text follows a closing quote; close the quote on the same line, and double quotes inside it",
        ),
    ] {
        assert_eq!(message(parse(name, text)), expected, "{text:?}");
    }
    let path = Path::new("e.tsv");
    assert_eq!(
        message(parse_edge_list(path, b"b\ta\nc\t\xff\n")),
        "e.tsv:2: byte 6 (0xff) is not UTF-8; save the file as UTF-8"
    );
    let whole = gzip("b\ta\n".repeat(5000).as_bytes());
    assert_eq!(
        message(parse_edge_list(Path::new("e.tsv.gz"), &whole[..whole.len() - 4])),
        "e.tsv.gz: the gzip data ends early (after 20000 bytes of text); the file is cut off: copy or download it again"
    );
    let mut damaged = whole.clone();
    *damaged.iter_mut().rev().nth(6).unwrap() ^= 1;
    assert_eq!(
        message(parse_edge_list(Path::new("e.tsv.gz"), &damaged)),
        "e.tsv.gz: the gzip data is damaged after 20000 bytes of text (corrupt gzip stream does not have a matching \
         checksum); copy or download the file again"
    );
    assert_eq!(
        message(read_edge_list("no/such/file.tsv")),
        "no/such/file.tsv: cannot read: No such file or directory (os error 2)"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Edges from larger to smaller numbers never form a cycle.
    #[test]
    fn closure_and_reduction(pairs in prop::collection::vec((1u32..40, 0u32..40), 1..120)) {
        let pairs: Vec<_> = pairs.into_iter().filter(|(c, a)| a < c).map(|(c, a)| (c.to_string(), a.to_string())).collect();
        prop_assume!(!pairs.is_empty());
        let h = Hierarchy::from_pairs(pairs).unwrap();
        let closed = h.closure();
        prop_assert!(closed.is_closed());
        prop_assert_eq!(h.is_closed(), lines(&h) == lines(&closed));
        prop_assert_eq!(&closed.closure(), &closed);
        let direct = h.direct_edges();
        let name = |i| h.name(i).to_owned();
        let reduced = Hierarchy::from_pairs(direct.iter().map(|&(c, a)| (name(c), name(a)))).unwrap();
        prop_assert_eq!(lines(&reduced.closure()), lines(&closed));
        prop_assert_eq!(reduced.direct_edges().len(), direct.len());
        let below: u32 = h.descendant_counts().iter().sum();
        prop_assert_eq!(below as usize, closed.edges().len());
    }

    #[test]
    fn tsv_round_trip(names in prop::collection::hash_set("[a-zé\"', .]{0,6}[a-z]", 2..30), w in prop::option::of(1e-9..1e9f64)) {
        let names: Vec<_> = names.into_iter().map(|n| n.trim().to_owned()).collect();
        let mut builder = HierarchyBuilder::default();
        for pair in names.windows(2).filter(|p| p[0] != p[1]) {
            prop_assume!(!names[..1].contains(&pair[1]));
            builder.add(&pair[0], &pair[1], w).unwrap();
        }
        let Ok(h) = builder.build() else { return Ok(()) };
        let mut text = Vec::new();
        h.write_tsv(&mut text).unwrap();
        prop_assert_eq!(parse_edge_list(Path::new("e.tsv"), &text).unwrap(), h);
    }

    /// Whatever the bytes, the reader returns.
    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[ab,\t\"\n#1]{0,60}") {
        let _ = parse_edge_list(Path::new("e.csv"), &bytes);
        let _ = parse("e.csv", &text);
        let _ = parse("e.tsv", &text);
    }
}

#[test]
fn names_that_a_tsv_cannot_hold_are_refused() {
    let h = Hierarchy::from_pairs([("a\tb", "c")]).unwrap();
    let refused = h.write_tsv(&mut Vec::new()).unwrap_err().to_string();
    assert_eq!(refused, "the name \"a\\tb\" does not survive a TSV line; rename it");
}

#[test]
fn contained_mammals() {
    let mammals = data::mammals().unwrap();
    assert_eq!((mammals.len(), mammals.edges().len()), (1180, 6540));
    assert!(mammals.is_closed());
    assert_eq!(sum(&lines(&mammals)), MAMMALS);
    assert_eq!(mammals.roots().iter().map(|&r| mammals.name(r)).collect::<Vec<_>>(), ["mammal.n.01"]);
    assert_eq!(mammals.depths().iter().max(), Some(&9));
}

/// Sums of the published sets of edges: mammal closure, noun closure, noun direct edges with their kinds.
const MAMMALS: u64 = 0xb2a0_46e9_d422_b409;
const NOUNS: u64 = 0xe760_60e5_d0ac_5757;
const DIRECT: u64 = 0x9e3a_bd78_7243_8fcb;

/// WordNet's dict files, where Debian puts them.
fn wordnet() -> Option<WordNet> {
    let dir = Path::new("/usr/share/wordnet");
    if !dir.join("data.noun").exists() {
        eprintln!("skipped: no WordNet in {} (Debian package wordnet-base)", dir.display());
        return None;
    }
    Some(WordNet::open(dir).unwrap())
}

#[test]
fn wordnet_is_what_was_published() {
    let Some(wordnet) = wordnet() else { return };
    let direct: Vec<_> =
        wordnet.edges().map(|(c, p, k)| (c, p, if k == Hypernym::Kind { "@" } else { "@i" })).collect();
    let mut direct: Vec<_> = direct.iter().map(|(c, p, k)| format!("{c}\t{p}\t{k}\n")).collect();
    direct.sort_unstable();
    assert_eq!((direct.len(), sum(&direct)), (84_427, DIRECT));
    let nouns = wordnet.nouns().unwrap().closure();
    assert_eq!((wordnet.names().len(), nouns.len(), nouns.edges().len()), (82_115, 82_115, 743_241));
    assert_eq!(sum(&lines(&nouns)), NOUNS);
    let mammals = wordnet.mammals().unwrap().closure();
    assert_eq!((mammals.len(), mammals.edges().len(), sum(&lines(&mammals))), (1180, 6540, MAMMALS));
    assert!(mammals == data::mammals().unwrap(), "remake the contained file");
    let below = wordnet.below("mammal.n.01").unwrap().closure();
    assert_eq!((below.len(), below.edges().len()), (1182, 6542));
    assert_eq!(
        message(wordnet.below("Aardvark.n.02")),
        "wordnet: there is no noun synset 'Aardvark.n.02'; 'aardvark' has the senses aardvark.n.01"
    );
    assert_eq!(
        message(wordnet.below("nonsuch")),
        "wordnet: there is no noun synset 'nonsuch'; write it as lemma.n.NN, for instance mammal.n.01"
    );
    assert_eq!(
        message(wordnet.below("aardvark.n.01")),
        "wordnet: nothing is below 'aardvark.n.01'; choose a broader synset"
    );
}

/// Remakes the contained file from WordNet's dict files:
/// `cargo test --test data remake_contained_mammals -- --ignored`, then look at what git says changed.
#[test]
#[ignore = "writes src/data/mammals.tsv.gz"]
fn remake_contained_mammals() {
    let Some(wordnet) = wordnet() else { return };
    let mut text =
        b"# WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved. Licence: LICENSE-WORDNET.\n"
            .to_vec();
    wordnet.mammals().unwrap().write_tsv(&mut text).unwrap();
    std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/data/mammals.tsv.gz"), gzip(&text)).unwrap();
}

const INDEX: &str = "  1 A licence.\nanimal n 1 0 1 0 00000013\ncat n 2 1 @ 2 1 00000099 00000062\n";
const DATA: &str = "  1 Notice.\n\n00000013 03 n 01 animal 0 000 | a living thing  \n00000062 03 n 01 Cat 0 001 @ 00000013 n 0000 | pet \n";

fn dict(name: &str, index: &str, data: &str) -> PathBuf {
    let dir = dir(name);
    std::fs::write(dir.join("index.noun"), index).unwrap();
    std::fs::write(dir.join("data.noun"), data).unwrap();
    dir
}

#[test]
fn faults_of_wordnet() {
    let small = WordNet::open(dict("whole", INDEX, DATA)).unwrap();
    assert_eq!(small.names(), ["animal.n.01", "cat.n.02"]);
    assert_eq!(small.edges().collect::<Vec<_>>(), [("cat.n.02", "animal.n.01", Hypernym::Kind)]);

    let empty = dir("empty");
    assert_eq!(
        message(WordNet::open(&empty)),
        format!(
            "{}: there is no index.noun here; install WordNet's dict files (Debian: wordnet-base, then use \
             /usr/share/wordnet) or give their directory",
            empty.display()
        )
    );
    let again = "this is not WordNet's own file, or it is damaged: install it again";
    for (n, index, data, file, expected) in [
        (0, "", DATA, "index.noun", ": the file holds no lemma".to_owned()),
        (
            1,
            "animal n x 0\n",
            DATA,
            "index.noun",
            ":1: the synset count 'x' is not a number (line begins at byte 0)".into(),
        ),
        (
            2,
            &INDEX[..INDEX.len() - 10],
            DATA,
            "index.noun",
            ":3: the line ends before the synset offset (line begins at byte 41)".into(),
        ),
        (
            3,
            INDEX,
            &DATA.replace("00000062", "00000063"),
            "data.noun",
            ":4: the synset says that it is at byte 63 (line begins at byte 62)".into(),
        ),
        (
            4,
            INDEX,
            &DATA[..DATA.len() - 20],
            "data.noun",
            ":4: the line ends before the pointer's part of speech (line begins at byte 62)".into(),
        ),
        (
            5,
            INDEX,
            &DATA.replace("@ 00000013", "@ 00000014"),
            "data.noun",
            ":4: the hypernym 00000014 is no synset's offset (line begins at byte 62)".into(),
        ),
        (
            6,
            INDEX,
            &DATA.replace("Cat", "Dog"),
            "data.noun",
            ":4: index.noun does not list this synset under 'dog' (line begins at byte 62)".into(),
        ),
    ] {
        let dir = dict(&format!("fault{n}"), index, data);
        let path = dir.join(file);
        assert_eq!(message(WordNet::open(&dir)), format!("{}{expected}; {again}", path.display()));
    }
}
