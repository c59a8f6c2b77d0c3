//! Parquet: optional flat columns, compressed with Zstandard, a row group at a time.

use std::sync::Arc;

use parquet::{
    basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel},
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::Result as ParquetResult,
    file::{properties::WriterProperties, writer::SerializedFileWriter},
    schema::types::Type,
};
use serde_json::Value;

use super::encode::{Encoder, ExportError, Field, Sink, shown};
use crate::{application::dataset::RecordRow, domain::dataset::ColumnType};

/// Rows of a row group, unless it grows large before.
const GROUP_ROWS: usize = 50_000;
/// Bytes of values in a row group.
const GROUP_BYTES: usize = 16 * 1024 * 1024;

/// Values of a column that are not null, and for each row whether there is one.
enum Values {
    Boolean(Vec<bool>),
    Integer(Vec<i64>),
    Number(Vec<f64>),
    Text(Vec<ByteArray>),
}

struct Column {
    name: String,
    values: Values,
    levels: Vec<i16>,
}

/// A file under way.
pub struct Parquet {
    columns: Vec<Column>,
    rows: usize,
    bytes: usize,
    sink: Sink,
    writer: Option<SerializedFileWriter<Sink>>,
}

impl Values {
    fn of(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Boolean => Self::Boolean(Vec::new()),
            ColumnType::Integer => Self::Integer(Vec::new()),
            ColumnType::Number => Self::Number(Vec::new()),
            _ => Self::Text(Vec::new()),
        }
    }

    const fn physical(&self) -> Physical {
        match self {
            Self::Boolean(_) => Physical::BOOLEAN,
            Self::Integer(_) => Physical::INT64,
            Self::Number(_) => Physical::DOUBLE,
            Self::Text(_) => Physical::BYTE_ARRAY,
        }
    }

    /// How many bytes were kept; none when the value is not of the type.
    fn push(&mut self, value: Option<&Value>) -> Option<usize> {
        match self {
            Self::Boolean(values) => {
                values.push(value?.as_bool()?);
                Some(1)
            }
            Self::Integer(values) => {
                values.push(value?.as_i64()?);
                Some(8)
            }
            Self::Number(values) => {
                values.push(value?.as_f64()?);
                Some(8)
            }
            Self::Text(values) => {
                let text = shown(value)?.into_bytes();
                let bytes = text.len() + size_of::<ByteArray>();
                values.push(text.into());
                Some(bytes)
            }
        }
    }

    fn write(&mut self, writer: &mut ColumnWriter<'_>, levels: &[i16]) -> ParquetResult<usize> {
        let levels = Some(levels);
        match (self, writer) {
            (Self::Boolean(values), ColumnWriter::BoolColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), levels, None)
            }
            (Self::Integer(values), ColumnWriter::Int64ColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), levels, None)
            }
            (Self::Number(values), ColumnWriter::DoubleColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), levels, None)
            }
            (Self::Text(values), ColumnWriter::ByteArrayColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), levels, None)
            }
            _ => Ok(0),
        }
    }
}

impl Column {
    fn schema(&self) -> ParquetResult<Arc<Type>> {
        let physical = self.values.physical();
        let text = (physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
        let column = Type::primitive_type_builder(&self.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(text)
            .build()?;
        Ok(Arc::new(column))
    }
}

impl Parquet {
    /// A file needs a column: one without any gets an empty one.
    pub fn new(fields: Vec<Field>) -> Self {
        let column = |name, kind| Column { name, values: Values::of(kind), levels: Vec::new() };
        let mut columns: Vec<_> =
            fields.into_iter().map(|field| column(field.name, field.kind)).collect();
        if columns.is_empty() {
            columns.push(column("record".to_owned(), ColumnType::Null));
        }
        Self { columns, rows: 0, bytes: 0, sink: Sink::default(), writer: None }
    }

    fn open(&mut self) -> ParquetResult<SerializedFileWriter<Sink>> {
        if let Some(writer) = self.writer.take() {
            return Ok(writer);
        }
        let fields = self.columns.iter().map(Column::schema).collect::<ParquetResult<_>>()?;
        let schema = Type::group_type_builder("record").with_fields(fields).build()?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
            .set_created_by("workflow-platform".to_owned())
            .build();
        SerializedFileWriter::new(self.sink.clone(), Arc::new(schema), Arc::new(properties))
    }

    fn push(&mut self, row: &RecordRow) {
        for column in &mut self.columns {
            let kept = column.values.push(row.data.get(&column.name));
            column.levels.push(i16::from(kept.is_some()));
            self.bytes += kept.unwrap_or_default() + 2;
        }
        self.rows += 1;
    }

    fn write_group(&mut self) -> ParquetResult<()> {
        let mut file = self.open()?;
        let mut group = file.next_row_group()?;
        for column in &mut self.columns {
            let Some(mut writer) = group.next_column()? else { break };
            let levels = std::mem::take(&mut column.levels);
            column.values.write(writer.untyped(), &levels)?;
            writer.close()?;
        }
        group.close()?;
        (self.rows, self.bytes, self.writer) = (0, 0, Some(file));
        Ok(())
    }
}

impl Encoder for Parquet {
    fn rows(&mut self, rows: &[RecordRow]) -> Result<Vec<u8>, ExportError> {
        for row in rows {
            self.push(row);
            if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
                self.write_group()?;
            }
        }
        Ok(self.sink.take())
    }

    fn end(mut self: Box<Self>) -> Result<Vec<u8>, ExportError> {
        if self.rows > 0 {
            self.write_group()?;
        }
        self.open()?.close()?;
        Ok(self.sink.take())
    }
}
