// emmett.mjs URL CLIENTS SECONDS: Emmett on PostgreSQL.

import { STREAM_DOES_NOT_EXIST } from "@event-driven-io/emmett";
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql";
import pg from "pg";

import { data, measure } from "./measure.mjs";

const [url, clients, seconds] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: Number(clients) });
const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
await store.schema.migrate();
const append = (stream) =>
  store.appendToStream(`item-${stream}`, [{ type: "StockItemCreated", data }], {
    expectedStreamVersion: STREAM_DOES_NOT_EXIST,
  });
await measure(append, Number(clients), Number(seconds));
await store.close();
await pool.end();
