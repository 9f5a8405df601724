-- Facts that happened, in the transaction in which they happened, on their way to whoever waits for them.
create table outbox (
    sequence     integer primary key autoincrement,
    id           blob not null unique,
    kind         text not null,
    subject_kind text not null,
    subject_id   blob not null,
    data         text not null,
    occurred_at  integer not null,
    delivered_at integer
) strict;

create index outbox_waiting on outbox (sequence) where delivered_at is null;

-- What a caller's key was answered: the same key and request get the same answer for a day.
create table idempotency_keys (
    owner       blob not null,
    key         text not null,
    fingerprint blob not null,
    status      integer not null,
    location    text,
    version     integer,
    sealed_body blob not null,
    created_at  integer not null,
    primary key (owner, key)
) strict, without rowid;

create index idempotency_keys_by_age on idempotency_keys (created_at);
