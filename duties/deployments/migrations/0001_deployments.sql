-- Orders, plans, and who stands where. Every row carries its district: it is the distribution key.

-- Standing links: this team answers for that site (挂点直联).
create table links (
    district text not null,
    team uuid not null,
    site uuid not null,
    primary key (team, site)
);
create index links_district on links (district, team);
create index links_site on links (site);

-- A command of the headquarters.
create table orders (
    id uuid primary key,
    district text not null,
    name bytea not null,
    order_at bigint not null,
    set_up_at bigint not null,
    in_place_at bigint not null,
    close_at bigint not null,
    shift_from bigint not null,
    shift_until bigint not null,
    -- the local day of the shift: nobody holds two posts on one day
    day text not null,
    given_by uuid not null,
    given_at bigint not null,
    -- the plan that people were told of
    plan uuid,
    closed_at bigint
);
create index orders_district on orders (district, order_at);

create table order_sites (
    order_id uuid not null,
    district text not null,
    site uuid not null,
    -- the site drops out while the order goes on
    closed_at bigint,
    primary key (order_id, site)
);
create index order_sites_site on order_sites (site, order_id);

-- How many of a role a site needs under an order.
create table posts (
    order_id uuid not null,
    district text not null,
    site uuid not null,
    role text not null,
    headcount bigint not null default 0,
    -- what one more person there would save, in metres: the dual price of the plan that stands
    price bigint not null default 0,
    primary key (order_id, site, role)
);

-- One answer to "who goes where", with the certificate that proves it.
create table plans (
    id uuid primary key,
    order_id uuid not null,
    district text not null,
    number bigint not null,
    -- why it was asked for, as JSON: the whole order, or a shortage to be mended
    cause text not null,
    -- asked, reading, solving, proving, ready, failed
    stage text not null,
    failure text,
    weights text not null,
    asked_by uuid not null,
    asked_at bigint not null,
    ready_at bigint,
    took_ms bigint,
    objective bigint,
    lower_bound bigint,
    pairs bigint,
    people bigint,
    assigned bigint,
    unmet bigint,
    outside_link bigint,
    reserve_used bigint,
    moved bigint,
    called bigint,
    released bigint,
    travel_m bigint,
    published_at bigint,
    withdrawn_at bigint
);
create unique index plans_number on plans (order_id, number);

create table plan_lines (
    plan uuid not null,
    district text not null,
    volunteer uuid not null,
    site uuid not null,
    role text not null,
    distance_m bigint not null,
    reason text not null,
    -- the post held before, in a re-plan
    from_site uuid,
    from_role text,
    primary key (plan, volunteer)
);
create index plan_lines_site on plan_lines (plan, site, role, volunteer);

-- People of the old plan whom a re-plan sends home.
create table plan_releases (
    plan uuid not null,
    district text not null,
    volunteer uuid not null,
    site uuid not null,
    role text not null,
    primary key (plan, volunteer)
);

-- What each post asked for and got, its price (what one more person would save), and why a gap remains.
create table plan_posts (
    plan uuid not null,
    district text not null,
    site uuid not null,
    role text not null,
    need bigint not null,
    crew bigint not null,
    filled bigint not null,
    price bigint not null,
    shortfall text,
    primary key (plan, site, role)
);

create table assignments (
    id uuid primary key,
    district text not null,
    order_id uuid not null,
    volunteer uuid not null,
    day text not null,
    shift_from bigint not null,
    shift_until bigint not null,
    site uuid not null,
    role text not null,
    plan uuid not null,
    distance_m bigint not null,
    reason text not null,
    -- told, acknowledged, arrived, left; ended ones: declined, withdrawn
    state text not null,
    -- the post this one replaces: must be tapped "seen"
    replaces uuid,
    told_at bigint not null,
    acknowledged_at bigint,
    declined_why text,
    declined_note bytea,
    arrived_at bigint,
    -- where somebody really stands, when that is another site
    stands_at uuid,
    left_at bigint,
    ended_at bigint,
    -- the plan that ended it, so that its undoing brings it back
    ended_by uuid
);
create index assignments_ended on assignments (ended_by) where ended_by is not null;
-- Nobody is in two places on one day.
create unique index assignments_once on assignments (volunteer, day) where ended_at is null;
create index assignments_order on assignments (order_id, volunteer);
create index assignments_site on assignments (order_id, site, role, volunteer) where ended_at is null;
create index assignments_plan on assignments (plan);
create index assignments_volunteer on assignments (volunteer, told_at);

create table pins (
    order_id uuid not null,
    district text not null,
    volunteer uuid not null,
    site uuid not null,
    role text not null,
    at bigint not null,
    actor uuid not null,
    primary key (order_id, volunteer)
);

-- Not under this order (site is null), or not at that site.
create table exclusions (
    id uuid primary key,
    order_id uuid not null,
    district text not null,
    volunteer uuid not null,
    site uuid,
    at bigint not null,
    actor uuid not null
);
create unique index exclusions_whole on exclusions (order_id, volunteer) where site is null;
create unique index exclusions_site on exclusions (order_id, volunteer, site) where site is not null;

-- Counts per post, kept in the transaction that changes them.
create table tallies (
    order_id uuid not null,
    district text not null,
    site uuid not null,
    role text not null,
    need bigint not null default 0,
    assigned bigint not null default 0,
    acknowledged bigint not null default 0,
    declined bigint not null default 0,
    arrived bigint not null default 0,
    primary key (order_id, site, role)
);

-- What phones sent: one row per thing that happened at a site, by the id the phone gave it.
create table check_ins (
    id uuid primary key,
    district text not null,
    order_id uuid not null,
    site uuid not null,
    way text not null,
    volunteer uuid not null,
    role text,
    -- the phone's clock, which may be wrong, and ours
    said_at bigint not null,
    received_at bigint not null,
    device text,
    n bigint,
    -- how far from the site the phone said it was
    off_m bigint,
    fingerprint bytea not null,
    attendance uuid,
    undone_at bigint
);
create index check_ins_site on check_ins (order_id, site, received_at);
create index check_ins_volunteer on check_ins (volunteer, received_at);
create index check_ins_device on check_ins (device, n);
