-- Keys that sign access tokens. The private half is sealed.
create table signing_keys (
    id             text not null primary key,
    sealed_seed    blob not null,
    -- The first key signs at once, later ones after every instance has met them.
    signs_from     integer not null,
    -- Set when a later key takes over: until then tokens that it signed are good.
    verifies_until integer,
    created_at     integer not null
) strict;

-- SHA-256 of each refresh token that was ever given: an old one that comes back ends its family.
create table refresh_tokens (
    hash      blob not null primary key check (length(hash) = 32),
    family_id blob not null references token_families,
    given_at  integer not null,
    used_at   integer
) strict, without rowid;

create index refresh_tokens_by_family on refresh_tokens (family_id);
-- What is too old to be good is forgotten.
create index refresh_tokens_by_time on refresh_tokens (given_at);
create index token_families_by_end on token_families (expires_at);

-- The last one-time code of each telephone number.
create table phone_codes (
    phone_index blob not null primary key,
    code_hash   blob not null,
    expires_at  integer not null,
    -- Wrong tries so far.
    tries       integer not null check (tries >= 0),
    used_at     integer
) strict, without rowid;

-- Municipal systems. Each acts as an account of its own.
create table api_clients (
    id          blob not null primary key,
    account_id  blob not null unique references accounts,
    name        text not null,
    -- SHA-256 of a random secret of 256 bits; null for those that sign assertions.
    secret_hash blob,
    -- A JSON Web Key Set; null for those with a secret.
    key_set     text,
    created_at  integer not null,
    revoked_at  integer,
    check ((secret_hash is null) <> (key_set is null))
) strict;

-- Assertions that were used: each is good once.
create table client_assertions (
    client_id  blob not null references api_clients,
    token_id   text not null,
    expires_at integer not null,
    primary key (client_id, token_id)
) strict, without rowid;

-- People's accounts at WeChat, by keyed hash. Whom a message is for is sealed.
create table wechat_accounts (
    open_id_index  blob not null primary key,
    sealed_open_id blob not null,
    account_id     blob not null unique references accounts
) strict, without rowid;
