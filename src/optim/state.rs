//! What an optimizer knows beside its parameters, to be stored and found again.
//!
//! Tensors are named `parameter/array`, metadata `setting` and `parameter/setting`; numbers are written so that they
//! come back bit for bit.

use super::descent::{Descent, Rule, Slot, State};
use super::part::Part;
use crate::io::{RawTensor, TensorFile};
use crate::{Error, Result};
use std::collections::BTreeSet;

pub fn save<R: Rule>(optimizer: &Descent<R>) -> Result<TensorFile> {
    let mut file = TensorFile { metadata: expected(optimizer)?.into_iter().collect(), ..TensorFile::default() };
    file.metadata.insert("lr".into(), optimizer.lr.to_string());
    for Slot { param, state, .. } in &optimizer.slots {
        let step = state.as_ref().map_or(0, |s| s.step);
        file.metadata.insert(format!("{}/step", param.name()), step.to_string());
        let kept = state.iter().flat_map(|s| R::KEEPS.iter().zip(&s.kept)).filter(|(_, tensor)| tensor.numel() > 0);
        for (array, tensor) in kept {
            file.tensors.insert(format!("{}/{array}", param.name()), RawTensor::of(tensor)?);
        }
    }
    Ok(file)
}

/// Everything is read and checked before anything is changed.
pub fn load<R: Rule>(optimizer: &mut Descent<R>, file: &TensorFile) -> Result<()> {
    for (key, now) in expected(optimizer)? {
        let saved = entry(file, &key)?;
        if saved != now {
            let what = format!("{key} was {saved} when the state was saved and is {now} now");
            return Err(refused(what, "make the parameters and the optimizer as they were then"));
        }
    }
    let lr = number(file, "lr")?;
    let mut known = BTreeSet::new();
    let mut states = vec![];
    for Slot { param, .. } in &optimizer.slots {
        let step: u64 = number(file, &format!("{}/step", param.name()))?;
        let x = param.tensor();
        let widths = optimizer.widths(param, &Part::all(param)?);
        let mut state = State::new(&x, widths)?;
        for ((array, tensor), width) in R::KEEPS.iter().zip(&mut state.kept).zip(widths.kept) {
            if step == 0 || width == 0 || tensor.numel() == 0 {
                continue;
            }
            let key = format!("{}/{array}", param.name());
            let Some(raw) = file.tensors.get(&key) else {
                return Err(refused(format!("there is no tensor {key}"), "give the file that `state` was saved to"));
            };
            if raw.shape != tensor.dims() || raw.dtype != tensor.dtype() {
                let (got, want) = ((raw.dtype, &raw.shape), (tensor.dtype(), tensor.dims()));
                let what = format!("{key} is {} {:?}, not {} {:?}", got.0, got.1, want.0, want.1);
                return Err(refused(what, "give the state of parameters of this shape and type"));
            }
            *tensor = raw.to_tensor()?.to_device(x.device())?;
            known.insert(key);
        }
        state.step = step;
        states.push(Some(state).filter(|s| s.step > 0));
    }
    if let Some(other) = file.tensors.keys().find(|&key| !known.contains(key)) {
        return Err(refused(
            format!("{other} belongs to no parameter of this optimizer"),
            "give the state of this one",
        ));
    }
    optimizer.lr = lr;
    optimizer.slots.iter_mut().zip(states).for_each(|(slot, state)| slot.state = state);
    Ok(())
}

/// What a stored state must agree with.
fn expected<R: Rule>(optimizer: &Descent<R>) -> Result<Vec<(String, String)>> {
    let mut entries = vec![("optimizer".into(), R::NAME.to_string())];
    entries.extend(optimizer.rule.settings().into_iter().map(|(key, value)| (key.into(), value)));
    let mut names = BTreeSet::new();
    for Slot { param, group, .. } in &optimizer.slots {
        let name = param.name();
        if !names.insert(name) {
            let what = format!("two parameters are named {name}");
            return Err(Error::Argument { op: "optimizer state", what, remedy: "give each a name of its own".into() });
        }
        let group = &optimizer.groups[*group];
        let decay = group.decay_of(param, optimizer.weight_decay);
        let manifold = param.manifold().map_or("euclidean".into(), |m| m.spec().to_string());
        entries.push((format!("{name}/manifold"), manifold));
        entries.push((format!("{name}/lr_scale"), group.lr_scale.to_string()));
        entries.push((format!("{name}/weight_decay"), decay.to_string()));
    }
    Ok(entries)
}

fn entry<'f>(file: &'f TensorFile, key: &str) -> Result<&'f str> {
    let text = file.metadata.get(key).map(String::as_str);
    text.ok_or_else(|| refused(format!("the metadata has no {key}"), "give the file that `state` was saved to"))
}

fn number<N: std::str::FromStr>(file: &TensorFile, key: &str) -> Result<N> {
    let text = entry(file, key)?;
    text.parse().map_err(|_| refused(format!("{key} is {text:?}, not a number"), "save the state again"))
}

fn refused(what: String, remedy: &str) -> Error {
    Error::Argument { op: "optimizer state", what: format!("{what}; nothing was changed"), remedy: remedy.into() }
}
