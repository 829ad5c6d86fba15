-- Sheets of customers on their way in (issue of the archive, R3-1.1). How far one has come is written in the very
-- transaction that writes its customers, so that it goes on after the last of them whatever happens.

CREATE TABLE customer_import (
    id UUID NOT NULL PRIMARY KEY,
    -- Whose it is; nobody else sees it.
    owner_id UUID NOT NULL,
    file_name TEXT NOT NULL,
    -- The sheet as it was sent, among the stored files.
    file_id UUID NOT NULL,
    digest TEXT NOT NULL,
    encoding TEXT,
    delimiter TEXT,
    -- [name], of a workbook.
    sheets TEXT NOT NULL,
    sheet BIGINT NOT NULL,
    -- The row that names the columns; 0 if none does.
    heading_row BIGINT NOT NULL,
    -- Rows below the headings.
    row_count BIGINT NOT NULL,
    -- [{index, heading, field, samples}]
    columns TEXT NOT NULL,
    duplicates TEXT NOT NULL,
    -- {field: text} for cells that are empty.
    defaults TEXT NOT NULL,
    state TEXT NOT NULL,
    job_id UUID,
    -- Rows dealt with, in the order of their customers; the next run goes on after them.
    done BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    -- Customers, and people at them.
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    contacts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    -- The sheet is full of personal data in clear, so it does not stay.
    expires_at BIGINT NOT NULL
);
CREATE INDEX customer_import_owner ON customer_import (owner_id, created_at);
CREATE INDEX customer_import_expiry ON customer_import (expires_at);

-- The rows that were not taken, and why: [{field, code, info}]. What the rows say is read from the sheet again.
CREATE TABLE customer_import_problem (
    import_id UUID NOT NULL,
    row_number BIGINT NOT NULL,
    problems TEXT NOT NULL,
    PRIMARY KEY (import_id, row_number)
);
