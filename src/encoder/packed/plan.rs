//! What a packed network does, step by step, and in what it keeps what comes of each: chosen once, when it is loaded.

use sightline_kernels::{self as kernels, ByteConv, ConvShape, EVERYTHING, Quantization};

use super::image::Form;
use super::step::{PackedConv, Step, Work};
use crate::encoder::activation_ranges::ActivationRanges;
use crate::encoder::description::{Conv, Description, Node, Op};
use crate::weights::{Slot, StoredWeight};

#[derive(Debug)]
pub struct Plan {
    /// For each node the one that puts out the same: a folded norm and the end of a block put out what they get.
    pub source: Vec<usize>,
    pub steps: Vec<Step>,
    /// In what the photo is kept, and behind it what each node puts out.
    pub forms: Vec<Form>,
}

impl Plan {
    /// With weights from `take`, which is asked in the order of the layers.
    pub fn new<W: Into<StoredWeight>, E>(
        description: &Description,
        activations: &ActivationRanges,
        mut take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Self, E> {
        let mut take = |slot: &Slot| take(slot).map(Into::into);
        let nodes = description.trunk();
        let mut source: Vec<usize> = Vec::with_capacity(nodes.len());
        for (place, node) in nodes.iter().enumerate() {
            let is_passed_on = matches!(node.op, Op::Norm(_) | Op::Block);
            source.push(node.inputs.first().filter(|_| is_passed_on).map_or(place, |input| source[*input]));
        }
        let mut plan = Self { source, steps: vec![], forms: vec![] };
        let mut is_done = vec![false; nodes.len()];
        // Of what each node puts out, where it is known.
        let mut ranges: Vec<Option<(f32, f32)>> = vec![None; nodes.len()];
        for (place, node) in nodes.iter().enumerate() {
            if is_done[place] || plan.source[place] != place {
                continue;
            }
            let mut step = Step { work: Work::Add, inputs: plan.inputs(node), nodes: vec![place] };
            let range_of_input = step.inputs[0].and_then(|input| ranges[input]);
            let mut range_after = None;
            step.work = match node.op {
                Op::Conv(conv) => {
                    let range = plan.finish(description, &mut step);
                    range_after = activations.of(&node.name);
                    let arithmetic = match range_of_input {
                        Some(_) => Arithmetic::Integers,
                        None if activations.is_empty() => Arithmetic::Floats,
                        None => Arithmetic::ReproducibleFloats,
                    };
                    let packed = packed(description, place, conv, arithmetic, &mut take)?;
                    Work::Conv { conv: packed, padding: conv.padding, range }
                }
                Op::MaxPool(pool) => {
                    range_after = range_of_input;
                    let (kernel, stride, padding) = (pool.kernel, pool.stride, pool.padding);
                    Work::MaxPool(kernels::MaxPool { kernel, stride, padding })
                }
                Op::Concat => {
                    let parts: Option<Vec<(f32, f32)>> =
                        step.inputs.iter().map(|input| input.and_then(|input| ranges[input])).collect();
                    let parts = parts.into_iter().flatten();
                    range_after = parts.reduce(|(low, high), part| (low.min(part.0), high.max(part.1)));
                    Work::Concat
                }
                op => range_of(op).map_or(Work::Add, Work::Clamp),
            };
            step.nodes.iter().for_each(|node| is_done[*node] = true);
            ranges[step.output()] = range_after;
            plan.steps.push(step);
        }
        plan.forms = plan.forms(&ranges);
        Ok(plan)
    }

    /// In what each image is kept.
    fn forms(&self, ranges: &[Option<(f32, f32)>]) -> Vec<Form> {
        let mut forms = vec![Form::FLOATS; ranges.len() + 1];
        for (node, range) in ranges.iter().enumerate() {
            let users = || self.steps.iter().filter(|step| step.inputs.contains(&Some(node)));
            let (Some((low, high)), true) = (*range, users().any(|step| step.convolves_bytes_of(node))) else {
                continue;
            };
            // What has no activation behind it takes both signs, and loses too much in bytes where it is added.
            let is_precise = low >= 0.0;
            let takes_bytes = |step: &Step| step.convolves_bytes_of(node) || (step.adds_to_bytes(node) && is_precise);
            let bytes = Some(Quantization::of_range(low, high));
            forms[slot(Some(node))] = Form { floats: !users().all(takes_bytes), bytes };
        }
        forms
    }

    fn inputs(&self, node: &Node) -> Vec<Option<usize>> {
        // The photo is an input as well.
        if node.inputs.is_empty() {
            vec![None]
        } else {
            node.inputs.iter().map(|input| Some(self.source[*input])).collect()
        }
    }

    /// Takes into a convolution's step what can be done before its sums are written: an addition, of which the other part
    /// is there by then, and an activation. Returns the range of that.
    fn finish(&self, description: &Description, step: &mut Step) -> (f32, f32) {
        let first = step.output();
        if let Some((place, node)) = self.only_user(description, first)
            && node.op == Op::Add
            && let [a, b] = self.inputs(node)[..]
        {
            let other = if a == Some(first) { b } else { a };
            if other.is_some_and(|other| other < first) {
                step.inputs.push(other);
                step.nodes.push(place);
            }
        }
        match self.only_user(description, step.output()).and_then(|(place, node)| Some((place, range_of(node.op)?))) {
            Some((place, range)) => {
                step.nodes.push(place);
                range
            }
            None => EVERYTHING,
        }
    }

    /// The only node that wants what this one puts out; none where it is what a stage puts out.
    fn only_user<'a>(&self, description: &'a Description, place: usize) -> Option<(usize, &'a Node)> {
        let stages = 0..=description.stages();
        if stages.into_iter().any(|stage| self.source[description.stage(stage).end - 1] == place) {
            return None;
        }
        let nodes = description.trunk().iter().enumerate();
        let mut users = nodes.filter(|(at, node)| self.source[*at] == *at && self.inputs(node).contains(&Some(place)));
        users.next().filter(|_| users.next().is_none())
    }
}

