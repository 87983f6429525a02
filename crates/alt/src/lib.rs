//! A page's bytes → the images in it and what their alternative texts lack, and the page with a text for each.
//!
//! A page is never parsed and written again, because that would change what nobody asked to change: a text is put between
//! two bytes, or in place of another, and all other bytes stay.

mod address;
pub mod book;
mod cleaning;
mod context;
mod front_matter;
#[cfg(test)]
mod hostile;
mod html;
mod image;
mod language;
mod markdown;
mod page;
mod piece;
mod place;
pub mod report;
mod rules;
mod template;
mod text;
mod wording;

pub use address::SitePath;
pub use front_matter::{FrontMatterKeys, KeysError};
pub use image::{Context, Decoration, Image, Kind, Link};
pub use language::Language;
pub use markdown::MdxError;
pub use page::{Format, Page, PageError};
pub use rules::{Fault, Level, RULES, Rule, RuleConfig, RuleError, Rules, check};
pub use text::{House, fitted};
pub use wording::says_something;

#[cfg(test)]
mod golden;
