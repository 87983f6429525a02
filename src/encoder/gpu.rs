//! A backbone on a GPU, for inference: the steps of a [`Description`] by kernels of our own, one after the other, so that
//! all of a photo goes to the GPU at once. Weights that are stored in bytes stay so there.

use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;

use burn::backend::Cube;
use burn::backend::tensor::FloatTensor;
use burn::tensor::{Device, Tensor, TensorData};
use sightline_gpu_kernels::{
    Client, Conv as GpuConv, ConvShape, EVERYTHING, Image, Numbers, VECTOR, Weights, Window, max_pool,
};

use super::description::{Conv, Description, MaxPool, Op, Padding};
use super::grid::{FeatureGrid, Grid};
use super::inference::InferenceNetwork;
use super::steps::{ConvWithWeights, Outputs, Step, Steps, Work};
use crate::device::Precision;
use crate::weights::{Slot, StoredWeight, Weight};

/// The layers that lead to the grid, with weights on a GPU.
#[derive(Debug)]
pub(super) struct GpuNetwork {
    description: Arc<Description>,
    steps: Steps<GpuConv>,
    /// The weights of the first convolution, as PyTorch has them.
    first: Option<Weight>,
    device: Device,
    /// In what images are kept.
    numbers: Numbers,
}

impl GpuNetwork {
    /// Whether there are programs for everything that a backbone does.
    pub fn supports(description: &Description) -> bool {
        description.trunk().iter().all(|node| match node.op {
            Op::Conv(conv) => shape(&conv, description.channels_in(node), node.channels).is_supported(),
            Op::Concat => node.inputs.iter().all(|input| description.nodes[*input].channels.is_multiple_of(VECTOR)),
            _ => true,
        })
    }

    /// With weights from `take`, which is asked in the order of the layers.
    pub fn new<W: Into<StoredWeight>, E>(
        description: Arc<Description>,
        device: &Device,
        precision: Precision,
        take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Self, E> {
        let (client, mut first) = (client(device), None);
        let steps = Steps::new(&description).pack(&description, take, |step, conv| {
            let ConvWithWeights { conv, inputs, outputs, weight, bias } = conv;
            let weights = match &weight {
                StoredWeight::Floats(weight) => Weights::Floats(&weight.values),
                StoredWeight::Bytes(weight) => Weights::Bytes(&weight.bytes, &weight.scales),
            };
            let packed = GpuConv::new(&client, shape(&conv, inputs, outputs), weights, bias.as_deref());
            if step.nodes[0] == 0 {
                first = Some(weight.into_floats());
            }
            packed
        })?;
        Ok(Self { description, steps, first, device: device.clone(), numbers: numbers(&client, precision) })
    }

    /// Has a GPU compile what it needs for photos of `size` by `size` pixels, before there are any weights.
    pub fn prepare(description: Description, size: usize, are_bytes: bool, precision: Precision, device: &Device) {
        let client = client(device);
        let nothing = |_: &Slot| Ok::<_, Infallible>(Weight { shape: vec![], values: vec![] });
        let blank = |_: &Step<Conv>, ConvWithWeights { conv, inputs, outputs, .. }: ConvWithWeights| {
            GpuConv::blank(&client, shape(&conv, inputs, outputs), are_bytes && precision == Precision::Auto)
        };
        let Ok(steps) = Steps::new(&description).pack(&description, nothing, blank);
        let numbers = numbers(&client, precision);
        let photo = Image::blank(&client, [1, description.input, size, size], numbers);
        let network = Self { description: Arc::new(description), steps, first: None, device: device.clone(), numbers };
        network.run_stages(0..network.description.stages() + 1, photo, &mut |_| {}).into_floats();
    }

    fn run_stages(&self, stages: Range<usize>, image: Image, after: &mut dyn FnMut(usize)) -> Image {
        let (before, steps) = self.steps.of_stages(&self.description, &stages);
        let mut images = Outputs::new(steps, before, image);
        for step in steps {
            let output = self.run_step(step, &images.inputs(step));
            step.nodes.iter().for_each(|node| after(*node));
            images.put(step, output);
        }
        self.steps.passed_on(&self.description, &stages).for_each(after);
        images.into_last()
    }

    fn run_step(&self, step: &Step<GpuConv>, inputs: &[&Image]) -> Image {
        let image = inputs[0];
        match &step.work {
            Work::Conv { conv, range } => conv.run(image, self.window(step, image), inputs.get(1).copied(), *range),
            Work::MaxPool(_) => max_pool(image, self.window(step, image)),
            Work::Clamp(range) => image.combined(None, *range),
            Work::Add => {
                let mut rest = inputs[1..].iter();
                let first = image.combined(rest.next().copied(), EVERYTHING);
                rest.fold(first, |sum, more| sum.combined(Some(*more), EVERYTHING))
            }
            Work::Concat => Image::side_by_side(inputs),
        }
    }

    /// How the window of a convolution or a pooling goes over an image.
    fn window(&self, step: &Step<GpuConv>, image: &Image) -> Window {
        let op = &self.description.nodes[step.nodes[0]].op;
        let (kernel, stride, padding) = match *op {
            Op::Conv(Conv { kernel, stride, padding, .. }) => (kernel, stride, padding),
            Op::MaxPool(MaxPool { kernel, stride, padding, .. }) => (kernel, stride, Padding::Each(padding)),
            _ => unreachable!("only these have windows"),
        };
        let [_, _, sides @ ..] = image.dims();
        let zeros_before = sides.map(|side| padding.along(side, kernel, stride)[0]);
        Window { kernel, stride, zeros_before, sides_after: sides.map(|side| op.side(side).unwrap_or(0)) }
    }

    /// Of planes, `[photos, channels, rows, columns]`, however they lie.
    fn image(&self, planes: &Tensor<4>) -> Image {
        let CubeTensor { client, handle, meta, .. } = primitive(planes);
        let strides = meta.strides();
        Image::from_planes(&client, handle, planes.dims(), [0, 1, 2, 3].map(|axis| strides[axis]), self.numbers)
    }

    /// A tensor that lies as the image does.
    fn tensor(&self, image: Image) -> Tensor<4> {
        let [photos, channels, rows, cols] = image.dims();
        let CubeTensor { client, device, dtype, .. } = any_tensor(&self.device);
        let shape = [photos, rows, cols, channels.next_multiple_of(VECTOR)].into();
        let numbers = CubeTensor::new_contiguous(client, device, shape, image.into_floats(), dtype);
        let pixels = Tensor::from_primitive::<Cube>(numbers);
        if channels.is_multiple_of(VECTOR) { pixels } else { pixels.narrow(3, 0, channels) }
    }
}

impl InferenceNetwork for GpuNetwork {
    fn device(&self) -> Device {
        self.device.clone()
    }

