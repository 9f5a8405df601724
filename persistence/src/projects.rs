//! Projects: what a venue plans to do for its residents.
