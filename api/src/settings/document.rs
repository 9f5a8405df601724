//! The settings as a page of the documentation.

use std::fmt::Write;

use super::SECTIONS;

/// `docs/settings.md`, written from the table of settings.
///
/// # Errors
/// None in practice: writing to a string does not fail.
pub fn document() -> Result<String, std::fmt::Error> {
    let mut page = String::from(
        "# Settings\n\n\
         Written by `shijian settings`; do not edit. A setting comes from its default, under a TOML file (`--config FILE` or\n\
         `SHIJIAN_CONFIG`), under the environment, under the command line. Names and variables that are not in this list are\n\
         refused at the start.\n",
    );
    for section in SECTIONS {
        if section.name.is_empty() {
            writeln!(page, "\n## At the top of the file\n")?;
        } else {
            writeln!(page, "\n## `[{}]`\n", section.name)?;
        }
        writeln!(page, "| setting | variable | type | default | meaning |")?;
        writeln!(page, "| --- | --- | --- | --- | --- |")?;
        for setting in section.settings {
            let default = match (setting.default, setting.demo) {
                ("", None) => String::new(),
                (default, None) => format!("`{default}`"),
                ("", Some(demo)) => format!("demo: `{demo}`"),
                (default, Some(demo)) => format!("`{default}`; demo: `{demo}`"),
            };
            writeln!(
                page,
                "| `{}` | `{}` | {} | {default} |{} |",
                setting.field,
                section.variable_of(setting),
                setting.kind,
                setting.meaning
            )?;
        }
    }
    Ok(page)
}
