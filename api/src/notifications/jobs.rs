//! Messages on their way out: claimed in one transaction, sent outside of any, and how that ended kept in another. A message is
//! sent at least once: who dies in between has begun a try, and leaves the message to the next one.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::{StreamExt, future::LocalBoxFuture, stream};
use metrics::counter;
use shijian_domain::{
    ids::AccountId,
    notifications::{Delivery, DeliveryState, Outcome, notice_of},
};
use shijian_persistence::{
    Transaction,
    notifications::{self, Notification},
};

use super::audience::{Audience, Message, Reason};
use crate::{
    act::Act, app::App, caller::Caller, problem::Answer, text_messages::Words, wechat::Trouble,
};

/// How many messages are claimed together, and sent at the same time: all of them are done long before anybody else may try.
const BATCH: i64 = 40;
const AT_ONCE: usize = 10;

/// A message whose try has begun.
struct Claimed {
    delivery: Delivery,
    account: AccountId,
    message: Message,
}

/// Tries a batch of what is due, and says how many need no further try. So a run ends while nothing gets through.
pub fn send_due(app: &Arc<App>) -> LocalBoxFuture<'_, Answer<usize>> {
    Box::pin(async move {
        let shared = Arc::clone(app);
        let claiming = app
            .database
            .write(move |tx| claim(tx, &Act::new(&shared, Caller::program(), shared.now())));
        let (claimed, settled) = claiming.await?;
        if claimed.is_empty() {
            return Ok(settled);
        }
        let sending = stream::iter(claimed).map(|claimed| async {
            let outcome = send(app, &claimed).await;
            count(&claimed, &outcome);
            (claimed, outcome)
        });
        let tried: Vec<(Claimed, Outcome)> = sending.buffer_unordered(AT_ONCE).collect().await;
        let now = app.now();
        let keeping = app.database.write(move |tx| {
            tried.iter().try_fold(settled, |settled, (claimed, outcome)| {
                let state = keep(tx, claimed, outcome, now)?;
                Ok(settled + usize::from(state != DeliveryState::Waiting))
            })
        });
        keeping.await
    })
}

/// Begins a try of what is due; also says of how many others nothing is tried now.
fn claim(tx: &mut Transaction<'_>, act: &Act<'_>) -> Answer<(Vec<Claimed>, usize)> {
    let due = notifications::lock_due(tx, act.now, BATCH)?;
    let ids: Vec<_> = due.iter().map(|delivery| delivery.of).collect();
    let told = notifications::notifications_with(tx, &ids)?;
    let audience = Audience::of(tx, told.values().map(|told| told.account_id).collect())?;
    let (mut claimed, mut others) = (Vec::new(), 0);
    for delivery in due {
        let Some(told) = told.get(&delivery.of) else { continue };
        let attempts = delivery.attempts;
        let (delivery, message) = match next(act, &audience, told, delivery.clone()) {
            Ok(next) => next,
            Err(reason) => (delivery.dropped(reason), None),
        };
        notifications::keep_delivery(tx, &delivery, attempts)?;
        match message {
            Some(message) => {
                claimed.push(Claimed { delivery, account: told.account_id, message });
            }
            None => others += 1,
        }
    }
    Ok((claimed, others))
}

/// What becomes of a delivery that is due, with its message if a try begins.
fn next(
    act: &Act<'_>,
    audience: &Audience,
    told: &Notification,
    delivery: Delivery,
) -> Result<(Delivery, Option<Message>), Reason> {
    let notice = notice_of(&told.kind).ok_or("unknown")?;
    if Delivery::is_too_late(told.occurred_at.0, act.now) {
        return Err("too_late");
    }
    let way = audience.way(act, told.account_id, notice, delivery.channel)?;
    if way.due_at > act.now {
        return Ok((delivery.put_off(way.due_at), None));
    }
    let message = way.message(act, told, notice)?;
    let begun = delivery.begin(act.now);
    let is_tried = begun.state == DeliveryState::Waiting;
    Ok((begun, is_tried.then_some(message)))
}

async fn send(app: &App, claimed: &Claimed) -> Outcome {
    let away = || Outcome::Failed("away".to_owned());
    match &claimed.message {
        Message::Wechat(message) => match &app.wechat {
            Some(server) => told(server.send(message).await),
            None => away(),
        },
        Message::Sms { phone, title } => match &app.text_messages {
            Some(sender) => {
                let sent = sender.send(phone, Words::Notice(title, claimed.delivery.id)).await;
                sent.map_or_else(|not_sent| Outcome::Failed(not_sent.0), |()| Outcome::Sent)
            }
            None => away(),
        },
    }
}

fn told(by_wechat: Result<(), Trouble>) -> Outcome {
    match by_wechat {
        Ok(()) => Outcome::Sent,
        Err(Trouble::Away) => Outcome::Failed("away".to_owned()),
        Err(trouble @ Trouble::Refused(code)) if trouble.is_final() => {
            Outcome::Refused(code.to_string())
        }
        Err(Trouble::Refused(code)) => Outcome::Failed(code.to_string()),
    }
}

/// Keeps how a try ended, and what WeChat still lets us send to the person.
fn keep(
    tx: &mut Transaction<'_>,
    claimed: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> Answer<DeliveryState> {
    let attempts = claimed.delivery.attempts;
    let ended = claimed.delivery.clone().end(outcome.clone(), now);
    notifications::keep_delivery(tx, &ended, attempts)?;
    if let Message::Wechat(message) = &claimed.message {
        let (account, template) = (claimed.account, &message.template.id);
        match outcome {
            Outcome::Sent => notifications::take_one(tx, account, template)?,
            Outcome::Refused(_) => notifications::take_all(tx, account, template)?,
            Outcome::Failed(_) => {}
        }
    }
    Ok(ended.state)
}

fn count(claimed: &Claimed, outcome: &Outcome) {
    let word = match outcome {
        Outcome::Sent => "sent",
        Outcome::Refused(_) => "refused",
        Outcome::Failed(_) => "failed",
    };
    let channel = claimed.delivery.channel.as_str();
    counter!("shijian_messages_total", "channel" => channel, "outcome" => word).increment(1);
}
