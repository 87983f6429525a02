//! The enum over all families of backbones, and what only their own types can do. `families.rs` calls this with the list;
//! names in here are looked up there.

macro_rules! backbones {
    ($($(#[$condition:meta])* $family:ident: $tag:literal, $config:ty;)+) => {
        /// Which backbone a model has, as its manifest says it.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "architecture")]
        pub enum EncoderConfig {
            $($(#[$condition])* #[serde(rename = $tag)] $family($config),)+
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

            /// Recognises the backbone of a checkpoint and brings its weights into the folded form, without a classifier.
            pub fn from_checkpoint(mut weights: Weights) -> Result<(Self, Weights), CheckpointError> {
                let mut unrecognised = Vec::new();
                $(
                    $(#[$condition])*
                    match checkpoint::recognised::<$config>(&weights) {
                        Err(error @ CheckpointError::Unrecognised { .. }) => unrecognised.push(error.to_string()),
                        Err(error) => return Err(error),
                        Ok(config) => {
                            weights = checkpoint::published::<$config>(weights);
                            let config = Self::$family(config);
                            return checkpoint::folded(&config.description(), weights).map(|weights| (config, weights));
                        }
                    }
                )+
                Err(CheckpointError::Unsupported(unrecognised.join("; ")))
            }

            fn config(&self) -> &dyn BackboneConfig {
                match self {
                    $($(#[$condition])* Self::$family(config) => config,)+
                }
            }
        }
    };
}

pub(super) use backbones;
