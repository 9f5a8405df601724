-- What a person has: the sums of the person's entries, kept so that a spend locks one row and reads no history.
create table points_wallets (
    owner_id  uuid primary key references volunteers,
    -- What expires falls back to this center.
    center_id uuid not null references venues,
    available bigint not null check (available >= 0),
    held      bigint not null check (held >= 0),
    owed      bigint not null check (owed >= 0),
    -- Minutes served that have not made a point yet.
    carried   bigint not null check (carried >= 0),
    -- How many transactions it has had.
    version   bigint not null check (version >= 0)
);

-- The part of a wallet that expires at one moment.
create table points_lots (
    owner_id   uuid not null references points_wallets,
    expires_at timestamptz not null,
    available  bigint not null check (available >= 0),
    held       bigint not null check (held >= 0),
    primary key (owner_id, expires_at)
);

create index points_lots_to_expire on points_lots (expires_at, owner_id) where available > 0;

create table points_transactions (
    id              uuid primary key,
    kind            text not null check (kind in ('earn', 'hold', 'release', 'consume', 'refund', 'expire', 'adjust', 'reverse')),
    source_kind     text not null check (source_kind in ('service_record', 'redemption', 'adjustment', 'points_transaction', 'expiry')),
    source_id       uuid not null,
    owner_id        uuid not null references points_wallets,
    -- What the wallet's available points changed by, and were after it.
    points          bigint not null,
    available_after bigint not null check (available_after >= 0),
    -- Its place in the wallet's history.
    sequence        bigint not null check (sequence > 0),
    reverses_id     uuid unique references points_transactions,
    memo            text not null,
    posted_at       timestamptz not null,
    unique (source_id, kind),
    unique (owner_id, sequence),
    check ((kind = 'reverse') = (reverses_id is not null))
);

create index points_transactions_by_time on points_transactions (posted_at, id);

create table points_entries (
    transaction_id uuid not null references points_transactions,
    line           bigint not null,
    owner_kind     text not null check (owner_kind in ('volunteer', 'center', 'partner')),
    owner_id       uuid not null,
    purse          text not null check (purse in ('available', 'held', 'owed', 'issued', 'expired', 'redeemed')),
    -- The lot, where the account lies in lots.
    expires_at     timestamptz check ((expires_at is not null) = (purse in ('available', 'held'))),
    points         bigint not null check (points <> 0),
    posted_at      timestamptz not null,
    primary key (transaction_id, line)
);

create index points_entries_by_account on points_entries (owner_id, purse, posted_at);

create trigger points_transactions_stay before update or delete on points_transactions for each row execute function refuse_change();
create trigger points_entries_stay before update or delete on points_entries for each row execute function refuse_change();

create function points_sum_to_zero() returns trigger language plpgsql as $$
begin
    if (select sum(points) from points_entries where transaction_id = new.transaction_id) <> 0 then
        raise exception 'the entries of % do not sum to zero', new.transaction_id using errcode = 'check_violation';
    end if;
    return null;
end $$;

create constraint trigger points_entries_balance after insert on points_entries
    deferrable initially deferred for each row when (new.line = 0) execute function points_sum_to_zero();

-- One version of a center's rules for earning points.
create table earning_rules (
    id          uuid primary key,
    center_id   uuid not null references venues,
    title       text not null,
    state       text not null check (state in ('draft', 'active', 'ended')),
    -- JSON: the rules in their order.
    rules       text not null,
    day_cap     bigint check (day_cap > 0),
    month_cap   bigint check (month_cap > 0),
    created_by  uuid references accounts,
    created_at  timestamptz not null,
    active_from timestamptz,
    active_to   timestamptz,
    version     bigint not null check (version > 0)
);

create unique index earning_rules_in_force on earning_rules (center_id) where state = 'active';
create index earning_rules_by_center on earning_rules (center_id, id);

-- What each verified service record earned, with what the rules saw of it: a draft is simulated on these.
create table points_credits (
    record_id      uuid primary key,
    volunteer_id   uuid not null references points_wallets,
    center_id      uuid not null references venues,
    -- Null where the center had no rules of its own.
    rules_id       uuid references earning_rules,
    activity_kind  text not null,
    category       text,
    position_name  text not null,
    promotion_day  boolean not null,
    star_level     bigint not null check (star_level between 0 and 5),
    measured       boolean not null,
    served_on      text collate "C" not null,
    minutes        bigint not null check (minutes >= 0),
    points         bigint not null check (points >= 0),
    -- How many more minutes were carried over after it than before.
    carried_change bigint not null,
    -- Null where it made no whole point.
    transaction_id uuid unique references points_transactions,
    reversed_at    timestamptz
);

create index points_credits_by_day on points_credits (volunteer_id, served_on);
create index points_credits_by_center on points_credits (center_id, served_on, record_id);

create table points_adjustments (
    id           uuid primary key,
    volunteer_id uuid not null references volunteers,
    -- The center that gives or takes.
    center_id    uuid not null references venues,
    points       bigint not null check (points <> 0),
    reason       text not null,
    state        text not null check (state in ('pending', 'posted', 'declined')),
    asked_by     uuid references accounts,
    asked_at     timestamptz not null,
    decided_by   uuid references accounts,
    decided_at   timestamptz,
    check (asked_by <> decided_by or state <> 'posted')
);

create index points_adjustments_by_center on points_adjustments (center_id, state, id);

-- Who was told of points that expire, so that each is told once.
create table points_notices (
    owner_id   uuid not null references points_wallets,
    expires_at timestamptz not null,
    days       bigint not null check (days > 0),
    primary key (owner_id, expires_at, days)
);
