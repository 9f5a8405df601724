//! Services told to the public, with consent and without personal data (晒单).

use serde_json::{Value, json};
use shijian_domain::{
    ids::{OrderId, PhotoId},
    orders::{OrderRefusal, PersonServed, Step},
};
use shijian_persistence::{
    Fault, Transaction,
    orders::{self, PlacedOrder, Story},
};

use super::{Note, held, person, take};
use crate::{
    act::Act,
    problem::{Answer, Code, Problem},
};

/// A story to be told.
#[derive(Debug, Clone)]
pub struct Telling {
    pub title: String,
    pub text: String,
    pub photos: Vec<PhotoId>,
    /// Whether the person served agreed to it.
    pub consent: bool,
}

/// Tells a closed order's story. What identifies the person served must not stand in it.
pub fn publish(
    tx: &mut Transaction<'_>,
    act: &Act<'_>,
    id: OrderId,
    telling: &Telling,
) -> Answer<(PlacedOrder, Story)> {
    let mut placed = held(tx, act, id)?;
    if !telling.consent {
        return Err(OrderRefusal::ConsentNeeded.into());
    }
    let note = Note { reason: None, data: Some(json!({"title": telling.title})) };
    take(tx, act, &mut placed, Step::Publish, note)?;
    if let Some(served) = person::open(act, &placed)? {
        ensure_nothing_personal(&served, telling)?;
    }
    ensure_its_photos(tx, &placed, &telling.photos)?;
    if orders::story(tx, id)?.is_some() {
        return Err(Problem::new(Code::AlreadyExists));
    }
    let order = &placed.kept.order;
    let team_id = order.progress.team_id.ok_or_else(|| Problem::not_found("team"))?;
    let story = Story {
        order_id: id,
        center_id: order.ladder.center_id,
        station_id: order.ladder.station_id,
        team_id,
        category: order.need.category,
        title: telling.title.clone(),
        text: telling.text.clone(),
        photos: serde_json::to_string(&telling.photos).map_err(Fault::from)?,
        published_at: act.now.into(),
        published_by: act.caller.account_if_any(),
    };
    orders::insert_story(tx, &story)?;
    Ok((placed, story))
}

/// A story shows what the order and its service show.
fn ensure_its_photos(
    tx: &mut Transaction<'_>,
    placed: &PlacedOrder,
    photos: &[PhotoId],
) -> Answer<()> {
    let mut known = placed.kept.photos.clone();
    for event in orders::events_of(tx, placed.kept.order.id)? {
        let data: Value =
            event.data.and_then(|data| serde_json::from_str(&data).ok()).unwrap_or_default();
        let shown = data.get("photos").and_then(Value::as_array).into_iter().flatten();
        known.extend(shown.filter_map(|photo| photo.get("id")?.as_str()?.parse::<PhotoId>().ok()));
    }
    match photos.iter().position(|photo| !known.contains(photo)) {
        Some(place) => Err(Problem::not_found("photo").at(format!("/photos/{place}"))),
        None => Ok(()),
    }
}

/// Refuses a text with the name, telephone or address of the person served, or any mobile number.
fn ensure_nothing_personal(served: &PersonServed, telling: &Telling) -> Answer<()> {
    let known = [Some(&served.name), served.phone.as_ref(), served.address.as_ref()];
    for (pointer, text) in [("/title", &telling.title), ("/text", &telling.text)] {
        let read = joined(text);
        let names_them = known.iter().flatten().any(|part| read.contains(&joined(part)));
        if names_them || has_phone(text) || has_phone(&read) {
            return Err(Problem::new(Code::PersonalDataInText).at(pointer));
        }
    }
    Ok(())
}

/// The text as it is read aloud: without what people write between the digits of a number, and with digits of one width.
fn joined(text: &str) -> String {
    const FULL_WIDTH: &str = "０１２３４５６７８９";
    let narrow = |letter: char| {
        FULL_WIDTH
            .chars()
            .zip('0'..='9')
            .find(|(wide, _)| *wide == letter)
            .map_or(letter, |(_, digit)| digit)
    };
    let is_between = |letter: &char| {
        letter.is_whitespace() || matches!(letter, '-' | '－' | '‐' | '–' | '—' | '.' | '·')
    };
    text.chars().filter(|letter| !is_between(letter)).map(narrow).collect()
}

/// Eleven digits in a row that begin as a mobile number does.
pub(super) fn has_phone(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_digit())
        .any(|digits| digits.len() == 11 && digits.starts_with('1'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_number_is_found_in_a_text() {
        assert!(has_phone("联系 13800005678 李阿姨"));
        assert!(!has_phone("订单 261124-04831522"));
        for written in
            ["138 0000 5678", "138-0000-5678", "1 3 8 0 0 0 0 5 6 7 8", "１３８００００５６７８"]
        {
            assert!(has_phone(&joined(written)), "{written}");
        }
        assert!(!has_phone(&joined("订单 261124-04831522,11 月 24 日 9:30 上门")));
    }
}
