//! Every order's history read again: its state is what its events say.

use std::fmt;

use shijian_domain::{ids::OrderId, orders::replay};
use shijian_persistence::{Database, Stored, Transaction, orders};

/// Orders that are read at a time.
const PAGE: i64 = 500;

/// An order that is not what its events say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    pub order_id: OrderId,
    pub what: String,
}

impl fmt::Display for Deviation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "order {}: {}", self.order_id, self.what)
    }
}

/// What was read, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub orders: usize,
    pub events: usize,
    pub deviations: Vec<Deviation>,
}

/// Reads the histories of all orders again.
///
/// # Errors
/// If the database cannot be read.
pub fn verify(database: &Database) -> Stored<Report> {
    let mut report = Report::default();
    let mut after = None;
    loop {
        let page = database.read_blocking(move |tx| page(tx, after))?;
        let Some(last) = page.last else { return Ok(report) };
        after = Some(last);
        report.orders += page.read.orders;
        report.events += page.read.events;
        report.deviations.extend(page.read.deviations);
    }
}

/// Some orders in a row.
struct Page {
    last: Option<OrderId>,
    read: Report,
}

/// Reads some orders.
fn page(tx: &mut Transaction<'_>, after: Option<OrderId>) -> Stored<Page> {
    let (mut last, mut report) = (None, Report::default());
    for (kept, events) in orders::histories(tx, after, PAGE)? {
        let order = kept.order;
        report.orders += 1;
        report.events += events.len();
        last = Some(order.id);
        let what = match replay(&order.ladder, &events) {
            Ok(progress) if progress == order.progress => None,
            Ok(progress) => Some(format!(
                "its events say `{}` at version {}, the order says `{}` at version {}",
                progress.state, progress.version, order.progress.state, order.progress.version
            )),
            Err(fault) => Some(fault.to_string()),
        };
        report.deviations.extend(what.map(|what| Deviation { order_id: order.id, what }));
    }
    Ok(Page { last, read: report })
}
