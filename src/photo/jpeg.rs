//! Whether a JPEG has data for all of its picture.
//!
//! Decoders fill with grey what is missing or broken, and a caption of grey helps nobody. None tells how much it filled:
//! zune-jpeg takes an end mark for the end of the picture even where it is strict, and libjpeg warns and goes on. So the
//! codes are counted here, which takes a part of the time of decoding them.

mod codes;
mod frame;
mod scan;

use super::error::PhotoError;
use super::format::Format;
use super::limits::Limits;
use codes::Codes;
use frame::Frame;
use scan::{Scan, ScanError};

/// So many blocks of 8×8 pixels are decoded at most, all scans together: those of the largest photo, in three colours,
/// thirteen times.
const MOST_BLOCKS: u64 = 64 << 20;
/// Bytes of a scan that may follow its picture: decoders pass over them.
const LEFT_OVER: usize = 64;

mod mark {
    pub const START: u8 = 0xD8;
    pub const END: u8 = 0xD9;
    pub const SCAN: u8 = 0xDA;
    pub const TABLES: u8 = 0xC4;
    pub const RESTARTS: u8 = 0xDD;
}

/// What was read so far.
#[derive(Default)]
struct Reader {
    /// Nothing as well where the picture is coded in a way that is not counted here.
    frame: Option<Frame>,
    /// For direct and alternating coefficients, by number.
    codes: [[Option<Codes>; 4]; 2],
    restart_interval: usize,
    blocks: u64,
}

/// An error where the data does not go as far as the picture, or goes astray. Whatever else is wrong with a file, its
/// decoder tells.
pub(super) fn check(bytes: &[u8], limits: &Limits) -> Result<(), PhotoError> {
    let mut reader = Reader::default();
    let truncated = || PhotoError::Truncated { format: Format::Jpeg.name() };
    // Segments before the picture, where a thumbnail has an end mark of its own, are stepped over.
    let mut at = 2;
    loop {
        let mark = next_mark(bytes, &mut at).ok_or_else(truncated)?;
        match mark {
            mark::END => {
                return if reader.frame.is_none_or(|frame| frame.is_whole()) { Ok(()) } else { Err(truncated()) };
            }
            0x01 | 0xD0..=mark::START => continue,
            _ => {}
        }
        let length = bytes.get(at..at + 2).map(|length| usize::from(u16::from_be_bytes([length[0], length[1]])));
        let segment = length.and_then(|length| bytes.get(at + 2..at + length)).ok_or_else(truncated)?;
        at += 2 + segment.len();
        match mark {
            mark::TABLES => reader.read_codes(segment),
            mark::RESTARTS => {
                reader.restart_interval = segment.try_into().map_or(0, |it| u16::from_be_bytes(it).into())
            }
            0xC0..=0xC2 => {
                reader.frame = Frame::read(segment, mark == 0xC2);
                if let Some(frame) = &reader.frame {
                    limits.check(Format::Jpeg, frame.size)?;
                }
            }
            // Without losses, or by arithmetic: no decoder here knows them.
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => reader.frame = None,
            mark::SCAN => at = reader.scan(bytes, at, segment)?,
            _ => {}
        }
    }
}

impl Reader {
    fn read_codes(&mut self, mut segment: &[u8]) {
        while let Some((&[head], rest)) = segment.split_first_chunk()
            && let Some((codes, rest)) = Codes::read(rest)
            && let Some(place) =
                self.codes.get_mut(usize::from(head >> 4)).and_then(|of| of.get_mut(usize::from(head & 15)))
        {
            *place = Some(codes);
            segment = rest;
        }
    }

    /// Counts the blocks of a scan, and tells where its data ends.
    fn scan(&mut self, bytes: &[u8], begin: usize, segment: &[u8]) -> Result<usize, PhotoError> {
        let format = Format::Jpeg.name();
        let Some(frame) = &mut self.frame else { return Ok(begin) };
        let Some(scan) = Scan::read(segment, frame, &self.codes, self.restart_interval) else {
            // It is damaged in a way that the decoder tells, or misses tables that the decoder may know.
            self.frame = None;
            return Ok(begin);
        };
        self.blocks += scan.blocks(frame);
        if self.blocks > MOST_BLOCKS {
            let reason = "its picture is in too many scans".into();
            return Err(PhotoError::UnsupportedKind { format, reason });
        }
        let damaged = |reason| Err(PhotoError::Damaged { format, reason });
        let end = match scan.count(frame, bytes, begin) {
            Ok(end) => end,
            Err(ScanError::Unknown { done }) => {
                return damaged(format!("its data goes astray at {done} % of the picture"));
            }
            Err(ScanError::Ends { done, mut at }) => {
                return match next_mark(bytes, &mut at) {
                    None | Some(mark::END) => Err(PhotoError::Truncated { format }),
                    Some(_) => damaged(format!("its data breaks off at {done} % of the picture")),
                };
            }
        };
        let mut next = end;
        next_mark(bytes, &mut next);
        // Zeros and ones fill gaps.
        let left_over = bytes[end..next].iter().filter(|byte| !matches!(byte, 0 | 0xFF)).count();
        if left_over > LEFT_OVER.max((next - begin) / 16) {
            return damaged(format!(
                "of its data {left_over} bytes are left over behind the picture, so some before are broken"
            ));
        }
        Ok(end)
    }
}

/// Goes behind the next mark that is no part of a picture's data.
fn next_mark(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        match bytes.get(*at..*at + 2) {
            Some(&[0xFF, mark]) if !matches!(mark, 0x00 | 0xFF) => {
                *at += 2;
                return Some(mark);
            }
            Some(_) => *at += 1,
            None => {
                *at = bytes.len();
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests;
