//! How refused orders and ratings are told.

use serde_json::json;
use shijian_domain::orders::{
    CarePlanRefusal, CommonNeedRefusal, OrderRefusal, RatingRefusal, WeightsRefusal, allowed_from,
};
use shijian_domain::projects::MenuRefusal;

use crate::problem::{Code, Problem};

impl From<OrderRefusal> for Problem {
    fn from(refusal: OrderRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            OrderRefusal::IllegalMove { from, command } => {
                // Not the one that is refused: of some states only part allows it.
                let allowed: Vec<&str> = allowed_from(from)
                    .filter(|row| row.command != command)
                    .map(|row| row.command.as_str())
                    .collect();
                Self::new(Code::IllegalMove)
                    .say(
                        format!("订单处于 {from},不能 {command};可以:{}。", allowed.join("、")),
                        format!(
                            "An order that is {from} allows no {command}, but: {}.",
                            allowed.join(", ")
                        ),
                    )
                    .with("state", from.as_str())
                    .with("allowed", json!(allowed))
            }
            OrderRefusal::WrongParty { .. } => {
                Self::new(Code::Forbidden).say("您不能进行此操作。", english)
            }
            OrderRefusal::CenterDecides => Self::new(Code::CenterDecides),
            OrderRefusal::FormerTeam => Self::new(Code::FormerTeam),
            OrderRefusal::HandedBackBefore => Self::new(Code::HandedBackBefore),
            OrderRefusal::ReopenedBefore => Self::new(Code::ReopenedBefore),
            OrderRefusal::NoTierAbove => Self::new(Code::NoTierAbove),
            OrderRefusal::PauseTooLong => Self::new(Code::PauseTooLong),
            OrderRefusal::NoClock => Self::new(Code::NoClock),
            OrderRefusal::NotAsked => Self::new(Code::TeamNotAsked),
            OrderRefusal::WrongMerge => Self::new(Code::WrongMerge).at("/into"),
            OrderRefusal::ConfirmedBefore => Self::new(Code::AlreadyConfirmed)
                .say("服务已确认。", "The service was confirmed before."),
            OrderRefusal::ConsentNeeded => Self::new(Code::ConsentRequired)
                .say(
                    "公开须经被服务人同意。",
                    "It is told in public only with the consent of the person served.",
                )
                .at("/consent"),
        }
    }
}

impl From<MenuRefusal> for Problem {
    fn from(refusal: MenuRefusal) -> Self {
        match refusal {
            MenuRefusal::NotOnMenu => Self::new(Code::NotOnMenu).at("/project_id"),
            MenuRefusal::OtherCategory { category } => {
                Self::new(Code::OtherCategory).at("/category").with("category", category.as_str())
            }
        }
    }
}

impl From<CarePlanRefusal> for Problem {
    fn from(refusal: CarePlanRefusal) -> Self {
        let english = refusal.to_string();
        let at = |chinese: &str, pointer| {
            Self::new(Code::InvalidBody).say(chinese, english.clone()).at(pointer)
        };
        match refusal {
            CarePlanRefusal::IllegalMove { from, to } => Self::new(Code::IllegalMove)
                .say(format!("关爱计划不能从 {from} 变为 {to}。"), english),
            CarePlanRefusal::Ended => {
                Self::new(Code::IllegalMove).say("关爱计划已结束,不能修改。", english)
            }
            CarePlanRefusal::EndsBeforeItBegins => {
                at("结束日期不能早于开始日期。", "/terms/until_day")
            }
            CarePlanRefusal::DayOutOfReach => {
                at("日期应在 2000 至 9999 年之间。", "/terms/from_day")
            }
            CarePlanRefusal::LeadOutOfBounds => {
                at("提前量应为 1 小时到 14 天。", "/terms/lead_minutes")
            }
            CarePlanRefusal::VisitOutOfBounds => {
                at("服务时长应为 5 分钟到 8 小时。", "/terms/visit_minutes")
            }
        }
    }
}

impl From<RatingRefusal> for Problem {
    fn from(refusal: RatingRefusal) -> Self {
        match refusal {
            RatingRefusal::OwnService => Self::new(Code::OwnService),
            RatingRefusal::NotAppealed => Self::new(Code::NotAppealed),
            RatingRefusal::AppealedBefore => Self::new(Code::AppealedBefore),
        }
    }
}

impl From<CommonNeedRefusal> for Problem {
    fn from(refusal: CommonNeedRefusal) -> Self {
        let english = refusal.to_string();
        let CommonNeedRefusal::DecidedBefore { state } = refusal;
        Self::new(Code::IllegalMove)
            .say(format!("该共性需求已处于 {state},不能再次决定。"), english)
            .with("state", state.as_str())
    }
}

impl From<WeightsRefusal> for Problem {
    fn from(refusal: WeightsRefusal) -> Self {
        let problem = Self::new(Code::InvalidBody);
        match refusal {
            WeightsRefusal::OutOfBounds { part } => problem
                .say("权重应在 0 到 100 之间。", "A weight lies between 0 and 100.")
                .at(format!("/{part}")),
            WeightsRefusal::NothingCounts => problem
                .say("至少一项权重大于 0。", "One weight at least is above 0.")
                .at("/distance"),
        }
    }
}
