//! A backbone on the processor, for inference: the layers of a [`Description`] as steps over images that lie pixel by
//! pixel. A step is a convolution with whatever can be done before its sums are written: the norm that was folded into
//! it, what is added to it, and the activation.
//!
//! Where the ranges of what comes out are known, and a convolution's weights are bytes, it computes in integers. Between
//! two of these an image is kept in bytes. Others take floats: the first, whose photo has no range, and those of which each
//! channel is one of its own.

mod image;
mod plan;
mod step;

use std::ops::Range;
use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};
use sightline_kernels::{EVERYTHING, Epilogue, Layout};

use self::image::{Image, Memory};
use self::plan::{Plan, slot};
use self::step::{PackedConv, Step, Work, border, zeros_before};
use super::activation_ranges::ActivationRanges;
use super::description::{Conv, Description, Op};
use super::grid::{FeatureGrid, Grid};
use crate::device;
use crate::weights::{Slot, StoredWeight};

/// The layers that lead to the grid, with packed weights.
#[derive(Debug)]
pub(super) struct PackedNetwork {
    description: Arc<Description>,
    plan: Plan,
}

impl PackedNetwork {
    /// With weights from `take`, which is asked in the order of the layers.
    pub fn new<W: Into<StoredWeight>, E>(
        description: Arc<Description>,
        activations: &ActivationRanges,
        take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Self, E> {
        let plan = Plan::new(&description, activations, take)?;
        Ok(Self { description, plan })
    }

    /// Photos, `[photos, channels, rows, columns]`, to their grids.
    pub fn forward(&self, photos: Tensor<4>) -> FeatureGrid {
        let [count, _, _, _] = photos.dims();
        let (mut layout, mut features) = (Layout::new(0, 0, 0), Vec::new());
        self.each(0..self.description.stages() + 1, photos, &mut |_, _| {}, |image| {
            let (of_image, numbers) = image.into_floats();
            layout = of_image;
            features.extend(layout.to_pixels(&numbers));
        });
        let Layout { channels, rows, cols, .. } = layout;
        let data = TensorData::new(features, [count, rows * cols, channels]);
        FeatureGrid { grid: Grid { rows, cols }, features: Tensor::from_data(data, &device::cpu()) }
    }

    /// What some stages, of which 0 is the stem, make of what those before them put out.
    pub fn run(&self, stages: Range<usize>, x: Tensor<4>, after: &mut dyn FnMut(usize)) -> Tensor<4> {
        let [count, _, _, _] = x.dims();
        let (mut layout, mut maps) = (Layout::new(0, 0, 0), Vec::new());
        let nodes = self.nodes(&stages);
        self.each(stages, x, &mut |step, _| step.nodes.iter().for_each(|node| after(*node)), |image| {
            let (of_image, numbers) = image.into_floats();
            layout = of_image;
            maps.extend(layout.to_planes(&numbers));
        });
        // What puts out what it gets takes no time.
        nodes.filter(|place| self.plan.source[*place] != *place).for_each(after);
        let shape = [count, layout.channels, layout.rows, layout.cols];
        Tensor::from_data(TensorData::new(maps, shape), &device::cpu())
    }

    /// The convolution that the photo meets first, its weights as PyTorch has them, and what it makes of the photo before
    /// any activation.
    pub fn first_convolution(&self, photo: Tensor<4>) -> Option<(Conv, Tensor<4>, Tensor<4>)> {
        let (Op::Conv(conv), Work::Conv { conv: PackedConv::Floats(packed), padding, .. }) =
            (self.description.nodes.first()?.op, &self.plan.steps.first()?.work)
        else {
            return None;
        };
        let [_, channels, rows, cols] = photo.dims();
        let layout = Layout::new(channels, rows, cols).with_border(border(&packed.shape(), *padding, [rows, cols]));
        let shape = packed.shape();
        let to = self.layout_after(&self.plan.steps[0], &[&layout]);
        let mut output = vec![0.0; to.len()];
        let epilogue = Epilogue { added: None, range: EVERYTHING };
        let input = layout.from_planes(&numbers(photo), 0.0);
        packed.run((&input, &layout), zeros_before(&shape, *padding, &layout), epilogue, (&mut output, &to));
        let tensor = |values, shape: [usize; 4]| Tensor::<4>::from_data(TensorData::new(values, shape), &device::cpu());
        let weights =
            tensor(packed.weights(), [shape.outputs, shape.inputs / shape.groups, shape.kernel[0], shape.kernel[1]]);
        Some((conv, weights, tensor(to.to_planes(&output), [1, to.channels, to.rows, to.cols])))
    }

    /// What each convolution makes of photos, with what is done right behind it, pixel by pixel.
    pub fn each_convolution(&self, photos: Tensor<4>, each: &mut dyn FnMut(&str, &[f32])) {
        let mut after = |step: &Step, image: &Image| {
            if let (Work::Conv { .. }, Some((floats, layout))) = (&step.work, image.floats()) {
                each(&self.description.nodes[step.nodes[0]].name, &layout.to_pixels(floats));
            }
        };
        self.each(0..self.description.stages() + 1, photos, &mut after, |_| {});
    }

    /// Of some stages.
    fn nodes(&self, stages: &Range<usize>) -> Range<usize> {
        self.description.stage(stages.start).start..self.description.stage(stages.end - 1).end
    }

    /// Runs stages on one photo after the other, and shows what comes of each step.
    fn each(
        &self,
        stages: Range<usize>,
        x: Tensor<4>,
        after: &mut dyn FnMut(&Step, &Image),
        mut done: impl FnMut(Image),
    ) {
        let [count, channels, rows, cols] = x.dims();
        let nodes = self.nodes(&stages);
        let before = nodes.start.checked_sub(1).map(|place| self.plan.source[place]);
        let begin = self.plan.steps.partition_point(|step| step.nodes[0] < nodes.start);
        let end = self.plan.steps.partition_point(|step| step.nodes[0] < nodes.end);
        let steps = &self.plan.steps[begin..end];
        let layouts = self.layouts(steps, before, Layout::new(channels, rows, cols));
        let values = numbers(x);
        for photo in 0..count {
            let planes = &values[photo * channels * rows * cols..][..channels * rows * cols];
            let layout = layouts[slot(before)].expect("the input has a layout");
            done(self.run_steps(steps, before, layout.from_planes(planes, 0.0), &layouts, after));
        }
    }

    /// The output of the last step. `before` puts out what the first gets.
    fn run_steps(
        &self,
        steps: &[Step],
        before: Option<usize>,
        input: Vec<f32>,
        layouts: &[Option<Layout>],
        after: &mut dyn FnMut(&Step, &Image),
    ) -> Image {
        // How often each image is still wanted. Who wants it last frees its memory for others.
        let mut wanted = vec![0usize; layouts.len()];
        steps.iter().flat_map(|step| &step.inputs).for_each(|input| wanted[slot(*input)] += 1);
        let mut images: Vec<Option<Image>> = layouts.iter().map(|_| None).collect();
        let mut memory = Memory::default();
        let layout = |slot: usize| layouts[slot].expect("every image has a layout");
        let mut last = slot(before);
        images[last] = Some(Image::of_floats(layout(last), input, self.plan.forms[last], &mut memory));
        for step in steps {
            let inputs: Vec<&Image> = step.inputs.iter().filter_map(|input| images[slot(*input)].as_ref()).collect();
            last = slot(Some(step.output()));
            let output = step.run(&inputs, layout(last), self.plan.forms[last], &mut memory);
            after(step, &output);
            images[last] = Some(output);
            for input in &step.inputs {
                wanted[slot(*input)] -= 1;
                if wanted[slot(*input)] == 0
                    && let Some(image) = images[slot(*input)].take()
                {
                    memory.give_back(image);
                }
            }
        }
        images[last].take().expect("every step puts something out")
    }

    /// How each image lies, with the zeros that whoever convolves it wants around it.
    fn layouts(&self, steps: &[Step], before: Option<usize>, input: Layout) -> Vec<Option<Layout>> {
        let mut layouts: Vec<Option<Layout>> = vec![None; self.plan.source.len() + 1];
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

fn numbers(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("networks compute in 32-bit floats")
}
