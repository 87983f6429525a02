//! Charts of a report, drawn as SVG. The style sheet gives the colours, so that they follow the reader's scheme.

use sightline_train::error_analysis::{ErrorAnalysis, SurenessAnalysis};

use super::html::{Html, element, text};

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
/// Room for what is written on the left, below, above and on the right.
const LEFT: f64 = 48.0;
const BELOW: f64 = 44.0;
const ABOVE: f64 = 12.0;
const RIGHT: f64 = 14.0;

/// A plane for values from 0 to the greatest, the origin at the lower left.
struct Plane {
    across: f64,
    up: f64,
}

impl Plane {
    fn x(&self, value: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * value / self.across
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BELOW - (HEIGHT - BELOW - ABOVE) * value / self.up
    }

    fn line(&self, class: &str, from: (f64, f64), to: (f64, f64)) -> Html {
        let ends = [self.x(from.0), self.y(from.1), self.x(to.0), self.y(to.1)].map(number);
        let [x1, y1, x2, y2] = &ends;
        element("line", &[("class", class), ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)], [])
    }

    fn bar(&self, class: &str, from: f64, width: f64, value: f64, title: String) -> Html {
        let (left, top) = (self.x(from), self.y(value));
        let sizes = [left, top, self.x(from + width) - left, self.y(0.0) - top].map(number);
        let [x, y, width, height] = &sizes;
        let attributes = [("class", class), ("x", x), ("y", y), ("width", width), ("height", height)];
        element("rect", &attributes, [text("title", &[], title)])
    }

    /// A line across at each of these values, with what it is called.
    fn ruled(&self, values: &[f64], name: fn(f64) -> String) -> Vec<Html> {
        let rule = |value: &f64| {
            let label = label("end", LEFT - 8.0, self.y(*value) + 4.0, name(*value));
            [self.line("rule", (0.0, *value), (self.across, *value)), label]
        };
        values.iter().flat_map(rule).collect()
    }

    /// What the axis below is of.
    fn below(&self, name: &str) -> Html {
        label("middle", self.x(self.across / 2.0), HEIGHT - 6.0, name)
    }
}

fn number(value: f64) -> String {
    format!("{value:.1}")
}

fn label(anchor: &str, x: f64, y: f64, name: impl Into<Html>) -> Html {
    text("text", &[("text-anchor", anchor), ("x", &number(x)), ("y", &number(y))], name)
}

fn picture(description: &str, parts: Vec<Html>) -> Html {
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    element("svg", &[("class", "chart"), ("role", "img"), ("aria-label", description), ("viewBox", &view)], parts)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// A step between rules that leaves no more than five of them.
fn step(greatest: f64) -> f64 {
    let steps = [0.01, 0.02, 0.05, 0.1, 0.2];
    steps.into_iter().find(|step| greatest / step <= 5.0).unwrap_or(0.25)
}

/// How many captions have so many words, the model's beside people's.
pub fn lengths(errors: &ErrorAnalysis) -> Html {
    let sides = [("model", &errors.model.lengths), ("people", &errors.people.lengths)];
    let greatest = sides.iter().flat_map(|(_, lengths)| lengths.iter()).copied().fold(0.01, f64::max);
    let count = sides.iter().map(|(_, lengths)| lengths.len()).max().unwrap_or(0).max(1);
    let plane = Plane { across: count as f64, up: greatest };
    let step = step(greatest);
    let values: Vec<f64> = (0..).map(|rule| f64::from(rule) * step).take_while(|value| *value <= greatest).collect();
    let mut parts = plane.ruled(&values, percent);
    for (side, (class, lengths)) in sides.into_iter().enumerate() {
        let from = |length: usize| length as f64 + 0.1 + 0.4 * side as f64;
        let shown = lengths.iter().enumerate().filter(|(_, share)| **share > 0.0);
        let title = |length: usize, share: f64| format!("{length} words: {:.1} % of {class}’s", 100.0 * share);
        parts.extend(shown.map(|(length, share)| plane.bar(class, from(length), 0.4, *share, title(length, *share))));
    }
    let every = count.div_ceil(20);
    let name = |length: usize| label("middle", plane.x(length as f64 + 0.5), HEIGHT - BELOW + 16.0, length.to_string());
    parts.extend((0..count).step_by(every).map(name));
    parts.push(plane.below("words in a caption"));
    let (model, people) = (errors.model.mean_length, errors.people.mean_length);
    let description =
        format!("Histogram of lengths: the model’s captions have {model:.1} words in the mean, people’s {people:.1}.");
    picture(&description, parts)
}

/// What share of the captions is good, by the probability that the model gave them. Where probabilities are what they
/// say, the points lie on the diagonal.
pub fn reliability(SurenessAnalysis { bins, calibration, .. }: &SurenessAnalysis) -> Html {
    let plane = Plane { across: 1.0, up: 1.0 };
    let mut parts = plane.ruled(&[0.0, 0.25, 0.5, 0.75, 1.0], percent);
    let name = |value: f64| label("middle", plane.x(value), HEIGHT - BELOW + 16.0, format!("{value}"));
    parts.extend([0.0, 0.2, 0.4, 0.6, 0.8, 1.0].map(name));
    parts.push(plane.below("probability"));
    parts.push(plane.line("diagonal", (0.0, 0.0), (1.0, 1.0)));
    let places: Vec<(f64, f64)> =
        bins.iter().map(|bin| (calibration.calibrated(bin.mean_probability), bin.at_least_median)).collect();
    let path: Vec<String> = places.iter().map(|(x, y)| format!("{:.1},{:.1}", plane.x(*x), plane.y(*y))).collect();
    parts.push(element("polyline", &[("class", "path"), ("points", &path.join(" "))], []));
    let point = |(x, y): &(f64, f64)| {
        let title = format!("probability {x:.2}: {} are median or better", percent(*y));
        let (x, y) = (number(plane.x(*x)), number(plane.y(*y)));
        let attributes = [("class", "point"), ("cx", &*x), ("cy", &*y), ("r", "5")];
        element("circle", &attributes, [text("title", &[], title)])
    };
    parts.extend(places.iter().map(point));
    let ends = places.first().zip(places.last());
    let description = ends.map_or("Reliability diagram without captions.".to_string(), |(first, last)| {
        format!(
            "Reliability diagram: of the least probable tenth of captions {} are median or better, of the most probable \
             tenth {}.",
            percent(first.1),
            percent(last.1)
        )
    });
    picture(&description, parts)
}
