//! The README's tour, word for word.

use std::process::Command;

use integration_tests::{Server, on_both_engines};

/// The shell commands between the tour's marks.
fn tour() -> String {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let (_, after) = readme.split_once("<!-- tour:begin -->\n```sh\n").unwrap();
    after.split_once("```\n<!-- tour:end -->").unwrap().0.to_owned()
}

on_both_engines! {
    async fn the_tour_of_the_readme_does_what_it_says(server: Server) {
        let script = format!("set -euo pipefail\n{}", tour());
        let walked = Command::new("bash").arg("-c").arg(script).env("SERVER", server.url()).output().unwrap();
        let said = String::from_utf8_lossy(&walked.stdout).into_owned();
        assert!(walked.status.success(), "{said}\n{}", String::from_utf8_lossy(&walked.stderr));
        for promised in ["\"confirmed\"", "\"verified\"", "\"minutes\": 120", "\"points\": 20", "\"held\"", "\"consumed\"", "\"rated\"", "rate by grid_worker: rated"] {
            assert!(said.contains(promised), "{promised} is missing in\n{said}");
        }
        let (clean, books) = server.run(&["ledger", "verify"]);
        assert!(clean, "{books}");
        let (hold, histories) = server.run(&["orders", "verify"]);
        assert!(hold, "{histories}");
    }
}
