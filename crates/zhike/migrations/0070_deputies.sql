-- Whose work somebody does today is asked whenever their rights are put together.
CREATE INDEX absence_deputy ON absence (deputy_id, last_day);
