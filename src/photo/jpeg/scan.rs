//! The scans of a JPEG: in which order the blocks of its picture come, and what is coded of each in one scan.

use super::codes::{Bits, Codes};
use super::frame::Frame;

/// Why a scan was not counted to its end; `done` in percent of the picture.
pub enum ScanError {
    /// Where its data ends.
    Ends { done: usize, at: usize },
    /// What comes there is no code.
    Unknown { done: usize },
}

const MOST_PARTS: usize = 4;

/// One scan over the picture.
pub struct Scan<'a> {
    parts: Vec<Part<'a>>,
    coding: Coding,
    restart_interval: usize,
}

/// A component, by its number, and the codes that it has in this scan.
struct Part<'a> {
    component: usize,
    mean: Option<&'a Codes>,
    rest: Option<&'a Codes>,
}

/// What of each block is coded.
#[derive(Clone, Copy)]
enum Coding {
    /// All of it.
    Whole,
    /// Its mean, in a first or in one more bit.
    Mean { is_first: bool },
    /// Some of its other coefficients, in their first bits or in one more.
    Rest { first: u32, last: u32, is_first: bool },
}

impl<'a> Scan<'a> {
    /// Nothing where it is damaged, or has codes that the file does not tell.
    pub fn read(
        segment: &[u8],
        frame: &Frame,
        codes: &'a [[Option<Codes>; 4]; 2],
        restart_interval: usize,
    ) -> Option<Self> {
        let (&[count], rest) = segment.split_first_chunk()?;
        let (parts, rest) = rest.split_at_checked(2 * usize::from(count))?;
        let &[first, last, steps] = rest else { return None };
        let coding = match (frame.is_progressive, first) {
            (false, _) => Coding::Whole,
            (true, 0) => Coding::Mean { is_first: steps >> 4 == 0 },
            (true, _) => Coding::Rest { first: first.into(), last: last.into(), is_first: steps >> 4 == 0 },
        };
        let parts: Option<Vec<Part>> = parts
            .chunks_exact(2)
            .map(|part| {
                let component = frame.components.iter().position(|component| component.id == part[0])?;
                let mean = codes[0].get(usize::from(part[1] >> 4))?.as_ref();
                let rest = codes[1].get(usize::from(part[1] & 15))?.as_ref();
                let is_coded = match coding {
                    Coding::Whole => mean.is_some() && rest.is_some(),
                    Coding::Mean { is_first } => mean.is_some() || !is_first,
                    Coding::Rest { first, last, .. } => rest.is_some() && first <= last && last < 64,
                };
                is_coded.then_some(Part { component, mean, rest })
            })
            .collect();
        // A scan has no more, and more would be counted for as long as somebody likes.
        let parts = parts.filter(|parts| (1..=MOST_PARTS).contains(&parts.len()))?;
        let is_alone = parts.len() == 1;
        (is_alone || !matches!(coding, Coding::Rest { .. })).then_some(Self { parts, coding, restart_interval })
    }

    /// How many of its units are beside and below each other: blocks, where it has one component, and what all of them
    /// have in one place otherwise.
    fn units(&self, frame: &Frame) -> (usize, usize) {
        let component = &frame.components[self.parts[0].component];
        match &self.parts[..] {
            [_] => component.own,
            _ => (component.even.0 / component.across, component.even.1 / component.down),
        }
    }

    pub fn blocks(&self, frame: &Frame) -> u64 {
        let (across, down) = self.units(frame);
        let components = self.parts.iter().map(|part| &frame.components[part.component]);
        let in_unit = match self.parts.len() {
            1 => 1,
            _ => components.map(|component| component.across * component.down).sum(),
        };
        (across * down * in_unit) as u64
    }

