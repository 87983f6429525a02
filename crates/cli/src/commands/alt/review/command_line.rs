//! Commands as people type them.

use std::ffi::OsString;
use std::path::Path;

/// The command that writes reviewed texts into the pages: the one that began the review, told to apply them instead.
pub fn apply_command(arguments: impl IntoIterator<Item = OsString>) -> String {
    let mut arguments = arguments.into_iter().map(|argument| argument.to_string_lossy().into_owned());
    let mut command = vec!["sightline".to_string()];
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--review" => command.push("--apply".into()),
            "--port" => drop(arguments.next()),
            "--open" => {}
            _ if argument.starts_with("--port=") => {}
            _ => command.push(quoted(&argument)),
        }
    }
    command.join(" ")
}

/// Paths, to be typed again.
pub fn named(paths: &[impl AsRef<Path>]) -> String {
    paths.iter().map(|path| quoted(&path.as_ref().display().to_string())).collect::<Vec<_>>().join(" ")
}

fn quoted(argument: &str) -> String {
    let is_plain = |char: char| char.is_alphanumeric() || "._-/\\:=,+@%".contains(char);
    if !argument.is_empty() && argument.chars().all(is_plain) { argument.into() } else { format!("'{argument}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_began_a_review_applies_it_with_all_that_it_was_told() {
        let of = |line: &[&str]| apply_command(line.iter().map(OsString::from));
        assert_eq!(of(&["alt", "site", "--review", "--open", "--port", "80"]), "sightline alt site --apply");
        let told = of(&["alt", "--review", "--port=80", "--book", "my texts.csv", "--front-matter=a=b,c=d", "site"]);
        assert_eq!(told, "sightline alt --apply --book 'my texts.csv' --front-matter=a=b,c=d site");
    }
}
