//! `sightline filter`, as a person or a script meets it.

use std::path::Path;
use std::process::Output;

use image::{ColorType, DynamicImage, Rgb, RgbImage};

use crate::command::{sightline, sightline_in, stderr, stdout};

/// Among photos of the tests; what is written goes elsewhere.
fn filter(photo: &str, out: &Path, arguments: &[&str]) -> Output {
    sightline(&[&["filter", photo, "-o", &out.display().to_string()], arguments].concat())
}

/// A photo of known pixels, filtered.
fn filtered(photo: &RgbImage, arguments: &[&str]) -> (DynamicImage, String) {
    let folder = tempfile::tempdir().unwrap();
    photo.save(folder.path().join("photo.png")).unwrap();
    let output = sightline_in(folder.path(), &[&["filter", "photo.png", "-o", "out.png"], arguments].concat());
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
    assert_eq!(stderr(&output), "");
    (image::open(folder.path().join("out.png")).unwrap(), stdout(&output))
}

/// Black on the left, and from a column on of one colour.
fn step() -> RgbImage {
    RgbImage::from_fn(6, 4, |x, _| Rgb(if x < 3 { [0; 3] } else { [40, 100, 200] }))
}

fn row(picture: &DynamicImage, y: u32, channel: usize) -> Vec<u8> {
    (0..picture.width()).map(|x| picture.to_rgb8().get_pixel(x, y).0[channel]).collect()
}

#[test]
fn every_kernel_finds_its_step() {
    let of = |kernel| filtered(&step(), &["--kernel", kernel]).0;
    assert_eq!(row(&of("sobel-x"), 1, 0), [0, 0, 160, 160, 0, 160], "what is outside is black");
    assert_eq!(row(&of("sobel-y"), 1, 0), [0; 6]);
    assert_eq!(row(&of("edge"), 1, 1), [0, 0, 255, 255, 0, 255]);
    // 200 / 3, rounded up.
    assert_eq!(row(&of("box"), 1, 2), [0, 0, 67, 133, 200, 133]);
    assert_eq!(row(&of("gaussian"), 1, 1), [0, 0, 25, 75, 100, 75]);
    assert_eq!(row(&of("sharpen"), 1, 1), [0, 0, 0, 125, 100, 125]);
    // Columns of the weights sum to -3, 1 and 3.
    assert_eq!(row(&of("emboss"), 1, 0), [0, 0, 120, 160, 40, 0]);
}

#[test]
fn larger_kernels_reach_farther() {
    let (picture, text) = filtered(&step(), &["--kernel", "gaussian", "--size", "5"]);
    // The weights are 1, 4, 6, 4 and 1 sixteenths along both axes. Four rows of them lie in the photo, 15 sixteenths; and
    // of the columns, from left to right, 0, 1, 5, 11, 14 and 11 sixteenths lie on its coloured half.
    assert_eq!(row(&picture, 1, 1), [0, 6, 29, 64, 82, 64], "{text}");
}

#[test]
fn the_formula_of_the_size_is_told() {
    let (picture, text) = filtered(&step(), &["--kernel", "sobel-x", "--padding", "valid", "--stride", "2"]);
    assert_eq!((picture.width(), picture.height()), (2, 1));
    let wanted = "sobel-x kernel of 3×3:\n  -1   0   1\n  -2   0   2\n  -1   0   1\n\
                  ⌊(6 + 0 + 0 − 3) / 2⌋ + 1 = 2 columns\n⌊(4 + 0 + 0 − 3) / 2⌋ + 1 = 1 rows\n";
    assert_eq!(text, wanted);
    let (picture, text) =
        filtered(&step(), &["--kernel", "box", "--padding", "full", "--pool", "max", "--window", "3"]);
    assert_eq!((picture.width(), picture.height()), (2, 2));
    assert!(text.contains("(6 + 2 + 2 − 3) / 1 + 1 = 8 columns\n(4 + 2 + 2 − 3) / 1 + 1 = 6 rows\n"), "{text}");
    assert!(text.ends_with("pooled: ⌊8 / 3⌋ = 2 columns\npooled: ⌊6 / 3⌋ = 2 rows\n"), "{text}");
    let (picture, _) = filtered(&step(), &["--kernel", "box", "--padding", "64", "--stride", "16"]);
    assert_eq!((picture.width(), picture.height()), (9, 9));
}

