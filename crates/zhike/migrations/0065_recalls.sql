-- How often files that wait to be fetched have been taken back, since somebody in them was restricted or erased.
CREATE TABLE export_recall (
    id BIGINT NOT NULL PRIMARY KEY,
    times BIGINT NOT NULL
);
INSERT INTO export_recall (id, times) VALUES (1, 0);
-- A job lets out one file, however often it is begun anew.
ALTER TABLE release ADD COLUMN job_id UUID;
CREATE UNIQUE INDEX release_job ON release (job_id) WHERE job_id IS NOT NULL;
-- What was approved on a day.
CREATE INDEX release_decided ON release (decided_at) WHERE decided_at IS NOT NULL;
