//! IDX files, in which MNIST and its kin are distributed: pictures of one size side by side, and a file with their labels.
//! Plain or gzipped; which it is, the first bytes say.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sightline::photo::{InputSpec, Limits, Photo};

use super::photo_list::PhotoList;
use sightline::humanize::{megabytes, thousands};

const IMAGES: u32 = 0x0000_0803;
const LABELS: u32 = 0x0000_0801;
/// More than any data set of this kind has, and less than a machine's memory.
const MAX_BYTES: u64 = 2 << 30;

/// Why a file is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum IdxError {
    #[error("{}: {reason}", file.display())]
    Io { file: PathBuf, reason: std::io::Error },
    #[error("{}: these are no IDX {what}: it begins with {found}, and {wanted:#010x} is expected", file.display())]
    Magic { file: PathBuf, what: &'static str, found: String, wanted: u32 },
    #[error(
        "{}: its header tells of {} {what}, which would be {}; at most {} are read",
        file.display(), thousands(*count as usize), megabytes(*bytes), megabytes(MAX_BYTES)
    )]
    TooLarge { file: PathBuf, what: String, count: u64, bytes: u64 },
    #[error(
        "{}: its header tells of {} {what}, which are {} bytes, and it has {}; get it again",
        file.display(), thousands(*count as usize), thousands(*expected as usize), found
    )]
    Length { file: PathBuf, what: String, count: u64, expected: u64, found: String },
    #[error("{}: its pictures have {rows} by {columns} pixels; they have to have some", file.display())]
    NoPixels { file: PathBuf, rows: u32, columns: u32 },
    #[error("{}: there is nothing in it", file.display())]
    Nothing { file: PathBuf },
}

/// The pictures of a file: grey, all of one size.
#[derive(Clone, Debug)]
pub struct IdxImages {
    file: PathBuf,
    rows: usize,
    columns: usize,
    /// A level from black, 0, to white for each pixel.
    pixels: Vec<u8>,
}

impl IdxImages {
    pub fn read(file: &Path) -> Result<Self, IdxError> {
        let mut reader = IdxReader::open(file, "images", IMAGES)?;
        let [count, rows, columns] = [reader.number()?, reader.number()?, reader.number()?];
        if rows == 0 || columns == 0 {
            return Err(IdxError::NoPixels { file: file.to_path_buf(), rows, columns });
        }
        let what = format!("pictures of {rows} by {columns} pixels");
        let pixels = reader.values(count, u128::from(rows) * u128::from(columns), &what)?;
        Ok(Self { file: file.to_path_buf(), rows: rows as usize, columns: columns as usize, pixels })
    }

    /// A picture's levels, row by row.
    pub fn pixels(&self, picture: usize) -> &[u8] {
        let size = self.rows * self.columns;
        &self.pixels[picture * size..(picture + 1) * size]
    }

    /// What a person calls a picture.
    pub fn name(&self, picture: usize) -> String {
        format!("{}[{picture}]", self.file.file_name().unwrap_or_default().display())
    }
}

impl PhotoList for IdxImages {
    fn len(&self) -> usize {
        self.pixels.len() / (self.rows * self.columns).max(1)
    }

    fn identity(&self, picture: usize) -> Vec<u8> {
        let size = format!("{} {}\0", self.rows, self.columns);
        [size.as_bytes(), self.pixels(picture)].concat()
    }

    fn decode(&self, picture: usize) -> Result<Photo, String> {
        let rgba = self.pixels(picture).iter().flat_map(|level| [*level, *level, *level, 255]).collect();
        Photo::from_rgba(self.columns as u32, self.rows as u32, rgba, &Limits::default())
            .map_err(|error| error.to_string())
    }

    /// These are white on black already, and their greys are the edges of strokes, which a picture so small has not many
    /// of.
    fn input(&self, picture: usize, spec: &InputSpec) -> Result<Vec<f32>, String> {
        Ok(self.decode(picture)?.input(&InputSpec { ink: false, ..spec.clone() }))
    }
}

/// A label for each picture.
pub fn read_labels(file: &Path) -> Result<Vec<u8>, IdxError> {
    let mut reader = IdxReader::open(file, "labels", LABELS)?;
    let count = reader.number()?;
    reader.values(count, 1, "labels")
}

/// Whether a file is one of IDX's, by its first bytes.
pub fn begins_like_idx(file: &Path) -> bool {
    let mut reader = IdxReader { file, source: Box::new(std::io::empty()), length: None };
    reader.connect().and_then(|()| reader.number()).is_ok_and(|magic| magic == IMAGES || magic == LABELS)
}

struct IdxReader<'a> {
    file: &'a Path,
    source: Box<dyn Read>,
    /// Of what is left of the file, where it is not gzipped.
    length: Option<u64>,
}

impl<'a> IdxReader<'a> {
    fn open(file: &'a Path, what: &'static str, wanted: u32) -> Result<Self, IdxError> {
        let mut reader = Self { file, source: Box::new(std::io::empty()), length: None };
        reader.connect()?;
        let found = match reader.number() {
            Ok(found) if found == wanted => return Ok(reader),
            Ok(IMAGES) => "0x00000803, as images do".into(),
            Ok(LABELS) => "0x00000801, as labels do".into(),
            Ok(other) => format!("{other:#010x}"),
            Err(IdxError::Io { reason, .. }) if reason.kind() == std::io::ErrorKind::UnexpectedEof => {
                "less than four bytes".into()
            }
            Err(error) => return Err(error),
        };
        Err(IdxError::Magic { file: file.to_path_buf(), what, found, wanted })
    }