    fn forward(&self, photos: Tensor<4>) -> FeatureGrid {
        let grid = self.tensor(self.run_stages(0..self.description.stages() + 1, self.image(&photos), &mut |_| {}));
        let [_, rows, cols, _] = grid.dims();
        FeatureGrid { grid: Grid { rows, cols }, features: grid.flatten(1, 2) }
    }

    fn run(&self, stages: Range<usize>, x: Tensor<4>, after: &mut dyn FnMut(usize)) -> Tensor<4> {
        self.tensor(self.run_stages(stages, self.image(&x), after)).permute([0, 3, 1, 2])
    }

    fn first_convolution(&self, photo: Tensor<4>) -> Option<(Conv, Tensor<4>, Tensor<4>)> {
        let step = self.steps.steps.first()?;
        let (Op::Conv(conv), Work::Conv { conv: layer, .. }) = (self.description.nodes.first()?.op, &step.work) else {
            return None;
        };
        let Weight { shape, values } = self.first.clone()?;
        let image = self.image(&photo);
        let output = self.tensor(layer.run(&image, self.window(step, &image), None, EVERYTHING));
        let weights = Tensor::from_data(TensorData::new(values, shape), &self.device);
        Some((conv, weights, output.permute([0, 3, 1, 2])))
    }
}

fn shape(conv: &Conv, inputs: usize, outputs: usize) -> ConvShape {
    ConvShape { inputs, outputs, kernel: conv.kernel, groups: conv.groups }
}

/// What Burn has on a GPU.
type CubeTensor = FloatTensor<Cube>;

fn primitive<const D: usize>(tensor: &Tensor<D>) -> CubeTensor {
    let primitive = tensor.clone().try_into_primitive::<Cube>();
    primitive.unwrap_or_else(|error| panic!("a network's tensors are on its GPU: {error:?}"))
}

/// One by which its device is known.
fn any_tensor(device: &Device) -> CubeTensor {
    primitive(&Tensor::<1>::empty([1], device))
}

fn client(device: &Device) -> Client {
    any_tensor(device).client
}

/// What images are kept in for a precision.
fn numbers(client: &Client, precision: Precision) -> Numbers {
    match precision {
        Precision::Auto => Numbers::smallest(client),
        Precision::F32 => Numbers::F32,
    }
}
