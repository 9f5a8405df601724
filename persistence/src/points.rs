//! Points: the double-entry ledger, earning rules, corrections.
