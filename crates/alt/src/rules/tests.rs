use super::*;
use crate::language::Language;
use crate::page::Format;
use crate::report::Severity;

fn findings_in(page: &str, language: Language, rules: &Rules) -> Vec<Fault> {
    let format = Format { language, ..Format::default() };
    check(&Page::read(page.as_bytes(), &format).unwrap(), rules)
}

fn names(page: &str) -> Vec<&'static str> {
    findings_in(page, Language::Html, &Rules::default()).iter().map(|finding| finding.rule).collect()
}

#[test]
fn each_rule_finds_what_it_is_about() {
    let long = format!("<img src=a alt='{}'>", "a ".repeat(63));
    for (page, rule) in [
        ("<img src=a>", "missing-alt"),
        ("<input type=image src=a alt=''>", "missing-alt"),
        ("<svg role=img></svg>", "missing-alt"),
        ("<img src=a alt=' &nbsp; '>", "blank-alt"),
        ("<img src=a.jpg alt=a.jpg>", "file-name-alt"),
        ("<img src=a alt='Alt text'>", "placeholder-alt"),
        ("<svg><title>image</title></svg>", "placeholder-alt"),
        ("<img src=a alt='A photo of a dog'>", "redundant-alt"),
        (&format!("<img src=a alt='{}b'>", "a ".repeat(63)), "long-alt"),
        ("<a href=x><img src=a alt='My dog'> My dog!</a>", "repeated-alt"),
        ("<figure><img src=a alt='My dog'><figcaption>My dog</figcaption></figure>", "repeated-alt"),
        ("<img src=a alt='My dog'><img src=b alt='my dog'>", "repeated-alt"),
        ("<a href=x><img src=a alt=''></a>", "alt-in-link"),
        ("<button><img src=a alt=''></button>", "alt-in-link"),
        ("<div hidden><img src=a></div>", "missing-alt"),
        ("<i aria-hidden=true></i><i role=img></i>", "missing-alt"),
        ("<ul><li hidden>a<li><b role=img></b></ul>", "missing-alt"),
        ("<div><p hidden>a</div><b role=img></b>", "missing-alt"),
        ("<img src=a alt=IMG_1234>", "file-name-alt"),
    ] {
        assert_eq!(names(page), [rule], "{page}");
    }
    for page in [
        "<img src=a alt='My dog'><img src=a alt='My dog'>",
        "<a href=x><img src=a alt=''> words</a>",
        "<a href=x><img src=a alt=''><img src=b alt='My dog'></a>",
        "<a name=x><img src=a alt=''></a>",
        "<a href=x aria-label=Home><img src=a alt=''></a>",
        "<a href=x title=Home><img src=a alt=''></a>",
        "<p id=y>Home</p><a href=x aria-labelledby=y><img src=a alt=''></a>",
        "<a href=x><svg><title>Home</title></svg></a>",
        "<div aria-hidden=true><b><b role=img></b></b><a href=x><img src=a alt=''></a></div>",
        "<div hidden><svg role=img></svg><input type=image src=a></div>",
        "<b role=img title='A dog'></b><input type=image src=a title=Send>",
        &long.replace(" '>", "'>"),
        "<img src=a role=none><svg></svg>",
    ] {
        assert_eq!(names(page), [""; 0], "{page}");
    }
}

#[test]
fn a_finding_says_where_and_what_to_do() {
    let page = "<p>\n  <img src='dog.jpg' alt='Picture of a dog'>";
    let found = findings_in(page, Language::Html, &Rules::default());
    let message = "leave out \"Picture of\": whoever hears the text knows that it is an image".into();
    let source = Some("dog.jpg".into());
    let expected = Fault { rule: "redundant-alt", severity: Severity::Warning, line: 2, column: 3, message, source };
    assert_eq!(found, [expected]);
}

#[test]
fn rules_are_set_by_text_and_by_a_file() {
    let mut rules = Rules::default();
    rules.set("missing-alt=off, long-alt=error").unwrap();
    assert_eq!(findings_in("<img src=a>", Language::Html, &rules), []);
    let config: RuleConfig = serde_json::from_str(r#"{"missing-alt": "warning"}"#).unwrap();
    rules.configure(&config).unwrap();
    assert_eq!(findings_in("<img src=a>", Language::Html, &rules)[0].severity, Severity::Warning);
    assert_eq!(rules.set("long-alt"), Err(RuleError::Setting("long-alt".into())));
    assert_eq!(rules.set("long-alt=no"), Err(RuleError::Setting("long-alt=no".into())));
    let error = rules.set("alt=off").unwrap_err().to_string();
    assert!(error.starts_with("there is no rule \"alt\"; there are missing-alt, blank-alt,"), "{error}");
    assert!(serde_json::from_str::<RuleConfig>(r#"{"missing-alt": "on"}"#).is_err());
}

#[test]
fn comments_switch_rules_off() {
    let image = "<img src=a>";
    for (page, lines) in [
        (format!("<!-- sightline-disable-next-line -->\n{image}\n{image}"), vec![3]),
        (format!("<!-- sightline-disable-next-line missing-alt -- why -->\n\n{image}{image}\n"), vec![]),
        (format!("<!-- sightline-disable-next-line long-alt -->\n{image}\n"), vec![2]),
        (format!("{image}<!--sightline-disable-->\n{image}\n<!-- sightline-enable -->\n{image}"), vec![1, 4]),
        (
            format!(
                "<!-- sightline-disable long-alt, missing-alt -->\n{image}\n<!-- sightline-enable long-alt -->\n{image}"
            ),
            vec![],
        ),
        (format!("<!-- sightline-disable -->\n{image}\n<!-- sightline-enable missing-alt -->\n{image}"), vec![4]),
        (format!("<!-- sightline-disabled -->\n{image}"), vec![2]),
        (
            format!(
                "<!-- sightline-disable-next-line\nlong-alt --><!-- sightline-disable-next-line missing-alt -->\n{image}"
            ),
            vec![],
        ),
    ] {
        let found = findings_in(&page, Language::Html, &Rules::default());
        assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), lines, "{page}");
    }
}

#[test]
fn comments_of_every_language_do() {
    let markdown = "<!-- sightline-disable-next-line -->\n\n![](a.jpg)\n\n![](b.jpg)\n";
    let mdx = "{/* sightline-disable-next-line missing-alt */}\n\n![](a.jpg)\n\n![](b.jpg)\n";
    for (page, language) in [(markdown, Language::Markdown), (mdx, Language::Mdx)] {
        let found = findings_in(page, language, &Rules::default());
        assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), [5], "{page}");
    }
}

#[test]
fn a_name_that_no_rule_has_is_told() {
    let page = "<!-- sightline-disable-next-line missing-atl -->\n<img src=a>";
    assert_eq!(names(page), ["unknown-rule", "missing-alt"]);
    let mut rules = Rules::default();
    rules.set("unknown-rule=off").unwrap();
    assert_eq!(findings_in(page, Language::Html, &rules).len(), 1);
}

#[test]
fn rules_are_described() {
    for rule in &RULES {
        assert!(rule.name.chars().all(|char| char.is_ascii_lowercase() || char == '-'), "{}", rule.name);
        assert!(rule.description.ends_with('.') && rule.description.matches(". ").count() == 0, "{}", rule.name);
    }
}
