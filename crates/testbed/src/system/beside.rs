//! A container beside the system: in its network, under the same limits and with the same end, but
//! none of its services. It is no member, so nobody who asks for the system's containers finds it.

use std::collections::{BTreeMap, BTreeSet};

use bollard::query_parameters::UploadToContainerOptionsBuilder;
use lab::compose::Service;
use tar::EntryType;

use super::control::{create, failed, start};
use super::{Testbed, TestbedError};
use crate::Refusal;
use crate::boxed;

/// What is put beside a system.
pub struct Beside<'a> {
    /// Its name in the network.
    pub name: &'a str,
    /// On the engine already; see [`crate::images::fetch`].
    pub image: &'a str,
    /// How it is run. `volumes` has to hold `folder`.
    pub service: &'a Service,
    /// What the files are put into, an absolute path.
    pub folder: &'a str,
    /// Path below the folder to content. Root's, and readable for everybody.
    pub files: &'a BTreeMap<String, Vec<u8>>,
}

impl Testbed {
    /// Starts a container beside the system, with files in its volumes. Does not wait for what runs
    /// in it. It goes when the system does.
    ///
    /// # Errors
    /// When the name is one of the system's, or the engine refuses.
    #[boxed]
    pub async fn put_beside(&self, beside: &Beside<'_>) -> Result<(), TestbedError> {
        let Beside { name, image, service, folder, files } = *beside;
        let inner = &self.inner;
        if inner.services.contains_key(name) {
            return Err(TestbedError::Exists { name: name.to_owned() });
        }
        let address = inner.address_beside(name)?;
        let body = inner.body(name, name, service, address, image, &BTreeMap::new());
        let id = create(&inner.engine, &inner.owner.session, name, body).await;
        let id = id.map_err(|source| failed("create", name, source))?;
        let filled = self.fill(&id, folder, files).await;
        filled.map_err(|source| failed("put files into", name, source))?;
        start(&inner.engine, &id).await.map_err(|source| failed("start", name, source))
    }

    async fn fill(
        &self,
        id: &str,
        folder: &str,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<(), Refusal> {
        let unwritable = |error: std::io::Error| Refusal::Unreachable(Box::new(error));
        let archive = archive(files).map_err(unwritable)?;
        let options = UploadToContainerOptionsBuilder::new().path(folder).build();
        let body = bollard::body_full(archive.into());
        let sent = self.inner.engine.docker().upload_to_container(id, Some(options), body).await;
        Ok(sent?)
    }
}

/// The files as the engine unpacks them, each after the folders that it stands in.
fn archive(files: &BTreeMap<String, Vec<u8>>) -> std::io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut put = |path: &str, mode, kind, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(mode);
        header.set_entry_type(kind);
        archive.append_data(&mut header, path, content)
    };
    let folders: BTreeSet<&str> = files.keys().flat_map(|path| folders_of(path)).collect();
    for folder in folders {
        put(folder, 0o755, EntryType::Directory, &[])?;
    }
    for (path, content) in files {
        put(path, 0o444, EntryType::Regular, content)?;
    }
    archive.into_inner()
}

/// Such as `a` and `a/b` of `a/b/c`.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stand_in_their_folders_and_nobody_but_root_may_write_them() {
        let files = ["a/b/one", "a/two", "three"].map(|path| (path.to_owned(), b"x".to_vec()));
        let packed = archive(&files.into()).unwrap();
        let mut archive = tar::Archive::new(packed.as_slice());
        let entries = archive.entries().unwrap().map(|entry| {
            let entry = entry.unwrap();
            let path = entry.path().unwrap().display().to_string();
            (path, entry.header().mode().unwrap())
        });
        let expected =
            [("a", 0o755), ("a/b", 0o755), ("a/b/one", 0o444), ("a/two", 0o444), ("three", 0o444)];
        let expected = expected.map(|(path, mode)| (path.to_owned(), mode));
        assert_eq!(entries.collect::<Vec<_>>(), expected);
    }
}
