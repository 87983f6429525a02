use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, RgbImage};

use super::*;

fn of(bytes: &[u8]) -> Result<(), PhotoError> {
    check(bytes, &Limits::default())
}

/// Of the tests' photos.
fn photo(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/photos/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

const PHOTOS: [&str; 6] = ["scene.jpg", "grey.jpg", "cmyk.jpg", "progressive.jpg", "large.jpg", "orientation-6.jpg"];

fn is_truncated(result: Result<(), PhotoError>) -> bool {
    matches!(result, Err(PhotoError::Truncated { .. }))
}

#[test]
fn whole_photos_have_all_of_their_data() {
    for name in PHOTOS {
        of(&photo(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    for (width, height) in [(1, 1), (8, 9), (17, 33), (100, 40)] {
        for quality in [1, 50, 100] {
            let image =
                RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 3) as u8, (y * 5) as u8, (x ^ y) as u8]));
            let mut jpeg = Vec::new();
            let mut encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
            encoder.encode(&image, width, height, ExtendedColorType::Rgb8).unwrap();
            of(&jpeg).unwrap_or_else(|error| panic!("{width}×{height} at {quality}: {error}"));
        }
    }
}

#[test]
fn a_photo_that_is_cut_is_truncated_whatever_stands_behind() {
    for name in PHOTOS {
        let bytes = photo(name);
        for percent in [5, 33, 66, 90, 99] {
            let cut = &bytes[..bytes.len() * percent / 100];
            assert!(is_truncated(of(cut)), "{name} at {percent} %");
            let ended = [cut, &[0xFF, 0xD9]].concat();
            assert!(is_truncated(of(&ended)), "{name} at {percent} % with an end mark");
        }
    }
}

#[test]
fn a_hole_in_the_data_is_damage() {
    for name in ["scene.jpg", "large.jpg", "progressive.jpg"] {
        let mut bytes = photo(name);
        let length = bytes.len();
        bytes[length / 2..length * 3 / 4].fill(0);
        let error = of(&bytes).unwrap_err();
        assert!(matches!(error, PhotoError::Damaged { .. } | PhotoError::Truncated { .. }), "{name}: {error}");
    }
}

/// A progressive picture in grey: segments, then a scan of the means, and so many of all other coefficients, all zero.
fn progressive(side: u16, scans: usize) -> Vec<u8> {
    let [high, low] = side.to_be_bytes();
    let blocks = usize::from(side.div_ceil(8)).pow(2);
    let mut jpeg = vec![0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8, high, low, high, low, 1, 1, 0x11, 0];
    // One code of one bit: a mean that does not change, and 32,767 blocks without anything else.
    for (kind, meaning) in [(0x00, 0), (0x10, 0xE0)] {
        jpeg.extend([0xFF, 0xC4, 0, 20, kind, 1]);
        jpeg.extend([0; 15]);
        jpeg.push(meaning);
    }
    jpeg.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]);
    jpeg.extend(vec![0; blocks.div_ceil(8)]);
    for _ in 0..scans {
        jpeg.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 1, 63, 0]);
        // The bit of the code, and fourteen ones, but for the stuffed zero that follows 255.
        let bits: String = "011111111111111".repeat(blocks.div_ceil(32_767));
        for byte in bits.as_bytes().chunks(8) {
            let byte = byte.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0')) << (8 - byte.len());
            jpeg.push(byte);
            jpeg.extend((byte == 0xFF).then_some(0));
        }
    }
    jpeg.extend([0xFF, 0xD9]);
    jpeg
}

#[test]
fn scans_that_go_over_a_large_picture_again_and_again_are_refused() {
    of(&progressive(1000, 98)).unwrap();
    of(&progressive(10_000, 5)).unwrap();
    let error = of(&progressive(10_000, 98)).unwrap_err();
    assert!(matches!(error, PhotoError::UnsupportedKind { .. }), "{error}");
    assert!(error.to_string().contains("too many scans"), "{error}");
}

#[test]
fn a_scan_with_more_components_than_there_are_is_left_to_the_decoder() {
    let mut jpeg = progressive(16, 0);
    let scan = jpeg.windows(2).position(|mark| mark == [0xFF, 0xDA]).unwrap();
    let header = [&[0xFF, 0xDA, 0, 16, 5][..], &[1, 0].repeat(5), &[0, 0, 0]].concat();
    jpeg.splice(scan..scan + 10, header);
    let end = jpeg.len() - 2;
    // It would need five times the data.
    jpeg.drain(scan + 18..end);
    of(&jpeg).unwrap();
}

#[test]
fn a_small_file_has_no_large_picture() {
    let mut bytes = photo("scene.jpg");
    let frame = bytes.windows(2).position(|mark| mark == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
    assert!(is_truncated(of(&bytes)));
}

#[test]
fn what_no_decoder_here_knows_is_left_to_its_error() {
    let mut bytes = photo("scene.jpg");
    let frame = bytes.windows(2).position(|mark| mark == [0xFF, 0xC0]).unwrap();
    bytes[frame + 1] = 0xC9;
    of(&bytes).unwrap();
    // Damaged tables and headers as well.
    for at in 2..600 {
        let mut bytes = photo("scene.jpg");
        bytes[at] ^= 0x55;
        of(&bytes).ok();
    }
}
