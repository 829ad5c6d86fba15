-- Ties the database to its root key: a value that only the right key opens.
CREATE TABLE vault_key (
    id UUID PRIMARY KEY,
    key_id TEXT NOT NULL,
    proof BYTEA NOT NULL
);

-- Who did what. Each row carries the digest of the one before it.
CREATE TABLE audit (
    seq BIGINT PRIMARY KEY,
    id UUID NOT NULL,
    at BIGINT NOT NULL,
    actor UUID,
    actor_name TEXT NOT NULL,
    session UUID,
    ip TEXT,
    request_id UUID NOT NULL,
    action TEXT NOT NULL,
    entity TEXT NOT NULL,
    entity_id UUID NOT NULL,
    customer_id UUID,
    changes TEXT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL
);
CREATE INDEX audit_entity ON audit (entity_id, seq);
CREATE INDEX audit_customer ON audit (customer_id, seq);
CREATE INDEX audit_actor ON audit (actor, seq);
-- sqlite:
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit entries are never removed'); END;
-- postgres:
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''audit entries are never changed or removed''; END';
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
-- both:

-- The company: one row.
CREATE TABLE setting (
    id BIGINT PRIMARY KEY,
    company TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    working_week TEXT NOT NULL,
    national TEXT,
    overrides TEXT NOT NULL,
    calendar_stamp UUID NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Holiday tables of years that the program does not know yet, as uploaded.
CREATE TABLE holiday_table (
    year BIGINT PRIMARY KEY,
    content TEXT NOT NULL,
    uploaded_by UUID NOT NULL,
    uploaded_at BIGINT NOT NULL
);

CREATE TABLE notification (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    kind TEXT NOT NULL,
    params TEXT NOT NULL,
    link TEXT,
    dedupe_key TEXT,
    at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE UNIQUE INDEX notification_once ON notification (user_id, dedupe_key);
CREATE INDEX notification_user ON notification (user_id, at, id);
CREATE INDEX notification_unread ON notification (user_id) WHERE read_at IS NULL;

-- A list as somebody wants to see it.
CREATE TABLE saved_view (
    id UUID PRIMARY KEY,
    owner_id UUID NOT NULL,
    list TEXT NOT NULL,
    name TEXT NOT NULL,
    shared BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX saved_view_list ON saved_view (list, owner_id);

-- Files: what they are called and whose they are. Their content lies in the data directory under its digest.
CREATE TABLE stored_file (
    id UUID PRIMARY KEY,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    owner_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT
);
CREATE INDEX stored_file_digest ON stored_file (digest);
CREATE INDEX stored_file_expiry ON stored_file (expires_at);
