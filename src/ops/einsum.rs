//! Sums of products named by letters, made of permutations, sums and one matrix product for each pair of operands.

use crate::tensor::Tensor;
use crate::{Error, Result};

impl Tensor {
    /// The sum of products that `formula` names: a letter for each axis of each operand, then those of the result, as
    /// in `"bhqd,bhkd->bhqk"`. Letters missing from the result are summed over; a letter twice in one operand takes
    /// its diagonal; `...` stands for any further leading axes. Three operands or more multiply from left to right.
    ///
    /// # Errors
    /// If the formula does not fit the operands, naming the letter and the sizes.
    ///
    /// ```
    /// # use beltrami::Tensor;
    /// let a = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0], [2, 2])?;
    /// assert_eq!(Tensor::einsum("ij,kj->ik", &[&a, &a])?.to_vec::<f64>()?, [5.0, 11.0, 11.0, 25.0]);
    /// assert_eq!(Tensor::einsum("ii->", &[&a])?.to_scalar::<f64>()?, 5.0);
    /// # Ok::<(), beltrami::Error>(())
    /// ```
    pub fn einsum(formula: &str, operands: &[&Tensor]) -> Result<Tensor> {
        let (operands, result) = parse(formula, operands)?;
        let mut operands = operands.into_iter();
        let Some(mut left) = operands.next() else { return Err(refuse(formula, "there are no operands")) };
        while let Some(right) = operands.next() {
            let later: Vec<char> = operands.as_slice().iter().flat_map(|o| o.labels.iter().copied()).collect();
            let wanted = |label: char| result.contains(&label) || later.contains(&label);
            left =
                product(left.keep(|l| wanted(l) || right.has(l))?, right.keep(|l| wanted(l) || left.has(l))?, wanted)?;
        }
        left.keep(|label| result.contains(&label))?.ordered(&result)
    }
}

/// A tensor whose axes have names.
struct Named {
    tensor: Tensor,
    labels: Vec<char>,
}

impl Named {
    fn has(&self, label: char) -> bool {
        self.labels.contains(&label)
    }

    /// Sums over the axes that are not kept.
    fn keep(&self, keep: impl Fn(char) -> bool) -> Result<Named> {
        let axes: Vec<isize> = (0..self.labels.len()).filter(|&i| !keep(self.labels[i])).map(|i| i as isize).collect();
        let labels = self.labels.iter().copied().filter(|&l| keep(l)).collect();
        Ok(Named { tensor: self.tensor.sum(&axes, false)?, labels })
    }

    /// The tensor with its axes in the order of `labels`, all of which it has.
    fn ordered(&self, labels: &[char]) -> Result<Tensor> {
        let order: Vec<usize> = labels.iter().filter_map(|l| self.labels.iter().position(|m| m == l)).collect();
        if order.iter().copied().eq(0..self.labels.len()) {
            Ok(self.tensor.clone())
        } else {
            self.tensor.permute(&order)
        }
    }

    fn size(&self, label: char) -> usize {
        self.labels.iter().position(|&l| l == label).map_or(1, |axis| self.tensor.dims()[axis])
    }

    fn sizes(&self, labels: &[char]) -> Vec<usize> {
        labels.iter().map(|&l| self.size(l)).collect()
    }

    /// With only the diagonal of each label that is there twice.
    fn diagonal(mut self) -> Result<Named> {
        while let Some((i, j)) = twice(&self.labels) {
            let (label, size) = (self.labels[i], self.tensor.dims()[i]);
            self.labels.remove(j);
            self.labels.remove(i);
            let others: Vec<usize> = (0..self.tensor.rank()).filter(|&axis| axis != i && axis != j).collect();
            let order: Vec<usize> = others.iter().copied().chain([i, j]).collect();
            // In the square matrix laid out as one axis, the diagonal is every (size + 1)-th number.
            let square = self.tensor.permute(&order)?.flatten(-2, -1)?;
            self.tensor = square.slice(-1, 0, size * size, size as isize + 1)?;
            self.labels.push(label);
        }
        Ok(self)
    }
}

fn twice(labels: &[char]) -> Option<(usize, usize)> {
    (0..labels.len()).find_map(|j| labels[..j].iter().position(|&l| l == labels[j]).map(|i| (i, j)))
}

