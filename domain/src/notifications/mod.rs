//! What people are told of: which events become notifications, and in which words (docs/rules.md#notifications).

mod delivery;
mod preferences;
mod quiet_hours;

pub use delivery::{Delivery, DeliveryState, Outcome};
pub use preferences::{Channel, Preferences, Wish};
pub use quiet_hours::{NotATime, QuietHours, TimeOfDay};

vocabulary! {
    /// What a notification is about.
    pub enum Topic {
        /// The person's registration and teams.
        Membership = "membership",
        /// Signups, sessions and service records.
        Service = "service",
        Points = "points",
        /// Redemptions and vouchers.
        Redemption = "redemption",
        /// What residents ask for, and who comes.
        Orders = "orders",
    }
}

/// Whether a notice can wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    Ordinary,
    /// It passes quiet hours, and goes as a text message to whoever has not declined that.
    Urgent,
}

/// How the people concerned are told of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// The event's kind: `noun.verb`, past tense.
    pub event: &'static str,
    pub topic: Topic,
    pub urgency: Urgency,
    pub chinese: &'static str,
    pub english: &'static str,
}

impl Notice {
    /// The same, as one that cannot wait.
    const fn urgent(self) -> Self {
        Self { urgency: Urgency::Urgent, ..self }
    }

    pub fn is_urgent(&self) -> bool {
        self.urgency == Urgency::Urgent
    }
}

const fn notice(
    event: &'static str,
    topic: Topic,
    chinese: &'static str,
    english: &'static str,
) -> Notice {
    Notice { event, topic, urgency: Urgency::Ordinary, chinese, english }
}

use Topic::{Membership, Points, Redemption, Service};

/// Every event that somebody is told of; of the others nobody is.
pub const NOTICES: &[Notice] = &[
    notice(
        "volunteer.approved",
        Membership,
        "您已成为注册志愿者",
        "You are a registered volunteer",
    ),
    notice(
        "volunteer.suspended",
        Membership,
        "您的志愿者资格已暂停",
        "Your registration is suspended",
    ),
    notice(
        "volunteer.reinstated",
        Membership,
        "您的志愿者资格已恢复",
        "Your registration is reinstated",
    ),
    notice("team.member_accepted", Membership, "您已加入服务队", "You joined a team"),
    notice("team.member_removed", Membership, "您已被移出服务队", "You were removed from a team"),
    notice("signup.confirmed", Service, "报名成功,请准时参加", "You have a place in a session"),
    notice(
        "signup.offered",
        Service,
        "有名额了,请在时限内确认",
        "A place is free for you: confirm it in time",
    )
    .urgent(),
    notice("signup.cancelled", Service, "您的报名已取消", "Your signup is cancelled"),
    notice("signup.no_show", Service, "您报名后未到场", "You were missed at a session"),
    notice("signup.excused", Service, "您的缺席已获谅解", "Your absence is excused"),
    notice(
        "session.moved",
        Service,
        "您报名的场次有变动,请查看",
        "A session that you signed up for has changed",
    )
    .urgent(),
    notice(
        "session.cancelled",
        Service,
        "您报名的场次已取消",
        "A session that you signed up for is cancelled",
    )
    .urgent(),
    notice(
        "service_record.verified",
        Service,
        "您的服务时长已认定",
        "Your hours of service are verified",
    ),
    notice(
        "service_record.provisional",
        Service,
        "您的服务时长待审核",
        "Your hours of service wait for review",
    ),
    notice(
        "service_record.rejected",
        Service,
        "您的服务时长未通过审核",
        "Your hours of service were rejected",
    ),
    notice(
        "service_record.voided",
        Service,
        "您的服务时长已作废",
        "Your hours of service were voided",
    ),
    notice(
        "service_record.dispute_answered",
        Service,
        "您的工时异议已答复",
        "Your dispute of hours is answered",
    ),
    notice("points.earned", Points, "积分到账", "You earned points"),
    notice("points.adjusted", Points, "您的积分有调整", "Your points were adjusted"),
    notice("points.reversed", Points, "您的积分有冲正", "Points of yours were taken back"),
    notice("points.expiring", Points, "您的积分即将到期", "Some of your points expire soon"),
    notice("points.expired", Points, "您的积分已到期", "Some of your points have expired"),
    notice("voucher.consumed", Redemption, "您的兑换券已核销", "Your voucher was honoured"),
    notice(
        "redemption.expired",
        Redemption,
        "您的兑换券已过期,积分已退回",
        "Your voucher expired; the points are back",
    ),
    notice(
        "redemption.refunded",
        Redemption,
        "您的兑换已退还",
        "A redemption of yours was refunded",
    ),
];

/// How people are told of an event, if they are.
pub fn notice_of(event: &str) -> Option<&'static Notice> {
    NOTICES.iter().find(|notice| notice.event == event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_told_in_one_way() {
        for notice in NOTICES {
            assert_eq!(notice_of(notice.event), Some(notice));
        }
        assert_eq!(notice_of("venue.created"), None);
    }
}
