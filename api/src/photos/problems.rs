//! How a refused photo is told.

use shijian_domain::photos::{
    ATTACHED_AT_MOST, LARGEST, PhotoRefusal, UploadRefusal, WAITING_AT_MOST,
};

use crate::problem::{Code, Problem, Text};

impl From<UploadRefusal> for Problem {
    fn from(refusal: UploadRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            UploadRefusal::TooLarge => {
                Self::new(Code::BodyTooLarge).say(format!("照片不能超过 {LARGEST} 字节。"), english)
            }
            UploadRefusal::UnknownFormat => {
                Self::new(Code::NotAPhoto).say("不是 JPEG、PNG 或 WebP 图片。", english)
            }
            UploadRefusal::Broken => Self::new(Code::NotAPhoto).say("图片不完整。", english),
        }
        .at("/photo")
    }
}

impl From<PhotoRefusal> for Problem {
    fn from(refusal: PhotoRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            PhotoRefusal::TooManyWait => Self::new(Code::TooManyPhotos)
                .say(format!("待使用的照片不能超过 {WAITING_AT_MOST} 张。"), english),
            PhotoRefusal::Leaving => Self::new(Code::Overloaded).retry_after(2),
            PhotoRefusal::TooMany => Self::new(Code::InvalidBody).flaw(
                "/photos",
                "wrong_length",
                Text::new(format!("至多 {ATTACHED_AT_MOST} 张照片。"), english),
            ),
            PhotoRefusal::Twice(place) => Self::new(Code::InvalidBody).flaw(
                format!("/photos/{place}"),
                "repeated",
                Text::new("照片重复。", english),
            ),
            PhotoRefusal::NotTheirs(place) => {
                Self::not_found("photo").at(format!("/photos/{place}"))
            }
        }
    }
}
