-- Keyed digests of what people who were erased could be reached by, so that a sheet does not bring them back unnoticed.
-- They tell nothing without the root key, and nothing of whom they were.
create table erased_mark (
    digest BYTEA not null primary key,
    at BIGINT not null
);
