//! How a refused project is told.

use shijian_domain::projects::ProjectRefusal;

use crate::problem::{Code, Problem};

impl From<ProjectRefusal> for Problem {
    fn from(refusal: ProjectRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            ProjectRefusal::IllegalMove { from, asked } => Self::new(Code::IllegalMove)
                .say(format!("{from} 状态的项目不能 {asked}。"), english),
            ProjectRefusal::OwnReview => Self::new(Code::OwnReview),
            ProjectRefusal::NotDraft => {
                Self::new(Code::IllegalMove).say("只有草稿和退回的项目可以修改。", english)
            }
            ProjectRefusal::TeamNotActive => Self::new(Code::TeamNotActive).at("/team_id"),
        }
    }
}
