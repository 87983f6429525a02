//! The picture of a JPEG: its size, and the blocks of its components.

/// What the picture is made of.
pub struct Frame {
    pub size: (u32, u32),
    pub is_progressive: bool,
    pub components: Vec<Component>,
}

/// A brightness or a colour.
pub struct Component {
    pub id: u8,
    /// How many of its blocks are beside and below each other where all components come together.
    pub across: usize,
    pub down: usize,
    /// In blocks: its own size, and that with which all components come out even.
    pub own: (usize, usize),
    pub even: (usize, usize),
    /// Whether its mean brightness was in a scan.
    pub is_begun: bool,
    /// Which coefficients of each block are not zero, in a progressive picture.
    pub coefficients: Vec<u64>,
}

impl Frame {
    /// Nothing where it is damaged.
    pub fn read(segment: &[u8], is_progressive: bool) -> Option<Self> {
        let (&[_, h0, h1, w0, w1, count], rest) = segment.split_first_chunk()?;
        let (height, width) = (u16::from_be_bytes([h0, h1]), u16::from_be_bytes([w0, w1]));
        let sampled: Vec<[u8; 3]> = rest.chunks_exact(3).filter_map(|it| it.try_into().ok()).collect();
        let is_known = |sampling: u8| (1..=4).contains(&(sampling >> 4)) && (1..=4).contains(&(sampling & 15));
        if sampled.len() != usize::from(count) || sampled.is_empty() || sampled.len() > 4 || height == 0 || width == 0 {
            return None;
        }
        let most = |part: fn(u8) -> u8| sampled.iter().map(|[_, sampling, _]| usize::from(part(*sampling))).max();
        let (most_across, most_down) = (most(|it| it >> 4)?, most(|it| it & 15)?);
        let components = sampled.iter().map(|[id, sampling, _]| {
            let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            let own = |pixels: u16, part: usize, most: usize| (usize::from(pixels) * part).div_ceil(8 * most.max(1));
            let even = |pixels: u16, part: usize, most: usize| usize::from(pixels).div_ceil(8 * most.max(1)) * part;
            is_known(*sampling).then(|| Component {
                id: *id,
                across,
                down,
                own: (own(width, across, most_across), own(height, down, most_down)),
                even: (even(width, across, most_across), even(height, down, most_down)),
                is_begun: false,
                coefficients: Vec::new(),
            })
        });
        Some(Self {
            size: (width.into(), height.into()),
            is_progressive,
            components: components.collect::<Option<_>>()?,
        })
    }

    /// Whether all components were in a scan.
    pub fn is_whole(&self) -> bool {
        self.components.iter().all(|component| component.is_begun)
    }
}
