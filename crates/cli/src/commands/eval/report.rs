//! `sightline eval --report`: how a model errs, as one HTML file that needs nothing else.

mod charts;
mod examples;
mod html;
mod picture;
mod selection;
mod tables;

use std::path::Path;

use anyhow::Context;
use sightline::encoder::Grid;
use sightline::files::replace;
use sightline::sureness::Calibration;
use sightline_train::data::FeatureCache;
use sightline_train::data::dataset::Sample;
use sightline_train::error_analysis::{ErrorAnalysis, OFTEN, Repeated, SurenessAnalysis};
use sightline_train::evaluate::Evaluator;
use sightline_train::objective::GeneratedCaption;

use self::examples::Example;
use self::html::{Attribute, Html, element, text, void};
use self::selection::Selection;
use super::evaluation::Evaluation;

/// Nothing is fetched, whatever stands in the file.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// What was evaluated.
pub struct Evaluated<'a> {
    pub evaluation: &'a Evaluation,
    pub errors: &'a ErrorAnalysis,
    /// For each caption its photo, with what people wrote.
    pub photos: &'a [Sample],
    pub captions: &'a [GeneratedCaption],
    pub evaluator: &'a Evaluator<'a>,
    pub features: &'a FeatureCache,
    /// For each caption its photo's row among the features.
    pub rows: &'a [usize],
    pub grid: Grid,
}

pub fn write(path: &Path, evaluated: &Evaluated) -> anyhow::Result<()> {
    let page = format!("<!doctype html>\n{}\n", evaluated.page()?.into_string());
    replace(path, page.as_bytes()).with_context(|| path.display().to_string())
}

