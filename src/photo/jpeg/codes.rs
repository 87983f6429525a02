//! The codes of a JPEG's data, bit by bit.

/// So many bits of a code are looked up at once.
const LOOKED_UP: u32 = 9;

/// Which code means what: a table of Huffman.
pub struct Codes {
    /// By the next bits: how long the code is, and what it means; a length of zero where it is longer.
    short: Box<[(u8, u8); 1 << LOOKED_UP]>,
    /// By its length: the number behind the last code, with bits up to 16; and the place of its meaning, from its code.
    ends: [u32; 17],
    offsets: [i32; 17],
    meanings: Vec<u8>,
}

impl Codes {
    /// How many codes there are of each length, and what they mean.
    pub fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (counts, rest) = bytes.split_first_chunk::<16>()?;
        let (meanings, rest) = rest.split_at_checked(counts.iter().map(|count| usize::from(*count)).sum())?;
        let mut codes = Self {
            short: Box::new([(0, 0); 1 << LOOKED_UP]),
            ends: [0; 17],
            offsets: [0; 17],
            meanings: meanings.to_vec(),
        };
        let (mut code, mut place) = (0_u32, 0_usize);
        for (length, count) in (1..=16_u32).zip(counts) {
            code <<= 1;
            codes.offsets[length as usize] = place as i32 - code as i32;
            for meaning in meanings.get(place..place + usize::from(*count))? {
                if length <= LOOKED_UP {
                    let first = (code << (LOOKED_UP - length)) as usize;
                    codes.short.get_mut(first..first + (1 << (LOOKED_UP - length)))?.fill((length as u8, *meaning));
                }
                code += 1;
            }
            place += usize::from(*count);
            codes.ends[length as usize] = code << (16 - length);
        }
        Some((codes, rest))
    }
}

/// The bits of a scan, up to the mark that ends it.
pub struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The next ones, from the highest.
    buffer: u64,
    count: u32,
    /// Bits that were put behind the end of the data.
    made_up: u32,
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, buffer: 0, count: 0, made_up: 0 }
    }

    /// Whether there is less data than was taken.
    pub fn is_exhausted(&self) -> bool {
        self.made_up > self.count
    }

    /// Where the data goes on, or ends.
    pub fn position(&self) -> usize {
        let unread = self.count.saturating_sub(self.made_up) / 8;
        self.at - (unread as usize).min(self.at)
    }

    /// Leaves out the rest, and steps over the mark from which it begins anew; false where there is another.
    pub fn restart(&mut self) -> bool {
        let mark = self.bytes.get(self.at..self.at + 2);
        let is_there = matches!(mark, Some([0xFF, 0xD0..=0xD7])) && !self.is_exhausted();
        if is_there {
            *self = Self::new(self.bytes, self.at + 2);
        }
        is_there
    }

    /// The meaning of the next code; nothing where none begins so.
    #[inline]
    pub fn code(&mut self, codes: &Codes) -> Option<u8> {
        self.fill();
        let (length, meaning) = codes.short[(self.buffer >> (64 - LOOKED_UP)) as usize];
        if length > 0 {
            self.skip(length.into());
            return Some(meaning);
        }
        let next = (self.buffer >> 48) as u32;
        let length = (LOOKED_UP + 1..=16).find(|length| next < codes.ends[*length as usize])?;
        self.skip(length);
        let code = (next >> (16 - length)) as i32;
        codes.meanings.get((code + codes.offsets[length as usize]) as usize).copied()
    }

    /// The meaning of the next code, past the number behind it, whose length is the lower half of the meaning.
    #[inline]
    pub fn code_and_number(&mut self, codes: &Codes) -> Option<u8> {
        let meaning = self.code(codes)?;
        self.skip(u32::from(meaning) & 15);
        Some(meaning)
    }

    /// At most 16 bits, of those that stand behind a code.
    #[inline]
    pub fn number(&mut self, length: u32) -> u32 {
        self.fill();
        let number = if length == 0 { 0 } else { (self.buffer >> (64 - length)) as u32 };
        self.skip(length);
        number
    }

    #[inline]
    pub fn skip(&mut self, length: u32) {
        self.buffer <<= length;
        self.count -= length;
    }

    /// Has 32 bits ready, which are a code and the number behind it.
    #[inline]
    pub fn fill(&mut self) {
        if self.count < 32 {
            self.fill_up();
        }
    }

    fn fill_up(&mut self) {
        // Mostly there is no mark far and wide.
        if let Some(next) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<4>())
            && !next.contains(&0xFF)
        {
            self.buffer |= u64::from(u32::from_be_bytes(*next)) << (32 - self.count);
            self.at += 4;
            self.count += 32;
            return;
        }
        while self.count <= 56 {
            let (byte, length) = match (self.bytes.get(self.at), self.bytes.get(self.at + 1)) {
                (Some(0xFF), Some(0)) => (0xFF, 2),
                // A mark may have more of these before it.
                (Some(0xFF), Some(0xFF)) => {
                    self.at += 1;
                    continue;
                }
                (Some(0xFF), _) | (None, _) => (0, 0),
                (Some(byte), _) => (*byte, 1),
            };
            if length == 0 {
                self.made_up += 8;
            }
            self.at += length;
            self.buffer |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }
}
