//! A partner's account of a month, and how both sides confirm it.

use serde_json::json;
use shijian_domain::{
    calendar::{Month, NotAMonth},
    identity::{Permission, Target},
    ids::PartnerId,
    redemption::{Side, Statement},
};
use shijian_persistence::{Fault, Transaction, redemption};

use super::partners;
use crate::{
    act::{Act, Subject},
    problem::{Answer, Code, Problem},
};

/// The partner's account of the month: as confirmed, or as it is so far.
pub fn statement(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    partner: PartnerId,
    month: Month,
) -> Answer<Statement> {
    let path = partners::path(tx, partner)?;
    let target = Target::venue(&path).or_partner(partner);
    act.caller.authorise_read(Permission::StatementRead, target, "partner")?;
    match redemption::kept_statement(tx, partner, month)? {
        Some(kept) => Ok(kept),
        None => current(tx, act, partner, month),
    }
}

/// Confirms the statement for the partner where the caller is its clerk, for the center where the caller manages the venue
/// that looks after it.
pub fn confirm(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    partner: PartnerId,
    month: Month,
) -> Answer<Statement> {
    let path = partners::path(tx, partner)?;
    let both = Target::venue(&path).or_partner(partner);
    act.caller.authorise_read(Permission::StatementRead, both, "partner")?;
    act.caller.authorise(Permission::StatementConfirm, both)?;
    let manages = act.caller.may(Permission::StatementConfirm, Target::venue(&path));
    let side = if manages { Side::Center } else { Side::Partner };
    let by = act.caller.account_if_any();
    let statement = if let Some(kept) = redemption::kept_statement(tx, partner, month)? {
        let confirmed = kept.confirm(side, by, act.now, act.zone)?;
        redemption::update_statement(tx, &confirmed)?;
        confirmed
    } else {
        let confirmed = current(tx, act, partner, month)?.confirm(side, by, act.now, act.zone)?;
        redemption::insert_statement(tx, &confirmed).map_err(|fault| {
            // The other side was first meanwhile: run again, and confirm what it confirmed.
            if fault.is_duplicate() { Fault::Transient("a statement".to_owned()) } else { fault }
        })?;
        confirmed
    };
    let subject = Subject::new("partner", partner.0);
    let told = json!({"month": month.to_string(), "side": side});
    act.audit(tx, "confirmPartnerStatement", subject, None, Some(told))?;
    if statement.is_settled() {
        act.publish(
            tx,
            "partner_statement.settled",
            subject,
            &json!({"month": month.to_string(), "points": statement.ledger_points}),
        )?;
    }
    Ok(statement)
}

fn current(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    partner: PartnerId,
    month: Month,
) -> Answer<Statement> {
    let (start, end) = (month.start(act.zone), month.end(act.zone));
    let (lines, ledger_points) = redemption::statement_of(tx, partner, start, end)?;
    Ok(Statement {
        id: act.id(),
        partner_id: partner,
        month,
        lines,
        ledger_points,
        partner_confirmed: None,
        center_confirmed: None,
    })
}

/// The month that a path names.
pub fn month(text: &str) -> Answer<Month> {
    text.parse().map_err(|error: NotAMonth| {
        Problem::new(Code::MalformedParameter)
            .say("月份应写作 YYYY-MM。", error.to_string())
            .at("month")
    })
}
