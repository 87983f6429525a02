//! `sightline bench --backbone`: how long backbones take to encode a photo, side by side, and which kinds of layers take the
//! time.

use std::convert::Infallible;
use std::io::Write;
use std::time::Instant;

use burn::tensor::{Tensor, TensorData};
use serde::Serialize;
use sightline::caption::milliseconds;
use sightline::device::{DeviceKind, OpenDevice};
use sightline::encoder::{Conv, Encoder, EncoderConfig, Grid, Node, Op};
use sightline::humanize::thousands;
use sightline::synthetic_weights::noise;
use sightline::weights::Slot;

use super::median::median;
use crate::status::CommandStatus;
use crate::terminal::{stdout, write_table};

#[derive(Serialize)]
struct Report {
    backbone: String,
    title: String,
    /// Side of the photo.
    size: usize,
    grid: Grid,
    channels: usize,
    /// With the classifier that it was published with.
    parameters: usize,
    multiply_adds: u64,
    /// What a captioner downloads of it.
    int8_megabytes: f64,
    encode_ms: f64,
    /// The fastest run, and the slowest.
    encode_range_ms: [f64; 2],
    /// Of the time that the first of the backbones takes.
    ratio: f64,
    /// Only on the processor, where a layer's work is done when it returns.
    layers: Vec<KindOfLayer>,
}

/// Layers of one kind, taken together.
#[derive(Clone, Serialize)]
struct KindOfLayer {
    kind: String,
    count: usize,
    ms: f64,
    multiply_adds: u64,
}

struct Runner {
    name: String,
    config: EncoderConfig,
    encoder: Encoder,
    input: Tensor<4>,
    times: Vec<f64>,
}

/// Those that are named, or all; as lines of JSON or as tables.
pub fn run(names: &[String], runs: usize, as_json: bool, device: &OpenDevice) -> anyhow::Result<CommandStatus> {
    let named = |name: &String| anyhow::Ok((name.clone(), EncoderConfig::named(name)?));
    let chosen: Vec<(String, EncoderConfig)> = match names {
        [all] if all == "all" => {
            EncoderConfig::known().into_iter().map(|(name, config)| (name.into(), config)).collect()
        }
        names => names.iter().map(named).collect::<Result<_, _>>()?,
    };
    let mut runners: Vec<Runner> = chosen
        .into_iter()
        .map(|(name, config)| {
            let Ok(encoder) = config.load(&device.handle, |slot| Ok::<_, Infallible>(config.synthetic_weight(slot)));
            let spec = config.input();
            let shape = [1, spec.channels(), spec.size, spec.size];
            let values: Vec<f32> = (0..shape.iter().product()).map(|i| (2.0 * noise("input", i)) as f32).collect();
            let input = Tensor::from_data(TensorData::new(values, shape), &device.handle);
            Runner { name, config, encoder, input, times: vec![] }
        })
        .collect();
    for run in 0..=runs {
        for runner in &mut runners {
            let begin = Instant::now();
            let features = runner.encoder.forward(runner.input.clone()).features;
            pollster::block_on(features.into_data_async()).map_err(|error| anyhow::anyhow!("{error:?}"))?;
            // The first run warms up.
            if run > 0 {
                runner.times.push(milliseconds(begin.elapsed()));
            }
        }
    }
    let first = runners.first().map_or(1.0, |runner| median(runner.times.clone()));
    let on_cpu = device.kind == DeviceKind::Cpu;
    let reports: Vec<Report> =
        runners.iter().map(|runner| report(runner, first, if on_cpu { runs } else { 0 })).collect();
    let mut out = stdout();
    if as_json {
        for report in &reports {
            writeln!(out, "{}", serde_json::to_string(report).map_err(std::io::Error::from)?)?;
        }
        return Ok(CommandStatus::AllWell);
    }
    writeln!(out, "on {}; medians of {} runs, one of each in turn, after one to warm up\n", device.name, runs)?;
    let head = ["backbone", "photo", "grid", "parameters", "multiply-adds", "int8 MB", "ms", "ratio"];
    let mut rows = vec![head.map(String::from).to_vec()];
    rows.extend(reports.iter().map(|report| {
        vec![
            report.backbone.clone(),
            report.size.to_string(),
            format!("{}×{}×{}", report.grid.rows, report.grid.cols, report.channels),
            thousands(report.parameters),
            thousands(report.multiply_adds as usize),
            format!("{:.1}", report.int8_megabytes),
            format!("{:.1}", report.encode_ms),
            format!("{:.2}", report.ratio),
        ]
    }));
    write_table(&mut out, &rows)?;
    for Report { title, layers, .. } in reports.iter().filter(|report| !report.layers.is_empty()) {
        writeln!(out, "\n{title}, by kind of layer")?;
        let head = ["kind", "layers", "ms", "multiply-adds", "GMAC/s"];
        let mut rows = vec![head.map(String::from).to_vec()];
        rows.extend(layers.iter().map(|layer| {
            let rate = layer.multiply_adds as f64 / layer.ms / 1e6;
            let rate = if layer.multiply_adds > 0 { format!("{rate:.1}") } else { String::new() };
            let count = thousands(layer.multiply_adds as usize);
            vec![layer.kind.clone(), layer.count.to_string(), format!("{:.2}", layer.ms), count, rate]
        }));
        write_table(&mut out, &rows)?;
    }
    Ok(CommandStatus::AllWell)
}

