//! Whole training runs, with a small encoder and drawn photos.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use image::{Rgb, RgbImage};
use sightline::consensus::mean_of_cells;
use sightline::device::OpenDevice;
use sightline::encoder::{EncoderConfig, ResNetConfig};
use sightline::model::{Dtype, ModelLoader, Overwrite};
use sightline::photo::InputSpec;
use sightline_test_support::{relative_l2, synthetic_encoder};
use sightline_train::config::{
    Config, DataConfig, FineTuningConfig, ModelConfig, Schedule, SelfCriticalConfig, TextConfig, TrainingConfig,
};
use sightline_train::data::dataset::{Sample, Split};
use sightline_train::data::{CacheError, Corpus, FeatureCache};
use sightline_train::run::{Event, Outcome, Progress, RunDir, TrainingRun, TrainingState, train};
use sightline_train::teacher::Teacher;
use sightline_train::{CachePoint, FrozenEncoder};

/// A world of 20 photos, each with a caption that is true of it alone.
struct World {
    folder: tempfile::TempDir,
    encoder: FrozenEncoder,
    corpus: Corpus,
    photos: Vec<PathBuf>,
    teachers: Vec<Teacher>,
}

const SQUARES: [(&str, [u8; 3]); 5] = [
    ("red", [250, 0, 0]),
    ("green", [0, 250, 0]),
    ("blue", [0, 0, 250]),
    ("white", [250, 250, 250]),
    ("black", [0, 0, 0]),
];
const GROUNDS: [(&str, [u8; 3]); 4] =
    [("grass", [60, 160, 40]), ("sky", [120, 180, 250]), ("sand", [240, 210, 120]), ("carpet", [140, 20, 90])];

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut samples = Vec::new();
        for (colour, square) in SQUARES {
            for (place, ground) in GROUNDS {
                let photo = RgbImage::from_fn(64, 64, |x, y| {
                    let is_inside = (16..48).contains(&x) && (16..48).contains(&y);
                    Rgb(if is_inside { square } else { ground })
                });
                let name = format!("{colour}-{place}.png");
                let path = folder.path().join(&name);
                photo.save(&path).unwrap();
                let captions = vec![format!("A {colour} square lies on the {place} .")];
                samples.push(Sample { name, path, captions, split: Split::Train });
            }
        }
        let photos = samples.iter().map(|sample| sample.path.clone()).collect();
        let samples: Vec<(usize, &Sample)> = samples.iter().enumerate().collect();
        let mut corpus = Corpus::new(&samples, &[], 1, 20).unwrap();
        // What is learnt by heart is judged by what was learnt.
        corpus.validation = corpus.train.clone();
        let config = EncoderConfig::ResNet(ResNetConfig { blocks: [1, 1, 1, 1], width: 4 });
        let weights = synthetic_encoder(&config, &config.folded_slots());
        let encoder = FrozenEncoder::new(
            config,
            weights,
            InputSpec { size: 64, mean: vec![0.5; 3], std: vec![0.5; 3], ink: false },
            &OpenDevice::cpu(),
        )
        .unwrap();
        Self { folder, encoder, corpus, photos, teachers: vec![] }
    }

    fn config(&self, cell_type: &str, training: TrainingConfig) -> Config {
        let cache = self.folder.path().join("cache");
        Config {
            data: DataConfig { cache, min_count: 1, ..DataConfig::default() },
            model: ModelConfig {
                cell_type: cell_type.into(),
                wordvec_dim: 32,
                hidden_dim: 128,
                attention_size: (cell_type == "attention_lstm").then_some(32),
                heads: (cell_type == "transformer").then_some(4),
                feed_forward: (cell_type == "transformer").then_some(128),
                ..ModelConfig::default()
            },
            training,
            ..Config::default()
        }
    }

    /// Runs to the end, or until a step after which somebody presses Ctrl-C.
    fn run(&self, config: &Config, name: &str, resume: bool, stop_after: Option<u64>) -> (Outcome, Vec<Event>) {
        let stop = AtomicBool::new(false);
        let mut watcher = Watcher { stop: &stop, stop_after, enough: None, epochs: vec![] };
        let outcome = self.watched(config, name, resume, &stop, &mut watcher);
        (outcome, watcher.epochs)
    }

    fn watched(&self, config: &Config, name: &str, resume: bool, stop: &AtomicBool, watcher: &mut Watcher) -> Outcome {
        let Self { encoder, corpus, photos, teachers, .. } = self;
        let dir = RunDir(self.at(name));
        let run = TrainingRun { config, encoder, teachers, corpus, photos, word_vectors: None, dir, resume, stop };
        train(run, watcher).unwrap()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

struct Watcher<'a> {
    stop: &'a AtomicBool,
    stop_after: Option<u64>,
    /// A BLEU-4 after which there is nothing more to learn.
    enough: Option<f64>,
    epochs: Vec<Event>,
}

