-- Many needs of one category under one venue: a suggestion for a project.
create table common_needs (
    id         uuid not null primary key,
    venue_id   uuid not null references venues,
    category   text not null,
    state      text not null check (state in ('suggested', 'accepted', 'dismissed', 'lapsed')),
    needs      bigint not null check (needs >= 0),
    first_at   timestamptz not null,
    last_at    timestamptz not null,
    project_id uuid unique references projects,
    decided_by uuid references accounts,
    decided_at timestamptz,
    reason     text,
    version    bigint not null check (version > 0),
    check ((decided_at is null) = (state = 'suggested')),
    check ((project_id is not null) = (state = 'accepted')),
    check (state <> 'dismissed' or reason is not null),
    check (first_at <= last_at)
);

create unique index common_needs_open on common_needs (venue_id, category) where state = 'suggested';
create index common_needs_by_age on common_needs (state, last_at);

-- The needs that it rests on. A need counts once.
create table common_need_orders (
    order_id       uuid not null primary key references orders,
    common_need_id uuid not null references common_needs
);

create index common_need_orders_of on common_need_orders (common_need_id, order_id);
