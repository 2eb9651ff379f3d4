-- Where somebody says they stood when a duty is missing from their record: the site's name in their own words, sealed.
alter table corrections add column wanted_site bytea;
