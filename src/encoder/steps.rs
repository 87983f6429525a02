//! What is done in one go: a convolution with the norm that was folded into it, what is added to it, and the activation.
//! The networks of the processor and of GPUs run these steps in place of the layers of a [`Description`].

use std::ops::Range;

use sightline_kernels::EVERYTHING;

use super::description::{Conv, Description, MaxPool, Node, Op};
use crate::weights::{Slot, StoredWeight};

/// Steps, whose convolutions are a `C` each.
#[derive(Debug)]
pub(super) struct Steps<C> {
    /// For each node the one that puts out the same: a folded norm and the end of a block put out what they get.
    pub source: Vec<usize>,
    /// In the order of their first nodes.
    pub steps: Vec<Step<C>>,
}

/// What is done in one go.
#[derive(Debug)]
pub(super) struct Step<C> {
    pub work: Work<C>,
    /// What puts out what it gets; nothing stands for the photo.
    pub inputs: Vec<Option<usize>>,
    /// The nodes that it does, in their order; the last puts out what comes of it.
    pub nodes: Vec<usize>,
}

#[derive(Debug)]
pub(super) enum Work<C> {
    /// The second of the inputs, where there is one, is added to what comes out, which is clamped to the range.
    Conv {
        conv: C,
        range: (f32, f32),
    },
    MaxPool(MaxPool),
    Clamp((f32, f32)),
    Add,
    Concat,
}

/// A convolution with its weights, as PyTorch has them, into which the norm behind it was folded.
#[derive(Debug)]
pub(super) struct ConvWithWeights {
    pub conv: Conv,
    pub inputs: usize,
    pub outputs: usize,
    pub weight: StoredWeight,
    pub bias: Option<Vec<f32>>,
}

impl ConvWithWeights {
    fn take<W: Into<StoredWeight>, E>(
        description: &Description,
        place: usize,
        conv: Conv,
        mut take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Self, E> {
        let node = &description.nodes[place];
        let (inputs, outputs) = (description.channels_in(node), node.channels);
        let mut take = |part: &str, shape: Vec<usize>| {
            let slot = Slot { name: format!("{}.{part}", node.name), shape };
            take(&slot).map(Into::<StoredWeight>::into)
        };
        let weight = take("weight", vec![outputs, inputs / conv.groups, conv.kernel, conv.kernel])?;
        let bias = match conv.bias || description.has_norm(place) {
            true => Some(take("bias", vec![outputs])?.into_floats().values),
            false => None,
        };
        Ok(Self { conv, inputs, outputs, weight, bias })
    }
}

impl<C> Step<C> {
    /// The node that puts out what comes of it.
    pub fn output(&self) -> usize {
        *self.nodes.last().expect("a step does something")
    }
}

impl Steps<Conv> {
    pub fn new(description: &Description) -> Self {
        let nodes = description.trunk();
        let mut source: Vec<usize> = Vec::with_capacity(nodes.len());
        for (place, node) in nodes.iter().enumerate() {
            let is_passed_on = matches!(node.op, Op::Norm(_) | Op::Block);
            source.push(node.inputs.first().filter(|_| is_passed_on).map_or(place, |input| source[*input]));
        }
        let mut steps = Self { source, steps: vec![] };
        let mut is_done = vec![false; nodes.len()];
        for (place, node) in nodes.iter().enumerate() {
            if is_done[place] || steps.source[place] != place {
                continue;
            }
            let mut step = Step { work: Work::Add, inputs: steps.inputs(node), nodes: vec![place] };
            step.work = match node.op {
                Op::Conv(conv) => Work::Conv { conv, range: steps.finish(description, &mut step) },
                Op::MaxPool(pool) => Work::MaxPool(pool),
                Op::Concat => Work::Concat,
                op => range_of(op).map_or(Work::Add, Work::Clamp),
            };
            step.nodes.iter().for_each(|node| is_done[*node] = true);
            steps.steps.push(step);
        }
        steps
    }

