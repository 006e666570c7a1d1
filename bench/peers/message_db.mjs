// message_db.mjs URL CLIENTS SECONDS: Message DB.

import { randomUUID } from "node:crypto";

import pg from "pg";

import { data, measure } from "./measure.mjs";

const none = -1; // the version of a stream that does not exist

const [url, clients, seconds] = process.argv.slice(2);
const pool = new pg.Pool({
  connectionString: url,
  max: Number(clients),
  options: "-c search_path=message_store",
});
const append = (stream) =>
  pool.query({
    name: "write",
    text: "SELECT write_message($1, $2, $3, $4, $5, $6)",
    values: [randomUUID(), `item-${stream}`, "StockItemCreated", data, null, none],
  });
await measure(append, Number(clients), Number(seconds));
await pool.end();
