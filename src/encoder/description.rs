//! What a backbone consists of, said once. The network that runs, the one that is trained, the shapes at each stage, the
//! tensors of a checkpoint, folding the norms and the table of layers all follow from it.
//!
//! A family describes its network with a [`Builder`], layer by layer, in the order in which PyTorch calls them.

use std::ops::Range;

/// Channels, rows and columns.
pub type Shape = [usize; 3];

/// How a convolution treats the edges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// So many zeros on each side.
    Each(usize),
    /// TensorFlow's "same": as many as the output needs to be `side / stride`, rounded up; where their number is odd, one
    /// more stands right and below.
    Same,
}

impl Padding {
    /// Zeros before and after an axis of `side` numbers.
    pub fn along(self, side: usize, kernel: usize, stride: usize) -> [usize; 2] {
        match self {
            Self::Each(zeros) => [zeros; 2],
            Self::Same => {
                let zeros = ((side.div_ceil(stride).max(1) - 1) * stride + kernel).saturating_sub(side);
                [zeros / 2, zeros - zeros / 2]
            }
        }
    }
}

/// A square convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    pub kernel: usize,
    pub stride: usize,
    pub padding: Padding,
    /// Each group of input channels goes to a group of output channels of its own.
    pub groups: usize,
    /// Whether it has a bias beside the norm that follows it, or because none does.
    pub bias: bool,
}

impl Conv {
    /// With a stride of 1, no padding, one group and no bias.
    pub fn new(kernel: usize) -> Self {
        Self { kernel, stride: 1, padding: Padding::Each(0), groups: 1, bias: false }
    }

    pub fn stride(self, stride: usize) -> Self {
        Self { stride, ..self }
    }

    pub fn padding(self, zeros: usize) -> Self {
        Self { padding: Padding::Each(zeros), ..self }
    }

    pub fn same(self) -> Self {
        Self { padding: Padding::Same, ..self }
    }

    pub fn groups(self, groups: usize) -> Self {
        Self { groups, ..self }
    }

    pub fn biased(self) -> Self {
        Self { bias: true, ..self }
    }
}

/// A square max-pooling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxPool {
    pub kernel: usize,
    pub stride: usize,
    pub padding: usize,
    /// Whether a window that is cut off at the edge counts.
    pub ceil: bool,
}

impl MaxPool {
    pub fn new(kernel: usize, stride: usize) -> Self {
        Self { kernel, stride, padding: 0, ceil: false }
    }

    pub fn padding(self, padding: usize) -> Self {
        Self { padding, ..self }
    }

    pub fn ceil(self) -> Self {
        Self { ceil: true, ..self }
    }
}

/// What a node does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    Conv(Conv),
    /// BatchNorm, with its epsilon.
    Norm(f64),
    Relu,
    /// A ReLU that ends at 6.
    Relu6,
    MaxPool(MaxPool),
    Add,
    /// One after the other, along the channels.
    Concat,
    /// Nothing: the end of a block.
    Block,
    /// The mean over all rows and columns.
    AveragePool,
    /// All numbers in one row, channel by channel.
    Flatten,
    /// To as many numbers as there are channels.
    Linear,
    /// The share of numbers that are left out while it learns.
    Dropout(f64),
    LogSoftmax,
}

/// A layer, or the end of a block of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The key of its tensors, without the last part; a block's is what the keys of its layers begin with.
    pub name: String,
    pub op: Op,
    /// Nodes by their places; the photo where there is none.
    pub inputs: Vec<usize>,
    /// Channels that come out; behind a flattened grid that many only where they do not follow from its size.
    pub channels: usize,
    /// What PyTorch calls it in a table of layers; nothing where PyTorch has a function and no module.
    pub title: Option<&'static str>,
    /// In how many blocks it lies.
    pub depth: usize,
}

/// A backbone's layers, in the order in which they run.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Channels of the photo.
    pub input: usize,
    pub nodes: Vec<Node>,
    /// Where the stem and each stage end; each ends in its output.
    ends: Vec<usize>,
}

impl Description {
    /// Of the trunk that `trunk` describes, and the classifier that `head` describes behind it.
    pub fn new(
        input: usize,
        trunk: impl FnOnce(&mut Builder, Value) -> Value,
        head: impl FnOnce(&mut Builder, Value) -> Value,
    ) -> Self {
        let description = Self { input, nodes: vec![], ends: vec![] };
        let mut net = Builder { description, path: String::new(), depth: 0 };
        let grid = trunk(&mut net, Value { node: None, channels: input });
        debug_assert_eq!(
            net.description.ends.last().copied(),
            grid.node.map(|node| node + 1),
            "a stage ends in the grid"
        );
        head(&mut net, grid);
        net.description
    }

