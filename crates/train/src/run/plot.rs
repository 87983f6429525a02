//! A picture of a training: its loss and its scores, drawn from its log as an SVG.

mod error;
mod history;

use std::ops::Range;
use std::path::Path;

use plotters::coord::Shift;
use plotters::coord::types::{RangedCoordf64, RangedCoordu32};
use plotters::prelude::*;

pub use error::PlotError;
use history::{Epoch, History, drawable};

const WIDTH: u32 = 900;
const HEIGHT: u32 = 720;
/// More points than this are no longer told apart on that width.
const MAX_POINTS: usize = 2 * WIDTH as usize;
// Okabe and Ito's colours, which colour-blind people tell apart.
const BLUE: RGBColor = RGBColor(0, 114, 178);
const LIGHT_BLUE: RGBColor = RGBColor(150, 198, 226);
const VERMILION: RGBColor = RGBColor(213, 94, 0);
const INK: RGBColor = RGBColor(51, 51, 51);
const GRID: RGBColor = RGBColor(228, 228, 228);

/// Draws the log of a training, one JSON object a line, as an SVG.
pub fn draw(log: &Path, svg: &Path) -> Result<(), PlotError> {
    let history = History::read(log)?;
    let mut picture = String::new();
    history.draw(&mut picture).map_err(|reason| PlotError::Drawing { log: log.to_path_buf(), reason })?;
    sightline::files::replace(svg, picture.as_bytes())
        .map_err(|reason| PlotError::Io { file: svg.to_path_buf(), reason })
}

impl History {
    fn draw(&self, picture: &mut String) -> Result<(), String> {
        let root = SVGBackend::with_string(picture, (WIDTH, HEIGHT)).into_drawing_area();
        root.fill(&WHITE).map_err(text)?;
        let (above, below) = root.split_vertically(HEIGHT / 2);
        self.draw_loss(&above)?;
        self.draw_scores(&below)?;
        root.present().map_err(text)
    }

    fn draw_loss(&self, area: &Area) -> Result<(), String> {
        let raw: Vec<_> = self.steps.iter().filter_map(|step| Some((step.step, drawable(step.loss)?))).collect();
        let validation = self.epochs.iter().filter_map(|epoch| Some((epoch.step?, drawable(epoch.validation_loss)?)));
        let validation: Vec<_> = validation.collect();
        let last = raw.iter().chain(&validation).map(|point| point.0).max().unwrap_or(0);
        let smooth = smoothed(&raw);
        let losses = span(smooth.iter().chain(&validation).map(|point| point.1).chain(usual(&raw)));
        let inside = |&(step, loss): &(u32, f64)| (step, loss.clamp(losses.start, losses.end));
        let raw: Vec<_> = raw.iter().map(inside).collect();
        let mut chart = panel(area, "Loss", 0..last.max(1), losses)?;
        mesh(&mut chart, "step", "loss")?;
        chart
            .draw_series(LineSeries::new(thinned(&raw), LIGHT_BLUE.stroke_width(1)))
            .map_err(text)?
            .label("training, as logged")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], LIGHT_BLUE.stroke_width(2)));
        // One point makes no line.
        let dot = if smooth.len() == 1 { 3 } else { 0 };
        chart
            .draw_series(LineSeries::new(thinned(&smooth), BLUE.filled().stroke_width(2)).point_size(dot))
            .map_err(text)?
            .label("training, smoothed")
            .legend(|(x, y)| PathElement::new([(x, y), (x + 20, y)], BLUE.stroke_width(2)));
        if !validation.is_empty() {
            chart
                .draw_series(validation.iter().map(|point| Circle::new(*point, 4, VERMILION.filled())))
                .map_err(text)?
                .label("validation")
                .legend(|(x, y)| Circle::new((x + 10, y), 4, VERMILION.filled()));
        }
        legend(&mut chart, SeriesLabelPosition::UpperRight)
    }

    /// What a classifier was right about, or what a captioner's captions are worth.
    fn draw_scores(&self, area: &Area) -> Result<(), String> {
        let is_classifier = self.epochs.iter().any(|epoch| epoch.validation_accuracy.is_some());
        let (title, unit, scores): (_, _, [Score; 2]) = if is_classifier {
            let validation: Score = ("validation", |epoch| Some(100.0 * epoch.validation_accuracy?));
            ("Accuracy", "per cent", [validation, ("training", |epoch| Some(100.0 * epoch.train_accuracy?))])
        } else {
            let scores: [Score; 2] = [("CIDEr-D", |epoch| epoch.cider_d), ("BLEU-4", |epoch| epoch.bleu_4)];
            ("Scores of the validation photos", "score", scores)
        };
        let points = |(_, score): &Score| -> Vec<(u32, f64)> {
            self.epochs.iter().filter_map(|epoch| Some((epoch.epoch, drawable(score(epoch))?))).collect()
        };
        let [first, second] = [points(&scores[0]), points(&scores[1])];
        let all = || first.iter().chain(&second);
        let last = all().map(|point| point.0).max().unwrap_or(1);
        let most = all().map(|point| point.1).fold(0.0, f64::max);
        // The air above is the legend's.
        let title = if all().next().is_some() { title } else { "No scores yet" };
        let most = if most > 0.0 { most * 1.25 } else { 1.0 };
        let mut chart = panel(area, title, 0..last.saturating_add(1), 0.0..most)?;
        mesh(&mut chart, "epoch", unit)?;
        if !first.is_empty() {
            chart.draw_series(LineSeries::new(first.clone(), BLUE.stroke_width(2))).map_err(text)?;
            chart
                .draw_series(first.iter().map(|point| Circle::new(*point, 4, BLUE.filled())))
                .map_err(text)?
                .label(scores[0].0)
                .legend(|(x, y)| Circle::new((x + 10, y), 4, BLUE.filled()));
        }
        if !second.is_empty() {
            chart.draw_series(LineSeries::new(second.clone(), VERMILION.stroke_width(2))).map_err(text)?;
            chart
                .draw_series(second.iter().map(|point| TriangleMarker::new(*point, 6, VERMILION.filled())))
                .map_err(text)?
                .label(scores[1].0)
                .legend(|(x, y)| TriangleMarker::new((x + 10, y), 6, VERMILION.filled()));
        }
        if first.is_empty() && second.is_empty() { Ok(()) } else { legend(&mut chart, SeriesLabelPosition::UpperLeft) }
    }
}

