//! Teams of volunteers and their members.
