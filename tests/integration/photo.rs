//! Photos against Pillow, and files that are no photos.

use sightline::Photo;
use sightline::photo::{InputSpec, Limits, PhotoError};
use sightline_test_support::read;

fn decode(name: &str) -> Result<Photo, PhotoError> {
    Photo::decode(&read(&format!("tests/photos/{name}")), &Limits::default())
}

fn code_and_message(bytes: &[u8]) -> (&'static str, String) {
    let error = Photo::decode(bytes, &Limits::default()).expect_err("not a photo");
    (error.code().as_str(), error.to_string())
}

/// Mean and greatest difference in levels, of the channel where it is worst.
fn assert_like_pillow(name: &str, golden: &str) {
    let found = decode(name).unwrap_or_else(|error| panic!("{name}: {error}")).squashed(224);
    let expected = image::load_from_memory(&read(&format!("tests/photos/expected/{golden}"))).unwrap().into_rgb8();
    assert_eq!(found.dimensions(), expected.dimensions());
    for channel in 0..3 {
        let differences = found.pixels().zip(expected.pixels()).map(|(a, b)| a.0[channel].abs_diff(b.0[channel]));
        let (sum, greatest) = differences.fold((0u64, 0u8), |(sum, most), d| (sum + u64::from(d), most.max(d)));
        let mean = sum as f64 / (224.0 * 224.0);
        println!("{name}, channel {channel}: mean {mean:.3}, greatest {greatest}");
        assert!(mean <= 1.0 && greatest <= 4, "{name}, channel {channel}: mean {mean}, greatest {greatest}");
    }
}

#[test]
fn every_format_is_resized_as_pillow_does() {
    for name in [
        "scene.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "grey.jpg",
        "palette.png",
        "rgb16.png",
        "alpha.png",
        "grey-alpha.png",
        "lossy.webp",
        "lossless.webp",
        "animated.gif",
        "scene.bmp",
        "large.jpg",
        "small.png",
    ] {
        assert_like_pillow(name, &format!("{name}.png"));
    }
}

#[test]
fn every_orientation_comes_out_upright() {
    let upright = decode("orientation-1.jpg").unwrap().dimensions();
    for orientation in 1..=8 {
        let name = format!("orientation-{orientation}.jpg");
        let photo = decode(&name).unwrap();
        assert_eq!(photo.dimensions(), upright, "{name}");
        let pixels = photo.upright();
        let rgba = image::DynamicImage::ImageRgb8(pixels.clone()).into_rgba8().into_raw();
        let turned = Photo::from_rgba(pixels.width(), pixels.height(), rgba, &Limits::default()).unwrap();
        // Turned before it is small or after, the same two passes are rounded.
        assert_eq!(turned.squashed(64), photo.squashed(64), "{name}");
        assert_like_pillow(&name, "orientation.png");
    }
}

#[test]
fn the_input_is_normalised_channel_by_channel() {
    let photo = Photo::from_rgba(1, 1, vec![255, 0, 128, 255], &Limits::default()).unwrap();
    let spec = InputSpec { size: 32, mean: vec![0.5, 0.25, 0.0], std: vec![0.5, 0.25, 2.0], ink: false };
    let input = photo.input(&spec);
    assert_eq!(input.len(), 3 * 32 * 32);
    let expected = [1.0, -1.0, 128.0 / 255.0 / 2.0];
    for (channel, expected) in input.chunks(32 * 32).zip(expected) {
        assert!(channel.iter().all(|value| (value - expected).abs() < 1e-6), "{channel:?}");
    }
}

fn input(width: u32, height: u32, grey: impl Fn(u32, u32) -> u8, spec: &InputSpec) -> Vec<f32> {
    let rgba = (0..width * height).flat_map(|i| {
        let value = grey(i % width, i / width);
        [value, value, value, 255]
    });
    Photo::from_rgba(width, height, rgba.collect(), &Limits::default()).unwrap().input(spec)
}

#[test]
fn one_channel_is_grey() {
    let spec = InputSpec { size: 16, mean: vec![0.5], std: vec![0.25], ink: false };
    let found = input(40, 30, |_, _| 255, &spec);
    assert_eq!(found.len(), 16 * 16);
    assert!(found.iter().all(|value| (value - 2.0).abs() < 1e-6), "{found:?}");
    let photo = decode("scene.jpg").unwrap();
    let colours = photo.squashed(16);
    let wanted = colours.pixels().map(|pixel| {
        let [red, green, blue] = pixel.0.map(f32::from);
        ((0.299 * red + 0.587 * green + 0.114 * blue) / 255.0 - 0.5) / 0.25
    });
    // Made grey before it is resized, which rounds to other levels.
    let far = photo.input(&spec).iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(far <= 2.0 / 255.0 / 0.25, "{far}");
}

