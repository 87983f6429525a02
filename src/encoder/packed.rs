//! A backbone on the processor, for inference: the layers of a [`Description`] as steps over images that lie pixel by
//! pixel. A step is a convolution with whatever can be done before its sums are written: the norm that was folded into
//! it, what is added to it, and the activation.

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};
use sightline_kernels::{self as kernels, Border, ConvShape, EVERYTHING, Epilogue, Layout};

use super::description::{Conv, Description, Node, Op, Padding};
use super::grid::{FeatureGrid, Grid};
use crate::device;
use crate::weights::{Slot, StoredWeight, Weight};

/// The layers that lead to the grid, with packed weights.
#[derive(Debug)]
pub(super) struct PackedNetwork {
    description: Arc<Description>,
    /// For each node the one that puts out the same: a folded norm and the end of a block put out what they get.
    source: Vec<usize>,
    steps: Vec<Step>,
}

/// What is done in one go.
#[derive(Debug)]
struct Step {
    work: Work,
    /// What puts out what it gets; nothing stands for the photo.
    inputs: Vec<Option<usize>>,
    /// The nodes that it does, in their order; the last puts out what comes of it.
    nodes: Vec<usize>,
}

#[derive(Debug)]
enum Work {
    /// The second of the inputs, where there is one, is added to what comes out, which is clamped to the range.
    Conv {
        conv: kernels::Conv,
        padding: Padding,
        range: (f32, f32),
    },
    MaxPool(kernels::MaxPool),
    Clamp((f32, f32)),
    Add,
    Concat,
}

impl Step {
    fn output(&self) -> usize {
        *self.nodes.last().expect("a step does something")
    }
}

/// What the stages before made of one photo, or the photo.
struct Image {
    layout: Layout,
    numbers: Vec<f32>,
}

