//! Drawn pictures that are no photos: what is measured of photos tells them apart.

use std::path::Path;

use sightline::device::OpenDevice;
use sightline::familiarity::{UNFAMILIAR, profile};
use sightline::model::{self, Dtype, Manifest, Overwrite};
use sightline::photo::{Limits, Photo};
use sightline::{CaptionOptions, Captioner};
use sightline_test_support::{small_manifest, synthetic_model};
use sightline_train::familiarity_fit;

const SIDE: u32 = 128;

/// The same numbers for the same seed, from 0 to 1.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }

    fn color(&mut self) -> [f32; 3] {
        [self.next(), self.next(), self.next()]
    }
}

fn picture(mut color_at: impl FnMut(f32, f32) -> [f32; 3]) -> Photo {
    let places = (0..SIDE * SIDE).map(|place| ((place % SIDE) as f32, (place / SIDE) as f32));
    let byte = |value: f32| (255.0 * value.clamp(0.0, 1.0)) as u8;
    let rgba = places.flat_map(|(x, y)| {
        let [red, green, blue] = color_at(x / SIDE as f32, y / SIDE as f32).map(byte);
        [red, green, blue, 255]
    });
    Photo::from_rgba(SIDE, SIDE, rgba.collect(), &Limits::default()).unwrap()
}

fn noise(seed: u64) -> Photo {
    let mut chance = Chance(seed);
    picture(|_, _| chance.color())
}

fn blank(seed: u64) -> Photo {
    let mut chance = Chance(seed);
    let color = chance.color();
    picture(|_, _| color)
}

fn gradient(seed: u64) -> Photo {
    let mut chance = Chance(seed);
    let (from, to, tilt) = (chance.color(), chance.color(), chance.next());
    picture(|x, y| {
        let share = tilt * x + (1.0 - tilt) * y;
        [0, 1, 2].map(|channel| from[channel] * (1.0 - share) + to[channel] * share)
    })
}

/// Letters are five by seven dots or fewer, in lines, with spaces between words.
fn text(seed: u64) -> Photo {
    let mut chance = Chance(seed);
    let dots: Vec<bool> = (0..SIDE * SIDE).map(|_| chance.next() < 0.5).collect();
    let is_dark = chance.next() < 0.3;
    picture(|x, y| {
        let (column, row) = ((x * SIDE as f32) as u32, (y * SIDE as f32) as u32);
        let is_margin = !(8..120).contains(&column) || !(8..120).contains(&row);
        let is_between =
            column % 6 == 5 || row % 11 > 6 || dots[(row / 11 * 97 + column / 6) as usize % 400] && column % 5 == 0;
        let is_ink = !is_margin && !is_between && dots[(row * SIDE + column) as usize];
        [if is_ink == is_dark { 1.0 } else { 0.0 }; 3]
    })
}

fn qr_code(seed: u64) -> Photo {
    let mut chance = Chance(seed);
    let modules: Vec<bool> = (0..25 * 25).map(|_| chance.next() < 0.5).collect();
    picture(|x, y| {
        let (column, row) = ((x * 33.0) as i32 - 4, (y * 33.0) as i32 - 4);
        if !(0..25).contains(&column) || !(0..25).contains(&row) {
            return [1.0; 3];
        }
        // The three squares in the corners.
        let corner = [(3, 3), (21, 3), (3, 21)].map(|(x, y)| (column - x).abs().max((row - y).abs()));
        let is_black = match corner.into_iter().min().unwrap_or(4) {
            4 => false,
            ring @ 0..=3 => ring != 2,
            _ => modules[(row * 25 + column) as usize],
        };
        [if is_black { 0.0 } else { 1.0 }; 3]
    })
}

/// A picture of a kind, for each seed another.
type Draw = fn(u64) -> Photo;

/// Pictures that nobody took with a camera.
const KINDS: [(&str, Draw); 5] =
    [("blank", blank), ("gradient", gradient), ("text", text), ("noise", noise), ("QR code", qr_code)];

