use super::*;
use crate::chance::SeededChance;

fn sources(pairs: &[(&'static str, &str)]) -> Sources {
    let folder = std::env::temp_dir().join(format!("shijian-settings-{}", std::process::id()));
    let mut command_line = vec![("data_folder", folder.display().to_string())];
    command_line.extend(pairs.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Sources { command_line, ..Sources::default() }
}

fn load(sources: &Sources) -> Result<Settings, String> {
    Settings::load(sources, &SeededChance::new(7)).map_err(|error| error.to_string())
}

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

#[test]
fn the_demo_makes_its_keys_once_and_keeps_them_to_itself() {
    use std::os::unix::fs::PermissionsExt;

    let first = load(&sources(&[("profile", "demo")])).unwrap();
    let second = Settings::load(&sources(&[("profile", "demo")]), &SeededChance::new(8)).unwrap();
    assert_eq!(first.keys.codes.expose(), second.keys.codes.expose());
    let file = first.data_folder.join("demo-keys.toml");
    assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn production_does_not_start_without_keys_and_says_what_to_set() {
    let refused = load(&sources(&[("issuer", "https://example.org")])).err().unwrap();
    assert!(refused.contains("keys.vault") && refused.contains("SHIJIAN_KEYS_VAULT"), "{refused}");
    let vault = format!("1:{KEY}");
    let given = sources(&[
        ("issuer", "https://example.org"),
        ("keys.vault", &vault),
        ("keys.blind_index", KEY),
        ("keys.codes", KEY),
        ("keys.cursors", KEY),
    ]);
    assert_eq!(load(&given).unwrap().keys.vault.len(), 1);
}

#[test]
fn the_environment_is_stronger_than_the_file_and_the_command_line_than_both() {
    let mut given = sources(&[("profile", "demo"), ("listen", "127.0.0.1:3")]);
    let file = std::env::temp_dir().join(format!("shijian-{}.toml", std::process::id()));
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\nworkers = 3\naudience = \"file\"\n").unwrap();
    given.file = Some(file);
    given.environment =
        [("SHIJIAN_LISTEN", "127.0.0.1:2"), ("SHIJIAN_WORKERS", "5"), ("DATABASE_URL", "sqlite:x")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    let settings = load(&given).unwrap();
    assert_eq!(settings.listen.port(), 3);
    assert_eq!(settings.workers, 5);
    assert_eq!(settings.audience, "file");
    assert_eq!(settings.database, "sqlite:x");
}

#[test]
fn what_is_not_a_setting_is_refused() {
    let mut given = sources(&[("profile", "demo")]);
    given.environment.insert("SHIJIAN_LISTN".to_owned(), "x".to_owned());
    assert!(load(&given).err().unwrap().contains("SHIJIAN_LISTN"));
    assert!(load(&sources(&[("profile", "demo"), ("jobs.speed", "1")])).is_err());
}

#[test]
fn a_value_out_of_its_range_is_refused_by_name() {
    let refused = load(&sources(&[("profile", "demo"), ("workers", "0")])).err().unwrap();
    assert!(refused.contains("workers") && refused.contains("1 to 64"), "{refused}");
}

#[test]
fn addresses_that_no_caller_could_match_are_refused_at_the_start() {
    let with = |name, value| load(&sources(&[("profile", "demo"), (name, value)]));
    assert!(with("issuer", "https://example.org/practice").is_ok());
    for issuer in ["example.org", "https://", "https://example.org/", "ftp://example.org"] {
        assert!(with("issuer", issuer).err().unwrap().contains("issuer"), "{issuer}");
    }
    assert!(with("cors_origins", "https://example.org,http://127.0.0.1:3000").is_ok());
    for origin in ["*", "example.org", "https://example.org/", "https://example.org/app"] {
        assert!(with("cors_origins", origin).err().unwrap().contains("cors_origins"), "{origin}");
    }
}

#[test]
fn production_refuses_codes_in_its_log() {
    let vault = format!("1:{KEY}");
    let given = sources(&[
        ("issuer", "https://example.org"),
        ("keys.vault", &vault),
        ("keys.blind_index", KEY),
        ("keys.codes", KEY),
        ("keys.cursors", KEY),
        ("sms.provider", "log"),
    ]);
    assert!(load(&given).err().unwrap().contains("SHIJIAN_SMS_PROVIDER"));
}

#[test]
fn the_documented_settings_are_these() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, document().unwrap(), "write docs/settings.md anew: shijian settings");
}
