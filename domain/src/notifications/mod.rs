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

use Topic::{Membership, Orders, Points, Redemption, Service};

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
    notice("order.solicited", Orders, "有新需求待受理", "A need waits to be registered"),
    notice("order.registered", Orders, "您的需求已受理", "Your need was registered"),
    notice(
        "order.merged",
        Orders,
        "您的需求已与同类订单合并",
        "Your need goes on with another order",
    ),
    notice(
        "order.declined",
        Orders,
        "您的需求未予受理,请查看原因",
        "Your need was declined: see why",
    ),
    notice("order.transferred", Orders, "您的需求已转办", "Your need was transferred"),
    notice("order.cancelled", Orders, "订单已取消", "An order was cancelled"),
    notice("order.dispatched", Orders, "有新订单待接单", "An order waits for your team"),
    notice(
        "order.urgently_dispatched",
        Orders,
        "有紧急订单,请尽快接单",
        "An urgent order waits for your team",
    )
    .urgent(),
    notice("order.assigned", Orders, "有订单指派给服务队", "An order was assigned to a team"),
    notice(
        "order.urgently_assigned",
        Orders,
        "有紧急订单指派给服务队",
        "An urgent order was assigned to a team",
    )
    .urgent(),
    notice("order.escalated", Orders, "有订单上报,请处理", "An order was passed up to you"),
    notice("order.lapsed", Orders, "有订单超时,请处理", "An order is late"),
    notice("order.accepted", Orders, "已有服务队接单", "A team has accepted your order"),
    notice("order.handed_back", Orders, "服务队已退单,请重新派单", "A team handed an order back"),
    notice("order.scheduled", Orders, "上门时间已约定", "Your service is scheduled"),
    notice(
        "order.unscheduled",
        Orders,
        "上门时间有变,请等待重新预约",
        "Your service is to be scheduled anew",
    ),
    notice("order.begun", Orders, "服务已开始", "Your service has begun"),
    notice("order.served", Orders, "服务已完成,请评价", "Your service is done: please rate it"),
    notice("order.rated", Orders, "服务收到评价", "A service was rated"),
    notice("order.reopened", Orders, "有订单重开,请重新派单", "An order was reopened"),
    notice("order.closed", Orders, "订单已结单", "An order is closed"),
    notice(
        "order.published",
        Orders,
        "您的订单已公开展示",
        "The story of your order was published",
    ),
    notice("order.rating_appealed", Orders, "有评价申诉待裁定", "An appeal against a rating waits"),
    notice(
        "order.appeal_upheld",
        Orders,
        "评价申诉成立,该评价不计入",
        "The appeal was upheld: the rating does not count",
    ),
    notice(
        "care_plan.nobody_to_ask",
        Orders,
        "关爱计划的订单无队伍可派,请处理",
        "Nobody can be asked for an order of a care plan",
    ),
    notice(
        "care_plan.visits_missed",
        Orders,
        "关爱计划有服务未及时下单,请查看",
        "Visits of a care plan were missed",
    ),
    notice("order.appeal_dismissed", Orders, "评价申诉未获支持", "The appeal was dismissed"),
    notice(
        "common_need.suggested",
        Orders,
        "多位居民有同类需求,建议立项",
        "Many residents need the same: a project is suggested",
    ),
    notice(
        "common_need.answered",
        Orders,
        "您反映的需求已有服务项目",
        "A project answers what you asked for",
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
