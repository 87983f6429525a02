//! The bridge between a checkpoint's named tensors and a Burn module.
//!
//! Module and field names are the checkpoint's own keys, so no table of names is needed. What differs between PyTorch,
//! whose layout the files keep, and Burn is settled here alone, by rules that hold for any network: a norm's `weight` and
//! `bias` are `gamma` and `beta` in Burn; the matrices of a linear layer and of a recurrent cell are transposed; which
//! variant of an enum a module is stands in Burn's names, and in no checkpoint's.
//!
//! `burn-store` does this for whole files. Written by hand because a model folder arrives shard by shard, each
//! tensor goes to the device as soon as it is complete, and every fault has to name its file and tensor.

mod matrices;
mod tensors;

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};

pub use matrices::{InBytes, Matrices};
pub use tensors::{ByteWeight, StoredWeight, StoredWeights, Weight, Weights};

/// The weights of a part of a model, under the part's name: `encoder.conv1.weight` for `conv1.weight`.
pub fn prefixed(part: &str, weights: Weights) -> impl Iterator<Item = (String, Weight)> {
    weights.into_iter().map(move |(name, weight)| (format!("{part}.{name}"), weight))
}

/// The other way round: the part's own weights, without its name.
pub fn part_of<W>(weights: &mut BTreeMap<String, W>, part: &str) -> BTreeMap<String, W> {
    let inside = weights.extract_if(.., |name, _| name.strip_prefix(part).is_some_and(|name| name.starts_with('.')));
    inside.map(|(name, weight)| (name[part.len() + 1..].to_string(), weight)).collect()
}

/// A tensor that a module wants.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub name: String,
    /// In PyTorch's layout.
    pub shape: Vec<usize>,
}

impl Slot {
    /// The layer that it belongs to, without the path to it: `conv1` of `layer1.0.conv1.weight`.
    pub fn layer(&self) -> &str {
        self.name.rsplit('.').nth(1).unwrap_or_default()
    }

    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}

/// Every tensor that a module wants, in the module's own order. Allocates none of them.
pub fn slots(module: &impl Module) -> Vec<Slot> {
    let mut visitor = SlotVisitor::default();
    module.visit(&mut visitor);
    visitor.slots
}

/// Fills every slot of a module with what `take` gives for it.
///
/// Stops at the first error that `take` returns. A weight of the wrong shape is a fault of the caller, who is to
/// check it against [`slots`] first.
pub fn fill<M: Module, W: Into<StoredWeight>, E>(
    module: M,
    device: &Device,
    take: impl FnMut(&Slot) -> Result<W, E>,
) -> Result<M, E> {
    Ok(fill_and_keep(module, device, take, None)?.0)
}

/// As [`fill`], but the matrices of linear layers and of recurrent cells that are stored in bytes stay so, and are given
/// beside the module. Who asks the module for one of them gets floats, which are made then.
pub fn fill_but_matrices<M: Module, W: Into<StoredWeight>, E>(
    module: M,
    device: &Device,
    take: impl FnMut(&Slot) -> Result<W, E>,
) -> Result<(M, InBytes), E> {
    let (module, matrices) = fill_and_keep(module, device, take, Some(InBytes::default()))?;
    Ok((module, matrices.unwrap_or_default()))
}

fn fill_and_keep<M: Module, W: Into<StoredWeight>, E>(
    module: M,
    device: &Device,
    mut take: impl FnMut(&Slot) -> Result<W, E>,
    matrices: Option<InBytes>,
) -> Result<(M, Option<InBytes>), E> {
    let take = |slot: &Slot| take(slot).map(Into::into);
    let mut mapper = Filler { path: ModulePath::default(), device, take, matrices, error: None };
    let module = module.map(&mut mapper);
    match mapper.error {
        None => Ok((module, mapper.matrices)),
        Some(error) => Err(error),
    }
}

