-- What is wrong with archives (R2-2.3, R4-4), and how many there are of each kind.

-- 空号 and returned mail: since when, noted by whom; gone when the number or the address changes.
ALTER TABLE contact ADD COLUMN phone_invalid_at BIGINT;
ALTER TABLE contact ADD COLUMN phone_invalid_by UUID;
ALTER TABLE contact ADD COLUMN email_invalid_at BIGINT;
ALTER TABLE contact ADD COLUMN email_invalid_by UUID;

CREATE TABLE customer_flaw (
    customer_id UUID NOT NULL,
    flaw TEXT NOT NULL,
    -- Of the customer: the order in which lists are read.
    created_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, flaw)
);
CREATE INDEX customer_flaw_order ON customer_flaw (flaw, created_at, customer_id);

-- How many there were when all were last counted in a week (its Monday); all zeros stand for no department or owner.
CREATE TABLE quality_count (
    week TEXT NOT NULL,
    department_id UUID NOT NULL,
    owner_id UUID NOT NULL,
    flaw TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (week, department_id, owner_id, flaw)
);

-- One row: what counts as stale, and when all archives were last looked at.
CREATE TABLE quality_setting (
    id BIGINT NOT NULL PRIMARY KEY,
    stale_days BIGINT NOT NULL,
    checked_at BIGINT
);
