//! In what the numbers of images are kept, and what they are clamped to.

use cubecl::client::Client;
use cubecl::ir::features::TypeUsage;
use cubecl::ir::{ElemType, FloatKind};

/// Every number: what comes out is not clamped.
pub const EVERYTHING: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// In what images are kept. Sums are of 32 bits either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    F32,
    /// In half of the memory, which is what GPUs wait for. A sum that is larger than 16 bits can say becomes the largest that
    /// they can.
    F16,
}

impl Numbers {
    /// The smallest that a GPU has.
    pub fn smallest(client: &Client) -> Self {
        let uses = client.properties().type_usage(Self::F16.kind());
        // Some compute with them and have no memory for them.
        let is_kept = uses.contains(TypeUsage::Buffer) && uses.contains(TypeUsage::Conversion);
        if is_kept { Self::F16 } else { Self::F32 }
    }

    pub(crate) fn kind(self) -> ElemType {
        ElemType::Float(match self {
            Self::F32 => FloatKind::F32,
            Self::F16 => FloatKind::F16,
        })
    }

    pub(crate) fn bytes(self) -> usize {
        self.kind().size()
    }

    /// The same range in numbers that can be kept, for not every GPU knows infinity.
    pub(crate) fn within(self, (low, high): (f32, f32)) -> (f32, f32) {
        let most = match self {
            Self::F32 => f32::MAX,
            Self::F16 => 65_504.0,
        };
        (low.max(-most), high.min(most))
    }
}
