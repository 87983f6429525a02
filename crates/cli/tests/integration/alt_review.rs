//! `sightline alt --review` from outside: what it says before there is a page, and how it ends. The page itself is tested in
//! a browser.

use std::net::TcpListener;
use std::path::Path;

use sightline_test_support::read;

use crate::command::{sightline_in, stderr, stdout};

const BOOK: &str =
    r#"{ "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": { "file": "a.jpg" }, "version": 1 }"#;

fn site() -> tempfile::TempDir {
    let site = tempfile::tempdir().unwrap();
    std::fs::write(site.path().join("beach.jpg"), read("www/page/samples/beach.jpg")).unwrap();
    std::fs::write(site.path().join("index.html"), "<img src=beach.jpg>").unwrap();
    site
}

/// What it says where it cannot begin.
fn refusal(site: &Path, arguments: &[&str]) -> String {
    let output = sightline_in(site, &[&["alt", "--review", "--model", "nowhere"], arguments].concat());
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), ""));
    stderr(&output)
}

#[test]
fn what_is_missing_and_what_is_taken_is_said() {
    let site = site();
    let missing = refusal(site.path(), &["."]);
    assert_eq!(missing, "sightline: ./alt-texts.json: there is no book of texts yet; first run: sightline alt .\n");
    std::fs::write(site.path().join("alt-texts.json"), BOOK).unwrap();
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let message = refusal(site.path(), &[".", "--port", &port]);
    assert!(message.contains(&format!("port {port} is taken by another program")), "{message}");
    std::fs::create_dir(site.path().join("my site")).unwrap();
    std::fs::write(site.path().join("my site/index.html"), "").unwrap();
    assert!(refusal(site.path(), &["my site"]).ends_with("first run: sightline alt 'my site'\n"));
    assert!(refusal(site.path(), &["no"]).contains("no: there is no page in it"));
}

#[test]
fn it_goes_with_nothing_that_writes_or_checks() {
    let site = site();
    for other in ["--check", "--apply", "--prune", "--json"] {
        let output = sightline_in(site.path(), &["alt", ".", "--review", other]);
        assert_eq!(output.status.code(), Some(2), "{other}: {}", stderr(&output));
    }
    for other in [&["--open"][..], &["--port", "80"]] {
        assert_eq!(sightline_in(site.path(), &[&["alt", "."], other].concat()).status.code(), Some(2), "{other:?}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_and_leaves_nothing_behind() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;

    let site = site();
    std::fs::write(site.path().join("alt-texts.json"), BOOK).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sightline"));
    command.args(["alt", ".", "--review"]).current_dir(site.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let (port, token) = address.trim_start_matches("http://127.0.0.1:").split_once('/').unwrap();
    assert!(port.parse::<u16>().is_ok() && token.len() == 34 && token.ends_with("/\n"), "{address}");
    kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    assert!(stderr(&output).starts_with("./alt-texts.json: 1 draft is to review; "), "{}", stderr(&output));
    let mut names: Vec<_> = std::fs::read_dir(site.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["alt-texts.json", "beach.jpg", "index.html"]);
}
