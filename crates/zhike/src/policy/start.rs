//! The start policies: five regulations that a company may adopt and then change. They travel with the program.

use super::definition::{Error, Policy};

const FILES: [(&str, &str); 5] = [
    ("R0", include_str!("../../../../policies/R0.toml")),
    ("R1", include_str!("../../../../policies/R1.toml")),
    ("R2", include_str!("../../../../policies/R2.toml")),
    ("R3", include_str!("../../../../policies/R3.toml")),
    ("R4", include_str!("../../../../policies/R4.toml")),
];

/// All start policies, R0 to R4.
pub fn policies() -> Result<Vec<Policy>, Error> {
    FILES.iter().map(|(_, text)| Policy::from_toml(text)).collect()
}

/// The start policy with this key. The files are checked by a test, so `None` means that there is no such key.
pub fn policy(key: &str) -> Option<Policy> {
    let (_, text) = FILES.iter().find(|(name, _)| *name == key)?;
    Policy::from_toml(text).ok()
}
