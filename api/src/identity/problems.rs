//! How refused grants and credentials are told.

use shijian_domain::identity::{CredentialRefusal, GrantRefusal};

use crate::problem::{Code, Problem};

impl From<GrantRefusal> for Problem {
    fn from(refusal: GrantRefusal) -> Self {
        let english = refusal.to_string();
        match refusal {
            GrantRefusal::OutOfScope => {
                Self::new(Code::OutOfScope).say("该范围超出您的授权。", english)
            }
            GrantRefusal::MoreThanHeld(permission) => Self::new(Code::OutOfScope)
                .say(format!("您在该范围没有权限 {permission},不能授予他人。"), english),
            GrantRefusal::WrongScope { role } => Self::new(Code::InvalidBody)
                .say(format!("角色 {role} 不能授予这类范围。"), english)
                .at("/scope/kind"),
            GrantRefusal::AlreadyHeld => Self::new(Code::GrantHeld),
            GrantRefusal::AlreadyEnded => Self::new(Code::GrantEnded),
            GrantRefusal::OutlivesOwn => Self::new(Code::OutOfScope)
                .say("授予的期限不能超过您自己授权的期限。", english)
                .at("/valid_to"),
        }
    }
}

impl From<CredentialRefusal> for Problem {
    fn from(refusal: CredentialRefusal) -> Self {
        let english = refusal.to_string();
        let (chinese, pointer) = match refusal {
            CredentialRefusal::Username => {
                ("用户名应为 3 到 32 个小写字母、数字、点、连字符或下划线。", "/username")
            }
            CredentialRefusal::Phone => ("手机号应为 13 到 19 开头的 11 位数字。", "/phone"),
            CredentialRefusal::PasswordLength => ("密码应为 10 到 128 个字符。", "/password"),
            CredentialRefusal::PasswordIsUsername => ("密码不能与用户名相同。", "/password"),
        };
        Self::new(Code::InvalidBody).say(chinese, english).at(pointer)
    }
}
