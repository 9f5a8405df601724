//! How a refused venue is told.

use shijian_domain::venues::VenueRefusal;

use crate::problem::{Code, Problem};

impl From<VenueRefusal> for Problem {
    fn from(refusal: VenueRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            VenueRefusal::WrongParent { kind, parent } => Self::new(Code::WrongParent)
                .say(
                    match parent {
                        Some(parent) => format!("{kind} 不能挂在 {parent} 之下。"),
                        None => format!("{kind} 必须有上级阵地。"),
                    },
                    match parent {
                        Some(parent) => format!("A {kind} does not belong under a {parent}."),
                        None => format!("A {kind} needs a parent."),
                    },
                )
                .at("/parent_id"),
            VenueRefusal::ParentClosed => Self::new(Code::ParentClosed).at("/parent_id"),
            VenueRefusal::MalformedCode { .. } => Self::new(Code::InvalidBody)
                .say("编码应为 2 到 32 个字母、数字或连字符。", english)
                .at("/code"),
            VenueRefusal::CodeTaken { .. } => Self::new(Code::VenueCodeTaken).at("/code"),
            VenueRefusal::IllegalMove { from, to } => Self::new(Code::IllegalMove)
                .say(format!("阵地不能从 {from} 变为 {to}。"), english)
                .at("/state"),
            VenueRefusal::KindChanged => {
                Self::new(Code::InvalidBody).say("阵地的类别不能改变。", english).at("/kind")
            }
            VenueRefusal::CodeChanged => {
                Self::new(Code::InvalidBody).say("阵地的编码不能改变。", english).at("/code")
            }
            VenueRefusal::BelowItself => {
                Self::new(Code::WrongParent).say("阵地不能移到自己之下。", english).at("/parent_id")
            }
        }
    }
}
