-- Where sampling happens. Positions are WGS-84; `origin` says which system they were given in.
create table divisions (
  code text primary key,
  district text not null,
  name text not null,
  latitude double precision,
  longitude double precision,
  boundary text
);
create index divisions_district on divisions (district, code);
create table zones (
  id uuid primary key,
  district text not null,
  name text not null,
  lead_account uuid
);
create index zones_district on zones (district, name, id);
-- `folded` is code and name in lower case, for searching; `digest` tells whether a file says anything new.
create table sites (
  id uuid primary key,
  district text not null,
  code text not null,
  name text not null,
  folded text not null,
  division text not null references divisions (code),
  address text not null,
  latitude double precision not null,
  longitude double precision not null,
  origin text not null,
  zone uuid references zones (id),
  expected_people bigint,
  priority bigint not null,
  digest bytea not null,
  retired_at bigint,
  unique (district, code)
);
create index sites_division on sites (district, division, code);
create index sites_zone on sites (zone);
create table site_needs (
  site uuid not null references sites (id),
  role text not null,
  headcount bigint not null,
  primary key (site, role)
);
create table site_chiefs (
  site uuid primary key references sites (id),
  account uuid not null
);
create index site_chiefs_account on site_chiefs (account);
-- One day of a site under one order, from the command to closing.
create table site_days (
  order_id uuid not null,
  site uuid not null references sites (id),
  prepared_at bigint not null,
  set_up_at bigint,
  opened_at bigint,
  closed_at bigint,
  primary key (order_id, site)
);
create index site_days_site on site_days (site, prepared_at);
-- `at` is when it was done at the site, by the server's clock.
create table checklist_marks (
  order_id uuid not null,
  site uuid not null references sites (id),
  item text not null,
  done boolean not null,
  at bigint not null,
  actor_kind text not null,
  actor uuid not null,
  primary key (order_id, site, item)
);
create table site_heard (
  site uuid primary key references sites (id),
  at bigint not null
);
