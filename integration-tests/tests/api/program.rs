//! The program on its command line.

use integration_tests::{Server, on_both_engines};

/// Keys of a production deployment. They open nothing.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn production() -> [(&'static str, &'static str); 5] {
    [
        ("SHIJIAN_ISSUER", "https://practice.example.org"),
        ("SHIJIAN_KEYS_VAULT", "2026:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ("SHIJIAN_KEYS_BLIND_INDEX", KEY),
        ("SHIJIAN_KEYS_CODES", KEY),
        ("SHIJIAN_KEYS_CURSORS", KEY),
    ]
}

on_both_engines! {
    async fn every_job_can_be_run_by_hand(server: Server) {
        let (listed, jobs) = server.run(&["jobs", "list"]);
        assert!(listed, "{jobs}");
        let names: Vec<&str> = jobs.lines().filter_map(|line| line.split_whitespace().next()).collect();
        for wanted in ["expire-vouchers", "expire-points", "mark-no-shows", "close-sessions", "deliver-events"] {
            assert!(names.contains(&wanted), "{wanted} is not among {names:?}");
        }
        for name in names {
            let (done, said) = server.run(&["jobs", "run", name]);
            assert!(done && said.contains(&format!("{name}: ")), "{said}");
        }
        let (done, said) = server.run(&["jobs", "run", "sweep-the-floor"]);
        assert!(!done && said.contains("shijian jobs list"), "{said}");
    }

    async fn production_refuses_a_demo_and_says_what_to_change(server: Server) {
        let (served, said) = server.run_in_production(&["serve", "--listen", "127.0.0.1:0"], &[]);
        assert!(!served && said.contains("SHIJIAN_ISSUER"), "{said}");
        let (served, said) = server.run_in_production(&["serve", "--listen", "127.0.0.1:0"], &production());
        assert!(!served && said.contains("demo"), "{said}");
        let (seeded, said) = server.run_in_production(&["seed-demo", "--scale", "small"], &production());
        assert!(!seeded, "{said}");
    }

    async fn migrating_what_is_migrated_changes_nothing(server: Server) {
        let (done, said) = server.run(&["migrate"]);
        assert!(done && !said.contains("applied"), "{said}");
    }
}
