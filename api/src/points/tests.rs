use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use shijian_domain::{
    activities::ActivityKind,
    ids::{ServiceRecordId, VenueId, VolunteerId},
    place::Location,
    points::{EarnedService, Wallet},
    units::{Minutes, Points},
    venues::{NewVenue, VenueKind, VenueProfile, VenueState},
    volunteers::{Application, Consent, ConsentPurpose, PersonalData, StarLevel},
};
use shijian_persistence::{
    Transaction,
    points::{self, Credit},
};
use uuid::Uuid;

use super::{
    actions::{credit_service, reverse_service},
    bodies::PointsBody,
    corrections::{Adjust, adjust_points},
    jobs::{expire_points, notify_expiring_points},
    verify::verify,
};
use crate::{
    act::Act,
    app::App,
    caller::Caller,
    chance::{SeededChance, SystemChance, draw},
    clock::DemoClock,
    problem::{Answer, Code, Problem},
    settings::{Settings, Sources},
    venues::actions::create_venue,
    volunteers,
};

/// A district of one center and one volunteer, on a fresh database.
struct District {
    app: Arc<App>,
    center: VenueId,
    volunteer: VolunteerId,
}

impl District {
    fn new() -> Self {
        let name = Uuid::from_bytes(draw(&SystemChance));
        let folder = std::env::temp_dir().join(format!("shijian-points-{name}"));
        std::fs::create_dir_all(&folder).unwrap();
        let command_line = vec![
            ("profile", "demo".to_owned()),
            ("data_folder", folder.display().to_string()),
            ("database", format!("sqlite:{}", folder.join("demo.db").display())),
        ];
        let sources = Sources { command_line, ..Sources::default() };
        let settings = Settings::load(&sources, &SeededChance::new(1)).unwrap();
        let clock = Arc::new(DemoClock::default());
        let app = Arc::new(App::new(settings, clock, Arc::new(SystemChance)).unwrap());
        app.database.migrate().unwrap();
        let none = Self { app, center: VenueId(Uuid::nil()), volunteer: VolunteerId(Uuid::nil()) };
        let (center, volunteer) = none.act(0, |tx, act| {
            let center = create_venue(tx, act, None, &center()).unwrap().id;
            let volunteer = volunteers::actions::apply(tx, act, &application(center)).unwrap();
            Ok((center, volunteer.volunteer.id))
        });
        Self { center, volunteer, ..none }
    }

    /// Acts as the program, `days` from now.
    fn act<T: Send + 'static>(
        &self,
        days: i64,
        work: impl Fn(&mut Transaction<'_>, &Act<'_>) -> Answer<T> + Send + 'static,
    ) -> T {
        let app = Arc::clone(&self.app);
        let done: Answer<T> = self.app.database.write_blocking(move |tx| {
            let now = app.now() + TimeDelta::days(days);
            work(tx, &Act::new(&app, Caller::program(), now))
        });
        done.unwrap()
    }

    /// Credits the record of that number and says what it made.
    fn credit(&self, record: u128, minutes: i64) -> Points {
        let service = EarnedService {
            record_id: ServiceRecordId(Uuid::from_u128(record)),
            volunteer_id: self.volunteer,
            center_id: self.center,
            activity_kind: ActivityKind::Neighbor,
            category: None,
            position_name: "理发".to_owned(),
            promotion_day: false,
            star_level: StarLevel::NONE,
            measured: true,
            served_on: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
            minutes: Minutes(minutes),
        };
        self.act(0, move |tx, act| credit_service(tx, act, &service))
    }

    fn reverse(&self, record: u128) {
        let record = ServiceRecordId(Uuid::from_u128(record));
        self.act(0, move |tx, act| reverse_service(tx, act, record, "作废"));
    }

    fn adjust(&self, points: i64) {
        let volunteer_id = self.volunteer;
        let command = Adjust { volunteer_id, points: Points(points), reason: "补录".to_owned() };
        self.act(0, move |tx, act| adjust_points(tx, act, &command).map(drop));
    }

    fn wallet(&self) -> Wallet {
        let volunteer = self.volunteer;
        self.act(0, move |tx, _| Ok(points::wallet(tx, volunteer)?.unwrap()))
    }
}

fn center() -> NewVenue {
    NewVenue {
        code: "TZ".to_owned(),
        kind: VenueKind::Center,
        state: VenueState::Open,
        profile: VenueProfile {
            name: "通州".to_owned(),
            region_code: None,
            address: None,
            location: Location { longitude: 116.66, latitude: 39.91 },
            opening_hours: None,
            functions: Vec::new(),
            platforms: Vec::new(),
            contact: None,
            head: None,
            photos: Vec::new(),
            trusted: false,
        },
    }
}

