//! Data sets: every format gives the same photos, and what is odd is named and left out.

use std::path::{Path, PathBuf};

use serde_json::json;
use sightline_train::data::dataset::{Broken, Dataset, DatasetError, Lists, Portion, Sources, Split, Splits};

/// A folder with a captions file and photos, which nobody decodes here.
struct Folder {
    // Removed when it is dropped.
    folder: tempfile::TempDir,
}

impl Folder {
    fn new(captions: impl AsRef<[u8]>, photos: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("photos")).unwrap();
        let this = Self { folder };
        this.put("captions", captions);
        photos.iter().for_each(|photo| this.put(&format!("photos/{photo}"), ""));
        this
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn read(&self, splits: Splits) -> Result<Dataset, DatasetError> {
        Dataset::read(&Sources { captions: self.path("captions"), images: self.path("photos"), splits })
    }

    fn all(&self) -> Dataset {
        self.read(Splits::Whole(Split::Train)).unwrap()
    }

    fn error(&self, splits: Splits) -> String {
        let error = self.read(splits).unwrap_err().to_string();
        error.replace(&format!("{}/", self.folder.path().display()), "")
    }

    fn lists(&self, train: &str, validation: &str) -> Splits {
        self.put("train.txt", train);
        self.put("val.txt", validation);
        Splits::Lists(Lists { train: Some(self.path("train.txt")), validation: Some(self.path("val.txt")), test: None })
    }
}

fn names(dataset: &Dataset, split: Split) -> Vec<&str> {
    dataset.split(split).map(|sample| sample.name.as_str()).collect()
}

fn captions(dataset: &Dataset) -> Vec<(&str, Vec<&str>)> {
    dataset
        .photos
        .iter()
        .map(|sample| (sample.name.as_str(), sample.captions.iter().map(String::as_str).collect()))
        .collect()
}

const CSV: &str = "image,caption\nb.jpg,A dog .\nb.jpg,\"A dog , wet .\"\na.jpg,A cat .\n";
const TOKEN: &str = "b.jpg#0\tA dog .\nb.jpg#1\tA dog , wet .\na.jpg#0\tA cat .\n";

fn coco() -> serde_json::Value {
    json!({
        "info": {"year": 2017},
        "images": [{"id": 7, "file_name": "b.jpg", "height": 1}, {"id": 3, "file_name": "a.jpg"}],
        "annotations": [
            {"id": 1, "image_id": 7, "caption": "A dog ."},
            {"id": 2, "image_id": 3, "caption": "A cat ."},
            {"id": 3, "image_id": 7, "caption": "A dog , wet ."},
        ],
    })
}

fn karpathy_image(folder: &str, name: &str, split: &str, captions: &[&str]) -> serde_json::Value {
    let sentences: Vec<_> = captions.iter().map(|raw| json!({"raw": raw, "tokens": ["a"], "imgid": 1})).collect();
    json!({"filepath": folder, "filename": name, "split": split, "sentences": sentences, "imgid": 1})
}

fn karpathy(images: &[serde_json::Value]) -> String {
    json!({"images": images, "dataset": "flickr8k"}).to_string()
}

#[test]
fn every_format_says_the_same() {
    let karpathy = karpathy(&[
        karpathy_image("", "b.jpg", "train", &["A dog .", "A dog , wet ."]),
        karpathy_image("", "a.jpg", "train", &["A cat ."]),
    ]);
    for file in [CSV, TOKEN, &coco().to_string(), &karpathy] {
        for file in [file.to_string(), format!("\u{feff}{file}"), file.replace('\n', "\r\n")] {
            let folder = Folder::new(&file, &["a.jpg", "b.jpg"]);
            let dataset = folder.all();
            assert_eq!(captions(&dataset), [("a.jpg", vec!["A cat ."]), ("b.jpg", vec!["A dog .", "A dog , wet ."])]);
            assert_eq!(dataset.photos[0].path, folder.path("photos/a.jpg"));
            assert!(dataset.left_out.is_empty(), "{}", dataset.left_out);
        }
    }
}

#[test]
fn other_files_are_not_recognised() {
    let header = "image_name| comment_number| comment\na.jpg| 0| A cat .\n";
    for file in ["", "hello\n", header, "[1, 2]", "{\"words\": 3}", "\0\0\0\0", "\u{feff}"] {
        let error = Folder::new(file, &[]).error(Splits::Own);
        assert!(error.starts_with("captions: not a captions file of a known format; known are a CSV file"), "{error}");
    }
}

