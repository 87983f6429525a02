//! The card of a model folder: what people read about a model, and what model hubs look up of it.

use std::io;
use std::path::Path;

use serde::Serialize;
use sightline::decoder::ModelKind;
use sightline::files;
use sightline::humanize::{megabytes, thousands};
use sightline::model::{MANIFEST_FILE, MANIFEST_LIMIT, Manifest};
use sightline::vocabulary::SPECIAL;

pub const FILE: &str = "MODEL_CARD.md";

/// Licences that hubs know by an identifier, of those that SPDX knows by the same, whatever its case.
const HUB_LICENSES: &str = "\
    afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0 cc-by-2.0 cc-by-2.5 \
    cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 \
    cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc0-1.0 cdla-permissive-1.0 \
    cdla-permissive-2.0 cdla-sharing-1.0 ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 gpl-2.0 gpl-3.0 isc \
    lgpl-2.1 lgpl-3.0 mit mpl-2.0 osl-3.0 unlicense zlib";

/// What stands above the text, by the hubs' names.
#[derive(Serialize)]
struct FrontMatter<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<&'static str>,
    library_name: &'static str,
    pipeline_tag: &'static str,
    tags: [&'static str; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    metrics: Vec<&'a str>,
}

/// Whether the card in a folder is what this program writes about the model there: nobody has added to it.
pub fn is_as_written(folder: &Path) -> bool {
    let read = |name: &str, most| files::read_at_most(&folder.join(name), most).ok().flatten();
    let model = read(MANIFEST_FILE, MANIFEST_LIMIT).and_then(|json| Manifest::parse(&json).ok());
    let Some(card) = model.and_then(|(manifest, _)| card(&manifest).ok()) else { return false };
    read(FILE, card.len() as u64).is_some_and(|found| found == card.as_bytes())
}

/// Writes the card of the model in a folder, unless somebody else's is there. Whether it wrote one.
pub fn write(folder: &Path, manifest: &Manifest, is_own: bool) -> io::Result<bool> {
    let path = folder.join(FILE);
    if path.exists() && !is_own {
        return Ok(false);
    }
    files::replace(&path, card(manifest)?.as_bytes()).map(|()| true)
}

fn card(manifest: &Manifest) -> io::Result<String> {
    let front_matter = serde_saphyr::to_string(&front_matter(manifest)).map_err(io::Error::other)?;
    let Manifest { name, encoder, decoder, vocabulary, .. } = manifest;
    let known = thousands(vocabulary.len().saturating_sub(SPECIAL.len()));
    let looked = if decoder.has_attention() { ", and shows for each where it looked" } else { "" };
    let (what, command) = match decoder.kind() {
        ModelKind::Captions => (format!("Writes a sentence about a photo, out of {known} words{looked}"), "caption"),
        ModelKind::Classes => (format!("Tells which of {known} classes a photo shows"), "classify"),
    };
    let mut text = format!(
        "---\n{}\n---\n\n# {name}\n\n{what}.\n\n- encoder: {}\n- decoder: {}\n- size: {}\n\n## Use\n\n\
         ```sh\nsightline {command} --model path/to/this/folder photo.jpg\n```\n",
        front_matter.trim_end(),
        encoder.title(),
        decoder.title(),
        megabytes(manifest.bytes()),
    );
    if !manifest.scores.is_empty() {
        text.push_str("\n## Scores\n\nAs `sightline eval` measured them");
        if let Some(beams) = manifest.beams {
            text.push_str(&format!(", with `--beams {beams}`"));
        }
        text.push_str(":\n\n| | |\n|---|--:|\n");
        text.extend(manifest.scores.iter().map(|(metric, score)| format!("| {metric} | {score:.3} |\n")));
    }
    if let Some(license) = &manifest.license {
        text.push_str(&format!("\n## Licence\n\n{license}\n"));
    }
    Ok(text)
}

fn front_matter(manifest: &Manifest) -> FrontMatter<'_> {
    let mut metrics: Vec<&str> = manifest.scores.keys().map(|name| family(name)).collect();
    // The names of a map are in order, so equals stand side by side.
    metrics.dedup();
    let (pipeline_tag, tag) = match manifest.decoder.kind() {
        ModelKind::Captions => ("image-to-text", "image-captioning"),
        ModelKind::Classes => ("image-classification", "image-classification"),
    };
    FrontMatter {
        license: manifest.license.as_deref().map(hub_license),
        library_name: "sightline",
        pipeline_tag,
        tags: [tag],
        metrics,
    }
}

/// The metric that a score is one of: `bleu` for `bleu_4`.
fn family(score: &str) -> &str {
    score.split_once('_').map_or(score, |(family, _)| family)
}

/// `other` for whatever hubs know no identifier of, such as a sentence.
fn hub_license(license: &str) -> &'static str {
    HUB_LICENSES.split_whitespace().find(|known| known.eq_ignore_ascii_case(license)).unwrap_or("other")
}
