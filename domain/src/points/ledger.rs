//! Accounts, entries and what makes a transaction: entries that sum to zero.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::PointsRefusal;
use crate::{
    ids::{PartnerId, VenueId, VolunteerId},
    units::Points,
};

vocabulary! {
    /// Whose an account is.
    pub enum OwnerKind {
        Volunteer = "volunteer",
        Center = "center",
        Partner = "partner",
    }
}

vocabulary! {
    /// What an account is for.
    pub enum Purse {
        /// A person's points that can be spent.
        Available = "available",
        /// A person's points that open redemptions hold.
        Held = "held",
        /// What a person owes after a reversal: zero or below.
        Owed = "owed",
        /// What a center has given out: zero or below.
        Issued = "issued",
        /// What fell back to a center.
        Expired = "expired",
        /// What a partner was given for its offers.
        Redeemed = "redeemed",
    }
}

vocabulary! {
    /// What a transaction does.
    pub enum TransactionKind {
        /// A verified service record is credited.
        Earn = "earn",
        /// A redemption takes points aside.
        Hold = "hold",
        /// A cancelled or expired redemption gives them back.
        Release = "release",
        /// A consumed voucher gives them to the partner.
        Consume = "consume",
        /// A refunded redemption takes them back from the partner.
        Refund = "refund",
        /// Points reached the end of their life.
        Expire = "expire",
        /// Staff gave or took points, with a reason.
        Adjust = "adjust",
        /// A mistake is undone.
        Reverse = "reverse",
    }
}

vocabulary! {
    /// What a transaction came from.
    pub enum SourceKind {
        ServiceRecord = "service_record",
        Redemption = "redemption",
        Adjustment = "adjustment",
        PointsTransaction = "points_transaction",
        /// The end of a lot's life.
        Expiry = "expiry",
    }
}

/// What a transaction came from. One source makes at most one transaction of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    pub kind: SourceKind,
    pub id: Uuid,
}

/// One account. What a person has lies in lots, told apart by when they expire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    Available(VolunteerId, DateTime<Utc>),
    Held(VolunteerId, DateTime<Utc>),
    Owed(VolunteerId),
    Issued(VenueId),
    Expired(VenueId),
    Redeemed(PartnerId),
}

impl Account {
    pub const fn purse(self) -> Purse {
        match self {
            Self::Available(..) => Purse::Available,
            Self::Held(..) => Purse::Held,
            Self::Owed(_) => Purse::Owed,
            Self::Issued(_) => Purse::Issued,
            Self::Expired(_) => Purse::Expired,
            Self::Redeemed(_) => Purse::Redeemed,
        }
    }

    pub const fn owner_kind(self) -> OwnerKind {
        match self {
            Self::Available(..) | Self::Held(..) | Self::Owed(_) => OwnerKind::Volunteer,
            Self::Issued(_) | Self::Expired(_) => OwnerKind::Center,
            Self::Redeemed(_) => OwnerKind::Partner,
        }
    }

    pub const fn owner_id(self) -> Uuid {
        match self {
            Self::Available(VolunteerId(id), _)
            | Self::Held(VolunteerId(id), _)
            | Self::Owed(VolunteerId(id))
            | Self::Issued(VenueId(id))
            | Self::Expired(VenueId(id))
            | Self::Redeemed(PartnerId(id)) => id,
        }
    }

    /// When the lot expires, for accounts that lie in lots.
    pub const fn lot(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Available(_, expires_at) | Self::Held(_, expires_at) => Some(expires_at),
            _ => None,
        }
    }

    /// An account as it was stored; `None` if a lot is missing or too much.
    pub const fn stored(purse: Purse, owner: Uuid, lot: Option<DateTime<Utc>>) -> Option<Self> {
        match (purse, lot) {
            (Purse::Available, Some(lot)) => Some(Self::Available(VolunteerId(owner), lot)),
            (Purse::Held, Some(lot)) => Some(Self::Held(VolunteerId(owner), lot)),
            (Purse::Owed, None) => Some(Self::Owed(VolunteerId(owner))),
            (Purse::Issued, None) => Some(Self::Issued(VenueId(owner))),
            (Purse::Expired, None) => Some(Self::Expired(VenueId(owner))),
            (Purse::Redeemed, None) => Some(Self::Redeemed(PartnerId(owner))),
            _ => None,
        }
    }
}

/// `volunteer:01939e5c-…:available`: the lots of one account have one name.
impl std::fmt::Display for Account {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}:{}", self.owner_kind(), self.owner_id(), self.purse())
    }
}

/// What one transaction moves in one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub account: Account,
    /// Positive where the account gains.
    pub points: Points,
}

/// Entries that sum to zero; others cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balanced(Vec<Entry>);

impl Balanced {
    /// Leaves out entries that move nothing.
    ///
    /// # Errors
    /// [`PointsRefusal::Unbalanced`] if they do not sum to zero.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Result<Self, PointsRefusal> {
        let mut sum = Points::ZERO;
        let mut kept = Vec::new();
        for entry in entries {
            sum = sum.plus(entry.points)?;
            if !entry.points.is_zero() {
                kept.push(entry);
            }
        }
        if sum.is_zero() { Ok(Self(kept)) } else { Err(PointsRefusal::Unbalanced(sum)) }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_do_not_sum_to_zero_are_no_transaction() {
        let account = Account::Owed(VolunteerId(Uuid::nil()));
        let one = |points| Entry { account, points: Points(points) };
        assert_eq!(Balanced::new([one(3), one(-2)]), Err(PointsRefusal::Unbalanced(Points(1))));
        assert_eq!(Balanced::new([one(3), one(-3), one(0)]).unwrap().entries().len(), 2);
    }
}
