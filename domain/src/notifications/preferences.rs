//! How a person wants to be told, beside the inbox that is always told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{Notice, QuietHours, Topic, Urgency};

vocabulary! {
    /// A way to tell people beside the inbox.
    pub enum Channel {
        /// A subscription message of the mini-program.
        Wechat = "wechat",
        /// A text message.
        Sms = "sms",
    }
}

/// The ways on which a person wants to be told of one topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub wechat: bool,
    pub sms: bool,
}

impl Default for Wish {
    /// A subscription message was asked for where it is granted; a text message is not.
    fn default() -> Self {
        Self { wechat: true, sms: false }
    }
}

/// One person's page of preferences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// A topic that is missing has the default wish.
    pub wishes: BTreeMap<Topic, Wish>,
    /// Whether urgent notices also come as text messages where none are wanted of their topic.
    pub urgent_by_sms: bool,
    pub quiet_hours: Option<QuietHours>,
    pub version: i64,
}

impl Preferences {
    /// Those of a person who has set none.
    pub fn unset() -> Self {
        Self {
            wishes: BTreeMap::new(),
            urgent_by_sms: true,
            quiet_hours: Some(QuietHours::usual()),
            version: 0,
        }
    }

    pub fn wish(&self, topic: Topic) -> Wish {
        self.wishes.get(&topic).copied().unwrap_or_default()
    }

    fn want(&self, notice: &Notice, channel: Channel) -> bool {
        let wish = self.wish(notice.topic);
        match channel {
            Channel::Wechat => wish.wechat,
            Channel::Sms => wish.sms || (self.urgent_by_sms && notice.is_urgent()),
        }
    }

    /// From when on `notice` may go out on `channel`: at once or after the quiet hours, which urgent ones pass. `None` if it is
    /// not wanted there.
    pub fn due(
        &self,
        notice: &Notice,
        channel: Channel,
        now: DateTime<Utc>,
        zone: Tz,
    ) -> Option<DateTime<Utc>> {
        if !self.want(notice, channel) {
            return None;
        }
        let quiet_hours = match notice.urgency {
            Urgency::Urgent => None,
            Urgency::Ordinary => self.quiet_hours,
        };
        Some(quiet_hours.and_then(|hours| hours.end_after(now, zone)).unwrap_or(now))
    }
}

#[cfg(test)]
mod tests {
    use super::{super::notice_of, *};

    const ZONE: Tz = chrono_tz::Asia::Shanghai;

    fn due(preferences: &Preferences, event: &str, channel: Channel) -> Option<DateTime<Utc>> {
        preferences.due(notice_of(event).unwrap(), channel, night(), ZONE)
    }

    fn night() -> DateTime<Utc> {
        "2026-11-23T23:00:00+08:00".parse().unwrap()
    }

    fn morning() -> DateTime<Utc> {
        "2026-11-24T07:00:00+08:00".parse().unwrap()
    }

    #[test]
    fn what_is_not_urgent_waits_for_the_end_of_the_quiet_hours() {
        let preferences = Preferences::unset();
        assert_eq!(due(&preferences, "points.earned", Channel::Wechat), Some(morning()));
        assert_eq!(due(&preferences, "session.cancelled", Channel::Wechat), Some(night()));
        let awake = Preferences { quiet_hours: None, ..preferences };
        assert_eq!(due(&awake, "points.earned", Channel::Wechat), Some(night()));
    }

    #[test]
    fn text_messages_are_for_what_is_urgent_or_asked_for() {
        let mut preferences = Preferences::unset();
        assert_eq!(due(&preferences, "points.earned", Channel::Sms), None);
        assert_eq!(due(&preferences, "session.cancelled", Channel::Sms), Some(night()));
        preferences.urgent_by_sms = false;
        assert_eq!(due(&preferences, "session.cancelled", Channel::Sms), None);
        preferences.wishes.insert(Topic::Points, Wish { wechat: false, sms: true });
        assert_eq!(due(&preferences, "points.earned", Channel::Sms), Some(morning()));
        assert_eq!(due(&preferences, "points.earned", Channel::Wechat), None);
    }
}
