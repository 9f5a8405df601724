//! A person's accounts together: what can be moved, and out of which lots.

use chrono::{DateTime, Utc};

use super::{
    PointsRefusal,
    ledger::{Account, Balanced, Entry, Source, TransactionKind},
};
use crate::{
    ids::{PartnerId, PointsTransactionId, VenueId, VolunteerId},
    units::{Minutes, OutOfRange, Points},
};

/// Part of a wallet's points that expires at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lot {
    pub expires_at: DateTime<Utc>,
    pub available: Points,
    pub held: Points,
}

/// Points out of one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub expires_at: DateTime<Utc>,
    pub points: Points,
}

/// What a person has in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet {
    pub owner: VolunteerId,
    /// The center where it was opened: what expires falls back to it.
    pub center_id: VenueId,
    pub available: Points,
    pub held: Points,
    /// What the next earnings repay first; never below zero.
    pub owed: Points,
    /// Minutes served that have not made a point yet.
    pub carried: Minutes,
    /// How many transactions it has had.
    pub version: i64,
    /// The lot that expires first comes first. Lots that hold nothing may be left out.
    pub lots: Vec<Lot>,
}

/// A transaction, ready to be kept. Once posted it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    pub id: PointsTransactionId,
    pub kind: TransactionKind,
    pub source: Source,
    pub owner: VolunteerId,
    /// What the wallet's available points changed by.
    pub points: Points,
    pub available_after: Points,
    /// Its place in the wallet's history, from 1.
    pub sequence: i64,
    /// The transaction that this one undoes.
    pub reverses: Option<PointsTransactionId>,
    /// What it was for, as the person reads it.
    pub memo: String,
    pub posted_at: DateTime<Utc>,
    pub entries: Balanced,
}

impl Posting {
    /// Which center gave how many points; below zero where it took them.
    ///
    /// # Errors
    /// [`PointsRefusal::NotReversible`] for transactions that are not between a center and a person.
    pub fn given_by_center(&self) -> Result<(VenueId, Points), PointsRefusal> {
        let issued = self.entries.entries().iter().find_map(|entry| match entry.account {
            Account::Issued(center) => Some((center, entry.points)),
            _ => None,
        });
        match (self.kind, issued) {
            (TransactionKind::Earn | TransactionKind::Adjust, Some((center, points))) => {
                Ok((center, Points::ZERO.minus(points)?))
            }
            (kind, _) => Err(PointsRefusal::NotReversible(kind)),
        }
    }
}

/// A transaction before its wallet is known to bear it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub id: PointsTransactionId,
    pub kind: TransactionKind,
    pub source: Source,
    pub reverses: Option<PointsTransactionId>,
    pub memo: String,
    pub entries: Balanced,
}

impl Wallet {
    /// An empty wallet.
    pub const fn open(owner: VolunteerId, center_id: VenueId) -> Self {
        Self {
            owner,
            center_id,
            available: Points::ZERO,
            held: Points::ZERO,
            owed: Points::ZERO,
            carried: Minutes::ZERO,
            version: 0,
            lots: Vec::new(),
        }
    }

    /// The minutes carried over had a credit that changed them by `change` never been.
    pub fn carried_without(&self, change: Minutes) -> Result<Minutes, PointsRefusal> {
        Ok(self.carried.minus(change)?.max(Minutes::ZERO))
    }

    /// What can be spent at `now`: points past their expiry cannot, even before they are booked as expired.
    pub fn spendable(&self, now: DateTime<Utc>) -> Result<Points, OutOfRange> {
        self.lots
            .iter()
            .filter(|lot| lot.expires_at > now)
            .try_fold(Points::ZERO, |sum, lot| sum.plus(lot.available))
    }

    /// `center` gives `points`, which expire at `expires_at`; what is owed is repaid first.
    pub fn credit(
        &self,
        points: Points,
        center: VenueId,
        expires_at: DateTime<Utc>,
    ) -> Result<Balanced, PointsRefusal> {
        let repaid = self.owed.min(points);
        Balanced::new([
            entry(Account::Issued(center), Points::ZERO.minus(points)?),
            entry(Account::Owed(self.owner), repaid),
            entry(Account::Available(self.owner, expires_at), points.minus(repaid)?),
        ])
    }

