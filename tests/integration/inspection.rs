//! What goes on inside a captioner is the same as what is encoded and written without looking inside, and PyTorch's, which
//! `pytorch.rs` says.

mod pytorch;

use burn::tensor::{Tensor, TensorData};
use pollster::block_on;
use sightline::caption::Word;
use sightline::captioner::{CaptionError, EncodedPhoto};
use sightline::device::{self, DeviceKind, Devices};
use sightline::encoder::{Encoder, EncoderConfig, FeatureGrid, MutedChannel, Norms, Pooling};
use sightline::error_code::ErrorCode;
use sightline::inspection::{FeatureMap, NeededWord, StageMaps, blocks};
use sightline::model::{Manifest, Model};
use sightline::photo::{InputSpec, Limits};
use sightline::synthetic_weights::noise;
use sightline::vocabulary::Vocabulary;
use sightline::{CaptionOptions, Captioner, Photo};
use sightline_test_support::{fill, small_classifier, small_manifest, synthetic_encoder};

fn channels(muted: &[(usize, usize)]) -> Vec<MutedChannel> {
    muted.iter().map(|(stage, channel)| MutedChannel { stage: *stage, channel: *channel }).collect()
}

/// Nothing but noise, as large as the encoder takes it.
fn photo(side: usize) -> Photo {
    let values: Vec<u8> = (0..3 * side * side).map(|i| ((noise("pixels", i) + 1.0) * 128.0) as u8).collect();
    let rgba = values.chunks(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect();
    Photo::from_rgba(side as u32, side as u32, rgba, &Limits::default()).unwrap()
}

fn encoder(config: &EncoderConfig) -> Encoder {
    let trained = synthetic_encoder(config, &config.slots(Norms::Separate));
    let (_, folded) = EncoderConfig::from_checkpoint(trained).expect("a known one");
    fill(config, Norms::Folded, folded)
}

fn captioner(manifest: Manifest, encoder: Encoder) -> Captioner {
    let vocabulary = Vocabulary::new(manifest.vocabulary.clone()).unwrap();
    let decoder = manifest.decoder.synthetic(&device::cpu());
    let devices = Devices { encoder: DeviceKind::Cpu, decoder: DeviceKind::Cpu };
    Captioner::new(Model { manifest, vocabulary, encoder, decoder, consensus: None, devices })
}

/// The small model on photos of this side, a cell for each 32 pixels.
fn small(size: usize) -> Captioner {
    let manifest = small_manifest();
    let encoder = encoder(&manifest.encoder);
    captioner(Manifest { input: InputSpec { size, ..manifest.input }, ..manifest }, encoder)
}

fn all_stages(captioner: &Captioner, photo: &Photo, muted: &[MutedChannel]) -> (FeatureMap, Vec<StageMaps>) {
    let (input, mut stages) = block_on(captioner.stages(photo, muted)).unwrap();
    let all = std::iter::from_fn(|| block_on(stages.advance()).unwrap()).collect();
    assert!(block_on(stages.advance()).unwrap().is_none(), "over is over");
    (input, all)
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

fn needed(
    captioner: &Captioner,
    photo: &EncodedPhoto,
    words: &[String],
    regions: &[Vec<usize>],
) -> Result<Vec<NeededWord>, CaptionError> {
    let mut needed = captioner.needed(photo, words, regions)?;
    let mut found = vec![];
    while let Some(word) = block_on(needed.advance())? {
        found.push(word);
    }
    Ok(found)
}

/// What the model says of these words where they are given.
fn forced(captioner: &Captioner, photo: &EncodedPhoto, words: &[String], options: CaptionOptions) -> Vec<Word> {
    let max_words = Some(words.len() + 1);
    let options = CaptionOptions { beams: Some(1), prefix: words.to_vec(), max_words, ..options };
    let mut generation = captioner.generate(photo, &options).unwrap();
    words.iter().for_each(|_| assert!(block_on(generation.advance()).unwrap()));
    generation.words()
}

/// The same question in another way: a caption that begins with these words, of a photo of which only some cells are shown.
#[test]
fn a_hidden_cell_is_one_that_a_caption_is_not_shown() {
    let captioner = small(96);
    let options =
        CaptionOptions { beams: Some(1), min_words: Some(4), max_words: Some(4), ..CaptionOptions::default() };
    let caption = captioner.caption(&photo(96), &options).unwrap();
    let said: Vec<String> = caption.words.into_iter().map(|word| word.text).collect();
    let photo = block_on(captioner.encode(&photo(96))).unwrap();
    let grid = photo.feature_grid().grid;
    let region = vec![8, 3, 3, 0];
    let found = needed(&captioner, &photo, &said, &[region.clone(), vec![4]]).unwrap();
    let without = |hidden: &[usize]| {
        let cells = Some((0..grid.cells()).filter(|cell| !hidden.contains(cell)).collect());
        forced(&captioner, &photo, &said, CaptionOptions { cells, ..CaptionOptions::default() })
    };
    let same = |place: usize, fall: f32, hidden: &[usize]| {
        let expected = without(hidden)[place].log_probability.exp();
        let found = found[place].probability - fall;
        // Rows that are computed side by side and alone are added up in another order.
        assert!((found - expected).abs() <= 1e-6, "word {place} without {hidden:?}: {found} instead of {expected}");
    };
    for (place, word) in found.iter().enumerate() {
        same(place, 0.0, &[]);
        let looked: Vec<f32> = without(&[])[place].attention.as_ref().unwrap().concat();
        for (found, expected) in word.looked.as_ref().unwrap().iter().zip(&looked) {
            assert!((found - expected).abs() <= 1e-6, "word {place}: {found} instead of {expected}");
        }
        word.cells.iter().enumerate().for_each(|(cell, fall)| same(place, *fall, &[cell]));
        word.blocks.iter().zip(blocks(grid)).for_each(|(fall, block)| same(place, *fall, &block));
        same(place, word.regions[0], &region);
        assert!((word.regions[1] - word.cells[4]).abs() <= 1e-6, "a region of one cell is that cell");
        assert_eq!((word.cells.len(), word.blocks.len()), (9, 4));
    }
    assert!(found.iter().all(|word| word.cells.iter().any(|fall| fall.abs() > 1e-4)), "no cell changed anything");
}

#[test]
fn a_muted_channel_is_one_of_zeros() {
    let (captioner, photo) = (small(64), photo(64));
    let encoder = &captioner.model().encoder;
    let (input, _) = all_stages(&captioner, &photo, &[]);
    let muted = channels(&[(0, 2), (2, 0), (2, 31), (4, 1)]);
    let mut x = Tensor::<4>::from_data(TensorData::new(input.values, [1, 3, 64, 64]), &device::cpu());
    let (_, stages) = all_stages(&captioner, &photo, &muted);
    for (stage, StageMaps { name, map, .. }) in stages.iter().enumerate() {
        x = if stage == 0 { encoder.stem(x) } else { encoder.stage(stage - 1, x) };
        let [_, _, rows, cols] = x.dims();
        for muted in muted.iter().filter(|muted| muted.stage == stage) {
            let zeros = Tensor::zeros([1, 1, rows, cols], &device::cpu());
            x = x.slice_assign([0..1, muted.channel..muted.channel + 1, 0..rows, 0..cols], zeros);
        }
        assert_eq!(map.values, values(x.clone()), "{name}");
    }
    let encoded = block_on(captioner.encode_muted(&photo, &muted)).unwrap();
    assert_eq!(values(encoded.feature_grid().features.clone()), values(FeatureGrid::from_map(x).features));
    let plain = block_on(captioner.encode(&photo)).unwrap();
    assert_ne!(values(encoded.feature_grid().features.clone()), values(plain.feature_grid().features.clone()));
}

#[test]
fn a_stage_or_channel_that_is_not_there_is_refused() {
    let (captioner, photo) = (small(64), photo(64));
    for (muted, expected) in [
        ((5, 0), "stage is stage5; stem, stage1 to stage4 (or layer1 to layer4) and grid are known"),
        ((0, 4), "muted channel is 4; stem has the channels 0 to 3"),
        ((4, 128), "muted channel is 128; stage4 has the channels 0 to 127"),
    ] {
        let muted = channels(&[(0, 0), muted]);
        let errors = [
            block_on(captioner.stages(&photo, &muted)).map(drop).unwrap_err(),
            block_on(captioner.encode_muted(&photo, &muted)).map(drop).unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.to_string().as_str(), error.code()), (expected, ErrorCode::BadOption));
        }
    }
}

