//! Common needs: what many ask for at one place becomes a project, or is said to need none.

use chrono::{DateTime, Utc};
use serde_json::json;
use shijian_domain::{
    identity::{Permission, Target},
    ids::CommonNeedId,
    orders::{CommonNeed, Gathering, MOST_NEEDS, gather},
    projects::Project,
    teams::TeamCategory,
    venues::Venue,
};
use shijian_persistence::{
    Transaction,
    orders::{self, Kept},
    venues::center_rules,
};

use super::{stories::has_phone, telling::staff_of};
use crate::{
    act::{Act, Subject},
    problem::{Answer, Problem},
    projects::actions::{NewProject, create_project},
    venues::actions::existing as existing_venue,
};

/// Orders that one common need shows, the newest.
const SHOWN: i64 = 100;
/// Titles of needs that a drafted project cites.
const EXAMPLES: usize = 10;
/// Needs of one category at one center that are looked at in one transaction.
const LOOKED_AT: i64 = 2_000;

/// A common need with the newest orders that it rests on.
#[derive(Debug, Clone)]
pub struct Shown {
    pub common: CommonNeed,
    pub orders: Vec<Kept>,
}

/// The common need, for who reads orders at its venue.
pub fn visible(tx: &mut Transaction<'_>, act: &Act<'_>, id: CommonNeedId) -> Answer<Shown> {
    let (common, home) =
        orders::common_need_at_home(tx, id)?.ok_or_else(|| Problem::not_found("common need"))?;
    act.caller.authorise_read(Permission::OrderRead, Target::venue(&home), "common need")?;
    shown(tx, common)
}

fn shown(tx: &mut Transaction<'_>, common: CommonNeed) -> Answer<Shown> {
    let orders = orders::orders_behind(tx, common.id, SHOWN)?;
    Ok(Shown { common, orders })
}

/// Drafts a project of a suggestion, with its needs as the reason. It is reviewed as every project is.
pub fn accept(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: CommonNeedId,
    title: Option<String>,
) -> Answer<Shown> {
    let (before, venue) = held(tx, act, id)?;
    before.ensure_open()?;
    let evidence = orders::orders_behind(tx, id, SHOWN)?;
    let examples = examples(&evidence);
    let day = |at: DateTime<Utc>| at.with_timezone(&act.zone).date_naive();
    let days = (day(before.first_at), day(before.last_at));
    let plan = before.plan(title, &venue.profile.name, days, &examples);
    let new = NewProject { plan, owner_venue_id: venue.id, team_id: None };
    let project = create_project(tx, act, &new)?;
    let after = before.clone().accepted(project.id, act.caller.account_if_any(), act.now)?;
    keep(tx, act, "acceptCommonNeed", &before, &after)?;
    Ok(Shown { common: after, orders: evidence })
}

/// What the needs are called, each once. A project is read by everybody, so a title with a telephone number is no example.
fn examples(evidence: &[Kept]) -> Vec<String> {
    let mut titles = Vec::new();
    for title in evidence.iter().map(|kept| &kept.order.need.title) {
        if titles.len() < EXAMPLES && !titles.contains(title) && !has_phone(title) {
            titles.push(title.clone());
        }
    }
    titles
}

/// Says why no project is to answer a suggestion. Its needs do not make another.
pub fn dismiss(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: CommonNeedId,
    reason: &str,
) -> Answer<Shown> {
    let (before, _) = held(tx, act, id)?;
    let by = act.caller.account_if_any();
    let after = before.clone().dismissed(reason.to_owned(), by, act.now)?;
    keep(tx, act, "dismissCommonNeed", &before, &after)?;
    shown(tx, after)
}

/// The common need, held until the transaction ends, for who may decide on it.
fn held(tx: &mut Transaction<'_>, act: &Act<'_>, id: CommonNeedId) -> Answer<(CommonNeed, Venue)> {
    let common =
        orders::lock_common_need(tx, id)?.ok_or_else(|| Problem::not_found("common need"))?;
    let venue = existing_venue(tx, common.venue_id)?;
    let target = Target::venue(&venue.path);
    act.caller.authorise_read(Permission::OrderRead, target, "common need")?;
    act.caller.authorise(Permission::OrderDispatch, target)?;
    act.expect_version(common.version)?;
    Ok((common, venue))
}

fn keep(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    operation: &str,
    before: &CommonNeed,
    after: &CommonNeed,
) -> Answer<()> {
    orders::update_common_need(tx, after)?;
    let told = |common: &CommonNeed| {
        json!({
            "state": common.state,
            "needs": common.needs,
            "project_id": common.project_id,
            "reason": common.reason,
        })
    };
    act.audit(tx, operation, subject(after), Some(told(before)), Some(told(after)))?;
    let data = json!({"project_id": after.project_id, "version": after.version});
    act.publish(tx, &format!("common_need.{}", after.state), subject(after), &data)
}

