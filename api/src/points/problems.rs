//! How a refused movement of points is told.

use shijian_domain::points::PointsRefusal;

use crate::problem::{Code, Problem};

impl From<PointsRefusal> for Problem {
    fn from(refusal: PointsRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            PointsRefusal::Insufficient { available, needed } => {
                Self::new(Code::InsufficientPoints)
                    .say(
                        format!("需要 {needed} 积分,可用 {available} 积分。"),
                        format!("{needed} points are needed; {available} are available."),
                    )
                    .with("available", available.0)
                    .with("needed", needed.0)
            }
            PointsRefusal::AlreadyReversed => Self::new(Code::AlreadyReversed),
            PointsRefusal::NotReversible(kind) => Self::new(Code::NotReversible).say(
                format!("{kind} 类交易不能冲正。"),
                format!("A transaction of kind {kind} is not reversed by hand."),
            ),
            PointsRefusal::AlreadyDecided => Self::new(Code::AlreadyDecided),
            PointsRefusal::SecondPersonNeeded => Self::new(Code::SecondPersonNeeded),
            PointsRefusal::OwnPoints => Self::new(Code::OwnPoints),
            PointsRefusal::NotADraft(state) => Self::new(Code::IllegalMove).say(
                format!("规则当前为 {state},只有草稿可以启用。"),
                format!("The rules are {state}; only a draft can be put in force."),
            ),
            PointsRefusal::OutOfRange(_) => {
                Self::new(Code::InvalidBody).say("数值超出范围。", "A number is out of range.")
            }
            PointsRefusal::Unbalanced(_) | PointsRefusal::BelowZero => {
                tracing::error!(%english, "the ledger refused a posting of ours");
                Self::new(Code::Internal)
            }
        }
    }
}