    /// How many stages follow the stem.
    pub fn stages(&self) -> usize {
        self.ends.len() - 1
    }

    /// The nodes of the stem, which is 0, or of a stage.
    pub fn stage(&self, stage: usize) -> Range<usize> {
        let begin = stage.checked_sub(1).map_or(0, |before| self.ends[before]);
        begin..self.ends[stage]
    }

    /// The nodes up to the grid.
    pub fn trunk(&self) -> &[Node] {
        &self.nodes[..self.ends[self.stages()]]
    }

    /// The nodes behind the grid.
    pub fn head(&self) -> &[Node] {
        &self.nodes[self.trunk().len()..]
    }

    /// Channels that go into a node.
    pub fn channels_in(&self, node: &Node) -> usize {
        node.inputs.first().map_or(self.input, |input| self.nodes[*input].channels)
    }

    /// Whether a norm follows the convolution at this place.
    pub fn has_norm(&self, convolution: usize) -> bool {
        self.trunk().iter().any(|node| matches!(node.op, Op::Norm(_)) && node.inputs == [convolution])
    }

    /// The convolution that a norm follows, into which it can be folded.
    pub fn convolution_before(&self, norm: &Node) -> Option<&Node> {
        let before = &self.nodes[*norm.inputs.first()?];
        matches!(before.op, Op::Conv(_)).then_some(before)
    }

    /// What comes out of each node for a photo of `size` by `size` pixels; nothing where a layer's window does not fit
    /// into what it gets.
    pub fn shapes(&self, size: usize) -> Option<Vec<Shape>> {
        if size == 0 {
            return None;
        }
        let mut shapes: Vec<Shape> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let [channels, rows, cols] = node.inputs.first().map_or([self.input, size, size], |input| shapes[*input]);
            let after = match node.op {
                Op::Flatten => channels * rows * cols,
                Op::Conv(_) | Op::Concat | Op::Linear => node.channels,
                _ => channels,
            };
            shapes.push([after, node.op.side(rows)?, node.op.side(cols)?]);
        }
        Some(shapes)
    }
}

impl Op {
    /// What becomes of a side.
    pub(super) fn side(&self, side: usize) -> Option<usize> {
        let windows = |side: usize, zeros: usize, kernel: usize, stride: usize, ceil: bool| {
            let room = (side + zeros).checked_sub(kernel)?;
            Some(if ceil { room.div_ceil(stride) } else { room / stride } + 1)
        };
        match *self {
            Self::Conv(Conv { kernel, stride, padding, .. }) => {
                let [before, after] = padding.along(side, kernel, stride);
                windows(side, before + after, kernel, stride, false)
            }
            Self::MaxPool(MaxPool { kernel, stride, padding, ceil }) => {
                let count = windows(side, 2 * padding, kernel, stride, ceil)?;
                // A window that would begin behind the edge is none.
                let begins_outside = ceil && (count - 1) * stride >= side + padding;
                Some(count - usize::from(begins_outside))
            }
            Self::AveragePool | Self::Flatten | Self::Linear => Some(1),
            _ => Some(side),
        }
    }
}

/// What a node puts out, while a network is described.
#[derive(Clone, Copy, Debug)]
pub struct Value {
    /// The photo where there is none.
    node: Option<usize>,
    pub channels: usize,
}

/// Describes a network, layer by layer.
#[derive(Debug)]
pub struct Builder {
    description: Description,
    /// What the names of the block begin with that is being described.
    path: String,
    /// In how many blocks it lies.
    depth: usize,
}

// Not inlined: families call these hundreds of times, and a page downloads each call.
impl Builder {
    #[inline(never)]
    fn push(&mut self, name: &str, op: Op, inputs: &[Value], channels: usize, title: Option<&'static str>) -> Value {
        let name = if name.is_empty() { String::new() } else { [&self.path, name].concat() };
        let inputs = inputs.iter().filter_map(|value| value.node).collect();
        self.description.nodes.push(Node { name, op, inputs, channels, title, depth: self.depth });
        Value { node: Some(self.description.nodes.len() - 1), channels }
    }

    #[inline(never)]
    fn unnamed(&mut self, op: Op, x: Value, title: Option<&'static str>) -> Value {
        self.push("", op, &[x], x.channels, title)
    }