/// What is drawn of an epoch, with its name.
type Score = (&'static str, fn(&Epoch) -> Option<f64>);
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordu32, RangedCoordf64>>;

fn panel<'a, 'b>(area: &'a Area<'b>, title: &str, x: Range<u32>, y: Range<f64>) -> Result<Chart<'a, 'b>, String> {
    ChartBuilder::on(area)
        .caption(title, font(21))
        .margin(12)
        .margin_right(24)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(x, y)
        .map_err(text)
}

fn mesh(chart: &mut Chart, x: &str, y: &str) -> Result<(), String> {
    chart
        .configure_mesh()
        .axis_style(INK)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .label_style(font(16))
        .axis_desc_style(font(17))
        .x_desc(x)
        .y_desc(y)
        .draw()
        .map_err(text)
}

fn legend<'a, 'b: 'a>(chart: &mut Chart<'a, 'b>, position: SeriesLabelPosition) -> Result<(), String> {
    chart
        .configure_series_labels()
        .position(position)
        .background_style(WHITE.mix(0.85))
        .border_style(GRID)
        .label_font(font(16))
        .draw()
        .map_err(text)
}

fn font(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

fn text(error: impl ToString) -> String {
    error.to_string()
}

/// The losses without the few that stand out. One spike would press all the others together.
fn usual(points: &[(u32, f64)]) -> Vec<f64> {
    let mut losses: Vec<f64> = points.iter().map(|point| point.1).collect();
    losses.sort_unstable_by(f64::total_cmp);
    let few = losses.len() / 200;
    losses[few..losses.len() - few].to_vec()
}

/// From the least value to the greatest, with some air.
fn span(values: impl Iterator<Item = f64>) -> Range<f64> {
    let (least, most) = values.fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(value), most.max(value)));
    let air = if most > least { (most - least) * 0.06 } else { 0.5 };
    least - air..most + air
}

