//! Gradients read back from their graph, by the names of their tensors, flat.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;
use rayon::prelude::*;
use sightline::weights::ModulePath;

use crate::host::{ReadBackError, to_host};

/// Numbers that a core takes at a time.
pub(super) const CHUNK: usize = 1 << 14;

#[derive(Clone, Debug, Default)]
pub struct Gradients(pub BTreeMap<String, Vec<f32>>);

impl Gradients {
    /// Of all tensors of a module that a loss depends on.
    pub fn of(loss: Tensor<1>, module: &impl Module) -> Result<Self, ReadBackError> {
        let mut collector =
            Collector { graph: loss.backward(), path: ModulePath::default(), collected: BTreeMap::new(), error: None };
        module.visit(&mut collector);
        match collector.error {
            None => Ok(Self(collector.collected)),
            Some(error) => Err(error),
        }
    }

    pub fn added(mut self, more: Self) -> Self {
        for (name, more) in more.0 {
            match self.0.get_mut(&name) {
                Some(sum) => sum.par_iter_mut().zip(more).for_each(|(sum, more)| *sum += more),
                None => drop(self.0.insert(name, more)),
            }
        }
        self
    }

    /// The length of all of them, taken together as one vector.
    pub fn norm(&self) -> f64 {
        self.0.values().map(|gradient| squares(gradient)).sum::<f64>().sqrt()
    }
}

/// The sum of squares, added in an order that does not depend on the number of cores.
fn squares(values: &[f32]) -> f64 {
    let square = |value: &f32| f64::from(*value) * f64::from(*value);
    let chunks: Vec<f64> = values.par_chunks(CHUNK).map(|chunk| chunk.iter().map(square).sum()).collect();
    chunks.into_iter().sum()
}

struct Collector {
    graph: burn::tensor::Gradients,
    path: ModulePath,
    collected: BTreeMap<String, Vec<f32>>,
    error: Option<ReadBackError>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(gradient) = param.val().grad_remove(&mut self.graph) else { return };
        match to_host(gradient) {
            Ok(gradient) => drop(self.collected.insert(self.path.name(), gradient)),
            Err(error) => self.error = Some(error),
        }
    }
}
