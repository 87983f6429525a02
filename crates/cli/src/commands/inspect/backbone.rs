//! `sightline inspect --backbone`: the table of a backbone's layers, as `torchsummary` prints it, and more.

use std::io::Write;

use anyhow::{Context, ensure};
use serde::Serialize;
use sightline::encoder::{EncoderConfig, Grid, LayerTable, Row, Window};
use sightline::humanize::thousands;

use crate::status::CommandStatus;
use crate::terminal::{stdout, write_json_pretty, write_table};

/// A photo of more pixels has no advantage, and its table numbers that do not fit.
const MOST: usize = 4096;

#[derive(Serialize)]
struct Summary<'a> {
    backbone: &'a str,
    title: String,
    /// What a captioner gets of it.
    grid: Grid,
    channels: usize,
    #[serde(flatten)]
    table: LayerTable,
}

/// How the table is written.
#[derive(Clone, Copy)]
pub enum Format {
    Text,
    Json,
    Csv,
    Markdown,
}

pub fn run(name: &str, size: Option<usize>, format: Format) -> anyhow::Result<CommandStatus> {
    let config = EncoderConfig::named(name)?;
    let size = size.unwrap_or(config.input().size);
    ensure!(size <= MOST, "--size {size}: at most {MOST} pixels are possible");
    config.check_size(size).context("--size")?;
    let table = config.layer_table(size).context("a photo of this size has a table")?;
    let summary =
        Summary { backbone: name, title: config.title(), grid: config.grid(size), channels: config.channels(), table };
    let mut out = stdout();
    match format {
        Format::Text => print(&summary, &mut out)?,
        Format::Markdown => print_markdown(&summary, &mut out)?,
        Format::Json => write_json_pretty(&mut out, &summary)?,
        Format::Csv => {
            let rows = summary.table.rows.iter().map(|row| cells(row, ToString::to_string));
            for row in std::iter::once(HEAD.map(String::from)).chain(rows) {
                writeln!(out, "{}", row.join(","))?;
            }
        }
    }
    Ok(CommandStatus::AllWell)
}

const HEAD: [&str; 10] = [
    "layer",
    "output",
    "parameters",
    "kernel",
    "stride",
    "padding",
    "groups",
    "multiply-adds",
    "receptive field",
    "jump",
];

/// A row's cells in the order of [`HEAD`]; `number` writes the large ones.
fn cells(row: &Row, number: impl Fn(&usize) -> String) -> [String; 10] {
    let output: Vec<String> = row.output.iter().map(ToString::to_string).collect();
    let of_window = |of: &dyn Fn(Window) -> String| row.window.map(of).unwrap_or_default();
    let padding = |window: Window| match window.padding {
        [before, after] if before == after => before.to_string(),
        [before, after] => format!("{before}+{after}"),
    };
    [
        row.name.clone(),
        output.join("×"),
        number(&row.parameters),
        of_window(&|window| window.kernel.to_string()),
        of_window(&|window| window.stride.to_string()),
        of_window(&padding),
        of_window(&|window| if window.groups > 1 { window.groups.to_string() } else { String::new() }),
        if row.multiply_adds > 0 { number(&(row.multiply_adds as usize)) } else { String::new() },
        row.receptive_field.to_string(),
        row.jump.map(|jump| jump.to_string()).unwrap_or_default(),
    ]
}

/// The totals, as `torchsummary` words them.
fn totals(summary: &Summary) -> Vec<String> {
    let Summary { table: LayerTable { totals, .. }, grid, channels, .. } = summary;
    vec![
        format!("Total params: {}", thousands(totals.parameters)),
        format!("Trainable params: {}", thousands(totals.trainable)),
        format!("Non-trainable params: {}", thousands(totals.non_trainable)),
        format!("Input size (MB): {:.2}", totals.input_mb),
        format!("Forward/backward pass size (MB): {:.2}", totals.forward_backward_mb),
        format!("Params size (MB): {:.2}", totals.parameters_mb),
        format!("Estimated total size (MB): {:.2}", totals.total_mb),
        format!("Multiply-adds: {}", thousands(totals.multiply_adds as usize)),
        format!("Feature grid: {}×{} cells of {} channels", grid.rows, grid.cols, thousands(*channels)),
    ]
}

fn print(summary: &Summary, out: &mut impl Write) -> std::io::Result<()> {
    let [channels, rows, cols] = summary.table.input;
    writeln!(out, "{}, for a photo of {channels}×{rows}×{cols}\n", summary.title)?;
    let mut table = vec![HEAD.map(String::from).to_vec()];
    table.extend(summary.table.rows.iter().map(|row| cells(row, |number| thousands(*number)).to_vec()));
    write_table(out, &table)?;
    writeln!(out)?;
    totals(summary).iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn print_markdown(summary: &Summary, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "| {} |", HEAD.join(" | "))?;
    writeln!(out, "|---|---|{}", "--:|".repeat(HEAD.len() - 2))?;
    for row in &summary.table.rows {
        writeln!(out, "| {} |", cells(row, |number| thousands(*number)).join(" | "))?;
    }
    writeln!(out)?;
    totals(summary).iter().try_for_each(|line| writeln!(out, "- {line}"))
}
