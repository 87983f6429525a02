//! `sightline eval --calibrate`: what is told of a calibration that was fitted.

use std::io::Write;

use sightline::familiarity::Familiarity;
use sightline::sureness::Sureness;
use sightline_train::error_analysis::{CalibrationFit, FEWEST, SurenessAnalysis, WANTED};
use sightline_train::familiarity_fit::{self, FALSE_ALARMS};

use crate::terminal::{stdout, write_table};

/// Each step with its captions, and the share of good ones among those and among held-out ones.
pub fn print(fit: &CalibrationFit, sureness: &SurenessAnalysis) -> std::io::Result<()> {
    let mut out = stdout();
    let calibration = fit.calibration;
    writeln!(
        out,
        "\ntemperature {:.3}; sure from a probability of {:.3}, unsure from {:.3}\n",
        calibration.temperature, calibration.sure, calibration.unsure
    )?;
    let mut rows = vec![["", "captions", "CIDEr-D", "median or better", "held out"].map(String::from).to_vec()];
    for (step, held_out) in sureness.steps.iter().zip(&fit.held_out) {
        rows.push(vec![
            step.sureness.as_str().into(),
            step.captions.to_string(),
            number(step.captions, || format!("{:.3}", step.mean_cider_d)),
            number(step.captions, || format!("{:.1} %", 100.0 * step.at_least_median)),
            number(held_out.captions, || format!("{:.1} % of {}", 100.0 * held_out.at_least_median, held_out.captions)),
        ]);
    }
    write_table(&mut out, &rows)?;
    for (step, wanted) in sureness.steps.iter().zip(WANTED).filter(|(step, _)| step.captions == 0) {
        let (captions, consequence) = match step.sureness {
            Sureness::Sure => ("captions", "the model is sure of none"),
            _ => ("of the other captions", "the model is unsure of none"),
        };
        writeln!(
            out,
            "\nno {FEWEST} {captions} with the greatest probabilities have a CIDEr-D of the median or better in {:.0} % of cases: \
             {consequence}",
            100.0 * wanted
        )?;
    }
    Ok(())
}

/// When a picture counts as none of the photos that the model knows.
pub fn print_familiarity(familiarity: Option<&Familiarity>) -> std::io::Result<()> {
    let mut out = stdout();
    match familiarity {
        Some(Familiarity { limit, .. }) => writeln!(
            out,
            "\na picture is no photo that the model knows at a distance above {limit:.3}, as {:.0} % of these photos are",
            100.0 * FALSE_ALARMS
        ),
        None => writeln!(
            out,
            "\nwhich pictures are no photos that the model knows was not measured: it takes {} photos",
            familiarity_fit::FEWEST
        ),
    }
}

/// Nothing is known of no captions.
fn number(captions: usize, shown: impl FnOnce() -> String) -> String {
    if captions == 0 { "–".into() } else { shown() }
}