#[test]
fn words_and_regions_that_cannot_be_asked_about_are_refused() {
    let captioner = small(96);
    let photo = block_on(captioner.encode(&photo(96))).unwrap();
    let refused = |word: &str, region: &[usize]| {
        let error = needed(&captioner, &photo, &[word.to_string()], &[vec![0], region.to_vec()]).unwrap_err();
        (error.to_string(), error.code())
    };
    let all: Vec<usize> = (0..9).collect();
    let (message, code) = refused("unicorn", &[1]);
    assert!(message.contains("\"unicorn\""), "{message}");
    assert_eq!(code, ErrorCode::UnknownWord);
    let (message, code) = refused("w7", &all);
    assert!(message.contains("the whole grid") && message.contains("leave out at least one cell"), "{message}");
    assert_eq!(code, ErrorCode::BadCells);
    assert_eq!(refused("w7", &[]), (CaptionError::NoCells.to_string(), ErrorCode::BadCells));
    assert_eq!(refused("w7", &[9]).0, "there is no cell 9; the grid has 3×3 cells, 0 to 8");
    assert!(needed(&captioner, &photo, &["W7".into()], &[all[1..].to_vec()]).is_ok(), "one cell is left to see");
    assert_eq!(needed(&captioner, &photo, &[], &[]).unwrap(), []);
}

#[test]
fn a_block_leaves_something_to_see() {
    let captioner = small(64);
    let photo = block_on(captioner.encode(&photo(64))).unwrap();
    let found = needed(&captioner, &photo, &["w7".into()], &[]).unwrap().remove(0);
    assert_eq!((found.cells.len(), found.blocks.len()), (4, 0));
}

#[test]
fn a_class_needs_cells_as_well_where_they_are_pooled() {
    let asked = |pooling| {
        let manifest = small_classifier(pooling, vec![]);
        let encoder = encoder(&manifest.encoder);
        let captioner = captioner(manifest, encoder);
        let photo = block_on(captioner.encode(&photo(64))).unwrap();
        needed(&captioner, &photo, &["tench".into()], &[])
    };
    let found = asked(Pooling::Average).unwrap().remove(0);
    assert!(found.looked.is_none() && found.cells.iter().any(|fall| fall.abs() > 1e-4), "{found:?}");
    let error = asked(Pooling::Flatten).unwrap_err();
    assert!(matches!(error, CaptionError::NeedsAllCells), "{error}");
}
