//! The accounts that people sign in to the demo with.

use std::collections::BTreeMap;

use shijian_domain::identity::{Role, Scope, Username};
use shijian_persistence::{Transaction, identity::Account};

use super::{District, Year};
use crate::{
    caller::Caller,
    demo::{
        district::{CENTER_CODE, INSTITUTE_CODE, STATION_CODE},
        gate::{ACCOUNTS, PASSWORD},
    },
    identity::{
        actions::{NewAccount, appoint, create_account},
        passwords,
    },
    problem::{Answer, Problem},
};

/// The demo's accounts by username.
#[derive(Debug)]
pub struct Accounts(BTreeMap<String, Account>);

impl Accounts {
    /// # Errors
    /// `not_found` if the plan has no account of that name.
    pub fn named(&self, username: &str) -> Answer<&Account> {
        self.0.get(username).ok_or_else(|| Problem::not_found("account"))
    }
}

/// Opens every account, and appoints those who work at a venue.
pub fn open(
    tx: &mut Transaction<'_>,
    year: &mut Year<'_>,
    district: &District,
) -> Answer<Accounts> {
    year.begin("账号 · accounts", ACCOUNTS.len());
    let act = year.act(Caller::program());
    let hash = passwords::hash(PASSWORD, act.chance)?;
    let mut accounts = BTreeMap::new();
    for (username, display_name) in ACCOUNTS {
        let new = NewAccount {
            username: Some(Username::try_from(username.to_owned())?),
            display_name: display_name.to_owned(),
            password_hash: Some(hash.clone()),
            phone: None,
            demo: true,
        };
        accounts.insert(username.to_owned(), create_account(tx, &act, new)?);
        year.step();
    }
    let accounts = Accounts(accounts);
    let venue = |code: &str| -> Answer<Scope> {
        let venue = district.venue(code)?;
        Ok(Scope::Venue(venue.id, venue.path.clone()))
    };
    let appointments = [
        ("admin", Role::Admin, Scope::Deployment),
        ("center", Role::Manager, venue(CENTER_CODE)?),
        ("institute", Role::Manager, venue(INSTITUTE_CODE)?),
        ("station", Role::Staff, venue(STATION_CODE)?),
        ("grid", Role::GridWorker, venue(STATION_CODE)?),
        ("auditor", Role::Auditor, Scope::Deployment),
    ];
    for (username, role, scope) in appointments {
        appoint(tx, &act, accounts.named(username)?.id, role, scope)?;
    }
    Ok(accounts)
}
