//! Redemption: partners, offers, redemptions and partners' statements.

mod offers;
mod partners;
mod redemptions;
mod statements;

pub use offers::{
    OfferFilter, change_stock, insert_offer, lock_offer, offer, offers, update_offer,
};
pub use partners::{PartnerFilter, insert_partner, partner, partners, path_of_partner};
pub use redemptions::{
    Kept, RedemptionFilter, expired_redemptions, insert_redemption, redeemed_count, redemption,
    redemption_by_voucher, redemptions, update_redemption,
};
pub use statements::{insert_statement, kept_statement, statement_of, update_statement};
