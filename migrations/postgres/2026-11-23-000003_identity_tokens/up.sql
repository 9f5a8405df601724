-- Keys that sign access tokens. The private half is sealed.
create table signing_keys (
    id             text primary key,
    sealed_seed    bytea not null,
    -- The first key signs at once, later ones after every instance has met them.
    signs_from     timestamptz not null,
    -- Set when a later key takes over: until then tokens that it signed are good.
    verifies_until timestamptz,
    created_at     timestamptz not null
);

-- SHA-256 of each refresh token that was ever given: an old one that comes back ends its family.
create table refresh_tokens (
    hash      bytea primary key check (length(hash) = 32),
    family_id uuid not null references token_families,
    given_at  timestamptz not null,
    used_at   timestamptz
);

create index refresh_tokens_by_family on refresh_tokens (family_id);
-- What is too old to be good is forgotten.
create index refresh_tokens_by_time on refresh_tokens (given_at);
create index token_families_by_end on token_families (expires_at);

-- The last one-time code of each telephone number.
create table phone_codes (
    phone_index bytea primary key,
    code_hash   bytea not null,
    expires_at  timestamptz not null,
    -- Wrong tries so far.
    tries       bigint not null check (tries >= 0),
    used_at     timestamptz
);

-- Municipal systems. Each acts as an account of its own.
create table api_clients (
    id          uuid primary key,
    account_id  uuid not null unique references accounts,
    name        text not null,
    -- SHA-256 of a random secret of 256 bits; null for those that sign assertions.
    secret_hash bytea,
    -- A JSON Web Key Set; null for those with a secret.
    key_set     text,
    created_at  timestamptz not null,
    revoked_at  timestamptz,
    check ((secret_hash is null) <> (key_set is null))
);

-- Assertions that were used: each is good once.
create table client_assertions (
    client_id  uuid not null references api_clients,
    token_id   text not null,
    expires_at timestamptz not null,
    primary key (client_id, token_id)
);

-- People's accounts at WeChat, by keyed hash. Whom a message is for is sealed.
create table wechat_accounts (
    open_id_index  bytea primary key,
    sealed_open_id bytea not null,
    account_id     uuid not null unique references accounts
);
