//! Volunteers: who serves, from application to withdrawal.
