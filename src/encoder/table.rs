//! The table of a backbone's layers, as `torchsummary` prints it for PyTorch, and what that leaves out: the window of each
//! layer, its multiply-adds, and how much of the photo it sees.

use serde::Serialize;

use super::description::{Conv, Description, MaxPool, Node, Op, Padding, Shape};
use crate::layer_table::Layer;

/// The layers from the photo to the classes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LayerTable {
    /// Of the photo: channels, rows, columns.
    pub input: Shape,
    pub rows: Vec<Row>,
    pub totals: Totals,
}

/// One layer, or the end of a block of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Its kind and its number, such as `Conv2d-1`.
    pub name: String,
    /// The key of its tensors; a block's is what their keys begin with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// What comes out, without the axis of photos.
    pub output: Vec<usize>,
    pub parameters: usize,
    /// Of a convolution or a pooling.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    pub multiply_adds: u64,
    /// Side of the square of pixels that one number depends on, for a photo without edges.
    pub receptive_field: usize,
    /// Pixels of the photo from one number to the next; nothing where there is only one.
    pub jump: Option<usize>,
    /// Where the square of the first number has its centre, in pixels right of and below the centre of the photo's first.
    pub first_centre: f64,
    /// The place of its node in the description.
    #[serde(skip)]
    pub place: usize,
}

/// What a convolution or a pooling slides over its input; it is a square.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Window {
    pub kernel: usize,
    pub stride: usize,
    /// Zeros before and after each axis.
    pub padding: [usize; 2],
    pub groups: usize,
}

/// What all layers add up to. Megabytes are those of `torchsummary`: of 2^20 bytes, four for each number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Totals {
    pub parameters: usize,
    pub trainable: usize,
    pub non_trainable: usize,
    pub multiply_adds: u64,
    pub input_mb: f64,
    /// Everything that comes out, twice: on the way forward, and its gradient.
    pub forward_backward_mb: f64,
    pub parameters_mb: f64,
    pub total_mb: f64,
}

/// How a layer's numbers lie over the photo.
#[derive(Clone, Copy)]
struct Reach {
    receptive_field: usize,
    jump: Option<usize>,
    first_centre: f64,
}

impl LayerTable {
    pub(super) fn new(description: &Description, size: usize) -> Option<Self> {
        let shapes = description.shapes(size)?;
        let input = [description.input, size, size];
        let mut rows: Vec<Row> = Vec::new();
        let mut reaches: Vec<Reach> = Vec::with_capacity(shapes.len());
        let mut is_flat = false;
        for (place, (node, shape)) in description.nodes.iter().zip(&shapes).enumerate() {
            let from = node.inputs.first().map_or(input, |input| shapes[*input]);
            // Of several inputs, that which saw the most.
            let seen = node.inputs.iter().map(|input| reaches[*input]).max_by_key(|reach| reach.receptive_field);
            let seen = seen.unwrap_or(Reach { receptive_field: 1, jump: Some(1), first_centre: 0.0 });
            let window = window(node.op, from);
            let reach = seen.after(node.op, window, from);
            reaches.push(reach);
            is_flat |= node.op == Op::Flatten;
            let Some(title) = node.title else { continue };
            let mut push = |title: &str, key: &str, output: Vec<usize>, reach: Reach| {
                let name = format!("{title}-{}", rows.len() + 1);
                let Reach { receptive_field, jump, first_centre } = reach;
                let key = key.to_string();
                rows.push(Row {
                    name,
                    key,
                    output,
                    parameters: 0,
                    window: None,
                    multiply_adds: 0,
                    receptive_field,
                    jump,
                    first_centre,
                    place,
                });
            };
            // The convolutions of EfficientNet-Lite's PyTorch have a layer for their padding.
            let title = match (node.op, window) {
                (Op::Conv(Conv { padding: Padding::Same, .. }), Some(Window { padding: [before, after], .. })) => {
                    let title = if before + after == 0 { "Identity" } else { "ZeroPad2d" };
                    let [channels, rows, cols] = from;
                    push(title, "", vec![channels, rows + before + after, cols + before + after], seen);
                    "Conv2dStaticSamePadding"
                }
                _ => title,
            };
            push(title, &node.name, if is_flat { vec![shape[0]] } else { shape.to_vec() }, reach);
            if let Some(row) = rows.last_mut() {
                row.window = window;
                row.parameters = parameters(description, node, from);
                row.multiply_adds = multiply_adds(description, node, from, *shape);
            }
        }
        let totals = Totals::of(input, &rows);
        Some(Self { input, rows, totals })
    }
}

impl Reach {
    fn after(self, op: Op, window: Option<Window>, [_, side, _]: Shape) -> Self {
        let Self { receptive_field, jump, first_centre } = self;
        let step = jump.unwrap_or(0);
        // From so many numbers, of which the first is so many zeros before the edge.
        let over = |numbers: usize, zeros: usize| {
            let centre = first_centre + ((numbers - 1) as f64 / 2.0 - zeros as f64) * step as f64;
            (receptive_field + (numbers - 1) * step, centre)
        };
        match (op, window) {
            (_, Some(Window { kernel, stride, padding: [before, _], .. })) => {
                let (receptive_field, first_centre) = over(kernel, before);
                Self { receptive_field, jump: jump.map(|jump| jump * stride), first_centre }
            }
            (Op::AveragePool | Op::Flatten, _) => {
                let (receptive_field, first_centre) = over(side, 0);
                Self { receptive_field, jump: None, first_centre }
            }
            _ => self,
        }
    }
}

