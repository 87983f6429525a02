//! What the encoder makes of a photo, stage by stage, and how long each layer takes for it.

use burn::tensor::Tensor;
use serde::Serialize;
use web_time::Instant;

use crate::caption::milliseconds;
use crate::captioner::{CaptionError, Captioner};
use crate::decoder::search::SearchError;
use crate::encoder::{MutedChannel, Row, Shape, mute, stage_name};
use crate::photo::Photo;

/// Numbers that lie over a photo: channel by channel, row by row.
#[derive(Clone, Debug)]
pub struct FeatureMap {
    /// Channels, rows, columns.
    pub shape: Shape,
    pub values: Vec<f32>,
}

/// What a stage puts out.
#[derive(Clone, Debug)]
pub struct StageMaps {
    /// `stem`, then `stage1` and so on.
    pub name: String,
    pub map: FeatureMap,
    pub multiply_adds: u64,
    pub milliseconds: f64,
    /// Those of its layers.
    pub layers: Vec<LayerTime>,
}

/// A line of the table of layers, and how long that layer took.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LayerTime {
    pub name: String,
    /// What its tensors' names begin with; empty where it has none.
    pub key: String,
    pub output: Vec<usize>,
    pub parameters: usize,
    /// Of a convolution or a pooling.
    pub kernel: Option<usize>,
    pub stride: Option<usize>,
    pub padding: Option<[usize; 2]>,
    pub groups: Option<usize>,
    pub multiply_adds: u64,
    pub receptive_field: usize,
    pub jump: Option<usize>,
    pub first_centre: f64,
    /// Nothing where a GPU computes, which does not tell when it has done a layer.
    pub milliseconds: Option<f64>,
}

impl LayerTime {
    fn new(row: &Row, milliseconds: Option<f64>) -> Self {
        Self {
            name: row.name.clone(),
            key: row.key.clone(),
            output: row.output.clone(),
            parameters: row.parameters,
            kernel: row.window.map(|window| window.kernel),
            stride: row.window.map(|window| window.stride),
            padding: row.window.map(|window| window.padding),
            groups: row.window.map(|window| window.groups),
            multiply_adds: row.multiply_adds,
            receptive_field: row.receptive_field,
            jump: row.jump,
            first_centre: row.first_centre,
            milliseconds,
        }
    }
}

/// A photo on its way through the encoder.
#[derive(Debug)]
pub struct Stages<'a> {
    captioner: &'a Captioner,
    muted: Vec<MutedChannel>,
    rows: Vec<Row>,
    next: usize,
    x: Tensor<4>,
}

impl Captioner {
    /// The photo as the encoder gets it, and then, one by one, what each stage makes of it with some channels muted.
    pub async fn stages(
        &self,
        photo: &Photo,
        muted: &[MutedChannel],
    ) -> Result<(FeatureMap, Stages<'_>), CaptionError> {
        self.check_channels(muted)?;
        let manifest = &self.model().manifest;
        let rows = manifest.encoder.layer_table(manifest.input.size).map_or(vec![], |table| table.rows);
        let x = self.input(photo);
        let input = read(x.clone()).await?;
        Ok((input, Stages { captioner: self, muted: muted.to_vec(), rows, next: 0, x }))
    }
}

impl Stages<'_> {
    /// The stem's maps, then those of each stage; nothing behind the last.
    pub async fn advance(&mut self) -> Result<Option<StageMaps>, CaptionError> {
        let encoder = &self.captioner.model().encoder;
        let stage = self.next;
        if stage > encoder.stages() {
            return Ok(None);
        }
        self.next += 1;
        let is_timed = encoder.device() == crate::device::cpu();
        let begin = Instant::now();
        let mut before = begin;
        let mut times: Vec<(usize, f64)> = vec![];
        let after = |place: usize| {
            let now = Instant::now();
            times.push((place, milliseconds(now - before)));
            before = now;
        };
        let x = mute(encoder.stage_observed(stage, self.x.clone(), after), stage, &self.muted);
        let map = read(x.clone()).await?;
        self.x = x;
        let took = milliseconds(begin.elapsed());
        let rows: Vec<&Row> =
            self.rows.iter().filter(|row| times.iter().any(|(place, _)| *place == row.place)).collect();
        // Norms are folded into the convolutions before them; the time of whatever comes between two windows is the
        // first one's.
        let timed: Vec<usize> = rows.iter().filter(|row| row.window.is_some()).map(|row| row.place).collect();
        let time = |row: &Row| {
            let next = timed.iter().copied().find(|place| *place > row.place).unwrap_or(usize::MAX);
            times.iter().filter(|(place, _)| (row.place..next).contains(place)).map(|(_, time)| time).sum::<f64>()
        };
        let layer = |row: &&Row| LayerTime::new(row, (is_timed && row.window.is_some()).then(|| time(row)));
        let layers: Vec<LayerTime> = rows.iter().map(layer).collect();
        let multiply_adds = layers.iter().map(|layer| layer.multiply_adds).sum();
        Ok(Some(StageMaps { name: stage_name(stage), map, multiply_adds, milliseconds: took, layers }))
    }
}

pub(super) async fn read(map: Tensor<4>) -> Result<FeatureMap, CaptionError> {
    let [_, channels, rows, cols] = map.dims();
    let lost = |error| SearchError::Device(format!("{error:?}"));
    let data = map.into_data_async().await.map_err(lost)?;
    Ok(FeatureMap { shape: [channels, rows, cols], values: data.iter().collect() })
}
