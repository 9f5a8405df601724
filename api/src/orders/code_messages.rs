//! The confirmation code by text message to whoever is served: many have no account that could show it to them. Claimed in one
//! transaction, sent outside of any, and how that ended kept in another.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;
use shijian_domain::{
    identity::Phone,
    notifications::{DeliveryState, Outcome},
};
use shijian_persistence::{
    Transaction,
    orders::{self, CodeMessage},
};

use super::actions::{person, service};
use crate::{act::Act, app::App, caller::Caller, problem::Answer, text_messages::Words};

/// Messages that are claimed together.
const BATCH: i64 = 20;

/// A message whose try has begun.
struct Claimed {
    message: CodeMessage,
    phone: Phone,
    text: String,
}

/// Tries a batch of what is due, and says how many need no further try.
pub fn send_codes(app: &Arc<App>) -> LocalBoxFuture<'_, Answer<usize>> {
    Box::pin(async move {
        let shared = Arc::clone(app);
        let claiming = app
            .database
            .write(move |tx| claim(tx, &Act::new(&shared, Caller::program(), shared.now())));
        let (claimed, mut settled) = claiming.await?;
        let mut tried = Vec::new();
        for claimed in claimed {
            let outcome = send(app, &claimed).await;
            let attempts = claimed.message.attempts;
            tried.push((claimed.message.end(outcome, app.now()), attempts));
        }
        settled += tried.iter().filter(|(sent, _)| sent.state != DeliveryState::Waiting).count();
        app.database
            .write(move |tx| {
                tried.iter().try_for_each(|(message, attempts)| {
                    orders::keep_code_message(tx, message, *attempts)
                })
            })
            .await?;
        Ok(settled)
    })
}

async fn send(app: &App, claimed: &Claimed) -> Outcome {
    match &app.text_messages {
        Some(sender) => {
            let words = Words::Notice(&claimed.text, claimed.message.id);
            let sent = sender.send(&claimed.phone, words).await;
            sent.map_or_else(|not_sent| Outcome::Failed(not_sent.0), |()| Outcome::Sent)
        }
        None => Outcome::Refused("no_sender".to_owned()),
    }
}

/// Begins a try of what is due; also says of how many others nothing is tried.
fn claim(tx: &mut Transaction<'_>, act: &Act<'_>) -> Answer<(Vec<Claimed>, usize)> {
    let (mut claimed, mut others) = (Vec::new(), 0);
    for message in orders::lock_due_codes(tx, act.now, BATCH)? {
        let attempts = message.attempts;
        let Some((phone, text)) = told(tx, act, &message)? else {
            orders::keep_code_message(tx, &message.dropped("over"), attempts)?;
            others += 1;
            continue;
        };
        let message = message.begin(act.now);
        orders::keep_code_message(tx, &message, attempts)?;
        if message.state == DeliveryState::Waiting {
            claimed.push(Claimed { message, phone, text });
        } else {
            others += 1;
        }
    }
    Ok((claimed, others))
}

/// To whom, and in which words; `None` where the code is good for nothing any more.
fn told(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    message: &CodeMessage,
) -> Answer<Option<(Phone, String)>> {
    let (id, round) = message.of;
    let Some(placed) = orders::order(tx, id)? else { return Ok(None) };
    let order = &placed.kept.order;
    if order.progress.round != round || !service::has_code(order) {
        return Ok(None);
    }
    let served = person::open(act, &placed)?;
    let phone = served.and_then(|served| served.phone).map(Phone::try_from);
    let Some(Ok(phone)) = phone else { return Ok(None) };
    let code = service::confirmation_code(act, order);
    let text =
        format!("您的订单 {} 已约定上门,服务完成后请将确认码 {code} 告知服务队", order.number);
    Ok(Some((phone, text)))
}
