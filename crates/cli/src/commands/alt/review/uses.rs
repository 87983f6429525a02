//! Where the pages of a site show a picture, and what they say beside it.

use std::collections::HashMap;

use serde::Serialize;
use sightline_alt::Image;

use super::super::pages::ReadPage;
use super::super::picture::Picture;

/// Enough to know what a picture is for; a logo is on every page.
const MOST: usize = 5;

/// One place in a page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Use {
    page: String,
    line: usize,
    /// Of the figure in which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    /// Of the link or button in which it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// By the picture's path from the site's root.
pub type Uses = HashMap<String, Vec<Use>>;

pub fn uses(pages: &[ReadPage]) -> Uses {
    let mut uses = Uses::new();
    for ReadPage { place, page } in pages {
        let Some(name) = place.in_site() else { continue };
        let folder = page.folder(place.folder.clone());
        for image in page.images().iter().filter(|image| image.is_captioned()) {
            if let Ok(Picture::File { in_site: Some(file), .. }) = Picture::of(image, &folder, &place.root, &place.site)
            {
                let of_picture = uses.entry(file).or_default();
                if of_picture.len() < MOST {
                    of_picture.push(Use::of(image, &name));
                }
            }
        }
    }
    uses
}

impl Use {
    fn of(image: &Image, page: &str) -> Self {
        let link = image.context.link.as_ref().map(|link| link.text.clone());
        Self {
            page: page.to_string(),
            line: image.line,
            caption: image.context.figcaption.clone(),
            link: link.filter(|text| !text.is_empty()),
        }
    }
}
