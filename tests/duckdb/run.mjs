// DuckDB reads what `construct replay export` writes, as it is, and its sums are those of the read
// models: node run.mjs CONSTRUCT FOLDER. Exits with 77 (skipped) where node is too old for that, or
// npm cannot get its packages.
import { strict as assert } from "node:assert";
import { rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { deployed, eventually, install, run } from "../support/construct.mjs";

const source = dirname(fileURLToPath(import.meta.url));
const [construct, folder] = process.argv.slice(2);

const demo_orders = 199;

// Every row of a list.
async function all(url, list, filter = "") {
  const rows = [];
  for (let cursor = ""; cursor !== null; ) {
    const answer = await fetch(
      `${url}/${list}?limit=500${filter}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    const page = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(page));
    rows.push(...page.items);
    cursor = page.next_cursor;
  }
  return rows;
}

// The sums of what `value` says of each row, by what `key` says of it; as DuckDB's rows have them.
function sums(rows, key, value) {
  const by = new Map();
  for (const row of rows) by.set(key(row), (by.get(key(row)) ?? 0) + value(row));
  return [...by].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, sum]) => [name, `${sum}`]);
}

install(source, folder, [], "install");
const packages = createRequire(join(folder, "package.json"));
const { DuckDBInstance } = await import(pathToFileURL(packages.resolve("@duckdb/node-api")));
const database = await (await DuckDBInstance.create(":memory:")).connect();
const query = async (sql) => (await database.runAndReadAll(sql)).getRows();

// The demo, when its last payment has come to an end.
await deployed(construct, [], async (url, data) => {
  await eventually("the demo's orders are paid or not", async () => {
    const orders = await all(url, "orders");
    return (
      orders.length >= demo_orders &&
      orders.every(({ status }) => status !== "pending" && status !== "awaiting_payment")
    );
  });
  const file = (name) => join(folder, name);
  const exported = (name, words) => {
    for (const old of [file(name), `${file(name)}.manifest.json`]) rmSync(old, { force: true });
    const done = run(folder, construct, ["replay", "export", ...words, "--out", file(name), "--data", data]);
    assert.ok(done, `exporting ${name} failed; see above`);
  };
  exported("facts.jsonl", ["--format", "jsonl"]);
  exported("orders.csv", ["--format", "csv", "--fact", "OrderPlaced"]);

  const orders = await all(url, "orders");
  assert.ok(orders.length > 100);
  const by_user = sums(orders, (order) => order.user_id, (order) => order.total_amount);
  assert.deepEqual(
    await query(
      `SELECT user_id, sum(total_amount)::VARCHAR FROM read_csv('${file("orders.csv")}') GROUP BY 1 ORDER BY 1`,
    ),
    by_user,
  );
  await query(`CREATE VIEW facts AS SELECT * FROM read_json('${file("facts.jsonl")}',
    format = 'newline_delimited', columns = {type: 'VARCHAR', subject: 'VARCHAR', time: 'TIMESTAMPTZ', data: 'JSON'})`);
  assert.deepEqual(
    await query(`SELECT data ->> 'user_id', sum((data ->> 'total_amount')::BIGINT)::VARCHAR FROM facts
      WHERE type = 'ordering.OrderPlaced' GROUP BY 1 ORDER BY 1`),
    by_user,
  );
  // What an order's last change of status says is the status that its row has.
  assert.deepEqual(
    await query(`SELECT status, count(*)::VARCHAR FROM (
      SELECT subject, arg_max(data ->> 'new_status', time) AS status FROM facts
      WHERE type = 'ordering.OrderStatusChanged' GROUP BY 1) GROUP BY 1 ORDER BY 1`),
    sums(orders, (order) => order.status, () => 1),
  );
  console.log(`DuckDB's sums over ${orders.length} orders are those of the read models.`);
});
