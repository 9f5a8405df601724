//! Who calls and what they call for, made through the API.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use integration_tests::{Caller, Server};
use serde_json::{Value, json};

use crate::connection::post;

/// Volunteers who sign up and redeem; each connection serves ten of them in turn.
const VOLUNTEERS: u32 = 640;
/// Sessions that each volunteer signs up for, and redemptions that each makes.
const EACH: u32 = 20;
/// Setting up needs no more callers than this at once.
const AT_ONCE: usize = 16;

fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

/// An identity number that holds (GB 11643).
fn identity_number(serial: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("11011219870607{serial:03}");
    let digits = body.chars().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let check = usize::try_from(sum % 11).expect("at most 10");
    format!("{body}{}", &"10X98765432"[check..=check])
}

/// The staff, and where they work.
pub struct Staff {
    admin: Caller,
    center: Caller,
    venue: String,
    location: Value,
}

impl Staff {
    pub async fn of(server: &Server) -> Self {
        let center = server.signed_in("center").await;
        let venue = center.get("/venues?kind=center").await.expect(200)["items"][0].clone();
        Self {
            admin: server.signed_in("admin").await,
            venue: id(&venue).to_owned(),
            location: venue["location"].clone(),
            center,
        }
    }

    /// Volunteers with points to spend, each by their token.
    pub async fn volunteers(&self, server: &Server) -> Vec<String> {
        stream::iter(1..=VOLUNTEERS)
            .map(|serial| self.volunteer(server, serial))
            .buffer_unordered(AT_ONCE)
            .collect()
            .await
    }

    async fn volunteer(&self, server: &Server, serial: u32) -> String {
        let phone = format!("1390000{serial:04}");
        let volunteer = server.signed_in_by_phone(&phone).await;
        let application = json!({
            "real_name": "运河", "identity_number": identity_number(serial), "phone": phone,
            "home_venue_id": self.venue, "skills": [],
            "consents": [{"purpose": "personal_data", "version": "2026-01"}],
        });
        let profile = volunteer.post("/volunteers", &application).await.expect(201);
        self.center.act(&format!("/volunteers/{}/approve", id(&profile))).await.expect(200);
        let gift = json!({"volunteer_id": id(&profile), "points": 100, "reason": "测速"});
        self.center.post("/points/adjustments", &gift).await.expect(201);
        volunteer.token().to_owned()
    }

    /// One published activity with sessions that do not overlap; gives each session's and its position's id.
    async fn sessions(&self) -> Vec<(String, String)> {
        let activity =
            json!({"title": "运河岸边", "kind": "venue_choice", "host_venue_id": self.venue});
        let activity = self.center.post("/activities", &activity).await.expect(201);
        let activity = id(&activity);
        self.center.act(&format!("/activities/{activity}/publish")).await.expect(200);
        let now = self.admin.get("/venues?limit=1").await.header("date").to_owned();
        let now = DateTime::parse_from_rfc2822(&now).expect("a date").to_utc();
        let mut sessions = Vec::new();
        for number in 1..=i32::try_from(EACH).expect("a few sessions") {
            let starts_at: DateTime<Utc> = now + TimeDelta::days(3) + TimeDelta::hours(2) * number;
            let session = json!({
                "starts_at": starts_at, "ends_at": starts_at + TimeDelta::hours(1),
                "place": "运河岸边", "location": self.location,
                "positions": [{"name": "向导", "headcount": VOLUNTEERS}],
            });
            let path = format!("/activities/{activity}/sessions");
            let session = self.center.post(&path, &session).await.expect(201);
            sessions.push((id(&session).to_owned(), id(&session["positions"][0]).to_owned()));
        }
        sessions
    }

    /// Every volunteer for every session.
    pub async fn signups(&self, tokens: &[String]) -> Vec<Vec<u8>> {
        let sessions = self.sessions().await;
        let requests = sessions.iter().flat_map(|(session, position)| {
            let path = format!("/api/v1/sessions/{session}/signups");
            let body = json!({"position_id": position}).to_string();
            tokens.iter().map(move |token| post(&path, token, session, &body))
        });
        requests.collect()
    }

    /// Every volunteer many times for one offer.
    pub async fn redemptions(&self, tokens: &[String]) -> Vec<Vec<u8>> {
        let partner = json!({"name": "运河便民超市", "kind": "shop", "venue_id": self.venue});
        let partner = self.center.post("/partners", &partner).await.expect(201);
        let offer = json!({
            "partner_id": id(&partner), "title": "牙膏", "category": "goods", "points": 1,
            "stock": VOLUNTEERS * EACH, "limit_per_person": EACH, "voucher_days": 7,
        });
        let offer = self.admin.post("/offers", &offer).await.expect(201);
        let publish = format!("/offers/{}/publish", id(&offer));
        self.admin.act(&publish).await.expect(200);
        let body = json!({"offer_id": id(&offer)}).to_string();
        let requests = (0..EACH).flat_map(|number| {
            let (key, body) = (number.to_string(), &body);
            tokens.iter().map(move |token| post("/api/v1/redemptions", token, &key, body))
        });
        requests.collect()
    }
}
