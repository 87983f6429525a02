//! The file that names the classes of a classifier.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::Value;
use sightline::files::read_text;
use sightline::model::MANIFEST_LIMIT;

/// A class in JSON: its name, or what ImageNet's list calls it and the name behind it.
#[derive(Deserialize)]
#[serde(untagged)]
enum JsonClass {
    Name(String),
    Both([String; 2]),
}

/// The names in a file: one a line; or in JSON a list, or an object with the classes' numbers.
pub fn read_classes(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = read_text(path, MANIFEST_LIMIT, "list of classes").with_context(|| path.display().to_string())?;
    classes(&text).with_context(|| path.display().to_string())
}

fn classes(text: &str) -> anyhow::Result<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}').trim_end();
    if !text.starts_with(['[', '{']) {
        return Ok(text.lines().map(|line| line.trim().to_string()).collect());
    }
    // What serde says of a class that is none is that no variant matched.
    let unknown = || {
        anyhow::anyhow!(
            "classes are one name a line, a JSON list of names, or a JSON object such as {{\"0\": \"tench\"}} or \
             {{\"0\": [\"n01440764\", \"tench\"]}}"
        )
    };
    let value = serde_json::from_str(text).with_context(|| format!("it begins like JSON; {}", unknown()))?;
    let list: Vec<JsonClass> = match value {
        Value::Object(object) => {
            let numbered = object.into_iter().map(|(number, class)| {
                let number: usize = number.parse().map_err(|_| unknown())?;
                Ok((number, serde_json::from_value(class).map_err(|_| unknown())?))
            });
            let by_number: BTreeMap<usize, JsonClass> = numbered.collect::<anyhow::Result<_>>()?;
            if let Some((missing, _)) = by_number.keys().enumerate().find(|(place, number)| place != *number) {
                let last = by_number.keys().next_back().copied().unwrap_or(0);
                bail!("no class has the number {missing}, although numbers run to {last}");
            }
            by_number.into_values().collect()
        }
        list => serde_json::from_value(list).map_err(|_| unknown())?,
    };
    let name = |class| match class {
        JsonClass::Name(name) | JsonClass::Both([_, name]) => name.trim().to_string(),
    };
    Ok(list.into_iter().map(name).collect())
}

/// Puts a number behind names that stood before, as ImageNet's `crane` and `maillot` do. Returns which were changed, and
/// into what.
pub fn numbered(names: &mut [String]) -> Vec<(String, String)> {
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let mut seen = HashSet::new();
    let mut changed = Vec::new();
    for name in names {
        if seen.insert(name.clone()) {
            continue;
        }
        let another = (2..).map(|number| format!("{name} {number}")).find(|other| taken.insert(other.clone()));
        let before = std::mem::replace(name, another.unwrap_or_default());
        changed.push((before, name.clone()));
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_list_is_read() {
        let expected = ["tench", "golden retriever"];
        for text in [
            "tench\r\ngolden retriever\n\n",
            "\u{feff}tench\n  golden retriever",
            r#"["tench", "golden retriever"]"#,
            r#"{"1": "golden retriever", "0": "tench"}"#,
            r#"{"0": ["n01440764", "tench"], "1": ["n02099601", "golden retriever"]}"#,
        ] {
            assert_eq!(classes(text).unwrap(), expected, "{text}");
        }
        // Numbers are numbers, and 10 does not come after 1.
        let many: String = (0..12).map(|number| format!("\"{number}\": \"c{number}\",")).collect();
        assert_eq!(classes(&format!("{{{}}}", many.trim_end_matches(','))).unwrap()[10], "c10");
    }

    #[test]
    fn what_is_no_list_of_names_is_told() {
        let error = |text: &str| format!("{:#}", classes(text).unwrap_err());
        assert_eq!(error(r#"{"0": "a", "2": "b"}"#), "no class has the number 1, although numbers run to 2");
        assert!(error(r#"{"tench": 0}"#).starts_with("classes are one name a line"), "{}", error(r#"{"tench": 0}"#));
        assert!(error("[1, 2]").starts_with("classes are one name a line"));
        assert!(error("[\"a\"").contains("EOF while parsing"), "{}", error("[\"a\""));
        assert!(error("[unknown]\ntench").starts_with("it begins like JSON; classes are one name a line"));
    }

    #[test]
    fn a_name_that_stands_twice_gets_a_number() {
        let mut names = ["crane", "crane 2", "maillot", "crane", "maillot", "crane"].map(str::to_string);
        let changed = numbered(&mut names);
        assert_eq!(names, ["crane", "crane 2", "maillot", "crane 3", "maillot 2", "crane 4"]);
        assert_eq!(changed.len(), 3);
        assert_eq!(changed[0], ("crane".to_string(), "crane 3".to_string()));
    }
}
