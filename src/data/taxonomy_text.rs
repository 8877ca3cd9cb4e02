//! Sentences about a hierarchy, and questions that test whether a model of text has learned it.

use super::Hierarchy;
use crate::{Error, Result, Rng};
use std::collections::HashMap;

/// Sentences to learn from, and questions about nodes whose chains are in none of them.
#[derive(Clone, Debug, PartialEq)]
pub struct TaxonomyText {
    /// "dog is a kind of canine" for every direct edge; for nodes that are not held out also the chain
    /// "dog → canine → carnivore → …" up to the root. What is asked of the others follows from the edges.
    pub sentences: Vec<String>,
    /// Texts of which one is right: chains of held-out nodes with one level replaced.
    pub missing_level: Vec<Question>,
    /// The same with the first four levels in every order.
    pub order: Vec<Question>,
}

/// Texts of which one is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The texts.
    pub choices: Vec<String>,
    /// Which one is right.
    pub answer: usize,
}

/// Choices of a missing level.
const CHOICES: usize = 10;
const ARROW: &str = " → ";

impl TaxonomyText {
    /// The text of a hierarchy; of the nodes with nothing below them and three levels above at least, this share is held
    /// out, drawn by `rng`. Of several parents the first counts.
    ///
    /// # Errors
    /// [`Error::Argument`] if the share is not between 0 and 1, or no node is held out.
    pub fn new(hierarchy: &Hierarchy, held_out: f64, rng: Rng) -> Result<TaxonomyText> {
        let direct = hierarchy.direct_edges();
        let (mut parent, mut below) = (HashMap::new(), HashMap::<u32, Vec<u32>>::new());
        for &(child, up) in &direct {
            parent.entry(child).or_insert(up);
            below.entry(up).or_default().push(child);
        }
        let chain = |node: u32| -> Vec<u32> { std::iter::successors(Some(node), |n| parent.get(n).copied()).collect() };
        let leaves: Vec<u32> =
            (0..hierarchy.len() as u32).filter(|n| !below.contains_key(n) && chain(*n).len() >= 4).collect();
        let count = (leaves.len() as f64 * held_out).round() as usize;
        if !(held_out > 0.0 && held_out < 1.0) || count == 0 {
            let what = format!("a held-out part of {held_out} of {} nodes", leaves.len());
            let remedy = "give a share between 0 and 1 of a hierarchy with chains of four levels";
            return Err(Error::Argument { op: "taxonomy text", what, remedy: remedy.into() });
        }
        let mut held: Vec<u32> = rng.permutation(leaves.len())[..count].iter().map(|&i| leaves[i as usize]).collect();
        held.sort_unstable();
        let words = words(hierarchy.names());
        let said = |nodes: &[u32]| nodes.iter().map(|&n| words[n as usize].as_str()).collect::<Vec<_>>().join(ARROW);
        let edge = |&(a, b): &(u32, u32)| format!("{} is a kind of {}", words[a as usize], words[b as usize]);
        let shown = (0..hierarchy.len() as u32).filter(|n| held.binary_search(n).is_err()).map(chain);
        let chains = shown.filter(|c| c.len() > 1).map(|c| said(&c));
        let sentences = direct.iter().map(edge).chain(chains).collect();

        let mut inner: Vec<u32> = below.keys().copied().collect();
        inner.sort_unstable();
        let (mut missing_level, mut order) = (Vec::new(), Vec::new());
        for &node in &held {
            let (levels, rng) = (chain(node), rng.named("questions").derive(node.into()));
            let at = 1 + rng.below(0, levels.len() as u64 - 2) as usize;
            // Siblings of the right level are the hardest to tell from it: they come first.
            let siblings = &below[&levels[at + 1]];
            let others =
                [siblings, &inner].map(|list| rng.permutation(list.len()).into_iter().map(|i| list[i as usize]));
            let mut filled = vec![levels[at]];
            for other in others.into_iter().flatten() {
                if filled.len() < CHOICES && !levels.contains(&other) && !filled.contains(&other) {
                    filled.push(other);
                }
            }
            let with = |&level: &u32| {
                let mut chain = levels.clone();
                chain[at] = level;
                said(&chain)
            };
            missing_level.push(Question { choices: filled.iter().map(with).collect(), answer: 0 });
            let first = [levels[0], levels[1], levels[2], levels[3]];
            order.push(Question { choices: orders(first).iter().map(|o| said(o)).collect(), answer: 0 });
        }
        Ok(TaxonomyText { sentences, missing_level, order })
    }
}

/// The share of questions whose right text gets a larger ln p than each other. `score` gives ln p of texts.
///
/// # Errors
/// Those of `score`.
pub fn accuracy(questions: &[Question], mut score: impl FnMut(&[String]) -> Result<Vec<f64>>) -> Result<f64> {
    let mut right = 0;
    for Question { choices, answer } in questions {
        let scores = score(choices)?;
        right += usize::from((0..scores.len()).all(|i| i == *answer || scores[*answer] > scores[i]));
    }
    Ok(right as f64 / questions.len() as f64)
}

/// All 24 orders, the given one first.
fn orders(levels: [u32; 4]) -> Vec<[u32; 4]> {
    let all = (0..256).map(|i| [i / 64, i / 16 % 4, i / 4 % 4, i % 4]);
    let different = all.filter(|p| (0..4).all(|k| p.contains(&k)));
    different.map(|p| p.map(|i| levels[i])).collect()
}

/// Names as words: `red_fox.n.01` is "red fox"; later senses of the same word keep their number, "red fox 2".
fn words(names: &[String]) -> Vec<String> {
    let plain = |name: &str| match name.split_once(".n.") {
        Some((lemma, _)) => lemma.replace('_', " "),
        None => name.to_owned(),
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let numbered = |name: &String| {
        let word = plain(name);
        let count = seen.entry(word.clone()).or_default();
        *count += 1;
        if *count == 1 { word } else { format!("{word} {count}") }
    };
    names.iter().map(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_follow_from_the_sentences() -> Result<()> {
        let text = TaxonomyText::new(&crate::data::mammals()?, 0.1, Rng::new(1))?;
        assert!(text.missing_level.len() > 50 && text.missing_level.len() == text.order.len());
        assert!(text.sentences.iter().any(|s| s == "dog is a kind of canine"));
        for Question { choices, answer } in &text.missing_level {
            let levels: Vec<&str> = choices[*answer].split(ARROW).collect();
            // No chain begins with the node, but each of its steps is told, and no other choice holds.
            assert!(!text.sentences.iter().any(|s| s.starts_with(&format!("{}{ARROW}", levels[0]))));
            let told = |choice: &str| {
                let levels: Vec<&str> = choice.split(ARROW).collect();
                levels.windows(2).all(|w| text.sentences.contains(&format!("{} is a kind of {}", w[0], w[1])))
            };
            assert!((0..choices.len()).all(|i| told(&choices[i]) == (i == *answer)), "{choices:?}");
        }
        assert!(text.order.iter().all(|q| q.choices.len() == 24));
        let told = |choices: &[String]| -> Result<Vec<f64>> {
            Ok(choices.iter().map(|c| f64::from(u8::from(*c == text.order[0].choices[0]))).collect())
        };
        assert_eq!(accuracy(&text.order[..1], told)?, 1.0);
        assert_eq!(accuracy(&text.order[..1], |c| Ok(vec![0.0; c.len()]))?, 0.0);
        Ok(())
    }
}
