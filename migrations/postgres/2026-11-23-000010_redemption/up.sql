create table partners (
    id                         uuid primary key,
    name                       text not null,
    kind                       text not null check (kind in ('enterprise', 'shop', 'department', 'goodwill_store')),
    unified_social_credit_code text unique,
    -- The venue whose managers look after it.
    venue_id                   uuid not null references venues,
    address                    text,
    contact                    text,
    version                    bigint not null check (version > 0),
    created_at                 timestamptz not null
);

create index partners_by_venue on partners (venue_id, id);

create table offers (
    id                 uuid primary key,
    partner_id         uuid not null references partners,
    title              text not null,
    description        text,
    category           text not null check (category in ('goods', 'service', 'courtesy')),
    points             bigint not null check (points >= 0),
    stock              bigint not null check (stock >= 0),
    stock_left         bigint not null check (stock_left between 0 and stock),
    limit_per_person   bigint check (limit_per_person > 0),
    -- The days in which the limit counts; null for ever.
    limit_days         bigint check (limit_days > 0),
    voucher_days       bigint not null check (voucher_days > 0),
    minimum_star_level bigint not null check (minimum_star_level between 0 and 5),
    valid_from         timestamptz,
    valid_to           timestamptz check (valid_from < valid_to),
    -- JSON
    places             text not null,
    state              text not null check (state in ('draft', 'in_review', 'published', 'paused', 'ended')),
    return_reason      text,
    created_by         uuid references accounts,
    created_at         timestamptz not null,
    version            bigint not null check (version > 0),
    check (points > 0 or (category = 'courtesy' and minimum_star_level > 0))
);

create index offers_by_state on offers (state, id);
create index offers_by_partner on offers (partner_id, id);

-- One exchange of points for an offer; its voucher carries the same id.
create table redemptions (
    id            uuid primary key,
    offer_id      uuid not null references offers,
    partner_id    uuid not null references partners,
    volunteer_id  uuid not null references points_wallets,
    title         text not null,
    quantity      bigint not null check (quantity > 0),
    points        bigint not null check (points >= 0),
    state         text not null check (state in ('held', 'consumed', 'cancelled', 'expired', 'refunded')),
    -- Keyed hash of the voucher's code, to find it by.
    voucher_index bytea not null unique,
    -- The code, sealed, for its owner.
    sealed_code   bytea not null,
    expires_at    timestamptz not null,
    created_at    timestamptz not null,
    consumed_at   timestamptz check ((consumed_at is not null) = (state in ('consumed', 'refunded'))),
    consumed_by   uuid references accounts,
    ended_at      timestamptz check ((ended_at is not null) = (state in ('cancelled', 'expired', 'refunded'))),
    reason        text,
    version       bigint not null check (version > 0)
);

create index redemptions_by_volunteer on redemptions (volunteer_id, id);
create index redemptions_by_limit on redemptions (volunteer_id, offer_id, created_at);
create index redemptions_by_partner on redemptions (partner_id, id);
create index redemptions_to_expire on redemptions (expires_at) where state = 'held';
create index redemptions_consumed on redemptions (partner_id, consumed_at) where consumed_at is not null;
create index redemptions_refunded on redemptions (partner_id, ended_at) where state = 'refunded';

-- A partner's account of one month, kept from the first confirmation on.
create table partner_statements (
    id                   uuid primary key,
    partner_id           uuid not null references partners,
    month                text collate "C" not null,
    -- JSON: what each offer's vouchers came to.
    lines                text not null,
    ledger_points        bigint not null,
    partner_confirmed_by uuid references accounts,
    partner_confirmed_at timestamptz,
    center_confirmed_by  uuid references accounts,
    center_confirmed_at  timestamptz,
    unique (partner_id, month)
);
