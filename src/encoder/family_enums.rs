//! The two enums over all families of backbones, configuration and network, and what only their variants' own types can
//! do. `families.rs` calls this with the list; names in here are looked up there.

macro_rules! backbones {
    ($($(#[$condition:meta])* $family:ident: $tag:literal, $config:ty, $network:ty;)+) => {
        /// Which backbone a model has, as its manifest says it.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "architecture")]
        pub enum EncoderConfig {
            $($(#[$condition])* #[serde(rename = $tag)] $family($config),)+
        }

        /// A backbone with its weights, on a device. There is one in a program, so its size as a value matters to nobody.
        #[allow(clippy::large_enum_variant)]
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

            /// Each family, and how many members of it have a name.
            #[cfg(test)]
            pub(super) fn members() -> Vec<(&'static str, usize)> {
                let mut members = Vec::new();
                $(
                    $(#[$condition])*
                    members.extend([($tag, <$config>::known().len())]);
                )+
                members
            }

            /// Recognises the backbone of a checkpoint and brings its weights into the folded form.
            pub fn from_checkpoint(mut weights: Weights) -> Result<(Self, Weights), CheckpointError> {
                let mut unrecognised = Vec::new();
                $(
                    $(#[$condition])*
                    match <$config>::from_checkpoint(&mut weights) {
                        Err(error @ CheckpointError::Unrecognised { .. }) => unrecognised.push(error.to_string()),
                        found => return found.map(|config| (Self::$family(config), weights)),
                    }
                )+
                Err(CheckpointError::Unsupported(unrecognised.join("; ")))
            }

            /// A network with weights by chance.
            pub fn init(&self, norms: Norms, device: &Device) -> Encoder {
                match self {
                    $($(#[$condition])* Self::$family(config) => Encoder::$family(config.init(norms, device)),)+
                }
            }

            fn config(&self) -> &dyn BackboneConfig {
                match self {
                    $($(#[$condition])* Self::$family(config) => config,)+
                }
            }
        }

        impl Encoder {
            fn network(&self) -> &dyn Backbone {
                match self {
                    $($(#[$condition])* Self::$family(network) => network,)+
                }
            }
        }
    };
}

pub(super) use backbones;
