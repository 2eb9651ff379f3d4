-- What the board remembers: a figure a minute for the trends, and how each site looked when people were last counted.
create table board_samples (
  order_id uuid not null,
  at bigint not null,
  district text not null,
  set_up bigint not null,
  arrived bigint not null,
  acknowledged bigint not null,
  assigned bigint not null,
  short bigint not null,
  open_requests bigint not null,
  primary key (order_id, at)
);
create table board_outlooks (
  order_id uuid not null,
  site uuid not null,
  district text not null,
  at bigint not null,
  in_place text not null,
  expected double precision not null,
  primary key (order_id, site)
);
