//! Where things are kept, by the XDG base directory specification.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use crate::headless::Failure;

/// The database with settings, servers and recent meetings; its folder is made.
pub(super) fn database() -> Result<PathBuf, Failure> {
    let folder = data_home(|name| std::env::var_os(name)).ok_or_else(|| {
        Failure::usage("There is no home folder to keep settings in. Set HOME, or use --store FILE.")
    })?;
    let folder = folder.join("treff");
    fs::create_dir_all(&folder).map_err(|error| {
        Failure::usage(format!("Cannot make {}: {error}. Use --store FILE.", folder.display()))
    })?;
    Ok(folder.join("treff.sqlite"))
}

fn data_home(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    path("XDG_DATA_HOME").or_else(|| path("HOME").map(|home| home.join(".local/share")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_home_is_where_the_specification_says() {
        let of = |values: &[(&str, &str)]| {
            let values: Vec<(String, OsString)> =
                values.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
            data_home(move |name| values.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()))
        };
        assert_eq!(of(&[("HOME", "/home/ada")]), Some("/home/ada/.local/share".into()));
        assert_eq!(of(&[("HOME", "/home/ada"), ("XDG_DATA_HOME", "/data")]), Some("/data".into()));
        assert_eq!(
            of(&[("HOME", "/home/ada"), ("XDG_DATA_HOME", "data")]),
            Some("/home/ada/.local/share".into())
        );
        assert_eq!(of(&[]), None);
    }
}