#[test]
fn grey_pooling_gamma_and_threshold_follow_one_another() {
    let arguments = ["--custom", "0,0,0;0,1,0;0,0,0", "--grey"];
    let (grey, text) = filtered(&step(), &arguments);
    assert_eq!(grey.color(), ColorType::L8);
    assert!(text.starts_with("custom kernel of 3×3:\n  0  0  0\n  0  1  0\n"), "{text}");
    // 0.299 · 40 + 0.587 · 100 + 0.114 · 200 = 93.46
    assert_eq!(row(&grey, 0, 0), [0, 0, 0, 93, 93, 93]);
    let (pooled, _) = filtered(&step(), &[&arguments[..], &["--pool", "average"]].concat());
    assert_eq!(row(&pooled, 0, 0), [0, 47, 93], "46.5 is rounded up");
    // 255 · (47 / 255)^0.5 = 109.5 and 255 · (93 / 255)^0.5 = 153.99
    let (bright, _) = filtered(&step(), &[&arguments[..], &["--pool", "average", "--gamma", "0.5"]].concat());
    assert_eq!(row(&bright, 0, 0), [0, 109, 154]);
    let all = [&arguments[..], &["--pool", "average", "--gamma", "0.5", "--threshold", "110"]].concat();
    assert_eq!(row(&filtered(&step(), &all).0, 0, 0), [0, 0, 255]);
}

#[test]
fn a_photo_is_filtered_upright_at_its_own_size() {
    let folder = tempfile::tempdir().unwrap();
    let pixels = |orientation: u32| {
        let out = folder.path().join("out.png");
        let output = filter(&format!("orientation-{orientation}.jpg"), &out, &["--custom", "1"]);
        assert!(output.status.success(), "{}", stderr(&output));
        image::open(out).unwrap().into_rgb8()
    };
    let upright = pixels(1);
    for orientation in 2..=8 {
        let turned = pixels(orientation);
        assert_eq!(turned.dimensions(), upright.dimensions(), "{orientation}");
        let differences = turned.as_raw().iter().zip(upright.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b)));
        let mean = differences.sum::<u64>() as f64 / upright.as_raw().len() as f64;
        // Each was made a JPEG by itself.
        assert!(mean < 4.0, "{orientation}: {mean}");
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let refused = |photo: &str, out: &Path, arguments: &[&str]| {
        let output = filter(photo, out, arguments);
        assert!(!output.status.success() && stdout(&output).is_empty() && !out.is_file(), "{arguments:?}");
        stderr(&output)
    };
    let error = refused("scene.jpg", &folder.path().join("out.jpg"), &["--kernel", "box"]);
    assert!(error.contains("out.jpg: the picture is a PNG, so its name has to end in .png"), "{error}");
    let error = refused("scene.jpg", &folder.path().join("no/out.png"), &["--kernel", "box"]);
    assert!(error.contains("out.png cannot be written: there is no folder"), "{error}");
    let error = refused("empty.jpg", &out, &["--kernel", "box"]);
    assert_eq!(error, "sightline: empty.jpg: the file is empty\n");
    let error = refused("one-pixel.png", &out, &["--kernel", "box", "--size", "5", "--padding", "1"]);
    assert!(error.contains("a kernel of 5×5 does not fit into 1×1 pixels with 1 zeros before and 1 after"), "{error}");
    let error = refused("one-pixel.png", &out, &["--kernel", "box", "--pool", "max"]);
    assert!(error.contains("a window of 2×2 does not fit into the 1×1 pixels"), "{error}");
    for (arguments, part) in [
        (&[][..], "<--kernel <NAME>|--custom <ROWS>>"),
        (&["--kernel", "box", "--custom", "1"], "cannot be used with"),
        (&["--kernel", "blur"], "possible values: sharpen, edge, box, gaussian, emboss, sobel-x, sobel-y"),
        (&["--kernel", "box", "--size", "4"], "possible values: 3, 5, 7"),
        (&["--custom", "1", "--size", "3"], "cannot be used with"),
        (&["--custom", "-1,2;3"], "a kernel is a square: there are 2 rows, and row 2 has 1 numbers"),
        (&["--kernel", "box", "--stride", "17"], "17 is not in 1..=16"),
        (&["--kernel", "box", "--padding", "65"], "same, valid, full or a number from 0 to 64 is allowed"),
        (&["--kernel", "box", "--window", "3"], "--pool"),
        (&["--kernel", "box", "--gamma", "11"], "a number from 0.1 to 10 is allowed"),
        (&["--kernel", "box", "--threshold", "256"], "256 is not in 0..=255"),
    ] {
        let error = refused("scene.jpg", &out, arguments);
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
}