/// How many of ten are refused.
fn refused(captioner: &Captioner, draw: Draw) -> usize {
    let is_refused = |seed: &u64| captioner.caption(&draw(*seed), &one_word()).unwrap().familiar == Some(false);
    (1000..1010).filter(is_refused).count()
}

fn encoded_profile(captioner: &Captioner, photo: &Photo) -> Vec<f32> {
    let encoded = pollster::block_on(captioner.encode(photo)).unwrap();
    let features: Vec<f32> = encoded.feature_grid().features.to_data().iter().collect();
    profile(&features, captioner.model().manifest.encoder.channels())
}

fn one_word() -> CaptionOptions {
    CaptionOptions { beams: Some(1), max_words: Some(1), ..CaptionOptions::default() }
}

fn opened(folder: &Path) -> Captioner {
    Captioner::open(folder, &OpenDevice::cpu(), &OpenDevice::cpu()).unwrap()
}

fn captioner(manifest: &Manifest) -> Captioner {
    let folder = tempfile::tempdir().unwrap();
    let mut weights = synthetic_model(manifest);
    // With the formula's weights all pictures are alike to an encoder: these have a mean of 0, and no bias.
    let mut chance = Chance(7);
    for (_, weight) in weights.iter_mut().filter(|(name, _)| name.starts_with("encoder.")) {
        let inputs = weight.shape.iter().skip(1).product::<usize>();
        let greatest = if weight.shape.len() > 1 { (6.0 / inputs as f32).sqrt() } else { 0.0 };
        weight.values.fill_with(|| greatest * (2.0 * chance.next() - 1.0));
    }
    model::write(&folder.path().join("model"), manifest, &weights, None, Dtype::F32, Overwrite::Refuse).unwrap();
    opened(&folder.path().join("model"))
}

#[test]
fn a_model_that_was_measured_on_one_kind_of_pictures_knows_no_other() {
    let plain = captioner(&small_manifest());
    let caption = plain.caption(&qr_code(1), &one_word()).unwrap();
    assert_eq!((caption.familiar, caption.distance), (None, None), "nobody measured it");

    // A network that learnt nothing tells those apart that are as alike as these from the others.
    let profiles: Vec<Vec<f32>> = (0..300).map(|seed| encoded_profile(&plain, &qr_code(seed))).collect();
    let familiarity = familiarity_fit::fit(&profiles).unwrap();
    let measured = captioner(&Manifest { familiarity: Some(familiarity), ..small_manifest() });
    for (kind, draw) in KINDS {
        match kind {
            "QR code" => assert!(refused(&measured, draw) <= 1, "{kind}"),
            _ => assert!(refused(&measured, draw) >= 9, "{kind}"),
        }
    }

    let known = measured.caption(&qr_code(1000), &one_word()).unwrap();
    assert!(known.distance.unwrap() <= 1.0 && known.hedged != UNFAMILIAR);
    let other = measured.caption(&blank(1000), &one_word()).unwrap();
    assert!(other.distance.unwrap() > 1.0);
    assert_eq!(other.hedged, UNFAMILIAR);
    let told = CaptionOptions { any_photo: true, ..one_word() };
    let told = measured.caption(&blank(1000), &told).unwrap();
    assert_eq!((told.familiar, &told.text), (Some(false), &other.text));
    assert!(told.hedged.to_lowercase().ends_with(&told.text.to_lowercase()), "{}", told.hedged);
}

#[test]
#[ignore = "needs a model folder with `familiarity`, which SIGHTLINE_MODEL names"]
fn a_trained_model_knows_no_drawn_page() {
    let folder = std::env::var("SIGHTLINE_MODEL").expect("SIGHTLINE_MODEL names a model folder");
    let captioner = opened(folder.as_ref());
    assert!(captioner.model().manifest.familiarity.is_some(), "{folder} has no familiarity");
    for (kind, draw) in KINDS {
        assert!(refused(&captioner, draw) >= 9, "{kind}");
    }
}