fn bleu_4(event: &Event) -> f64 {
    match event {
        Event::Epoch { scores, .. } => scores.bleu_4,
        Event::Step { .. } | Event::TextEpoch { .. } => 0.0,
    }
}

impl Progress for Watcher<'_> {
    fn encoding(&mut self, _done: usize, _of: usize) {}

    fn step(&mut self, event: &Event, _batch: usize, _batches: usize) {
        let Event::Step { step, .. } = event else { panic!("{event:?}") };
        if self.stop_after == Some(*step) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn epoch(&mut self, event: &Event) {
        self.epochs.push(event.clone());
        if self.enough.is_some_and(|enough| bleu_4(event) >= enough) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }
}

fn kinds() -> [(&'static str, &'static str, Option<&'static str>); 5] {
    [
        ("rnn", "rnn", None),
        ("lstm", "lstm", None),
        ("additive", "attention_lstm", Some("additive")),
        ("dot", "attention_lstm", Some("dot")),
        ("transformer", "transformer", None),
    ]
}

#[test]
fn every_decoder_learns_20_photos_by_heart() {
    let world = World::new();
    let training = TrainingConfig {
        epochs: 600,
        schedule: Schedule::Constant,
        batch_size: 10,
        learning_rate: 2e-3,
        warmup_steps: 10,
        label_smoothing: 0.0,
        dropout: 0.0,
        attention_regularisation: 0.0,
        early_stop: 0,
        ..TrainingConfig::default()
    };
    for (name, cell_type, attention) in kinds() {
        let mut config = world.config(cell_type, training.clone());
        config.model.attention = attention.map(str::to_string);
        if attention == Some("dot") {
            config.model.attention_size = None;
        }
        let stop = AtomicBool::new(false);
        let mut watcher = Watcher { stop: &stop, stop_after: None, enough: Some(0.95), epochs: vec![] };
        world.watched(&config, name, false, &stop, &mut watcher);
        let best = watcher.epochs.iter().map(bleu_4).fold(0.0, f64::max);
        println!("{name}: BLEU-4 {best:.3} after {} epochs", watcher.epochs.len());
        assert!(best >= 0.9, "{name}: {best}");
    }
}

/// All phases, with everything in them that is left to chance.
fn lively() -> TrainingConfig {
    TrainingConfig {
        epochs: 2,
        batch_size: 10,
        learning_rate: 5e-3,
        warmup_steps: 3,
        dropout: 0.3,
        scheduled_sampling: 0.5,
        mirror: true,
        crops: true,
        average: 0.9,
        early_stop: 0,
        fine_tuning: FineTuningConfig { epochs: 1, stages: 2, ..FineTuningConfig::default() },
        self_critical: SelfCriticalConfig {
            epochs: 1,
            samples: 3,
            learning_rate: 1e-3,
            bleu: 0.5,
            length: 0.1,
            frequency: 0.2,
        },
        ..TrainingConfig::default()
    }
}

/// All that the next step depends on; how long the last ones took is no part of it.
fn last(world: &World, name: &str) -> TrainingState {
    let mut state = <TrainingState>::read(&RunDir(world.at(name)).last()).unwrap();
    state.position.seconds = 0.0;
    state
}

#[test]
fn a_run_that_was_stopped_goes_on_as_if_it_had_not_been() {
    let world = World::new();
    let config = world.config("attention_lstm", lively());
    let (outcome, whole) = world.run(&config, "whole", false, None);
    assert!(matches!(outcome, Outcome::Done { best: Some(_) }), "{outcome:?}");
    let steps = last(&world, "whole").position.step;
    assert!(steps > 12, "{steps}");
    // In the midst of the first epoch, at the last step of one, while fine-tuning, and while it learns from itself.
    let mut epochs = Vec::new();
    let mut resume = false;
    for stop in [1, 2, 3, 4, 6, 10, steps - 2] {
        let (outcome, more) = world.run(&config, "parts", resume, Some(stop));
        assert_eq!(outcome, Outcome::Stopped { step: stop });
        epochs.extend(more);
        resume = true;
    }
    let (outcome, more) = world.run(&config, "parts", true, None);
    assert!(matches!(outcome, Outcome::Done { .. }));
    epochs.extend(more);
    assert!(last(&world, "whole") == last(&world, "parts"), "weights or optimiser differ");
    assert!(last(&world, "whole").words_said.is_some(), "how often words are said is kept");
    let scores = |events: &[Event]| -> Vec<(usize, f64, f64)> {
        let of = |event: &Event| match event {
            Event::Epoch { epoch, scores, train_loss, .. } => (*epoch, scores.cider_d, *train_loss),
            Event::Step { .. } | Event::TextEpoch { .. } => unreachable!(),
        };
        events.iter().map(of).collect()
    };
    assert_eq!(scores(&whole), scores(&epochs));
    let lines = |name: &str| std::fs::read_to_string(RunDir(world.at(name)).log()).unwrap().lines().count();
    assert_eq!(lines("whole"), lines("parts"), "the log tells each step once");
}

#[test]
fn a_run_with_teachers_goes_on_as_if_it_had_not_been_stopped() {
    let mut world = World::new();
    let phases = |epochs| TrainingConfig {
        epochs,
        scheduled_sampling: 0.0,
        fine_tuning: FineTuningConfig::default(),
        self_critical: SelfCriticalConfig::default(),
        ..lively()
    };
    world.run(&world.config("rnn", phases(1)), "taught before", false, None);
    let own = RunDir(world.at("taught before")).model();
    let (manifest, _, weights) = ModelLoader::read(&own).unwrap().into_weights().unwrap();
    let other = world.at("other");
    // In 8 bits the encoder is another, with features of its own.
    sightline::model::write(&other, &manifest, &weights, None, Dtype::Int8, Overwrite::Refuse).unwrap();
    let files = || std::fs::read_dir(world.at("cache")).unwrap().count();
    let mut config = world.config("attention_lstm", phases(2));
    world.run(&config, "alone", false, None);
    let without = files();
    let teachers = [&own, &other].map(|folder| Teacher::read(folder, &world.encoder).unwrap());
    assert!(teachers[0].encoder().is_none() && teachers[1].encoder().is_some());
    world.teachers = teachers.into();
    config.training.imitation.share = 0.0;
    world.run(&config, "share of nothing", false, None);
    assert!(last(&world, "share of nothing") == last(&world, "alone"));
    config.training.imitation.share = 0.5;
    world.run(&config, "whole", false, None);
    let files = std::fs::read_dir(world.at("cache")).unwrap().count();
    assert_eq!(files, 2 * without, "all views of the photos, by each encoder");
    for (stop, resume) in [(1, false), (3, true)] {
        world.run(&config, "parts", resume, Some(stop));
    }
    world.run(&config, "parts", true, None);
    assert!(last(&world, "whole") == last(&world, "parts"));
    assert!(last(&world, "whole").weights != last(&world, "alone").weights);
    config.training.captions_per_photo = 2;
    let (outcome, _) = world.run(&config, "by photos", false, None);
    assert!(matches!(outcome, Outcome::Done { .. }));
}

#[test]
fn a_decoder_learns_to_speak_from_sentences_before_it_sees_photos() {
    let worlds = [World::new(), World::new()].map(|mut world| {
        // 20 sentences, of which some have a word that is not known.
        world.corpus.text = world.corpus.train.iter().map(|item| item.captions[0].clone()).collect();
        world.corpus.text[3][1] = world.corpus.vocabulary.special_tokens().unknown;
        world
    });
    for photo in &worlds[1].photos {
        RgbImage::new(64, 64).save(photo).unwrap();
    }
    let text = TextConfig { captions: Some("text.txt".into()), epochs: 10 };
    for (name, cell_type, attention) in kinds() {
        let mut config = worlds[0].config(cell_type, TrainingConfig { epochs: 1, text: text.clone(), ..lively() });
        config.training.scheduled_sampling = 0.0;
        config.training.fine_tuning.epochs = 0;
        config.model.attention = attention.map(str::to_string);
        if attention == Some("dot") {
            config.model.attention_size = None;
        }
        let (outcome, epochs) = worlds[0].run(&config, name, false, Some(20));
        assert_eq!(outcome, Outcome::Stopped { step: 20 });
        let losses = epochs.iter().map(|event| match event {
            Event::TextEpoch { train_loss, .. } => *train_loss,
            event => panic!("{event:?}"),
        });
        let losses: Vec<f64> = losses.collect();
        assert!(losses.len() == 10 && losses[9] < 0.9 * losses[0], "{name}: {losses:?}");
        let learnt = last(&worlds[0], name);
        assert_eq!(learnt.position.best, None, "nothing was judged");
        // The same with other photos.
        config.data.cache = worlds[1].at("cache");
        worlds[1].run(&config, name, false, Some(20));
        assert!(last(&worlds[1], name).weights == learnt.weights, "{name}");
        config.data.cache = worlds[0].at("cache");
        let (outcome, _) = worlds[0].run(&config, name, true, None);
        assert!(matches!(outcome, Outcome::Done { best: Some(_) }), "{outcome:?}");
        let whole = format!("{name} whole");
        worlds[0].run(&config, &whole, false, None);
        assert!(last(&worlds[0], &whole) == last(&worlds[0], name), "{name}");
        if name == "lstm" {
            for (stop, resume) in [(1, false), (4, true), (21, true)] {
                worlds[0].run(&config, "parts", resume, Some(stop));
            }
            worlds[0].run(&config, "parts", true, None);
            assert!(last(&worlds[0], &whole) == last(&worlds[0], "parts"));
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_model() {
    let world = World::new();
    let config = world.config("transformer", lively());
    let other = Config { training: TrainingConfig { seed: 2, ..lively() }, ..config.clone() };
    for (name, config) in [("first", &config), ("again", &config), ("other", &other)] {
        world.run(config, name, false, None);
    }
    assert!(last(&world, "first") == last(&world, "again"));
    assert!(last(&world, "first").weights != last(&world, "other").weights);
}

/// Photos are compared by the features that the model folder's own encoder gives them, tuned or not.
#[test]
fn what_is_kept_of_the_training_photos_is_by_the_encoder_of_the_model_folder() {
    let world = World::new();
    let kept = |config: &Config, name: &str| {
        world.run(config, name, false, None);
        let folder = RunDir(world.at(name)).model();
        let captioner = sightline::Captioner::open(&folder, &OpenDevice::cpu(), &OpenDevice::cpu()).unwrap();
        let consensus = captioner.model().consensus.clone()?;
        let mut centre = vec![0.0; consensus.table().channels()];
        for path in &world.photos {
            let photo = sightline::Photo::decode(&std::fs::read(path).unwrap(), &Default::default()).unwrap();
            let grid = pollster::block_on(captioner.encode(&photo)).unwrap().feature_grid().features.clone();
            let grid: Vec<f32> = grid.into_data().try_into_vec().unwrap();
            let mean = mean_of_cells(&grid, centre.len());
            centre.iter_mut().zip(mean).for_each(|(sum, value)| *sum += value / world.photos.len() as f32);
        }
        // The cache of a frozen encoder has 16 bits.
        assert!(relative_l2(&consensus.table().centre, &centre) < 1e-3, "{name}");
        assert_eq!(consensus.table().photos(), world.photos.len());
        Some(consensus.table().centre.clone())
    };
    let tuning = FineTuningConfig { epochs: 2, stages: 2, learning_rate: 1e-2, ..FineTuningConfig::default() };
    let epochs = SelfCriticalConfig { epochs: 0, ..SelfCriticalConfig::default() };
    let training = |fine_tuning| TrainingConfig { epochs: 1, fine_tuning, self_critical: epochs.clone(), ..lively() };
    let mut frozen = world.config("lstm", training(FineTuningConfig::default()));
    let tuned = world.config("lstm", training(tuning));
    let (by_frozen, by_tuned) = (kept(&frozen, "frozen").unwrap(), kept(&tuned, "tuned").unwrap());
    assert!(relative_l2(&by_frozen, &by_tuned) > 0.01, "nothing was tuned");
    frozen.model.consensus = false;
    assert_eq!(kept(&frozen, "none"), None);
}

#[test]
fn what_was_learnt_is_what_the_model_folder_holds() {
    let world = World::new();
    let mut config = world.config("lstm", lively());
    config.training.fine_tuning.epochs = 2;
    config.training.fine_tuning.learning_rate = 1e-3;
    world.run(&config, "run", false, None);
    let dir = RunDir(world.at("run"));
    let captioner = sightline::Captioner::open(&dir.model(), &OpenDevice::cpu(), &OpenDevice::cpu()).unwrap();
    assert_eq!(captioner.model().vocabulary, world.corpus.vocabulary);
    let photo = sightline::Photo::decode(&std::fs::read(&world.photos[0]).unwrap(), &Default::default()).unwrap();
    let caption = captioner.caption(&photo, &Default::default()).unwrap();
    assert!(!caption.words.is_empty());
    assert!(caption.words.iter().all(|word| word.attention.is_none()), "an LSTM without attention shows none");
    assert_eq!(Config::read(&dir.config(), &[]).unwrap(), config, "and its configuration stands beside it");
}

#[test]
fn word_vectors_are_taken_over_and_kept_where_they_are_frozen() {
    let world = World::new();
    for freeze in [false, true] {
        let mut config = world.config("rnn", TrainingConfig { epochs: 1, ..lively() });
        config.training.fine_tuning.epochs = 0;
        config.training.self_critical.epochs = 0;
        config.embeddings.freeze = freeze;
        let count = world.corpus.vocabulary.len() * 32;
        let vectors: Vec<f32> = (0..count).map(|i| i as f32 / count as f32).collect();
        let World { encoder, corpus, photos, .. } = &world;
        let stop = AtomicBool::new(false);
        let dir = RunDir(world.at(if freeze { "frozen" } else { "free" }));
        let mut watcher = Watcher { stop: &stop, stop_after: None, enough: None, epochs: vec![] };
        let run = TrainingRun {
            config: &config,
            encoder,
            teachers: &[],
            corpus,
            photos,
            word_vectors: Some(vectors.clone()),
            dir: dir.clone(),
            resume: false,
            stop: &stop,
        };
        train(run, &mut watcher).unwrap();
        let learnt = <TrainingState>::read(&dir.last()).unwrap().weights["decoder.embedding.weight"].values.clone();
        assert_eq!(learnt == vectors, freeze);
        let moved = learnt.iter().zip(&vectors).map(|(a, b)| (a - b).abs()).fold(0f32, f32::max);
        assert!(moved < 0.1, "{moved}: it did not begin with them");
    }
}

#[test]
fn damaged_files_of_a_run_are_named() {
    let world = World::new();
    // One cache: of the photos as they are.
    let mut training = TrainingConfig { mirror: false, crops: false, ..lively() };
    training.fine_tuning.epochs = 0;
    let config = world.config("rnn", training);
    world.run(&config, "run", false, None);
    let path = RunDir(world.at("run")).last();
    let bytes = std::fs::read(&path).unwrap();
    for damaged in [&bytes[..bytes.len() / 2], &[], b"{}"] {
        std::fs::write(&path, damaged).unwrap();
        let error = <TrainingState>::read(&path).unwrap_err().to_string();
        assert!(error.contains("last.safetensors is damaged"), "{error}");
    }
    let cached = std::fs::read_dir(world.at("cache")).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&cached).unwrap();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    for damaged in [&b"short"[..], &flipped, &bytes[..bytes.len() - 1], &[&bytes[..], b"more"].concat()] {
        std::fs::write(&cached, damaged).unwrap();
        let error = feature_cache(&world, &cached).unwrap_err().to_string();
        assert!(error.contains("is damaged; delete it"), "{error}");
    }
    // As the first versions wrote it.
    std::fs::write(&cached, &bytes[..bytes.len() - 32]).unwrap();
    feature_cache(&world, &cached).unwrap();
}

fn feature_cache(world: &World, cached: &Path) -> Result<FeatureCache, CacheError> {
    let folder = cached.parent().unwrap();
    FeatureCache::open(folder, &world.encoder, CachePoint::Features, &world.photos[..], &AtomicBool::new(false), |_| ())
}

#[test]
fn encoding_goes_on_where_it_was_cut_off_and_a_broken_photo_is_marked() {
    let mut world = World::new();
    std::fs::write(&world.photos[3], b"no photo").unwrap();
    let folder = world.at("cache");
    let cached = |world: &World| feature_cache(world, &folder.join("any")).unwrap();
    let whole = cached(&world);
    let broken: Vec<usize> = (0..20).filter(|photo| whole.is_broken(*photo)).collect();
    assert_eq!(broken, [3]);
    let path = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&path).unwrap();
    // As a process leaves it that is killed in the midst of the eighth photo.
    std::fs::write(path.with_extension("part"), &bytes[..bytes.len() * 15 / 40]).unwrap();
    drop(whole);
    std::fs::remove_file(&path).unwrap();
    let mut progress = Vec::new();
    let stop = AtomicBool::new(false);
    FeatureCache::open(&folder, &world.encoder, CachePoint::Features, &world.photos[..], &stop, |done| {
        progress.push(done)
    })
    .unwrap();
    assert_eq!(progress, [7, 20]);
    assert!(std::fs::read(&path).unwrap() == bytes);
    // Another list of photos is another file.
    world.photos.pop();
    drop(cached(&world));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 2);
}

#[test]
fn a_phase_ends_early_where_nothing_gets_better() {
    let world = World::new();
    let training = TrainingConfig {
        epochs: 50,
        // Too little to change a word.
        learning_rate: 1e-9,
        final_learning_rate: 0.0,
        early_stop: 2,
        fine_tuning: FineTuningConfig::default(),
        self_critical: SelfCriticalConfig { epochs: 1, samples: 2, learning_rate: 1e-9, ..Default::default() },
        ..lively()
    };
    let config = world.config("rnn", training);
    let (outcome, epochs) = world.run(&config, "run", false, None);
    let Outcome::Done { best: Some(best) } = outcome else { panic!("{outcome:?}") };
    assert!(epochs.len() < 50, "{}", epochs.len());
    let numbers: Vec<usize> = epochs
        .iter()
        .map(|event| match event {
            Event::Epoch { epoch, .. } => *epoch,
            Event::Step { .. } | Event::TextEpoch { .. } => unreachable!(),
        })
        .collect();
    assert_eq!(*numbers.last().unwrap(), 51, "the next phase follows: {numbers:?}");
    assert!(best.epoch < 51);
    // A run that is over has nothing more to do, and says the same.
    let (again, nothing) = world.run(&config, "run", true, None);
    assert_eq!((again, nothing.len()), (outcome, 0));
}

#[test]
fn a_run_does_not_go_on_with_other_data_or_beside_itself() {
    let mut world = World::new();
    let config = world.config("rnn", lively());
    world.run(&config, "run", false, Some(1));
    let dir = RunDir(world.at("run"));
    let attempt = |world: &World| {
        let World { encoder, corpus, photos, .. } = world;
        let stop = AtomicBool::new(true);
        let mut watcher = Watcher { stop: &stop, stop_after: None, enough: None, epochs: vec![] };
        let (config, dir, stop) = (&config, dir.clone(), &stop);
        let run =
            TrainingRun { config, encoder, teachers: &[], corpus, photos, word_vectors: None, dir, resume: true, stop };
        train(run, &mut watcher)
    };
    assert!(matches!(attempt(&world).unwrap(), Outcome::Stopped { step: 1 }));
    let held = dir.hold().unwrap();
    let error = attempt(&world).unwrap_err().to_string();
    assert!(error.contains("is being written by another process"), "{error}");
    drop(held);
    world.corpus.train[0].captions[0].swap(1, 2);
    let error = attempt(&world).unwrap_err().to_string();
    assert!(error.contains("the captions, the photos, the encoder or the batch size are others"), "{error}");
}
