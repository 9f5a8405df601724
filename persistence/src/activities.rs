//! Activities, their sessions and positions, and who signed up.