/// The product of two, summed over the labels of both that are not wanted.
fn product(a: Named, b: Named, wanted: impl Fn(char) -> bool) -> Result<Named> {
    let pick = |of: &Named, test: &dyn Fn(char) -> bool| of.labels.iter().copied().filter(|&l| test(l)).collect();
    let batch: Vec<char> = pick(&a, &|l| b.has(l) && wanted(l));
    let summed: Vec<char> = pick(&a, &|l| b.has(l) && !wanted(l));
    let rows: Vec<char> = pick(&a, &|l| !b.has(l));
    let columns: Vec<char> = pick(&b, &|l| !a.has(l));
    let labels = [&batch[..], &rows, &columns].concat();
    let sizes = |parts: [Vec<usize>; 3]| parts.concat();
    let ones = |labels: &[char]| vec![1; labels.len()];
    if summed.is_empty() || (rows.is_empty() && columns.is_empty()) {
        // Nothing that a matrix product would gain from.
        let left = a.ordered(&[&batch[..], &rows, &summed].concat())?;
        let left =
            left.reshape(sizes([a.sizes(&batch), a.sizes(&rows), [ones(&columns), a.sizes(&summed)].concat()]))?;
        let right = b.ordered(&[&batch[..], &columns, &summed].concat())?;
        let right = right.reshape(sizes([b.sizes(&batch), ones(&rows), b.sizes(&[&columns[..], &summed].concat())]))?;
        let axes: Vec<isize> = (0..summed.len()).map(|i| (labels.len() + i) as isize).collect();
        return Ok(Named { tensor: left.mul(&right)?.sum(&axes, false)?, labels });
    }
    let merged = |of: &Named, labels: &[char]| vec![of.sizes(labels).iter().product()];
    let left = a.ordered(&[&batch[..], &rows, &summed].concat())?;
    let left = left.reshape(sizes([a.sizes(&batch), merged(&a, &rows), merged(&a, &summed)]))?;
    let right = b.ordered(&[&batch[..], &summed, &columns].concat())?;
    let right = right.reshape(sizes([b.sizes(&batch), merged(&b, &summed), merged(&b, &columns)]))?;
    let tensor = left.matmul(&right)?.reshape(sizes([a.sizes(&batch), a.sizes(&rows), b.sizes(&columns)]))?;
    Ok(Named { tensor, labels })
}

/// The operands with their labels, and the labels of the result; all checked.
fn parse(formula: &str, operands: &[&Tensor]) -> Result<(Vec<Named>, Vec<char>)> {
    let compact: String = formula.chars().filter(|c| !c.is_whitespace()).collect();
    let Some((left, right)) = compact.split_once("->") else {
        return Err(refuse(formula, "there is no `->`"));
    };
    let parts: Vec<&str> = left.split(',').collect();
    if parts.len() != operands.len() {
        let what = format!("it names {} operands, but {} were given", parts.len(), operands.len());
        return Err(refuse(formula, &what));
    }
    let mut named: Vec<Named> = vec![];
    let mut further = 0;
    for (i, (part, tensor)) in parts.iter().zip(operands).enumerate() {
        let count = tensor.rank().saturating_sub(part.replace("...", "").chars().count());
        further = further.max(if part.contains("...") { count } else { 0 });
        let labels = labels(formula, part, count)?;
        if labels.len() != tensor.rank() {
            let what = format!("`{part}` names {} axes, but operand {i} has shape {:?}", labels.len(), tensor.shape());
            return Err(refuse(formula, &what));
        }
        named.push(Named { tensor: (*tensor).clone(), labels });
    }
    let result = labels(formula, right, further)?;
    if let Some((i, _)) = twice(&result) {
        return Err(refuse(formula, &format!("`{}` is twice in the result", shown(result[i]))));
    }
    let mut sizes: Vec<(char, usize)> = vec![];
    for (label, &size) in named.iter().flat_map(|n| n.labels.iter().copied().zip(n.tensor.dims())) {
        match sizes.iter().find(|(l, _)| *l == label) {
            Some(&(_, other)) if other != size => {
                return Err(refuse(formula, &format!("`{}` is {other} and {size}", shown(label))));
            }
            Some(_) => {}
            None => sizes.push((label, size)),
        }
    }
    if let Some(&label) = result.iter().find(|&&label| sizes.iter().all(|(l, _)| *l != label)) {
        return Err(refuse(formula, &format!("`{}` of the result is in no operand", shown(label))));
    }
    Ok((named.into_iter().map(Named::diagonal).collect::<Result<_>>()?, result))
}

/// Labels of the axes that `...` stands for: private characters, counted from the last axis.
const FURTHER: u32 = 0xE000;

fn labels(formula: &str, part: &str, further: usize) -> Result<Vec<char>> {
    let dots = (0..further as u32).rev().filter_map(|i| char::from_u32(FURTHER + i)).collect::<String>();
    let labels: Vec<char> = part.replacen("...", &dots, 1).chars().collect();
    match labels.iter().find(|&&l| !l.is_alphabetic() && (l as u32) < FURTHER) {
        Some(l) => Err(refuse(formula, &format!("`{l}` is not a letter"))),
        None => Ok(labels),
    }
}

fn shown(label: char) -> String {
    if label as u32 >= FURTHER { "...".into() } else { label.into() }
}

fn refuse(formula: &str, what: &str) -> Error {
    Error::Argument {
        op: "einsum",
        what: format!("in \"{formula}\" {what}"),
        remedy: "write one letter for each axis, as in \"bij,bjk->bik\", of one size throughout".into(),
    }
}
