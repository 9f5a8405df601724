//! How a refused activity, session or signup is told.

use shijian_domain::activities::{ActivityRefusal, SessionRefusal, SignupRefusal};

use crate::problem::{Code, Problem};

impl From<ActivityRefusal> for Problem {
    fn from(refusal: ActivityRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            ActivityRefusal::IllegalMove { from, asked } => Self::new(Code::IllegalMove)
                .say(format!("{from} 状态的活动不能 {asked}。"), english),
            ActivityRefusal::OwnReview => Self::new(Code::OwnReview),
            ActivityRefusal::NotDraft => {
                Self::new(Code::IllegalMove).say("只有草稿可以修改。", english)
            }
            ActivityRefusal::HasSignups => Self::new(Code::HasSignups),
            ActivityRefusal::SessionsAhead => Self::new(Code::SessionsAhead),
            ActivityRefusal::TeamNotActive => Self::new(Code::TeamNotActive).at("/team_id"),
            ActivityRefusal::ProjectNotPublished => {
                Self::new(Code::ProjectNotPublished).at("/project_id")
            }
        }
    }
}

impl From<SessionRefusal> for Problem {
    fn from(refusal: SessionRefusal) -> Self {
        let english = refusal.to_string();
        let invalid = |chinese: &str, pointer: &str| {
            Self::new(Code::InvalidBody).say(chinese, english.clone()).at(pointer)
        };
        match refusal {
            SessionRefusal::Length => {
                invalid("场次的结束应晚于开始,且不超过 24 小时。", "/ends_at")
            }
            SessionRefusal::InThePast => invalid("场次应在将来。", "/ends_at"),
            SessionRefusal::Breaks => invalid("休息时间应在场次之内且互不重叠。", "/breaks"),
            SessionRefusal::SignupWindow => {
                invalid("报名应先开放后截止,且在场次结束前截止。", "/signup_closes_at")
            }
            SessionRefusal::InsuranceMissing => {
                invalid("高风险场次须登记保险。", "/insurance_policy")
            }
            SessionRefusal::TwoForHomeVisits => {
                invalid("入户服务至少需要两名志愿者。", "/positions")
            }
            SessionRefusal::NoCenter => invalid("该阵地不属于任何实践中心。", "/host_venue_id"),
            SessionRefusal::ActivityOver => {
                Self::new(Code::IllegalMove).say("活动已结束或取消,不能新增场次。", english)
            }
            SessionRefusal::Attended => {
                Self::new(Code::IllegalMove).say("已有人签到,场次不能取消,请等待其结束。", english)
            }
            SessionRefusal::Over => Self::new(Code::IllegalMove).say("场次已结束或取消。", english),
        }
    }
}

impl From<SignupRefusal> for Problem {
    fn from(refusal: SignupRefusal) -> Self {
        let english = refusal.to_string();
        let told = |code, chinese: String| Self::new(code).say(chinese, english.clone());
        match refusal {
            SignupRefusal::SessionNotOpen => Self::new(Code::SessionNotOpen),
            SignupRefusal::NotOpenYet { opens_at } => {
                told(Code::SignupNotOpen, format!("报名将于 {opens_at} 开放。"))
                    .with("opens_at", opens_at.to_rfc3339())
            }
            SignupRefusal::Closed { closed_at } => {
                told(Code::SignupClosed, format!("报名已于 {closed_at} 截止。"))
            }
            SignupRefusal::VolunteerNotActive { .. } => Self::new(Code::VolunteerNotActive),
            SignupRefusal::AlreadySignedUp => Self::new(Code::AlreadySignedUp),
            SignupRefusal::GuardianConsentMissing => Self::new(Code::GuardianConsentRequired),
            SignupRefusal::MinorAtNight => {
                told(Code::MinorProtected, "未成年人只能在 6 时至 22 时服务。".to_owned())
            }
            SignupRefusal::MinorTooLong => {
                told(Code::MinorProtected, "未成年人每天最多服务 4 小时。".to_owned())
            }
            SignupRefusal::MinorHighRisk => {
                told(Code::MinorProtected, "未成年人不能参加高风险岗位。".to_owned())
            }
            SignupRefusal::MinorHomeVisit => {
                told(Code::MinorProtected, "未成年人入户服务须有成年志愿者同行。".to_owned())
                    .at("/companion_id")
            }
            SignupRefusal::ChildAlone => {
                told(Code::MinorProtected, "未满 14 周岁须有成年志愿者同行。".to_owned())
                    .at("/companion_id")
            }
            SignupRefusal::Restricted { until } => told(
                Code::SignupRestricted,
                format!("90 天内两次无故缺席,{until} 前同时只能报名一场。"),
            )
            .with("until", until.to_rfc3339()),
            SignupRefusal::InductionMissing => {
                told(Code::RequirementNotMet, "该岗位需要完成岗前培训。".to_owned())
            }
            SignupRefusal::TooYoung { minimum } => {
                told(Code::RequirementNotMet, format!("该岗位要求年满 {minimum} 周岁。"))
            }
            SignupRefusal::StarLevelTooLow { minimum } => {
                told(Code::RequirementNotMet, format!("该岗位要求 {minimum} 星以上。"))
            }
            SignupRefusal::SkillMissing { skill } => {
                told(Code::RequirementNotMet, format!("该岗位要求技能:{skill}。"))
            }
            SignupRefusal::NotTeamMember => {
                told(Code::RequirementNotMet, "该岗位只面向本队队员。".to_owned())
            }
            SignupRefusal::Overlap { session_id } => {
                Self::new(Code::SignupOverlap).with("session_id", session_id.to_string())
            }
            SignupRefusal::IllegalMove { from, .. } => {
                told(Code::IllegalMove, format!("{from} 状态的报名不能这样操作。"))
            }
            SignupRefusal::TooLateToCancel => Self::new(Code::TooLateToCancel),
            SignupRefusal::OfferEnded => Self::new(Code::OfferEnded),
        }
    }
}
