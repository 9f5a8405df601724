//! How refused orders and ratings are told.

use serde_json::json;
use shijian_domain::orders::{
    CommonNeedRefusal, OrderRefusal, RatingRefusal, WeightsRefusal, allowed_from,
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
