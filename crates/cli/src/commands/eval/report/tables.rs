//! Tables of a report.

use sightline_train::error_analysis::{Confusion, ErrorAnalysis, HeldOutStep, SurenessAnalysis, WordCounts};

use super::html::{Html, element, text};

/// What stands in a table where there is no number.
const NONE: &str = "–";

/// A table with a heading for each column, and one for each row in its first cell.
fn table(class: &str, caption: &str, columns: &[&str], rows: impl IntoIterator<Item = Vec<Html>>) -> Html {
    let heading = |column: &&str| text("th", &[("scope", "col")], *column);
    let head = element("thead", &[], [element("tr", &[], columns.iter().map(heading))]);
    let body = element("tbody", &[], rows.into_iter().map(|cells| element("tr", &[], cells)));
    let table = element("table", &[("class", class)], [text("caption", &[], caption), head, body]);
    // What is too wide for a phone scrolls by itself, by keyboard too.
    let attributes = [("class", "scrolls"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption)];
    element("div", &attributes, [table])
}

fn row_heading(heading: impl Into<Html>) -> Html {
    text("th", &[("scope", "row")], heading)
}

fn cell(number: impl Into<Html>) -> Html {
    text("td", &[], number)
}

/// A cell that is sorted by its number, whatever it says.
fn sorted_cell(number: Option<f64>, shown: impl FnOnce(f64) -> String) -> Html {
    let sort_by = number.unwrap_or(-1.0).to_string();
    text("td", &[("data-sort", &sort_by)], number.map_or(NONE.to_string(), shown))
}

pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn whole_percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// What the model's captions are like beside people's.
pub fn beside_people(errors: &ErrorAnalysis) -> Html {
    let ErrorAnalysis { model, people, rates, repeated, .. } = errors;
    let row = |name: Html, model: String, people: String, ratio: Option<f64>| {
        let ratio = ratio.map_or(NONE.to_string(), |ratio| format!("{ratio:.2}"));
        vec![row_heading(name), cell(model), cell(people), cell(ratio)]
    };
    let ratio = |model: f64, people: f64| (people > 0.0).then(|| model / people);
    let count = |name: &str, model: f64, people: f64| {
        row(name.into(), format!("{model:.0}"), format!("{people:.0}"), ratio(model, people))
    };
    let length = ratio(model.mean_length, people.mean_length);
    let mean_length = |length: f64| format!("{length:.1}");
    let mut rows = vec![
        row("words in a caption".into(), mean_length(model.mean_length), mean_length(people.mean_length), length),
        count("different captions", model.distinct_captions, people.distinct_captions),
        count("different words", model.distinct_words, people.distinct_words),
    ];
    if let Some(repeated) = repeated {
        let name = "captions that stand in the training captions";
        let ratio = ratio(repeated.model, repeated.people);
        rows.push(row(name.into(), percent(repeated.model), percent(repeated.people), ratio));
    }
    rows.extend(rates.iter().map(|rate| {
        let name = [Html::from("captions with "), text("i", &[], rate.word)].into_iter().collect();
        row(name, percent(rate.model), percent(rate.people), rate.ratio())
    }));
    table(
        "",
        "What the model’s captions have beside what people’s have",
        &["what is counted", "model", "people", "ratio"],
        rows,
    )
}

pub fn lengths(errors: &ErrorAnalysis) -> Html {
    let (model, people) = (&errors.model.lengths, &errors.people.lengths);
    let share = |lengths: &[f64], length: usize| percent(lengths.get(length).copied().unwrap_or(0.0));
    let rows = (0..model.len().max(people.len()))
        .map(|length| vec![row_heading(length.to_string()), cell(share(model, length)), cell(share(people, length))]);
    table("", "Share of captions by their number of words", &["words", "model", "people"], rows)
}

pub fn words(words: &[WordCounts]) -> Html {
    let columns = ["word", "model says", "precision, one person", "precision, two people", "two people say", "recall"];
    let count = |count: usize| sorted_cell(Some(count as f64), |_| count.to_string());
    let rows = words.iter().map(|word| {
        vec![
            row_heading(&*word.word),
            count(word.said),
            sorted_cell(word.precision_by_one(), whole_percent),
            sorted_cell(word.precision_by_two(), whole_percent),
            count(word.by_two_people),
            sorted_cell(word.recall(), whole_percent),
        ]
    });
    table("sortable", "Words, and in how many photos they are said", &columns, rows)
}

/// What people said row by row, and the model column by column. The fuller a cell, the larger its share of the row.
pub fn confusion(name: &str, confusion: &Confusion) -> Html {
    let columns: Vec<&str> =
        ["people ↓ model →"].into_iter().chain(confusion.model.iter().copied()).chain(["all"]).collect();
    let rows = confusion.people.iter().zip(&confusion.counts).map(|(people, counts)| {
        let all: usize = counts.iter().sum();
        let cells = counts.iter().zip(&confusion.model).map(|(count, model)| {
            let fill = format!("--share: {:.3}", *count as f64 / all.max(1) as f64);
            let class = if people == model { "right" } else { "wrong" };
            let shown = if *count == 0 { "·".to_string() } else { count.to_string() };
            text("td", &[("class", class), ("style", &fill)], shown)
        });
        [row_heading(*people)].into_iter().chain(cells).chain([cell(all.to_string())]).collect()
    });
    table("confusion", name, &columns, rows)
}

pub fn bins(SurenessAnalysis { bins, .. }: &SurenessAnalysis) -> Html {
    let columns = ["probability", "captions", "mean CIDEr-D", "median or better"];
    let rows = bins.iter().map(|bin| {
        vec![
            row_heading(format!("{:.3} to {:.3}", bin.least_probability, bin.greatest_probability)),
            cell(bin.captions.to_string()),
            cell(format!("{:.3}", bin.mean_cider_d)),
            cell(percent(bin.at_least_median)),
        ]
    });
    table("", "Captions by their probability", &columns, rows)
}

/// What becomes of the captions of each step; held-out ones where a calibration was fitted to the others.
pub fn steps(sureness: &SurenessAnalysis, held_out: Option<&[HeldOutStep]>) -> Html {
    let columns = ["step", "captions", "mean CIDEr-D", "median or better", "of held-out captions"];
    let of_captions = |captions: usize, shown: String| cell(if captions == 0 { NONE.to_string() } else { shown });
    let rows = sureness.steps.iter().enumerate().map(|(place, step)| {
        let mut cells = vec![
            row_heading(step.sureness.as_str()),
            cell(step.captions.to_string()),
            of_captions(step.captions, format!("{:.3}", step.mean_cider_d)),
            of_captions(step.captions, percent(step.at_least_median)),
        ];
        cells.extend(held_out.map(|steps| of_captions(steps[place].captions, percent(steps[place].at_least_median))));
        cells
    });
    let columns = if held_out.is_some() { &columns[..] } else { &columns[..4] };
    table("", "What the model calls its captions", columns, rows)
}
