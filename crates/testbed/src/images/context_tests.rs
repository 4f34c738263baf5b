//! What goes into a context, and what changes its hash.

use tempfile::TempDir;

use super::*;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn context(folder: &TempDir) -> Context {
    let mut context = Context::default();
    context.add("", folder.path()).unwrap();
    context
}

fn tag(context: &Context) -> String {
    let mut inputs = Inputs::new("test");
    context.hash(&mut inputs);
    inputs.tag()
}

fn names(context: &Context) -> Vec<String> {
    let tar = context.tar().unwrap();
    let mut archive = tar::Archive::new(tar.as_slice());
    let paths = archive.entries().unwrap().map(|it| it.unwrap().path().unwrap().into_owned());
    paths.map(|path| path.to_string_lossy().into_owned()).collect()
}

#[test]
fn folders_are_walked_in_order_without_build_output_and_history() {
    let folder = folder(&[
        ("b/c.conf", "1"),
        ("Dockerfile", "FROM x"),
        ("target/debug/x", "2"),
        ("b/.git/HEAD", "3"),
    ]);
    assert_eq!(names(&context(&folder)), ["Dockerfile", "b/c.conf"]);
}

#[test]
fn more_files_come_under_their_own_names() {
    let (one, two) = (folder(&[("Dockerfile", "FROM x")]), folder(&[("a", "1"), ("b/c", "2")]));
    let mut context = context(&one);
    context.add("config", two.path()).unwrap();
    context.add("schema.sql", &two.path().join("a")).unwrap();
    assert_eq!(names(&context), ["Dockerfile", "config/a", "config/b/c", "schema.sql"]);
}

#[test]
fn a_name_that_comes_twice_is_refused() {
    let folder = folder(&[("Dockerfile", "FROM x")]);
    let mut context = context(&folder);
    let again = context.add("Dockerfile", &folder.path().join("Dockerfile"));
    assert!(matches!(again, Err(ContextError::Twice { name }) if name == "Dockerfile"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let missing = Path::new("/nonexistent/file");
    let error = Context::default().add("x", missing);
    assert!(matches!(error, Err(ContextError::Read { path, .. }) if path == missing));
}

#[test]
fn the_hash_depends_on_content_names_and_modes_alone() {
    let one = folder(&[("a", "1"), ("b", "2")]);
    assert_eq!(tag(&context(&one)), tag(&context(&folder(&[("b", "2"), ("a", "1")]))));
    for other in [[("a", "1"), ("b", "3")], [("a", "12"), ("b", "")], [("a", "1"), ("c", "2")]] {
        assert_ne!(tag(&context(&one)), tag(&context(&folder(&other))), "{other:?}");
    }
    let before = tag(&context(&one));
    fs::set_permissions(one.path().join("a"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_ne!(tag(&context(&one)), before);
}

#[test]
fn a_tag_has_twelve_digits() {
    assert_eq!(Inputs::new("x").tag().len(), 12);
}

#[test]
fn programs_stay_executable_and_links_stay_links() {
    let folder = folder(&[("run", "x")]);
    fs::set_permissions(folder.path().join("run"), fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::symlink("run", folder.path().join("also")).unwrap();
    let tar = context(&folder).tar().unwrap();
    let mut archive = tar::Archive::new(tar.as_slice());
    let modes: Vec<_> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let link = entry.link_name().unwrap().map(|it| it.into_owned());
            (entry.header().mode().unwrap(), entry.header().mtime().unwrap(), link)
        })
        .collect();
    assert_eq!(modes, [(0o777, 0, Some(PathBuf::from("run"))), (0o755, 0, None)]);
}
