//! `sightline inspect`: what a model folder holds. Reads and verifies all of it.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{Outcome, in_folder, write_table};
use crate::bundle::{Assembly, Manifest, Shard};
use crate::encoder::Layer;
use crate::figures::{megabytes, thousands};

#[derive(Args)]
pub struct Arguments {
    /// The model folder
    #[arg(value_name = "DIR")]
    model: PathBuf,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    name: &'a str,
    license: Option<&'a str>,
    created_by: &'a str,
    input: &'a crate::photo::InputSpec,
    encoder: &'a crate::encoder::EncoderConfig,
    decoder: &'a crate::decoder::DecoderConfig,
    words: usize,
    parameters: usize,
    bytes: u64,
    scores: &'a std::collections::BTreeMap<String, f64>,
    layers: Vec<Layer>,
    shards: &'a [Shard],
}

pub fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let folder = &arguments.model;
    let assembly = Assembly::read(folder).map_err(|error| in_folder(folder, error))?;
    let (manifest, vocabulary, _) = assembly.into_weights().map_err(|error| in_folder(folder, error))?;
    let layers = layers(&manifest);
    let report = Report {
        name: &manifest.name,
        license: manifest.license.as_deref(),
        created_by: &manifest.created_by,
        input: &manifest.input,
        encoder: &manifest.encoder,
        decoder: &manifest.decoder,
        words: vocabulary.len(),
        parameters: layers.iter().map(|layer| layer.parameters).sum(),
        bytes: manifest.bytes(),
        scores: &manifest.scores,
        layers,
        shards: &manifest.shards,
    };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &report).map_err(std::io::Error::from)?;
        writeln!(out)?;
    } else {
        print(&report, &mut out)?;
    }
    Ok(Outcome::AllWell)
}

/// The encoder's layers, then the decoder's, with their tensors' prefixes.
fn layers(manifest: &Manifest) -> Vec<Layer> {
    let size = manifest.input.size;
    let encoder = manifest.encoder.layers(size);
    let crate::caption::Grid { rows, cols } = manifest.grid();
    let prefixed = |part: &'static str| move |layer: Layer| Layer { name: format!("{part}.{}", layer.name), ..layer };
    let decoder = manifest.decoder.layers(rows * cols);
    encoder.into_iter().map(prefixed("encoder")).chain(decoder.into_iter().map(prefixed("decoder"))).collect()
}

fn print(report: &Report, out: &mut impl Write) -> std::io::Result<()> {
    let crate::photo::InputSpec { size, .. } = report.input;
    writeln!(out, "{}", report.name)?;
    let mut facts = vec![
        vec!["input".into(), format!("{size} × {size} pixels")],
        vec!["encoder".into(), report.encoder.name()],
        vec!["decoder".into(), report.decoder.name()],
        vec!["vocabulary".into(), format!("{} words", thousands(report.words))],
        vec!["weights".into(), thousands(report.parameters)],
        vec!["size".into(), format!("{} in {} shards, all verified", megabytes(report.bytes), report.shards.len())],
        vec!["licence".into(), report.license.unwrap_or("not stated").into()],
    ];
    facts.extend(report.scores.iter().map(|(name, score)| vec![name.clone(), format!("{score:.4}")]));
    if report.scores.is_empty() {
        facts.push(vec!["scores".into(), "none measured".into()]);
    }
    for fact in facts {
        writeln!(out, "  {:<11} {}", fact[0], fact[1])?;
    }
    writeln!(out)?;
    let mut rows = vec![vec!["layer".to_string(), "output".into(), "weights".into()]];
    rows.extend(report.layers.iter().map(|layer| {
        let output: Vec<String> = layer.output.iter().map(ToString::to_string).collect();
        vec![layer.name.clone(), output.join("×"), thousands(layer.parameters)]
    }));
    write_table(out, &rows)
}
