//! Redemption: partners, their offers, redemptions with vouchers, and monthly statements.