fn window(op: Op, [_, side, _]: Shape) -> Option<Window> {
    match op {
        Op::Conv(Conv { kernel, stride, padding, groups, .. }) => {
            Some(Window { kernel, stride, padding: padding.along(side, kernel, stride), groups })
        }
        Op::MaxPool(MaxPool { kernel, stride, padding, .. }) => {
            Some(Window { kernel, stride, padding: [padding; 2], groups: 1 })
        }
        _ => None,
    }
}

/// Weights and biases; running statistics are not learnt and not counted.
fn parameters(description: &Description, node: &Node, from: Shape) -> usize {
    match node.op {
        Op::Conv(Conv { bias, .. }) => weights(description, node) + if bias { node.channels } else { 0 },
        Op::Norm(_) => 2 * node.channels,
        Op::Linear => (from.iter().product::<usize>() + 1) * node.channels,
        _ => 0,
    }
}

/// Of a convolution's kernels.
fn weights(description: &Description, node: &Node) -> usize {
    match node.op {
        Op::Conv(Conv { kernel, groups, .. }) => {
            node.channels * description.channels_in(node) / groups * kernel * kernel
        }
        _ => 0,
    }
}

/// Of convolutions and linear layers, as they are usually counted.
fn multiply_adds(description: &Description, node: &Node, from: Shape, [_, rows, cols]: Shape) -> u64 {
    let multiply_adds = match node.op {
        Op::Linear => from.iter().product::<usize>() * node.channels,
        _ => weights(description, node) * rows * cols,
    };
    multiply_adds as u64
}

impl Totals {
    fn of(input: Shape, rows: &[Row]) -> Self {
        let megabytes = |numbers: usize| numbers as f64 * 4.0 / f64::from(1 << 20);
        let parameters = rows.iter().map(|row| row.parameters).sum();
        let outputs: usize = rows.iter().map(|row| row.output.iter().product::<usize>()).sum();
        let (input_mb, parameters_mb) = (megabytes(input.iter().product()), megabytes(parameters));
        let forward_backward_mb = megabytes(2 * outputs);
        Self {
            parameters,
            trainable: parameters,
            non_trainable: 0,
            multiply_adds: rows.iter().map(|row| row.multiply_adds).sum(),
            input_mb,
            forward_backward_mb,
            parameters_mb,
            total_mb: input_mb + forward_backward_mb + parameters_mb,
        }
    }
}

/// A line for each layer that leads to the grid, or for each block of them, with norms folded, as a model folder holds
/// them; nothing for a photo that is too small.
pub(super) fn blocks(description: &Description, size: usize) -> Vec<Layer> {
    let Some(shapes) = description.shapes(size) else { return vec![] };
    let norms: Vec<&Node> = description.trunk().iter().filter(|node| matches!(node.op, Op::Norm(_))).collect();
    let mut layers = Vec::new();
    let mut parameters = 0;
    for (place, node) in description.trunk().iter().enumerate() {
        if let Op::Conv(Conv { bias, .. }) = node.op {
            let has_bias = bias || norms.iter().any(|norm| norm.inputs == [place]);
            parameters += weights(description, node) + if has_bias { node.channels } else { 0 };
        }
        // A norm is a part of what comes before it.
        if node.depth == 0 && !node.name.is_empty() && !matches!(node.op, Op::Norm(_)) {
            let output = shapes[place].to_vec();
            layers.push(Layer { name: node.name.clone(), output, parameters: std::mem::take(&mut parameters) });
        }
    }
    layers
}

#[cfg(test)]
mod tests {
    use crate::encoder::EncoderConfig;

    fn table(name: &str) -> super::LayerTable {
        let config = EncoderConfig::named(name).expect("a known backbone");
        config.layer_table(config.input().size).expect(name)
    }

    /// [Araujo and others](https://doi.org/10.23915/distill.00021) publish 212 for VGG-16 and 195 for AlexNet, behind the
    /// last pooling, which VGG-16's grid here is before. Their 483 for ResNet-50 and 1027 for ResNet-101 are of
    /// TensorFlow's, which halve at the end of a stage; halving at its beginning, as PyTorch's do, sees 56 less.
    #[test]
    fn receptive_fields_are_the_published_ones() {
        let of = |name: &str, row: &str| {
            let table = table(name);
            let row = table.rows.iter().rfind(|found| found.name.starts_with(row)).expect(row).clone();
            (row.receptive_field, row.jump)
        };
        assert_eq!(of("vgg16", "MaxPool2d"), (212, Some(32)));
        assert_eq!(of("vgg16", "Conv2d"), (196, Some(16)));
        assert_eq!(of("alexnet", "MaxPool2d"), (195, Some(32)));
        assert_eq!(of("resnet50", "Bottleneck"), (427, Some(32)));
        assert_eq!(of("resnet101", "Bottleneck"), (971, Some(32)));
        assert_eq!(of("lenet5", "Linear"), (32, None));
    }

    /// Padding on both sides keeps the first centre at the first pixel; TensorFlow's "same" halves an even side with zeros
    /// only right and below, which moves it.
    #[test]
    fn first_centres_follow_from_the_padding() {
        let grid = |name: &str| table(name).rows.iter().rfind(|row| row.jump == Some(32)).map(|row| row.first_centre);
        assert_eq!(grid("resnet50"), Some(0.0));
        assert_eq!(grid("efficientnet_lite0"), Some(31.0));
    }
}
