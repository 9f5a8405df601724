//! The people who are to be told beside the inbox: what they want, and where they can be reached.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use shijian_domain::{
    identity::Phone,
    ids::AccountId,
    notifications::{Channel, Notice, Preferences},
};
use shijian_persistence::{
    Transaction,
    notifications::{self, Notification, Reach},
};

use crate::{
    act::Act,
    identity::actions::{OPEN_ID, PHONE},
    problem::Answer,
    settings::{Settings, SmsProvider},
    wechat::{SubscriptionMessage, Template},
};

/// What is known of some people.
pub struct Audience {
    preferences: HashMap<AccountId, Preferences>,
    reach: HashMap<AccountId, Reach>,
    granted: HashMap<(AccountId, String), i64>,
}

/// Why somebody is not told over a channel: one word.
pub type Reason = &'static str;

/// How somebody can be told over a channel.
#[derive(Debug, Clone, Copy)]
pub struct Way<'a> {
    /// From when on.
    pub due_at: DateTime<Utc>,
    address: Address<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Address<'a> {
    Wechat { sealed_open_id: &'a [u8], template: &'a Template },
    Sms { sealed_phone: &'a [u8] },
}

/// A message that can be sent. Neither kept nor logged: it names the person.
pub enum Message {
    Wechat(SubscriptionMessage),
    Sms { phone: Phone, title: &'static str },
}

/// Whether this deployment tells people anything beside the inbox.
pub fn has_channels(settings: &Settings) -> bool {
    settings.wechat.templates.all().count() > 0 || settings.sms.provider != SmsProvider::None
}

impl Audience {
    pub fn of(tx: &mut Transaction<'_>, mut people: Vec<AccountId>) -> Answer<Self> {
        people.sort_unstable();
        people.dedup();
        Ok(Self {
            preferences: notifications::preferences_of(tx, &people)?,
            reach: notifications::reach_of(tx, &people)?,
            granted: notifications::granted(tx, &people)?,
        })
    }

    /// How the person can be told of `notice` over `channel`.
    ///
    /// # Errors
    /// The reason why not.
    pub fn way<'a>(
        &'a self,
        act: &Act<'a>,
        person: AccountId,
        notice: &Notice,
        channel: Channel,
    ) -> Result<Way<'a>, Reason> {
        let address = self.address(act.settings, person, notice, channel)?;
        let due_at = match self.preferences.get(&person) {
            Some(preferences) => preferences.due(notice, channel, act.now, act.zone),
            None => Preferences::unset().due(notice, channel, act.now, act.zone),
        };
        Ok(Way { due_at: due_at.ok_or("unwanted")?, address })
    }

    fn address<'a>(
        &'a self,
        settings: &'a Settings,
        person: AccountId,
        notice: &Notice,
        channel: Channel,
    ) -> Result<Address<'a>, Reason> {
        let reach = self.reach.get(&person).ok_or("unreachable")?;
        match channel {
            Channel::Wechat => {
                let template = settings.wechat.templates.of(notice.topic).ok_or("not_set_up")?;
                let granted = self.granted.get(&(person, template.id.clone())).copied();
                if granted.unwrap_or(0) == 0 {
                    return Err("not_granted");
                }
                let sealed_open_id = reach.sealed_open_id.as_deref().ok_or("unreachable")?;
                Ok(Address::Wechat { sealed_open_id, template })
            }
            Channel::Sms => {
                if settings.sms.provider == SmsProvider::None {
                    return Err("not_set_up");
                }
                let sealed_phone = reach.sealed_phone.as_deref().ok_or("unreachable")?;
                Ok(Address::Sms { sealed_phone })
            }
        }
    }
}

impl Way<'_> {
    /// The message that tells of `told`.
    ///
    /// # Errors
    /// A word, if what names the person cannot be read.
    pub fn message(
        self,
        act: &Act<'_>,
        told: &Notification,
        notice: &Notice,
    ) -> Result<Message, Reason> {
        let open = |context, sealed| act.vault.open(context, sealed).map_err(|_| "unreadable");
        match self.address {
            Address::Wechat { sealed_open_id, template } => {
                let at = told.occurred_at.0.with_timezone(&act.zone);
                Ok(Message::Wechat(SubscriptionMessage {
                    open_id: open(OPEN_ID, sealed_open_id)?,
                    template: template.clone(),
                    thing: notice.chinese.to_owned(),
                    time: at.format("%Y-%m-%d %H:%M").to_string(),
                    page: act.settings.wechat.page.clone(),
                }))
            }
            Address::Sms { sealed_phone } => {
                let phone = Phone::try_from(open(PHONE, sealed_phone)?);
                Ok(Message::Sms { phone: phone.map_err(|_| "unreadable")?, title: notice.chinese })
            }
        }
    }
}
