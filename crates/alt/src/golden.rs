//! Files in the repository that hold what is written byte for byte. `RENEW_GOLDEN=1 cargo nextest run -p sightline-alt`
//! writes them anew; what changed is for `git diff` to show.

#[track_caller]
pub fn assert_golden(path: &str, written: &[u8]) {
    if std::env::var_os("RENEW_GOLDEN").is_some() {
        std::fs::write(path, written).unwrap();
    }
    let golden = std::fs::read(path).unwrap_or_default();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(golden == written, "{path} holds\n{}\nand not\n{}", text(&golden), text(written));
}
