//! What can be done with one's own preferences and subscriptions.

use std::collections::HashMap;

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
    let mut templates: Vec<&str> = given.template_ids.iter().map(String::as_str).collect();
    templates.sort_unstable();
    templates.dedup();
    for template in templates {
        if act.settings.wechat.templates.all().all(|ours| ours.id != template) {
            return Err(Problem::new(Code::InvalidBody)
                .say(
                    format!("本系统没有订阅消息模板 {template}。"),
                    format!("There is no template {template} here."),
                )
                .at("/template_ids"));
        }
        notifications::grant_one(tx, account, template)?;
    }
    Ok(())
}
