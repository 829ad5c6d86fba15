-- The customer archive (R3-1.1 to R3-1.5). Everything that belongs to a customer carries customer_id first in its key,
-- and nothing is unique without the customer, so that the tables can be spread over a cluster by customer.

CREATE TABLE customer (
    id UUID NOT NULL PRIMARY KEY,
    -- What people call it by: KH-2026-000123.
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The name as it sounds; names are sorted by it.
    name_key TEXT NOT NULL,
    -- The name without legal form and region; null for persons, who share names with others.
    name_core TEXT,
    short_name TEXT,
    credit_code TEXT,
    industry TEXT,
    region TEXT,
    address TEXT,
    website TEXT,
    -- Personal values: sealed, with keyed digests for exact look-up.
    phone BYTEA,
    phone_index BYTEA,
    phone_last4 BYTEA,
    email BYTEA,
    email_index BYTEA,
    wechat BYTEA,
    wechat_index BYTEA,
    id_number BYTEA,
    id_number_index BYTEA,
    staff_count BIGINT,
    annual_revenue_fen BIGINT,
    founded_on TEXT,
    main_business TEXT,
    organisation TEXT,
    source TEXT,
    -- The rows of customer_tag once more, one a line, so that a list needs no second query.
    tags TEXT NOT NULL,
    grade TEXT NOT NULL,
    owner_id UUID,
    department_id UUID,
    cooperation_since TEXT,
    preferences TEXT,
    core_need TEXT,
    notes TEXT,
    -- Which fields carry the mark 重点: [{field, by, at, why}].
    key_facts TEXT NOT NULL,
    completeness BIGINT NOT NULL,
    -- The required fields that are empty, separated by spaces.
    missing TEXT NOT NULL,
    last_contact_at BIGINT,
    next_contact_at BIGINT,
    verified_on TEXT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    created_by UUID,
    removed_at BIGINT
);
-- Lists start in the middle of one of these and read on, so a page costs the same however many customers there are.
-- PostgreSQL must be told where empty values stand; SQLite has them first and knows no words for it.
-- sqlite:
CREATE INDEX customer_name ON customer (name_key, id);
CREATE INDEX customer_created ON customer (created_at, id);
CREATE INDEX customer_updated ON customer (updated_at, id);
CREATE INDEX customer_owner_name ON customer (owner_id, name_key, id);
CREATE INDEX customer_owner_created ON customer (owner_id, created_at, id);
CREATE INDEX customer_department_created ON customer (department_id, created_at, id);
CREATE INDEX customer_grade ON customer (grade, id);
CREATE INDEX customer_last_contact ON customer (last_contact_at, id);
CREATE INDEX customer_next_contact ON customer (next_contact_at, id);
CREATE INDEX customer_completeness ON customer (completeness, id);
-- postgres:
CREATE INDEX customer_name ON customer (name_key NULLS FIRST, id);
CREATE INDEX customer_created ON customer (created_at NULLS FIRST, id);
CREATE INDEX customer_updated ON customer (updated_at NULLS FIRST, id);
CREATE INDEX customer_owner_name ON customer (owner_id, name_key NULLS FIRST, id);
CREATE INDEX customer_owner_created ON customer (owner_id, created_at NULLS FIRST, id);
CREATE INDEX customer_department_created ON customer (department_id, created_at NULLS FIRST, id);
CREATE INDEX customer_grade ON customer (grade NULLS FIRST, id);
CREATE INDEX customer_last_contact ON customer (last_contact_at NULLS FIRST, id);
CREATE INDEX customer_next_contact ON customer (next_contact_at NULLS FIRST, id);
CREATE INDEX customer_completeness ON customer (completeness NULLS FIRST, id);
-- both:
CREATE INDEX customer_number ON customer (number);
CREATE INDEX customer_name_core ON customer (name_core) WHERE name_core IS NOT NULL;
CREATE INDEX customer_credit_code ON customer (credit_code) WHERE credit_code IS NOT NULL;
CREATE INDEX customer_phone ON customer (phone_index) WHERE phone_index IS NOT NULL;
CREATE INDEX customer_id_number ON customer (id_number_index) WHERE id_number_index IS NOT NULL;

CREATE TABLE customer_tag (
    customer_id UUID NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (customer_id, tag)
);
CREATE INDEX customer_tag_tag ON customer_tag (tag, customer_id);

-- The last number given out in a year. A row and not a sequence: it works on every database, and a number is taken in
-- the transaction that uses it.
CREATE TABLE customer_counter (
    year BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

CREATE TABLE contact (
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    name TEXT NOT NULL,
    salutation TEXT,
    position TEXT,
    department TEXT,
    phone BYTEA,
    phone_index BYTEA,
    phone_last4 BYTEA,
    email BYTEA,
    email_index BYTEA,
    wechat BYTEA,
    wechat_index BYTEA,
    decision_maker BOOLEAN NOT NULL,
    authority TEXT NOT NULL,
    birthday TEXT,
    preferences TEXT,
    -- The one to call first; at most one of a customer.
    is_primary BOOLEAN NOT NULL,
    -- No longer there: kept for what was said with them.
    has_left BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, id)
);
CREATE INDEX contact_id ON contact (id);
CREATE INDEX contact_phone ON contact (phone_index) WHERE phone_index IS NOT NULL;

-- A round of questions to the customer: is what we hold still true? (R3-1.5)
CREATE TABLE verification (
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    contact_id UUID,
    at BIGINT NOT NULL,
    actor UUID NOT NULL,
    confirmed BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    unreachable BIGINT NOT NULL,
    -- [{field, result}]; what a field changed to stands in the archive and its audit.
    items TEXT NOT NULL,
    note TEXT,
    PRIMARY KEY (customer_id, id)
);

-- Financing, a change of strategy, a removal … to be recorded within 24 h of learning of it (R3-1.5).
CREATE TABLE major_event (
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    kind TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    known_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor UUID NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (customer_id, id)
);
CREATE INDEX major_event_id ON major_event (id);

-- Who was shown which personal value; counted for the quota of a day.
CREATE TABLE reveal (
    id UUID NOT NULL,
    customer_id UUID NOT NULL,
    user_id UUID NOT NULL,
    field TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, id)
);
CREATE INDEX reveal_user ON reveal (user_id, at);
