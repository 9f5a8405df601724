//! A condition on a column with several values, as a statement that stays prepared.

use diesel::{
    backend::Backend,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate},
    query_builder::{AstPass, QueryFragment, QueryId},
    result::QueryResult,
    serialize::ToSql,
    sql_types::{Bool, HasSqlType},
};

/// `column in (…)`. diesel's `eq_any` is parsed and planned anew at each run on SQLite; this repeats its last value up to
/// a power of two, so that a few texts serve all lengths and stay prepared.
pub fn one_of<C, T>(column: C, values: impl IntoIterator<Item = T>) -> OneOf<C, T> {
    OneOf { column, values: values.into_iter().collect() }
}

/// See [`one_of`].
#[derive(Debug, Clone)]
pub struct OneOf<C, T> {
    column: C,
    values: Vec<T>,
}

impl<C: Expression, T> Expression for OneOf<C, T> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<Q>, T, Q> AppearsOnTable<Q> for OneOf<C, T> {}

impl<C: SelectableExpression<Q>, T, Q> SelectableExpression<Q> for OneOf<C, T> {}

impl<C, T, G> ValidGrouping<G> for OneOf<C, T> {
    type IsAggregate = is_aggregate::No;
}

impl<C, T> QueryId for OneOf<C, T> {
    type QueryId = ();

    // The text is the key under which it stays prepared.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C, T, D> QueryFragment<D> for OneOf<C, T>
where
    D: Backend + HasSqlType<C::SqlType>,
    C: Expression + QueryFragment<D>,
    T: ToSql<C::SqlType, D>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, D>) -> QueryResult<()> {
        let Some(last) = self.values.last() else {
            out.push_sql("1 = 0");
            return Ok(());
        };
        self.column.walk_ast(out.reborrow())?;
        let length = self.values.len().next_power_of_two();
        let padded = self.values.iter().chain(std::iter::repeat(last)).take(length);
        for (number, value) in padded.enumerate() {
            out.push_sql(if number == 0 { " in (" } else { ", " });
            out.push_bind_param::<C::SqlType, T>(value)?;
        }
        out.push_sql(")");
        Ok(())
    }
}
