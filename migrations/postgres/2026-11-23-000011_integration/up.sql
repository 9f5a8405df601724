-- Facts that happened, in the transaction in which they happened, on their way to whoever waits for them.
create table outbox (
    sequence     bigint generated always as identity primary key,
    id           uuid not null unique,
    kind         text not null,
    subject_kind text not null,
    subject_id   uuid not null,
    data         text not null,
    occurred_at  timestamptz not null,
    delivered_at timestamptz
);

create index outbox_waiting on outbox (sequence) where delivered_at is null;

-- What a caller's key was answered: the same key and request get the same answer for a day.
create table idempotency_keys (
    owner       uuid not null,
    key         text not null,
    fingerprint bytea not null,
    status      integer not null,
    location    text,
    version     bigint,
    sealed_body bytea not null,
    created_at  timestamptz not null,
    primary key (owner, key)
);

create index idempotency_keys_by_age on idempotency_keys (created_at);
