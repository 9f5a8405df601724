//! How a refused registration is told.

use shijian_domain::volunteers::{CONSENTS_ALONE, VolunteerRefusal, YOUNGEST};

use crate::problem::{Code, Problem};

impl From<VolunteerRefusal> for Problem {
    fn from(refusal: VolunteerRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            VolunteerRefusal::TooYoung => Self::new(Code::TooYoung)
                .say(format!("志愿者应年满 {YOUNGEST} 周岁。"), english)
                .at("/identity_number"),
            VolunteerRefusal::NotBornYet => Self::new(Code::InvalidBody)
                .say("出生日期晚于今天。", english)
                .at("/identity_number"),
            VolunteerRefusal::GuardianMissing => Self::new(Code::GuardianConsentRequired)
                .say(format!("未满 {CONSENTS_ALONE} 周岁须由监护人同意。"), english)
                .at("/guardian"),
            VolunteerRefusal::ConsentMissing => Self::new(Code::ConsentRequired)
                .say("须同意个人信息处理规则。", english)
                .at("/consents"),
            VolunteerRefusal::AlreadyRegistered => {
                Self::new(Code::IdentityNumberRegistered).at("/identity_number")
            }
            VolunteerRefusal::AlreadyVolunteer => Self::new(Code::AlreadyVolunteer),
            VolunteerRefusal::OtherCenter => Self::new(Code::InvalidBody)
                .say("工时与积分属于原中心,请选择同一中心下的阵地。", english)
                .at("/home_venue_id"),
            VolunteerRefusal::NoCenter => Self::new(Code::InvalidBody)
                .say("该阵地不属于任何实践中心。", english)
                .at("/home_venue_id"),
            VolunteerRefusal::NotThatPerson => {
                Self::new(Code::RealNameRefused).at("/identity_number")
            }
            VolunteerRefusal::OwnReview => Self::new(Code::OwnReview),
            VolunteerRefusal::IllegalMove { from, to } => Self::new(Code::IllegalMove)
                .say(format!("志愿者不能从 {from} 变为 {to}。"), english),
        }
    }
}
