//! Closed sets of words: each is an enum in code and one `snake_case` word in JSON, in a column and in a log.

/// A word that is not in its vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not one of {allowed}")]
pub struct UnknownWord {
    pub word: String,
    /// The words that are, separated by commas.
    pub allowed: String,
}

/// Declares an enum whose variants each have one word: [`plain_vocabulary`], kept in columns under the feature `diesel`
/// and with a schema under the feature `openapi`.
macro_rules! vocabulary {
    ($(#[$meta:meta])* pub enum $name:ident { $($variants:tt)+ }) => {
        $crate::plain_vocabulary! {
            $(#[$meta])*
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
            #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
            #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
            pub enum $name { $($variants)+ }
        }

        #[cfg(feature = "diesel")]
        word_column!($name);
    };
}

/// Declares an enum whose variants each have one word: gives `ALL`, `as_str`, `Display`, `FromStr`, and serde by the word.
#[macro_export]
macro_rules! plain_vocabulary {
    // `tt`: utoipa does not see through the group that `literal` would wrap a word in, and would publish the variant's name.
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:tt),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word of the vocabulary, in its declared order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for this variant.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownWord { word: word.to_owned(), allowed: [$($word),+].join(", ") }),
                }
            }
        }
    };
}