    /// Goes through its data, and tells where that ends.
    pub fn count(&self, frame: &mut Frame, bytes: &[u8], begin: usize) -> Result<usize, ScanError> {
        let (across, down) = self.units(frame);
        let is_alone = self.parts.len() == 1;
        for part in &self.parts {
            let component = &mut frame.components[part.component];
            component.is_begun |= !matches!(self.coding, Coding::Rest { .. });
            if matches!(self.coding, Coding::Rest { .. }) {
                component.coefficients.resize(component.even.0 * component.even.1, 0);
            }
        }
        let mut bits = Bits::new(bytes, begin);
        let mut empty_blocks = 0;
        for unit in 0..across * down {
            let done = 100 * unit / (across * down);
            if self.restart_interval > 0 && unit > 0 && unit % self.restart_interval == 0 {
                if !bits.restart() {
                    return Err(ScanError::Ends { done, at: bits.position() });
                }
                empty_blocks = 0;
            }
            let (x, y) = (unit % across, unit / across);
            for part in &self.parts {
                let component = &mut frame.components[part.component];
                let blocks = if is_alone { 1 } else { component.across * component.down };
                for _ in 0..blocks {
                    let known = match self.coding {
                        Coding::Whole => part.whole(&mut bits),
                        Coding::Mean { is_first } => part.mean(&mut bits, is_first),
                        Coding::Rest { first, last, is_first } => {
                            // It is alone in its scan.
                            let coefficients = &mut component.coefficients[y * component.even.0 + x];
                            let mut rest =
                                Rest { bits: &mut bits, coefficients, empty_blocks: &mut empty_blocks, last };
                            if is_first { rest.first(first, part) } else { rest.more(first, part) }
                        }
                    };
                    if bits.is_exhausted() {
                        return Err(ScanError::Ends { done, at: bits.position() });
                    }
                    if known.is_none() {
                        return Err(ScanError::Unknown { done });
                    }
                }
            }
        }
        Ok(bits.position())
    }
}

impl Part<'_> {
    /// A whole block.
    #[inline]
    fn whole(&self, bits: &mut Bits) -> Option<()> {
        self.mean(bits, true)?;
        let codes = self.rest?;
        let mut at = 1;
        while at < 64 {
            let (zeros, length) = halves(bits.code_and_number(codes)?);
            at += match (zeros, length) {
                (15, 0) => 16,
                (_, 0) => break,
                _ => zeros + 1,
            };
        }
        // What lies behind a block is in none.
        (at <= 64).then_some(())
    }

    /// The difference of a block's mean to that of the block before; or one more bit of it.
    #[inline]
    fn mean(&self, bits: &mut Bits, is_first: bool) -> Option<()> {
        if !is_first {
            bits.number(1);
            return Some(());
        }
        let length = bits.code_and_number(self.mean?)?;
        (length < 16).then_some(())
    }
}

/// A block in a progressive scan of its other coefficients.
struct Rest<'a, 'b> {
    bits: &'a mut Bits<'b>,
    coefficients: &'a mut u64,
    /// How many blocks are over before they begin.
    empty_blocks: &'a mut u32,
    last: u32,
}

impl Rest<'_, '_> {
    fn first(&mut self, first: u32, part: &Part) -> Option<()> {
        if *self.empty_blocks > 0 {
            *self.empty_blocks -= 1;
            return Some(());
        }
        let mut at = first;
        while at <= self.last {
            let (zeros, length) = halves(self.bits.code(part.rest?)?);
            match (zeros, length) {
                (15, 0) => at += 16,
                (_, 0) => {
                    *self.empty_blocks = (1 << zeros) - 1 + self.bits.number(zeros);
                    break;
                }
                _ => {
                    at += zeros;
                    self.bits.skip(length);
                    *self.coefficients |= 1_u64.checked_shl(at)?;
                    at += 1;
                }
            }
        }
        Some(())
    }

    /// One more bit of every coefficient that is not zero, and of some that were.
    fn more(&mut self, first: u32, part: &Part) -> Option<()> {
        let mut at = first;
        if *self.empty_blocks == 0 {
            while at <= self.last {
                let (zeros, length) = halves(self.bits.code(part.rest?)?);
                match (zeros, length) {
                    (0..15, 0) => {
                        *self.empty_blocks = (1 << zeros) + self.bits.number(zeros);
                        break;
                    }
                    (_, 0) => {}
                    _ => self.bits.skip(1),
                }
                at = self.past(at, zeros);
                if length > 0 && at <= self.last {
                    *self.coefficients |= 1 << at;
                }
                at += 1;
            }
        }
        if *self.empty_blocks > 0 {
            self.past(at, 64);
            *self.empty_blocks -= 1;
        }
        Some(())
    }

    /// Goes to the coefficient behind so many that stay zero; each that is none on the way has a bit.
    fn past(&mut self, mut at: u32, mut zeros: u32) -> u32 {
        while at <= self.last {
            if *self.coefficients & 1 << at != 0 {
                self.bits.number(1);
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            at += 1;
        }
        at
    }
}

/// How many zeros come before a coefficient, and how many bits it has.
fn halves(meaning: u8) -> (u32, u32) {
    (u32::from(meaning >> 4), u32::from(meaning & 15))
}
