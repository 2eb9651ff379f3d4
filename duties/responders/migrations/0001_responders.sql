-- Who can be sent: organisations, teams and volunteers; who stood where and when; what is said of them afterwards.
create table organisations (
  id uuid primary key,
  district text not null,
  name text not null,
  unique (district, name)
);
create table teams (
  id uuid primary key,
  district text not null,
  code text not null,
  name text not null,
  organisation uuid not null references organisations (id),
  latitude double precision not null,
  longitude double precision not null,
  -- How many belong to it and have not left; kept up to date by whatever adds, moves or takes away people.
  people bigint not null default 0,
  digest bytea not null,
  unique (district, code)
);
create index teams_organisation on teams (organisation);
-- Volunteers are brought in by the hundred thousand: as few indexes as can be, and all but one grow at their ends. What is
-- sealed is found through lots of some thousands of people, not through indexes.
create table volunteer_lots (
  district text not null,
  lot bigint not null,
  -- The ids of its people count up from here.
  first_id uuid not null,
  -- Four bytes of a keyed fingerprint a person, in the order of the ids.
  phones bytea not null,
  names bytea not null,
  primary key (district, lot)
);
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
  badge text not null unique,
  digest bytea not null,
  left_at bigint,
  unique (district, code)
);
create index volunteers_team on volunteers (team, code);
create index volunteers_window on volunteers (team) where available_from is not null or available_until is not null;
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
  answer bytea
);
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
create index commendations_listed on commendations (district, listed, decided_at);
