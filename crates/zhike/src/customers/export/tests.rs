//! The export through its HTTP door, on both databases.
