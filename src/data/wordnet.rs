//! WordNet's nouns, from the dict files `data.noun` and `index.noun` (format: wndb(5WN)).

use super::Hierarchy;
use super::text::{fault, read};
use crate::{Error, Result};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

const MISSING: &str =
    "install WordNet's dict files (Debian: wordnet-base, then use /usr/share/wordnet) or give their directory";
const DAMAGED: &str = "this is not WordNet's own file, or it is damaged: install it again";

/// How a noun's synset points to the one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Hypernym {
    /// `@`: a dog is a kind of canine.
    Kind,
    /// `@i`: Einstein is an instance of a physicist.
    Instance,
}

/// The noun synsets and their direct hypernyms.
///
/// Synsets are named as NLTK names them, `aardvark.n.01`: the lower-cased first lemma, and the synset's rank among that
/// lemma's senses in `index.noun`.
#[derive(Clone, Debug)]
pub struct WordNet {
    names: Vec<String>,
    edges: Vec<(u32, u32, Hypernym)>,
}

impl WordNet {
    /// Reads `data.noun` and `index.noun` in `dir`.
    ///
    /// # Errors
    /// [`Error::Format`] when a file is missing, or damaged (with line and byte offset); [`Error::Io`] when the system
    /// refuses to read it.
    pub fn open(dir: impl AsRef<Path>) -> Result<WordNet> {
        let index = DictFile::open(dir.as_ref(), "index.noun")?;
        let data = DictFile::open(dir.as_ref(), "data.noun")?;
        let senses = read_index(&index)?;
        let mut names = Vec::new();
        let mut pointers = Vec::new();
        let mut number = HashMap::new();
        for entry in data.entries() {
            let synset = read_synset(&entry, &senses)?;
            if number.insert(synset.offset, names.len() as u32).is_some() {
                return Err(entry.fault("this synset's offset occurs twice"));
            }
            pointers.extend(synset.hypernyms.into_iter().map(|(to, kind)| (names.len() as u32, to, kind, entry)));
            names.push(synset.name);
        }
        let mut edges = Vec::with_capacity(pointers.len());
        for (from, to, kind, entry) in pointers {
            let Some(&to) = number.get(&to) else {
                return Err(entry.fault(format!("the hypernym {to:08} is no synset's offset")));
            };
            edges.push((from, to, kind));
        }
        // By name, so that what is written does not depend on the order of the dict file.
        let name = |i: u32| names[i as usize].as_str();
        edges.sort_unstable_by(|a, b| (name(a.0), name(a.1), a.2).cmp(&(name(b.0), name(b.1), b.2)));
        Ok(WordNet { names, edges })
    }

    /// The names of all noun synsets, in the order of `data.noun`.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The direct edges (child, parent, kind), sorted by the two names.
    pub fn edges(&self) -> impl Iterator<Item = (&str, &str, Hypernym)> {
        self.edges.iter().map(|&(c, p, kind)| (self.name(c), self.name(p), kind))
    }

    /// All nouns with their direct hypernyms, instances included. [`Hierarchy::closure`] gives the closure that Nickel &
    /// Kiela (2017) train on: 82,115 synsets, 743,241 pairs in WordNet 3.0.
    ///
    /// # Errors
    /// [`Error::Argument`] if the hypernyms form a cycle, which WordNet's do not.
    pub fn nouns(&self) -> Result<Hierarchy> {
        Hierarchy::from_pairs(self.edges().map(|(child, parent, _)| (child, parent)))
    }

    /// `root` and all below it, with the direct edges among them.
    ///
    /// # Errors
    /// [`Error::Argument`] if there is no such synset (the message lists the lemma's senses) or nothing is below it.
    pub fn below(&self, root: &str) -> Result<Hierarchy> {
        self.below_without(root, &[])
    }

    /// WordNet's mammals with direct edges; the closure has 1,180 synsets and 6,540 pairs in WordNet 3.0.
    ///
    /// That is [`below`](Self::below)`("mammal.n.01")` but for two synsets, `tusker.n.01` and `female_mammal.n.01`, which the
    /// filter of Nickel & Kiela's published script leaves out; without them the numbers would not compare.
    ///
    /// # Errors
    /// As [`below`](Self::below).
    pub fn mammals(&self) -> Result<Hierarchy> {
        self.below_without("mammal.n.01", &["tusker.n.01", "female_mammal.n.01"])
    }

    fn below_without(&self, root: &str, without: &[&str]) -> Result<Hierarchy> {
        let Some(top) = self.names.iter().position(|n| n == root) else {
            return Err(self.unknown(root));
        };
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        for &(child, parent, _) in self.edges.iter().filter(|e| !without.contains(&self.name(e.0))) {
            children.entry(parent).or_default().push(child);
        }
        let mut inside = HashSet::from([top as u32]);
        let mut open = vec![top as u32];
        while let Some(node) = open.pop() {
            for &child in children.get(&node).into_iter().flatten() {
                if inside.insert(child) {
                    open.push(child);
                }
            }
        }
        if inside.len() == 1 {
            let what = format!("nothing is below '{root}'");
            return Err(Error::Argument { op: "wordnet", what, remedy: "choose a broader synset".into() });
        }
        let kept = self.edges.iter().filter(|e| inside.contains(&e.0) && inside.contains(&e.1));
        Hierarchy::from_pairs(kept.map(|e| (self.name(e.0), self.name(e.1))))
    }

