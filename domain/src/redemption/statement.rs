//! A partner's account of one month, which both sides confirm.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::RedemptionRefusal;
use crate::{
    calendar::Month,
    ids::{AccountId, OfferId, PartnerId, StatementId},
    units::Points,
};

/// How long after its end a month may still be written to: by consumptions that began within it.
const SETTLING: TimeDelta = TimeDelta::minutes(10);

vocabulary! {
    /// Who confirms a statement.
    pub enum Side {
        Partner = "partner",
        Center = "center",
    }
}

/// What one offer's vouchers came to in the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementLine {
    pub offer_id: OfferId,
    pub consumed_count: i64,
    pub consumed_points: Points,
    pub refunded_count: i64,
    pub refunded_points: Points,
}

/// A partner's account of one month. Months begin and end in the deployment's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub id: StatementId,
    pub partner_id: PartnerId,
    pub month: Month,
    pub lines: Vec<StatementLine>,
    /// The partner's entries of the month in the ledger: consumed less refunded.
    pub ledger_points: Points,
    pub partner_confirmed: Option<(Option<AccountId>, DateTime<Utc>)>,
    pub center_confirmed: Option<(Option<AccountId>, DateTime<Utc>)>,
}

impl Statement {
    /// What its lines come to: consumed less refunded.
    ///
    /// # Errors
    /// [`RedemptionRefusal::OutOfRange`].
    pub fn points(&self) -> Result<Points, RedemptionRefusal> {
        self.lines.iter().try_fold(Points::ZERO, |sum, line| {
            Ok(sum.plus(line.consumed_points)?.minus(line.refunded_points)?)
        })
    }

    /// One side confirms it. What happens after the month belongs to later months, so it never changes again.
    ///
    /// # Errors
    /// [`RedemptionRefusal::MonthNotOver`], [`RedemptionRefusal::StatementMismatch`] and
    /// [`RedemptionRefusal::AlreadyConfirmed`].
    pub fn confirm(
        self,
        side: Side,
        by: Option<AccountId>,
        now: DateTime<Utc>,
        zone: Tz,
    ) -> Result<Self, RedemptionRefusal> {
        if now < self.month.end(zone) + SETTLING {
            return Err(RedemptionRefusal::MonthNotOver);
        }
        let (lines, ledger) = (self.points()?, self.ledger_points);
        if lines != ledger {
            return Err(RedemptionRefusal::StatementMismatch { lines, ledger });
        }
        let confirmed = Some((by, now));
        match side {
            Side::Partner if self.partner_confirmed.is_none() => {
                Ok(Self { partner_confirmed: confirmed, ..self })
            }
            Side::Center if self.center_confirmed.is_none() => {
                Ok(Self { center_confirmed: confirmed, ..self })
            }
            Side::Partner | Side::Center => Err(RedemptionRefusal::AlreadyConfirmed),
        }
    }

    /// Whether both sides have confirmed it.
    pub const fn is_settled(&self) -> bool {
        self.partner_confirmed.is_some() && self.center_confirmed.is_some()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_statement_is_settled_once_both_sides_confirmed_a_month_that_is_over() {
        let zone = chrono_tz::Asia::Shanghai;
        let statement = Statement {
            id: StatementId(Uuid::nil()),
            partner_id: PartnerId(Uuid::nil()),
            month: "2026-10".parse().unwrap(),
            lines: Vec::new(),
            ledger_points: Points::ZERO,
            partner_confirmed: None,
            center_confirmed: None,
        };
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let early = statement.clone().confirm(Side::Center, None, at("2026-10-31T16:09:59Z"), zone);
        assert_eq!(early, Err(RedemptionRefusal::MonthNotOver));
        let over = at("2026-10-31T16:10:00Z");
        let wrong = Statement { ledger_points: Points(10), ..statement.clone() };
        assert_eq!(
            wrong.confirm(Side::Center, None, over, zone),
            Err(RedemptionRefusal::StatementMismatch { lines: Points::ZERO, ledger: Points(10) })
        );
        let one = statement.confirm(Side::Center, None, over, zone).unwrap();
        assert!(!one.is_settled());
        assert_eq!(
            one.clone().confirm(Side::Center, None, over, zone),
            Err(RedemptionRefusal::AlreadyConfirmed)
        );
        assert!(one.confirm(Side::Partner, None, over, zone).unwrap().is_settled());
    }
}
