//! Has the crate compiled anew when the built page changed; it builds nothing itself.

fn main() {
    // Files get new names with each build of the page, so the folder itself is watched.
    println!("cargo:rerun-if-changed=../../web/dist");
    println!("cargo:rerun-if-changed=build.rs");
}
