//! Text from outside, such as names of files and what a model says of itself, as it may be shown to a person: a terminal
//! takes no commands from it, and it does not look like a line of the program's own, or like other text than it is.

use std::borrow::Cow;
use std::fmt::Write;

/// With every character written out that is not shown itself. It stays one line.
pub fn escaped(text: &str) -> Cow<'_, str> {
    escape(text, is_command, write_rust)
}

/// The same of several lines.
pub fn escaped_lines(text: &str) -> Cow<'_, str> {
    escape(text, |character| character != '\n' && is_command(character), write_rust)
}

/// JSON that says the same. Serde itself writes out no more than JSON asks for.
pub fn escaped_json(json: &str) -> Cow<'_, str> {
    escape(json, |character| character != '\n' && is_command(character), write_json)
}

/// A cell of a table that a spreadsheet does not take for a formula, as `www/view/csv.js` has it for the page.
pub fn plain_cell(text: String) -> String {
    let is_formula = match text.as_bytes() {
        [b'=' | b'+' | b'@' | b'\t' | b'\r', ..] => true,
        [b'-', rest @ ..] => !rest.first().is_some_and(u8::is_ascii_digit),
        _ => false,
    };
    if is_formula { format!("'{text}") } else { text }
}

fn escape(text: &str, is_escaped: impl Fn(char) -> bool, write: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.contains(&is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match is_escaped(character) {
            true => write(&mut shown, character),
            false => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

fn write_rust(shown: &mut String, character: char) {
    shown.extend(character.escape_default());
}

/// None of these characters needs two of JSON's units.
fn write_json(shown: &mut String, character: char) {
    let _ = write!(shown, "\\u{:04x}", u32::from(character));
}

/// Controls, of which C1 are some, what ends a line, and what turns the direction of the text around it.
fn is_command(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_or_turns_text_around_is_written_out() {
        assert_eq!(escaped("a\u{1b}[2K\u{9b}\u{7f}\r\n\tb"), "a\\u{1b}[2K\\u{9b}\\u{7f}\\r\\n\\tb");
        assert_eq!(escaped("gpj.\u{202e}exe\u{2067}\u{2028}"), "gpj.\\u{202e}exe\\u{2067}\\u{2028}");
        assert_eq!(escaped_lines("a\nb\u{1b}"), "a\nb\\u{1b}");
        for text in ["", "photo.jpg", "\u{645}\u{631}\u{62d}\u{628}\u{627}", "\u{1f469}\u{200d}\u{1f52c}", "C:\\a"] {
            assert_eq!(escaped(text), text);
        }
    }

    #[test]
    fn json_says_the_same_without_what_commands_a_terminal() {
        let value = serde_json::json!({ "name": "a\u{1b}\u{7f}\u{9b}\u{202e}\u{2028}\n\"b" });
        for json in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
            let shown = escaped_json(&json);
            assert!(shown.contains("\\u007f\\u009b\\u202e\\u2028"), "{shown}");
            assert_eq!(shown.replace('\n', "").find(is_command), None);
            assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        }
    }

    #[test]
    fn a_formula_is_no_cell_and_a_number_is() {
        for formula in ["=1", "+1", "-a", "-", "@a", "\ta", "\ra"] {
            assert_eq!(plain_cell(formula.into()), format!("'{formula}"));
        }
        for cell in ["", "-1.5", "a=1", "1"] {
            assert_eq!(plain_cell(cell.into()), cell);
        }
    }
}
