//! Who is told of an event, on a database of their own.

use std::sync::Arc;

use serde_json::{Value, json};
use shijian_domain::ids::AccountId;
use shijian_persistence::notifications::{Notification, Reading, notifications_of};
use uuid::Uuid;

use crate::{
    act::{Act, Subject},
    app::App,
    caller::Caller,
    identity::actions::{NewAccount, create_account},
    jobs::{
        self, named,
        tests::{demo, folder},
    },
    problem::Answer,
};

async fn account(app: &Arc<App>) -> AccountId {
    let shared = Arc::clone(app);
    let made: Answer<AccountId> = app
        .database
        .write(move |tx| {
            let act = Act::new(&shared, Caller::program(), shared.now());
            let new = NewAccount {
                username: None,
                display_name: "居民".to_owned(),
                password_hash: None,
                phone: None,
                demo: true,
            };
            Ok(create_account(tx, &act, new)?.id)
        })
        .await;
    made.unwrap()
}

/// Publishes an event that people are told of, about nobody in particular, and hands it on.
async fn publish(app: &Arc<App>, data: Value) {
    let shared = Arc::clone(app);
    let published: Answer<()> = app
        .database
        .write(move |tx| {
            let act = Act::new(&shared, Caller::program(), shared.now());
            let subject = Subject::new("service_record", Uuid::nil());
            act.publish(tx, "service_record.verified", subject, &data)
        })
        .await;
    published.unwrap();
    jobs::run(app, named("deliver-events").unwrap()).await.unwrap();
}

async fn told(app: &Arc<App>, account: AccountId) -> Vec<Notification> {
    let told = app.database.read(move |tx| notifications_of(tx, account, Reading::All, None, 10));
    told.await.unwrap()
}

#[actix_web::test]
async fn an_event_tells_the_accounts_that_it_names_and_not_who_else_is_told() {
    let app = demo(&folder());
    let (first, second, other) = (account(&app).await, account(&app).await, account(&app).await);
    let nobody = Uuid::max();
    publish(&app, json!({"account_ids": [first, second, first, nobody, 7], "minutes": 60})).await;
    for person in [first, second] {
        let told = told(&app, person).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].data, r#"{"minutes":60}"#);
    }
    assert!(told(&app, other).await.is_empty());
}

#[actix_web::test]
async fn an_event_whose_data_names_nobody_is_passed_over() {
    let app = demo(&folder());
    let person = account(&app).await;
    for data in [json!(null), json!({"account_ids": "all"}), json!({"account_ids": []})] {
        publish(&app, data).await;
    }
    assert!(told(&app, person).await.is_empty());
}
