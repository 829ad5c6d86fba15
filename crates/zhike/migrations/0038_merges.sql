-- Two customers that became one (R2-2.3, R4-4): who merged them, what moved, and what is needed to take it back.

-- Whose part a merged customer is now; it is kept, out of sight, until then and after.
ALTER TABLE customer ADD COLUMN merged_into UUID;
CREATE INDEX customer_merged_into ON customer (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE customer_merge (
    id UUID NOT NULL,
    -- The one that stays.
    customer_id UUID NOT NULL,
    -- The one that became part of it.
    loser_id UUID NOT NULL,
    state TEXT NOT NULL,
    merged_at BIGINT NOT NULL,
    merged_by UUID NOT NULL,
    reason TEXT,
    -- {column: [before, after]} of the one that stays; personal values as they are sealed.
    changes TEXT NOT NULL,
    -- [user]: with whom the survivor was shared because the other one had been.
    shared TEXT NOT NULL,
    -- [relation]: what was the other one's and is the survivor's.
    relations TEXT NOT NULL,
    -- [number]: added fields that only the other one had filled.
    fields TEXT NOT NULL,
    -- The other one's first contact.
    primary_contact UUID,
    -- How many steps the rows moved in, and how many of them have gone back.
    steps BIGINT NOT NULL,
    undone_steps BIGINT NOT NULL,
    undone_at BIGINT,
    undone_by UUID,
    -- [field]: what was changed after the merge and therefore stayed when it was taken back.
    kept TEXT NOT NULL,
    PRIMARY KEY (customer_id, id)
);
CREATE INDEX customer_merge_id ON customer_merge (id);
CREATE INDEX customer_merge_loser ON customer_merge (loser_id);

-- Which rows moved in which step, so that exactly they can go back.
CREATE TABLE customer_moved (
    customer_id UUID NOT NULL,
    merge_id UUID NOT NULL,
    step BIGINT NOT NULL,
    table_name TEXT NOT NULL,
    row_id UUID NOT NULL,
    PRIMARY KEY (customer_id, merge_id, step, table_name, row_id)
);