#[test]
fn json_that_is_no_captions_file_is_named() {
    let error = |json: &str| Folder::new(json, &[]).error(Splits::Own);
    assert!(error("{\"images\": [").starts_with("captions: looks like JSON, but is not readable as such: EOF"));
    let instances = json!({"images": [{"id": 1, "file_name": "a.jpg"}], "annotations": [{"image_id": 1, "bbox": []}]});
    assert!(
        error(&instances.to_string())
            .contains("looks like COCO captions JSON, but is not readable as such: missing field `caption`")
    );
    let odd = karpathy(&[karpathy_image("", "a.jpg", "dev", &[])]);
    assert!(error(&odd).contains("unknown variant `dev`, expected one of `train`, `restval`, `val`, `test`"));
}

#[test]
fn a_few_odd_lines_are_left_out_and_named() {
    let folder = Folder::new("image,caption\nb.jpg,A dog .\nno row\na.jpg,A cat .\n", &["a.jpg", "b.jpg"]);
    let dataset = folder.all();
    assert_eq!(dataset.photos.len(), 2);
    assert_eq!(dataset.left_out.to_string(), "1 line is unreadable: line 3 (no comma)");

    let mut token = TOKEN.as_bytes().to_vec();
    token.extend(b"a.jpg\tA cat .\nb.jpg#x\tA dog .\n#1\tA dog .\nb.jpg#5 A dog .\na.jpg#4\tA caf\xe9 .\n");
    let dataset = Folder::new(token, &["a.jpg", "b.jpg"]).all();
    let reasons: Vec<_> = dataset.left_out.unreadable.iter().map(ToString::to_string).collect();
    let expected = [
        "line 4 (no # and number after the name)",
        "line 5 (no # and number after the name)",
        "line 6 (no name before the #)",
        "line 7 (no tab)",
        "line 8 (not UTF-8)",
    ];
    assert_eq!(reasons, expected);

    let mut coco = coco();
    coco["annotations"][1]["image_id"] = 99.into();
    coco["images"][1]["id"] = 7.into();
    let report = Folder::new(coco.to_string(), &["a.jpg", "b.jpg"]).all().left_out;
    let unreadable: Vec<_> = report.unreadable.iter().map(ToString::to_string).collect();
    assert_eq!(unreadable, ["image 7 (b.jpg has the same id)", "annotation 2 (there is no image with the id 99)"]);
}

#[test]
fn many_odd_lines_are_an_error() {
    let odd = TOKEN.to_string() + &"a.jpg#0 A cat .\n".repeat(20);
    let error = Folder::new(odd, &["a.jpg", "b.jpg"]).error(Splits::Own);
    assert_eq!(
        error,
        "captions: 20 of 23 lines are unreadable, the first is line 4: no tab; mend the file or get it again"
    );
    assert_eq!(Folder::new("image,caption\n", &[]).error(Splits::Own), "captions: there is no caption in it");
}

#[test]
fn photos_and_captions_that_are_not_there_are_left_out_and_named() {
    let rows = "image,caption\na.jpg,A cat .\na.jpg, . \na.jpg,\nb.jpg,!\nc.jpg,A dog .\nd.jpg,A dog .\ne.jpg,A dog .\n\
                f.jpg,A dog .\n2258277193_586949ec62.jpg.1,A dog .\n";
    let dataset = Folder::new(rows, &["a.jpg", "b.jpg"]).all();
    assert_eq!(captions(&dataset), [("a.jpg", vec!["A cat ."])]);
    assert_eq!(
        dataset.left_out.to_string(),
        "5 photos are missing: 2258277193_586949ec62.jpg.1, c.jpg, d.jpg and 2 more\n\
         3 captions are empty: a.jpg, a.jpg, b.jpg\n\
         1 photo has no caption: b.jpg"
    );
    assert_eq!(dataset.left_out.missing.len(), 5);
}

#[test]
fn the_wrong_folder_is_named() {
    let folder = Folder::new(CSV, &[]);
    let error = folder.error(Splits::Whole(Split::Train));
    let expected =
        "photos: holds none of the 2 photos that captions names, such as a.jpg; give the folder that they are in";
    assert_eq!(error, expected);
    std::fs::remove_dir(folder.path("photos")).unwrap();
    let error = folder.error(Splits::Whole(Split::Train));
    assert_eq!(error, "photos: there is no such folder; give the one that holds the photos");
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    let rows = "image,caption\n../captions,A cat .\n../captions,A cat .\n/etc/passwd,A cat .\n\
                x/../../captions,A cat .\n./a.jpg,A cat .\n";
    let folder = Folder::new(rows, &["a.jpg"]);
    let dataset = folder.all();
    assert_eq!(names(&dataset, Split::Train), ["a.jpg"]);
    assert_eq!(dataset.left_out.refused, ["../captions", "/etc/passwd", "x/../../captions"]);
    let image = karpathy_image("..", "captions", "train", &["A cat ."]);
    let dataset = Folder::new(karpathy(&[image, karpathy_image("", "a.jpg", "train", &["A cat ."])]), &["a.jpg"]).all();
    assert_eq!(dataset.left_out.to_string(), "1 name leads out of the image folder: ../captions");
}

