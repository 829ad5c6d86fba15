-- What an export is for and what was asked for, for whoever decides about it.
ALTER TABLE release ADD COLUMN purpose TEXT;
ALTER TABLE release ADD COLUMN asked TEXT;
