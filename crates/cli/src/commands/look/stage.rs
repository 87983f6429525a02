//! What a stage of the encoder makes of a photo, channel by channel.

use anyhow::{Context, ensure};
use image::{Rgb, RgbImage};
use sightline::Captioner;
use sightline::encoder::{MutedChannel, stage_named};
use sightline::inspection::FeatureMap;
use sightline::photo::Photo;

use super::tiles::wall;
use super::view::{Numbers, View};
use crate::terminal::write_table;

/// Pixels along a side of a tile.
const SIDE: u32 = 112;

/// Which channels of a stage.
#[derive(Clone, Debug, PartialEq)]
pub enum Chosen {
    Strongest(usize),
    Named(Vec<usize>),
    All,
}

impl Default for Chosen {
    fn default() -> Self {
        Self::Strongest(16)
    }
}

impl Chosen {
    pub fn parse(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("all", _) => Ok(Self::All),
            (_, Ok(number)) if number > 0 => Ok(Self::Strongest(number)),
            _ => Err("a number from 1 on, or all, is wanted".into()),
        }
    }
}

#[derive(Debug)]
pub struct Stage {
    name: String,
    map: FeatureMap,
    channels: Vec<Channel>,
    /// Their numbers, as they are written.
    numbers: Vec<f32>,
}

#[derive(Clone, Copy, Debug)]
struct Channel {
    number: usize,
    /// The mean of the absolute values.
    strength: f64,
    maximum: f32,
}

pub async fn look(
    captioner: &Captioner,
    photo: &Photo,
    name: &str,
    chosen: &Chosen,
    muted: &[MutedChannel],
) -> anyhow::Result<Stage> {
    let wanted = stage_named(name, captioner.model().encoder.stages()).context("--stage")?;
    let (_, mut stages) = captioner.stages(photo, muted).await?;
    for _ in 0..wanted {
        stages.advance().await?;
    }
    let stage = stages.advance().await?.with_context(|| format!("{name} puts nothing out"))?;
    let channels = channels(&stage.name, &stage.map, chosen)?;
    let numbers = channels.iter().map(|channel| channel.number as f32).collect();
    Ok(Stage { name: stage.name, map: stage.map, channels, numbers })
}

fn channels(stage: &str, map: &FeatureMap, chosen: &Chosen) -> anyhow::Result<Vec<Channel>> {
    let [count, rows, cols] = map.shape;
    let channel = |number: usize| {
        let values = &map.values[number * rows * cols..][..rows * cols];
        let strength = values.iter().map(|value| f64::from(value.abs())).sum::<f64>() / values.len() as f64;
        Channel { number, strength, maximum: values.iter().copied().fold(f32::NEG_INFINITY, f32::max) }
    };
    let mut channels: Vec<Channel> = match chosen {
        Chosen::Named(named) => {
            if let Some(wrong) = named.iter().find(|number| **number >= count) {
                anyhow::bail!("--channel {wrong}: {stage} has the channels 0 to {}", count.saturating_sub(1));
            }
            named.iter().copied().map(channel).collect()
        }
        Chosen::Strongest(_) | Chosen::All => (0..count).map(channel).collect(),
    };
    if let Chosen::Strongest(number) = chosen {
        channels.sort_by(|a, b| b.strength.total_cmp(&a.strength));
        channels.truncate(*number);
    }
    ensure!(!channels.is_empty(), "{stage} has no channels");
    Ok(channels)
}

impl Stage {
    fn values(&self, channel: Channel) -> &[f32] {
        let [_, rows, cols] = self.map.shape;
        &self.map.values[channel.number * rows * cols..][..rows * cols]
    }

    /// From black, the least, to white, the greatest.
    fn tile(&self, channel: Channel) -> RgbImage {
        let [_, rows, cols] = self.map.shape;
        let values = self.values(channel);
        let least = values.iter().copied().fold(f32::INFINITY, f32::min);
        let range = (channel.maximum - least).max(f32::MIN_POSITIVE);
        RgbImage::from_fn(cols as u32, rows as u32, |x, y| {
            let value = values[y as usize * cols + x as usize];
            Rgb([(255.0 * (value - least) / range).round() as u8; 3])
        })
    }
}

impl View for Stage {
    fn tell(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        use std::io::Write;
        let [count, rows, cols] = self.map.shape;
        writeln!(out, "{}: {count} channels of {rows}×{cols}, {} of them shown\n", self.name, self.channels.len())?;
        let mut table = vec![["channel", "strength", "maximum"].map(String::from).to_vec()];
        table.extend(self.channels.iter().map(|Channel { number, strength, maximum }| {
            vec![number.to_string(), format!("{strength:.4}"), format!("{maximum:.4}")]
        }));
        write_table(out, &table)
    }

    fn picture(&self) -> RgbImage {
        wall(&self.channels.iter().map(|channel| self.tile(*channel)).collect::<Vec<_>>(), SIDE)
    }

    fn numbers(&self) -> Vec<Numbers<'_>> {
        let [_, rows, cols] = self.map.shape;
        let count = self.channels.len();
        let maps = self.channels.iter().map(|channel| self.values(*channel)).collect();
        vec![
            Numbers { name: "maps", shape: vec![count, rows, cols], values: maps },
            Numbers { name: "channels", shape: vec![count], values: vec![&self.numbers] },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(chosen: Chosen) -> anyhow::Result<Vec<usize>> {
        let values = vec![1.0, 0.0, -3.0, 0.0, 2.0, 0.5];
        let channels = channels("stem", &FeatureMap { shape: [3, 1, 2], values }, &chosen)?;
        Ok(channels.iter().map(|channel| channel.number).collect())
    }

    #[test]
    fn the_strongest_come_first_whatever_their_sign() {
        assert_eq!(numbers(Chosen::Strongest(2)).unwrap(), [1, 2]);
        assert_eq!(numbers(Chosen::default()).unwrap(), [1, 2, 0]);
        assert_eq!(numbers(Chosen::All).unwrap(), [0, 1, 2]);
        assert_eq!(numbers(Chosen::Named(vec![2, 0])).unwrap(), [2, 0]);
        let error = numbers(Chosen::Named(vec![3])).unwrap_err().to_string();
        assert_eq!(error, "--channel 3: stem has the channels 0 to 2");
    }
}
