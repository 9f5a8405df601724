//! What callers see: the JSON REST API of the platform.
//!
//! A request passes the [`gate`] (its id, operation and token), reaches its slice's handler, which acts through a
//! [`context`]: one transaction in which an action loads, lets `domain` decide, and saves.

pub mod act;
pub mod app;
pub mod body;
pub mod caller;
pub mod chance;
pub mod clock;
pub mod context;
pub mod demo;
mod gate;
mod http;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod measure;
pub mod openapi;
pub mod operations;
pub mod page;
pub mod problem;
mod proxies;
pub mod reply;
pub mod server;
mod service;
pub mod settings;
mod slices;
pub mod text_messages;
pub mod vault;
pub mod wechat;

pub mod activities;
pub mod attendance;
pub mod identity;
pub mod notifications;
pub mod orders;
pub mod photos;
pub mod points;
pub mod projects;
pub mod redemption;
pub mod teams;
pub mod venues;
pub mod volunteers;