/// The mean of each point and those around it, a twenty-fifth of the training at most and, but for the ends, as many
/// on either side. A mean of the points before would lag behind a loss that falls.
fn smoothed(points: &[(u32, f64)]) -> Vec<(u32, f64)> {
    let mut sums = vec![0.0];
    sums.extend(points.iter().scan(0.0, |sum, (_, loss)| {
        *sum += loss;
        Some(*sum)
    }));
    let count = points.len();
    let smooth = |(place, (step, _)): (usize, &(u32, f64))| {
        let reach = (count / 50).min(place).min(count - 1 - place).max(count / 200);
        let (from, to) = (place.saturating_sub(reach), (place + reach + 1).min(count));
        (*step, (sums[to] - sums[from]) / (to - from) as f64)
    };
    points.iter().enumerate().map(smooth).collect()
}

/// No more points than can be seen: of many that share a place, the least and the greatest.
fn thinned(points: &[(u32, f64)]) -> Vec<(u32, f64)> {
    if points.len() <= MAX_POINTS {
        return points.to_vec();
    }
    let extremes = |points: &[(u32, f64)]| {
        let least = points.iter().enumerate().min_by(|a, b| a.1.1.total_cmp(&b.1.1)).map(|(place, _)| place);
        let most = points.iter().enumerate().max_by(|a, b| a.1.1.total_cmp(&b.1.1)).map(|(place, _)| place);
        [least.min(most), least.max(most)].into_iter().flatten().map(|place| points[place]).collect::<Vec<_>>()
    };
    points.chunks(points.len().div_ceil(MAX_POINTS / 2)).flat_map(extremes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn drawn(log: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let (file, svg) = (folder.path().join("log.jsonl"), folder.path().join("plot.svg"));
        std::fs::write(&file, log).unwrap();
        draw(&file, &svg).unwrap();
        // Nothing is left beside the picture.
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
        std::fs::read_to_string(svg).unwrap()
    }

    fn log(steps: u32) -> String {
        (1..=steps).fold(String::new(), |mut log, step| {
            let loss = 2.0 + 100.0 / f64::from(step + 20);
            writeln!(log, r#"{{"event":"step","step":{step},"loss":{loss}}}"#).unwrap();
            log
        })
    }

    #[test]
    fn draws_both_panels_with_their_texts() {
        let epochs = r#"{"event":"epoch","step":150,"epoch":1,"validation_loss":2.9,"cider_d":0.3,"bleu_4":0.1}
            {"event":"epoch","step":300,"epoch":2,"validation_loss":2.7,"cider_d":0.4,"bleu_4":0.2}"#;
        let svg = drawn(&(log(300) + &epochs.replace("            ", "")));
        assert!(svg.starts_with("<svg width=\"900\""));
        let texts = [
            "Loss",
            "step",
            "training, smoothed",
            "validation",
            "Scores of the validation photos",
            "CIDEr-D",
            "BLEU-4",
        ];
        for text in texts {
            assert!(svg.contains(&format!("\n{text}\n</text>")), "{text}");
        }
    }

    #[test]
    fn draws_what_a_classifier_was_right_about() {
        let epoch = r#"{"event":"epoch","step":30,"epoch":1,"train_accuracy":0.9,"validation_accuracy":0.8}"#;
        let svg = drawn(&(log(30) + epoch));
        for text in ["Accuracy", "per cent", "validation", "training"] {
            assert!(svg.contains(&format!("\n{text}\n</text>")), "{text}");
        }
        assert!(!svg.contains("CIDEr-D"));
    }

    #[test]
    fn draws_a_training_that_has_hardly_begun() {
        let svg = drawn(r#"{"event":"step","step":0,"loss":9.1}"#);
        assert!(svg.contains("No scores yet"));
        assert!(svg.contains("<circle"));
    }

    #[test]
    fn a_long_training_makes_no_large_picture() {
        assert!(drawn(&log(50_000)).len() < 100_000);
    }

    #[test]
    fn smoothing_keeps_a_straight_line() {
        let line: Vec<_> = (0..1000).map(|step| (step, f64::from(step))).collect();
        let smooth = smoothed(&line);
        assert!(line.iter().zip(&smooth).all(|(line, smooth)| (line.1 - smooth.1).abs() < 3.0));
        assert!((smooth[500].1 - 500.0).abs() < 1e-9);
    }

    #[test]
    fn a_spike_does_not_set_the_axis() {
        let mut points: Vec<_> = (0..1000).map(|step| (step, 3.0)).collect();
        points[500].1 = 1000.0;
        assert!(usual(&points).iter().all(|loss| *loss == 3.0));
    }
}
