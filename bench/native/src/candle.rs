//! candle, which has no optimiser of graphs: what the ONNX says is done node by node, with the weights made into tensors
//! once. candle's own reader of ONNX makes them anew for each photo.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use candle_core::{D, Device, Tensor};
use tract_onnx::pb::{NodeProto, TensorProto};
use tract_onnx::prelude::Framework;

use crate::Encode;

/// A step from tensors to a tensor, by their names.
struct Step {
    input: Vec<String>,
    output: String,
    op: Op,
}

/// What the encoders of the models that ship are made of.
enum Op {
    Conv { weight: Tensor, bias: Tensor, stride: usize, groups: usize, pads: Pads },
    MaxPool { kernel: usize, stride: usize, pads: Pads },
    Clamp { least: f32, most: f32 },
    Relu,
    Add,
}

/// Zeros before and after rows and columns, in ONNX's order: upper, left, lower, right.
type Pads = [usize; 4];

pub fn load(path: &Path, side: usize) -> Result<Encode> {
    let graph = tract_onnx::onnx().proto_model_for_path(path)?.graph.context("a model without a graph")?;
    let weights: HashMap<&str, &TensorProto> = graph.initializer.iter().map(|t| (t.name.as_str(), t)).collect();
    let steps = graph.node.iter().map(|node| step(node, &weights)).collect::<Result<Vec<_>>>()?;
    let (input, output) = (graph.input[0].name.clone(), graph.output[0].name.clone());
    Ok(Box::new(move |photo| {
        let photo = Tensor::from_slice(photo, (1, 3, side, side), &Device::Cpu)?;
        let mut tensors = HashMap::from([(input.as_str(), photo)]);
        for step in &steps {
            let of = |i: usize| tensors.get(step.input[i].as_str()).with_context(|| step.input[i].clone());
            let made = match &step.op {
                Op::Conv { weight, bias, stride, groups, pads } => {
                    let (padded, padding) = padded(of(0)?, *pads)?;
                    padded.conv2d(weight, padding, *stride, 1, *groups)?.broadcast_add(bias)?
                }
                // Behind a ReLU: zeros are as good as nothing.
                Op::MaxPool { kernel, stride, pads } => {
                    zeros_around(of(0)?, *pads)?.max_pool2d_with_stride(*kernel, *stride)?
                }
                Op::Clamp { least, most } => of(0)?.clamp(*least, *most)?,
                Op::Relu => of(0)?.relu()?,
                Op::Add => of(0)?.add(of(1)?)?,
            };
            tensors.insert(&step.output, made);
        }
        Ok(tensors.get(output.as_str()).context("nothing came out")?.flatten_all()?.to_vec1()?)
    }))
}

/// candle's convolution takes one number for all sides.
fn padded(input: &Tensor, pads: Pads) -> Result<(Tensor, usize)> {
    if pads.iter().all(|pad| *pad == pads[0]) {
        Ok((input.clone(), pads[0]))
    } else {
        Ok((zeros_around(input, pads)?, 0))
    }
}

fn zeros_around(input: &Tensor, [upper, left, lower, right]: Pads) -> Result<Tensor> {
    Ok(input.pad_with_zeros(D::Minus2, upper, lower)?.pad_with_zeros(D::Minus1, left, right)?)
}

fn step(node: &NodeProto, weights: &HashMap<&str, &TensorProto>) -> Result<Step> {
    let weight = |i: usize| -> Result<Tensor> {
        let name = node.input.get(i).with_context(|| format!("{} has no input {i}", node.name))?;
        tensor(weights.get(name.as_str()).with_context(|| format!("{name} is no weight"))?)
    };
    let number =
        |name: &str, usual: usize| node.attribute.iter().find(|a| a.name == name).map_or(usual, |a| a.i as usize);
    let numbers = |name: &str| -> Vec<usize> {
        node.attribute.iter().find(|a| a.name == name).map_or(vec![], |a| a.ints.iter().map(|i| *i as usize).collect())
    };
    let stride = numbers("strides").first().copied().unwrap_or(1);
    let pads = Pads::try_from(numbers("pads")).unwrap_or_default();
    let op = match node.op_type.as_str() {
        "Conv" => {
            let bias = weight(2)?;
            let channels = bias.elem_count();
            let bias = bias.reshape((1, channels, 1, 1))?;
            Op::Conv { weight: weight(1)?, bias, stride, groups: number("group", 1), pads }
        }
        "MaxPool" => Op::MaxPool { kernel: numbers("kernel_shape")[0], stride, pads },
        "Clip" => Op::Clamp { least: scalar(&weight(1)?)?, most: scalar(&weight(2)?)? },
        "Relu" => Op::Relu,
        "Add" => Op::Add,
        other => bail!("{other} is no operation of an encoder of a model that ships"),
    };
    Ok(Step { input: node.input.clone(), output: node.output[0].clone(), op })
}

fn scalar(tensor: &Tensor) -> Result<f32> {
    Ok(tensor.flatten_all()?.to_vec1()?[0])
}

fn tensor(stored: &TensorProto) -> Result<Tensor> {
    let shape: Vec<usize> = stored.dims.iter().map(|size| *size as usize).collect();
    let bytes = stored.raw_data.chunks_exact(4);
    let values: Vec<f32> = bytes.map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect();
    Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
}
