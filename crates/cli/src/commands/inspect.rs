//! `sightline inspect`: what a model folder holds, all of it read and verified; or the layers of a backbone, without any
//! weights.

mod backbone;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use sightline::decoder::{DecoderConfig, ModelKind};
use sightline::encoder::EncoderConfig;
use sightline::humanize::{megabytes, thousands};
use sightline::layer_table::Layer;
use sightline::model::{ConsensusFile, Manifest, ModelLoader, Shard};
use sightline::photo::InputSpec;
use sightline::sureness::Calibration;
use sightline::vocabulary::SPECIAL;

use crate::arguments::in_folder;
use crate::escaped::escaped;
use crate::shipped_models::{model_folder, model_help};
use crate::status::CommandStatus;
use crate::terminal::{stdout, write_json_pretty, write_table};

#[derive(Args)]
pub struct Arguments {
    #[arg(value_name = "MODEL", help = model_help(), required_unless_present = "backbone", conflicts_with = "backbone")]
    model: Option<PathBuf>,
    /// Instead, the table of layers of a backbone, such as resnet50 or efficientnet_lite0
    #[arg(long, value_name = "NAME")]
    backbone: Option<String>,
    /// Side of the photo [default: that of the backbone]
    #[arg(long, value_name = "PIXELS", requires = "backbone", conflicts_with = "model")]
    size: Option<usize>,
    /// One JSON object
    #[arg(long, conflicts_with_all = ["csv", "markdown"])]
    json: bool,
    /// The table of layers as comma-separated values
    #[arg(long, requires = "backbone", conflicts_with_all = ["model", "markdown"])]
    csv: bool,
    /// The table of layers as Markdown
    #[arg(long, requires = "backbone", conflicts_with = "model")]
    markdown: bool,
}

pub const AFTER_HELP: &str =
    "Example:\n  sightline inspect my-model\n  sightline inspect --backbone resnet50 --size 224 --markdown";

#[derive(Serialize)]
struct Summary<'a> {
    name: &'a str,
    license: Option<&'a str>,
    created_by: &'a str,
    input: &'a InputSpec,
    encoder: &'a EncoderConfig,
    decoder: &'a DecoderConfig,
    #[serde(rename = "words")]
    vocab_size: usize,
    parameters: usize,
    bytes: u64,
    scores: &'a BTreeMap<String, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    beams: Option<usize>,
    calibration: Option<Calibration>,
    /// The greatest distance of a picture that is a photo which the model knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos_up_to: Option<f32>,
    /// Of how many of the encoder's convolutions it is known what comes out.
    calibrated_convolutions: usize,
    layers: Vec<Layer>,
    shards: &'a [Shard],
    #[serde(skip_serializing_if = "Option::is_none")]
    consensus: Option<&'a ConsensusFile>,
}

impl Arguments {
    fn format(&self) -> backbone::Format {
        match self {
            Self { json: true, .. } => backbone::Format::Json,
            Self { csv: true, .. } => backbone::Format::Csv,
            Self { markdown: true, .. } => backbone::Format::Markdown,
            _ => backbone::Format::Text,
        }
    }
}

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let folder = match (&arguments.model, &arguments.backbone) {
        (Some(model), _) => &model_folder(model)?,
        (None, Some(name)) => return backbone::run(name, arguments.size, arguments.format()),
        // clap asks for one of them.
        (None, None) => anyhow::bail!("a model folder or --backbone is needed"),
    };
    let loader = ModelLoader::read(folder).map_err(|error| in_folder(folder, error))?;
    let (manifest, vocabulary, _) = loader.into_weights().map_err(|error| in_folder(folder, error))?;
    let layers = layers(&manifest);
    let summary = Summary {
        name: &manifest.name,
        license: manifest.license.as_deref(),
        created_by: &manifest.created_by,
        input: &manifest.input,
        encoder: &manifest.encoder,
        decoder: &manifest.decoder,
        vocab_size: vocabulary.len(),
        parameters: layers.iter().map(|layer| layer.parameters).sum(),
        bytes: manifest.bytes(),
        scores: &manifest.scores,
        beams: manifest.beams,
        calibration: manifest.calibration,
        photos_up_to: manifest.familiarity.as_ref().map(|familiarity| familiarity.limit),
        calibrated_convolutions: manifest.activations.len(),
        layers,
        shards: &manifest.shards,
        consensus: manifest.consensus.as_ref(),
    };
    let mut out = stdout();
    if arguments.json {
        write_json_pretty(&mut out, &summary)?;
    } else {
        print(&summary, &mut out)?;
    }
    Ok(CommandStatus::AllWell)
}

