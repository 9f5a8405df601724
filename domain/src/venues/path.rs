//! The materialised path of a venue: its ancestors' codes and its own, each ended by a slash.

/// `TZ/TZ-ZC/TZ-ZC-01/`: a venue's subtree is every path that begins with its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VenuePath(String);

impl VenuePath {
    /// The path of a venue with `code` under `parent`; `None` if the code is not 2 to 32 letters, digits and hyphens.
    pub fn below(parent: Option<&Self>, code: &str) -> Option<Self> {
        let well_formed = (2..=32).contains(&code.len())
            && code.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        well_formed.then(|| Self(format!("{}{code}/", parent.map_or("", Self::as_str))))
    }

    /// A path as it was stored.
    pub const fn stored(path: String) -> Self {
        Self(path)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this venue or below it.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The path of the venue above; its own at the top.
    #[must_use]
    pub fn above(&self) -> Self {
        let own = self.0.trim_end_matches('/');
        own.rfind('/').map_or_else(|| self.clone(), |end| Self(own.split_at(end + 1).0.to_owned()))
    }

    /// Its own path and those of the venues above, from its own up.
    pub fn and_above(&self) -> Vec<String> {
        let mut last = self.clone();
        let mut paths = vec![last.0.clone()];
        while last.above() != last {
            last = last.above();
            paths.push(last.0.clone());
        }
        paths
    }

    /// The first text, by bytes, that sorts after every path of the subtree: `0` follows `/`.
    pub fn successor(&self) -> String {
        format!("{}0", self.0.trim_end_matches('/'))
    }
}

impl std::fmt::Display for VenuePath {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_that_begins_alike_is_not_below() {
        let one = VenuePath::below(None, "TZ-1").unwrap();
        let eleven = VenuePath::below(None, "TZ-11").unwrap();
        assert!(!one.covers(&eleven));
    }

    #[test]
    fn above_the_top_is_the_top() {
        let top = VenuePath::below(None, "TZ").unwrap();
        assert_eq!(VenuePath::below(Some(&top), "TZ-ZC").unwrap().above(), top);
        assert_eq!(top.above(), top);
        let below = VenuePath::below(Some(&top), "TZ-ZC").unwrap();
        assert_eq!(below.and_above(), ["TZ/TZ-ZC/", "TZ/"]);
    }

    proptest! {
        #[test]
        fn the_range_scan_finds_exactly_the_subtree(a in "[A-Za-z0-9-]{2,6}", b in "[A-Za-z0-9-]{2,6}", c in "[A-Za-z0-9-]{2,6}") {
            let top = VenuePath::below(None, &a).unwrap();
            for path in [VenuePath::below(Some(&top), &b).unwrap(), VenuePath::below(None, &c).unwrap()] {
                let in_range = path.as_str() >= top.as_str() && path.as_str() < top.successor().as_str();
                prop_assert_eq!(in_range, top.covers(&path));
            }
        }
    }
}