#[test]
fn ink_is_white_on_black_whatever_it_is_written_on() {
    let spec = InputSpec { size: 28, mean: vec![0.0], std: vec![1.0], ink: true };
    let is_stroke = |x: u32, y: u32| (50..60).contains(&x) && (20..100).contains(&y);
    // The paper is unevenly lit.
    let paper = input(120, 120, |x, y| if is_stroke(x, y) { 60 } else { 180 + (x / 3) as u8 }, &spec);
    let blackboard = input(120, 120, |x, y| if is_stroke(x, y) { 200 } else { 20 + (x / 3) as u8 }, &spec);
    assert_eq!(paper, blackboard);
    let at = |x: usize, y: usize| paper[y * 28 + x];
    assert_eq!((at(12, 14), at(2, 2), at(25, 14)), (1.0, 0.0, 0.0));
    for value in [0, 128, 255] {
        let blank = input(9, 5, |_, _| value, &spec);
        assert!(blank.iter().all(|value| *value == 0.0), "a blank picture of {value} has no ink");
    }
}

#[test]
fn a_turned_photo_of_ink_comes_out_upright() {
    let spec = InputSpec { size: 28, mean: vec![0.0], std: vec![1.0], ink: true };
    let upright = decode("orientation-1.jpg").unwrap().input(&spec);
    let turned = decode("orientation-6.jpg").unwrap().input(&spec);
    let far = upright.iter().zip(&turned).map(|(a, b)| (a - b).abs()).sum::<f32>() / upright.len() as f32;
    assert!(far < 0.02, "{far}");
}

#[test]
fn one_pixel_is_a_photo() {
    let photo = decode("one-pixel.png").unwrap();
    assert_eq!(photo.dimensions(), (1, 1));
    let square = photo.squashed(224);
    assert!(square.pixels().all(|pixel| pixel == square.get_pixel(0, 0)));
}

#[test]
fn an_empty_file_says_so() {
    assert_eq!(code_and_message(&[]), ("unsupported-image", "the file is empty".into()));
}

#[test]
fn text_named_jpg_is_no_image() {
    let (code, message) = code_and_message(&read("tests/photos/text.jpg"));
    assert_eq!(code, "unsupported-image");
    assert_eq!(message, "this is no image that is known here; JPEG, PNG, WebP, GIF and BMP are");
}

#[test]
fn a_truncated_jpeg_is_not_captioned_as_grey() {
    let (code, message) = code_and_message(&read("tests/photos/truncated.jpg"));
    assert_eq!(code, "image-corrupt");
    assert_eq!(message, "the JPEG file ends before the picture does; get a complete copy of it");
}

#[test]
fn what_is_not_supported_is_named() {
    for (name, format) in [("photo.heic", "HEIC"), ("photo.avif", "AVIF")] {
        let (code, message) = code_and_message(&read(&format!("tests/photos/{name}")));
        assert_eq!(code, "unsupported-image");
        assert_eq!(message, format!("{format} is not supported; convert it to JPEG, PNG or WebP"));
    }
    assert!(code_and_message(b"<?xml version='1.0'?><svg/>").1.starts_with("SVG"));
    assert!(code_and_message(b"%PDF-1.7").1.starts_with("PDF"));
    assert!(code_and_message(b"II*\0....").1.starts_with("TIFF"));
}

#[test]
fn huge_dimensions_are_refused_before_they_are_given_memory() {
    let (code, message) = code_and_message(&read("tests/photos/huge.png"));
    assert_eq!(code, "image-too-large");
    assert_eq!(message, "the photo has 60000×60000 pixels; at most 100 megapixels are taken, so make it smaller first");
}

#[test]
fn limits_can_be_set() {
    let scene = read("tests/photos/scene.jpg");
    let few = Limits { pixels: 1000, ..Limits::default() };
    assert!(matches!(Photo::decode(&scene, &few), Err(PhotoError::TooManyPixels { .. })));
    let small = Limits { bytes: 1000, ..Limits::default() };
    assert!(matches!(Photo::decode(&scene, &small), Err(PhotoError::TooManyBytes { .. })));
}

