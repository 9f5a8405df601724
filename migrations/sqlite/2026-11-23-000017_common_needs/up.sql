-- Many needs of one category under one venue: a suggestion for a project.
create table common_needs (
    id         blob not null primary key,
    venue_id   blob not null references venues,
    category   text not null,
    state      text not null check (state in ('suggested', 'accepted', 'dismissed', 'lapsed')),
    needs      integer not null check (needs >= 0),
    first_at   integer not null,
    last_at    integer not null,
    project_id blob unique references projects,
    decided_by blob references accounts,
    decided_at integer,
    reason     text,
    version    integer not null check (version > 0),
    check ((decided_at is null) = (state = 'suggested')),
    check ((project_id is not null) = (state = 'accepted')),
    check (state <> 'dismissed' or reason is not null),
    check (first_at <= last_at)
) strict;

create unique index common_needs_open on common_needs (venue_id, category) where state = 'suggested';
create index common_needs_by_age on common_needs (state, last_at);

-- The needs that it rests on. A need counts once.
create table common_need_orders (
    order_id       blob not null primary key references orders,
    common_need_id blob not null references common_needs
) strict;

create index common_need_orders_of on common_need_orders (common_need_id, order_id);
