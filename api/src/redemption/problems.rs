//! How a refused redemption is told.

use shijian_domain::redemption::{RedemptionRefusal, RedemptionState};

use crate::problem::{Code, Problem};

impl From<RedemptionRefusal> for Problem {
    fn from(refusal: RedemptionRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            RedemptionRefusal::PriceNeeded => Self::new(Code::InvalidBody)
                .say(
                    "只有要求星级的礼遇可以不收积分。",
                    "Only a courtesy that needs a star level is free.",
                )
                .at("/points"),
            RedemptionRefusal::ValidityBackwards => Self::new(Code::InvalidBody)
                .say("结束时间应晚于开始时间。", "It must end after it begins.")
                .at("/valid_to"),
            RedemptionRefusal::DaysWithoutLimit => Self::new(Code::InvalidBody)
                .say(
                    "限额天数须与每人限额一同给出。",
                    "The days are those of a limit: give limit_per_person too.",
                )
                .at("/limit_per_person"),
            RedemptionRefusal::IllegalOfferMove(from, to) => Self::new(Code::IllegalMove)
                .say(format!("兑换资源不能从 {from} 变为 {to}。"), english)
                .with("state", from.as_str()),
            RedemptionRefusal::VolunteerNotActive => Self::new(Code::VolunteerNotActive),
            RedemptionRefusal::OfferNotOpen => Self::new(Code::OfferNotOpen),
            RedemptionRefusal::StarLevelNeeded(level) => Self::new(Code::StarLevelNeeded)
                .say(
                    format!("需要 {level} 星及以上。"),
                    format!("It needs star level {level} or more."),
                )
                .with("minimum_star_level", i64::from(level)),
            RedemptionRefusal::OutOfStock { left } => Self::new(Code::OutOfStock)
                .say(format!("剩余 {left} 份。"), format!("{left} are left."))
                .with("stock_left", left),
            RedemptionRefusal::LimitReached { limit, left } => Self::new(Code::LimitReached)
                .say(
                    format!("每人限兑 {limit} 份,您还可兑 {left} 份。"),
                    format!("One person redeems at most {limit}; {left} are left for you."),
                )
                .with("limit_per_person", limit)
                .with("limit_left", left),
            RedemptionRefusal::IllegalMove(
                RedemptionState::Consumed,
                RedemptionState::Consumed,
            ) => Self::new(Code::VoucherConsumed),
            RedemptionRefusal::IllegalMove(from, to) => Self::new(Code::IllegalMove)
                .say(format!("兑换不能从 {from} 变为 {to}。"), english)
                .with("state", from.as_str()),
            RedemptionRefusal::VoucherExpired => Self::new(Code::VoucherExpired),
            RedemptionRefusal::RefundTooLate => Self::new(Code::RefundTooLate),
            RedemptionRefusal::MonthNotOver => Self::new(Code::MonthNotOver),
            RedemptionRefusal::StatementMismatch { lines, ledger } => {
                tracing::error!(%english, "a statement does not add up to the ledger");
                Self::new(Code::StatementMismatch)
                    .with("points", lines.0)
                    .with("ledger_points", ledger.0)
            }
            RedemptionRefusal::AlreadyConfirmed => Self::new(Code::AlreadyConfirmed),
            RedemptionRefusal::Points(refusal) => refusal.into(),
            RedemptionRefusal::OutOfRange(_) => {
                Self::new(Code::InvalidBody).say("数值超出范围。", "A number is out of range.")
            }
        }
    }
}