/// The encoder's layers, then the decoder's, with their tensors' prefixes.
fn layers(manifest: &Manifest) -> Vec<Layer> {
    let size = manifest.input.size;
    let encoder = manifest.encoder.layers(size);
    let prefixed = |part: &'static str| move |layer: Layer| Layer { name: format!("{part}.{}", layer.name), ..layer };
    let decoder = manifest.decoder.layers(manifest.grid().cells());
    encoder.into_iter().map(prefixed("encoder")).chain(decoder.into_iter().map(prefixed("decoder"))).collect()
}

fn print(summary: &Summary, out: &mut impl Write) -> std::io::Result<()> {
    let InputSpec { size, ink, .. } = summary.input;
    let colours = match summary.input.channels() {
        1 if *ink => ", ink in white on black",
        1 => ", grey",
        _ => "",
    };
    writeln!(out, "{}", escaped(summary.name))?;
    let mut facts = vec![
        vec!["input".into(), format!("{size} × {size} pixels{colours}")],
        vec!["encoder".into(), summary.encoder.title()],
        vec!["decoder".into(), summary.decoder.title()],
        match summary.decoder.kind() {
            ModelKind::Captions => vec!["vocabulary".into(), format!("{} words", thousands(summary.vocab_size))],
            ModelKind::Classes => vec!["classes".into(), thousands(summary.vocab_size - SPECIAL.len())],
        },
        vec!["weights".into(), thousands(summary.parameters)],
        vec!["size".into(), format!("{} in {} shards, all verified", megabytes(summary.bytes), summary.shards.len())],
        vec!["licence".into(), summary.license.unwrap_or("not stated").into()],
    ];
    if let Some(ConsensusFile { shard, neighbours, .. }) = summary.consensus {
        let size = megabytes(shard.bytes);
        facts.push(vec!["consensus".into(), format!("of {neighbours} similar photos, {size} of the size")]);
    }
    facts.extend(summary.scores.iter().map(|(name, score)| vec![name.clone(), format!("{score:.4}")]));
    if summary.scores.is_empty() {
        facts.push(vec!["scores".into(), "none measured".into()]);
    }
    if let Some(beams) = summary.beams {
        facts.push(vec!["beams".into(), beams.to_string()]);
    }
    if let Some(Calibration { temperature, sure, unsure }) = summary.calibration {
        let steps = format!("sure from {sure:.3}, unsure from {unsure:.3}, at a temperature of {temperature:.3}");
        facts.push(vec!["calibration".into(), steps]);
    }
    if let Some(limit) = summary.photos_up_to {
        facts.push(vec!["photos".into(), format!("known up to a distance of {limit:.3}")]);
    }
    facts.push(match summary.calibrated_convolutions {
        0 => vec!["precision".into(), "32-bit floats".into()],
        count => {
            let integers = format!("8-bit integers on the processor, by the ranges of {count} convolutions");
            vec!["precision".into(), integers]
        }
    });
    for fact in facts {
        writeln!(out, "  {:<11} {}", escaped(&fact[0]), escaped(&fact[1]))?;
    }
    writeln!(out)?;
    let mut rows = vec![vec!["layer".to_string(), "output".into(), "weights".into()]];
    rows.extend(summary.layers.iter().map(|layer| {
        let output: Vec<String> = layer.output.iter().map(ToString::to_string).collect();
        vec![layer.name.clone(), output.join("×"), thousands(layer.parameters)]
    }));
    write_table(out, &rows)
}
