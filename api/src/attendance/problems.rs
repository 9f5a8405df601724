//! How refused attendance is told.

use shijian_domain::attendance::AttendanceRefusal;

use crate::problem::{Code, Problem};

impl From<AttendanceRefusal> for Problem {
    fn from(refusal: AttendanceRefusal) -> Self {
        let english = refusal.to_string();
        let told = |code, chinese: String| Self::new(code).say(chinese, english.clone());
        match refusal {
            AttendanceRefusal::SessionOver => Self::new(Code::SessionOver),
            AttendanceRefusal::TooEarly { opens_at } => {
                told(Code::CheckInNotOpen, format!("签到将于 {opens_at} 开放。"))
                    .with("opens_at", opens_at.to_rfc3339())
            }
            AttendanceRefusal::TooLate { closed_at } => {
                told(Code::CheckInClosed, format!("签到签退已于 {closed_at} 截止。"))
            }
            AttendanceRefusal::NotSignedUp => Self::new(Code::NotSignedUp),
            AttendanceRefusal::WrongCode => Self::new(Code::WrongCode).at("/code"),
            AttendanceRefusal::TooManyStays => Self::new(Code::TooManyStays),
            AttendanceRefusal::NotCheckedIn => Self::new(Code::NotCheckedIn),
            AttendanceRefusal::IllegalMove { from, to } => {
                told(Code::IllegalMove, format!("服务记录不能从 {from} 变为 {to}。"))
            }
            AttendanceRefusal::OwnHours => Self::new(Code::OwnReview),
            AttendanceRefusal::StillThere => told(Code::IllegalMove, "志愿者尚未签退。".to_owned()),
            AttendanceRefusal::Disputed => Self::new(Code::RecordDisputed),
            AttendanceRefusal::NotDisputed => {
                told(Code::IllegalMove, "该记录没有异议。".to_owned())
            }
            AttendanceRefusal::DisputeTooLate => Self::new(Code::DisputeTooLate),
            AttendanceRefusal::MadeUpTooLate => Self::new(Code::MadeUpTooLate),
            AttendanceRefusal::MadeUpOutside => {
                Self::new(Code::InvalidBody).say("补录时间应在场次之内。", english).at("/starts_at")
            }
            AttendanceRefusal::AlreadyRecorded => Self::new(Code::AlreadyRecorded),
            AttendanceRefusal::VolunteerNotActive => Self::new(Code::VolunteerNotActive),
            AttendanceRefusal::FromTheFuture => {
                Self::new(Code::InvalidBody).say("扫码时间晚于现在。", english).at("/scanned_at")
            }
        }
    }
}
