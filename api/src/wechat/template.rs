//! Templates of subscription messages, as settings name them.

use std::str::FromStr;

/// A template of the mini-program, with the names of its fields for what happened and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pub id: String,
    /// The field that says what happened.
    pub thing: String,
    /// The field that says when.
    pub time: String,
}

/// Text that names no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a template is written ID or ID:THING:TIME, with the names of its fields")]
pub struct NotATemplate;

impl FromStr for Template {
    type Err = NotATemplate;

    fn from_str(text: &str) -> Result<Self, NotATemplate> {
        let parts: Vec<&str> = text.split(':').map(str::trim).collect();
        let (id, thing, time) = match parts.as_slice() {
            [id] => (*id, "thing1", "time2"),
            [id, thing, time] => (*id, *thing, *time),
            _ => return Err(NotATemplate),
        };
        let is_name = |name: &str| !name.is_empty() && name.len() <= 64;
        if ![id, thing, time].into_iter().all(is_name) {
            return Err(NotATemplate);
        }
        Ok(Self { id: id.to_owned(), thing: thing.to_owned(), time: time.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_its_id_with_the_usual_fields_or_those_named() {
        let usual: Template = "T-1".parse().unwrap();
        assert_eq!((&*usual.thing, &*usual.time), ("thing1", "time2"));
        let named: Template = "T-1:thing4:date7".parse().unwrap();
        assert_eq!((&*named.thing, &*named.time), ("thing4", "date7"));
        for wrong in ["", "T-1:thing4", "T-1::", "T-1:a:b:c"] {
            assert_eq!(wrong.parse::<Template>(), Err(NotATemplate), "{wrong}");
        }
    }
}