#[test]
fn a_report_does_not_command_the_terminal() {
    let dataset = Folder::new("image,caption\na.jpg,A cat .\n\u{1b}[2J.jpg,A cat .\n", &["a.jpg"]).all();
    assert_eq!(dataset.left_out.to_string(), "1 photo is missing: \u{fffd}[2J.jpg");
}

#[test]
fn karpathys_file_splits_and_names_folders() {
    let json = karpathy(&[
        karpathy_image("val2014", "a.jpg", "val", &["A cat ."]),
        karpathy_image("val2014", "b.jpg", "restval", &["A dog ."]),
        karpathy_image("train2014", "c.jpg", "train", &["A bird ."]),
        karpathy_image("val2014", "d.jpg", "test", &["A fish ."]),
    ]);
    let photos = ["val2014/a.jpg", "val2014/b.jpg", "train2014/c.jpg", "val2014/d.jpg"];
    let folder = Folder::new(&json, &photos);
    let dataset = folder.read(Splits::Own).unwrap();
    assert_eq!(names(&dataset, Split::Train), ["train2014/c.jpg", "val2014/b.jpg"]);
    assert_eq!(names(&dataset, Split::Validation), ["val2014/a.jpg"]);
    assert_eq!(names(&dataset, Split::Test), ["val2014/d.jpg"]);
    let flat = Folder::new(&json, &["a.jpg", "b.jpg", "c.jpg", "d.jpg"]);
    assert_eq!(flat.all().photos[0].path, flat.path("photos/c.jpg"));
    // Lists name COCO's photos without their folder.
    let listed = folder.read(folder.lists("a.jpg\nb\n", "c.jpg\n")).unwrap();
    assert_eq!(names(&listed, Split::Train), ["val2014/a.jpg", "val2014/b.jpg"]);
    assert_eq!(listed.left_out.without_split, ["val2014/d.jpg"]);
}

#[test]
fn photos_of_one_name_in_two_folders_stay_two() {
    let images = ["x", "y"].map(|folder| karpathy_image(folder, "a.jpg", "train", &[folder]));
    let dataset = Folder::new(karpathy(&images), &["x/a.jpg", "a.jpg"]).all();
    assert_eq!(captions(&dataset), [("x/a.jpg", vec!["x"])]);
    assert_eq!(dataset.left_out.missing, ["y/a.jpg"]);
}

#[test]
fn lists_split() {
    let folder = Folder::new(format!("{CSV}c.jpg,A bird .\n"), &["a.jpg", "b.jpg", "c.jpg"]);
    let dataset = folder.read(folder.lists("\u{feff}a.jpg\r\n\r\na\r\nghost.jpg\r\n", "b.jpg")).unwrap();
    assert_eq!(names(&dataset, Split::Train), ["a.jpg"]);
    assert_eq!(names(&dataset, Split::Validation), ["b.jpg"]);
    assert_eq!(
        dataset.left_out.to_string(),
        "1 listed photo has no captions: ghost.jpg\n1 photo is in no split: c.jpg"
    );
}

#[test]
fn lists_that_cannot_be_meant_are_refused() {
    let rows = format!("{CSV}a.png,A bird .\n");
    let folder = Folder::new(&rows, &["a.jpg", "b.jpg", "a.png"]);
    let error = |train: &str, validation: &str| folder.error(folder.lists(train, validation));
    assert_eq!(
        error("a.jpg\nb", "b.jpg"),
        "the photo \"b.jpg\" is in the splits train and validation; take it out of one"
    );
    assert_eq!(error("\na\n", "b"), "train.txt: line 2: \"a\" may be \"a.jpg\" or \"a.png\"; write the whole name");
    assert_eq!(
        error("a.jpg", "ghost.jpg\n"),
        "the split validation has no photo that can be used; give it others, or mend these: \
         1 listed photo has no captions: ghost.jpg; 2 photos are in no split: a.png, b.jpg"
    );
    assert_eq!(
        folder.error(Splits::Own),
        "captions: says nothing about splits; give lists of names, or shares to be drawn by a seed"
    );
    let nowhere = Lists { train: Some(folder.path("none.txt")), ..Lists::default() };
    assert!(folder.error(Splits::Lists(nowhere)).starts_with("none.txt: No such file"));
}

