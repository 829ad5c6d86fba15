-- Checking in at a customer's (R3-2.3): what came of it, and how far from the customer the device said it was. Where
-- exactly somebody stood is not kept.
alter table interaction add column check_in TEXT;
alter table interaction add column distance BIGINT;
alter table interaction add column accuracy BIGINT;
