-- What happened, in order: the outbox that rooms publish facts to, written in the transaction of the change itself.
CREATE TABLE fact (
    seq BIGINT PRIMARY KEY,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    subject UUID NOT NULL,
    customer_id UUID,
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    actor UUID,
    attributes TEXT NOT NULL
);
CREATE INDEX fact_customer ON fact (customer_id, kind, at);
CREATE INDEX fact_subject ON fact (subject, kind, at);

-- Where each reader of the facts has got to.
CREATE TABLE fact_reader (
    name TEXT PRIMARY KEY,
    seq BIGINT NOT NULL
);

-- Work to be done outside a request, enqueued in the transaction that asks for it.
CREATE TABLE job (
    id UUID PRIMARY KEY,
    kind TEXT NOT NULL,
    once_key TEXT UNIQUE,
    asked_by UUID,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    leased_by UUID,
    lease_until BIGINT,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    result TEXT,
    error TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX job_due ON job (state, run_at);
CREATE INDEX job_asked ON job (asked_by, created_at);

-- One row for everything that can be searched for, whatever its kind.
CREATE TABLE search_doc (
    seq BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    entity_id UUID NOT NULL,
    title TEXT NOT NULL,
    subtitle TEXT NOT NULL
);
CREATE UNIQUE INDEX search_doc_entity ON search_doc (kind, entity_id);
-- sqlite:
CREATE VIRTUAL TABLE search_index USING fts5 (
    tokens, content = '', contentless_delete = 1, detail = none, prefix = '3 4',
    tokenize = "unicode61 remove_diacritics 0"
);
-- postgres:
ALTER TABLE search_doc ADD COLUMN tokens TSVECTOR;
CREATE INDEX search_doc_tokens ON search_doc USING GIN (tokens);