    /// `center` takes `points` back: from the lot that expires at `first`, then from the lots that expire first; what was
    /// spent already is owed.
    pub fn take_back(
        &self,
        points: Points,
        center: VenueId,
        first: Option<DateTime<Utc>>,
    ) -> Result<Balanced, PointsRefusal> {
        let (named, others): (Vec<_>, Vec<_>) =
            self.lots.iter().partition(|lot| Some(lot.expires_at) == first);
        let (parts, rest) = take(named.into_iter().chain(others), points)?;
        let mut entries = vec![
            entry(Account::Issued(center), points),
            entry(Account::Owed(self.owner), Points::ZERO.minus(rest)?),
        ];
        for part in parts {
            let account = Account::Available(self.owner, part.expires_at);
            entries.push(entry(account, Points::ZERO.minus(part.points)?));
        }
        Balanced::new(entries)
    }

    /// Takes `points` aside, out of the lots that expire first.
    ///
    /// # Errors
    /// [`PointsRefusal::Insufficient`] if so many cannot be spent at `now`.
    pub fn hold(&self, points: Points, now: DateTime<Utc>) -> Result<Balanced, PointsRefusal> {
        let (parts, rest) = take(self.lots.iter().filter(|lot| lot.expires_at > now), points)?;
        if rest.is_positive() {
            let available = self.spendable(now)?;
            return Err(PointsRefusal::Insufficient { available, needed: points });
        }
        let mut entries = Vec::new();
        for Part { expires_at, points } in parts {
            entries.push(entry(
                Account::Available(self.owner, expires_at),
                Points::ZERO.minus(points)?,
            ));
            entries.push(entry(Account::Held(self.owner, expires_at), points));
        }
        Balanced::new(entries)
    }

    /// Gives back what a hold took, each part to its lot.
    pub fn release(&self, held: &[Part]) -> Result<Balanced, PointsRefusal> {
        let mut entries = Vec::new();
        for Part { expires_at, points } in held.iter().copied() {
            entries.push(entry(Account::Held(self.owner, expires_at), Points::ZERO.minus(points)?));
            entries.push(entry(Account::Available(self.owner, expires_at), points));
        }
        Balanced::new(entries)
    }

    /// Gives what a hold took to `partner`.
    pub fn consume(&self, held: &[Part], partner: PartnerId) -> Result<Balanced, PointsRefusal> {
        let mut entries = Vec::new();
        let mut sum = Points::ZERO;
        for Part { expires_at, points } in held.iter().copied() {
            sum = sum.plus(points)?;
            entries.push(entry(Account::Held(self.owner, expires_at), Points::ZERO.minus(points)?));
        }
        entries.push(entry(Account::Redeemed(partner), sum));
        Balanced::new(entries)
    }

    /// Takes what a hold took and `partner` got back to its lots.
    pub fn refund(&self, held: &[Part], partner: PartnerId) -> Result<Balanced, PointsRefusal> {
        let mut entries = Vec::new();
        let mut sum = Points::ZERO;
        for Part { expires_at, points } in held.iter().copied() {
            sum = sum.plus(points)?;
            entries.push(entry(Account::Available(self.owner, expires_at), points));
        }
        entries.push(entry(Account::Redeemed(partner), Points::ZERO.minus(sum)?));
        Balanced::new(entries)
    }

    /// What is past its expiry at `now` falls back to the center.
    pub fn expire(&self, now: DateTime<Utc>) -> Result<Balanced, PointsRefusal> {
        let mut entries = Vec::new();
        let mut sum = Points::ZERO;
        for lot in self.lots.iter().filter(|lot| lot.expires_at <= now) {
            sum = sum.plus(lot.available)?;
            let account = Account::Available(self.owner, lot.expires_at);
            entries.push(entry(account, Points::ZERO.minus(lot.available)?));
        }
        entries.push(entry(Account::Expired(self.center_id), sum));
        Balanced::new(entries)
    }

