//! Twenty fields that a company has added, filled for all its customers: what the choices of eight, the amounts of six
//! and the texts of six are is drawn by the customer's place, so that every run has the same.

use rusqlite::Connection;

/// Fields of five choices by their numbers, as requests ask for them.
pub const CHOICES: [usize; 2] = [1, 2];
pub const OF_FIVE: usize = 5;

/// In place of those that the sample has. Written past the program, since its own way would take an hour; indexes are made when all values are in.
pub fn fill(connection: &Connection) {
    let indexes = indexes(connection);
    for (name, _) in &indexes {
        connection.execute_batch(&format!("drop index {name}")).expect("an index");
    }
    connection.execute_batch(FILL).expect("the tables of added fields");
    for (_, sql) in &indexes {
        connection.execute_batch(sql).expect("an index");
    }
    // Whoever is signed in hears of the fields by it.
    connection.execute_batch("update access_epoch set value = value + 1; analyze custom_value;").expect("the epoch");
}

fn indexes(connection: &Connection) -> Vec<(String, String)> {
    let sql =
        "select name, sql from sqlite_master where type = 'index' and tbl_name = 'custom_value' and sql is not null";
    let mut statement = connection.prepare(sql).expect("the schema");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("names and definitions")
}

const FILL: &str = "
begin;
delete from custom_value;
delete from custom_field;
insert into custom_field with recursive n(i) as (select 1 union all select i + 1 from n where i < 20)
    select i, 'customer', case when i <= 8 then 'choice' when i <= 14 then 'money' else 'text' end, 'ordinary',
        '字段' || i, 'Field ' || i, null, 0, 0, i,
        case when i <= 8 then (with recursive c(k) as (select 1 union all select k + 1 from c where k < 20)
            select json_group_array(json_object('id', k, 'zh', '选项' || k, 'en', 'Choice ' || k, 'retired', json('false')))
            from c) else '[]' end,
        1, 0, 0, null from n;
insert into custom_value with recursive n(i) as (select 1 union all select i + 1 from n where i < 20)
    select c.id, c.id, n.i,
        case when n.i <= 8 then 1 + (c.rowid * (2 * n.i + 1) + c.rowid / 7) % (case n.i when 3 then 10 when 8 then 20 else 5 end)
            else 0 end,
        case when n.i between 9 and 14 then c.rowid * 7919 % 1000003 * 100 end,
        case when n.i > 14 then '补充内容' || c.rowid * n.i % 10007 end,
        case when n.i > 14 then 'bu chong nei rong ' || c.rowid * n.i % 10007 end,
        null,
        case when n.i <= 8 then c.name_key end, case when n.i <= 8 then c.created_at end
    from (select rowid, id, name_key, created_at from customer order by id) c cross join n;
commit;";
