//! `shijian ledger verify`

use clap::Subcommand;
use shijian_api::{points::verify, settings::Settings};
use shijian_persistence::Database;

use super::Ended;

#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Recompute the points ledger from its entries and name the first difference.
    Verify,
}

impl LedgerCommand {
    /// Ends well if nothing differs.
    pub fn run(&self, settings: &Settings) -> Ended {
        match self {
            Self::Verify => {
                let database = Database::open(&settings.database_settings())?;
                let verified = verify::verify(&database)??;
                println!(
                    "the ledger holds: {} wallets, {} transactions, {} partners",
                    verified.wallets, verified.transactions, verified.partners
                );
                Ok(())
            }
        }
    }
}