    fn unknown(&self, root: &str) -> Error {
        let lemma = root.split(".n.").next().unwrap_or(root).to_lowercase().replace(' ', "_");
        let mut senses: Vec<&str> =
            self.names.iter().filter(|n| n.rsplitn(3, '.').nth(2) == Some(&lemma)).map(String::as_str).collect();
        senses.sort_unstable();
        let remedy = match senses.is_empty() {
            true => "write it as lemma.n.NN, for instance mammal.n.01".to_owned(),
            false => format!("'{lemma}' has the senses {}", senses.join(", ")),
        };
        Error::Argument { op: "wordnet", what: format!("there is no noun synset '{root}'"), remedy }
    }

    fn name(&self, node: u32) -> &str {
        &self.names[node as usize]
    }
}

/// One of the dict files, whole.
struct DictFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl DictFile {
    fn open(dir: &Path, name: &str) -> Result<DictFile> {
        let path = dir.join(name);
        match read(&path) {
            Ok(bytes) => Ok(DictFile { path, bytes }),
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Err(fault(dir, None, format!("there is no {name} here"), MISSING))
            }
            Err(e) => Err(e),
        }
    }

    /// The lines that hold data; those of the licence notice on top start with a space.
    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let mut offset = 0;
        self.bytes.split_inclusive(|&b| b == b'\n').enumerate().filter_map(move |(i, text)| {
            let entry = Entry { file: &self.path, line: i + 1, offset, text };
            offset += text.len();
            (!text.trim_ascii().is_empty() && text[0] != b' ').then_some(entry)
        })
    }
}

/// One line of a dict file, and where it stands.
#[derive(Clone, Copy)]
struct Entry<'a> {
    file: &'a Path,
    line: usize,
    offset: usize,
    text: &'a [u8],
}

impl<'a> Entry<'a> {
    fn fault(&self, what: impl AsRef<str>) -> Error {
        fault(self.file, Some(self.line), format!("{} (line begins at byte {})", what.as_ref(), self.offset), DAMAGED)
    }

    /// The fields, separated by spaces. WordNet is ASCII; anything else is not its file.
    fn fields(&self) -> Result<Fields<'a>> {
        match std::str::from_utf8(self.text) {
            Ok(text) => Ok(Fields { entry: *self, fields: text.split_ascii_whitespace() }),
            Err(e) => Err(self.fault(format!("column {} is not text", e.valid_up_to()))),
        }
    }
}

/// The fields of a line, one after another; each read names what it expects.
struct Fields<'a> {
    entry: Entry<'a>,
    fields: std::str::SplitAsciiWhitespace<'a>,
}

impl<'a> Fields<'a> {
    fn text(&mut self, what: &str) -> Result<&'a str> {
        self.fields.next().ok_or_else(|| self.entry.fault(format!("the line ends before the {what}")))
    }

    fn number(&mut self, what: &str, radix: u32) -> Result<usize> {
        let text = self.text(what)?;
        usize::from_str_radix(text, radix).map_err(|_| self.entry.fault(format!("the {what} '{text}' is not a number")))
    }
}

/// For each lemma the offsets of its synsets, in order of sense.
fn read_index(file: &DictFile) -> Result<HashMap<&str, Vec<usize>>> {
    let mut senses = HashMap::new();
    for entry in file.entries() {
        let mut fields = entry.fields()?;
        let lemma = fields.text("lemma")?;
        fields.text("part of speech")?;
        let synsets = fields.number("synset count", 10)?;
        for _ in 0..fields.number("pointer count", 10)? {
            fields.text("pointer symbol")?;
        }
        fields.number("sense count", 10)?;
        fields.number("tagged sense count", 10)?;
        let offsets: Result<Vec<_>> = (0..synsets).map(|_| fields.number("synset offset", 10)).collect();
        if senses.insert(lemma, offsets?).is_some() {
            return Err(entry.fault(format!("the lemma '{lemma}' occurs twice")));
        }
    }
    match senses.is_empty() {
        true => Err(fault(&file.path, None, "the file holds no lemma", DAMAGED)),
        false => Ok(senses),
    }
}

/// What is wanted of a line of `data.noun`.
struct Synset {
    offset: usize,
    name: String,
    hypernyms: Vec<(usize, Hypernym)>,
}

fn read_synset(entry: &Entry, senses: &HashMap<&str, Vec<usize>>) -> Result<Synset> {
    let mut fields = entry.fields()?;
    let offset = fields.number("synset offset", 10)?;
    if offset != entry.offset {
        return Err(entry.fault(format!("the synset says that it is at byte {offset}")));
    }
    fields.text("lexicographer file")?;
    fields.text("synset type")?;
    let words = fields.number("word count", 16)?;
    let lemma = fields.text("first word")?.to_lowercase();
    for _ in 1..2 * words.max(1) {
        fields.text("list of words")?;
    }
    let mut hypernyms = Vec::new();
    for _ in 0..fields.number("pointer count", 10)? {
        let kind = match fields.text("pointer symbol")? {
            "@" => Some(Hypernym::Kind),
            "@i" => Some(Hypernym::Instance),
            _ => None,
        };
        let to = fields.number("pointer's offset", 10)?;
        fields.text("pointer's part of speech")?;
        fields.text("pointer's words")?;
        hypernyms.extend(kind.map(|k| (to, k)));
    }
    let rank = senses.get(lemma.as_str()).and_then(|all| all.iter().position(|&o| o == offset));
    let Some(rank) = rank else {
        return Err(entry.fault(format!("index.noun does not list this synset under '{lemma}'")));
    };
    Ok(Synset { offset, name: format!("{lemma}.n.{:02}", rank + 1), hypernyms })
}
