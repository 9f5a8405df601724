//! How a refused team or membership is told.

use shijian_domain::teams::TeamRefusal;

use crate::problem::{Code, Problem};

impl From<TeamRefusal> for Problem {
    fn from(refusal: TeamRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            TeamRefusal::WrongParent { level } => Self::new(Code::WrongParent)
                .say(format!("{level} 只能隶属上一级队伍。"), english)
                .at("/parent_id"),
            TeamRefusal::ParentNotActive => {
                Self::new(Code::TeamNotActive).say("上级队伍未启用。", english).at("/parent_id")
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
            TeamRefusal::LeaderNotMember => {
                Self::new(Code::NotMember).say("队长应是本队队员。", english).at("/volunteer_id")
            }
            TeamRefusal::Dissolved => Self::new(Code::TeamNotActive).say("队伍已解散。", english),
            TeamRefusal::OwnReview => Self::new(Code::OwnReview),
            TeamRefusal::SessionsAhead => Self::new(Code::SessionsAhead),
        }
    }
}
