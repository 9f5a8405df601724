//! Who can log in to a demo, and the refusal to serve a demo's database in production.

use std::{fmt::Write, net::SocketAddr, sync::Arc};

use shijian_persistence::{Fault, identity, jobs::marker};

use super::clock;
use crate::app::App;

/// The password of every demo account.
pub const PASSWORD: &str = "shijian-demo";

/// The accounts of the demo: username and who that is.
pub const ACCOUNTS: [(&str, &str); 13] = [
    ("admin", "系统管理员"),
    ("center", "通州区新时代文明实践中心"),
    ("institute", "中仓街道实践所"),
    ("station", "中上园社区实践站"),
    ("grid", "中上园网格员"),
    ("leader", "中上园便民服务志愿服务队队长"),
    ("volunteer1", "志愿者"),
    ("volunteer2", "志愿者"),
    ("volunteer3", "志愿者"),
    ("volunteer4", "志愿者"),
    ("volunteer5", "志愿者"),
    ("clerk", "爱心商户店员"),
    ("auditor", "审计员"),
];

/// What to open and who can log in.
pub fn welcome(address: SocketAddr) -> String {
    let mut text = format!(
        "\n时践 · 通州区新时代文明实践演示\n\n  接口文档 docs    http://{address}/docs/\n  接口规范 spec    \
         http://{address}/openapi.json\n  健康状态 health  http://{address}/health/ready\n\n  演示账号 accounts(密码 password: {PASSWORD})\n"
    );
    for (username, who) in ACCOUNTS {
        // Writing to a string does not fail.
        let _ = writeln!(text, "    {username:<12}{who}");
    }
    text
}

/// Why a database cannot be served in production.
#[derive(Debug, thiserror::Error)]
pub enum RefusedDatabase {
    #[error(
        "the production profile refuses {0} in its database: serve an empty database, or use `--profile demo`"
    )]
    Demo(&'static str),
    #[error("the database cannot be checked for demo data; apply `shijian migrate` first: {0}")]
    Fault(#[from] Fault),
}

/// Refuses to serve a demo's database in production.
///
/// # Errors
/// [`RefusedDatabase::Demo`] if a demo was seeded or its clock moved; a fault if the database cannot be asked.
pub async fn refuse(app: &Arc<App>) -> Result<(), RefusedDatabase> {
    let found = app
        .database
        .read(|tx| {
            if identity::has_demo_accounts(tx)? {
                return Ok(Some("demo accounts"));
            }
            Ok::<_, Fault>(marker(tx, clock::MARKER)?.map(|_| "a moved demo clock"))
        })
        .await;
    match found? {
        Some(what) => Err(RefusedDatabase::Demo(what)),
        None => Ok(()),
    }
}
