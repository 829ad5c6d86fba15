-- In which form names stand in the search index; a program that cuts them differently renews it.
CREATE TABLE search_form (
    id BIGINT PRIMARY KEY,
    form BIGINT NOT NULL
);
INSERT INTO search_form (id, form) SELECT 1, CASE WHEN EXISTS (SELECT 1 FROM search_doc) THEN 1 ELSE 2 END;
DROP TABLE fact_reader;
