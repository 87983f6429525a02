//! Whole training runs of classifiers: drawn digits from nothing, and photos behind a small encoder.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use sightline::Captioner;
use sightline::device::OpenDevice;
use sightline_test_support::digits::Digits;
use sightline_test_support::in_repo;
use sightline_train::TrainError;
use sightline_train::classify::{ClassifyRun, Event, Outcome, Position, Progress, prepare, train};
use sightline_train::config::ClassifyConfig;
use sightline_train::run::{RunDir, TrainingState};

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
