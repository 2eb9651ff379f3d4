-- When this database was last copied whole. One row at most, and in no backup: a restored database begins without one.
create table backups (
    at bigint primary key
);
