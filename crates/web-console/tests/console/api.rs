//! The description of the API, as the repository keeps it.

use std::path::Path;

/// The page's types are generated from the file; `CHECKRIDE_WRITE=1` writes it anew.
#[test]
fn the_document_in_the_repository_is_the_one_of_these_routes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let document = web_console::api::document().unwrap();
    if std::env::var_os("CHECKRIDE_WRITE").is_some() {
        std::fs::write(&file, &document).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept == document, "run it with CHECKRIDE_WRITE=1 and commit web/openapi.json");
}
