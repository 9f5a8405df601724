//! What can be done with one's own preferences and subscriptions.

use std::collections::{BTreeSet, HashMap};

use shijian_domain::{ids::AccountId, notifications::Preferences};
use shijian_persistence::{Transaction, identity, notifications};

use super::preference_bodies::{AddSubscriptions, PreferencesBody};
use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
};

/// The caller's page of preferences.
pub fn mine(tx: &mut Transaction<'_>, act: &Act<'_>) -> Answer<PreferencesBody> {
    let account = act.caller.account_id()?;
    let preferences = notifications::preferences(tx, account)?;
    page(tx, act, account, &preferences)
}

/// Replaces the caller's preferences.
pub fn replace(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    new: Preferences,
) -> Answer<PreferencesBody> {
    let account = act.caller.account_id()?;
    identity::hold_account(tx, account)?;
    let before = notifications::preferences(tx, account)?;
    act.expect_version(before.version)?;
    let after = Preferences { version: before.version + 1, ..new };
    notifications::keep_preferences(tx, account, &after)?;
    page(tx, act, account, &after)
}

fn page(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    account: AccountId,
    preferences: &Preferences,
) -> Answer<PreferencesBody> {
    let granted: HashMap<String, i64> = notifications::granted(tx, &[account])?
        .into_iter()
        .map(|((_, template), count)| (template, count))
        .collect();
    Ok(PreferencesBody::of(preferences, &act.settings.wechat.templates, &granted))
}

/// Counts the messages that the caller has just let us send: one of each template.
pub fn subscribe(tx: &mut Transaction<'_>, act: &Act<'_>, given: &AddSubscriptions) -> Answer<()> {
    let account = act.caller.account_id()?;
    let ours = |id: &str| act.settings.wechat.templates.all().any(|template| template.id == id);
    if let Some(index) = given.template_ids.iter().position(|id| !ours(id)) {
        return Err(Problem::new(Code::InvalidBody)
            .say("本系统没有这个订阅消息模板。", "There is no such template here.")
            .at(format!("/template_ids/{index}")));
    }
    let templates: BTreeSet<&String> = given.template_ids.iter().collect();
    for template in templates {
        notifications::grant_one(tx, account, template)?;
    }
    Ok(())
}
