//! What may stand in texts and names that end in people's pages and terminals.

/// A text in one line: without characters that command a terminal or turn the direction of what stands around them,
/// with one space where white space was, and none at either end.
pub fn cleaned(text: &str) -> String {
    let words = text.split(is_gap).map(harmless);
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A name as it is, but for such characters.
pub fn harmless(name: &str) -> String {
    name.replace(is_command, "")
}

/// Spaces that people choose for their width, or because no line may break there, stay as they are.
fn is_gap(char: char) -> bool {
    matches!(char, ' ' | '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Isolates, which end where their paragraph does, and marks of direction are part of Arabic and Hebrew, and stay.
pub fn is_command(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202A}'..='\u{202E}' | '\u{FEFF}')
}