fn application(home: VenueId) -> Application {
    Application {
        personal: PersonalData {
            real_name: "王建国".to_owned(),
            identity_number: "11010519491231002X".to_owned().try_into().unwrap(),
            phone: "13800005678".to_owned().try_into().unwrap(),
            address: None,
            emergency_contact: None,
            guardian: None,
        },
        home_venue_id: home,
        skills: Vec::new(),
        consents: vec![Consent {
            purpose: ConsentPurpose::PersonalData,
            version: "2026-01".to_owned(),
        }],
    }
}

#[test]
fn a_record_is_credited_once_and_its_odd_minutes_are_carried_over() {
    let district = District::new();
    assert_eq!(district.credit(1, 65), Points(10));
    assert_eq!(district.credit(1, 65), Points(10));
    assert_eq!(district.credit(2, 1), Points(1));
    let wallet = district.wallet();
    assert_eq!((wallet.available, wallet.carried), (Points(11), Minutes(0)));
    assert!(verify(&district.app.database).unwrap().is_ok());
}

#[test]
fn a_record_is_reversed_once_and_one_that_made_nothing_gives_its_minutes_back() {
    let district = District::new();
    district.credit(1, 60);
    assert_eq!(district.credit(2, 5), Points(0));
    assert_eq!(district.wallet().carried, Minutes(5));
    for record in [1, 1, 2, 2, 3] {
        district.reverse(record);
    }
    let wallet = district.wallet();
    assert_eq!((wallet.available, wallet.carried), (Points(0), Minutes(0)));
    assert_eq!(wallet.version, 2);
    assert!(verify(&district.app.database).unwrap().is_ok());
}

#[test]
fn what_was_taken_before_a_reversal_is_owed_and_repaid_first() {
    let district = District::new();
    district.credit(1, 300);
    district.adjust(-40);
    district.reverse(1);
    assert_eq!((district.wallet().available, district.wallet().owed), (Points(0), Points(40)));
    district.credit(2, 300);
    assert_eq!((district.wallet().available, district.wallet().owed), (Points(10), Points(0)));
    assert!(verify(&district.app.database).unwrap().is_ok());
}

#[test]
fn a_credit_that_its_transaction_does_not_bear_out_is_found() {
    let district = District::new();
    district.credit(1, 60);
    let volunteer_id = district.volunteer;
    let center_id = district.center;
    district.act(0, move |tx, _| {
        let service = points::credit_of_record(tx, ServiceRecordId(Uuid::from_u128(1)))?.unwrap();
        let made_up = Credit {
            service: EarnedService {
                record_id: ServiceRecordId(Uuid::from_u128(2)),
                volunteer_id,
                center_id,
                ..service.service
            },
            transaction_id: None,
            ..service
        };
        Ok(points::insert_credit(tx, &made_up)?)
    });
    let difference = verify(&district.app.database).unwrap().unwrap_err();
    assert!(difference.to_string().contains("no transaction gave"), "{difference}");
}

#[test]
fn what_fails_alone_leaves_the_rest_of_its_transaction() {
    let district = District::new();
    let volunteer_id = district.volunteer;
    district.act(0, move |tx, act| {
        let gift = |points| Adjust { volunteer_id, points, reason: "补录".to_owned() };
        adjust_points(tx, act, &gift(Points(10)))?;
        let failed: Answer<()> = tx.alone(|tx| {
            adjust_points(tx, act, &gift(Points(20)))?;
            Err(Problem::new(Code::Internal))
        });
        assert!(failed.is_err());
        tx.alone(|tx| adjust_points(tx, act, &gift(Points(5))).map(drop))
    });
    assert_eq!(district.wallet().available, Points(15));
    assert!(verify(&district.app.database).unwrap().is_ok());
}

#[test]
fn points_expire_after_two_years_and_their_owner_is_told_twice_before() {
    let district = District::new();
    district.credit(1, 60);
    let lot = district.wallet().lots[0].expires_at;
    let left = (lot - district.app.now()).num_days();
    let told =
        |before: i64| district.act(left - before, |tx, act| notify_expiring_points(tx, act, 10));
    assert_eq!([told(31), told(29), told(29), told(6), told(6)], [0, 1, 0, 1, 0]);
    assert_eq!(district.act(left - 1, |tx, act| expire_points(tx, act, 10)), 0);
    let (wallet, after) = (district.wallet(), lot + TimeDelta::hours(1));
    assert_eq!(PointsBody::of(Some(&wallet), after).available, Points(0), "not booked yet");
    assert_eq!(district.act(left + 1, |tx, act| expire_points(tx, act, 10)), 1);
    assert_eq!(district.wallet().available, Points(0));
    assert!(verify(&district.app.database).unwrap().is_ok());
}
