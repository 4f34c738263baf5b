//! Values that the Compose specification lets be written in two forms. Both are kept as they are
//! written, with the places of their parts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::at::At;
use super::scalar::RelPath;

/// How an image is built: a folder, or a mapping that names it.
#[derive(Debug)]
pub(crate) enum Build {
    Context(String),
    Long(LongBuild),
}

/// `build` in its long form.
#[derive(Debug, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LongBuild")]
pub(crate) struct LongBuild {
    /// The folder with the Dockerfile.
    pub(crate) context: RelPath,
    /// Build arguments.
    #[serde(default)]
    pub(crate) args: Pairs,
}

/// Names with values: a mapping, or a list of `NAME=value`.
#[derive(Debug)]
pub(crate) enum Pairs {
    Map(BTreeMap<At<String>, Option<At<String>>>),
    List(Vec<At<String>>),
}

impl Default for Pairs {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

/// A text, or a list of texts.
#[derive(Debug)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<At<String>>),
}

struct BuildVisitor;

impl<'de> Visitor<'de> for BuildVisitor {
    type Value = Build;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a folder with a Dockerfile, or `context` with `args`")
    }

    fn visit_str<E: Error>(self, context: &str) -> Result<Build, E> {
        Ok(Build::Context(context.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Build, A::Error> {
        LongBuild::deserialize(MapAccessDeserializer::new(access)).map(Build::Long)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("`NAME: value` lines, or a list of `NAME=value`")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Pairs, A::Error> {
        BTreeMap::deserialize(MapAccessDeserializer::new(access)).map(Pairs::Map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<Pairs, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(access)).map(Pairs::List)
    }
}

struct OneOrManyVisitor;

impl<'de> Visitor<'de> for OneOrManyVisitor {
    type Value = OneOrMany;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text, or a list of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMany, E> {
        Ok(OneOrMany::One(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<OneOrMany, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(access)).map(OneOrMany::Many)
    }
}

macro_rules! forms {
    ($($name:ident: $visitor:ident, $schema:expr;)*) => {
        $(
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserializer.deserialize_any($visitor)
                }
            }

            impl JsonSchema for $name {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                    $schema(generator)
                }
            }
        )*
    };
}

forms! {
    Build: BuildVisitor, |generator: &mut SchemaGenerator| {
        let long = generator.subschema_for::<LongBuild>();
        json_schema!({
            "description": "A folder with a Dockerfile, or `context` with `args`.",
            "oneOf": [{ "type": "string" }, long]
        })
    };
    Pairs: PairsVisitor, |_: &mut SchemaGenerator| json_schema!({
        "description": "`NAME: value` lines, or a list of `NAME=value`.",
        "oneOf": [
            {
                "type": "object",
                "additionalProperties": { "type": ["string", "number", "boolean"] }
            },
            { "type": "array", "items": { "type": "string" } }
        ]
    });
    OneOrMany: OneOrManyVisitor, |_: &mut SchemaGenerator| json_schema!({
        "description": "A text, or a list of texts.",
        "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]
    });
}
