//! Captions one by one: the photo, what people wrote of it, and where the model looked for each word.

use std::path::Path;

use super::html::{Html, element, text, void};
use super::picture::{Picture, veil};

/// A caption and what is shown with it.
#[derive(Debug)]
pub struct Example<'a> {
    /// Different for each example of a page.
    pub id: String,
    pub photo: &'a str,
    pub path: &'a Path,
    pub caption: &'a str,
    pub cider_d: f64,
    pub probability: f64,
    pub people: &'a [String],
    pub words: Vec<&'a str>,
    /// For each word a weight for each cell; nothing where the model has no attention.
    pub attention: Option<Vec<Vec<f32>>>,
    /// Columns of the grid.
    pub cols: usize,
}

impl Example<'_> {
    /// An item of a list of cards.
    pub fn card(&self) -> anyhow::Result<Html> {
        let picture = Picture::read(self.path);
        let mut parts = vec![match &picture {
            Ok(picture) => self.photo(picture),
            Err(failure) => text("p", &[("class", "muted")], format!("The photo is not shown: {failure}")),
        }];
        parts.push(text("h4", &[], self.caption));
        let figures = format!("CIDEr-D {:.2} · probability {:.2}", self.cider_d, self.probability);
        parts.push(element("p", &[("class", "muted")], [figures.into(), void("br", &[]), self.photo.into()]));
        let people = self.people.iter().map(|caption| text("li", &[("dir", "auto")], caption.trim()));
        parts.push(text("h5", &[], "People wrote"));
        parts.push(element("ul", &[("class", "references")], people));
        if let (Ok(picture), Some(attention)) = (&picture, &self.attention) {
            let maps = self.words.iter().zip(attention).map(|(word, weights)| {
                let map = self.map(picture, &veil(weights, self.cols)?);
                Ok(element("li", &[], [map, text("span", &[], *word)]))
            });
            parts.push(text("h5", &[], "Where it looked"));
            parts.push(element("ol", &[("class", "maps")], maps.collect::<anyhow::Result<Vec<_>>>()?));
        }
        Ok(element("li", &[("class", "card")], parts))
    }

    /// The photo is in the page once; the maps below refer to it.
    fn photo(&self, Picture { address, width, height }: &Picture) -> Html {
        let (width, height) = (width.to_string(), height.to_string());
        let photo = [("id", &*self.id), ("href", address), ("width", &width), ("height", &height)];
        let view = format!("0 0 {width} {height}");
        let attributes =
            [("class", "photo"), ("role", "img"), ("aria-label", self.caption), ("viewBox", &view), ("width", &width)];
        element("svg", &attributes, [element("image", &photo, [])])
    }

    /// The word beside it says what it is of, and the photo was described above.
    fn map(&self, picture: &Picture, veil: &str) -> Html {
        let (width, height) = (picture.width.to_string(), picture.height.to_string());
        let view = format!("0 0 {width} {height}");
        let reference = format!("#{}", self.id);
        let veil = [("href", veil), ("width", &*width), ("height", &*height), ("preserveAspectRatio", "none")];
        let parts = [element("use", &[("href", &*reference)], []), element("image", &veil, [])];
        element("svg", &[("aria-hidden", "true"), ("viewBox", &view)], parts)
    }
}
