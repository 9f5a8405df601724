-- A person's login. What identifies the person is sealed; the index finds it without opening it.
create table accounts (
    id            blob not null primary key,
    username      text unique check (username = lower(username)),
    display_name  text not null,
    password_hash text,
    sealed_phone  blob,
    phone_index   blob unique,
    -- The person's volunteer profile, which is made later.
    volunteer_id  blob unique,
    state         text not null check (state in ('active', 'closed')),
    -- Made by the demo seed: refused by the production settings.
    demo          integer not null check (demo in (0, 1)),
    version       integer not null check (version > 0),
    created_at    integer not null
) strict;

create table grants (
    id         blob not null primary key,
    account_id blob not null references accounts,
    role       text not null check (role in ('admin', 'manager', 'staff', 'grid_worker', 'instructor', 'team_leader', 'partner_clerk', 'auditor')),
    scope_kind text not null check (scope_kind in ('deployment', 'venue', 'team', 'partner')),
    -- Null for the whole deployment.
    scope_id   blob,
    valid_from integer not null,
    valid_to   integer check (valid_from <= valid_to),
    granted_by blob references accounts,
    check ((scope_kind = 'deployment') = (scope_id is null))
) strict;

create index grants_by_account on grants (account_id, valid_from);
create index grants_by_scope on grants (scope_id, role);
create unique index grants_in_force on grants (account_id, role, scope_kind, coalesce(scope_id, account_id)) where valid_to is null;

-- One login and the refresh tokens that descend from it.
create table token_families (
    id         blob not null primary key,
    account_id blob not null references accounts,
    created_at integer not null,
    expires_at integer not null,
    revoked_at integer
) strict;

create index token_families_by_account on token_families (account_id);

create table audit_records (
    id           blob not null primary key,
    at           integer not null,
    account_id   blob references accounts,
    -- Where the change came from.
    request_id   text,
    address      text,
    operation    text not null,
    subject_kind text not null,
    subject_id   blob,
    -- JSON, personal data masked.
    before       text,
    after        text
) strict;

create index audit_records_by_time on audit_records (at, id);
create index audit_records_by_subject on audit_records (subject_id, at);
create index audit_records_by_account on audit_records (account_id, at);

create trigger audit_records_stay_as_written before update on audit_records
begin select raise(abort, 'audit_records is append-only'); end;

create trigger audit_records_stay before delete on audit_records
begin select raise(abort, 'audit_records is append-only'); end;
