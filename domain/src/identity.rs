//! (slice)
