-- Who somebody is at the identity provider. What an administrator wrote is sealed and found by a blind index; once joined,
-- only issuer and subject count, and they too are kept as a blind index.
create table identities (
  account uuid primary key references accounts (id),
  claimed bytea not null,
  claimed_blind bytea not null unique,
  joined bytea unique,
  joined_at bigint
);
-- Sign-ins that have come back from the provider, for as long as one lasts: each comes back once.
create table spent_states (
  state_hash bytea primary key,
  at bigint not null
);
create index spent_states_at on spent_states (at);
