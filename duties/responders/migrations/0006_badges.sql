-- Badges are found without an index a person: codes for many are drawn along a stretch, and a stretch keeps them in order
-- beside the ids they belong to. Those given one by one have an index of their own.
create table badge_stretches (
  district text not null,
  lowest text not null,
  highest text not null,
  -- The ids of its people count up from here.
  first_id uuid not null,
  -- Ten letters a person, in ascending order.
  badges bytea not null,
  primary key (district, lowest, highest)
);
create table single_badges (
  district text not null,
  badge text not null,
  volunteer uuid not null,
  primary key (district, badge)
);
insert into single_badges (district, badge, volunteer) select district, badge, id from volunteers;
-- A constraint cannot be taken from a table on both engines in the same words: the table is made anew without it, and with it
-- those that refer to it.
drop index volunteers_team;
drop index volunteers_window;
drop index volunteers_left;
drop index attendances_open;
drop index attendances_on_duty;
drop index attendances_volunteer;
drop index attendances_site;
drop index attendances_day;
drop index deeds_volunteer;
drop index deeds_state;
drop index corrections_volunteer;
drop index corrections_open;
drop index commendations_listed;
alter table corrections rename to corrections_before;
alter table commendations rename to commendations_before;
alter table deeds rename to deeds_before;
alter table attendances rename to attendances_before;
alter table volunteers rename to volunteers_before;
create table volunteers (
  id uuid primary key,
  district text not null,
  code text not null,
  -- Name, telephone number and e-mail address, sealed as one.
  person bytea not null,
  lot bigint not null,
  -- No foreign key: the file's reader looks each team up, teams are never deleted, and a check a row costs more than a column.
  team uuid not null,
  latitude double precision not null,
  longitude double precision not null,
  roles bigint not null,
  languages text not null,
  reserve boolean not null,
  available_from bigint,
  available_until bigint,
  nights_in_a_row bigint not null,
  badge text not null,
  digest bytea not null,
  left_at bigint,
  -- Who has left, and of whom nothing is known any more but the code and what they did.
  erased_at bigint,
  unique (district, code)
);
insert into volunteers (id, district, code, person, lot, team, latitude, longitude, roles, languages, reserve, available_from,
    available_until, nights_in_a_row, badge, digest, left_at, erased_at)
  select id, district, code, person, lot, team, latitude, longitude, roles, languages, reserve, available_from,
    available_until, nights_in_a_row, badge, digest, left_at, erased_at
  from volunteers_before order by id;
create index volunteers_team on volunteers (team, code);
create index volunteers_window on volunteers (team, available_from, available_until, left_at)
  where available_from is not null or available_until is not null;
create index volunteers_left on volunteers (district, left_at) where left_at is not null and erased_at is null;
-- One stay at a site, from check-in to check-out.
create table attendances (
  id uuid primary key,
  district text not null,
  volunteer uuid not null references volunteers (id),
  team uuid not null,
  order_id uuid not null,
  site uuid not null,
  -- The site's name as it was that day: own records are read long after.
  site_name text not null,
  role text,
  due_at bigint,
  in_at bigint not null,
  in_by uuid not null,
  out_at bigint,
  out_by uuid,
  undone_at bigint
);
insert into attendances (id, district, volunteer, team, order_id, site, site_name, role, due_at, in_at, in_by, out_at, out_by,
    undone_at)
  select id, district, volunteer, team, order_id, site, site_name, role, due_at, in_at, in_by, out_at, out_by, undone_at
  from attendances_before order by id;
create unique index attendances_open on attendances (volunteer) where out_at is null and undone_at is null;
create index attendances_on_duty on attendances (district, team) where out_at is null and undone_at is null;
create index attendances_volunteer on attendances (volunteer, in_at);
create index attendances_site on attendances (order_id, site);
create index attendances_day on attendances (district, in_at);
-- A good deed told by somebody else. Published only with the consent of the person it is told of.
create table deeds (
  id uuid primary key,
  district text not null,
  volunteer uuid not null references volunteers (id),
  teller_kind text not null,
  teller uuid not null,
  told_at bigint not null,
  story bytea not null,
  -- told, consented, declined, published, withdrawn
  state text not null,
  state_at bigint not null
);
insert into deeds (id, district, volunteer, teller_kind, teller, told_at, story, state, state_at)
  select id, district, volunteer, teller_kind, teller, told_at, story, state, state_at from deeds_before;
create index deeds_volunteer on deeds (volunteer, told_at);
create index deeds_state on deeds (district, state, told_at, id);
-- An objection to the own record. Settled by somebody else than the one who asked.
create table corrections (
  id uuid primary key,
  district text not null,
  volunteer uuid not null references volunteers (id),
  attendance uuid references attendances (id),
  asked_by uuid not null,
  asked_at bigint not null,
  objection bytea not null,
  wanted_in_at bigint,
  wanted_out_at bigint,
  settled_at bigint,
  settled_by uuid,
  upheld boolean,
  answer bytea,
  -- Where somebody says they stood when a duty is missing from their record: the site's name in their own words, sealed.
  wanted_site bytea
);
insert into corrections (id, district, volunteer, attendance, asked_by, asked_at, objection, wanted_in_at, wanted_out_at,
    settled_at, settled_by, upheld, answer, wanted_site)
  select id, district, volunteer, attendance, asked_by, asked_at, objection, wanted_in_at, wanted_out_at, settled_at,
    settled_by, upheld, answer, wanted_site
  from corrections_before;
create index corrections_volunteer on corrections (volunteer, asked_at);
create index corrections_open on corrections (district, asked_at, id) where settled_at is null;
-- A decision of the assessment group to put somebody on the commendation list, or to take them off.
create table commendations (
  id uuid primary key,
  district text not null,
  volunteer uuid not null unique references volunteers (id),
  listed boolean not null,
  decided_at bigint not null,
  decided_by uuid not null,
  reason bytea
);
insert into commendations (id, district, volunteer, listed, decided_at, decided_by, reason)
  select id, district, volunteer, listed, decided_at, decided_by, reason from commendations_before;
create index commendations_listed on commendations (district, listed, decided_at);
drop table corrections_before;
drop table commendations_before;
drop table deeds_before;
drop table attendances_before;
drop table volunteers_before;
