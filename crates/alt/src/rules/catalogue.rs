//! The rules.

use crate::image::{Image, Kind};
use crate::report::Severity;
use crate::wording::{LONGEST, file_name, is_placeholder, opening, same_words};

#[derive(Debug)]
pub struct Rule {
    /// It never changes: pages and settings name it.
    pub name: &'static str,
    /// Where nothing else is set.
    pub severity: Severity,
    pub description: &'static str,
    /// What to do about an image, if it breaks the rule.
    pub(super) check: fn(&Subject) -> Option<String>,
}

/// An image, and the one before it.
pub struct Subject<'a> {
    pub image: &'a Image,
    pub before: Option<&'a Image>,
}

/// The last ones are not about one image: the comments that switch the others off, pages, and the book of texts.
pub const RULES: [Rule; 11] = [
    Rule {
        name: "missing-alt",
        severity: Severity::Error,
        description: "Every image has an alternative text, or says that it is decoration.",
        check: missing,
    },
    Rule {
        name: "blank-alt",
        severity: Severity::Error,
        description: "An alternative text is empty or has words in it, not spaces alone.",
        check: blank,
    },
    Rule {
        name: "file-name-alt",
        severity: Severity::Error,
        description: "An alternative text is not the name of a file.",
        check: of_file,
    },
    Rule {
        name: "placeholder-alt",
        severity: Severity::Error,
        description: "An alternative text is not a word that stood in for one.",
        check: placeholder,
    },
    Rule {
        name: "redundant-alt",
        severity: Severity::Warning,
        description: "An alternative text does not say that the image is an image.",
        check: redundant,
    },
    Rule {
        name: "long-alt",
        severity: Severity::Warning,
        description: "An alternative text has no more than 125 characters.",
        check: long,
    },
    Rule {
        name: "repeated-alt",
        severity: Severity::Warning,
        description: "An alternative text does not repeat what stands beside it.",
        check: repeated,
    },
    Rule {
        name: "alt-in-link",
        severity: Severity::Error,
        description: "The image that is all there is of a link says where the link leads.",
        check: in_link,
    },
    Rule {
        name: UNKNOWN_RULE,
        severity: Severity::Warning,
        description: "A comment that switches rules off names rules that there are.",
        check: |_| None,
    },
    Rule { name: "unreadable-page", severity: Severity::Error, description: "A page can be read.", check: |_| None },
    Rule {
        name: "unreviewed-draft",
        severity: Severity::Warning,
        description: "A person has seen every text of the book that a model wrote.",
        check: |_| None,
    },
];

pub const UNKNOWN_RULE: &str = "unknown-rule";

/// The number of the rule of this name.
pub fn number(name: &str) -> Option<usize> {
    RULES.iter().position(|rule| rule.name == name)
}

impl Subject<'_> {
    /// What the image says, where it says something.
    fn text(&self) -> Option<&str> {
        self.image.text.as_deref().filter(|text| !text.trim().is_empty())
    }
}

fn missing(subject: &Subject) -> Option<String> {
    let advice = match subject.image.kind {
        Kind::Img if subject.image.context.is_hidden => {
            "this image has no alt; it stands in what is hidden from those who hear the page, so alt=\"\" may do"
        }
        Kind::Img => "this image has no alt; say what it shows, or write alt=\"\" if it is decoration",
        Kind::Input => "this button has no alt; say what it does",
        Kind::Area => "this area has no alt; say where it leads",
        Kind::Role => "this image has no name; say what it shows in aria-label",
        Kind::Svg => "this image has no name; say what it shows in a <title>, or hide it with aria-hidden=\"true\"",
        Kind::Markdown => "this image has no text; say between the brackets what it shows",
        Kind::FrontMatter => "this picture has no text; say what it shows, or write \"\" if it is decoration",
    };
    subject.image.is_missing_text().then(|| advice.into())
}

fn blank(subject: &Subject) -> Option<String> {
    let is_blank = subject.image.text.as_ref().is_some_and(|text| !text.is_empty() && text.trim().is_empty());
    is_blank.then(|| "this text is nothing but spaces; say what the image shows, or leave it empty".into())
}

fn of_file(subject: &Subject) -> Option<String> {
    let name = file_name(subject.text()?, subject.image.source.as_deref())?;
    Some(format!("\"{name}\" is the name of a file; say what the image shows"))
}

fn placeholder(subject: &Subject) -> Option<String> {
    let text = subject.text()?.trim();
    let is_file = file_name(text, subject.image.source.as_deref()).is_some();
    (is_placeholder(text) && !is_file).then(|| format!("\"{text}\" says nothing about the image; say what it shows"))
}

fn redundant(subject: &Subject) -> Option<String> {
    let text = subject.text()?.trim();
    let opening = &text[..opening(text)?];
    Some(format!("leave out \"{}\": whoever hears the text knows that it is an image", opening.trim_end()))
}

fn long(subject: &Subject) -> Option<String> {
    let length = subject.text()?.trim().chars().count();
    let advice = format!("this text has {length} characters; say it in {LONGEST}, and the rest beside the image");
    (length > LONGEST).then_some(advice)
}

fn repeated(subject: &Subject) -> Option<String> {
    let text = subject.text()?;
    let context = &subject.image.context;
    // What an SVG says stands within it, and so in the link as well.
    let link = context.link.as_ref().filter(|_| subject.image.kind != Kind::Svg);
    let link = link.map(|link| (&*link.text, if link.is_button { "button" } else { "link" }));
    let caption = context.figcaption.as_deref().map(|caption| (caption, "caption of the figure"));
    let beside = link.into_iter().chain(caption).find(|(words, _)| same_words(words, text));
    if let Some((_, what)) = beside {
        return Some(format!("the {what} says the same; say something else, or write alt=\"\""));
    }
    let before = subject.before.filter(|before| before.text.as_deref().is_some_and(|other| same_words(other, text)));
    let is_other = before.is_some_and(|before| before.source != subject.image.source);
    is_other.then(|| "the image before it has another picture and the same text; say what each shows".into())
}

fn in_link(subject: &Subject) -> Option<String> {
    let link = subject.image.context.link.as_ref().filter(|_| !subject.image.context.is_hidden)?;
    let is_nameless = link.text.is_empty() && !link.is_named_otherwise;
    let says_nothing = subject.image.text.as_ref().is_some_and(|text| text.trim().is_empty());
    let advice = match link.is_button {
        true => "it is all that there is of a button; say what the button does",
        false => "it is all that there is of a link; say where the link leads",
    };
    (is_nameless && says_nothing).then(|| advice.into())
}
