//! Preferences and subscriptions as JSON.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use shijian_domain::notifications::{Preferences, QuietHours, TimeOfDay, Topic, Wish};
use utoipa::ToSchema;
use validator::Validate;

use crate::settings::WeChatTemplates;

/// From when until when nobody is told anything but by the inbox.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "22:00", "to": "07:00"}))]
pub struct QuietHoursBody {
    /// A time of day by the deployment's zone.
    pub from: TimeOfDay,
    /// A time of the same or the next day.
    pub to: TimeOfDay,
}

/// By what the caller wants to be told of a topic.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"topic": "service", "wechat": true, "sms": false}))]
pub struct TopicWish {
    pub topic: Topic,
    /// By subscription messages of the mini-program, as many as were granted.
    pub wechat: bool,
    /// By text messages.
    pub sms: bool,
}

/// How the caller wants to be told, beside the inbox.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "topics": [{"topic": "service", "wechat": true, "sms": true}, {"topic": "points", "wechat": false, "sms": false}],
    "urgent_by_sms": true,
    "quiet_hours": {"from": "22:00", "to": "07:00"},
    "version": 1
}))]
pub struct PreferencesInput {
    /// Of a topic that is not listed people are told by WeChat and not by text messages; the last wish of a topic counts.
    #[validate(length(max = 20))]
    #[schema(max_items = 20)]
    pub topics: Vec<TopicWish>,
    /// Whether what is urgent comes by text message, whatever its topic.
    pub urgent_by_sms: bool,
    /// None if not given.
    pub quiet_hours: Option<QuietHoursBody>,
    /// The version that this replaces, where `If-Match` cannot be sent.
    #[expect(dead_code, reason = "the body's extractor reads it")]
    pub version: Option<i64>,
}

impl PreferencesInput {
    pub fn preferences(&self) -> Preferences {
        let wish = |wish: &TopicWish| (wish.topic, Wish { wechat: wish.wechat, sms: wish.sms });
        Preferences {
            wishes: self.topics.iter().map(wish).collect(),
            urgent_by_sms: self.urgent_by_sms,
            quiet_hours: self
                .quiet_hours
                .map(|QuietHoursBody { from, to }| QuietHours { from, to }),
            ..Preferences::unset()
        }
    }
}

/// By what the caller is told of a topic.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopicPreference {
    pub topic: Topic,
    pub wechat: bool,
    pub sms: bool,
    /// The template that the mini-program asks the person for; null where there is none.
    pub wechat_template_id: Option<String>,
    /// How many messages of the template may still be sent.
    pub wechat_granted: i64,
}

/// How the caller is told, beside the inbox.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "topics": [{"topic": "service", "wechat": true, "sms": false, "wechat_template_id": null, "wechat_granted": 0}],
    "urgent_by_sms": true,
    "quiet_hours": {"from": "22:00", "to": "07:00"},
    "version": 0
}))]
pub struct PreferencesBody {
    /// Every topic once.
    pub topics: Vec<TopicPreference>,
    /// Whether what is urgent comes by text message, whatever its topic.
    pub urgent_by_sms: bool,
    /// Null if there are none. What is urgent passes them.
    pub quiet_hours: Option<QuietHoursBody>,
    /// 0 before anything was set.
    pub version: i64,
}

impl PreferencesBody {
    /// `granted` counts by template.
    pub fn of(
        preferences: &Preferences,
        templates: &WeChatTemplates,
        granted: &HashMap<String, i64>,
    ) -> Self {
        let topic = |topic: Topic| {
            let Wish { wechat, sms } = preferences.wish(topic);
            let wechat_template_id = templates.of(topic).map(|template| template.id.clone());
            let granted = wechat_template_id.as_ref().and_then(|id| granted.get(id));
            let wechat_granted = granted.copied().unwrap_or(0);
            TopicPreference { topic, wechat, sms, wechat_template_id, wechat_granted }
        };
        let quiet_hours = preferences.quiet_hours;
        Self {
            topics: Topic::ALL.iter().copied().map(topic).collect(),
            urgent_by_sms: preferences.urgent_by_sms,
            quiet_hours: quiet_hours.map(|QuietHours { from, to }| QuietHoursBody { from, to }),
            version: preferences.version,
        }
    }
}

/// Templates of which the person has just let us send a message.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"template_ids": ["dGVtcGxhdGUtb2Ytc2VydmljZQ"]}))]
pub struct AddSubscriptions {
    /// Each once, as `getMyNotificationPreferences` tells them.
    #[validate(length(min = 1, max = 10))]
    #[schema(min_items = 1, max_items = 10)]
    pub template_ids: Vec<String>,
}
