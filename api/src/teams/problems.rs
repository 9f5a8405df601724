//! How a refused team or membership is told.

use shijian_domain::teams::TeamRefusal;

use crate::problem::{Code, Problem};

impl From<TeamRefusal> for Problem {
    fn from(refusal: TeamRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            TeamRefusal::WrongParent { .. } => Self::new(Code::WrongParent)
                .say("上级队伍应为高一级的队伍。", english)
                .at("/parent_id"),
            TeamRefusal::ParentNotActive => {
                Self::new(Code::TeamNotActive).say("上级队伍尚未启用。", english).at("/parent_id")
            }
            TeamRefusal::IllegalMove { from, to } => {
                Self::new(Code::IllegalMove).say(format!("队伍不能从 {from} 变为 {to}。"), english)
            }
            TeamRefusal::NotActive => Self::new(Code::TeamNotActive),
            TeamRefusal::VolunteerNotActive => Self::new(Code::VolunteerNotActive),
            TeamRefusal::AlreadyMember => Self::new(Code::AlreadyMember),
            TeamRefusal::NotMember => Self::new(Code::NotMember),
            TeamRefusal::NothingToAccept => Self::new(Code::NothingToAccept),
            TeamRefusal::LeaderStays => Self::new(Code::LeaderStays),
            TeamRefusal::SessionsAhead => Self::new(Code::SessionsAhead),
        }
    }
}
