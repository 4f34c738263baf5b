//! The small lab of `docs/creating-a-lab.md`: what the document tells people to write is a lab. No
//! test starts it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

/// Writes the files of the document, each under a line with its path, into a repository of its own, which has
/// everything else from this one.
fn written(root: &Path) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let text = fs::read_to_string(here.join("docs/creating-a-lab.md")).unwrap();
    let block = Regex::new(r"(?ms)^`labs/corner-shop/([^`\n]+)`\n\n```yaml\n(.*?)^```$").unwrap();
    let lab = root.join("labs/corner-shop");
    let mut files = 0;
    for found in block.captures_iter(&text) {
        let path = lab.join(&found[1]);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &found[2]).unwrap();
        files += 1;
    }
    assert_eq!(files, 8, "the document has another number of files");
    fs::create_dir_all(lab.join("wiki")).unwrap();
    fs::write(lab.join("wiki/architecture.md"), "# The corner shop\n").unwrap();
    fs::copy(here.join("labs/payments/briefing.md"), lab.join("briefing.md")).unwrap();
    for shared in ["docker", "crates", "grafana", "labs/payments"] {
        symlink(here.join(shared), root.join(shared)).unwrap();
    }
    lab
}

#[test]
fn the_lab_of_the_document_is_a_lab() {
    let root = tempfile::tempdir().unwrap();
    let lab = written(root.path());
    let output =
        Command::new(env!("CARGO_BIN_EXE_checkride")).arg("check").arg(lab).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !said.contains("warning"), "{said}");
}
