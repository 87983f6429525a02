//! `sightline caption` over collections: names from lists, captions in files, shards, several photos at a time, and
//! going on after whatever ended it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use sightline::model::Manifest;
use sightline_test_support::{in_repo, small_manifest};

use crate::command::{Model, sightline_in, stderr, stdout};

/// A folder with photos in it, `00.png` and so on, and a model.
struct Collection {
    folder: tempfile::TempDir,
    model: Model,
}

impl Collection {
    fn of(count: usize) -> Self {
        let collection = Self { folder: tempfile::tempdir().unwrap(), model: Model::new() };
        for name in names(count) {
            collection.add("small.png", &name);
        }
        collection
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn add(&self, photo: &str, name: &str) {
        std::fs::copy(in_repo("tests/photos").join(photo), self.path(name)).unwrap();
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    fn caption(&self, arguments: &[&str]) -> Output {
        let fixed = ["caption", "--device", "cpu", "--model", &self.model.path()];
        sightline_in(self.folder.path(), &[&fixed, arguments].concat())
    }

    /// Begins to caption what is written to its standard input.
    fn begin(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_sightline"))
            .args(["caption", "--device", "cpu", "--model", &self.model.path(), "--list", "-"])
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.caption(arguments);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        stderr(&output)
    }

    fn succeeds(&self, arguments: &[&str]) -> Output {
        let output = self.caption(arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        output
    }

    fn lines(&self, name: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "{text}");
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The photos of a file of lines, in its order.
    fn photos(&self, name: &str) -> Vec<String> {
        self.lines(name).iter().map(|line| line["photo"].as_str().unwrap().to_string()).collect()
    }

    /// The rows of the Parquet files in a folder, in the order of the files, as an independent reader has them.
    fn rows(&self, folder: &str) -> Vec<Vec<(String, Field)>> {
        let mut files: Vec<PathBuf> =
            self.path(folder).read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        // What a run that was killed had not finished has another name, as `captions/*.parquet` leaves it out.
        files.retain(|file| file.extension().is_some_and(|extension| extension == "parquet"));
        files.sort();
        let rows = files.iter().flat_map(|file| {
            let reader = SerializedFileReader::new(File::open(file).unwrap()).unwrap();
            reader.get_row_iter(None).unwrap().map(|row| row.unwrap().into_columns()).collect::<Vec<_>>()
        });
        rows.collect()
    }

    fn parquet_photos(&self, folder: &str) -> Vec<String> {
        self.rows(folder).into_iter().map(|row| text(&row[0].1)).collect()
    }
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|photo| format!("{photo:02}.png")).collect()
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("{name}\n")).collect()
}

fn text(field: &Field) -> String {
    match field {
        Field::Str(text) => text.clone(),
        other => panic!("{other:?} is no text"),
    }
}

#[test]
fn names_come_from_arguments_folders_and_then_a_list_or_the_standard_input() {
    let collection = Collection::of(3);
    collection.write("list.txt", "02.png\r\n\n./00.png\n.");
    let named = |output: &Output| -> Vec<String> {
        stdout(output).lines().map(|line| line.split_once(": ").unwrap().0.to_string()).collect()
    };
    let wanted = ["01.png", "02.png", "./00.png", "./00.png", "./01.png", "./02.png"];
    assert_eq!(named(&collection.succeeds(&["01.png", "--list", "list.txt"])), wanted);
    let mut child = collection.begin(&["01.png"]);
    child.stdin.take().unwrap().write_all(b"02.png\n./00.png\n.\n").unwrap();
    assert_eq!(named(&child.wait_with_output().unwrap()), wanted);
    let none = collection.succeeds(&["--list", "/dev/null", "--jsonl", "none.jsonl"]);
    assert!(stderr(&none).starts_with("0 photos in "), "{}", stderr(&none));
}

#[cfg(unix)]
#[test]
fn names_that_nuls_end_may_have_lines() {
    let collection = Collection::of(1);
    collection.add("small.png", "a\nb.png");
    collection.write("list", "a\nb.png\x0000.png\0");
    collection.succeeds(&["--list", "list", "-0", "--jsonl", "captions.jsonl"]);
    assert_eq!(collection.photos("captions.jsonl"), ["a\nb.png", "00.png"]);
    let unended = collection.refused(&["--list", "list"]);
    assert!(unended.contains("list: there is a NUL byte in line 2") && unended.contains("--null"), "{unended}");
}

#[test]
fn what_is_no_list_is_refused_with_the_way_out() {
    let collection = Collection::of(1);
    collection.write("long", "a".repeat(40_000));
    collection.write("late", format!("00.png\n{}", "a".repeat(40_000)));
    let refused = |list: &str| collection.refused(&["--list", list]);
    assert!(refused("nowhere").contains("nowhere: "), "{}", refused("nowhere"));
    assert!(refused(".").contains(". is a folder; name a file"), "{}", refused("."));
    assert!(refused("00.png").contains("no list of one name a line"), "{}", refused("00.png"));
    assert!(refused("long").contains("long: name 1 has more than 32768 bytes"), "{}", refused("long"));
    // What stood before it is captioned.
    let late = collection.caption(&["--list", "late", "--jsonl", "captions.jsonl"]);
    assert!(late.status.code() == Some(1) && stderr(&late).contains("name 2 has more"), "{}", stderr(&late));
    assert_eq!(collection.photos("captions.jsonl"), ["00.png"]);
}

#[test]
fn arguments_that_do_not_belong_together_are_mistakes() {
    let collection = Collection::of(1);
    let mistakes: [&[&str]; 12] = [
        &[],
        &["00.png", "--null"],
        &["00.png", "--resume"],
        &["00.png", "--json", "--resume"],
        &["00.png", "--jsonl", "a", "--retry-failed"],
        &["00.png", "--jsonl", "a", "--json"],
        &["00.png", "--jsonl", "a", "--parquet", "b"],
        &["00.png", "--parquet", "a", "--rows-per-file", "0"],
        &["00.png", "--shard", "0/16"],
        &["00.png", "--shard", "17/16"],
        &["00.png", "--shard", "3"],
        &["00.png", "--threads", "0"],
    ];
    for arguments in mistakes {
        let output = collection.caption(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    }
    let shard = stderr(&collection.caption(&["00.png", "--shard", "17/16"]));
    assert!(shard.contains("there is no shard 17 of 16; they are numbered from 1 to 16"), "{shard}");
    assert!(!collection.path("a").exists());
}

#[test]
fn a_file_of_lines_has_every_column_of_every_photo() {
    let collection = Collection::of(1);
    let output = collection.caption(&["00.png", "no.png", "--jsonl", "captions.jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("; 1 failed, 0 were done before"), "{}", stderr(&output));
    let lines = collection.lines("captions.jsonl");
    let columns = [
        "photo",
        "caption",
        "text",
        "log_probability",
        "sureness",
        "familiar",
        "model",
        "settings",
        "error_code",
        "error_message",
    ];
    for line in &lines {
        assert_eq!(line.as_object().unwrap().keys().collect::<Vec<_>>(), columns);
    }
    let printed: Value = serde_json::from_str(&stdout(&collection.succeeds(&["00.png", "--json"]))).unwrap();
    let [captioned, failed] = &lines[..] else { panic!("{lines:?}") };
    for (column, key) in [
        ("photo", "photo"),
        ("caption", "hedged"),
        ("text", "text"),
        ("log_probability", "logProbability"),
        ("sureness", "sureness"),
        ("familiar", "familiar"),
    ] {
        assert_eq!(captioned[column], printed[key], "{column}");
    }
    assert_eq!(captioned["model"], small_manifest().name);
    assert_eq!((&captioned["error_code"], &failed["caption"]), (&Value::Null, &Value::Null));
    assert_eq!((&failed["photo"], &failed["error_code"]), (&"no.png".into(), &"unreadable".into()));
    assert!(failed["error_message"].as_str().unwrap().contains("No such file"), "{failed}");
}

#[test]
fn parquet_files_have_the_columns_and_values_of_the_lines() {
    let collection = Collection::of(5);
    let photos = ["00.png", "01.png", "no.png", "03.png", "04.png"];
    collection.caption(&[&photos[..], &["--jsonl", "captions.jsonl"]].concat());
    collection.caption(&[&photos[..], &["--parquet", "captions", "--rows-per-file", "2"]].concat());
    let mut files: Vec<_> =
        collection.path("captions").read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    files.sort();
    assert_eq!(files, ["captions-00000.parquet", "captions-00001.parquet", "captions-00002.parquet"]);
    let rows = collection.rows("captions");
    let lines = collection.lines("captions.jsonl");
    assert_eq!(rows.len(), lines.len());
    for (row, line) in rows.iter().zip(&lines) {
        for ((name, field), (key, value)) in row.iter().zip(line.as_object().unwrap()) {
            let field = match field {
                Field::Null => Value::Null,
                Field::Bool(is) => (*is).into(),
                Field::Float(number) => (*number).into(),
                other => text(other).into(),
            };
            assert_eq!(name, key);
            // A line has the shortest digits that say a float.
            let is_equal = match (field.as_f64(), value.as_f64()) {
                (Some(field), Some(value)) => field as f32 == value as f32,
                _ => field == *value,
            };
            assert!(is_equal, "{name}: {field} and {value}");
        }
    }
}

#[test]
fn what_is_there_is_not_written_over() {
    let collection = Collection::of(2);
    collection.succeeds(&["00.png", "--jsonl", "captions.jsonl"]);
    collection.succeeds(&["00.png", "--parquet", "captions"]);
    let again = collection.refused(&["01.png", "--jsonl", "captions.jsonl"]);
    assert!(
        again.contains("captions.jsonl is there already; go on with it by --resume, or name another file"),
        "{again}"
    );
    let again = collection.refused(&["01.png", "--parquet", "captions"]);
    assert!(again.contains("captions holds captions already; go on with them by --resume"), "{again}");
    let folder = collection.refused(&["01.png", "--jsonl", "captions", "--resume"]);
    assert!(folder.contains("captions is a folder; name a file"), "{folder}");
    let file = collection.refused(&["01.png", "--parquet", "captions.jsonl", "--resume"]);
    assert!(file.contains("captions.jsonl is a file; --parquet takes the name of a folder"), "{file}");
    let nowhere = collection.refused(&["01.png", "--jsonl", "no/folder/captions.jsonl"]);
    assert!(nowhere.contains("no/folder/captions.jsonl: "), "{nowhere}");
    assert_eq!(collection.photos("captions.jsonl"), ["00.png"]);
    assert_eq!(collection.parquet_photos("captions"), ["00.png"]);
}

#[test]
fn who_resumes_gets_what_is_missing_and_failures_again_where_they_are_asked_for() {
    let collection = Collection::of(3);
    for output in [["--jsonl", "captions.jsonl"], ["--parquet", "captions"]] {
        let photos = || match output[0] {
            "--jsonl" => collection.photos("captions.jsonl"),
            _ => collection.parquet_photos("captions"),
        };
        let caption = |photos: &[&str], more: &[&str]| {
            let output = collection.caption(&[photos, &output, more].concat());
            (output.status.code().unwrap(), stderr(&output))
        };
        let all = ["00.png", "late.png", "01.png", "02.png"];
        // Nothing is there yet: the same command serves for the first time and for every other.
        assert_eq!(caption(&all[..2], &["--resume"]).0, 1);
        let (status, said) = caption(&all, &["--resume"]);
        assert!(status == 0 && said.contains("0 failed, 2 were done before"), "{said}");
        assert_eq!(photos(), all);
        collection.add("small.png", "late.png");
        let (status, said) = caption(&all, &["--resume"]);
        assert!(status == 0 && said.starts_with("0 photos in "), "{said}");
        let (status, said) = caption(&all, &["--resume", "--retry-failed"]);
        assert!(status == 0 && said.contains("0 failed, 3 were done before"), "{said}");
        assert_eq!(photos(), ["00.png", "01.png", "02.png", "late.png"]);
        std::fs::remove_file(collection.path("late.png")).unwrap();
    }
    assert!(collection.lines("captions.jsonl").iter().all(|line| line["error_code"].is_null()));
}

#[test]
fn captions_of_another_model_or_by_other_options_are_not_mixed() {
    let collection = Collection::of(2);
    let other = Model::of(&Manifest { name: "another".into(), ..small_manifest() });
    for output in [["--jsonl", "captions.jsonl"], ["--parquet", "captions"]] {
        collection.succeeds(&[&["00.png"], &output[..]].concat());
        let go_on = [&["00.png", "01.png", "--resume"], &output[..]].concat();
        let refused = collection.refused(&[&go_on, &["--beams", "2"][..]].concat());
        assert!(refused.contains("its captions were made with other options"), "{refused}");
        let fixed = ["caption", "--device", "cpu", "--model", &other.path()];
        let refused = sightline_in(collection.folder.path(), &[&fixed[..], &go_on].concat());
        assert_eq!(refused.status.code(), Some(1));
        assert!(stderr(&refused).contains("and these would be by another; go on with that"), "{}", stderr(&refused));
    }
    assert_eq!(collection.photos("captions.jsonl"), ["00.png"]);
    assert_eq!(collection.parquet_photos("captions"), ["00.png"]);
}

#[test]
fn half_a_line_at_the_end_is_cut_off_and_its_photo_done_again() {
    let collection = Collection::of(3);
    let all = ["00.png", "01.png", "02.png", "--jsonl", "captions.jsonl"];
    collection.succeeds(&all);
    let whole = std::fs::read_to_string(collection.path("captions.jsonl")).unwrap();
    for left in [whole.len() - 1, whole.len() - 20, whole.lines().next().unwrap().len() + 4] {
        collection.write("captions.jsonl", &whole[..left]);
        collection.succeeds(&[&all[..], &["--resume"]].concat());
        assert_eq!(std::fs::read_to_string(collection.path("captions.jsonl")).unwrap(), whole, "{left}");
    }
}

#[test]
fn a_file_that_holds_something_else_is_left_as_it_is() {
    let collection = Collection::of(1);
    for other in ["notes", "notes\n", "{\"photo\":\"a\"}\n", &"a".repeat(2 << 20)] {
        collection.write("captions.jsonl", other);
        let refused = collection.refused(&["00.png", "--jsonl", "captions.jsonl", "--resume"]);
        assert!(
            refused.contains("captions.jsonl") && refused.contains("not written by sightline caption"),
            "{refused}"
        );
        assert_eq!(std::fs::read_to_string(collection.path("captions.jsonl")).unwrap(), other);
    }
    std::fs::create_dir(collection.path("captions")).unwrap();
    for other in ["", "notes"] {
        collection.write("captions/captions-00000.parquet", other);
        let refused = collection.refused(&["00.png", "--parquet", "captions", "--resume"]);
        assert!(refused.contains("captions-00000.parquet: "), "{refused}");
    }
}

#[test]
fn shards_part_a_collection_so_that_each_photo_is_in_one() {
    let collection = Collection::of(12);
    let mut seen = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        collection.succeeds(&[".", "--shard", shard, "--parquet", "captions"]);
        let lines = format!("{}.jsonl", &shard[..1]);
        collection.succeeds(&[".", "--shard", shard, "--jsonl", &lines]);
        let photos = collection.photos(&lines);
        assert!(photos.is_sorted() && !photos.is_empty(), "{photos:?}");
        seen.extend(photos);
    }
    // In the order of the shards, in either form.
    assert_eq!(collection.parquet_photos("captions"), seen);
    seen.sort();
    assert_eq!(seen, names(12).iter().map(|name| format!("./{name}")).collect::<Vec<_>>());
    // A photo more moves no other.
    let before = collection.photos("1.jsonl");
    collection.add("small.png", "more.png");
    collection.succeeds(&[".", "--shard", "1/3", "--jsonl", "1.jsonl", "--resume"]);
    assert_eq!(collection.photos("1.jsonl")[..before.len()], before);
}

#[test]
fn photos_side_by_side_have_the_captions_that_they_have_alone_in_the_same_order() {
    let collection = Collection::of(9);
    collection.add("scene.jpg", "03.png");
    collection.add("text.jpg", "06.png");
    let one = collection.caption(&[".", "--csv", "--threads", "1"]);
    let several = collection.caption(&[".", "--csv", "--threads", "4"]);
    assert_eq!(stdout(&several), stdout(&one));
    assert_eq!(stderr(&several), stderr(&one));
    assert_eq!(stdout(&one).lines().count(), 10);
}

/// Names are unlike each other where they are not UTF-8, and look the same in a file that is.
#[cfg(target_os = "linux")]
#[test]
fn a_name_that_no_file_of_captions_can_hold_is_an_error_there() {
    use std::os::unix::ffi::OsStrExt;
    let collection = Collection::of(1);
    let name = std::ffi::OsStr::from_bytes(b"\xff.png");
    std::fs::copy(collection.path("00.png"), collection.folder.path().join(name)).unwrap();
    collection.write("list", b"\xff.png\n");
    let output = collection.caption(&["--list", "list", "--jsonl", "captions.jsonl"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(collection.lines("captions.jsonl")[0]["error_code"], "bad-name");
    assert_eq!(stdout(&collection.succeeds(&["--list", "list", "--csv"])).lines().count(), 2);
}

#[cfg(unix)]
mod ended {
    //! From without, while it waits for more names.

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    use super::*;

    /// Writes names, and waits until the file holds lines of all of them.
    fn begun(collection: &Collection, names: &[String], more: &[&str]) -> Child {
        let mut child = collection.begin(&[&["--jsonl", "captions.jsonl", "--resume"], more].concat());
        child.stdin.as_mut().unwrap().write_all(listed(names).as_bytes()).unwrap();
        let lines = || std::fs::read(collection.path("captions.jsonl")).unwrap_or_default();
        while lines().iter().filter(|byte| **byte == b'\n').count() < names.len() {
            assert_eq!(child.try_wait().unwrap(), None, "it ended before it was ended");
            std::thread::yield_now();
        }
        child
    }

    fn all_once(collection: &Collection, names: &[String]) {
        collection.write("list", listed(names));
        collection.succeeds(&["--list", "list", "--jsonl", "captions.jsonl", "--resume"]);
        assert_eq!(collection.photos("captions.jsonl"), names);
    }

    #[test]
    fn killed_in_the_middle_it_goes_on_and_every_photo_is_there_once() {
        let names = names(8);
        let collection = Collection::of(8);
        let mut child = begun(&collection, &names[..3], &["--threads", "2"]);
        child.kill().unwrap();
        child.wait().unwrap();
        // Half a line, as where the system stops in the middle of it.
        let whole = std::fs::read(collection.path("captions.jsonl")).unwrap();
        collection.write("captions.jsonl", &whole[..whole.len() - 7]);
        all_once(&collection, &names);
    }

    #[test]
    fn killed_in_the_middle_parquet_files_are_whole_and_every_photo_is_there_once() {
        let names = names(8);
        let collection = Collection::of(8);
        let parquet = ["--parquet", "captions", "--rows-per-file", "2", "--resume"];
        let mut child = collection.begin(&parquet);
        child.stdin.as_mut().unwrap().write_all(listed(&names[..5]).as_bytes()).unwrap();
        while !collection.path("captions/captions-00001.parquet").exists() {
            assert_eq!(child.try_wait().unwrap(), None, "it ended before it was ended");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        collection.write("list", listed(&names));
        collection.succeeds(&[&["--list", "list"], &parquet[..]].concat());
        let rows: BTreeSet<String> = collection.parquet_photos("captions").into_iter().collect();
        assert_eq!(Vec::from_iter(rows), names);
        assert_eq!(collection.parquet_photos("captions").len(), names.len());
    }

    #[test]
    fn ctrl_c_ends_it_with_130_though_it_waits_for_names() {
        let names = names(4);
        for signal in [Signal::SIGINT, Signal::SIGTERM] {
            let collection = Collection::of(4);
            let mut child = begun(&collection, &names[..2], &[]);
            kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
            // Its standard input stays open: nobody ended the list.
            let list = child.stdin.take();
            let output = child.wait_with_output().unwrap();
            drop(list);
            assert_eq!(output.status.code(), Some(130));
            assert!(stderr(&output).contains("go on with the same command and --resume"), "{}", stderr(&output));
            assert_eq!(collection.photos("captions.jsonl"), names[..2]);
            all_once(&collection, &names);
        }
    }

    #[test]
    fn nobody_else_writes_to_a_file_meanwhile() {
        let names = names(2);
        let collection = Collection::of(2);
        let mut child = begun(&collection, &names[..1], &[]);
        let refused = collection.refused(&["01.png", "--jsonl", "captions.jsonl", "--resume"]);
        assert!(refused.contains("captions.jsonl: another sightline caption writes to it"), "{refused}");
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
        all_once(&collection, &names);
    }
}
