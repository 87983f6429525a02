//! `sightline look`, as a person or a script meets it.

use std::path::{Path, PathBuf};

use image::RgbImage;
use serde_json::Value;
use sightline::decoder::{DecoderConfig, DecoderSizes, LstmConfig};
use sightline::encoder::{EncoderConfig, Pooling};
use sightline::inspection::rank_correlation;
use sightline::model::Manifest;
use sightline::photo::InputSpec;
use sightline::weights::Weight;
use sightline_test_support::{CLASSES, manifest_with, small_classifier, small_manifest, tensor};

use crate::command::{Model, stderr, stdout};

/// What was written, and said.
struct Looked {
    file: PathBuf,
    text: String,
    _folder: tempfile::TempDir,
}

impl Looked {
    fn picture(&self) -> RgbImage {
        image::open(&self.file).unwrap().into_rgb8()
    }

    fn tensor(&self, name: &str) -> Weight {
        tensor(&std::fs::read(&self.file).unwrap(), name)
    }

    /// What stands behind a name.
    fn said(&self, name: &str) -> &str {
        let said = self.text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        said.unwrap_or_else(|| panic!("{name} is missing from\n{}", self.text))
    }
}

fn look(model: &Model, ending: &str, arguments: &[&str]) -> Looked {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("out.{ending}"));
    let out = file.display().to_string();
    let output = model.run("look", &[&["scene.jpg", "-o", &out], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    assert_eq!(stderr(&output), "");
    Looked { file, text: stdout(&output), _folder: folder }
}

fn refused(model: &Model, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let output = model.run("look", &[&["scene.jpg", "-o", &out.display().to_string()], arguments].concat());
    assert!(!output.status.success() && stdout(&output).is_empty() && !out.exists(), "{arguments:?}");
    stderr(&output)
}

/// The numbers of a table's rows.
fn rows(text: &str) -> Vec<Vec<f32>> {
    let numbers = |line: &str| line.split_whitespace().map(|cell| cell.parse().ok()).collect::<Option<Vec<f32>>>();
    text.lines().filter_map(numbers).filter(|row| row.len() == 3).collect()
}

#[test]
fn the_strongest_channels_of_a_stage_make_a_wall() {
    let model = Model::new();
    let shown = look(&model, "png", &["--stage", "layer3"]);
    assert!(shown.text.starts_with("stage3: 64 channels of 4×4, 16 of them shown\n"), "{}", shown.text);
    let rows = rows(&shown.text);
    assert_eq!(rows.len(), 16);
    assert!(rows.windows(2).all(|two| two[0][1] >= two[1][1]), "the strongest first: {rows:?}");
    let picture = shown.picture();
    assert_eq!(picture.dimensions(), (4 * 112 + 3 * 2, 4 * 112 + 3 * 2));

    let numbers = look(&model, "safetensors", &["--stage", "stage3", "--channels", "all"]);
    let maps = numbers.tensor("maps");
    assert_eq!(maps.shape, [64, 4, 4]);
    assert_eq!(numbers.tensor("channels").values, (0..64u8).map(f32::from).collect::<Vec<_>>());
    for row in &rows {
        let map = &maps.values[row[0] as usize * 16..][..16];
        let strength = map.iter().map(|value| value.abs()).sum::<f32>() / 16.0;
        // Four digits are told.
        assert!((strength - row[1]).abs() < 1e-4, "{row:?}: {strength}");
        assert!((map.iter().copied().fold(f32::MIN, f32::max) - row[2]).abs() < 1e-4, "{row:?}");
    }
    // The first tile is the strongest channel's map: black where it is least, white where it is greatest.
    let map = &maps.values[rows[0][0] as usize * 16..][..16];
    let (least, greatest) = map.iter().fold((f32::MAX, f32::MIN), |(a, b), value| (a.min(*value), b.max(*value)));
    for (cell, value) in map.iter().enumerate() {
        let (x, y) = (cell as u32 % 4 * 28 + 14, cell as u32 / 4 * 28 + 14);
        let level = (255.0 * (value - least) / (greatest - least)).round() as u8;
        assert_eq!(picture.get_pixel(x, y).0, [level; 3], "cell {cell}");
    }
}

#[test]
fn channels_can_be_named_and_muted() {
    let model = Model::new();
    let named = look(&model, "safetensors", &["--stage", "stem", "--channel", "3,0"]);
    assert_eq!(named.tensor("maps").shape, [2, 16, 16]);
    assert_eq!(named.tensor("channels").values, [3.0, 0.0]);
    assert!(named.tensor("maps").values[..256].iter().any(|value| *value != 0.0));
    let muted = look(&model, "safetensors", &["--stage", "stem", "--channel", "3,0", "--mute", "stem:3,layer4:1"]);
    assert!(muted.tensor("maps").values[..256].iter().all(|value| *value == 0.0));
    assert_eq!(muted.tensor("maps").values[256..], named.tensor("maps").values[256..]);
    let grid = |arguments: &[&str]| look(&model, "safetensors", &[&["--stage", "grid"], arguments].concat()).text;
    assert_ne!(grid(&[]), grid(&["--mute", "stem:3"]), "what follows does without");
    let three = look(&model, "png", &["--stage", "grid", "--channels", "3"]).picture();
    assert_eq!(three.dimensions(), (2 * 112 + 2, 2 * 112 + 2));
    assert_eq!(look(&model, "png", &["--stage", "stem", "--channels", "99"]).text.lines().count(), 3 + 4);
}

#[test]
fn the_first_kernels_are_shown_in_colours() {
    let model = Model::new();
    let shown = look(&model, "png", &["--kernels"]);
    assert!(shown.text.starts_with("4 kernels of 3×7×7, with the norm behind them folded in\n"), "{}", shown.text);
    assert!(shown.text.ends_with("stride 2, 3 zeros before and 3 after, 4 maps of 32×32\n"), "{}", shown.text);
    let numbers = look(&model, "safetensors", &["--kernels"]);
    let kernels = numbers.tensor("kernels");
    assert_eq!((&kernels.shape[..], &numbers.tensor("responses").shape[..]), (&[4, 3, 7, 7][..], &[4, 32, 32][..]));
    let picture = shown.picture();
    assert_eq!(picture.dimensions(), (2 * 56 + 2, 2 * 56 + 2));
    // The second kernel stands to the right.
    let kernel = &kernels.values[147..294];
    let greatest = kernel.iter().fold(0.0, |greatest: f32, weight| greatest.max(weight.abs()));
    for (channel, weight) in [kernel[0], kernel[49], kernel[98]].into_iter().enumerate() {
        let level = (127.5 + 127.5 * weight / greatest).round() as u8;
        assert_eq!(picture.get_pixel(58 + 4, 4).0[channel], level, "channel {channel}");
    }
}

#[test]
fn a_cell_is_compared_with_the_others() {
    let model = Model::new();
    let numbers = look(&model, "safetensors", &["--cell", "1,0"]);
    let similarity = numbers.tensor("similarity");
    assert_eq!(similarity.shape, [2, 2]);
    assert!((similarity.values[2] - 1.0).abs() < 1e-6, "to itself: {similarity:?}");
    let text = &numbers.text;
    assert!(text.starts_with("cell 1,0 of 2×2\nreceptive field: "), "{text}");
    assert!(text.contains("lie in the 64×64 that the encoder gets"), "{text}");
    let most = (0..4).filter(|cell| *cell != 2).max_by(|a, b| similarity.values[*a].total_cmp(&similarity.values[*b]));
    let most = most.unwrap();
    let wanted = format!("{},{} ({:.3})", most / 2, most % 2, similarity.values[most]);
    assert!(numbers.said("most similar cells").starts_with(&wanted), "{wanted} is not first in\n{text}");
    for (name, arguments) in [("caption", &["--json"][..]), ("without where", &["--json", "--averaged"])] {
        let caption = stdout(&model.caption(&[arguments, &["scene.jpg"]].concat()));
        let caption: Value = serde_json::from_str(&caption).unwrap();
        assert_eq!(numbers.said(name), caption["text"].as_str().unwrap());
    }
    let picture = look(&model, "png", &["--cell", "1,0"]).picture();
    let (width, height) = picture.dimensions();
    assert_eq!(width.max(height), 560);
    // The cell's own frame lies over that of its field.
    assert_eq!(picture.get_pixel(1, height - 2).0, [255; 3]);
    assert_eq!(picture.get_pixel(1, height / 2 + 1).0, [255; 3]);
}

/// A grid of three by three cells.
fn finer() -> Manifest {
    let manifest = small_manifest();
    Manifest { input: InputSpec { size: 96, ..manifest.input }, ..manifest }
}

/// The words of the caption.
fn words(model: &Model) -> Vec<String> {
    let caption = look(model, "png", &["--cell", "0,0"]).said("caption").to_lowercase();
    caption.trim_end_matches('.').split(' ').map(String::from).collect()
}

#[test]
fn a_word_needs_cells() {
    let model = Model::of(&finer());
    let word = &words(&model)[1];
    let numbers = look(&model, "safetensors", &["--needed", &word.to_uppercase()]);
    let [looked, cells, blocks] = ["looked", "cells", "blocks"].map(|name| numbers.tensor(name));
    assert_eq!((&looked.shape[..], &cells.shape[..], &blocks.shape[..]), (&[3, 3][..], &[3, 3][..], &[2, 2][..]));
    assert!((looked.values.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{looked:?}");
    assert!(numbers.said("word").starts_with(&format!("{word}, of a probability of 0.")), "{}", numbers.text);
    let correlation = rank_correlation(&looked.values, &cells.values).unwrap();
    let wanted = format!("{correlation:.3} of Spearman's rank correlation");
    assert_eq!(numbers.said("where it looked and what it needed"), wanted);
    let greatest = |falls: &[f32]| {
        let found = falls.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        assert!(found.1 > 0.0, "synthetic weights that need no cell test nothing: {falls:?}");
        found
    };
    let (cell, by) = greatest(&cells.values);
    let fall = numbers.said("largest fall by a cell");
    assert!(fall.starts_with(&format!("{by:.4}, to 0.")), "{by}: {fall}");
    assert!(fall.ends_with(&format!("without the cell {},{}", cell / 3, cell % 3)), "{fall}");
    let (block, by) = greatest(&blocks.values);
    let fall = numbers.said("largest fall by a block of 2×2");
    let (row, col) = (block / 2, block % 2);
    assert!(fall.starts_with(&format!("{by:.4}, to 0.")), "{by}: {fall}");
    assert!(fall.ends_with(&format!("without the cells {row},{col} to {},{}", row + 1, col + 1)), "{fall}");

    let picture = look(&model, "png", &["--needed", word]).picture();
    // The photo has 400 by 260 pixels.
    assert_eq!(picture.dimensions(), (2 * 560 + 8, 364));
    assert_eq!(picture.get_pixel(563, 5).0, [255; 3], "between the two");
}

#[test]
fn a_grid_of_one_block_has_no_blocks_to_hide() {
    let model = Model::new();
    let numbers = look(&model, "safetensors", &["--needed", &words(&model)[0]]);
    let bytes = std::fs::read(&numbers.file).unwrap();
    assert_eq!(safetensors::SafeTensors::deserialize(&bytes).unwrap().len(), 2, "looked and cells");
    assert!(!numbers.text.contains("block"), "{}", numbers.text);
}

#[test]
fn a_model_without_attention_shows_the_plain_photo() {
    let plain = finer();
    let decoder = DecoderConfig::Lstm(LstmConfig(DecoderSizes {
        vocab_size: plain.vocabulary.len(),
        feature_dim: plain.encoder.channels(),
        embedding: 12,
        hidden: 24,
    }));
    let model = Model::of(&Manifest { decoder, ..plain });
    let word = &words(&model)[0];
    let shown = look(&model, "png", &["--needed", word]);
    assert_eq!(shown.said("where it looked"), "this model has no attention");
    let numbers = look(&model, "safetensors", &["--needed", word]);
    let bytes = std::fs::read(&numbers.file).unwrap();
    assert_eq!(safetensors::SafeTensors::deserialize(&bytes).unwrap().len(), 2, "cells and blocks");
    let brightness = |picture: &RgbImage, from: u32| {
        let height = picture.height();
        let pixels = (from..from + 560).flat_map(|x| (0..height).map(move |y| (x, y)));
        pixels.map(|(x, y)| picture.get_pixel(x, y).0.map(u64::from).iter().sum::<u64>()).sum::<u64>()
    };
    let picture = shown.picture();
    assert!(brightness(&picture, 0) > brightness(&picture, 568), "only the right one is darkened");
}

#[test]
fn a_model_that_classifies_is_looked_into_as_far_as_it_goes() {
    let model = Model::of(&small_classifier(Pooling::Average, vec![]));
    assert_eq!(look(&model, "png", &["--stage", "stage1"]).picture().width(), 4 * 112 + 6);
    look(&model, "png", &["--kernels"]);
    let class = look(&model, "png", &["--cell", "0,1"]).said("caption").to_string();
    assert!(CLASSES.contains(&class.as_str()), "{class}");
    assert_eq!(look(&model, "png", &["--needed", &class]).said("caption"), class);
    let flat = Model::of(&small_classifier(Pooling::Flatten, vec![]));
    look(&flat, "png", &["--cell", "0,1"]);
    let error = refused(&flat, &["--needed", "ship"]);
    assert!(error.contains("this model needs the whole grid, so no cell can be hidden from it"), "{error}");
    let lenet = Model::of(&manifest_with(EncoderConfig::named("lenet5").unwrap()));
    assert_eq!(look(&lenet, "png", &["--kernels"]).picture().dimensions(), (3 * 55 + 4, 2 * 55 + 2));
    for view in [["--cell", "0,0"], ["--needed", "w5"]] {
        let error = refused(&lenet, &view);
        assert!(error.contains("the grid of this model has only one cell"), "{error}");
    }
}

#[test]
fn what_cannot_be_shown_is_said() {
    let model = Model::new();
    for (arguments, part) in [
        (&["--stage", "layer9"][..], "--stage: stage is layer9; stem, stage1 to stage4 (or layer1 to layer4) and grid"),
        (&["--stage", "stem", "--channel", "3,4"], "--channel 4: stem has the channels 0 to 3"),
        (&["--stage", "stem", "--channels", "0"], "a number from 1 on, or all, is wanted"),
        (&["--stage", "stem", "--channels", "2", "--channel", "1"], "cannot be used with"),
        (&["--kernels", "--channels", "2"], "cannot be used with"),
        (&["--kernels", "--mute", "stem:0"], "cannot be used with"),
        (&["--stage", "stem", "--kernels"], "cannot be used with"),
        (&[], "<--stage <STAGE>|--kernels|--cell <ROW,COL>|--needed <WORD>>"),
        (&["--stage", "grid", "--mute", "stem"], "a stage and the number of a channel are wanted, such as layer3:40"),
        (&["--stage", "grid", "--mute", "top:1"], "--mute: stage is top; stem, stage1 to stage4"),
        (&["--cell", "0,0", "--mute", "stem:64"], "muted channel is 64; stem has the channels 0 to 3"),
        (&["--cell", "2,1"], "--cell 2,1: there is no such cell; the grid has 2×2 cells, 0,0 to 1,1"),
        (&["--cell", "2"], "a row and a column from 0 are wanted, such as 3,4"),
        (&["--needed", "unicorn"], "--needed unicorn: the caption \"W"),
    ] {
        let error = refused(&model, arguments);
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
    let error = refused(&model, &["--needed", "unicorn"]);
    let (_, words) = error.split_once("has no such word; its words are w").unwrap_or_else(|| panic!("{error}"));
    assert!(words.split(", ").count() > 1, "{error}");
}

/// Whether it can be written is known before the model is read, here one that is not there.
#[test]
fn where_the_result_goes_is_checked_first() {
    let refused = |photo: &str, out: &Path| {
        let out = out.display().to_string();
        let output = crate::command::sightline(&["look", photo, "--model", "nowhere", "--kernels", "-o", &out]);
        assert_eq!(output.status.code(), Some(1));
        stderr(&output)
    };
    let folder = tempfile::tempdir().unwrap();
    let error = refused("scene.jpg", &folder.path().join("out.jpg"));
    let wanted = "out.jpg: the name has to end in .png for the picture, or in .safetensors for its numbers";
    assert!(error.contains(wanted), "{error}");
    let error = refused("scene.jpg", &folder.path().join("no/out.png"));
    assert!(error.contains("out.png cannot be written: there is no folder"), "{error}");
    let error = refused("text.jpg", &folder.path().join("out.png"));
    assert!(error.contains("text.jpg: this is no image that is known here"), "{error}");
    let error = refused("scene.jpg", &folder.path().join("out.png"));
    assert!(error.contains("nowhere/model.json: not found"), "{error}");
}