/// Where the image lies that a node puts out; the photo is the first.
pub fn slot(node: Option<usize>) -> usize {
    node.map_or(0, |node| node + 1)
}

fn range_of(op: Op) -> Option<(f32, f32)> {
    match op {
        Op::Relu => Some((0.0, f32::INFINITY)),
        Op::Relu6 => Some((0.0, 6.0)),
        _ => None,
    }
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

fn packed<E>(
    description: &Description,
    place: usize,
    conv: Conv,
    arithmetic: Arithmetic,
    take: &mut impl FnMut(&Slot) -> Result<StoredWeight, E>,
) -> Result<PackedConv, E> {
    let node = &description.nodes[place];
    let (inputs, outputs) = (description.channels_in(node), node.channels);
    let Conv { kernel, stride, groups, bias, .. } = conv;
    let weight =
        take(&Slot { name: format!("{}.weight", node.name), shape: vec![outputs, inputs / groups, kernel, kernel] })?;
    let bias = match bias || description.has_norm(place) {
        true => Some(take(&Slot { name: format!("{}.bias", node.name), shape: vec![outputs] })?.into_floats().values),
        false => None,
    };
    let shape = ConvShape { inputs, outputs, kernel: [kernel; 2], stride, groups };
    Ok(match weight {
        StoredWeight::Bytes(weight) if groups == 1 && arithmetic == Arithmetic::Integers => {
            PackedConv::Bytes(ByteConv::new(shape, &weight.bytes, &weight.scales, bias.as_deref()))
        }
        weight => {
            let conv = kernels::Conv::new(shape, &weight.into_floats().values, bias.as_deref());
            PackedConv::Floats(if arithmetic == Arithmetic::Floats { conv } else { conv.reproducible() })
        }
    })
}
