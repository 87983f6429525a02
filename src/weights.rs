//! The bridge between a checkpoint's named tensors and a Burn module.
//!
//! Module and field names are the checkpoint's own keys, so no table of names is needed. Three conventions differ
//! between PyTorch, whose layout the files keep, and Burn, and are settled here alone: a BatchNorm's and a LayerNorm's
//! `weight` and `bias` are `gamma` and `beta` in Burn; the matrices of a linear layer and of a recurrent cell are
//! transposed.
//!
//! `burn-store` does this for whole files. Written by hand because a model folder arrives shard by shard, each
//! tensor goes to the device as soon as it is complete, and every fault has to name its file and tensor.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};

/// One tensor in PyTorch's layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

/// Tensors by their checkpoint key.
pub type Weights = BTreeMap<String, Weight>;

/// Takes away what people wrap around a part of a model when they save it, such as `state_dict.module.encoder.`; where
/// a file holds several parts, this leaves the one that is named.
pub fn unwrapped(mut weights: Weights, part: &str) -> Weights {
    let wrappers = ["state_dict.", "model.", "module.", part];
    while let Some(wrapper) = wrappers.iter().find(|wrapper| weights.keys().any(|name| name.starts_with(**wrapper))) {
        let inside = |(name, weight): (String, Weight)| Some((name.strip_prefix(*wrapper)?.to_string(), weight));
        weights = weights.into_iter().filter_map(inside).collect();
    }
    weights
}

/// A place in a module that wants a tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub name: String,
    /// In PyTorch's layout.
    pub shape: Vec<usize>,
}

impl Slot {
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
pub fn fill<M: Module, E>(module: M, device: &Device, take: impl FnMut(&Slot) -> Result<Weight, E>) -> Result<M, E> {
    let mut mapper = Filler { place: Place::default(), device, take, error: None };
    let module = module.map(&mut mapper);
    match mapper.error {
        None => Ok(module),
        Some(error) => Err(error),
    }
}

/// Reads a module's tensors back, in the checkpoint's layout.
pub fn extract(module: &impl Module) -> Weights {
    let mut visitor = Extractor::default();
    module.visit(&mut visitor);
    visitor.weights
}

/// Where in the module a walk stands.
#[derive(Default)]
pub(crate) struct Place {
    path: Vec<String>,
    containers: Vec<String>,
}

impl Place {
    pub(crate) fn enter(&mut self, name: &str, container: &str) {
        self.path.push(name.to_string());
        self.containers.push(container.to_string());
    }

    pub(crate) fn exit(&mut self) {
        self.path.pop();
        self.containers.pop();
    }

    fn container(&self) -> &str {
        self.containers.last().map_or("", String::as_str)
    }

    pub(crate) fn name(&self) -> String {
        let mut path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        if let ("Struct:BatchNorm" | "Struct:LayerNorm", Some(last)) = (self.container(), path.last_mut()) {
            match *last {
                "gamma" => *last = "weight",
                "beta" => *last = "bias",
                _ => {}
            }
        }
        path.join(".")
    }

    fn is_transposed(&self, rank: usize) -> bool {
        rank == 2 && matches!(self.container(), "Struct:Linear" | "Struct:LstmCell" | "Struct:RnnCell")
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
    place: Place,
    slots: Vec<Slot>,
}

impl ModuleVisitor for SlotVisitor {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.place.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.place.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.slots.push(self.place.slot(param));
    }
}

struct Filler<'a, F, E> {
    place: Place,
    device: &'a Device,
    take: F,
    error: Option<E>,
}

impl<F: FnMut(&Slot) -> Result<Weight, E>, E> ModuleMapper for Filler<'_, F, E> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.place.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.place.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.error.is_some() {
            return param;
        }
        match (self.take)(&self.place.slot(&param)) {
            Err(error) => {
                self.error = Some(error);
                param
            }
            Ok(weight) => {
                let weight = if self.place.is_transposed(D) { transposed(weight) } else { weight };
                let data = TensorData::new(weight.values, weight.shape);
                let id = param.id;
                param.transform_for_load(Tensor::from_data(data, self.device), id)
            }
        }
    }
}

#[derive(Default)]
struct Extractor {
    place: Place,
    weights: Weights,
}

impl ModuleVisitor for Extractor {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.place.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.place.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims().to_vec();
        let values = tensor.into_data().iter::<f32>().collect();
        let weight = Weight { shape, values };
        let weight = if self.place.is_transposed(D) { transposed(weight) } else { weight };
        self.weights.insert(self.place.name(), weight);
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
