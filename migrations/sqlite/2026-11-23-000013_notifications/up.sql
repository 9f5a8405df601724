-- What people are told of: each event once a person.
create table notifications (
    id           blob not null primary key,
    account_id   blob not null references accounts,
    event_id     blob not null,
    kind         text not null,
    topic        text not null check (topic in ('membership', 'service', 'points', 'redemption', 'orders')),
    subject_kind text not null,
    subject_id   blob not null,
    -- JSON without personal data.
    data         text not null,
    occurred_at  integer not null,
    read_at      integer,
    unique (event_id, account_id)
) strict;

create index notifications_by_account on notifications (account_id, id);
create index notifications_unread on notifications (account_id, id) where read_at is null;