/// A WebP with EXIF in it: the picture of `lossless.webp`, lying on its side.
fn webp_on_its_side(mark: &[u8], claimed_length: Option<u32>) -> Vec<u8> {
    let plain = read("tests/photos/lossless.webp");
    let (width, height) = decode("lossless.webp").unwrap().dimensions();
    let tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let exif = [mark, tiff].concat();
    let chunk = |name: &[u8], length: usize, data: &[u8]| [name, &(length as u32).to_le_bytes(), data].concat();
    let size = |side: u32| (side - 1).to_le_bytes()[..3].to_vec();
    let canvas = [vec![0x08, 0, 0, 0], size(width), size(height)].concat();
    let body = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", canvas.len(), &canvas),
        plain[12..].to_vec(),
        chunk(b"EXIF", claimed_length.map_or(exif.len(), |length| length as usize), &exif),
    ]
    .concat();
    chunk(b"RIFF", body.len(), &body)
}

#[test]
fn a_webps_exif_is_read_with_and_without_jpegs_mark() {
    let (width, height) = decode("lossless.webp").unwrap().dimensions();
    for mark in [&b""[..], b"Exif\0\0"] {
        let photo = Photo::decode(&webp_on_its_side(mark, None), &Limits::default()).unwrap();
        assert_eq!(photo.dimensions(), (height, width));
    }
    // A chunk that claims to be longer than the file is given no memory, and no belief.
    drop(Photo::decode(&webp_on_its_side(b"", Some(0xFFFF_FFF0)), &Limits::default()));
}

#[test]
fn a_thread_of_pixels_is_refused() {
    let mut png = Vec::new();
    let image = image::GrayImage::new(1, 70_000);
    image.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let (code, message) = code_and_message(&png);
    assert_eq!(code, "image-too-large");
    assert_eq!(
        message,
        "the photo has 1×70000 pixels; neither side may have more than 65535, so make it smaller first"
    );
    let pixels = Photo::from_rgba(1, 70_000, vec![0; 280_000], &Limits::default());
    assert_eq!(pixels.unwrap_err().code().as_str(), "image-too-large");
}

#[test]
fn a_picture_without_pixels_is_damaged() {
    let mut gif = read("tests/photos/animated.gif");
    gif[6..10].fill(0);
    let (code, message) = code_and_message(&gif);
    assert_eq!((code, message), ("image-corrupt", "the GIF file is damaged: it says that it has 0×0 pixels".into()));
    for (width, height, bytes) in [(0, 0, 0), (2, 2, 15), (2, 2, 17), (u32::MAX, u32::MAX, 4)] {
        let error = Photo::from_rgba(width, height, vec![0; bytes], &Limits::default()).unwrap_err();
        assert_eq!(error.code().as_str(), "image-corrupt", "{error}");
    }
}

/// Cut anywhere and with any byte changed, a file gives a photo or an error. One that hangs is ended by the runner.
/// The most memory that this process has had since it was asked to forget.
#[cfg(target_os = "linux")]
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

#[cfg(target_os = "linux")]
#[test]
fn a_colour_profile_of_any_size_takes_no_memory() {
    use image::codecs::png::PngEncoder;
    use image::{ExtendedColorType, ImageEncoder};

    const PROFILE: usize = 100 << 20;
    let mut png = Vec::new();
    let mut encoder = PngEncoder::new(&mut png);
    encoder.set_icc_profile(vec![0; PROFILE]).unwrap();
    encoder.write_image(&[0; 3 * 64 * 64], 64, 64, ExtendedColorType::Rgb8).unwrap();
    assert!(png.len() < PROFILE / 50, "{} bytes", png.len());
    // 5 sets back what the system remembers.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = most_memory();
    assert_eq!(Photo::decode(&png, &Limits::default()).unwrap().dimensions(), (64, 64));
    let taken = most_memory() - before;
    assert!(taken < PROFILE as u64 / 2, "{taken} bytes");
}

#[test]
fn damaged_files_never_panic_or_hang() {
    let limits = Limits { pixels: 10_000_000, bytes: 64 << 20, ..Limits::default() };
    let look = |bytes: &[u8]| Photo::decode(bytes, &limits).map(|photo| photo.squashed(32)).is_ok();
    let mut survived = 0;
    for name in ["grey.jpg", "orientation-6.jpg", "palette.png", "small.png", "lossy.webp", "animated.gif", "scene.bmp"]
    {
        let whole = read(&format!("tests/photos/{name}"));
        for cut in (0..whole.len()).step_by(whole.len() / 40 + 1) {
            survived += usize::from(look(&whole[..cut]));
        }
        for at in (0..whole.len()).step_by(whole.len() / 150 + 1) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0xFF;
            survived += usize::from(look(&bytes));
        }
    }
    assert!(survived > 0, "damage to a single pixel is no damage to the file");
}
