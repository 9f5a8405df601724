-- Registered people. What identifies them is sealed; the indexes find it without opening it.
create table volunteers (
    id                     blob not null primary key,
    number                 text not null unique,
    account_id             blob references accounts,
    state                  text not null check (state in ('applied', 'active', 'suspended', 'withdrawn')),
    state_reason           text,
    home_venue_id          blob not null references venues,
    center_id              blob not null references venues,
    real_name              text not null,
    gender                 text not null check (gender in ('female', 'male')),
    -- A JSON list of words.
    skills                 text not null,
    sealed_identity_number blob not null,
    identity_index         blob not null,
    sealed_phone           blob not null,
    phone_index            blob not null,
    sealed_birth_date      blob not null,
    -- JSON: address, emergency contact, guardian.
    sealed_contacts        blob not null,
    guardian_consent_at    integer,
    inducted_at            integer,
    verified_minutes       integer not null check (verified_minutes >= 0),
    version                integer not null check (version > 0),
    created_at             integer not null
) strict;

-- One profile for each identity number; one who withdrew may come back.
create unique index volunteers_by_identity on volunteers (identity_index) where state <> 'withdrawn';
create index volunteers_by_identity_ever on volunteers (identity_index);
create index volunteers_by_phone on volunteers (phone_index);
create index volunteers_by_state on volunteers (state, id);
create index volunteers_by_name on volunteers (real_name);
create index volunteers_by_home on volunteers (home_venue_id, id);
create index volunteers_by_account on volunteers (account_id);

create table consents (
    id           blob not null primary key,
    volunteer_id blob not null references volunteers,
    purpose      text not null check (purpose in ('personal_data', 'location', 'publicity')),
    version      text not null,
    -- Whether a guardian gave it for the volunteer.
    by_guardian  integer not null,
    given_at     integer not null
) strict;

create index consents_by_volunteer on consents (volunteer_id, purpose);