impl Evaluated<'_> {
    fn page(&self) -> anyhow::Result<Html> {
        let title = format!("How {} errs", self.evaluation.model);
        let sections = [
            ("captions", "Captions beside people’s", self.beside_people()),
            ("sureness", "Sureness against truth", self.sureness()),
            ("confusions", "Colours, numbers and people", self.confusions()),
            ("words", "Words", self.words()),
            ("examples", "Captions one by one", self.examples()?),
        ];
        let link = |(id, name, _): &(&str, &'static str, Vec<Html>)| {
            element("li", &[], [text("a", &[("href", &format!("#{id}"))], *name)])
        };
        let contents = element("ul", &[], sections.iter().map(link));
        let contents = element("nav", &[("aria-label", "Contents")], [contents]);
        let section = |(id, name, parts): (&str, &'static str, Vec<Html>)| {
            element("section", &[("id", id)], [text("h2", &[], name)].into_iter().chain(parts))
        };
        let header = element("header", &[], [text("h1", &[], &*title), self.head(), contents]);
        let main = element("main", &[], sections.into_iter().map(section));
        let head = element(
            "head",
            &[],
            [
                void("meta", &[("charset", "utf-8")]),
                void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]),
                void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]),
                void("meta", &[("name", "color-scheme"), ("content", "light dark")]),
                text("title", &[], title),
                element("style", &[], [Html::own(include_str!("report/report.css"))]),
            ],
        );
        let script = element("script", &[], [Html::own(include_str!("report/report.js"))]);
        Ok(element("html", &[("lang", "en")], [head, element("body", &[], [header, main, script])]))
    }

    /// What was measured, and the scores of all captions together.
    fn head(&self) -> Html {
        let Evaluation { photos, scores, .. } = self.evaluation;
        let names = ["cider_d", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l"];
        let figures = names.into_iter().filter_map(|name| {
            let score = format!("{:.3}", scores.get(name)?);
            Some(element("div", &[], [text("dt", &[], score_name(name)), text("dd", &[], score)]))
        });
        let what = paragraph(&format!("{photos} photos, {}.", self.evaluation.search()));
        [what, element("dl", &[("class", "figures")], figures)].into_iter().collect()
    }

    fn beside_people(&self) -> Vec<Html> {
        let mut notes = "People wrote several captions of each photo. Captions and words are counted in one of them for \
                         each photo, as a mean over the first, the second and so on; rates of words are of all captions."
            .to_string();
        match self.errors.repeated {
            Some(Repeated { training_captions, .. }) => {
                notes += &format!(" The training captions are {training_captions} different ones.");
            }
            None => notes += " How many captions stand in the training captions is left out: --train-list names them.",
        }
        let key = |class, name: &str| {
            [element("span", &[("class", class), ("aria-hidden", "true")], []), format!(" {name} ").into()]
        };
        let key = key("swatch model", "model").into_iter().chain(key("swatch people", "people"));
        let chart = [charts::lengths(self.errors), element("figcaption", &[], key)];
        vec![
            tables::beside_people(self.errors),
            note(&notes),
            text("h3", &[], "Length"),
            element("figure", &[], chart),
            as_table(tables::lengths(self.errors)),
        ]
    }

    fn sureness(&self) -> Vec<Html> {
        let sureness = &self.errors.sureness;
        let SurenessAnalysis { median_cider_d: median, calibration, .. } = sureness;
        let Calibration { temperature, sure, unsure } = calibration;
        let about = format!(
            "Captions in ten bins of equal size, by the probability that the model gave to a word, in the geometric mean. \
             A point’s height is the share of its captions whose own CIDEr-D is at least {median:.3}, the median of all. \
             Points on the dashed line would mean that the probability is this share. The probability is drawn with a \
             temperature of {temperature:.3}: to the power of 1 / {temperature:.3}; the table below has it without."
        );
        let steps = format!(
            "With this temperature, the model is sure from a probability of {sure:.3} and unsure from {unsure:.3}; below it, \
             it hesitates."
        );
        vec![
            paragraph(&about),
            element("figure", &[], [charts::reliability(sureness)]),
            tables::bins(sureness),
            text("h3", &[], "Three steps"),
            paragraph(&steps),
            tables::steps(sureness, self.evaluation.held_out.as_deref()),
        ]
    }

    fn confusions(&self) -> Vec<Html> {
        let confusions = &self.errors.confusions;
        let about = "Rows are what people said, columns what the model said of the same photos. For numbers and sexes a \
                     photo counts once: people’s is what most of them said, and they are divided where nothing has the \
                     most. A number is the first of a caption; “a” is none. For colours a photo may count several times: \
                     people’s are those that at least two of them named.";
        vec![
            paragraph(about),
            tables::confusion("Sexes", &confusions.sexes),
            tables::confusion("Numbers", &confusions.numbers),
            tables::confusion("Colours", &confusions.colours),
        ]
    }

    fn words(&self) -> Vec<Html> {
        let words = &self.errors.words;
        let about = format!(
            "Words that the model says of at least {OFTEN} photos, or at least two people each of so many. Words of one \
             stem are one, under the most frequent form. Precision is how often one person, or two, said it too where the \
             model says it; recall is how often the model says it where two people do."
        );
        let mut parts = vec![paragraph(&about)];
        let never: Vec<&str> = words.iter().filter(|word| word.said == 0).map(|word| &*word.word).collect();
        if !never.is_empty() {
            parts.push(element("p", &[], [text("b", &[], "Never said: "), never.join(", ").into()]));
        }
        parts.push(tables::words(words));
        parts
    }

    fn examples(&self) -> anyhow::Result<Vec<Html>> {
        let worth: Vec<(f64, f64)> =
            self.evaluation.captions.iter().map(|caption| (caption.cider_d(), caption.probability)).collect();
        let Selection { worst, best, by_chance } = Selection::of(&worth);
        let groups = [("The worst", worst), ("The best", best), ("Some of the others, by chance", by_chance)];
        let mut has_attention = true;
        let mut parts = Vec::new();
        for (name, captions) in groups.into_iter().filter(|(_, captions)| !captions.is_empty()) {
            let mut cards = Vec::new();
            for caption in captions {
                let example = self.example(caption)?;
                has_attention &= example.attention.is_some();
                cards.push(example.card()?);
            }
            parts.push(text("h3", &[], name));
            parts.push(element("ul", &[("class", "cards")], cards));
        }
        let maps = if has_attention {
            "A map is bright where the model took the numbers for the word from."
        } else {
            "This model has no attention, so there are no maps of where it looked."
        };
        let about = format!("By their own CIDEr-D; of equally bad captions, the most probable come first. {maps}");
        parts.insert(0, paragraph(&about));
        Ok(parts)
    }

    fn example(&self, place: usize) -> anyhow::Result<Example<'_>> {
        let (caption, scored, sample) = (&self.captions[place], &self.evaluation.captions[place], &self.photos[place]);
        let features = self.evaluator.features(self.features, &[self.rows[place]])?;
        Ok(Example {
            id: format!("photo-{place}"),
            photo: &sample.name,
            path: &sample.path,
            caption: &scored.caption,
            cider_d: scored.cider_d(),
            probability: scored.probability,
            people: &sample.captions,
            words: self.evaluator.words(caption).collect(),
            attention: self.evaluator.attention(features, caption)?,
            cols: self.grid.cols,
        })
    }
}

fn score_name(name: &str) -> String {
    match name {
        "cider_d" => "CIDEr-D".into(),
        "rouge_l" => "ROUGE-L".into(),
        other => other.to_uppercase().replace('_', "-"),
    }
}

fn paragraph(words: &str) -> Html {
    text("p", &[], words)
}

fn note(words: &str) -> Html {
    let class: Attribute = ("class", "muted");
    text("p", &[class], words)
}

/// What a chart shows, for whoever wants its numbers.
fn as_table(table: Html) -> Html {
    element("details", &[], [text("summary", &[], "As a table"), table])
}
