-- Lists count too, and an alarm that doubles tells its readers again.
ALTER TABLE alarm_setting ADD COLUMN listed BIGINT NOT NULL DEFAULT 500;
-- The amount of which its readers were told last.
ALTER TABLE alarm ADD COLUMN told BIGINT NOT NULL DEFAULT 0;
UPDATE alarm SET told = amount;
