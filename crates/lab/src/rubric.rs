//! `rubric.yaml`: what is judged, in which respects, on what anchored scale. A person chooses the
//! level; nothing here does.

/// What is judged, the same for every lab of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rubric {
    pub dimensions: Vec<Dimension>,
}

/// One respect in which a person is judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    pub id: String,
    pub title: String,
    /// What it is about, in a sentence or two that a candidate reads beforehand.
    pub about: String,
    /// What a person does who is on a level, from level 1 up.
    pub levels: Vec<String>,
}