fn report(runner: &Runner, first: f64, runs: usize) -> Report {
    let Runner { name, config, times, .. } = runner;
    let spec = config.input();
    let totals = config.layer_table(spec.size).map(|table| table.totals);
    let bytes: usize = config.folded_slots().iter().map(stored_bytes).sum();
    let encode_ms = median(times.clone());
    let extreme = |of: fn(f64, f64) -> f64| times.iter().copied().reduce(of).unwrap_or(f64::NAN);
    Report {
        backbone: name.clone(),
        title: config.title(),
        size: spec.size,
        grid: config.grid(spec.size),
        channels: config.channels(),
        parameters: totals.map_or(0, |totals| totals.parameters),
        multiply_adds: totals.map_or(0, |totals| totals.multiply_adds),
        int8_megabytes: bytes as f64 / 1e6,
        encode_ms,
        encode_range_ms: [extreme(f64::min), extreme(f64::max)],
        ratio: encode_ms / first,
        layers: by_kind(runner, runs),
    }
}

/// A byte for each weight and four for each row's scale; vectors are stored in full.
fn stored_bytes(slot: &Slot) -> usize {
    if slot.shape.len() == 1 { 4 * slot.elements() } else { slot.elements() + 4 * slot.shape[0] }
}

fn by_kind(runner: &Runner, runs: usize) -> Vec<KindOfLayer> {
    let description = runner.config.description();
    let table = runner.config.layer_table(runner.config.input().size).map(|table| table.rows).unwrap_or_default();
    let mut nodes: Vec<Vec<f64>> = vec![vec![]; description.trunk().len()];
    for _ in 0..runs {
        let mut begin = Instant::now();
        runner.encoder.forward_observed(runner.input.clone(), |place| {
            nodes[place].push(milliseconds(begin.elapsed()));
            begin = Instant::now();
        });
    }
    let mut kinds: Vec<KindOfLayer> = Vec::new();
    for (node, times) in description.trunk().iter().zip(nodes) {
        let Some(kind) = kind(node, description.channels_in(node)).filter(|_| !times.is_empty()) else { continue };
        let row = table.iter().find(|row| !node.name.is_empty() && row.key == node.name);
        let multiply_adds = row.map_or(0, |row| row.multiply_adds);
        let found = kinds.iter_mut().find(|found| found.kind == kind);
        let time = median(times);
        match found {
            Some(found) => {
                found.count += 1;
                found.ms += time;
                found.multiply_adds += multiply_adds;
            }
            None => kinds.push(KindOfLayer { kind, count: 1, ms: time, multiply_adds }),
        }
    }
    kinds.sort_by(|a, b| b.ms.total_cmp(&a.ms));
    kinds
}

/// Nothing where a node does nothing, once norms are folded.
fn kind(node: &Node, channels_in: usize) -> Option<String> {
    Some(match node.op {
        Op::Conv(Conv { kernel, groups, stride, .. }) => {
            let which = match groups {
                1 => "",
                groups if groups == channels_in => " depthwise",
                _ => " grouped",
            };
            let stride = if stride > 1 { format!("/{stride}") } else { String::new() };
            format!("{kernel}×{kernel}{stride}{which}")
        }
        Op::Relu => "ReLU".into(),
        Op::Relu6 => "ReLU6".into(),
        Op::MaxPool(_) => "max-pool".into(),
        Op::Add => "add".into(),
        Op::Concat => "concat".into(),
        _ => return None,
    })
}
