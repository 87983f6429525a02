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

use burn::tensor::{Device, Tensor, TensorData};
use sightline_kernels::{EVERYTHING, Epilogue, Layout};

use self::image::{Image, Memory};
use self::plan::Plan;
use self::step::{PackedConv, PackedKernel};
use super::activation_ranges::{ActivationRanges, ActivationSamples};
use super::description::{Conv, Description, Op};
use super::grid::{FeatureGrid, Grid};
use super::inference::InferenceNetwork;
use super::steps::{Outputs, Step, Work, slot};
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

    /// Runs stages on one photo after the other, and shows what comes of each step.
    fn each(
        &self,
        stages: Range<usize>,
        x: Tensor<4>,
        after: &mut dyn FnMut(&Step<PackedConv>, &Image),
        mut done: impl FnMut(Image),
    ) {
        let [count, channels, rows, cols] = x.dims();
        let (before, steps) = self.plan.steps.of_stages(&self.description, &stages);
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
        steps: &[Step<PackedConv>],
        before: Option<usize>,
        input: Vec<f32>,
        layouts: &[Option<Layout>],
        after: &mut dyn FnMut(&Step<PackedConv>, &Image),
    ) -> Image {
        let mut memory = Memory::default();
        let layout = |slot: usize| layouts[slot].expect("every image has a layout");
        let first = slot(before);
        let input = Image::of_floats(layout(first), input, self.plan.forms[first], &mut memory);
        let mut images = Outputs::new(steps, before, input);
        for step in steps {
            let place = slot(Some(step.output()));
            let output = step.run(&images.inputs(step), layout(place), self.plan.forms[place], &mut memory);
            after(step, &output);
            images.put(step, output).into_iter().for_each(|image| memory.give_back(image));
        }
        images.into_last()
    }

    /// How each image lies, with the zeros that whoever convolves it wants around it.
    fn layouts(&self, steps: &[Step<PackedConv>], before: Option<usize>, input: Layout) -> Vec<Option<Layout>> {
        let mut layouts: Vec<Option<Layout>> = vec![None; self.plan.forms.len()];
        layouts[slot(before)] = Some(input);
        for step in steps {
            let inputs: Vec<Layout> = step.inputs.iter().filter_map(|input| layouts[slot(*input)]).collect();
            layouts[slot(Some(step.output()))] = Some(self.layout_after(step, &inputs.iter().collect::<Vec<_>>()));
            if let (Work::Conv { conv, .. }, Some(layout)) = (&step.work, &mut layouts[slot(step.inputs[0])]) {
                let border = conv.border([layout.rows, layout.cols]);
                *layout = layout.with_border(layout.border.around(border));
            }
        }
        layouts
    }

    /// How what comes out of a step lies, without a border.
    fn layout_after(&self, step: &Step<PackedConv>, inputs: &[&Layout]) -> Layout {
        let node = &self.description.nodes[step.nodes[0]];
        let side = |side| node.op.side(side).unwrap_or(0);
        Layout::new(node.channels, side(inputs[0].rows), side(inputs[0].cols))
    }
}

impl InferenceNetwork for PackedNetwork {
    fn device(&self) -> Device {
        device::cpu()
    }

    fn forward(&self, photos: Tensor<4>) -> FeatureGrid {
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

    fn run(&self, stages: Range<usize>, x: Tensor<4>, after: &mut dyn FnMut(usize)) -> Tensor<4> {
        let [count, _, _, _] = x.dims();
        let (mut layout, mut maps) = (Layout::new(0, 0, 0), Vec::new());
        let passed_on = self.plan.steps.passed_on(&self.description, &stages.clone());
        self.each(stages, x, &mut |step, _| step.nodes.iter().for_each(|node| after(*node)), |image| {
            let (of_image, numbers) = image.into_floats();
            layout = of_image;
            maps.extend(layout.to_planes(&numbers));
        });
        passed_on.for_each(after);
        let shape = [count, layout.channels, layout.rows, layout.cols];
        Tensor::from_data(TensorData::new(maps, shape), &device::cpu())
    }

    fn first_convolution(&self, photo: Tensor<4>) -> Option<(Conv, Tensor<4>, Tensor<4>)> {
        let step = self.plan.steps.steps.first()?;
        let (Op::Conv(conv), Work::Conv { conv: packed, .. }) = (self.description.nodes.first()?.op, &step.work) else {
            return None;
        };
        let PackedKernel::Floats(kernel) = &packed.kernel else { return None };
        let [_, channels, rows, cols] = photo.dims();
        let layout = Layout::new(channels, rows, cols).with_border(packed.border([rows, cols]));
        let shape = packed.shape();
        let to = self.layout_after(step, &[&layout]);
        let mut output = vec![0.0; to.len()];
        let epilogue = Epilogue { added: None, range: EVERYTHING };
        let input = layout.from_planes(&numbers(photo), 0.0);
        kernel.run((&input, &layout), packed.zeros_before(&layout), epilogue, (&mut output, &to));
        let tensor = |values, shape: [usize; 4]| Tensor::<4>::from_data(TensorData::new(values, shape), &device::cpu());
        let weights =
            tensor(kernel.weights(), [shape.outputs, shape.inputs / shape.groups, shape.kernel[0], shape.kernel[1]]);
        Some((conv, weights, tensor(to.to_planes(&output), [1, to.channels, to.rows, to.cols])))
    }

    fn sample_activations(&self, photos: Tensor<4>, samples: &mut ActivationSamples) {
        let mut after = |step: &Step<PackedConv>, image: &Image| {
            if let (Work::Conv { .. }, Some((floats, layout))) = (&step.work, image.floats()) {
                samples.add(&self.description.nodes[step.nodes[0]].name, &layout.to_pixels(floats));
            }
        };
        self.each(0..self.description.stages() + 1, photos, &mut after, |_| {});
    }
}

fn numbers(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("networks compute in 32-bit floats")
}
