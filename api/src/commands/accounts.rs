//! `shijian create-admin` and `shijian keys rotate`

use std::{
    io::{BufRead, IsTerminal, Write},
    sync::Arc,
};

use clap::Args;
use shijian_api::{
    act::Act,
    app::App,
    body::clean_text,
    caller::Caller,
    chance::SystemChance,
    clock::{Clock, SystemClock},
    identity::{
        actions::{NewAccount, appoint, create_staff_account},
        passwords,
    },
    keys,
    problem::Problem,
    settings::ADMIN_PASSWORD,
};
use shijian_domain::identity::{Role, Scope, Username, checked_password};
use shijian_persistence::identity::is_role_held;

use super::Ended;

/// The first administrator.
#[derive(Debug, Args)]
pub struct CreateAdmin {
    /// The name to sign in with.
    #[arg(long)]
    username: String,
    /// The person's name.
    #[arg(long, default_value = "系统管理员")]
    display_name: String,
}

impl CreateAdmin {
    /// Makes the first administrator. The password comes from `SHIJIAN_ADMIN_PASSWORD` or standard input.
    pub fn run(self, app: &Arc<App>) -> Ended {
        let username = Username::try_from(self.username)?;
        let password = read_password()?;
        let hash =
            passwords::hash(checked_password(&password, Some(username.as_str()))?, &SystemChance)?;
        let display_name = self.display_name;
        let now = SystemClock.now();
        let (with, name) = (Arc::clone(app), username.clone());
        let is_first = app.database.write_blocking(move |tx| {
            if is_role_held(tx, Role::Admin, now)? {
                return Ok(false);
            }
            let act = Act::new(&with, Caller::program(), now);
            let account = create_staff_account(
                tx,
                &act,
                NewAccount {
                    username: Some(username.clone()),
                    display_name: display_name.clone(),
                    password_hash: Some(hash.clone()),
                    phone: None,
                    demo: false,
                },
            )?;
            appoint(tx, &act, account.id, Role::Admin, Scope::Deployment)?;
            Ok::<_, Problem>(true)
        })?;
        if !is_first {
            return Err(
                "there is an administrator already, who can grant the role to others".into()
            );
        }
        println!("{} may now sign in and grant roles", name.as_str());
        Ok(())
    }
}

/// The password, cleaned as that of a login is.
fn read_password() -> Result<String, Box<dyn std::error::Error>> {
    if let Ok(password) = std::env::var(ADMIN_PASSWORD) {
        return cleaned(&password);
    }
    if std::io::stdin().is_terminal() {
        eprint!("Password (10 to 128 characters): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    cleaned(&line)
}

fn cleaned(password: &str) -> Result<String, Box<dyn std::error::Error>> {
    let cleaned = clean_text(password).ok_or("a password has no control characters")?;
    Ok(cleaned.into_owned())
}

/// Adds a key that takes over in a few minutes.
pub fn rotate_keys(app: &Arc<App>) -> Ended {
    let with = Arc::clone(app);
    let key = app.database.write_blocking(move |tx| {
        keys::rotate(tx, &Act::new(&with, Caller::program(), SystemClock.now()))
    })?;
    println!("key {key} is published and will sign in 5 minutes; tokens of the old one stay good");
    Ok(())
}
