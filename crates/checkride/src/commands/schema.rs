//! `checkride schema`: the JSON Schema of a file that lab authors write.

use anyhow::Result;
use lab::schema;

use crate::cli::SchemaFile;
use crate::exit::Code;
use crate::print;

pub(super) fn run(file: SchemaFile) -> Result<Code> {
    let schema = match file {
        SchemaFile::Lab => schema::lab(),
        SchemaFile::Cause => schema::cause(),
        SchemaFile::Persona => schema::persona(),
        SchemaFile::Answers => schema::answers(),
        SchemaFile::Compose => schema::compose(),
        SchemaFile::Rubric => schema::rubric(),
    };
    print::json(&schema)?;
    Ok(Code::Ok)
}
