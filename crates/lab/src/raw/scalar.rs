//! Texts with a form: ids, durations, patterns, paths, sizes. Their form is checked later, so that
//! all that is wrong with a file is found at once; here it is only told to editors.

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::at::At;

macro_rules! scalars {
    ($($(#[$doc:meta])* $name:ident: $schema:tt;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
            #[serde(transparent)]
            pub(crate) struct $name(pub(crate) At<String>);

            impl Deref for $name {
                type Target = At<String>;

                fn deref(&self) -> &At<String> {
                    &self.0
                }
            }

            impl JsonSchema for $name {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!($schema)
                }
            }
        )*
    };
}

scalars! {
    /// An id of something.
    Id: {
        "type": "string",
        "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        "description": "A kebab-case name, such as `leaky-release`."
    };
    /// A duration.
    Time: {
        "type": "string",
        "pattern": "^\\s*(\\d+\\s*[a-zA-Z]+\\s*)+$",
        "description": "A duration with units, such as `500ms`, `15s`, `2min 30s` or `3days 2h`."
    };
    /// A regular expression.
    Regex: {
        "type": "string",
        "format": "regex",
        "description": "A regular expression (Rust's syntax), found anywhere in the text unless it has anchors."
    };
    /// A path.
    RelPath: {
        "type": "string",
        "description": "A path relative to the folder of this file."
    };
    /// A number of bytes.
    Size: {
        "type": ["string", "integer"],
        "pattern": "^\\d+(\\.\\d+)?\\s*([bB]|[kKmMgG][bB]?)?$",
        "description": "Bytes, or a number with a unit of 1024: `64m`, `1g`, `512k`."
    };
    /// A text that may look like a number.
    Loose: {
        "type": ["string", "number", "boolean"],
        "description": "A text; a number is taken as it is written."
    };
}
