//! Captions as a Parquet file, and back.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, FloatType};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::{Field, Row};
use parquet::schema::parser::parse_message_type;
use sightline::sureness::Sureness;

use super::super::record::{Origin, Record};

const SCHEMA: &str = "
    message caption {
        REQUIRED BYTE_ARRAY photo (STRING);
        OPTIONAL BYTE_ARRAY caption (STRING);
        OPTIONAL BYTE_ARRAY text (STRING);
        OPTIONAL FLOAT log_probability;
        OPTIONAL BYTE_ARRAY sureness (STRING);
        OPTIONAL BOOLEAN familiar;
        REQUIRED BYTE_ARRAY model (STRING);
        REQUIRED BYTE_ARRAY settings (STRING);
        OPTIONAL BYTE_ARRAY error_code (STRING);
        OPTIONAL BYTE_ARRAY error_message (STRING);
    }";

/// Writes them as one group of rows.
pub fn write_records(file: impl Write + Send, records: &[Record]) -> Result<()> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(format!("sightline {}", env!("CARGO_PKG_VERSION")))
        .build();
    let mut file = SerializedFileWriter::new(file, Arc::new(parse_message_type(SCHEMA)?), Arc::new(properties))?;
    let mut rows = file.next_row_group()?;
    let text = |text: &str| ByteArray::from(text);
    // In the order of the schema.
    required(&mut rows, records.iter().map(|record| text(&record.photo)))?;
    optional::<ByteArrayType, _>(&mut rows, records, |record| record.caption.as_deref().map(text))?;
    optional::<ByteArrayType, _>(&mut rows, records, |record| record.text.as_deref().map(text))?;
    optional::<FloatType, _>(&mut rows, records, |record| record.log_probability)?;
    optional::<ByteArrayType, _>(&mut rows, records, |record| record.sureness.map(Sureness::as_str).map(text))?;
    optional::<BoolType, _>(&mut rows, records, |record| record.familiar)?;
    required(&mut rows, records.iter().map(|record| text(&record.origin.model)))?;
    required(&mut rows, records.iter().map(|record| text(&record.origin.settings)))?;
    optional::<ByteArrayType, _>(&mut rows, records, |record| record.error_code.as_deref().map(text))?;
    optional::<ByteArrayType, _>(&mut rows, records, |record| record.error_message.as_deref().map(text))?;
    rows.close()?;
    file.close()?;
    Ok(())
}

fn required<File: Write + Send>(
    rows: &mut SerializedRowGroupWriter<'_, File>,
    values: impl Iterator<Item = ByteArray>,
) -> Result<()> {
    write_column::<ByteArrayType, _>(rows, &Vec::from_iter(values), None)
}

fn optional<Kind: DataType, File: Write + Send>(
    rows: &mut SerializedRowGroupWriter<'_, File>,
    records: &[Record],
    value: impl Fn(&Record) -> Option<Kind::T>,
) -> Result<()> {
    let values: Vec<Option<Kind::T>> = records.iter().map(value).collect();
    let is_there: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    write_column::<Kind, _>(rows, &Vec::from_iter(values.into_iter().flatten()), Some(&is_there))
}

fn write_column<Kind: DataType, File: Write + Send>(
    rows: &mut SerializedRowGroupWriter<'_, File>,
    values: &[Kind::T],
    is_there: Option<&[i16]>,
) -> Result<()> {
    // There is a column for each of the schema.
    let Some(mut column) = rows.next_column()? else { return Ok(()) };
    column.typed::<Kind>().write_batch(values, is_there, None)?;
    column.close()
}

/// Reads what [`write_records`] wrote.
pub fn read_records(path: &Path) -> anyhow::Result<Vec<Record>> {
    let reader = SerializedFileReader::new(File::open(path)?)?;
    let schema = parse_message_type(SCHEMA)?;
    let is_ours = reader.metadata().file_metadata().schema().get_fields() == schema.get_fields();
    ensure!(is_ours, "it has other columns than those that sightline caption writes");
    reader.get_row_iter(None)?.map(|row| record(&row?)).collect()
}

fn record(row: &Row) -> anyhow::Result<Record> {
    let field = |name: &str| row.get_column_iter().find(|(column, _)| *column == name).map(|(_, field)| field);
    let text = |name: &str| match field(name) {
        Some(Field::Str(text)) => Some(text.clone()),
        _ => None,
    };
    let required = |name: &str| text(name).with_context(|| format!("a photo has no {name}"));
    let float = |name: &str| match field(name) {
        Some(Field::Float(number)) => Some(*number),
        _ => None,
    };
    let sureness = |text: String| Sureness::ALL.into_iter().find(|sureness| sureness.as_str() == text);
    Ok(Record {
        photo: required("photo")?,
        caption: text("caption"),
        text: text("text"),
        log_probability: float("log_probability"),
        sureness: text("sureness").and_then(sureness),
        familiar: match field("familiar") {
            Some(Field::Bool(is_familiar)) => Some(*is_familiar),
            _ => None,
        },
        origin: Origin { model: required("model")?, settings: required("settings")? },
        error_code: text("error_code"),
        error_message: text("error_message"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_is_read() {
        let origin = Origin { model: "small".into(), settings: "0123456789abcdef".into() };
        let captioned = Record {
            photo: "a\n\u{e9}.jpg".into(),
            caption: Some("Perhaps: a dog.".into()),
            text: Some("A dog.".into()),
            log_probability: Some(-1.5),
            sureness: Some(Sureness::Unsure),
            familiar: Some(false),
            origin: origin.clone(),
            error_code: None,
            error_message: None,
        };
        let failed = Record {
            photo: "b.jpg".into(),
            caption: None,
            text: None,
            log_probability: None,
            sureness: None,
            familiar: None,
            origin,
            error_code: Some("unreadable".into()),
            error_message: Some("there is no b.jpg".into()),
        };
        let records = [captioned.clone(), failed, captioned];
        let file = tempfile::NamedTempFile::new().unwrap();
        write_records(file.as_file(), &records).unwrap();
        assert_eq!(read_records(file.path()).unwrap(), records);
    }
}
