use chrono::TimeDelta;
use shijian_persistence::integration::waiting_events;
use uuid::Uuid;

use super::*;
use crate::{
    act::Subject,
    chance::{SeededChance, SystemChance, draw},
    clock::DemoClock,
    demo::clock::move_to,
    settings::{Settings, Sources},
};

/// A demo on a fresh database; a second one on the same folder is another server of it.
pub(crate) fn demo(folder: &std::path::Path) -> Arc<App> {
    wired(folder, Arc::new(DemoClock::default()))
}

pub(crate) fn wired(folder: &std::path::Path, clock: Arc<dyn Clock>) -> Arc<App> {
    std::fs::create_dir_all(folder).unwrap();
    let command_line = vec![
        ("profile", "demo".to_owned()),
        ("data_folder", folder.display().to_string()),
        ("database", format!("sqlite:{}", folder.join("demo.db").display())),
    ];
    let sources = Sources { command_line, ..Sources::default() };
    let settings = Settings::load(&sources, &SeededChance::new(1)).unwrap();
    let app = App::new(settings, clock, Arc::new(SystemChance)).unwrap();
    app.database.migrate().unwrap();
    Arc::new(app)
}

pub(crate) fn folder() -> std::path::PathBuf {
    let name = Uuid::from_bytes(draw(&SystemChance));
    std::env::temp_dir().join(format!("shijian-jobs-{name}"))
}

async fn waiting(app: &Arc<App>) -> usize {
    app.database.read(|tx| waiting_events(tx, 10)).await.unwrap().len()
}

async fn publish(app: &Arc<App>) {
    let shared = Arc::clone(app);
    let published: Answer<()> = app
        .database
        .write(move |tx| {
            let act = Act::new(&shared, Caller::program(), shared.now());
            act.publish(tx, "venue.created", Subject::new("venue", Uuid::nil()), &().into())
        })
        .await;
    published.unwrap();
}

#[actix_web::test]
async fn only_one_of_two_servers_gets_the_lease_of_a_job() {
    let folder = folder();
    let (first, second) = (demo(&folder), demo(&folder));
    let job = named("deliver-events").unwrap();
    assert!(claim(&first, job, true).await.unwrap());
    assert!(!claim(&second, job, true).await.unwrap());
}

#[actix_web::test]
async fn moving_the_clock_runs_what_became_due() {
    let app = demo(&folder());
    run_due(&app).await.unwrap();
    publish(&app).await;
    assert_eq!(waiting(&app).await, 1);
    move_to(&app, app.now() + TimeDelta::hours(1)).await.unwrap();
    assert_eq!(waiting(&app).await, 0);
}

#[actix_web::test]
async fn the_clock_moves_ahead_only_and_not_too_far() {
    let app = demo(&folder());
    let now = app.now();
    assert!(move_to(&app, now - TimeDelta::hours(1)).await.is_err());
    assert!(move_to(&app, now + TimeDelta::days(401)).await.is_err());
    let target = now + TimeDelta::days(3);
    assert!(move_to(&app, target).await.unwrap() >= target);
    // The same move again, as after a lost answer.
    assert!(move_to(&app, target).await.unwrap() >= target);
}

#[actix_web::test]
async fn moving_the_clock_waits_for_what_another_run_has_begun() {
    let folder = folder();
    let (background, mover) = (demo(&folder), demo(&folder));
    run_due(&background).await.unwrap();
    publish(&background).await;
    let job = named("deliver-events").unwrap();
    background.clock.movable().unwrap().advance_by(TimeDelta::minutes(2));
    assert!(claim(&background, job, false).await.unwrap());
    let begun = mover.now();
    let finish = async {
        tokio::time::sleep(std::time::Duration::from_millis(800)).await;
        let finished: Answer<()> = background
            .database
            .write(move |tx| Ok(jobs::finish_job(tx, job.name, begun, Some(begun))?))
            .await;
        finished.unwrap();
    };
    let moving = move_to(&mover, begun + TimeDelta::minutes(1));
    let (moved, ()) = futures_util::future::join(moving, finish).await;
    moved.unwrap();
    assert_eq!(waiting(&mover).await, 0);
}
