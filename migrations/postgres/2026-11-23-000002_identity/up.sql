-- A person's login. What identifies the person is sealed; the index finds it without opening it.
create table accounts (
    id            uuid primary key,
    username      text unique check (username = lower(username)),
    display_name  text not null,
    password_hash text,
    sealed_phone  bytea,
    phone_index   bytea unique,
    -- The person's volunteer profile, which is made later.
    volunteer_id  uuid unique,
    state         text not null check (state in ('active', 'closed')),
    -- Made by the demo seed: refused by the production settings.
    demo          boolean not null,
    version       bigint not null check (version > 0),
    created_at    timestamptz not null
);

create table grants (
    id         uuid primary key,
    account_id uuid not null references accounts,
    role       text not null check (role in ('admin', 'manager', 'staff', 'grid_worker', 'instructor', 'team_leader', 'partner_clerk', 'auditor')),
    scope_kind text not null check (scope_kind in ('deployment', 'venue', 'team', 'partner')),
    -- Null for the whole deployment.
    scope_id   uuid,
    valid_from timestamptz not null,
    valid_to   timestamptz check (valid_from <= valid_to),
    granted_by uuid references accounts,
    check ((scope_kind = 'deployment') = (scope_id is null))
);

create index grants_by_account on grants (account_id, valid_from);
create index grants_by_scope on grants (scope_id, role);
create unique index grants_in_force on grants (account_id, role, scope_kind, coalesce(scope_id, account_id)) where valid_to is null;

-- One login and the refresh tokens that descend from it.
create table token_families (
    id         uuid primary key,
    account_id uuid not null references accounts,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz
);

create index token_families_by_account on token_families (account_id);

create table audit_records (
    id           uuid primary key,
    at           timestamptz not null,
    account_id   uuid references accounts,
    -- Where the change came from.
    request_id   text,
    address      text,
    operation    text not null,
    subject_kind text not null,
    subject_id   uuid,
    -- JSON, personal data masked.
    before       text,
    after        text
);

create index audit_records_by_time on audit_records (at, id);
create index audit_records_by_subject on audit_records (subject_id, at);
create index audit_records_by_account on audit_records (account_id, at);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'check_violation';
end $$;

create trigger audit_records_stay before update or delete on audit_records for each row execute function refuse_change();
