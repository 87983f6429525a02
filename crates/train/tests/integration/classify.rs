//! Whole training runs of classifiers: drawn digits from nothing, and photos behind a small encoder.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use image::GrayImage;
use sightline::Captioner;
use sightline::device::OpenDevice;
use sightline::encoder::EncoderConfig;
use sightline_test_support::digits::{Digits, SIDE};
use sightline_test_support::{in_repo, synthetic_encoder};
use sightline_train::classify::{Best, ClassifyRun, Event, Outcome, Phase, Position, Progress, prepare, train};
use sightline_train::config::ClassifyConfig;
use sightline_train::config::classify::{DataConfig, TrainingConfig};
use sightline_train::data::{FeatureCache, LabelledPhotos, PhotoList};
use sightline_train::run::{RunDir, TrainingState};
use sightline_train::{CachePoint, FrozenEncoder, TrainError};

/// Drawn digits in a folder.
struct World(tempfile::TempDir);

impl World {
    fn new(learnt: usize, judged: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        Digits::draw(learnt, 1).write(&at("images"), &at("labels")).unwrap();
        Digits::draw(judged, 2).write(&at("test-images"), &at("test-labels")).unwrap();
        Self(folder)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The lecture's configuration, with these digits.
    fn config(&self, set: &[&str]) -> ClassifyConfig {
        let keys = [
            ("images", "images"),
            ("labels", "labels"),
            ("test_images", "test-images"),
            ("test_labels", "test-labels"),
        ];
        let data = keys.map(|(key, file)| format!("data.{key}={}", self.at(file).display()));
        let set: Vec<String> = data.into_iter().chain(set.iter().map(ToString::to_string)).collect();
        ClassifyConfig::read(&in_repo("configs/MNIST.yaml"), &set).unwrap()
    }

    fn run(&self, config: &ClassifyConfig, name: &str, resume: bool, stop_after: Option<u64>) -> (Outcome, Watcher) {
        let stop = AtomicBool::new(false);
        let data = prepare(config, &OpenDevice::cpu(), &stop, |_, _| ()).unwrap();
        let mut watcher = Watcher { stop_after, ..Watcher::default() };
        let dir = RunDir(self.at(name));
        let mut screen = Screen { watcher: &mut watcher, stop: &stop };
        let outcome = train(ClassifyRun { config, data: &data, dir, resume, stop: &stop }, &mut screen).unwrap();
        (outcome, watcher)
    }

    /// All that the next step depends on; how long the last ones took is no part of it.
    fn last(&self, name: &str) -> TrainingState<Position> {
        let mut state: TrainingState<Position> = TrainingState::read(&RunDir(self.at(name)).last()).unwrap();
        state.position.seconds = 0.0;
        state
    }
}

#[derive(Default)]
struct Watcher {
    stop_after: Option<u64>,
    epochs: Vec<Event>,
}

impl Watcher {
    fn lines(&self) -> Vec<String> {
        self.epochs.iter().map(ToString::to_string).collect()
    }
}

struct Screen<'a> {
    watcher: &'a mut Watcher,
    stop: &'a AtomicBool,
}

impl Progress for Screen<'_> {
    fn encoding(&mut self, _done: usize, _of: usize) {}

    fn step(&mut self, event: &Event, _batch: usize, _batches: usize) {
        let Event::Step { step, .. } = event else { panic!("{event:?}") };
        if self.watcher.stop_after == Some(*step) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn epoch(&mut self, event: &Event) {
        self.watcher.epochs.push(event.clone());
    }
}

/// Photos of drawn digits, a folder for each of some classes.
fn draw_photos(folder: &Path, classes: &[(&str, u8, usize)]) {
    let digits = Digits::draw(400, 5);
    for (class, digit, count) in classes {
        std::fs::create_dir_all(folder.join(class)).unwrap();
        let places = (0..400).filter(|place| digits.labels[*place] == *digit).take(*count);
        for place in places {
            let pixels = digits.pixels[place * SIDE * SIDE..][..SIDE * SIDE].to_vec();
            let photo = GrayImage::from_raw(SIDE as u32, SIDE as u32, pixels).unwrap();
            photo.save(folder.join(class).join(format!("{place:03}.png"))).unwrap();
        }
    }
}

