//! Tokenizers, token stores and the batches cut from them.

use beltrami::tokens::{
    Batch, Batches, Bpe, Bytes, Characters, Cursor, Decoder, Documents, IGNORED, Scored, TokenStore, Tokenizer,
    parse_tokenizer, read_documents, read_tokenizer, write_tokenizer,
};
use beltrami::{Device, Result, Rng};
use std::fs;
use std::path::{Path, PathBuf};

const TEXT: &str = "A dog is a kind of canine;  a wolf too.\n\nPříliš žluťoučký kůň, 犬 and 🐺🐺 — 12 345 dogs\t\r\n ";

/// A directory that is gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Scratch {
        let path = std::env::temp_dir().join(format!("beltrami-tokens-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A vocabulary as llama2.c has it: three marks, the bytes, pieces with falling scores.
fn scored(pieces: &[&str]) -> Scored {
    let marks = ["<unk>", "\n<s>\n", "\n</s>\n"].map(String::from);
    let bytes = (0..256).map(|b| format!("<0x{b:02X}>"));
    let fixed = marks.into_iter().chain(bytes).map(|text| (0.0, text));
    let scored = pieces.iter().enumerate().map(|(i, p)| (-(i as f32), p.to_string()));
    Scored::new(fixed.chain(scored).collect()).unwrap()
}

fn tokenizers() -> Vec<Box<dyn Tokenizer>> {
    vec![
        Box::new(Bytes),
        Box::new(Characters::of([TEXT])),
        Box::new(Bpe::train([TEXT, TEXT, "dogs dogs wolf"], 300).unwrap()),
        Box::new(scored(&["og", " d", " dog", "o", "g", "d", " ", "s", "w", "l", "f", "🐺"])),
    ]
}

#[test]
fn decoding_undoes_encoding() -> Result<()> {
    for tokenizer in tokenizers() {
        for text in [TEXT, "", " ", "dogs", &TEXT[..7]] {
            let ids = tokenizer.encode(text)?;
            assert!(ids.iter().all(|&id| (id as usize) < tokenizer.vocabulary()));
            assert!(!ids.iter().any(|&id| tokenizer.specials().contains(id)));
            assert_eq!(tokenizer.decode(&ids)?, text);
            // Marks are no text.
            assert_eq!(tokenizer.decode(&tokenizer.document(text)?)?, text);
        }
        let outside = tokenizer.vocabulary() as u32;
        assert!(tokenizer.decode(&[outside]).unwrap_err().to_string().contains("outside"));
    }
    Ok(())
}

#[test]
fn a_tokenizer_comes_back_from_its_file() -> Result<()> {
    let scratch = Scratch::new("files");
    let path = scratch.0.join("tokenizer.json");
    for tokenizer in tokenizers() {
        write_tokenizer(&path, &*tokenizer)?;
        let again = read_tokenizer(&path)?;
        assert_eq!(again.to_json(), tokenizer.to_json());
        assert_eq!(again.encode(TEXT)?, tokenizer.encode(TEXT)?);
        assert_eq!((again.specials(), again.vocabulary()), (tokenizer.specials(), tokenizer.vocabulary()));
    }
    for (text, told) in [
        ("{", "EOF"),
        ("{}", "no tokenizer"),
        (r#"{"tokenizer": "syllables"}"#, "unknown kind \"syllables\""),
        (r#"{"tokenizer": "bpe"}"#, "lacks its tokens"),
        (r#"{"tokenizer": "bpe", "merges": [[97, 98], [97, 300]]}"#, "merge 1 of tokens 97 and 300"),
        (r#"{"tokenizer": "scored", "tokens": [[0, "a"]]}"#, "1 tokens"),
    ] {
        let error = parse_tokenizer(Path::new("t.json"), text).err().map(|e| e.to_string()).unwrap_or_default();
        assert!(error.starts_with("t.json") && error.contains(told), "{text}: {error}");
    }
    Ok(())
}

#[test]
fn text_streams_as_soon_as_it_is_certain() -> Result<()> {
    for tokenizer in tokenizers() {
        let mut decoder = Decoder::default();
        let mut text = String::new();
        for id in tokenizer.encode(TEXT)? {
            text += &decoder.push(&*tokenizer, id)?;
            assert!(TEXT.starts_with(&text));
        }
        assert_eq!(text, TEXT);
        assert_eq!(decoder.finish(), "");
    }
    // Bytes that are no UTF-8, and a character that is never finished.
    let ids = [b'a', 0xff, b'b', 0xe7, 0x8a].map(u32::from);
    assert_eq!(Bytes.decode(&ids)?, "a\u{fffd}b\u{fffd}");
    Ok(())
}

#[test]
fn bpe_learns_the_most_frequent_pairs_of_words() -> Result<()> {
    // " a" and "ab" occur 5 times each, the space is the smaller byte; then " ab" occurs 4 times.
    let bpe = Bpe::train(["ab ab ab ab abc ac"], 1000)?;
    assert_eq!(bpe.encode(" ac ab")?, [256, u32::from(b'c'), 257]);
    assert_eq!(bpe.encode("ab")?, [b'a', b'b'].map(u32::from));
    // No pair occurs twice any more: fewer tokens than asked for.
    assert_eq!(bpe.vocabulary(), 256 + 2 + 2);
    assert_eq!(bpe.specials().start, Some(258));
    assert!(Bpe::train(["a"], 257).unwrap_err().to_string().contains("258"));
    Ok(())
}

#[test]
fn scored_pieces_merge_from_the_best() -> Result<()> {
    // " d" + "og" comes only if "og" is merged before; a space is put before the text.
    let ids = |pieces: &[&str], text: &str| scored(pieces).encode(text).unwrap();
    let id = |i: u32| 259 + i;
    assert_eq!(ids(&["og", " d", " dog", "o", "g", "d", " "], "dog"), [id(2)]);
    assert_eq!(ids(&["do", "og", " d", "o", "g", "d", " "], "dog"), [id(6), id(0), id(4)]);
    // Equal scores: the leftmost. Characters without a token are their bytes.
    assert_eq!(ids(&["aa", "a", " "], "aaaé"), [id(2), id(0), id(1), 3 + 0xc3, 3 + 0xa9]);
    Ok(())
}

#[test]
fn files_of_llama2c_are_read_and_checked() -> Result<()> {
    let tokens = scored(&["og", " d", " dog"]).to_json()["tokens"].clone();
    let mut file = 7i32.to_le_bytes().to_vec();
    for token in tokens.as_array().unwrap() {
        let text = token[1].as_str().unwrap();
        file.extend((token[0].as_f64().unwrap() as f32).to_le_bytes());
        file.extend((text.len() as i32).to_le_bytes());
        file.extend(text.bytes());
    }
    let scratch = Scratch::new("llama2c");
    let path = scratch.0.join("tok.bin");
    fs::write(&path, &file).unwrap();
    assert_eq!(read_tokenizer(&path)?.to_json()["tokens"], tokens);
    for end in [0, 3, 5, 20, file.len() - 1] {
        let error = Scored::parse(&path, &file[..end]).unwrap_err().to_string();
        assert!(error.contains("tok.bin"), "{error}");
    }
    Ok(())
}

#[test]
fn characters_that_are_missing_are_named() {
    let error = Characters::of(["abc"]).encode("abé").unwrap_err().to_string();
    assert!(error.contains("'é' at byte 2") && error.contains("bytes or BPE"), "{error}");
}

#[test]
fn documents_are_cut_from_files() -> Result<()> {
    let scratch = Scratch::new("documents");
    let (a, b) = (scratch.0.join("a.txt"), scratch.0.join("b.txt"));
    fs::write(&a, "one\r\ntwo\r\n\r\nthree\r\n").unwrap();
    fs::write(&b, "four\n\n\n").unwrap();
    assert_eq!(read_documents(&[&a, &b], Documents::Files)?, ["one\ntwo\n\nthree\n", "four\n\n\n"]);
    assert_eq!(read_documents(&[&a, &b], Documents::Paragraphs)?, ["one\ntwo", "three\n", "four"]);
    assert_eq!(read_documents(&[&a, &b], Documents::Lines)?, ["one", "two", "three", "four"]);
    fs::write(&b, b"good\nbad \xff").unwrap();
    let error = read_documents(&[&a, &b], Documents::Lines).unwrap_err().to_string();
    assert!(error.contains("b.txt:2") && error.contains("not UTF-8"), "{error}");
    fs::write(&b, "\n \n").unwrap();
    assert!(read_documents(&[&b], Documents::Lines).is_err());
    Ok(())
}

/// Documents of 0 to 12 tokens; token = 100 · document + place.
fn store() -> Result<TokenStore> {
    TokenStore::in_memory(4000, (0..40u32).map(|d| Ok((0..d * 7 % 13).map(|i| 100 * d + i).collect())))
}

/// Token, target, document of the row, position.
type Place = (u32, i64, u32, u32);

/// The rows of a batch.
fn rows(batch: &Batch) -> Result<Vec<Vec<Place>>> {
    let (tokens, targets) = (batch.tokens.to_vec::<u32>()?, batch.targets.to_vec::<i64>()?);
    let (documents, positions) = (batch.documents.to_vec::<u32>()?, batch.positions.to_vec::<u32>()?);
    let all = (0..tokens.len()).map(|i| (tokens[i], targets[i], documents[i], positions[i])).collect::<Vec<_>>();
    assert_eq!(targets.iter().filter(|&&t| t != IGNORED).count(), batch.counted);
    Ok(all.chunks(batch.tokens.dims()[1]).map(<[_]>::to_vec).collect())
}

#[test]
fn windows_predict_the_next_token_of_the_same_document() -> Result<()> {
    let store = store()?;
    let [train, held] = store.split(0.2, Rng::new(2))?;
    for (ranges, context) in [(&train, 8), (&held, 8), (&train, 1), (&train, 1000), (&vec![3..50, 90..91, 95..99], 5)] {
        let tokens: Vec<u32> = ranges
            .iter()
            .flat_map(|r| {
                let mut out = vec![];
                store.read(r.clone(), &mut out).unwrap();
                out
            })
            .collect();
        let plain = Batches::new(&store, ranges, context)?;
        let shuffled = Batches::new(&store, ranges, context)?.shuffled(Rng::new(7));
        assert_eq!(plain.tokens(), tokens.len());
        let mut orders = vec![];
        for (batches, epochs) in [(plain, 1), (shuffled, 4)] {
            for epoch in 0..epochs {
                let n = batches.windows(epoch);
                let (batch, next) = batches.take(Cursor { epoch, index: 0 }, n, &Device::cpu())?;
                assert_eq!(next, Cursor { epoch, index: n });
                let mut seen = vec![];
                for row in rows(&batch)? {
                    assert_eq!(row.len(), context);
                    assert!(row[0].2 == 0 && row[0].3 == 0);
                    for (i, &(token, target, document, position)) in row.iter().enumerate() {
                        if i > 0 {
                            let same = row[i - 1].2 == document;
                            assert_eq!(position, if same { row[i - 1].3 + 1 } else { 0 });
                            assert!(same || document == row[i - 1].2 + 1);
                            // A target is the token at the next place, unless another document begins there.
                            assert!(!same || row[i - 1].1 == i64::from(token) || row[i - 1].1 == IGNORED);
                        }
                        if target != IGNORED {
                            assert_eq!(target, i64::from(token) + 1);
                            seen.push(token);
                        }
                    }
                }
                orders.push(seen.clone());
                seen.sort_unstable();
                // Every token whose successor is in the ranges too, once an epoch.
                let mut all: Vec<u32> = tokens.clone();
                all.sort_unstable();
                let all: Vec<u32> = all.iter().copied().filter(|t| all.binary_search(&(t + 1)).is_ok()).collect();
                assert!(seen.iter().all(|t| all.binary_search(t).is_ok()));
                seen.dedup();
                assert_eq!(seen.len(), all.len());
            }
        }
        if context == 8 {
            orders.sort();
            orders.dedup();
            assert_eq!(orders.len(), 5, "each epoch has its own order");
        }
    }
    Ok(())
}

#[test]
fn batches_go_on_from_any_cursor() -> Result<()> {
    let store = store()?;
    let batches = Batches::new(&store, &[store.all()], 7)?.shuffled(Rng::new(1));
    let mut cursor = Cursor::default();
    let mut one_by_one = vec![];
    for _ in 0..100 {
        let (batch, next) = batches.take(cursor, 1, &Device::cpu())?;
        one_by_one.extend(rows(&batch)?);
        cursor = next;
    }
    assert!(cursor.epoch > 1);
    let mut cursor = Cursor::default();
    let mut in_fours = vec![];
    for _ in 0..25 {
        // As if begun anew each time.
        let again = Batches::new(&store, &[store.all()], 7)?.shuffled(Rng::new(1));
        let (batch, next) = again.take(cursor, 4, &Device::cpu())?;
        in_fours.extend(rows(&batch)?);
        cursor = next;
    }
    assert_eq!(one_by_one, in_fours);
    for (range, context) in [(0..store.len() + 1, 7), (0..1, 7), (0..9, 0)] {
        assert!(Batches::new(&store, &[range], context).is_err());
    }
    Ok(())
}

#[test]
fn a_batch_of_documents_is_padded() -> Result<()> {
    let batch = Batch::of(&[vec![1u32, 2, 3], vec![4]], &Device::cpu())?;
    let none = IGNORED;
    assert_eq!(
        rows(&batch)?,
        [[(1, 2, 0, 0), (2, 3, 0, 1), (3, none, 0, 2)], [(4, none, 0, 0), (0, none, 1, 0), (0, none, 1, 1)]]
    );
    Ok(())
}

#[test]
fn the_split_is_by_documents_or_by_tails() -> Result<()> {
    let store = store()?;
    let [train, held] = store.split(0.2, Rng::new(2))?;
    let count = |side: &[std::ops::Range<usize>]| side.iter().map(|r| r.len()).sum::<usize>();
    assert_eq!(count(&train) + count(&held), store.len());
    assert!((count(&held) as f64 / store.len() as f64 - 0.2).abs() < 0.03);
    let whole = |r: &std::ops::Range<usize>| (0..store.documents()).any(|i| store.document(i) == *r);
    assert!(train.iter().chain(&held).all(whole));

    let single = TokenStore::in_memory(10, [Ok(vec![1; 100])])?;
    assert_eq!(single.split(0.1, Rng::new(2))?, [0..90, 90..100].map(|side| vec![side]));
    for share in [0.0, 1.0, 0.001, f64::NAN] {
        assert!(single.split(share, Rng::new(2)).is_err(), "{share}");
    }
    Ok(())
}

#[test]
fn damaged_stores_are_refused() -> Result<()> {
    let scratch = Scratch::new("damaged");
    let documents = || (0..5u32).map(|d| Ok(vec![d; 10]));
    TokenStore::write(&scratch.0, 5, documents())?;
    let (file, index) = (scratch.0.join("tokens-00000.bin"), scratch.0.join("tokens.json"));
    let (good, told) = (fs::read(&file).unwrap(), fs::read_to_string(&index).unwrap());
    let refused = |file: &Path, bytes: &[u8]| {
        // A new file in its place: a mapped one is never changed.
        fs::remove_file(file).unwrap();
        fs::write(file, bytes).unwrap();
        let opened = TokenStore::open(&scratch.0).and_then(|store| store.read(0..store.len(), &mut vec![]));
        opened.unwrap_err().to_string()
    };
    assert!(refused(&file, &good[..good.len() - 1]).contains("cut off"));
    assert!(refused(&file, b"hello").contains("no token file"));
    let mut bad = good.clone();
    let last = bad.len() - 1;
    bad[last] = 9;
    assert!(refused(&file, &bad).contains("token 49 is 2308, outside 0..5"));
    let mut bad = good.clone();
    bad[32 + 8] = 99;
    assert!(refused(&file, &bad).contains("not in order"));
    fs::remove_file(&file).unwrap();
    fs::write(&file, &good).unwrap();
    assert!(refused(&index, told.replace("50", "51").as_bytes()).contains("not of the store"));
    assert!(refused(&index, b"{}").contains("no index"));
    fs::remove_file(&index).unwrap();
    assert!(TokenStore::open(&scratch.0).is_err());
    assert!(TokenStore::write(&scratch.0, 4, documents()).err().unwrap().to_string().contains("document 4"));
    Ok(())
}
