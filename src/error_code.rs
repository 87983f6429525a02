//! A stable word for each kind of failure, for programs. `www/protocol.d.ts` says the same to TypeScript and
//! `docs/API.md` to people; a test holds them together.

use std::fmt;

macro_rules! error_codes {
    ($($code:ident = $word:literal,)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorCode {
            $($code,)+
        }

        impl ErrorCode {
            pub const ALL: &'static [Self] = &[$(Self::$code,)+];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $word,)+
                }
            }
        }
    };
}

error_codes! {
    UnsupportedImage = "unsupported-image",
    ImageCorrupt = "image-corrupt",
    ImageTooLarge = "image-too-large",
    ModelUnreachable = "model-unreachable",
    ModelCorrupt = "model-corrupt",
    ModelUnsupported = "model-unsupported",
    BadOption = "bad-option",
    BadCells = "bad-cells",
    UnknownWord = "unknown-word",
    DeviceUnavailable = "device-unavailable",
    DeviceLost = "device-lost",
    OutOfMemory = "out-of-memory",
    NotANumber = "not-a-number",
    // Writing a model folder; no browser does.
    NotOverwritten = "not-overwritten",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
