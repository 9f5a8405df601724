//! The table of moves as docs/orders.md shows it.

use std::fmt::Write as _;

use super::{ClockEffect, MOVES, OrderState, allowed_from};

/// The moves that change the state, as a Mermaid state diagram.
pub fn diagram() -> String {
    let mut text = "stateDiagram-v2\n    [*] --> solicited\n".to_owned();
    for from in OrderState::ALL {
        for to in OrderState::ALL {
            let names: Vec<&str> = allowed_from(*from)
                .filter(|row| row.to == Some(*to) && from != to)
                .map(|row| row.command.as_str())
                .collect();
            if !names.is_empty() {
                // Writing to a string does not fail.
                let _ = writeln!(text, "    {from} --> {to}: {}", names.join(", "));
            }
        }
    }
    for ended in OrderState::ENDED {
        let _ = writeln!(text, "    {ended} --> [*]");
    }
    text
}

/// Every row, as a Markdown table.
pub fn table() -> String {
    let mut text =
        "| command | from | to | who | clock |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for row in MOVES {
        let words = |words: Vec<&str>| words.join(", ");
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            row.command,
            words(row.from.iter().map(|state| state.as_str()).collect()),
            row.to.map_or("stays", OrderState::as_str),
            words(row.who.iter().map(|party| party.as_str()).collect()),
            clock(row.clock),
        );
    }
    text
}

fn clock(effect: ClockEffect) -> String {
    match effect {
        ClockEffect::Start(kind) => format!("starts `{kind}`"),
        ClockEffect::Restart => "starts anew".to_owned(),
        ClockEffect::Keep => "runs on".to_owned(),
        ClockEffect::Shift => "is put off".to_owned(),
        ClockEffect::Stop => "stops".to_owned(),
        ClockEffect::ByRating => "starts `visit` at 2 stars or less, else `close`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documents_show_the_table_as_it_is() {
        let documents = include_str!("../../../docs/orders.md");
        assert!(documents.contains(&diagram()), "docs/orders.md should contain:\n{}", diagram());
        assert!(documents.contains(&table()), "docs/orders.md should contain:\n{}", table());
    }
}
