-- Photos that people uploaded; their bytes lie in the store, by id.
create table photos (
    id         blob not null primary key,
    account_id blob not null references accounts,
    format     text not null check (format in ('jpeg', 'png', 'webp')),
    bytes      integer not null check (bytes > 0),
    sha256     blob not null check (length(sha256) = 32),
    state      text not null check (state in ('arriving', 'waiting', 'attached', 'leaving')),
    since      integer not null,
    created_at integer not null,
    -- The same bytes of one person are the same photo.
    unique (account_id, sha256)
) strict;

create index photos_unattached on photos (since) where state <> 'attached';
create index photos_unattached_by_account on photos (account_id) where state <> 'attached';
