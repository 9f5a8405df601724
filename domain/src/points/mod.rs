//! Points: a double-entry ledger, the lots that expire, and the rules by which service earns.
//!
//! The rules are told in `docs/rules.md#points`, the ledger in `docs/ledger.md`.

mod adjustment;
mod earned_service;
mod earning;
mod ledger;
mod policy;
mod simulation;
mod wallet;

pub use adjustment::{Adjustment, AdjustmentState};
pub use earned_service::EarnedService;
pub use earning::{
    Caps, Earned, EarningRule, EarningRules, EarningRulesState, default_rules, earn,
};
pub use ledger::{Account, Balanced, Entry, OwnerKind, Purse, Source, SourceKind, TransactionKind};
pub use policy::PointsPolicy;
pub use simulation::{Simulated, simulate};
pub use wallet::{Draft, Lot, Part, Posting, Wallet, entries_lot, parts_of_hold};

use crate::units::{OutOfRange, Points};

/// Why points were not moved, or rules not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PointsRefusal {
    #[error("{needed} points are needed and {available} can be spent")]
    Insufficient { available: Points, needed: Points },
    #[error("the entries sum to {0}, not to zero")]
    Unbalanced(Points),
    #[error("an account of the wallet would go below zero")]
    BelowZero,
    #[error("the transaction was reversed already")]
    AlreadyReversed,
    #[error("a transaction of kind {0} is not reversed by hand")]
    NotReversible(TransactionKind),
    #[error("the adjustment was decided already")]
    AlreadyDecided,
    #[error("the person who asked does not decide")]
    SecondPersonNeeded,
    #[error("nobody adjusts their own points")]
    OwnPoints,
    #[error("rules of state {0} are not edited or put in force")]
    NotADraft(EarningRulesState),
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
}
