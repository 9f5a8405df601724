//! How points are moved: under the wallet's lock, one transaction at a time.

use shijian_domain::{
    ids::{VenueId, VolunteerId},
    points::{Draft, Posting, Wallet},
};
use shijian_persistence::{Transaction, points};

use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
};

/// The person's wallet, held until the transaction ends; it is opened at `center` if this is its first use.
pub fn locked_wallet(
    tx: &mut Transaction<'_>,
    owner: VolunteerId,
    center: VenueId,
) -> Answer<Wallet> {
    if let Some(wallet) = points::lock_wallet(tx, owner)? {
        return Ok(wallet);
    }
    points::open_wallet(tx, &Wallet::open(owner, center))?;
    points::lock_wallet(tx, owner)?.ok_or_else(|| Problem::new(Code::Internal))
}

/// Posts `draft` to the wallet, whose lock is held.
pub fn post(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    wallet: &Wallet,
    draft: Draft,
) -> Answer<(Posting, Wallet)> {
    let (posting, after) = wallet.post(draft, act.now)?;
    points::post(tx, &posting, wallet, &after)?;
    Ok((posting, after))
}
