//! What a packed network does, step by step, and in what it keeps what comes of each: chosen once, when it is loaded.

use sightline_kernels::{self as kernels, ByteConv, ConvShape, Quantization};

use super::image::Form;
use super::step::{PackedConv, PackedKernel};
use crate::encoder::activation_ranges::ActivationRanges;
use crate::encoder::description::{Conv, Description};
use crate::encoder::steps::{ConvWithWeights, Step, Steps, Work, slot};
use crate::weights::{Slot, StoredWeight};

#[derive(Debug)]
pub struct Plan {
    pub steps: Steps<PackedConv>,
    /// In what the photo is kept, and behind it what each node puts out.
    pub forms: Vec<Form>,
}

impl Plan {
    /// With weights from `take`, which is asked in the order of the layers.
    pub fn new<W: Into<StoredWeight>, E>(
        description: &Description,
        activations: &ActivationRanges,
        take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Self, E> {
        let steps = Steps::new(description);
        let ranges = ranges(&steps, description, activations);
        let steps = steps.pack(description, take, |step, conv| {
            let arithmetic = match step.inputs[0].and_then(|input| ranges[input]) {
                Some(_) => Arithmetic::Integers,
                None if activations.is_empty() => Arithmetic::Floats,
                None => Arithmetic::ReproducibleFloats,
            };
            packed(conv, arithmetic)
        })?;
        let mut plan = Self { steps, forms: vec![] };
        plan.forms = plan.forms(&ranges);
        Ok(plan)
    }

    /// In what each image is kept.
    fn forms(&self, ranges: &[Option<(f32, f32)>]) -> Vec<Form> {
        let mut forms = vec![Form::FLOATS; ranges.len() + 1];
        for (node, range) in ranges.iter().enumerate() {
            let users = || self.steps.steps.iter().filter(|step| step.inputs.contains(&Some(node)));
            let (Some((low, high)), true) = (*range, users().any(|step| step.convolves_bytes_of(node))) else {
                continue;
            };
            // What has no activation behind it takes both signs, and loses too much in bytes where it is added.
            let is_precise = low >= 0.0;
            let takes_bytes =
                |step: &Step<PackedConv>| step.convolves_bytes_of(node) || (step.adds_to_bytes(node) && is_precise);
            let bytes = Some(Quantization::of_range(low, high));
            forms[slot(Some(node))] = Form { floats: !users().all(takes_bytes), bytes };
        }
        forms
    }
}

/// Of what each node puts out, where it is known.
fn ranges(steps: &Steps<Conv>, description: &Description, activations: &ActivationRanges) -> Vec<Option<(f32, f32)>> {
    let mut ranges: Vec<Option<(f32, f32)>> = vec![None; description.trunk().len()];
    for step in &steps.steps {
        let of_inputs = step.inputs.iter().map(|input| input.and_then(|input| ranges[input]));
        ranges[step.output()] = match step.work {
            Work::Conv { .. } => activations.of(&description.nodes[step.nodes[0]].name),
            Work::MaxPool(_) => of_inputs.into_iter().next().flatten(),
            Work::Concat => {
                let parts: Option<Vec<(f32, f32)>> = of_inputs.collect();
                parts.into_iter().flatten().reduce(|(low, high), part| (low.min(part.0), high.max(part.1)))
            }
            Work::Clamp(_) | Work::Add => None,
        };
    }
    ranges
}

/// In what a convolution may compute.
#[derive(Clone, Copy, PartialEq)]
enum Arithmetic {
    Floats,
    /// Where floats become bytes later, whose last bit one rounding would change between a page and the command line.
    ReproducibleFloats,
    /// If its weights are bytes.
    Integers,
}

fn packed(
    ConvWithWeights { conv, inputs, outputs, weight, bias }: ConvWithWeights,
    arithmetic: Arithmetic,
) -> PackedConv {
    let Conv { kernel, stride, groups, padding, .. } = conv;
    let shape = ConvShape { inputs, outputs, kernel: [kernel; 2], stride, groups };
    let kernel = match weight {
        StoredWeight::Bytes(weight) if groups == 1 && arithmetic == Arithmetic::Integers => {
            PackedKernel::Bytes(ByteConv::new(shape, &weight.bytes, &weight.scales, bias.as_deref()))
        }
        weight => {
            let conv = kernels::Conv::new(shape, &weight.into_floats().values, bias.as_deref());
            PackedKernel::Floats(if arithmetic == Arithmetic::Floats { conv } else { conv.reproducible() })
        }
    };
    PackedConv { kernel, padding }
}
