-- One ledger of everything that needs somebody. `state` and `facts` are one value of the rules' enum; the steps keep
-- who did what, and when, for ever.
create table problems (
  id uuid primary key,
  district text not null,
  number bigint not null,
  kind text not null,
  site uuid,
  site_code text,
  division text,
  zone uuid,
  order_id uuid,
  owner_group text not null,
  role text,
  count bigint,
  details bytea,
  raised_at bigint not null,
  raised_by uuid not null,
  state text not null,
  facts text not null,
  level bigint not null,
  due_at bigint,
  is_open boolean not null,
  reference uuid
);
create unique index problems_number on problems (district, number);
create index problems_queue on problems (district, is_open, owner_group, raised_at, id);
create index problems_site on problems (site, is_open, raised_at, id);
create index problems_due on problems (is_open, due_at);

create table problem_steps (
  problem uuid not null references problems (id),
  nth bigint not null,
  at bigint not null,
  actor_kind text not null,
  actor uuid not null,
  step text not null,
  facts text not null,
  note bytea,
  primary key (problem, nth)
);

create table problem_numbers (
  district text primary key,
  last bigint not null
);