    /// With a `C` for each convolution, which `make` makes of its weights. `take` is asked for these in the order of the
    /// layers.
    pub fn pack<C, W: Into<StoredWeight>, E>(
        self,
        description: &Description,
        mut take: impl FnMut(&Slot) -> Result<W, E>,
        mut make: impl FnMut(&Step<Conv>, ConvWithWeights) -> C,
    ) -> Result<Steps<C>, E> {
        let mut packed = Vec::with_capacity(self.steps.len());
        for step in self.steps {
            let work = match step.work {
                Work::Conv { conv, range } => {
                    let conv = ConvWithWeights::take(description, step.nodes[0], conv, &mut take)?;
                    Work::Conv { conv: make(&step, conv), range }
                }
                Work::MaxPool(pool) => Work::MaxPool(pool),
                Work::Clamp(range) => Work::Clamp(range),
                Work::Add => Work::Add,
                Work::Concat => Work::Concat,
            };
            packed.push(Step { work, inputs: step.inputs, nodes: step.nodes });
        }
        Ok(Steps { source: self.source, steps: packed })
    }

    /// Takes into a convolution's step what can be done before its sums are written: an addition, of which the other part
    /// is there by then, and an activation. Returns the range of that.
    fn finish(&self, description: &Description, step: &mut Step<Conv>) -> (f32, f32) {
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

impl<C> Steps<C> {
    /// Those of some stages, of which the stem is 0, and what puts out what the first of them gets.
    pub fn of_stages(&self, description: &Description, stages: &Range<usize>) -> (Option<usize>, &[Step<C>]) {
        let nodes = nodes_of(description, stages);
        let before = nodes.start.checked_sub(1).map(|place| self.source[place]);
        let [begin, end] = [nodes.start, nodes.end].map(|end| self.steps.partition_point(|step| step.nodes[0] < end));
        (before, &self.steps[begin..end])
    }

    /// Those nodes of some stages that put out what they get, which takes no time.
    pub fn passed_on(
        &self,
        description: &Description,
        stages: &Range<usize>,
    ) -> impl Iterator<Item = usize> + use<'_, C> {
        nodes_of(description, stages).filter(|place| self.source[*place] != *place)
    }

    fn inputs(&self, node: &Node) -> Vec<Option<usize>> {
        // The photo is an input as well.
        if node.inputs.is_empty() {
            vec![None]
        } else {
            node.inputs.iter().map(|input| Some(self.source[*input])).collect()
        }
    }
}

fn nodes_of(description: &Description, stages: &Range<usize>) -> Range<usize> {
    description.stage(stages.start).start..description.stage(stages.end - 1).end
}

/// Where the image lies that a node puts out; the photo is the first.
pub(super) fn slot(node: Option<usize>) -> usize {
    node.map_or(0, |node| node + 1)
}

fn range_of(op: Op) -> Option<(f32, f32)> {
    match op {
        Op::Relu => Some((0.0, f32::INFINITY)),
        Op::Relu6 => Some((0.0, 6.0)),
        _ => None,
    }
}

/// What steps have put out, while somebody still wants it.
#[derive(Debug)]
pub(super) struct Outputs<I> {
    images: Vec<Option<I>>,
    /// How often each is still wanted.
    wanted: Vec<usize>,
    last: usize,
}

impl<I> Outputs<I> {
    /// `before` puts out what the first of the steps gets, which is `input`.
    pub fn new<C>(steps: &[Step<C>], before: Option<usize>, input: I) -> Self {
        let slots = steps.iter().map(|step| slot(Some(step.output()))).max().unwrap_or(0).max(slot(before)) + 1;
        let mut wanted = vec![0usize; slots];
        steps.iter().flat_map(|step| &step.inputs).for_each(|input| wanted[slot(*input)] += 1);
        let mut images: Vec<Option<I>> = (0..slots).map(|_| None).collect();
        images[slot(before)] = Some(input);
        Self { images, wanted, last: slot(before) }
    }

    pub fn inputs<C>(&self, step: &Step<C>) -> Vec<&I> {
        step.inputs.iter().filter_map(|input| self.images[slot(*input)].as_ref()).collect()
    }

    /// Keeps what came of a step, and returns what nobody wants any more.
    pub fn put<C>(&mut self, step: &Step<C>, output: I) -> Vec<I> {
        self.last = slot(Some(step.output()));
        self.images[self.last] = Some(output);
        let mut unwanted = vec![];
        for input in step.inputs.iter().map(|input| slot(*input)) {
            self.wanted[input] -= 1;
            if self.wanted[input] == 0 {
                unwanted.extend(self.images[input].take());
            }
        }
        unwanted
    }

    pub fn into_last(mut self) -> I {
        self.images[self.last].take().expect("every step puts something out")
    }
}
