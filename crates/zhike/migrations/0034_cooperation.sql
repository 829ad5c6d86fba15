-- What customers ordered and signed (R3-1.3), and what it adds up to.

CREATE TABLE cooperation (
    customer_id UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    number TEXT,
    -- The day of the order, the signature or the renewal, and when that day began at the company.
    happened_on TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    -- Products and services, one a line.
    items TEXT NOT NULL,
    amount_fen BIGINT,
    starts_on TEXT,
    ends_on TEXT,
    -- The contract that an order belongs to.
    contract_number TEXT,
    state TEXT NOT NULL,
    problems TEXT,
    -- Where it came from, and what it is called there: the same one arriving twice is brought up to date.
    source TEXT NOT NULL,
    external_id TEXT,
    version BIGINT NOT NULL,
    created_by UUID NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (customer_id, id)
);
CREATE INDEX cooperation_id ON cooperation (id);
CREATE INDEX cooperation_external ON cooperation (customer_id, external_id, source) WHERE external_id IS NOT NULL;
CREATE INDEX cooperation_number ON cooperation (customer_id, number, kind) WHERE number IS NOT NULL;

-- Written with every change of the rows that it adds up.
CREATE TABLE cooperation_total (
    customer_id UUID NOT NULL PRIMARY KEY,
    first_on TEXT NOT NULL,
    last_on TEXT NOT NULL,
    orders BIGINT NOT NULL,
    contracts BIGINT NOT NULL,
    renewals BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    -- [{year, count, amount_fen}], the latest first.
    years TEXT NOT NULL
);

-- What lists of customers are filtered and sorted by; empty for who has neither ordered nor signed.
ALTER TABLE customer ADD COLUMN last_deal_on TEXT;
ALTER TABLE customer ADD COLUMN cooperation_fen BIGINT;

-- What a sheet on its way in is about.
ALTER TABLE customer_import ADD COLUMN subject TEXT NOT NULL DEFAULT 'customer';

-- sqlite:
CREATE INDEX cooperation_happened ON cooperation (customer_id, happened_at, id);
CREATE INDEX customer_last_deal ON customer (last_deal_on, id);
CREATE INDEX customer_cooperation ON customer (cooperation_fen, id);
-- postgres:
CREATE INDEX cooperation_happened ON cooperation (customer_id, happened_at NULLS FIRST, id);
CREATE INDEX customer_last_deal ON customer (last_deal_on NULLS FIRST, id);
CREATE INDEX customer_cooperation ON customer (cooperation_fen NULLS FIRST, id);
-- both:
