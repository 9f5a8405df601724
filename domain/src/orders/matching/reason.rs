//! The figures behind a part of a score, in both languages.

use crate::units::Metres;

/// What a part's score comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The team serves with the asked category, one of so many.
    Category {
        categories: i64,
    },
    NoSkillAsked,
    /// So many members have the skill.
    Skill {
        skill: String,
        members: i64,
    },
    Distance {
        metres: Metres,
    },
    Capacity {
        open_orders: i64,
        free_members: i64,
    },
    Rating {
        ratings: i64,
        ratings_sum: i64,
    },
    Response {
        offers: i64,
        answered_in_time: i64,
        accepted: i64,
    },
    /// Whole days since it was asked, if it ever was, and how often it was in the last 90.
    Turn {
        days_ago: Option<i64>,
        asked_lately: i64,
    },
}

impl Reason {
    pub fn chinese(&self) -> String {
        match self {
            Self::Category { categories: 1 } => "专做这类服务".to_owned(),
            Self::Category { categories } => format!("这类服务是其 {categories} 类之一"),
            Self::NoSkillAsked => "未要求技能".to_owned(),
            Self::Skill { skill, members } => format!("{members} 名队员会“{skill}”"),
            Self::Distance { metres } if metres.0 < 1_000 => format!("距离 {metres} 米"),
            Self::Distance { metres } => format!("距离 {} 公里", kilometres(*metres)),
            Self::Capacity { open_orders, free_members } => {
                format!("{free_members} 名队员有空,{open_orders} 单未完成")
            }
            Self::Rating { ratings: 0, .. } => "尚无评价".to_owned(),
            Self::Rating { ratings, ratings_sum } => {
                format!("平均 {} 分,共 {ratings} 次评价", mean(*ratings_sum, *ratings))
            }
            Self::Response { offers: 0, .. } => "尚未派过单".to_owned(),
            Self::Response { offers, answered_in_time, accepted } => {
                format!("派单 {offers} 次,按时答复 {answered_in_time} 次,接单 {accepted} 次")
            }
            Self::Turn { days_ago: None, .. } => "从未派单".to_owned(),
            Self::Turn { days_ago: Some(0), asked_lately } => {
                format!("一天内派过单,近 90 天 {asked_lately} 次")
            }
            Self::Turn { days_ago: Some(days), asked_lately } => {
                format!("已 {days} 天未派单,近 90 天 {asked_lately} 次")
            }
        }
    }

    pub fn english(&self) -> String {
        match self {
            Self::Category { categories: 1 } => "made for this category".to_owned(),
            Self::Category { categories } => format!("one of its {categories} categories"),
            Self::NoSkillAsked => "no skill asked".to_owned(),
            Self::Skill { skill, members } => format!("members with “{skill}”: {members}"),
            Self::Distance { metres } if metres.0 < 1_000 => format!("{metres} m away"),
            Self::Distance { metres } => format!("{} km away", kilometres(*metres)),
            Self::Capacity { open_orders, free_members } => {
                format!("free members: {free_members}, open orders: {open_orders}")
            }
            Self::Rating { ratings: 0, .. } => "not rated yet".to_owned(),
            Self::Rating { ratings, ratings_sum } => {
                format!("rated {} on average, ratings: {ratings}", mean(*ratings_sum, *ratings))
            }
            Self::Response { offers: 0, .. } => "no offers yet".to_owned(),
            Self::Response { offers, answered_in_time, accepted } => {
                format!(
                    "offers: {offers}, answered in time: {answered_in_time}, accepted: {accepted}"
                )
            }
            Self::Turn { days_ago: None, .. } => "never asked".to_owned(),
            Self::Turn { days_ago: Some(days), asked_lately } => {
                let ago = match days {
                    0 => "within a day".to_owned(),
                    1 => "1 day ago".to_owned(),
                    days => format!("{days} days ago"),
                };
                format!("last asked {ago}, in 90 days: {asked_lately}")
            }
        }
    }
}

/// To a tenth, rounded down.
fn kilometres(metres: Metres) -> String {
    format!("{}.{}", metres.0 / 1_000, metres.0 % 1_000 / 100)
}

/// To a tenth, rounded down.
fn mean(sum: i64, count: i64) -> String {
    let tenths = sum.saturating_mul(10) / count.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}
