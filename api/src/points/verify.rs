//! The ledger recomputed from its entries: balances, lots, sums, holds, partners' totals and stock.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use shijian_domain::{
    ids::{PartnerId, PointsTransactionId, VolunteerId},
    points::{Purse, TransactionKind},
    units::Points,
};
use shijian_persistence::{
    Database, Stored, Transaction,
    points::audit::{self, Balances, Step},
};

/// Rows of a page: what memory the check takes does not grow with the ledger.
const PAGE: i64 = 500;

/// How often a page with a difference is looked at: what another request wrote in between is gone the next time.
const LOOKS: usize = 3;

/// What was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verified {
    pub wallets: usize,
    pub transactions: usize,
    pub partners: usize,
}

/// The first difference found, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Difference(String);

/// What a check came to: how many were checked, or the first difference.
pub type Checked = Stored<Result<Verified, Difference>>;

/// Where a page of transactions begins: the wallet, the sequence and the available points before it.
type Place = Option<(VolunteerId, i64, Points)>;

/// One page's answer: where the next begins, or `None` at the end.
struct Looked<K> {
    next: Option<K>,
    items: usize,
}

type Page<K> = Stored<Result<Looked<K>, Difference>>;

/// Checks the whole ledger beside running requests.
pub fn verify(database: &Database) -> Checked {
    let mut verified = Verified::default();
    let wallets = all_pages(|after| database.read_blocking(move |tx| wallets(tx, after)))?;
    let transactions =
        all_pages(|after| database.read_blocking(move |tx| transactions(tx, after)))?;
    let partners = all_pages(|after| database.read_blocking(move |tx| partners(tx, after)))?;
    for (count, part) in [
        (wallets, &mut verified.wallets),
        (transactions, &mut verified.transactions),
        (partners, &mut verified.partners),
    ] {
        match count {
            Ok(items) => *part = items,
            Err(difference) => return Ok(Err(difference)),
        }
    }
    Ok(Ok(verified))
}

fn all_pages<K: Copy>(look: impl Fn(Option<K>) -> Page<K>) -> Stored<Result<usize, Difference>> {
    let (mut after, mut items) = (None, 0);
    loop {
        let mut page = look(after)?;
        for _ in 1..LOOKS {
            if page.is_err() {
                page = look(after)?;
            }
        }
        match page {
            Ok(looked) => {
                items += looked.items;
                match looked.next {
                    Some(next) => after = Some(next),
                    None => return Ok(Ok(items)),
                }
            }
            Err(difference) => return Ok(Err(difference)),
        }
    }
}

/// Fails with the sentence that `told` makes unless both are equal.
fn same<T: PartialEq>(
    kept: T,
    recomputed: T,
    told: impl FnOnce(T, T) -> String,
) -> Result<(), Difference> {
    if kept == recomputed { Ok(()) } else { Err(Difference(told(kept, recomputed))) }
}

#[derive(Default)]
struct Recomputed {
    available: i64,
    held: i64,
    owed: i64,
    /// By expiry: available and held.
    lots: BTreeMap<DateTime<Utc>, (i64, i64)>,
    redemptions: i64,
    last_sequence: i64,
}

/// What the entries of a transaction come to.
#[derive(Default, Clone, Copy)]
struct Sums {
    all: i64,
    available: i64,
    /// What the center gave.
    issued: i64,
}

fn wallets(tx: &mut Transaction<'_>, after: Option<VolunteerId>) -> Page<VolunteerId> {
    let page = audit::balances(tx, after, PAGE)?;
    let (Some(first), Some(last)) = (page.first(), page.last()) else {
        return Ok(Ok(Looked { next: None, items: 0 }));
    };
    let (first, last) = (first.owner, last.owner);
    let mut recomputed: HashMap<VolunteerId, Recomputed> = HashMap::new();
    for (owner, purse, lot, points) in audit::sums_of_entries(tx, first, last)? {
        let wallet = recomputed.entry(VolunteerId(owner.0)).or_default();
        match (purse, lot) {
            (Purse::Available, Some(lot)) => {
                wallet.available += points.0;
                wallet.lots.entry(lot.0).or_default().0 += points.0;
            }
            (Purse::Held, Some(lot)) => {
                wallet.held += points.0;
                wallet.lots.entry(lot.0).or_default().1 += points.0;
            }
            (Purse::Owed, _) => wallet.owed -= points.0,
            _ => {}
        }
    }
    for (owner, points) in audit::held_by_redemptions(tx, first, last)? {
        recomputed.entry(owner).or_default().redemptions = points.0;
    }
    for (owner, sequence) in audit::last_sequences(tx, first, last)? {
        recomputed.entry(owner).or_default().last_sequence = sequence;
    }
    if let Some(record) = audit::credits_without_transaction(tx, first, last)?.first() {
        return Ok(Err(Difference(format!(
            "service record {record}: it made points that no transaction gave"
        ))));
    }
    let mut lots: HashMap<VolunteerId, BTreeMap<DateTime<Utc>, (i64, i64)>> = HashMap::new();
    for (owner, expires_at, available, held) in audit::lots_of_owners(tx, first, last)? {
        lots.entry(owner).or_default().insert(expires_at.0, (available.0, held.0));
    }
    let (items, full) = (page.len(), is_full(page.len()));
    for kept in page {
        let sums = recomputed.remove(&kept.owner).unwrap_or_default();
        let lots = lots.remove(&kept.owner).unwrap_or_default();
        if let Err(difference) = wallet(kept, &sums, &lots) {
            return Ok(Err(difference));
        }
    }
    Ok(Ok(Looked { next: full.then_some(last), items }))
}

