//! The enum over all families of decoders, and what it hands on to its variants. `families.rs` calls this with the list;
//! names in here are looked up there.

macro_rules! decoders {
    ($($family:ident: $tag:literal, $config:ty;)+) => {
        /// Which decoder a model has, as its manifest says it.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "architecture")]
        pub enum DecoderConfig {
            $(#[serde(rename = $tag)] $family($config),)+
        }

        impl DecoderConfig {
            /// What training configurations call the families, and which [`DecoderSettings`] each has.
            pub fn known() -> Vec<(&'static str, &'static [&'static str])> {
                vec![$(($tag, <$config>::SETTINGS),)+]
            }

            /// The decoder that a training configuration describes; nothing where no family has this name.
            pub fn from_settings(
                family: &str,
                sizes: DecoderSizes,
                settings: &DecoderSettings,
            ) -> Option<Result<Self, FieldError>> {
                match family {
                    $($tag => Some(<$config>::from_settings(sizes, settings).map(Self::$family)),)+
                    _ => None,
                }
            }

            fn recognised(tensors: TensorShapes, heads: usize) -> Result<Option<Self>, CheckpointError> {
                $(
                    if let Some(config) = <$config>::from_checkpoint(&tensors, heads)? {
                        return Ok(Some(Self::$family(config)));
                    }
                )+
                Ok(None)
            }

            /// The name that people know it by, such as `LSTM with additive attention`.
            pub fn title(&self) -> String {
                match self {
                    $(Self::$family(config) => config.title(),)+
                }
            }

            pub fn sizes(&self) -> DecoderSizes {
                match self {
                    $(Self::$family(config) => config.sizes(),)+
                }
            }

            fn check_own(&self) -> Result<(), FieldError> {
                match self {
                    $(Self::$family(config) => config.check(),)+
                }
            }

            /// Whether it can show where it looks.
            pub fn has_attention(&self) -> bool {
                match self {
                    $(Self::$family(config) => config.has_attention(),)+
                }
            }

            fn layer_output(&self, layer: &str, rows: usize, cells: usize) -> Vec<usize> {
                match self {
                    $(Self::$family(config) => config.layer_output(layer, rows, cells),)+
                }
            }

            /// How much a layer amplifies in networks of [`synthetic_weights`].
            pub fn synthetic_gain(&self, layer: &str) -> f64 {
                match self {
                    $(Self::$family(_) => <$config>::synthetic_gain(layer),)+
                }
            }

            /// Does something with the decoder's own type.
            pub fn with_decoder<T: WithDecoder>(&self, task: T) -> T::Output {
                match self {
                    $(Self::$family(config) => config.with_decoder(task),)+
                }
            }
        }
    };
}

pub(super) use decoders;