#[test]
fn a_photo_in_two_of_karpathys_splits_is_refused() {
    let images = ["train", "val"].map(|split| karpathy_image("", "a.jpg", split, &["A cat ."]));
    let error = Folder::new(karpathy(&images), &["a.jpg"]).error(Splits::Own);
    assert_eq!(error, "the photo \"a.jpg\" is in the splits train and validation; take it out of one");
}

/// A data set of photos that are named by their number.
fn numbered(numbers: impl Iterator<Item = usize>) -> Folder {
    let numbers: Vec<String> = numbers.map(|number| format!("{number:03}.jpg")).collect();
    let rows: String = numbers.iter().map(|name| format!("{name},A photo .\n")).collect();
    Folder::new(format!("image,caption\n{rows}"), &numbers.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_seed_splits_always_alike() {
    let drawn = |seed| Splits::Drawn { seed, validation: Portion::Share(0.1), test: Portion::Count(2) };
    let forward = numbered(0..50).read(drawn(7)).unwrap();
    let backward = numbered((0..50).rev()).read(drawn(7)).unwrap();
    // Fixed, so that a model is tested with the photos it was not trained on also after an update.
    assert_eq!(names(&forward, Split::Validation), VALIDATION);
    assert_eq!(names(&forward, Split::Test), TEST);
    assert_eq!(names(&forward, Split::Train).len(), 43);
    assert_eq!(names(&forward, Split::Validation), names(&backward, Split::Validation));
    let other = numbered(0..50).read(drawn(8)).unwrap();
    assert_ne!(names(&forward, Split::Validation), names(&other, Split::Validation));
}

const VALIDATION: [&str; 5] = ["017.jpg", "022.jpg", "023.jpg", "037.jpg", "047.jpg"];
const TEST: [&str; 2] = ["006.jpg", "027.jpg"];

#[test]
fn shares_that_leave_nothing_are_refused() {
    let folder = numbered(0..10);
    let error = |validation, test| folder.error(Splits::Drawn { seed: 1, validation, test });
    let none = Portion::Count(0);
    assert_eq!(
        error(Portion::Count(5), Portion::Count(5)),
        "validation and test take 10 photos, and there are 10; leave some to train on"
    );
    assert!(error(Portion::Count(usize::MAX), Portion::Count(usize::MAX)).contains("take 18,446,744"));
    assert_eq!(error(Portion::Share(0.01), none), "the split validation has no photo that can be used; give it others");
    for share in [1.0, -0.1, f64::NAN] {
        assert!(error(none, Portion::Share(share)).contains("a share is at least 0 and less than 1"));
    }
    assert_eq!(folder.read(Splits::Drawn { seed: 1, validation: none, test: none }).unwrap().photos.len(), 10);
}

#[test]
fn broken_photos_can_be_left_out_later() {
    let folder = Folder::new(format!("{CSV}c.jpg,A bird .\n"), &["a.jpg", "b.jpg", "c.jpg"]);
    let mut dataset = folder.read(folder.lists("a\nb", "c")).unwrap();
    let broken = |name: &str| [Broken { name: name.to_string(), reason: "the JPEG is cut off".to_string() }];
    dataset.leave_out(broken("a.jpg")).unwrap();
    dataset.leave_out(broken("ghost.jpg")).unwrap();
    assert_eq!(names(&dataset, Split::Train), ["b.jpg"]);
    assert_eq!(dataset.left_out.to_string(), "1 photo is broken: a.jpg (the JPEG is cut off)");
    assert!(dataset.require(Split::Test).is_err());
    let error = dataset.leave_out(broken("c.jpg")).unwrap_err().to_string();
    assert!(error.starts_with("the split validation has no photo that can be used"), "{error}");
}

#[test]
fn splits_are_written_in_lower_case() {
    assert_eq!(serde_json::to_string(&Split::ALL).unwrap(), r#"["train","validation","test"]"#);
}

#[test]
fn a_folder_is_no_captions_file() {
    let folder = Folder::new(CSV, &["a.jpg"]);
    let photos: &Path = &folder.path("photos");
    let splits = Splits::Whole(Split::Train);
    let error = Dataset::read(&Sources { captions: photos.into(), images: photos.into(), splits }).unwrap_err();
    assert!(matches!(error, DatasetError::Io { .. }), "{error}");
}