    #[inline(never)]
    pub fn conv(&mut self, name: &str, x: Value, channels: usize, conv: Conv) -> Value {
        self.push(name, Op::Conv(conv), &[x], channels, Some("Conv2d"))
    }

    #[inline(never)]
    pub fn norm(&mut self, name: &str, x: Value, epsilon: f64) -> Value {
        self.push(name, Op::Norm(epsilon), &[x], x.channels, Some("BatchNorm2d"))
    }

    pub fn relu(&mut self, x: Value) -> Value {
        self.unnamed(Op::Relu, x, Some("ReLU"))
    }

    /// One for which PyTorch has a function and no module.
    pub fn plain_relu(&mut self, x: Value) -> Value {
        self.unnamed(Op::Relu, x, None)
    }

    pub fn relu6(&mut self, x: Value) -> Value {
        self.unnamed(Op::Relu6, x, Some("ReLU6"))
    }

    #[inline(never)]
    pub fn max_pool(&mut self, name: &str, x: Value, pool: MaxPool) -> Value {
        self.push(name, Op::MaxPool(pool), &[x], x.channels, Some("MaxPool2d"))
    }

    #[inline(never)]
    pub fn add(&mut self, a: Value, b: Value) -> Value {
        self.push("", Op::Add, &[a, b], a.channels, None)
    }

    pub fn concat(&mut self, parts: &[Value]) -> Value {
        let channels = parts.iter().map(|part| part.channels).sum();
        self.push("", Op::Concat, parts, channels, None)
    }

    /// Layers that belong together, and that PyTorch has a module for, called `title`. Their names stand behind the
    /// block's.
    pub fn block(&mut self, name: &str, title: &'static str, layers: impl FnOnce(&mut Self) -> Value) -> Value {
        let outside = self.path.len();
        self.path.extend([name, "."]);
        self.depth += 1;
        let x = layers(self);
        self.depth -= 1;
        self.path.truncate(outside);
        self.push(name, Op::Block, &[x], x.channels, Some(title))
    }

    /// Here the stem ends, or a stage; `x` is what was described last.
    #[inline(never)]
    pub fn end_stage(&mut self, x: Value) -> Value {
        debug_assert_eq!(x.node.map(|node| node + 1), Some(self.description.nodes.len()), "a stage ends in its output");
        self.description.ends.push(self.description.nodes.len());
        x
    }

    pub fn average_pool(&mut self, x: Value, title: &'static str) -> Value {
        self.unnamed(Op::AveragePool, x, Some(title))
    }

    pub fn flatten(&mut self, x: Value) -> Value {
        self.unnamed(Op::Flatten, x, None)
    }

    #[inline(never)]
    pub fn linear(&mut self, name: &str, x: Value, outputs: usize) -> Value {
        self.push(name, Op::Linear, &[x], outputs, Some("Linear"))
    }

    pub fn dropout(&mut self, x: Value, share: f64) -> Value {
        self.unnamed(Op::Dropout(share), x, Some("Dropout"))
    }

    pub fn log_softmax(&mut self, x: Value) -> Value {
        self.unnamed(Op::LogSoftmax, x, Some("LogSoftmax"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stride-2 convolution on an even side is padded only right and below.
    #[test]
    fn same_padding_is_tensorflows() {
        assert_eq!(Padding::Same.along(224, 3, 2), [0, 1]);
        assert_eq!(Padding::Same.along(65, 3, 2), [1, 1]);
        assert_eq!(Padding::Same.along(112, 5, 2), [1, 2]);
        assert_eq!(Padding::Same.along(14, 5, 1), [2, 2]);
        assert_eq!(Padding::Same.along(14, 1, 1), [0, 0]);
        // A kernel of 1 leaves out what the stride steps over.
        assert_eq!(Padding::Same.along(9, 1, 2), [0, 0]);
    }

    #[test]
    fn pooling_counts_windows_as_pytorch_does() {
        let side = |pool: MaxPool, side| Op::MaxPool(pool).side(side);
        assert_eq!(side(MaxPool::new(3, 2).padding(1), 112), Some(56));
        assert_eq!(side(MaxPool::new(3, 2), 55), Some(27));
        assert_eq!(side(MaxPool::new(3, 2).ceil(), 112), Some(56));
        assert_eq!(side(MaxPool::new(2, 2).ceil(), 14), Some(7));
        // The last window would begin behind the edge.
        assert_eq!(side(MaxPool::new(1, 2).ceil(), 4), Some(2));
        assert_eq!(side(MaxPool::new(3, 2), 2), None, "there is no room for a window");
    }
}
