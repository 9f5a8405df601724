//! Points: a double-entry ledger, the lots that expire, and the rules by which service earns.

mod earned_service;

pub use earned_service::EarnedService;