    fn connect(&mut self) -> Result<(), IdxError> {
        let open = || File::open(self.file).map_err(|reason| IdxError::Io { file: self.file.to_path_buf(), reason });
        let mut head = Vec::new();
        open()?.take(2).read_to_end(&mut head).map_err(|reason| self.io(reason))?;
        let file = open()?;
        if head == [0x1f, 0x8b] {
            self.source = Box::new(std::io::BufReader::new(MultiGzDecoder::new(std::io::BufReader::new(file))));
        } else {
            self.length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
            self.source = Box::new(std::io::BufReader::new(file));
        }
        Ok(())
    }

    fn io(&self, reason: std::io::Error) -> IdxError {
        IdxError::Io { file: self.file.to_path_buf(), reason }
    }

    fn number(&mut self) -> Result<u32, IdxError> {
        let mut bytes = [0; 4];
        self.source.read_exact(&mut bytes).map_err(|reason| self.io(reason))?;
        self.length = self.length.map(|length| length.saturating_sub(4));
        Ok(u32::from_be_bytes(bytes))
    }

    /// All that follows the header, which has to be as much as it says. No memory is given before that is plausible.
    fn values(mut self, count: u32, size: u128, what: &str) -> Result<Vec<u8>, IdxError> {
        let (file, what, count) = (self.file.to_path_buf(), what.to_string(), u64::from(count));
        if count == 0 {
            return Err(IdxError::Nothing { file });
        }
        let bytes = u64::try_from(u128::from(count) * size).unwrap_or(u64::MAX);
        if bytes > MAX_BYTES {
            return Err(IdxError::TooLarge { file, what, count, bytes });
        }
        let short =
            |found: String| IdxError::Length { file: file.clone(), what: what.clone(), count, expected: bytes, found };
        if let Some(length) = self.length.filter(|length| *length != bytes) {
            return Err(short(thousands(length as usize)));
        }
        let mut values = Vec::new();
        // One more than there should be tells whether there are more.
        (&mut self.source).take(bytes + 1).read_to_end(&mut values).map_err(|reason| self.io(reason))?;
        match values.len() as u64 {
            length if length == bytes => Ok(values),
            length if length < bytes => Err(short(thousands(length as usize))),
            _ => Err(short("more".into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn header(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
    }

    fn pictures(count: u32, rows: u32, columns: u32, pixels: usize) -> Vec<u8> {
        [header(&[IMAGES, count, rows, columns]), (0..pixels).map(|i| i as u8).collect()].concat()
    }

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn with_file<T>(bytes: &[u8], read: impl Fn(&Path) -> T) -> T {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("images");
        std::fs::write(&file, bytes).unwrap();
        read(&file)
    }

    #[test]
    fn plain_and_gzipped_files_of_any_size_are_read_alike() {
        for (rows, columns) in [(28, 28), (2, 3)] {
            let bytes = pictures(3, rows, columns, 3 * (rows * columns) as usize);
            for bytes in [gzipped(&bytes), bytes] {
                let images = with_file(&bytes, |file| IdxImages::read(file).unwrap());
                assert_eq!(images.len(), 3);
                let size = (rows * columns) as usize;
                assert_eq!(images.pixels(1)[0], size as u8);
                assert_eq!(images.decode(2).unwrap().dimensions(), (columns, rows));
                assert_eq!(images.name(2), "images[2]");
            }
        }
        let labels = [header(&[LABELS, 4]), vec![0, 9, 3, 1]].concat();
        for bytes in [gzipped(&labels), labels] {
            assert_eq!(with_file(&bytes, |file| read_labels(file).unwrap()), [0, 9, 3, 1]);
            assert!(with_file(&bytes, begins_like_idx));
        }
        assert!(!with_file(b"\x1f\x8bno", begins_like_idx));
    }

    #[test]
    fn what_a_header_claims_is_checked_before_it_is_believed() {
        for (bytes, expected) in [
            (
                pictures(2, 2, 2, 7),
                "tells of 2 pictures of 2 by 2 pixels, which are 8 bytes, and it has 7; get it again",
            ),
            (pictures(2, 2, 2, 9), "which are 8 bytes, and it has 9"),
            (gzipped(&pictures(2, 2, 2, 7)), "which are 8 bytes, and it has 7"),
            (gzipped(&pictures(2, 2, 2, 9)), "which are 8 bytes, and it has more"),
            (pictures(60_000, 65_535, 65_535, 9), "tells of 60,000 pictures of 65535 by 65535 pixels, which would be"),
            (gzipped(&pictures(u32::MAX, u32::MAX, u32::MAX, 9)), "at most 2147.5 MB are read"),
            (pictures(0, 2, 2, 0), "there is nothing in it"),
            (pictures(1, 0, 2, 0), "its pictures have 0 by 2 pixels"),
            (
                header(&[LABELS, 1]),
                "no IDX images: it begins with 0x00000801, as labels do, and 0x00000803 is expected",
            ),
            (b"GIF89a".to_vec(), "no IDX images: it begins with 0x47494638"),
            (b"\0\0".to_vec(), "it begins with less than four bytes"),
            (header(&[IMAGES, 1]), "images: "),
        ] {
            let error = with_file(&bytes, |file| IdxImages::read(file).map(|_| ()).unwrap_err().to_string());
            assert!(error.contains(expected) && error.contains("images: "), "{error}");
        }
        let error = IdxImages::read("no/such".as_ref()).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with("no/such: "), "{error}");
    }
}