/// `Epoch 1/10 - Training Loss: 0.358 - …`, with every number replaced by its form.
fn form(line: &str) -> String {
    let words = line.split(' ').map(|word| match word.split_once('.') {
        Some((whole, part)) if whole.parse::<u64>().is_ok() && part.parse::<u64>().is_ok() => {
            format!("0.{}", "0".repeat(part.len()))
        }
        _ => word.to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn the_lectures_network_learns_drawn_digits_from_nothing() {
    let world = World::new(600, 200);
    let config = world.config(&["training.batch_size=50", "training.epochs=6", "training.learning_rate=0.003"]);
    let (outcome, watcher) = world.run(&config, "run", false, None);
    let Outcome::Done { best, report } = outcome else { panic!("{outcome:?}") };
    println!("{}\n{report}", watcher.lines().join("\n"));
    assert!(best.accuracy > 0.95, "{best:?}");
    let lines = watcher.lines();
    assert_eq!(lines.len(), 6);
    let expected =
        "Epoch 2/6 - Training Loss: 0.000 - Training Accuracy: 0.000 - Test Loss: 0.000 - Test Accuracy: 0.000";
    assert_eq!(form(&lines[1]), expected);
    // Running means are those of what is learnt: without dropout, what is judged is no worse than what was learnt.
    let Event::Epoch { train_loss, validation_loss, .. } = watcher.epochs[5] else { panic!() };
    assert!(validation_loss < train_loss + 0.15, "{validation_loss} {train_loss}");
    // The report is about the packed model, whose norms are folded.
    let right = format!("{:.3} % of 200 test photos are told right", 100.0 * best.accuracy);
    assert!(report.contains(&right), "{right}: {report}");
    let dir = RunDir(world.at("run"));
    assert_eq!(std::fs::read_to_string(dir.report()).unwrap(), report);
    let csv = std::fs::read_to_string(dir.confusion()).unwrap();
    assert!(csv.starts_with(",0,1,2,3,4,5,6,7,8,9\n0,"), "{csv}");
    let model = Captioner::open(&dir.model(), &OpenDevice::cpu(), &OpenDevice::cpu()).unwrap();
    assert_eq!(model.model().vocabulary.words()[4..], ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    assert_eq!(ClassifyConfig::read(&dir.config(), &[]).unwrap(), config);
}

#[test]
fn a_run_that_was_stopped_goes_on_as_if_it_had_not_been_on_any_number_of_threads() {
    let world = World::new(60, 20);
    let config = world.config(&["training.batch_size=15", "training.epochs=3", "training.mirror=true"]);
    let (outcome, whole) = world.run(&config, "whole", false, None);
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let mut epochs = Vec::new();
    for (place, stop) in [1, 4, 6, 11].into_iter().enumerate() {
        let (outcome, more) = one_thread.install(|| world.run(&config, "parts", place > 0, Some(stop)));
        assert_eq!(outcome, Outcome::Stopped { step: stop });
        epochs.extend(more.lines());
    }
    let (again, more) = world.run(&config, "parts", true, None);
    epochs.extend(more.lines());
    assert!(world.last("whole") == world.last("parts"), "weights, running means or optimiser differ");
    assert_eq!((again, epochs), (outcome, whole.lines()));
    let log = |name: &str| std::fs::read_to_string(RunDir(world.at(name)).log()).unwrap().lines().count();
    assert_eq!(log("whole"), log("parts"), "the log tells each step once");
    // Another seed is another model.
    let other =
        world.config(&["training.batch_size=15", "training.epochs=3", "training.mirror=true", "training.seed=2"]);
    world.run(&other, "other", false, None);
    assert!(world.last("whole").weights != world.last("other").weights);
}

#[test]
fn a_run_does_not_go_on_with_other_photos() {
    let world = World::new(40, 20);
    let config = world.config(&["training.batch_size=20", "training.epochs=2"]);
    world.run(&config, "run", false, Some(1));
    Digits::draw(40, 3).write(&world.at("images"), &world.at("labels")).unwrap();
    let stop = AtomicBool::new(false);
    let data = prepare(&config, &OpenDevice::cpu(), &stop, |_, _| ()).unwrap();
    let run = ClassifyRun { config: &config, data: &data, dir: RunDir(world.at("run")), resume: true, stop: &stop };
    let mut watcher = Watcher::default();
    let error = train(run, &mut Screen { watcher: &mut watcher, stop: &stop }).unwrap_err();
    assert!(matches!(error, TrainError::OtherRun { .. }), "{error}");
}

#[test]
fn what_stands_behind_an_encoder_is_learnt_and_then_its_last_stage() {
    let world = World::new(300, 20);
    let first = world.config(&["training.batch_size=50", "training.epochs=2", "training.learning_rate=0.003"]);
    world.run(&first, "first", false, None);
    let photos = world.at("photos");
    draw_photos(&photos, &[("nought", 0, 40), ("one", 1, 40), ("three", 3, 8)]);
    std::fs::write(photos.join("one/broken.png"), b"no photo").unwrap();
    std::fs::write(photos.join("one/notes.txt"), b"no photo, and nobody says so").unwrap();
    let (photos, cache) = (photos.display().to_string(), world.at("cache"));
    let set = [
        format!("data.images={photos}"),
        format!("data.encoder={}", RunDir(world.at("first")).best().display()),
        format!("data.cache={}", cache.display()),
        "data.validation=0.25".into(),
        "model.backbone=mnist_cnn".into(),
        "training.epochs=12".into(),
        "training.batch_size=16".into(),
        "training.learning_rate=0.02".into(),
        "training.fine_tuning.epochs=3".into(),
        "training.fine_tuning.learning_rate=0.001".into(),
    ];
    let config = ClassifyConfig::read(&in_repo("configs/Classifier.yaml"), &set).unwrap();
    let data = prepare(&config, &OpenDevice::cpu(), &AtomicBool::new(false), |_, _| ()).unwrap();
    assert_eq!(data.photos.left_out.lines().len(), 1, "{}", data.photos.left_out);
    assert!(data.photos.left_out.to_string().starts_with("1 photo is broken: one/broken.png ("));
    assert_eq!((data.photos.train.len(), data.photos.judge.len()), (67, 21));
    assert_eq!(data.photos.classes, ["nought", "one", "three"]);
    let (outcome, watcher) = world.run(&config, "run", false, None);
    let Outcome::Done { best, report } = outcome else { panic!("{outcome:?}") };
    println!("{}\n{report}", watcher.lines().join("\n"));
    assert!(best.accuracy > 0.85, "{best:?}");
    let lines = watcher.lines();
    assert!(lines[0].starts_with("Epoch 1/15 - Training Loss: ") && lines[0].contains(" - Validation Accuracy: "));
    assert!(watcher.epochs.iter().any(|event| matches!(event, Event::Epoch { phase: Phase::FineTuning, .. })));
    // Photos and mirrored ones, as far as the features and as far as the last stage.
    let files = || std::fs::read_dir(&cache).unwrap().count();
    assert_eq!(files(), 4);
    // Without a mirror the photos are found again.
    let plain =
        ClassifyConfig { training: TrainingConfig { mirror: false, ..config.training.clone() }, ..config.clone() };
    world.run(&plain, "plain", false, Some(1));
    assert_eq!(files(), 4);
    // In the midst of fine-tuning, it goes on as if nothing had been.
    let tuning = (world.last("run").position.step - 3).max(1);
    world.run(&config, "parts", false, Some(tuning));
    let (again, _) = world.run(&config, "parts", true, None);
    assert_eq!(again, Outcome::Done { best, report });
    assert!(world.last("run") == world.last("parts"));
    // What comes before fine-tuning is over.
    let mut longer = config.clone();
    longer.training.epochs += 5;
    let data = prepare(&longer, &OpenDevice::cpu(), &AtomicBool::new(false), |_, _| ()).unwrap();
    let (stop, mut watcher) = (AtomicBool::new(false), Watcher::default());
    let run = ClassifyRun { config: &longer, data: &data, dir: RunDir(world.at("parts")), resume: true, stop: &stop };
    let error = train(run, &mut Screen { watcher: &mut watcher, stop: &stop }).unwrap_err().to_string();
    assert!(error.contains("the run has come to a later phase"), "{error}");
    let last = world.last("run").weights;
    assert!(
        last.contains_key("encoder.cnn2.weight") && last.contains_key("decoder.layers.0.weight"),
        "{:?}",
        last.keys()
    );
}

#[test]
fn photos_that_cannot_be_learnt_are_refused() {
    let world = World::new(40, 20);
    let error = |set: &[&str]| {
        let set: Vec<String> = set.iter().map(ToString::to_string).collect();
        let config = ClassifyConfig::parse("my.yaml", "model: { backbone: mnist_cnn }", &set).unwrap();
        prepare(&config, &OpenDevice::cpu(), &AtomicBool::new(false), |_, _| ()).map(|_| ()).unwrap_err().to_string()
    };
    let photos = world.at("photos");
    let images = format!("data.images={}", photos.display());
    assert!(error(&[&images]).contains("there is no such folder; give one with a folder of photos for each class"));
    std::fs::create_dir(&photos).unwrap();
    assert!(error(&[&images]).contains("there is no folder in it; each class is a folder of photos"));
    draw_photos(&photos, &[("one", 1, 3)]);
    assert!(error(&[&images]).contains("there is one class in it, \"one\", and nothing to tell it from"));
    std::fs::create_dir(photos.join("two")).unwrap();
    assert!(error(&[&images]).contains("the class two has no photo; give it some, or take it away"));
    std::fs::write(photos.join("two/broken.jpg"), b"no photo").unwrap();
    let broken = error(&[&images]);
    assert!(
        broken.contains("the class two has no photo to learn from; give it more (1 photo is broken: two/"),
        "{broken}"
    );
    std::fs::remove_dir_all(photos.join("two")).unwrap();
    draw_photos(&photos, &[("<pad>", 2, 3)]);
    assert!(error(&[&images]).contains("is called \"<pad>\", which is a special token"), "{}", error(&[&images]));
    std::fs::remove_dir_all(photos.join("<pad>")).unwrap();
    draw_photos(&photos, &[("two", 2, 1)]);
    draw_photos(&world.at("more"), &[("one", 1, 2), ("six", 6, 2)]);
    let more = format!("data.test_images={}", world.at("more").display());
    assert!(error(&[&images, &more]).contains("the class six is not among those that are learnt: one, two"));
    let idx = format!("data.images={}", world.at("images").display());
    assert!(error(&[&idx]).contains("these are IDX pictures; name the file of their labels as well"));
    let others = format!("data.labels={}", world.at("test-labels").display());
    let counts = error(&[&idx, &others]);
    assert!(
        counts.contains("images has 40 pictures, and ") && counts.contains("test-labels has 20 labels"),
        "{counts}"
    );
    let encoder = format!("data.encoder={}", world.at("images").display());
    assert!(error(&[&images, &encoder]).contains("images: "));
}

/// What people have encoded is found by the name that it had, which a reader of another version computes as well.
#[test]
fn the_name_of_a_cache_has_stayed_the_same() {
    let world = World::new(40, 20);
    draw_photos(&world.at("photos"), &[("one", 1, 2)]);
    let config = EncoderConfig::known().into_iter().find(|(name, _)| *name == "mnist_cnn").unwrap().1;
    let weights = synthetic_encoder(&config, &config.folded_slots());
    let encoder = FrozenEncoder::new(config.clone(), weights, config.input(), &OpenDevice::cpu()).unwrap();
    let photos: Vec<PathBuf> = ["001", "011"].map(|name| world.at("photos/one").join(format!("{name}.png"))).to_vec();
    let (cache, stop) = (world.at("cache"), AtomicBool::new(false));
    FeatureCache::open(&cache, &encoder, CachePoint::Features, &photos[..], &stop, |_| ()).unwrap();
    let bytes = |photo: &PathBuf| photo.metadata().unwrap().len();
    let named = format!(
        "sightline maps 1{}Grid001.png\0{}\0011.png\0{}\0",
        encoder.fingerprint(),
        bytes(&photos[0]),
        bytes(&photos[1])
    );
    let name = format!("{}.maps", &sightline::hash::sha256(named.as_bytes())[..24]);
    assert!(cache.join(&name).is_file(), "{name}");
}

/// Not every data set counts from 0, and a class that has no pictures is none.
#[test]
fn labels_of_an_idx_file_may_begin_anywhere() {
    let world = World::new(40, 20);
    for (file, count) in [("labels", 40u8), ("test-labels", 20)] {
        let header = [0, 0, 8, 1, 0, 0, 0, count];
        let labels: Vec<u8> = header.into_iter().chain((0..count).map(|n| 3 + 2 * (n % 3))).collect();
        std::fs::write(world.at(file), labels).unwrap();
    }
    let data = prepare(&world.config(&[]), &OpenDevice::cpu(), &AtomicBool::new(false), |_, _| ()).unwrap();
    assert_eq!(data.photos.classes, ["3", "5", "7"]);
    assert!(data.photos.labels.iter().all(|label| *label < 3));
}

/// A cache knows photos by their names and lengths, which those of two classes may share.
#[test]
fn photos_of_another_class_are_other_photos() {
    let folder = tempfile::tempdir().unwrap();
    let photos = |classes: [&str; 2]| {
        let photos = folder.path().join(classes.concat());
        for class in classes {
            std::fs::create_dir_all(photos.join(class)).unwrap();
            (0..10).for_each(|n| std::fs::write(photos.join(class).join(format!("{n}.bmp")), [0; 64]).unwrap());
        }
        LabelledPhotos::read(&DataConfig { images: photos, ..DataConfig::default() }).unwrap().photos
    };
    let (before, after) = (photos(["a", "b"]), photos(["b", "c"]));
    assert_ne!(before.identity(0), before.identity(10));
    assert_ne!(before.identity(0), after.identity(0));
    assert_eq!(before.identity(10), after.identity(0), "the same photo of the same class");
}

#[test]
fn a_loss_that_is_no_number_is_never_the_best() {
    let worst = Best { epoch: 1, accuracy: 0.5, loss: f64::MAX };
    assert!(worst.is_beaten_by(&Best { epoch: 2, accuracy: 0.5, loss: 7.0 }));
    let json = serde_json::to_string(&worst).unwrap();
    assert_eq!(serde_json::from_str::<Best>(&json).unwrap(), worst, "a checkpoint can be read again");
}
