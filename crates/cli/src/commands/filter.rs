//! `sightline filter`: one convolution over a photo, by a kernel that is known by name or by its numbers, and what may
//! follow it. The page shows the same pixels.

mod convolution;
mod kernel;
mod levels;
mod pixels;

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum, value_parser};
use sightline::photo::Limits;

use self::convolution::{Padding, convolved};
use self::kernel::{Kernel, NamedKernel};
use self::levels::{Pooling, gamma, threshold};
use self::pixels::Pixels;
use crate::inputs::read_photo;
use crate::pictures::write_png;
use crate::status::CommandStatus;
use crate::terminal::stdout;
use crate::writable::expect_writable;

pub const AFTER_HELP: &str = "Example:\n  sightline filter photo.jpg --kernel edge --grey -o edges.png\n  \
                              sightline filter photo.jpg --custom \"0,1,0;1,-4,1;0,1,0\" --pool max -o laplace.png";

#[derive(Args)]
pub struct Arguments {
    /// The photo (JPEG, PNG, WebP, GIF, BMP)
    #[arg(value_name = "PHOTO")]
    photo: PathBuf,
    #[command(flatten)]
    kernel: KernelArguments,
    /// Side of a kernel that has a name
    #[arg(long, default_value = "3", value_parser = ["3", "5", "7"], conflicts_with = "custom", value_name = "N")]
    size: String,
    /// Pixels from one place of the kernel to the next
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u64).range(1..=16), value_name = "N")]
    stride: u64,
    /// Zeros around the photo: same, valid (none), full, or how many on each side
    #[arg(long, default_value = "same", value_parser = Padding::parse, value_name = "PADDING")]
    padding: Padding,
    /// Make the photo grey first
    #[arg(long)]
    grey: bool,
    /// Then take of each window the greatest value, or the mean
    #[arg(long, value_enum, value_name = "POOLING")]
    pool: Option<Pooling>,
    /// Side of that window, and its stride
    #[arg(long, default_value_t = 2, value_parser = value_parser!(u64).range(2..=64), requires = "pool", value_name = "N")]
    window: u64,
    /// Then brighten (below 1) or darken (above 1) what is between black and white
    #[arg(long, value_parser = parse_gamma, value_name = "G")]
    gamma: Option<f64>,
    /// Then make white what is at least this, from 0 to 255, and black what is less
    #[arg(long, value_name = "T")]
    threshold: Option<u8>,
    /// The picture to write, a PNG
    #[arg(short, long, value_name = "OUT.png")]
    out: PathBuf,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct KernelArguments {
    /// The kernel, by its name
    #[arg(long, value_enum, value_name = "NAME")]
    kernel: Option<NamedKernel>,
    /// The kernel, by its numbers: a square, rows parted by semicolons, such as "0,1,0;1,-4,1;0,1,0"
    #[arg(long, value_parser = Kernel::parse, allow_hyphen_values = true, value_name = "ROWS")]
    custom: Option<Kernel>,
}

fn parse_gamma(text: &str) -> Result<f64, String> {
    let gamma = text.parse().ok().filter(|gamma| (0.1..=10.0).contains(gamma));
    gamma.ok_or_else(|| "a number from 0.1 to 10 is allowed".into())
}

impl Arguments {
    /// The kernel, and what to call it.
    fn kernel(&self) -> anyhow::Result<(String, Kernel)> {
        match &self.kernel {
            KernelArguments { custom: Some(kernel), .. } => Ok(("custom".into(), kernel.clone())),
            KernelArguments { kernel: Some(named), .. } => {
                let name = named.to_possible_value().map_or_else(String::new, |value| value.get_name().into());
                Ok((name, Kernel::named(*named, self.size.parse()?)))
            }
            // clap asks for one of them.
            KernelArguments { .. } => anyhow::bail!("--kernel or --custom is needed"),
        }
    }
}

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let is_png = arguments.out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
    ensure!(is_png, "{}: the picture is a PNG, so its name has to end in .png", arguments.out.display());
    expect_writable(&arguments.out)?;
    let (name, kernel) = arguments.kernel()?;
    let photo = read_photo(&arguments.photo, &Limits::default());
    let photo = photo.with_context(|| arguments.photo.display().to_string())?.upright();
    let pixels = if arguments.grey { Pixels::grey(&photo) } else { Pixels::colours(photo) };
    let mut out = Vec::new();
    writeln!(out, "{name} kernel of {0}×{0}:\n{kernel}", kernel.size)?;
    let (mut pixels, [columns, rows]) = convolved(&pixels, &kernel, arguments.padding, arguments.stride as usize)?;
    writeln!(out, "{columns} columns\n{rows} rows")?;
    if let Some(pooling) = arguments.pool {
        let window = arguments.window as usize;
        let Pixels { width, height, .. } = pixels;
        pixels = pooling.pooled(&pixels, window)?;
        writeln!(out, "pooled: ⌊{width} / {window}⌋ = {} columns", pixels.width)?;
        writeln!(out, "pooled: ⌊{height} / {window}⌋ = {} rows", pixels.height)?;
    }
    if let Some(exponent) = arguments.gamma {
        pixels.change(|value| gamma(value, exponent));
    }
    if let Some(least) = arguments.threshold {
        pixels.change(|value| threshold(value, least));
    }
    write_png(&arguments.out, &pixels.into_picture()?)?;
    stdout().write_all(&out)?;
    Ok(CommandStatus::AllWell)
}
