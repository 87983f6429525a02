//! Runs that are killed at any moment, or whose disk is full: they go on, and end with the weights of a run that nothing
//! happened to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use crate::train::{Data, borrowed, owned, text};

/// Of a run.
const EPOCHS: usize = 12;

/// How often a run is killed, over several runs where one is over before.
const KILLS: usize = 50;

/// A run that takes a second or so, of words and of rewards, and with a small encoder.
fn train(data: &Data, out: &str) -> Vec<String> {
    let epochs = format!("training.epochs={}", EPOCHS - 2);
    let set = [
        &*epochs,
        "training.self_critical.epochs=2",
        "training.early_stop=0",
        "model.backbone=lenet5",
        "data.encoder=lenet5.safetensors",
    ];
    owned(&data.train(&set), &["--out", out])
}

/// Goes on with a run, or begins it where not even its configuration was written.
fn go_on(data: &Data, out: &str) -> Command {
    match data.0.path().join(out).join("config.yaml").is_file() {
        true => data.command(&["train", "--resume", out, "--device", "cpu"]),
        false => data.command(&borrowed(&train(data, out))),
    }
}

/// The weights that a run found, and what its log tells of each epoch.
fn result(run: &Path) -> (BTreeMap<String, Vec<u8>>, Vec<String>) {
    let files = ["best.safetensors", "model/weights-001-of-001.safetensors"];
    let weights = files.map(|name| (name.to_string(), std::fs::read(run.join(name)).unwrap())).into();
    let log = std::fs::read_to_string(run.join("log.jsonl")).unwrap();
    (weights, epochs_in(&log))
}

/// A line that is cut off, as that for which there was no room, tells nothing.
fn epochs_in(log: &str) -> Vec<String> {
    let events = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let epochs = events.filter(|event| event["event"] == "epoch");
    epochs.map(|event| format!("{} {} {}", event["epoch"], event["train_loss"], event["validation_loss"])).collect()
}

/// A run to which nothing happens, and how long it takes.
fn undisturbed(data: &Data) -> Duration {
    let begin = Instant::now();
    let output = data.sightline(&borrowed(&train(data, "undisturbed")));
    assert!(output.status.success(), "{}", text(&output.stderr));
    begin.elapsed()
}

fn assert_same(data: &Data, out: &str) {
    let [expected, found] = ["undisturbed", out].map(|run| result(&data.0.path().join(run)));
    assert_eq!(expected.1.len(), EPOCHS, "{:?}", expected.1);
    assert_eq!(found.1, expected.1, "the epochs of {out}");
    assert!(found.0 == expected.0, "the weights of {out} are others");
}

#[test]
fn a_run_that_is_killed_at_any_moment_goes_on_to_the_same_weights() {
    let data = Data::new().with_backbone("lenet5");
    let whole = undisturbed(&data);
    let mut random = ChaCha8Rng::seed_from_u64(18);
    let (mut kills, mut runs) = (0, 0);
    while kills < KILLS {
        let out = format!("run-{runs}");
        loop {
            let child = go_on(&data, &out).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
            let mut child = child.expect("the binary was built");
            // The moment is what is random here; nothing is waited for.
            std::thread::sleep(whole.mul_f64(random.random_range(0.0..0.6)));
            let is_over = child.try_wait().unwrap().is_some();
            if !is_over {
                child.kill().unwrap();
            }
            let Output { status, stderr, .. } = child.wait_with_output().unwrap();
            assert!(status.success() || status.code().is_none(), "after {kills} kills: {}", text(&stderr));
            if status.success() {
                break;
            }
            kills += 1;
        }
        assert_same(&data, &out);
        runs += 1;
    }
}

#[test]
fn a_run_that_is_killed_before_its_first_checkpoint_begins_anew() {
    let data = Data::new().with_backbone("lenet5");
    undisturbed(&data);
    let at = |path: &str| data.0.path().join(path);
    std::fs::create_dir(at("early")).unwrap();
    std::fs::copy(at("undisturbed/config.yaml"), at("early/config.yaml")).unwrap();
    for name in ["lock", "log.jsonl"] {
        std::fs::write(at("early").join(name), "").unwrap();
    }
    let output = go_on(&data, "early").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_same(&data, "early");
}

#[test]
fn a_second_run_in_a_folder_is_refused() {
    let data = Data::new().with_backbone("lenet5");
    let endless = owned(&train(&data, "run"), &["--set", "training.epochs=1000000"]);
    let mut first =
        data.command(&borrowed(&endless)).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it was built");
    let last = data.0.path().join("run/last.safetensors");
    while !last.is_file() {
        assert!(first.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    let second = data.sightline(&["train", "--resume", "run", "--device", "cpu"]);
    first.kill().unwrap();
    first.wait().unwrap();
    let message = text(&second.stderr);
    assert_eq!(second.status.code(), Some(1), "{message}");
    assert!(message.contains("run is being written by another process; wait for it"), "{message}");
}

/// A file system in memory, as long as the test.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Nothing where the system does not let this user mount one.
    fn mount(folder: &Path, kilobytes: u64) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(folder).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(folder.to_path_buf()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

fn kilobytes_in(folder: &Path) -> u64 {
    let sizes = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).map(|path| match path.is_dir() {
        true => kilobytes_in(&path),
        false => path.metadata().unwrap().len().div_ceil(4096) * 4,
    });
    sizes.sum()
}

#[test]
fn a_full_disk_is_told_and_costs_no_epoch_that_was_saved() {
    let data = Data::new().with_backbone("lenet5");
    undisturbed(&data);
    let whole = kilobytes_in(&data.0.path().join("undisturbed")) as usize;
    let mut full = 0;
    // A file that is written anew stands beside the old one for a moment, so all of it takes more than it leaves.
    for part in 1..=10 {
        let kilobytes = whole * part / 8;
        let out = format!("disk-{part}");
        let folder = data.0.path().join(&out);
        let Some(_disk) = SmallDisk::mount(&folder, 4096) else {
            eprintln!("not tested: this user may not mount a file system in memory");
            return;
        };
        // All but so many kilobytes are taken.
        let filler = folder.join("filler");
        std::fs::write(&filler, vec![1; (4096 - kilobytes) << 10]).unwrap();
        let output = data.sightline(&borrowed(&train(&data, &out)));
        let message = text(&output.stderr);
        let told = std::fs::read_to_string(folder.join("log.jsonl")).map_or(0, |log| epochs_in(&log).len());
        if !output.status.success() {
            full += 1;
            assert_eq!(output.status.code(), Some(1), "{message}");
            assert!(message.contains(&out) && message.contains("No space left on device"), "{message}");
        }
        std::fs::remove_file(&filler).unwrap();
        if !output.status.success() {
            let output = go_on(&data, &out).output().unwrap();
            let message = text(&output.stderr);
            assert!(output.status.success(), "{kilobytes} kB: {message}");
            // The log tells of an epoch before it is saved, so the last one may come again, and none before it.
            let first = message.lines().find_map(|line| line.strip_prefix("epoch")?.split_whitespace().next());
            let first: Option<usize> = first.map(|number| number.parse().unwrap());
            assert!(first.is_none_or(|first| first >= told), "{told} epochs were told of, and {first:?} came again");
        }
        assert_same(&data, &out);
    }
    assert!(full > 4, "the disk was full in {full} runs");
}
