-- Who may come in, and as what. Names are sealed; codes and tokens are kept only as hashes.
create table districts (
  code text primary key,
  name text not null,
  created_at bigint not null
);
create table accounts (
  id uuid primary key,
  district text not null references districts (code),
  login text not null unique,
  name bytea not null,
  phone bytea,
  password text,
  created_at bigint not null,
  suspended_at bigint
);
create table grants (
  id uuid primary key,
  holder uuid not null,
  role text not null,
  reach text not null,
  granted_at bigint not null,
  withdrawn_at bigint
);
create index grants_holder on grants (holder);
-- Doors: links and codes that let somebody in. `once` ones are used up by the first sign-in.
create table doors (
  code_hash bytea primary key,
  actor_kind text not null,
  holder uuid not null,
  district text not null,
  once boolean not null,
  made_at bigint not null,
  expires_at bigint,
  used_at bigint,
  withdrawn_at bigint
);
create index doors_holder on doors (holder);
create table sessions (
  token_hash bytea primary key,
  actor_kind text not null,
  holder uuid not null,
  district text not null,
  label text,
  started_at bigint not null,
  expires_at bigint,
  ended_at bigint
);
create index sessions_holder on sessions (holder);
