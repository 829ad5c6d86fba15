-- What leaves the house, and who let it out.

-- Built-in roles that nobody has edited follow the definition of the product from start to start.
ALTER TABLE role ADD COLUMN follows BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE role SET follows = TRUE WHERE builtin IS NOT NULL AND version = 1;

-- Rows that somebody takes out in a day without being asked: by role, and where no role of theirs says so, by the company.
ALTER TABLE role ADD COLUMN export_rows BIGINT;
ALTER TABLE setting ADD COLUMN export_rows BIGINT;

-- The register of exports. A row stays when its file has gone, so that a file that turns up can be led back.
CREATE TABLE release (
    -- Of the stored file.
    id UUID PRIMARY KEY,
    -- What stands in the file.
    code TEXT NOT NULL,
    -- Whoever asked.
    owner_id UUID NOT NULL,
    -- Theirs at that time.
    department_id UUID,
    asked_at BIGINT NOT NULL,
    entity TEXT NOT NULL,
    name TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided_by UUID,
    decided_at BIGINT,
    answer TEXT,
    -- The link that works once; a new one takes its place.
    link_hash BYTEA,
    link_until BIGINT,
    fetches BIGINT NOT NULL,
    fetched_at BIGINT,
    version BIGINT NOT NULL
);
CREATE INDEX release_asker ON release (owner_id, asked_at);
CREATE INDEX release_at ON release (asked_at, id);
CREATE INDEX release_waiting ON release (state, asked_at, id);
CREATE INDEX release_code ON release (code);
