-- Files that hang on a customer's records. What lies in the folder of files is sealed; content_id opens it.
CREATE TABLE attachment (
    customer_id UUID NOT NULL,
    id UUID NOT NULL,
    of_kind TEXT NOT NULL,
    of_id UUID NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    file_id UUID NOT NULL,
    content_id BYTEA NOT NULL,
    small_file_id UUID,
    small_content_id BYTEA,
    state TEXT NOT NULL,
    finding TEXT,
    added_by UUID NOT NULL,
    added_at BIGINT NOT NULL,
    removed_at BIGINT,
    removed_by UUID,
    PRIMARY KEY (customer_id, id)
);
CREATE INDEX attachment_file ON attachment (file_id);
CREATE INDEX attachment_small_file ON attachment (small_file_id) WHERE small_file_id IS NOT NULL;
CREATE INDEX attachment_removed ON attachment (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX attachment_unchecked ON attachment (added_at) WHERE state = 'unchecked';

-- How large attachments may be, and where a virus scanner answers.
ALTER TABLE setting ADD COLUMN attachments TEXT;
