//! `sightline alt`: an alternative text for every image of a site that has none, by a book of texts that people review.

mod arguments;
mod books;
mod captions;
mod check;
mod check_arguments;
mod decision;
mod fill;
mod output;
mod pages;
mod picture;
mod review;
mod review_arguments;
mod rewrite;

pub use self::arguments::Arguments;
use crate::status::CommandStatus;

pub const AFTER_HELP: &str = "\
Every text goes into the site's book, alt-texts.json: what the model is sure of is written into the pages as well, the
rest waits there for a person. --review shows a page on which drafts are accepted and corrected; in an editor, write what
a picture shows, and \"reviewed\" as its state. --apply puts it into the pages, and no model writes over it.

An alt that is there stays as it is: an empty one says that the image is decoration, and so do role=\"none\" and
aria-hidden. Nothing else in a page is changed. Images from other sites are named and left alone: nothing is fetched.

The exit code is 0 where every image has an alt now, and 1 where one has none, or where --check finds an error. With
--apply it is 1 only where a page cannot be read or written.

Examples:
  sightline alt site/ --model my-model
  sightline alt site/ --check --report github
  sightline alt site/ --review --open";

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    match arguments {
        _ if arguments.check.is_asked() => check::run(arguments),
        _ if arguments.review.is_asked() => review::run(arguments),
        _ => fill::run(arguments),
    }
}
