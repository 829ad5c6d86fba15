-- Customers that are probably one (R2-2.3, R4-4): what they are found by, and the pairs that people judge.

-- How the core of the name sounds; and a digest of the domain of the e-mail address, where it is a company's own.
ALTER TABLE customer ADD COLUMN name_sound TEXT;
ALTER TABLE customer ADD COLUMN email_domain BYTEA;
ALTER TABLE contact ADD COLUMN email_domain BYTEA;
CREATE INDEX customer_name_sound ON customer (name_sound, id) WHERE name_sound IS NOT NULL;
CREATE INDEX customer_email_domain ON customer (email_domain, id) WHERE email_domain IS NOT NULL;
CREATE INDEX contact_email_domain ON contact (email_domain, customer_id) WHERE email_domain IS NOT NULL;

CREATE TABLE duplicate_pair (
    -- Made from the two customers, so that finding them twice cannot make two.
    id UUID NOT NULL,
    -- The older one of the two.
    customer_id UUID NOT NULL,
    other_id UUID NOT NULL,
    -- 0 to 100: the sum of what its signals weigh.
    score BIGINT NOT NULL,
    -- [{signal, weight}]
    signals TEXT NOT NULL,
    state TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    -- When the two were last found alike; whatever a scan does not find again is forgotten unless it was decided.
    checked_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by UUID,
    reason TEXT,
    PRIMARY KEY (customer_id, id)
);
CREATE INDEX duplicate_pair_id ON duplicate_pair (id);
CREATE INDEX duplicate_pair_other ON duplicate_pair (other_id);
-- Lists are read along one of these. PostgreSQL must be told where empty values stand; SQLite has them first.
-- sqlite:
CREATE INDEX duplicate_pair_score ON duplicate_pair (state, score, id);
CREATE INDEX duplicate_pair_found ON duplicate_pair (state, found_at, id);
-- postgres:
CREATE INDEX duplicate_pair_score ON duplicate_pair (state, score NULLS FIRST, id);
CREATE INDEX duplicate_pair_found ON duplicate_pair (state, found_at NULLS FIRST, id);
-- both:
