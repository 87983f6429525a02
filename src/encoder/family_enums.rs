//! The two enums over all families of backbones, configuration and network, and what they hand on to their variants.
//! `families.rs` calls this with the list; names in here are looked up there.

/// Makes of the list the two enums, and what differs between their variants.
macro_rules! backbones {
    ($($(#[$condition:meta])* $family:ident: $tag:literal, $config:ty, $network:ty;)+) => {
        /// Which backbone a model has, as its manifest says it.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "architecture")]
        pub enum EncoderConfig {
            $($(#[$condition])* #[serde(rename = $tag)] $family($config),)+
        }

        /// A backbone ready to look at photos.
        #[derive(Module, Debug)]
        pub enum Encoder {
            $($(#[$condition])* $family($network),)+
        }

        impl EncoderConfig {
            /// Every backbone that has a name, as training configurations write it.
            pub fn known() -> Vec<(&'static str, Self)> {
                let mut known = Vec::new();
                $(
                    $(#[$condition])*
                    known.extend(<$config>::known().into_iter().map(|(name, config)| (name, Self::$family(config))));
                )+
                known
            }

            /// Recognises the backbone of a checkpoint and brings its weights into the folded form.
            pub fn from_checkpoint(weights: Weights) -> Result<(Self, Weights), CheckpointError> {
                let mut unrecognised = Vec::new();
                $(
                    $(#[$condition])*
                    match <$config>::from_checkpoint(&weights) {
                        Err(error @ CheckpointError::Unrecognised { .. }) => unrecognised.push(error.to_string()),
                        found => return found.map(|(config, weights)| (Self::$family(config), weights)),
                    }
                )+
                Err(CheckpointError::Unsupported(unrecognised.join("; ")))
            }

            /// The name that people know it by, such as `ResNet-50`.
            pub fn title(&self) -> String {
                match self {
                    $($(#[$condition])* Self::$family(config) => config.title(),)+
                }
            }

            pub fn check(&self) -> Result<(), FieldError> {
                match self {
                    $($(#[$condition])* Self::$family(config) => config.check(),)+
                }
            }

            /// How photos are prepared for it, where a model says nothing else.
            pub fn input(&self) -> InputSpec {
                match self {
                    $($(#[$condition])* Self::$family(config) => config.input(),)+
                }
            }

            /// How many stages follow the stem.
            pub fn stages(&self) -> usize {
                match self {
                    $($(#[$condition])* Self::$family(_) => <$network>::STAGES,)+
                }
            }

            /// Channels, rows and columns of what comes out of the stem and so many stages, for a photo of `size` by
            /// `size` pixels.
            pub fn shape_after(&self, stages: usize, size: usize) -> [usize; 3] {
                match self {
                    $($(#[$condition])* Self::$family(config) => config.shape_after(stages, size),)+
                }
            }

            /// The table of layers for a photo of `size` by `size` pixels.
            pub fn layers(&self, size: usize) -> Vec<Layer> {
                match self {
                    $($(#[$condition])* Self::$family(config) => config.layers(size),)+
                }
            }

            /// A network with weights by chance.
            pub fn init(&self, norms: Norms, device: &Device) -> Encoder {
                match self {
                    $($(#[$condition])* Self::$family(config) => Encoder::$family(config.init(norms, device)),)+
                }
            }

            /// What a checkpoint of it holds.
            pub fn slots(&self, norms: Norms) -> Vec<Slot> {
                match self {
                    $($(#[$condition])* Self::$family(config) => config.slots(norms),)+
                }
            }

            /// How much a layer amplifies in networks of [`crate::synthetic_weights`].
            pub fn synthetic_gain(&self, layer: &str) -> f64 {
                match self {
                    $($(#[$condition])* Self::$family(_) => <$config>::synthetic_gain(layer),)+
                }
            }
        }

        impl Encoder {
            /// How many stages follow the stem.
            pub fn stages(&self) -> usize {
                match self {
                    $($(#[$condition])* Self::$family(_) => <$network>::STAGES,)+
                }
            }

            /// `[photos, 3, height, width]`, normalised, to what the first stage takes.
            pub fn stem(&self, input: Tensor<4>) -> Tensor<4> {
                match self {
                    $($(#[$condition])* Self::$family(network) => network.stem(input),)+
                }
            }

            /// What the stage `index`, the first being 0, makes of what the one before it put out.
            pub fn stage(&self, index: usize, x: Tensor<4>) -> Tensor<4> {
                match self {
                    $($(#[$condition])* Self::$family(network) => network.stage(index, x),)+
                }
            }
        }
    };
}
pub(super) use backbones;
