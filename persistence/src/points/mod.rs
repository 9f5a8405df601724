//! Points: wallets and their lots, transactions and their entries, earning rules, credits and adjustments.

mod adjustments;
pub mod audit;
mod credits;
mod ledger;
mod notices;
mod rules;
mod wallets;

pub use adjustments::{adjustments, insert_adjustment, lock_adjustment, update_adjustment};
pub use credits::{
    Credit, credit_of_record, credited_points, credits_of_center, insert_credit, reverse_credit,
};
pub use ledger::{
    StatementLine, entries_of, post, reversal_of, transaction, transaction_of_source, transactions,
};
pub use notices::{insert_notice, lots_to_tell_of};
pub use rules::{
    insert_rules, lock_rules, lock_rules_in_force, rules, rules_in_force, rules_of_center,
    update_rules,
};
pub use wallets::{lock_wallet, open_wallet, owners_with_expired, set_carried, wallet};
