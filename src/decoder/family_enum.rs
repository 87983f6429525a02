//! The enum over all families of decoders, and what only its variants' own types can do. `families.rs` calls this with the
//! list; names in here are looked up there.

macro_rules! decoders {
    ($($family:ident: $tag:literal, $config:ty;)+) => {
        /// Which decoder a model has, as its manifest says it.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "architecture")]
        pub enum DecoderConfig {
            $(#[serde(rename = $tag)] $family($config),)+
        }

        impl DecoderConfig {
            /// What configurations for learning captions call the families that do, and which [`DecoderSettings`] each
            /// has.
            pub fn known() -> Vec<(&'static str, &'static [&'static str])> {
                let all = [$(($tag, <$config>::settings()),)+];
                all.into_iter().filter_map(|(tag, settings)| Some((tag, settings?))).collect()
            }

            /// What a manifest calls the families.
            #[cfg(test)]
            pub(super) fn tags() -> Vec<&'static str> {
                vec![$($tag,)+]
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

            /// Does something with the decoder's own type.
            pub fn with_decoder<T: WithDecoder>(&self, task: T) -> T::Output {
                match self {
                    $(Self::$family(config) => config.with_decoder(task),)+
                }
            }

            fn family(&self) -> &dyn DecoderFamily {
                match self {
                    $(Self::$family(config) => config,)+
                }
            }
        }
    };
}

pub(super) use decoders;