    /// The transaction that keeps `draft`, and the wallet after it.
    ///
    /// # Errors
    /// [`PointsRefusal::BelowZero`] if an account of the wallet would go below zero.
    pub fn post(&self, draft: Draft, now: DateTime<Utc>) -> Result<(Posting, Self), PointsRefusal> {
        let after = self.after(&draft.entries)?;
        let posting = Posting {
            id: draft.id,
            kind: draft.kind,
            source: draft.source,
            owner: self.owner,
            points: after.available.minus(self.available)?,
            available_after: after.available,
            sequence: after.version,
            reverses: draft.reverses,
            memo: draft.memo,
            posted_at: now,
            entries: draft.entries,
        };
        Ok((posting, after))
    }

    /// The wallet after `entries`, of which other people's accounts are none.
    ///
    /// # Errors
    /// [`PointsRefusal::BelowZero`] if an account would go below zero.
    pub fn after(&self, entries: &Balanced) -> Result<Self, PointsRefusal> {
        let mut after = self.clone();
        after.version += 1;
        for Entry { account, points } in entries.entries().iter().copied() {
            match account {
                Account::Available(owner, expires_at) if owner == self.owner => {
                    after.available = after.available.plus(points)?;
                    after.change_lot(expires_at, |lot| {
                        lot.available = lot.available.plus(points)?;
                        Ok(())
                    })?;
                }
                Account::Held(owner, expires_at) if owner == self.owner => {
                    after.held = after.held.plus(points)?;
                    after.change_lot(expires_at, |lot| {
                        lot.held = lot.held.plus(points)?;
                        Ok(())
                    })?;
                }
                Account::Owed(owner) if owner == self.owner => {
                    after.owed = after.owed.minus(points)?;
                }
                _ => {}
            }
        }
        after.lots.sort_by_key(|lot| lot.expires_at);
        if after.is_below_zero() { Err(PointsRefusal::BelowZero) } else { Ok(after) }
    }

    /// Changes the lot that expires at `expires_at`, which may be new.
    fn change_lot(
        &mut self,
        expires_at: DateTime<Utc>,
        change: impl FnOnce(&mut Lot) -> Result<(), OutOfRange>,
    ) -> Result<(), OutOfRange> {
        if let Some(lot) = self.lots.iter_mut().find(|lot| lot.expires_at == expires_at) {
            return change(lot);
        }
        let mut lot = Lot { expires_at, available: Points::ZERO, held: Points::ZERO };
        change(&mut lot)?;
        self.lots.push(lot);
        Ok(())
    }

    fn is_below_zero(&self) -> bool {
        let below = |points: Points| points < Points::ZERO;
        below(self.available)
            || below(self.held)
            || below(self.owed)
            || self.lots.iter().any(|lot| below(lot.available) || below(lot.held))
    }
}

/// The lot that a credit's entries filled, if what was owed left any of it.
pub fn entries_lot(entries: &[Entry]) -> Option<DateTime<Utc>> {
    entries.iter().find_map(|entry| entry.account.lot())
}

/// The parts that a hold's entries took out of which lots.
pub fn parts_of_hold(entries: &[Entry]) -> Vec<Part> {
    entries
        .iter()
        .filter_map(|entry| match entry.account {
            Account::Held(_, expires_at) => Some(Part { expires_at, points: entry.points }),
            _ => None,
        })
        .collect()
}

const fn entry(account: Account, points: Points) -> Entry {
    Entry { account, points }
}

/// Takes up to `points` of what is available in `lots`, in their order; the second is what they lack.
fn take<'a>(
    lots: impl Iterator<Item = &'a Lot>,
    points: Points,
) -> Result<(Vec<Part>, Points), OutOfRange> {
    let mut parts = Vec::new();
    let mut rest = points;
    for lot in lots {
        let part = lot.available.min(rest);
        if part.is_positive() {
            rest = rest.minus(part)?;
            parts.push(Part { expires_at: lot.expires_at, points: part });
        }
    }
    Ok((parts, rest))
}

#[cfg(test)]
mod tests;
