-- One file that somebody sent. `told` (file name, headings, their meaning, why it was refused) and `reasons` (how many
-- rows were rejected why, with a first example) are sealed: a file can hold anything, also where headings should be.
create table imports (
  id uuid primary key,
  district text not null,
  register text not null,
  origin text not null,
  state text not null,
  choice text,
  asked_by text not null,
  asked_at bigint not null,
  heard_at bigint not null,
  progress double precision not null,
  new_rows bigint not null,
  changed_rows bigint not null,
  same_rows bigint not null,
  rejected_rows bigint not null,
  told bytea not null,
  reasons bytea
);
create index imports_latest on imports (district, asked_at, id);

-- Rows worth showing: every rejected one as it was sent, and the first of the others. Gone two weeks after the import.
create table import_rows (
  id uuid primary key,
  import uuid not null references imports (id),
  verdict text not null,
  place bigint not null,
  line bytea not null
);
create unique index import_rows_place on import_rows (import, verdict, place);

-- What somebody once said a row of headings means.
create table import_mappings (
  id uuid primary key,
  district text not null,
  register text not null,
  fingerprint text not null,
  mapping bytea not null
);
create unique index import_mappings_fingerprint on import_mappings (district, register, fingerprint);