/// Tells everybody whose need it was that a project answers it now. A project is published once in its life.
pub fn answered(tx: &mut Transaction<'_>, act: &Act<'_>, project: &Project) -> Answer<()> {
    let Some(common) = orders::common_need_of_project(tx, project.id)? else { return Ok(()) };
    let told = orders::requesters_behind(tx, common.id)?;
    let data = json!({"project_id": project.id, "title": project.plan.title, "account_ids": told});
    act.publish(tx, "common_need.answered", subject(&common), &data)
}

/// What the needs of one category at a center come to: they join suggestions or make some. Says how many needs found a place.
pub fn seek(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    center: &Venue,
    category: TeamCategory,
) -> Answer<usize> {
    let since = act.now - CommonNeed::LOOKS_BACK;
    let heard = orders::heard_needs(tx, center.id, category, since, LOOKED_AT)?;
    if heard.is_empty() {
        return Ok(0);
    }
    let open = orders::suggested_below(tx, &center.path, category)?;
    let venues: Vec<_> = open.iter().map(|common| common.venue_id).collect();
    let threshold = center_rules(tx, center.id)?.common_needs_threshold;
    let mut placed = 0;
    for gathering in gather(&heard, &venues, threshold) {
        let known = open.iter().find(|common| common.venue_id == gathering.venue_id);
        placed += match known {
            Some(common) => join(tx, common.id, gathering)?,
            None => suggest(tx, act, category, gathering)?,
        };
    }
    Ok(placed)
}

fn join(tx: &mut Transaction<'_>, id: CommonNeedId, mut gathering: Gathering) -> Answer<usize> {
    let Some(common) = open(tx, id)? else { return Ok(0) };
    gathering.needs.truncate(common.room());
    if !gathering.needs.is_empty() {
        orders::attach_needs(tx, id, &gathering.needs)?;
        orders::update_common_need(tx, &common.joined(&gathering.needs))?;
    }
    Ok(gathering.needs.len())
}

fn suggest(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    category: TeamCategory,
    mut gathering: Gathering,
) -> Answer<usize> {
    gathering.needs.truncate(MOST_NEEDS);
    let Some(common) = CommonNeed::suggested(act.id(), category, &gathering) else { return Ok(0) };
    orders::insert_common_need(tx, &common)?;
    orders::attach_needs(tx, common.id, &gathering.needs)?;
    let data = json!({
        "venue_id": common.venue_id,
        "category": category,
        "needs": common.needs,
        "account_ids": staff_of(tx, act, common.venue_id)?,
    });
    act.publish(tx, "common_need.suggested", subject(&common), &data)?;
    Ok(gathering.needs.len())
}

/// Takes withdrawn needs from suggestions, and lets those lapse that are left with too few or were left alone for 30 days. Says how
/// many changed.
pub fn review(tx: &mut Transaction<'_>, act: &Act<'_>, limit: i64) -> Answer<usize> {
    let weakened = orders::weakened_suggestions(tx, limit)?;
    let stale = orders::stale_suggestions(tx, act.now - CommonNeed::LOOKS_BACK, limit)?;
    for id in &weakened {
        let Some(common) = open(tx, *id)? else { continue };
        let left = orders::drop_withdrawn(tx, *id)?;
        let venue = existing_venue(tx, common.venue_id)?;
        let center = venue.center_id.unwrap_or(venue.id);
        let threshold = center_rules(tx, center)?.common_needs_threshold;
        settle(tx, &common.left_with(left, threshold, act.now))?;
    }
    for id in &stale {
        if let Some(common) = open(tx, *id)?.filter(|common| common.is_stale(act.now)) {
            settle(tx, &common.lapsed(act.now))?;
        }
    }
    Ok(weakened.len() + stale.len())
}

fn open(tx: &mut Transaction<'_>, id: CommonNeedId) -> Answer<Option<CommonNeed>> {
    Ok(orders::lock_common_need(tx, id)?.filter(|common| common.ensure_open().is_ok()))
}

/// Keeps a suggestion as it is now; the needs of one that lapsed count again.
fn settle(tx: &mut Transaction<'_>, common: &CommonNeed) -> Answer<()> {
    orders::update_common_need(tx, common)?;
    if common.ensure_open().is_err() {
        orders::release_needs(tx, common.id)?;
    }
    Ok(())
}

fn subject(common: &CommonNeed) -> Subject {
    Subject::new("common_need", common.id.0)
}
