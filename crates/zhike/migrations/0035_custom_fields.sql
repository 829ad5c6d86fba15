-- Fields that the company adds itself, and what stands in them. One row per value: a new field is data and no column
-- (docs/decisions/0005).

CREATE TABLE custom_field (
    -- Counted, never used twice; people and saved views know the field as x1, x2 …
    number BIGINT NOT NULL PRIMARY KEY,
    entity TEXT NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    help TEXT,
    -- Counts in the completeness of the archive (R3-1.4).
    required BOOLEAN NOT NULL,
    -- Its texts are found by the search; whoever sees the record sees such a field.
    searchable BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    -- [{id, zh, en, retired}]
    choices TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    removed_at BIGINT
);

CREATE TABLE custom_value (
    customer_id UUID NOT NULL,
    -- The customer itself, or one of its contacts.
    record_id UUID NOT NULL,
    field BIGINT NOT NULL,
    -- Choices by their id, one row each; else 0.
    item BIGINT NOT NULL,
    -- Numbers in ten-thousandths, money in fen, dates as yyyymmdd.
    number BIGINT,
    text TEXT,
    -- What texts are sorted by, or whom a person's id names.
    key TEXT,
    sealed BYTEA,
    -- Beside a choice: what lists of its records are sorted by, so that one choice is read in that order.
    name_key TEXT,
    created_at BIGINT,
    PRIMARY KEY (customer_id, record_id, field, item)
-- sqlite:
) WITHOUT ROWID;
CREATE INDEX custom_value_number ON custom_value (field, number, record_id) WHERE number IS NOT NULL;
CREATE INDEX custom_value_key ON custom_value (field, key, record_id) WHERE key IS NOT NULL;
CREATE INDEX custom_value_name ON custom_value (field, item, name_key, record_id) WHERE name_key IS NOT NULL;
CREATE INDEX custom_value_created ON custom_value (field, item, created_at, record_id) WHERE created_at IS NOT NULL;
-- postgres:
);
CREATE INDEX custom_value_number ON custom_value (field, number NULLS FIRST, record_id) WHERE number IS NOT NULL;
CREATE INDEX custom_value_key ON custom_value (field, key NULLS FIRST, record_id) WHERE key IS NOT NULL;
CREATE INDEX custom_value_name ON custom_value (field, item, name_key NULLS FIRST, record_id) WHERE name_key IS NOT NULL;
CREATE INDEX custom_value_created ON custom_value (field, item, created_at NULLS FIRST, record_id)
    WHERE created_at IS NOT NULL;
-- both:
