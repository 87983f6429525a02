//! `Flickr8k.token.txt`: lines of `name.jpg#0<TAB>caption`.

use super::captions::Captions;
use super::left_out::LeftOut;
use super::text::lines;

pub fn is_line(line: &[u8]) -> bool {
    str::from_utf8(line).is_ok_and(|line| fields(line).is_ok())
}

pub fn read(bytes: &[u8], left_out: &mut LeftOut) -> Captions {
    let mut captions = Captions::default();
    for (number, line) in lines(bytes) {
        let read = str::from_utf8(line).map_err(|_| "not UTF-8").and_then(fields);
        let read = read.map(|(name, caption)| (name.to_string(), caption.to_string())).map_err(str::to_string);
        captions.line(format!("line {number}"), read, left_out);
    }
    captions
}

fn fields(line: &str) -> Result<(&str, &str), &'static str> {
    let (name, caption) = line.split_once('\t').ok_or("no tab")?;
    match name.trim().rsplit_once('#') {
        Some(("", _)) => Err("no name before the #"),
        Some((name, number)) if number.parse::<u32>().is_ok() => Ok((name, caption)),
        _ => Err("no # and number after the name"),
    }
}
