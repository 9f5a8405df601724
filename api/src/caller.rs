//! Who is asking, and what they may do.

use chrono::{DateTime, Utc};
use shijian_domain::{
    identity::{AccountState, Grant, Permission, Scope, Target},
    ids::{AccountId, TokenFamilyId, VolunteerId},
    venues::VenuePath,
};
use shijian_persistence::{Transaction, identity};

use crate::problem::{Answer, Code, Problem};

/// Who is asking: nobody we know, an account, or the program itself.
#[derive(Debug, Clone)]
pub struct Caller {
    account: Option<CallingAccount>,
    grants: Vec<Grant>,
    is_program: bool,
}

#[derive(Debug, Clone)]
struct CallingAccount {
    id: AccountId,
    username: Option<String>,
    display_name: String,
    volunteer_id: Option<VolunteerId>,
}

impl Caller {
    /// Somebody without a token.
    pub const fn anonymous() -> Self {
        Self { account: None, grants: Vec::new(), is_program: false }
    }

    /// The program itself: jobs and the command line. It may do everything.
    pub const fn program() -> Self {
        Self { account: None, grants: Vec::new(), is_program: true }
    }

    /// The account behind a login, with its grants in force.
    ///
    /// # Errors
    /// [`Code::Unauthenticated`] if the login was revoked or the account closed.
    pub fn signed_in(
        tx: &mut Transaction<'_>,
        family: TokenFamilyId,
        now: DateTime<Utc>,
    ) -> Answer<Self> {
        let bearer = identity::bearer(tx, family)?
            .filter(|bearer| {
                bearer.revoked_at.is_none() && bearer.account_state == AccountState::Active
            })
            .ok_or_else(|| Problem::new(Code::Unauthenticated))?;
        let account = CallingAccount {
            id: bearer.account_id,
            username: bearer.username,
            display_name: bearer.display_name,
            volunteer_id: bearer.volunteer_id,
        };
        Self::with_grants(tx, account, now)
    }

    /// An account as a caller without a login: the demo seed acts as its people.
    pub fn of_account(
        tx: &mut Transaction<'_>,
        account: identity::Account,
        now: DateTime<Utc>,
    ) -> Answer<Self> {
        let account = CallingAccount {
            id: account.id,
            username: account.username,
            display_name: account.display_name,
            volunteer_id: account.volunteer_id,
        };
        Self::with_grants(tx, account, now)
    }

    fn with_grants(
        tx: &mut Transaction<'_>,
        account: CallingAccount,
        now: DateTime<Utc>,
    ) -> Answer<Self> {
        let grants = identity::grants_of(tx, account.id, now)?;
        Ok(Self { account: Some(account), grants, is_program: false })
    }

    /// Whether the program acts by itself.
    pub const fn is_program(&self) -> bool {
        self.is_program
    }

    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    pub fn username(&self) -> Option<&str> {
        self.account.as_ref().and_then(|account| account.username.as_deref())
    }

    pub fn display_name(&self) -> &str {
        self.account.as_ref().map_or("", |account| &account.display_name)
    }

    /// # Errors
    /// [`Code::Unauthenticated`] for callers without an account.
    pub fn account_id(&self) -> Answer<AccountId> {
        self.account_if_any().ok_or_else(|| Problem::new(Code::Unauthenticated))
    }

    pub fn account_if_any(&self) -> Option<AccountId> {
        self.account.as_ref().map(|account| account.id)
    }

    pub fn volunteer_if_any(&self) -> Option<VolunteerId> {
        self.account.as_ref().and_then(|account| account.volunteer_id)
    }

    /// # Errors
    /// [`Code::VolunteerRequired`] for accounts without a volunteer profile.
    pub fn volunteer_id(&self) -> Answer<VolunteerId> {
        self.volunteer_if_any().ok_or_else(|| Problem::new(Code::VolunteerRequired))
    }

    /// Every permission held anywhere, each once, in the order of the table.
    pub fn permissions(&self) -> Vec<Permission> {
        Permission::ALL.iter().copied().filter(|permission| self.holds(*permission)).collect()
    }

    /// Whether the permission is held anywhere.
    pub fn holds(&self, permission: Permission) -> bool {
        self.is_program || self.grants.iter().any(|grant| grant.role.allows(permission))
    }

    /// Whether the permission is held for `target`.
    pub fn may(&self, permission: Permission, target: Target<'_>) -> bool {
        self.is_program || self.grants.iter().any(|grant| grant.allows(permission, target))
    }

    /// For changes: what the caller can see but not change answers 403.
    ///
    /// # Errors
    /// [`Code::Forbidden`] without the permission, [`Code::OutOfScope`] with it elsewhere.
    pub fn authorise(&self, permission: Permission, target: Target<'_>) -> Answer<()> {
        if self.may(permission, target) {
            Ok(())
        } else if self.holds(permission) {
            Err(Problem::new(Code::OutOfScope))
        } else {
            Err(Problem::new(Code::Forbidden))
        }
    }

    /// The widest subtree in which the permission is held; `None` stands for the whole deployment.
    ///
    /// # Errors
    /// [`Code::Forbidden`] if it is held over no venue.
    pub fn widest(&self, permission: Permission) -> Answer<Option<VenuePath>> {
        if self.may(permission, Target::DEPLOYMENT) {
            return Ok(None);
        }
        self.grants
            .iter()
            .filter(|grant| grant.role.allows(permission))
            .filter_map(|grant| match &grant.scope {
                Scope::Venue(_, path) => Some(path.clone()),
                _ => None,
            })
            .min_by_key(|path| path.as_str().len())
            .map(Some)
            .ok_or_else(|| Problem::new(Code::Forbidden))
    }

    /// For reads: what is out of scope does not exist.
    ///
    /// # Errors
    /// [`Code::NotFound`], naming `what`.
    pub fn authorise_read(
        &self,
        permission: Permission,
        target: Target<'_>,
        what: &str,
    ) -> Answer<()> {
        if self.may(permission, target) { Ok(()) } else { Err(Problem::not_found(what)) }
    }
}