impl PackedNetwork {
    /// With weights from `take`, which is asked in the order of the layers.
    pub fn new<W: Into<StoredWeight>, E>(
        description: Arc<Description>,
        mut take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Self, E> {
        let mut take = |slot: &Slot| take(slot).map(|weight| weight.into().into_floats());
        let nodes = description.trunk();
        let mut source: Vec<usize> = Vec::with_capacity(nodes.len());
        for (place, node) in nodes.iter().enumerate() {
            let is_passed_on = matches!(node.op, Op::Norm(_) | Op::Block);
            source.push(node.inputs.first().filter(|_| is_passed_on).map_or(place, |input| source[*input]));
        }
        let mut network = Self { description: description.clone(), source, steps: vec![] };
        let mut is_done = vec![false; nodes.len()];
        for (place, node) in nodes.iter().enumerate() {
            if is_done[place] || network.source[place] != place {
                continue;
            }
            let mut step = Step { work: Work::Add, inputs: network.inputs(node), nodes: vec![place] };
            step.work = match node.op {
                Op::Conv(conv) => {
                    let range = network.finish(&mut step);
                    let conv_of = packed(&description, place, conv, &mut take)?;
                    Work::Conv { conv: conv_of, padding: conv.padding, range }
                }
                Op::MaxPool(pool) => {
                    let (kernel, stride, padding) = (pool.kernel, pool.stride, pool.padding);
                    Work::MaxPool(kernels::MaxPool { kernel, stride, padding })
                }
                Op::Concat => Work::Concat,
                op => range_of(op).map_or(Work::Add, Work::Clamp),
            };
            step.nodes.iter().for_each(|node| is_done[*node] = true);
            network.steps.push(step);
        }
        Ok(network)
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
    fn finish(&self, step: &mut Step) -> (f32, f32) {
        let first = step.output();
        if let Some((place, node)) = self.only_user(first)
            && node.op == Op::Add
            && let [a, b] = self.inputs(node)[..]
        {
            let other = if a == Some(first) { b } else { a };
            if other.is_some_and(|other| other < first) {
                step.inputs.push(other);
                step.nodes.push(place);
            }
        }
        match self.only_user(step.output()).and_then(|(place, node)| Some((place, range_of(node.op)?))) {
            Some((place, range)) => {
                step.nodes.push(place);
                range
            }
            None => EVERYTHING,
        }
    }

    /// The only node that wants what this one puts out; none where it is what a stage puts out.
    fn only_user(&self, place: usize) -> Option<(usize, &Node)> {
        let stages = 0..=self.description.stages();
        if stages.into_iter().any(|stage| self.source[self.description.stage(stage).end - 1] == place) {
            return None;
        }
        let nodes = self.description.trunk().iter().enumerate();
        let mut users = nodes.filter(|(at, node)| self.source[*at] == *at && self.inputs(node).contains(&Some(place)));
        users.next().filter(|_| users.next().is_none())
    }

    /// Photos, `[photos, channels, rows, columns]`, to their grids.
    pub fn forward(&self, photos: Tensor<4>) -> FeatureGrid {
        let [count, _, _, _] = photos.dims();
        let (mut layout, mut features) = (Layout::new(0, 0, 0), Vec::new());
        self.each(0..self.description.stages() + 1, photos, &mut |_| {}, |image| {
            layout = image.layout;
            features.extend(image.layout.to_pixels(&image.numbers));
        });
        let Layout { channels, rows, cols, .. } = layout;
        let data = TensorData::new(features, [count, rows * cols, channels]);
        FeatureGrid { grid: Grid { rows, cols }, features: Tensor::from_data(data, &device::cpu()) }
    }

    /// What some stages, of which 0 is the stem, make of what those before them put out.
    pub fn run(&self, stages: Range<usize>, x: Tensor<4>, after: &mut dyn FnMut(usize)) -> Tensor<4> {
        let [count, _, _, _] = x.dims();
        let (mut layout, mut maps) = (Layout::new(0, 0, 0), Vec::new());
        self.each(stages, x, after, |image| {
            layout = image.layout;
            maps.extend(image.layout.to_planes(&image.numbers));
        });
        let shape = [count, layout.channels, layout.rows, layout.cols];
        Tensor::from_data(TensorData::new(maps, shape), &device::cpu())
    }

    /// The convolution that the photo meets first, its weights as PyTorch has them, and what it makes of the photo before
    /// any activation.
    pub fn first_convolution(&self, photo: Tensor<4>) -> Option<(Conv, Tensor<4>, Tensor<4>)> {
        let (Op::Conv(conv), Work::Conv { conv: packed, padding, .. }) =
            (self.description.nodes.first()?.op, &self.steps.first()?.work)
        else {
            return None;
        };
        let [_, channels, rows, cols] = photo.dims();
        let layout = Layout::new(channels, rows, cols).with_border(border(&packed.shape(), *padding, [rows, cols]));
        let image = Image { numbers: layout.from_planes(&numbers(photo)), layout };
        let shape = packed.shape();
        let to = self.layout_after(&self.steps[0], &[&layout]);
        let mut output = vec![0.0; to.len()];
        let epilogue = Epilogue { added: None, range: EVERYTHING };
        packed.run((&image.numbers, &layout), zeros_before(&shape, *padding, &layout), epilogue, (&mut output, &to));
        let tensor = |values, shape: [usize; 4]| Tensor::<4>::from_data(TensorData::new(values, shape), &device::cpu());
        let weights =
            tensor(packed.weights(), [shape.outputs, shape.inputs / shape.groups, shape.kernel[0], shape.kernel[1]]);
        Some((conv, weights, tensor(to.to_planes(&output), [1, to.channels, to.rows, to.cols])))
    }

    /// Runs stages on one photo after the other.
    fn each(&self, stages: Range<usize>, x: Tensor<4>, after: &mut dyn FnMut(usize), mut done: impl FnMut(Image)) {
        let [count, channels, rows, cols] = x.dims();
        let nodes = self.description.stage(stages.start).start..self.description.stage(stages.end - 1).end;
        let before = nodes.start.checked_sub(1).map(|place| self.source[place]);
        let begin = self.steps.partition_point(|step| step.nodes[0] < nodes.start);
        let end = self.steps.partition_point(|step| step.nodes[0] < nodes.end);
        let steps = &self.steps[begin..end];
        let layouts = self.layouts(steps, before, Layout::new(channels, rows, cols));
        let values = numbers(x);
        for photo in 0..count {
            let planes = &values[photo * channels * rows * cols..][..channels * rows * cols];
            let layout = layouts[slot(before)].expect("the input has a layout");
            done(run(steps, before, Image { numbers: layout.from_planes(planes), layout }, &layouts, after));
            // What puts out what it gets takes no time.
            nodes.clone().filter(|place| self.source[*place] != *place).for_each(&mut *after);
        }
    }

    /// How each image lies, with the zeros that whoever convolves it wants around it.
    fn layouts(&self, steps: &[Step], before: Option<usize>, input: Layout) -> Vec<Option<Layout>> {
        let mut layouts: Vec<Option<Layout>> = vec![None; self.source.len() + 1];
        layouts[slot(before)] = Some(input);
        for step in steps {
            let inputs: Vec<Layout> = step.inputs.iter().filter_map(|input| layouts[slot(*input)]).collect();
            layouts[slot(Some(step.output()))] = Some(self.layout_after(step, &inputs.iter().collect::<Vec<_>>()));
            if let (Work::Conv { conv, padding, .. }, Some(layout)) = (&step.work, &mut layouts[slot(step.inputs[0])]) {
                let border = border(&conv.shape(), *padding, [layout.rows, layout.cols]);
                *layout = layout.with_border(layout.border.around(border));
            }
        }
        layouts
    }

    /// How what comes out of a step lies, without a border.
    fn layout_after(&self, step: &Step, inputs: &[&Layout]) -> Layout {
        let node = &self.description.nodes[step.nodes[0]];
        let side = |side| node.op.side(side).unwrap_or(0);
        Layout::new(node.channels, side(inputs[0].rows), side(inputs[0].cols))
    }
}

/// Where the image lies that a node puts out; the photo is the first.
fn slot(node: Option<usize>) -> usize {
    node.map_or(0, |node| node + 1)
}

fn numbers(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("networks compute in 32-bit floats")
}

fn range_of(op: Op) -> Option<(f32, f32)> {
    match op {
        Op::Relu => Some((0.0, f32::INFINITY)),
        Op::Relu6 => Some((0.0, 6.0)),
        _ => None,
    }
}

fn packed<E>(
    description: &Description,
    place: usize,
    conv: Conv,
    take: &mut impl FnMut(&Slot) -> Result<Weight, E>,
) -> Result<kernels::Conv, E> {
    let node = &description.nodes[place];
    let (inputs, outputs) = (description.channels_in(node), node.channels);
    let Conv { kernel, stride, groups, bias, .. } = conv;
    let weight =
        take(&Slot { name: format!("{}.weight", node.name), shape: vec![outputs, inputs / groups, kernel, kernel] })?;
    let bias = match bias || description.has_norm(place) {
        true => Some(take(&Slot { name: format!("{}.bias", node.name), shape: vec![outputs] })?.values),
        false => None,
    };
    let shape = ConvShape { inputs, outputs, kernel: [kernel; 2], stride, groups };
    Ok(kernels::Conv::new(shape, &weight.values, bias.as_deref()))
}

/// Zeros before the rows and the columns.
fn zeros_before(shape: &ConvShape, padding: Padding, layout: &Layout) -> [usize; 2] {
    [layout.rows, layout.cols].map(|side| padding.along(side, shape.kernel[0], shape.stride)[0])
}

fn border(shape: &ConvShape, padding: Padding, sides: [usize; 2]) -> Border {
    let [[top, bottom], [left, right]] = sides.map(|side| padding.along(side, shape.kernel[0], shape.stride));
    Border { top, bottom, left, right }
}

/// The output of the last step. `before` puts out what the first gets.
fn run(
    steps: &[Step],
    before: Option<usize>,
    input: Image,
    layouts: &[Option<Layout>],
    after: &mut dyn FnMut(usize),
) -> Image {
    // How often each image is still wanted. Who wants it last frees its memory for others.
    let mut wanted = vec![0usize; layouts.len()];
    steps.iter().flat_map(|step| &step.inputs).for_each(|input| wanted[slot(*input)] += 1);
    let mut images: Vec<Option<Image>> = layouts.iter().map(|_| None).collect();
    let mut last = slot(before);
    images[last] = Some(input);
    let mut free: Vec<Vec<f32>> = vec![];
    for step in steps {
        let inputs: Vec<&Image> = step.inputs.iter().filter_map(|input| images[slot(*input)].as_ref()).collect();
        last = slot(Some(step.output()));
        let layout = layouts[last].expect("every step has a layout");
        // The smallest that is large enough, or else the largest, which grows.
        free.sort_by_key(Vec::capacity);
        let place = free.iter().position(|numbers| numbers.capacity() >= layout.len());
        let mut numbers = place.map(|place| free.remove(place)).or_else(|| free.pop()).unwrap_or_default();
        numbers.resize(layout.len(), 0.0);
        layout.clear_border(&mut numbers);
        let mut output = Image { layout, numbers };
        step.run(&inputs, &mut output);
        images[last] = Some(output);
        for input in &step.inputs {
            wanted[slot(*input)] -= 1;
            if wanted[slot(*input)] == 0 {
                free.extend(images[slot(*input)].take().map(|image| image.numbers));
            }
        }
        step.nodes.iter().for_each(|place| after(*place));
    }
    images[last].take().expect("every step puts something out")
}

impl Step {
    fn run(&self, inputs: &[&Image], output: &mut Image) {
        let first = inputs[0];
        let Image { layout: to, numbers } = output;
        match &self.work {
            Work::Conv { conv, padding, range } => {
                let added = inputs.get(1).map(|image| (&image.numbers[..], &image.layout));
                let padding = zeros_before(&conv.shape(), *padding, &first.layout);
                let epilogue = Epilogue { added, range: *range };
                conv.run((&first.numbers, &first.layout), padding, epilogue, (numbers, to));
            }
            Work::MaxPool(pool) => kernels::max_pool(*pool, (&first.numbers, &first.layout), (numbers, to)),
            Work::Clamp((low, high)) => each_pixel(first, output, |from, to| {
                // What is not a number stays so.
                let clamp = |value: f32| {
                    if value < *low {
                        *low
                    } else if value > *high {
                        *high
                    } else {
                        value
                    }
                };
                to.iter_mut().zip(from).for_each(|(to, from)| *to = clamp(*from));
            }),
            Work::Add => {
                each_pixel(first, output, |from, to| to.copy_from_slice(from));
                for more in &inputs[1..] {
                    each_pixel(more, output, |from, to| to.iter_mut().zip(from).for_each(|(to, from)| *to += from));
                }
            }
            Work::Concat => {
                let mut channel = 0;
                for part in inputs {
                    let channels = channel..channel + part.layout.channels;
                    channel = channels.end;
                    each_pixel(part, output, |from, to| to[channels.clone()].copy_from_slice(from));
                }
            }
        }
    }
}

/// The channels of each pixel of two images.
fn each_pixel(from: &Image, to: &mut Image, mut each: impl FnMut(&[f32], &mut [f32])) {
    for row in 0..to.layout.rows {
        for col in 0..to.layout.cols {
            let pixel = &from.numbers[from.layout.at(row, col)..][..from.layout.channels];
            each(pixel, &mut to.numbers[to.layout.at(row, col)..][..to.layout.channels]);
        }
    }
}
