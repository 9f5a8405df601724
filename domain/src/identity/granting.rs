//! Who may grant what: nobody more than they hold, nor elsewhere (docs/rules.md#identity).

use chrono::{DateTime, Utc};

use super::{Grant, Permission, Role, Scope};
use crate::venues::VenuePath;

/// Why a grant is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantRefusal {
    #[error("the scope lies outside your own grants")]
    OutOfScope,
    #[error("the role holds `{0}`, which you don't hold there")]
    MoreThanHeld(Permission),
    #[error("a {role} has no scope of that kind")]
    WrongScope { role: Role },
    #[error("the account holds this role in this scope already")]
    AlreadyHeld,
    #[error("the grant has ended already")]
    AlreadyEnded,
    #[error("the grant would outlive your own")]
    OutlivesOwn,
}

/// Whether somebody with the grants `held` may give or end `role` over `scope`.
///
/// # Errors
/// The first rule that it breaks.
pub fn may_grant(
    held: &[Grant],
    role: Role,
    scope: &Scope,
    venue: Option<&VenuePath>,
) -> Result<(), GrantRefusal> {
    if !role.scopes().contains(&scope.kind()) {
        return Err(GrantRefusal::WrongScope { role });
    }
    let target = scope.target(venue);
    let holds = |permission: Permission| held.iter().any(|grant| grant.allows(permission, target));
    if !holds(Permission::GrantManage) {
        return Err(GrantRefusal::OutOfScope);
    }
    // A leader's and a clerk's work is wider within their team or partner than staff's; who heads the venue appoints both.
    if matches!(role, Role::TeamLeader | Role::PartnerClerk) {
        return Ok(());
    }
    match role.permissions().find(|permission| !holds(*permission)) {
        Some(missing) => Err(GrantRefusal::MoreThanHeld(missing)),
        None => Ok(()),
    }
}

/// Whether a grant that may be given now may also last until `until`, for ever where `None`: nobody's outlives those that it rests
/// on.
///
/// # Errors
/// [`GrantRefusal::OutlivesOwn`].
pub fn may_last(
    held: &[Grant],
    role: Role,
    scope: &Scope,
    venue: Option<&VenuePath>,
    until: Option<DateTime<Utc>>,
) -> Result<(), GrantRefusal> {
    let lasts = |grant: &&Grant| match (grant.valid_to, until) {
        (None, _) => true,
        (Some(own), Some(until)) => until <= own,
        (Some(_), None) => false,
    };
    let lasting: Vec<Grant> = held.iter().filter(lasts).cloned().collect();
    may_grant(&lasting, role, scope, venue).map_err(|_| GrantRefusal::OutlivesOwn)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::ids::{AccountId, GrantId, TeamId, VenueId};

    fn held(role: Role, scope: Scope) -> Vec<Grant> {
        vec![Grant {
            id: GrantId(Uuid::nil()),
            account_id: AccountId(Uuid::nil()),
            role,
            scope,
            valid_from: DateTime::UNIX_EPOCH,
            valid_to: None,
            granted_by: None,
        }]
    }

    fn venue(path: &str) -> Scope {
        Scope::Venue(VenueId(Uuid::nil()), VenuePath::stored(path.to_owned()))
    }

    #[test]
    fn a_manager_appoints_staff_below_and_nobody_elsewhere() {
        let manager = held(Role::Manager, venue("TZ/TZ-01/"));
        assert_eq!(may_grant(&manager, Role::Staff, &venue("TZ/TZ-01/TZ-01-001/"), None), Ok(()));
        let elsewhere = may_grant(&manager, Role::Staff, &venue("TZ/TZ-02/"), None);
        assert_eq!(elsewhere, Err(GrantRefusal::OutOfScope));
        let above = may_grant(&manager, Role::Staff, &venue("TZ/"), None);
        assert_eq!(above, Err(GrantRefusal::OutOfScope));
    }

    #[test]
    fn nobody_grants_for_longer_than_they_hold() {
        let day = |number: i64| DateTime::UNIX_EPOCH + chrono::TimeDelta::days(number);
        let mut manager = held(Role::Manager, venue("TZ/"));
        manager[0].valid_to = Some(day(30));
        let last = |until| may_last(&manager, Role::Staff, &venue("TZ/TZ-01/"), None, until);
        assert_eq!(last(Some(day(30))), Ok(()));
        assert_eq!(last(Some(day(31))), Err(GrantRefusal::OutlivesOwn));
        assert_eq!(last(None), Err(GrantRefusal::OutlivesOwn));
    }

    #[test]
    fn nobody_grants_more_than_they_hold() {
        let manager = held(Role::Manager, venue("TZ/"));
        let everything = may_grant(&manager, Role::Admin, &Scope::Deployment, None);
        assert!(everything.is_err());
        let staff = held(Role::Staff, venue("TZ/"));
        let promoted = may_grant(&staff, Role::Staff, &venue("TZ/"), None);
        assert_eq!(promoted, Err(GrantRefusal::OutOfScope));
    }

    #[test]
    fn an_admin_makes_another_admin() {
        let admin = held(Role::Admin, Scope::Deployment);
        assert_eq!(may_grant(&admin, Role::Admin, &Scope::Deployment, None), Ok(()));
    }

    #[test]
    fn a_manager_appoints_the_leader_of_a_team_at_home_below() {
        let manager = held(Role::Manager, venue("TZ/TZ-01/"));
        let team = Scope::Team(TeamId(Uuid::nil()));
        let home = VenuePath::stored("TZ/TZ-01/TZ-01-001/".to_owned());
        assert_eq!(may_grant(&manager, Role::TeamLeader, &team, Some(&home)), Ok(()));
        let other = VenuePath::stored("TZ/TZ-02/".to_owned());
        assert!(may_grant(&manager, Role::TeamLeader, &team, Some(&other)).is_err());
    }
}
