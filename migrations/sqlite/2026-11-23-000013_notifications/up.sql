-- Until when a person has read what happened to them.
create table notification_marks (
    account_id blob not null primary key references accounts,
    read_at    integer not null
) strict;

create index outbox_by_subject on outbox (subject_id, sequence);
