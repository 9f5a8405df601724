-- Until when a person has read what happened to them.
create table notification_marks (
    account_id uuid primary key references accounts,
    read_at    timestamptz not null
);

create index outbox_by_subject on outbox (subject_id, sequence);
