//! The tables, as both migrations make them. One section a slice.

#![allow(
    clippy::wildcard_imports,
    reason = "each table names its columns' types by the same set of words"
)]

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

// venues
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    venues (id) {
        id -> Id,
        code -> Text,
        kind -> Text,
        name -> Text,
        parent_id -> Nullable<Id>,
        path -> Text,
        center_id -> Nullable<Id>,
        state -> Text,
        region_code -> Nullable<Text>,
        address -> Nullable<Text>,
        longitude -> Double,
        latitude -> Double,
        opening_hours -> Nullable<Text>,
        functions -> Text,
        platforms -> Text,
        contact -> Nullable<Text>,
        head -> Nullable<Text>,
        photos -> Text,
        trusted -> Bool,
        version -> BigInt,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    center_rules (center_id) {
        center_id -> Id,
        least_share -> BigInt,
        promotion_day -> Nullable<BigInt>,
        induction -> Text,
        common_needs_threshold -> BigInt,
        version -> BigInt,
    }
}

// identity
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    accounts (id) {
        id -> Id,
        username -> Nullable<Text>,
        display_name -> Text,
        password_hash -> Nullable<Text>,
        sealed_phone -> Nullable<Binary>,
        phone_index -> Nullable<Binary>,
        volunteer_id -> Nullable<Id>,
        state -> Text,
        demo -> Bool,
        version -> BigInt,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    grants (id) {
        id -> Id,
        account_id -> Id,
        role -> Text,
        scope_kind -> Text,
        scope_id -> Nullable<Id>,
        valid_from -> Instant,
        valid_to -> Nullable<Instant>,
        granted_by -> Nullable<Id>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    token_families (id) {
        id -> Id,
        account_id -> Id,
        created_at -> Instant,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    audit_records (id) {
        id -> Id,
        at -> Instant,
        account_id -> Nullable<Id>,
        request_id -> Nullable<Text>,
        address -> Nullable<Text>,
        operation -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<Id>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    signing_keys (id) {
        id -> Text,
        sealed_seed -> Binary,
        signs_from -> Instant,
        verifies_until -> Nullable<Instant>,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    refresh_tokens (hash) {
        hash -> Binary,
        family_id -> Id,
        given_at -> Instant,
        used_at -> Nullable<Instant>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    phone_codes (phone_index) {
        phone_index -> Binary,
        code_hash -> Binary,
        expires_at -> Instant,
        tries -> BigInt,
        used_at -> Nullable<Instant>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    api_clients (id) {
        id -> Id,
        account_id -> Id,
        name -> Text,
        secret_hash -> Nullable<Binary>,
        key_set -> Nullable<Text>,
        created_at -> Instant,
        revoked_at -> Nullable<Instant>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    client_assertions (client_id, token_id) {
        client_id -> Id,
        token_id -> Text,
        expires_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    wechat_accounts (open_id_index) {
        open_id_index -> Binary,
        sealed_open_id -> Binary,
        account_id -> Id,
    }
}

// volunteers
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    volunteers (id) {
        id -> Id,
        number -> Text,
        account_id -> Nullable<Id>,
        state -> Text,
        state_reason -> Nullable<Text>,
        home_venue_id -> Id,
        center_id -> Id,
        real_name -> Text,
        gender -> Text,
        skills -> Text,
        sealed_identity_number -> Binary,
        identity_index -> Binary,
        sealed_phone -> Binary,
        phone_index -> Binary,
        sealed_birth_date -> Binary,
        sealed_contacts -> Binary,
        guardian_consent_at -> Nullable<Instant>,
        inducted_at -> Nullable<Instant>,
        verified_minutes -> BigInt,
        version -> BigInt,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    consents (id) {
        id -> Id,
        volunteer_id -> Id,
        purpose -> Text,
        version -> Text,
        by_guardian -> Bool,
        given_at -> Instant,
    }
}

// teams
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    teams (id) {
        id -> Id,
        name -> Text,
        level -> Text,
        parent_id -> Nullable<Id>,
        home_venue_id -> Id,
        categories -> Text,
        introduction -> Nullable<Text>,
        leader_id -> Nullable<Id>,
        state -> Text,
        state_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    team_members (team_id, volunteer_id) {
        team_id -> Id,
        volunteer_id -> Id,
        state -> Text,
        since -> Instant,
    }
}

// projects
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    projects (id) {
        id -> Id,
        title -> Text,
        summary -> Nullable<Text>,
        owner_venue_id -> Id,
        team_id -> Nullable<Id>,
        category -> Text,
        goals -> Text,
        orderable -> Bool,
        order_note -> Nullable<Text>,
        state -> Text,
        state_reason -> Nullable<Text>,
        author_id -> Nullable<Id>,
        version -> BigInt,
        created_at -> Instant,
    }
}

// activities
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    activities (id) {
        id -> Id,
        title -> Text,
        description -> Nullable<Text>,
        kind -> Text,
        category -> Nullable<Text>,
        host_venue_id -> Id,
        project_id -> Nullable<Id>,
        team_id -> Nullable<Id>,
        state -> Text,
        state_reason -> Nullable<Text>,
        author_id -> Nullable<Id>,
        version -> BigInt,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    sessions (id) {
        id -> Id,
        activity_id -> Id,
        host_venue_id -> Id,
        center_id -> Id,
        team_id -> Nullable<Id>,
        starts_at -> Instant,
        ends_at -> Instant,
        breaks -> Text,
        place -> Text,
        longitude -> Double,
        latitude -> Double,
        signup_opens_at -> Nullable<Instant>,
        signup_closes_at -> Nullable<Instant>,
        check_in_radius -> Nullable<BigInt>,
        home_visit -> Bool,
        high_risk -> Bool,
        insurance_policy -> Nullable<Text>,
        state -> Text,
        version -> BigInt,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    positions (id) {
        id -> Id,
        session_id -> Id,
        name -> Text,
        headcount -> BigInt,
        requirements -> Text,
        confirmed -> BigInt,
        offered -> BigInt,
        waitlisted -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    signups (id) {
        id -> Id,
        session_id -> Id,
        position_id -> Id,
        volunteer_id -> Id,
        state -> Text,
        offered_until -> Nullable<Instant>,
        must_confirm -> Bool,
        starts_at -> Instant,
        ends_at -> Instant,
        created_at -> Instant,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    signup_reliefs (id) {
        id -> Id,
        volunteer_id -> Id,
        reason -> Text,
        relieved_at -> Instant,
    }
}

// attendance
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    service_records (id) {
        id -> Id,
        session_id -> Id,
        activity_id -> Id,
        volunteer_id -> Id,
        stay -> BigInt,
        position_name -> Text,
        class -> Text,
        state -> Text,
        checked_in_at -> Instant,
        checked_out_at -> Nullable<Instant>,
        raw_minutes -> BigInt,
        minutes -> BigInt,
        points -> Nullable<BigInt>,
        flags -> Text,
        reason -> Nullable<Text>,
        served_on -> Text,
        entered_by -> Nullable<Id>,
        decided_by -> Nullable<Id>,
        disputed_at -> Nullable<Instant>,
        dispute -> Nullable<Text>,
        dispute_answer -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    scans (id) {
        id -> Id,
        record_id -> Id,
        volunteer_id -> Id,
        direction -> Text,
        means -> Text,
        scanned_at -> Instant,
        received_at -> Instant,
        device -> Nullable<Text>,
        longitude -> Nullable<Double>,
        latitude -> Nullable<Double>,
        entered_by -> Nullable<Id>,
        upload_key -> Nullable<Text>,
    }
}

// points
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    points_wallets (owner_id) {
        owner_id -> Id,
        center_id -> Id,
        available -> BigInt,
        held -> BigInt,
        owed -> BigInt,
        carried -> BigInt,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    points_lots (owner_id, expires_at) {
        owner_id -> Id,
        expires_at -> Instant,
        available -> BigInt,
        held -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    points_transactions (id) {
        id -> Id,
        kind -> Text,
        source_kind -> Text,
        source_id -> Id,
        owner_id -> Id,
        points -> BigInt,
        available_after -> BigInt,
        sequence -> BigInt,
        reverses_id -> Nullable<Id>,
        memo -> Text,
        posted_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    points_entries (transaction_id, line) {
        transaction_id -> Id,
        line -> BigInt,
        owner_kind -> Text,
        owner_id -> Id,
        purse -> Text,
        expires_at -> Nullable<Instant>,
        points -> BigInt,
        posted_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    earning_rules (id) {
        id -> Id,
        center_id -> Id,
        title -> Text,
        state -> Text,
        rules -> Text,
        day_cap -> Nullable<BigInt>,
        month_cap -> Nullable<BigInt>,
        created_by -> Nullable<Id>,
        created_at -> Instant,
        active_from -> Nullable<Instant>,
        active_to -> Nullable<Instant>,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    points_credits (record_id) {
        record_id -> Id,
        volunteer_id -> Id,
        center_id -> Id,
        rules_id -> Nullable<Id>,
        activity_kind -> Text,
        category -> Nullable<Text>,
        position_name -> Text,
        promotion_day -> Bool,
        star_level -> BigInt,
        measured -> Bool,
        served_on -> Text,
        minutes -> BigInt,
        points -> BigInt,
        carried_change -> BigInt,
        transaction_id -> Nullable<Id>,
        reversed_at -> Nullable<Instant>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    points_adjustments (id) {
        id -> Id,
        volunteer_id -> Id,
        center_id -> Id,
        points -> BigInt,
        reason -> Text,
        state -> Text,
        asked_by -> Nullable<Id>,
        asked_at -> Instant,
        decided_by -> Nullable<Id>,
        decided_at -> Nullable<Instant>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    points_notices (owner_id, expires_at, days) {
        owner_id -> Id,
        expires_at -> Instant,
        days -> BigInt,
    }
}

// redemption
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    partners (id) {
        id -> Id,
        name -> Text,
        kind -> Text,
        unified_social_credit_code -> Nullable<Text>,
        venue_id -> Id,
        address -> Nullable<Text>,
        contact -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    offers (id) {
        id -> Id,
        partner_id -> Id,
        title -> Text,
        description -> Nullable<Text>,
        category -> Text,
        points -> BigInt,
        stock -> BigInt,
        stock_left -> BigInt,
        limit_per_person -> Nullable<BigInt>,
        limit_days -> Nullable<BigInt>,
        voucher_days -> BigInt,
        minimum_star_level -> BigInt,
        valid_from -> Nullable<Instant>,
        valid_to -> Nullable<Instant>,
        places -> Text,
        state -> Text,
        return_reason -> Nullable<Text>,
        created_by -> Nullable<Id>,
        created_at -> Instant,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    redemptions (id) {
        id -> Id,
        offer_id -> Id,
        partner_id -> Id,
        volunteer_id -> Id,
        title -> Text,
        quantity -> BigInt,
        points -> BigInt,
        state -> Text,
        voucher_index -> Binary,
        sealed_code -> Binary,
        expires_at -> Instant,
        created_at -> Instant,
        consumed_at -> Nullable<Instant>,
        consumed_by -> Nullable<Id>,
        ended_at -> Nullable<Instant>,
        reason -> Nullable<Text>,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    partner_statements (id) {
        id -> Id,
        partner_id -> Id,
        month -> Text,
        lines -> Text,
        ledger_points -> BigInt,
        partner_confirmed_by -> Nullable<Id>,
        partner_confirmed_at -> Nullable<Instant>,
        center_confirmed_by -> Nullable<Id>,
        center_confirmed_at -> Nullable<Instant>,
    }
}

// integration
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    outbox (sequence) {
        sequence -> BigInt,
        id -> Id,
        kind -> Text,
        subject_kind -> Text,
        subject_id -> Id,
        data -> Text,
        occurred_at -> Instant,
        delivered_at -> Nullable<Instant>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    idempotency_keys (owner, key) {
        owner -> Id,
        key -> Text,
        fingerprint -> Binary,
        status -> Integer,
        location -> Nullable<Text>,
        version -> Nullable<BigInt>,
        sealed_body -> Binary,
        created_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    jobs (name) {
        name -> Text,
        due_at -> Instant,
        leased_until -> Nullable<Instant>,
        last_success_at -> Nullable<Instant>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    markers (name) {
        name -> Text,
        value -> Text,
    }
}

// identity

// volunteers

// teams

// projects

// activities

// attendance

// points

// redemption
// notifications
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    notifications (id) {
        id -> Id,
        account_id -> Id,
        event_id -> Id,
        kind -> Text,
        topic -> Text,
        subject_kind -> Text,
        subject_id -> Id,
        data -> Text,
        occurred_at -> Instant,
        read_at -> Nullable<Instant>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    notification_preferences (account_id) {
        account_id -> Id,
        wishes -> Text,
        urgent_by_sms -> Bool,
        quiet_from -> Nullable<BigInt>,
        quiet_to -> Nullable<BigInt>,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    wechat_subscriptions (account_id, template_id) {
        account_id -> Id,
        template_id -> Text,
        granted -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    deliveries (id) {
        id -> Id,
        notification_id -> Id,
        channel -> Text,
        state -> Text,
        due_at -> Instant,
        attempts -> BigInt,
        last_error -> Nullable<Text>,
    }
}

// orders
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    work_days (day) {
        day -> Text,
        kind -> Text,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    orders (id) {
        id -> Id,
        number -> Text,
        source -> Text,
        care_plan_id -> Nullable<Id>,
        venue_id -> Id,
        station_id -> Nullable<Id>,
        institute_id -> Nullable<Id>,
        center_id -> Id,
        category -> Text,
        urgency -> Text,
        created_at -> Instant,
        state -> Text,
        tier -> Text,
        holder_id -> Id,
        team_id -> Nullable<Id>,
        clock -> Nullable<Text>,
        due_at -> Nullable<Instant>,
        lapsed_at -> Nullable<Instant>,
        attention_at -> Instant,
        round -> BigInt,
        hops -> BigInt,
        returned_by -> Text,
        former_team_id -> Nullable<Id>,
        paused_minutes -> BigInt,
        open_call -> Bool,
        session_id -> Nullable<Id>,
        confirmed -> Bool,
        ended_at -> Nullable<Instant>,
        into_order_id -> Nullable<Id>,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    needs (order_id) {
        order_id -> Id,
        requester_id -> Nullable<Id>,
        client_reference -> Nullable<Text>,
        external_number -> Nullable<Text>,
        title -> Text,
        text -> Nullable<Text>,
        skill -> Nullable<Text>,
        place -> Nullable<Text>,
        longitude -> Double,
        latitude -> Double,
        wished_from -> Nullable<Instant>,
        wished_to -> Nullable<Instant>,
        priority_groups -> Text,
        photos -> Text,
        person -> Nullable<Binary>,
        person_index -> Nullable<Binary>,
        reported_at -> Instant,
        project_id -> Nullable<Id>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    order_events (order_id, number) {
        order_id -> Id,
        number -> BigInt,
        command -> Text,
        party -> Text,
        account_id -> Nullable<Id>,
        at -> Instant,
        reason -> Nullable<Text>,
        state -> Text,
        tier -> Text,
        clock -> Nullable<Text>,
        due_at -> Nullable<Instant>,
        team_id -> Nullable<Id>,
        session_id -> Nullable<Id>,
        paused_minutes -> Nullable<BigInt>,
        open_call -> Bool,
        data -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    order_offers (order_id, wave, team_id) {
        order_id -> Id,
        wave -> BigInt,
        team_id -> Id,
        state -> Text,
        offered_at -> Instant,
        answered_at -> Nullable<Instant>,
        reason -> Nullable<Text>,
        rank -> Nullable<BigInt>,
        score -> Nullable<BigInt>,
        overridden -> Bool,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    order_ratings (order_id, round) {
        order_id -> Id,
        round -> BigInt,
        team_id -> Id,
        attitude -> BigInt,
        quality -> BigInt,
        timeliness -> BigInt,
        overall -> BigInt,
        outcome -> Text,
        comment -> Nullable<Text>,
        rated_by -> Nullable<Id>,
        rated_at -> Instant,
        appeal -> Nullable<Text>,
        appeal_reason -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    team_reach (venue_id, category, team_id) {
        venue_id -> Id,
        category -> Text,
        team_id -> Id,
        last_asked_at -> Instant,
        longitude -> Double,
        latitude -> Double,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    team_loads (team_id) {
        team_id -> Id,
        open_orders -> BigInt,
        offers -> BigInt,
        answered -> BigInt,
        accepted -> BigInt,
        ratings -> BigInt,
        stars -> BigInt,
        points -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    order_code_messages (order_id, round) {
        order_id -> Id,
        round -> BigInt,
        id -> Id,
        state -> Text,
        due_at -> Instant,
        attempts -> BigInt,
        last_error -> Nullable<Text>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    team_rewards (order_id, round) {
        order_id -> Id,
        round -> BigInt,
        team_id -> Id,
        points -> BigInt,
        given_at -> Instant,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    matching_weights (center_id) {
        center_id -> Id,
        weights -> Text,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    order_stories (order_id) {
        order_id -> Id,
        center_id -> Id,
        station_id -> Nullable<Id>,
        team_id -> Id,
        category -> Text,
        title -> Text,
        text -> Text,
        photos -> Text,
        published_at -> Instant,
        published_by -> Nullable<Id>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    care_plans (id) {
        id -> Id,
        venue_id -> Id,
        center_id -> Id,
        category -> Text,
        title -> Text,
        text -> Nullable<Text>,
        skill -> Nullable<Text>,
        place -> Nullable<Text>,
        longitude -> Double,
        latitude -> Double,
        urgency -> Text,
        priority_groups -> Text,
        rhythm -> Text,
        weather -> Nullable<Text>,
        lead_minutes -> BigInt,
        visit_minutes -> BigInt,
        from_day -> Text,
        until_day -> Nullable<Text>,
        person -> Nullable<Binary>,
        person_index -> Nullable<Binary>,
        consent_at -> Instant,
        consent_by -> Nullable<Id>,
        state -> Text,
        created_by -> Nullable<Id>,
        created_at -> Instant,
        settled_until -> Instant,
        next_look_at -> Nullable<Instant>,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    care_plan_orders (care_plan_id, due_at) {
        care_plan_id -> Id,
        due_at -> Instant,
        order_id -> Nullable<Id>,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    weather_switches (center_id, day, kind) {
        center_id -> Id,
        day -> Text,
        kind -> Text,
        switched_by -> Nullable<Id>,
        switched_at -> Instant,
    }
}

// common needs
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    common_needs (id) {
        id -> Id,
        venue_id -> Id,
        category -> Text,
        state -> Text,
        needs -> BigInt,
        first_at -> Instant,
        last_at -> Instant,
        project_id -> Nullable<Id>,
        decided_by -> Nullable<Id>,
        decided_at -> Nullable<Instant>,
        reason -> Nullable<Text>,
        version -> BigInt,
    }
}
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    common_need_orders (order_id) {
        order_id -> Id,
        common_need_id -> Id,
    }
}

joinable!(common_needs -> venues (venue_id));
joinable!(common_need_orders -> common_needs (common_need_id));
joinable!(common_need_orders -> orders (order_id));

joinable!(needs -> orders (order_id));
joinable!(care_plans -> venues (venue_id));
joinable!(care_plan_orders -> orders (order_id));
joinable!(orders -> venues (venue_id));
joinable!(order_events -> orders (order_id));
joinable!(order_offers -> orders (order_id));
joinable!(order_ratings -> orders (order_id));
joinable!(team_reach -> teams (team_id));
// photos
table! {
    use diesel::sql_types::*;
    use crate::columns::*;
    photos (id) {
        id -> Id,
        account_id -> Id,
        format -> Text,
        bytes -> BigInt,
        sha256 -> Binary,
        state -> Text,
        since -> Instant,
        created_at -> Instant,
    }
}

joinable!(offers -> partners (partner_id));
joinable!(partners -> venues (venue_id));
joinable!(redemptions -> partners (partner_id));

joinable!(service_records -> sessions (session_id));
joinable!(scans -> service_records (record_id));
joinable!(activities -> venues (host_venue_id));
joinable!(sessions -> activities (activity_id));
joinable!(positions -> sessions (session_id));
joinable!(signups -> sessions (session_id));
joinable!(signups -> positions (position_id));
joinable!(signups -> volunteers (volunteer_id));
joinable!(projects -> venues (owner_venue_id));
joinable!(teams -> venues (home_venue_id));
joinable!(team_members -> teams (team_id));
joinable!(team_members -> volunteers (volunteer_id));
joinable!(grants -> accounts (account_id));
joinable!(token_families -> accounts (account_id));
joinable!(refresh_tokens -> token_families (family_id));
joinable!(api_clients -> accounts (account_id));

allow_tables_to_appear_in_same_query!(
    venues,
    center_rules,
    accounts,
    grants,
    token_families,
    audit_records,
    signing_keys,
    refresh_tokens,
    phone_codes,
    api_clients,
    client_assertions,
    wechat_accounts,
    outbox,
    idempotency_keys,
    jobs,
    markers,
    notifications,
    // orders
    work_days,
    orders,
    needs,
    order_events,
    order_offers,
    order_ratings,
    team_reach,
    team_loads,
    team_rewards,
    order_code_messages,
    matching_weights,
    order_stories,
    common_needs,
    common_need_orders,
    care_plans,
    care_plan_orders,
    weather_switches,
    notification_preferences,
    wechat_subscriptions,
    deliveries,
    // identity
    // volunteers
    volunteers,
    consents,
    // teams
    teams,
    team_members,
    // projects
    projects,
    // activities
    activities,
    sessions,
    positions,
    signups,
    signup_reliefs,
    // attendance
    service_records,
    scans,
    // points
    points_wallets,
    points_lots,
    points_transactions,
    points_entries,
    earning_rules,
    points_credits,
    points_adjustments,
    points_notices,
    // redemption
    partners,
    offers,
    redemptions,
    partner_statements,
    // photos
    photos,
);
