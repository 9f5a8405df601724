-- Registered people. What identifies them is sealed; the indexes find it without opening it.
create table volunteers (
    id                     uuid primary key,
    number                 text not null unique,
    account_id             uuid references accounts,
    state                  text not null check (state in ('applied', 'active', 'suspended', 'withdrawn')),
    state_reason           text,
    home_venue_id          uuid not null references venues,
    center_id              uuid not null references venues,
    real_name              text collate "C" not null,
    gender                 text not null check (gender in ('female', 'male')),
    -- A JSON list of words.
    skills                 text not null,
    sealed_identity_number bytea not null,
    identity_index         bytea not null,
    sealed_phone           bytea not null,
    phone_index            bytea not null,
    sealed_birth_date      bytea not null,
    -- JSON: address, emergency contact, guardian.
    sealed_contacts        bytea not null,
    guardian_consent_at    timestamptz,
    inducted_at            timestamptz,
    verified_minutes       bigint not null check (verified_minutes >= 0),
    version                bigint not null check (version > 0),
    created_at             timestamptz not null
);

-- One profile for each identity number; one who withdrew may come back.
create unique index volunteers_by_identity on volunteers (identity_index) where state <> 'withdrawn';
create index volunteers_by_phone on volunteers (phone_index);
create index volunteers_by_state on volunteers (state, id);
create index volunteers_by_name on volunteers (real_name);
create index volunteers_by_home on volunteers (home_venue_id, id);
create index volunteers_by_account on volunteers (account_id);

create table consents (
    id           uuid primary key,
    volunteer_id uuid not null references volunteers,
    purpose      text not null check (purpose in ('personal_data', 'location', 'publicity')),
    version      text not null,
    -- Whether a guardian gave it for the volunteer.
    by_guardian  boolean not null,
    given_at     timestamptz not null
);

create index consents_by_volunteer on consents (volunteer_id, purpose);
