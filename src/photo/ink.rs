//! Writing on paper or on a blackboard: which pixels are ink.

use image::{GrayImage, Luma, RgbImage};

/// How bright each pixel is, rounded as OpenCV does: 0.299 of red, 0.587 of green, 0.114 of blue.
pub(super) fn grey(pixels: &RgbImage) -> GrayImage {
    let brightness = |pixel: &image::Rgb<u8>| {
        let [red, green, blue] = pixel.0.map(u32::from);
        // Parts of 2^15, which add up to all of it.
        ((9798 * red + 19235 * green + 3735 * blue + (1 << 14)) >> 15) as u8
    };
    let (width, height) = pixels.dimensions();
    let values = pixels.pixels().map(brightness).collect();
    GrayImage::from_raw(width, height, values).expect("a value was made of each pixel")
}

/// White where there is ink, and black where there is none. What most of the picture is, bright or dark, is the paper.
pub(super) fn white_on_black(mut picture: GrayImage) -> GrayImage {
    let mut histogram = [0u64; 256];
    picture.pixels().for_each(|Luma([value])| histogram[usize::from(*value)] += 1);
    let threshold = otsu(&histogram);
    let bright: u64 = histogram[usize::from(threshold) + 1..].iter().sum();
    let is_paper_bright = 2 * bright > histogram.iter().sum();
    for Luma([value]) in picture.pixels_mut() {
        let is_ink = (*value > threshold) != is_paper_bright;
        *value = if is_ink { 255 } else { 0 };
    }
    picture
}

/// [Otsu's threshold](https://en.wikipedia.org/wiki/Otsu%27s_method), the greatest value of the darker part: where the
/// means of the two parts lie farthest apart, weighed by how large the parts are. Of a picture of one value it is 0, so
/// that there is no ink in it.
fn otsu(histogram: &[u64; 256]) -> u8 {
    let all: u64 = histogram.iter().sum();
    let total: u64 = histogram.iter().enumerate().map(|(value, count)| value as u64 * count).sum();
    let (mut darker, mut darker_total) = (0, 0);
    let (mut threshold, mut greatest) = (0, 0.0);
    for (value, count) in histogram.iter().enumerate() {
        darker += count;
        darker_total += value as u64 * count;
        let brighter = all - darker;
        if darker == 0 || brighter == 0 {
            continue;
        }
        let (darker, brighter) = (darker as f64, brighter as f64);
        let apart = darker_total as f64 / darker - (total - darker_total) as f64 / brighter;
        let variance = darker * brighter * apart * apart;
        if variance > greatest {
            (threshold, greatest) = (value as u8, variance);
        }
    }
    threshold
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn otsu_parts_two_heaps() {
        let histogram = |counts: &[(usize, u64)]| {
            let mut histogram = [0; 256];
            counts.iter().for_each(|(value, count)| histogram[*value] = *count);
            histogram
        };
        // The lowest of equally good thresholds, as OpenCV's.
        assert_eq!(otsu(&histogram(&[(10, 5), (200, 5)])), 10);
        // Parting after 20 gives 7·3·(14.3 − 220)², after 10 4·6·(10 − 120)², after 210 9·1·(57.8 − 240)².
        assert_eq!(otsu(&histogram(&[(10, 4), (20, 3), (210, 2), (240, 1)])), 20);
        assert_eq!(otsu(&histogram(&[(255, 9)])), 0);
        assert_eq!(otsu(&histogram(&[])), 0);
    }

    #[test]
    fn a_picture_of_one_value_has_no_ink() {
        for value in [0, 1, 128, 255] {
            let ink = white_on_black(GrayImage::from_pixel(3, 2, Luma([value])));
            assert!(ink.pixels().all(|pixel| pixel.0 == [0]), "{value}");
        }
    }

    #[test]
    fn green_is_brighter_than_red_and_red_than_blue() {
        let of = |pixel| grey(&RgbImage::from_pixel(1, 1, image::Rgb(pixel))).into_raw()[0];
        assert_eq!([of([255, 0, 0]), of([0, 255, 0]), of([0, 0, 255]), of([255; 3])], [76, 150, 29, 255]);
    }
}