/// Reads a module's tensors back, in the checkpoint's layout.
pub fn extract(module: &impl Module) -> Weights {
    let mut visitor = Extractor::default();
    module.visit(&mut visitor);
    visitor.weights
}

/// The path from a module's root to what a visitor is at, as a checkpoint names it.
#[derive(Debug, Default)]
pub struct ModulePath {
    path: Vec<String>,
    containers: Vec<String>,
}

impl ModulePath {
    pub fn enter(&mut self, name: &str, container: &str) {
        self.path.push(name.to_string());
        self.containers.push(container.to_string());
    }

    pub fn exit(&mut self) {
        self.path.pop();
        self.containers.pop();
    }

    fn container(&self) -> &str {
        self.containers.last().map_or("", String::as_str)
    }

    pub fn name(&self) -> String {
        let is_variant = |container: &&String| container.starts_with("Enum:");
        let parts = self.path.iter().zip(&self.containers).filter(|(_, container)| !is_variant(container));
        let mut path: Vec<&str> = parts.map(|(part, _)| part.as_str()).collect();
        match path.last_mut().filter(|_| self.container().ends_with("Norm")) {
            Some(last) if *last == "gamma" => *last = "weight",
            Some(last) if *last == "beta" => *last = "bias",
            _ => {}
        }
        path.join(".")
    }

    /// PyTorch's recurrent cells, of whatever kind, call their matrices `weight_ih` and `weight_hh`.
    fn is_transposed(&self, rank: usize) -> bool {
        let last = self.path.last().map_or("", String::as_str);
        rank == 2 && (self.container() == "Struct:Linear" || last == "weight_ih" || last == "weight_hh")
    }

    fn slot<const D: usize>(&self, param: &Param<Tensor<D>>) -> Slot {
        let mut shape: Vec<usize> = param.lazy_shape().iter().copied().collect();
        if self.is_transposed(D) {
            shape.reverse();
        }
        Slot { name: self.name(), shape }
    }
}

#[derive(Default)]
struct SlotVisitor {
    path: ModulePath,
    slots: Vec<Slot>,
}

impl ModuleVisitor for SlotVisitor {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.slots.push(self.path.slot(param));
    }
}

struct Filler<'a, F, E> {
    path: ModulePath,
    device: &'a Device,
    take: F,
    /// Those that stay in bytes, where they may.
    matrices: Option<InBytes>,
    error: Option<E>,
}

impl<F: FnMut(&Slot) -> Result<StoredWeight, E>, E> ModuleMapper for Filler<'_, F, E> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.error.is_some() {
            return param;
        }
        match (self.take)(&self.path.slot(&param)) {
            Err(error) => {
                self.error = Some(error);
                param
            }
            Ok(weight) => {
                let is_transposed = self.path.is_transposed(D);
                let weight = match (weight, &mut self.matrices) {
                    (StoredWeight::Bytes(weight), Some(matrices)) if is_transposed && InBytes::takes(&weight) => {
                        return matrices.keep(&param, &weight);
                    }
                    (weight, _) => weight.into_floats(),
                };
                let weight = if is_transposed { transposed(weight) } else { weight };
                let data = TensorData::new(weight.values, weight.shape);
                let id = param.id;
                param.transform_for_load(Tensor::from_data(data, self.device), id)
            }
        }
    }
}

#[derive(Default)]
struct Extractor {
    path: ModulePath,
    weights: Weights,
}

impl ModuleVisitor for Extractor {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims().to_vec();
        let values = tensor.into_data().iter::<f32>().collect();
        let weight = Weight { shape, values };
        let weight = if self.path.is_transposed(D) { transposed(weight) } else { weight };
        self.weights.insert(self.path.name(), weight);
    }
}

fn transposed(weight: Weight) -> Weight {
    let [rows, columns] = weight.shape[..] else { return weight };
    let mut values = Vec::with_capacity(weight.values.len());
    for column in 0..columns {
        values.extend((0..rows).map(|row| weight.values[row * columns + column]));
    }
    Weight { shape: vec![columns, rows], values }
}