fn wallet(
    kept: Balances,
    sums: &Recomputed,
    lots: &BTreeMap<DateTime<Utc>, (i64, i64)>,
) -> Result<(), Difference> {
    let owner = kept.owner;
    for (purse, kept, recomputed) in [
        ("available", kept.available.0, sums.available),
        ("held", kept.held.0, sums.held),
        ("owed", kept.owed.0, sums.owed),
    ] {
        same(kept, recomputed, |kept, recomputed| {
            format!("wallet {owner}: {purse} is {kept}, its entries make {recomputed}")
        })?;
    }
    same(kept.version, sums.last_sequence, |version, last| {
        format!("wallet {owner}: its version is {version}, its last transaction is number {last}")
    })?;
    same(sums.held, sums.redemptions, |held, redemptions| {
        format!("wallet {owner}: {held} are held, its open redemptions hold {redemptions}")
    })?;
    for (expires_at, recomputed) in &sums.lots {
        let kept = lots.get(expires_at).copied().unwrap_or_default();
        same(kept, *recomputed, |kept, recomputed| {
            format!(
                "wallet {owner}: the lot of {expires_at} has {kept:?} available and held, its entries make {recomputed:?}"
            )
        })?;
    }
    let made_up = lots
        .iter()
        .find(|(expires_at, kept)| **kept != (0, 0) && !sums.lots.contains_key(expires_at));
    match made_up {
        Some((expires_at, _)) => {
            Err(Difference(format!("wallet {owner}: the lot of {expires_at} has no entries")))
        }
        None => Ok(()),
    }
}

fn transactions(tx: &mut Transaction<'_>, after: Place) -> Page<(VolunteerId, i64, Points)> {
    let page = audit::steps(tx, after.map(|(owner, sequence, _)| (owner, sequence)), PAGE)?;
    let ids: Vec<PointsTransactionId> = page.iter().map(|step| step.id).collect();
    let mut sums: HashMap<PointsTransactionId, Sums> = HashMap::new();
    for (id, purse, points) in audit::sums_of_transactions(tx, &ids)? {
        let sums = sums.entry(id).or_default();
        sums.all += points.0;
        match purse {
            Purse::Available => sums.available += points.0,
            Purse::Issued => sums.issued -= points.0,
            _ => {}
        }
    }
    let credits: HashMap<PointsTransactionId, i64> = audit::credits_of_transactions(tx, &ids)?
        .into_iter()
        .filter_map(|(id, points)| Some((id?, points.0)))
        .collect();
    let mut before = after;
    for step in &page {
        let sums = sums.get(&step.id).copied().unwrap_or_default();
        let checked = transaction(before, *step, sums)
            .and_then(|()| credit(*step, sums, credits.get(&step.id).copied()));
        if let Err(difference) = checked {
            return Ok(Err(difference));
        }
        before = Some((step.owner, step.sequence, step.available_after));
    }
    let next = if is_full(page.len()) { before } else { None };
    Ok(Ok(Looked { next, items: page.len() }))
}

fn transaction(
    before: Place,
    step: Step,
    Sums { all, available, .. }: Sums,
) -> Result<(), Difference> {
    let id = step.id;
    same(all, 0, |all, _| format!("transaction {id}: its entries sum to {all}"))?;
    same(step.points.0, available, |kept, recomputed| {
        format!("transaction {id}: it says {kept} available points, its entries make {recomputed}")
    })?;
    let (sequence, was) = match before {
        Some((owner, sequence, was)) if owner == step.owner => (sequence + 1, was.0),
        _ => (1, 0),
    };
    same(step.sequence, sequence, |kept, recomputed| {
        format!("transaction {id}: it is number {kept} of its wallet, but should be {recomputed}")
    })?;
    same(step.available_after.0, was + available, |kept, recomputed| {
        format!("transaction {id}: it leaves {kept}, but should leave {recomputed}")
    })
}

/// Earning is what the credit of a service record says, and nothing else is.
fn credit(step: Step, sums: Sums, credited: Option<i64>) -> Result<(), Difference> {
    let earned = (step.kind == TransactionKind::Earn).then_some(sums.issued);
    same(earned, credited, |earned, credited| {
        let told =
            |points: Option<i64>| points.map_or("nothing".to_owned(), |points| points.to_string());
        format!(
            "transaction {}: it earned {}, the credit of its service record says {}",
            step.id,
            told(earned),
            told(credited)
        )
    })
}

fn partners(tx: &mut Transaction<'_>, after: Option<PartnerId>) -> Page<PartnerId> {
    let page = audit::partner_ids(tx, after, PAGE)?;
    for partner in &page {
        let (ledger, redemptions) = audit::partner_totals(tx, *partner)?;
        let checked = same(ledger.0, redemptions.0, |ledger, redemptions| {
            format!("partner {partner}: the ledger gave {ledger}, its redemptions {redemptions}")
        });
        if let Err(difference) = checked {
            return Ok(Err(difference));
        }
        if let Some((offer, missing, taken)) =
            audit::stock_differences(tx, *partner)?.into_iter().next()
        {
            return Ok(Err(Difference(format!(
                "offer {offer}: {missing} are gone from its stock, redemptions took {taken}"
            ))));
        }
    }
    let next = page.last().copied().filter(|_| is_full(page.len()));
    Ok(Ok(Looked { next, items: page.len() }))
}

fn is_full(rows: usize) -> bool {
    i64::try_from(rows).is_ok_and(|rows| rows >= PAGE)
}
