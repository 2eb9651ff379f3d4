-- An order that is only practised: said on its pages, in its notices and to other systems.
alter table orders add column is_drill boolean not null default false;
