// A shop's day, as its frontend sees it: compiled with every strict setting, run against a
// deployment. Whatever is not as expected is thrown.
import { connect, follow, position, type Problem } from "./construct.js";
import type { components } from "./api.js";

type PlaceOrder = components["schemas"]["PlaceOrder"];
type OrderRow = components["schemas"]["OrderRow"];

function check(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`Expected: ${what}`);
}

// A status that is new does not compile until it has its text.
const texts = {
  pending: "We have your order",
  awaiting_payment: "Waiting for your payment",
  confirmed: "Confirmed",
  partially_shipped: "Partly on its way",
  shipped: "On its way",
  delivered: "Delivered",
  completed: "Completed",
  on_hold: "On hold",
  cancelled: "Cancelled",
  failed: "Not paid for",
} satisfies Record<OrderRow["status"], string>;

// What to show the customer.
const explain = (problem: Problem): string =>
  problem.fields.map(({ path, message }) => `${path}: ${message}`).join("\n") || problem.detail;

export async function shop(baseUrl: string): Promise<void> {
  const api = connect(baseUrl);
  const run = crypto.randomUUID();
  const sku = `sku-${run}`;
  const user = `u-${run}`;
  const order = (orderId: string, quantity: number): PlaceOrder => ({
    order_id: orderId,
    user_id: user,
    currency_code: "EUR",
    payment_method: "test_ok",
    items: [
      { order_item_id: `i-${orderId}`, product_id: "tea", inventory_id: sku, quantity, unit_price: 1999 },
    ],
  });

  // Stock.
  const created = await api.POST("/commands/inventory/CreateStockItem", {
    body: { inventory_id: sku, product_id: "tea", location_id: "main" },
  });
  check(created.response.status === 201, "a stock item that begins is a 201");
  check(created.data?.events.includes("StockItemCreated"), "the facts that were recorded");
  const location = created.response.headers.get("Location");
  check(location === `/inventory/${sku}`, "where the new thing is read");

  const receive = {
    params: { header: { "Idempotency-Key": `receive-${run}` } },
    body: { inventory_id: sku, quantity: 10, source_ref: "po-7" },
  } as const;
  const received = await api.POST("/commands/inventory/ReceiveStock", receive);
  const again = await api.POST("/commands/inventory/ReceiveStock", receive);
  check(again.response.headers.get("Idempotent-Replayed") === "true", "a repeat is a replay");
  check(again.data?.version === received.data?.version, "a repeat changes nothing");

  const stock = await api.GET("/inventory/{id}", {
    params: {
      path: { id: sku },
      header: { "Construct-Min-Position": position(received.response) },
    },
  });
  check(stock.data?.quantity_available === 10, "a read that sees the command's effect");

  // An order, followed until it is confirmed.
  const placed = await api.POST("/orders", { body: order(`o-${run}`, 3) });
  if (placed.error) throw placed.error;
  check(placed.response.status === 201, "an order that is placed is a 201");
  const path = { order_id: `o-${run}` };
  const first = await api.GET("/orders/{order_id}", {
    params: { path, header: { "Construct-Min-Position": position(placed.response) } },
  });
  if (first.error) throw first.error;
  check(texts[first.data.status] !== undefined, "every status has its text");

  for await (const change of follow(`${baseUrl}/orders/o-${run}`)) {
    const row = JSON.parse(change.data) as OrderRow;
    check(row.status !== "failed", `an order that is paid for: ${change.data}`);
    if (row.status === "confirmed") break;
  }

  // The user's orders.
  const orders = await api.GET("/orders", {
    params: { query: { user_id: user, status: "confirmed", sort: "-created_at", limit: 20 } },
  });
  if (orders.error) throw orders.error;
  check(orders.data.items.length === 1, "one order of this user's");
  check(orders.data.next_cursor === null, "and no page after it");
  const total: number | string | undefined = orders.data.items[0]?.total_amount;
  check(total !== undefined && BigInt(total) === 5997n, "an amount in minor units");

  // What the domain refuses is a value. The codes of a status are those of the API document: one
  // that is misspelt, or that this command is never refused with, does not compile.
  const refused = await api.POST("/orders", { body: order(`o2-${run}`, 100) });
  check(refused.error, "more than there is cannot be ordered");
  check(refused.error.status === 422, "a refusal is a 422");
  switch (refused.error.code) {
    case "inventory/insufficient_stock":
      check(refused.error["available"] === 7, "how many there are");
      break;
    default:
      throw new Error(explain(refused.error));
  }

  // So is what was wrong with the request, with the place of each fault.
  const malformed = await api.POST("/orders", { body: { ...order("o 3", 1), items: [] } });
  check(malformed.error?.code === "malformed", "an id with a blank is no id");
  check(malformed.error.fields.some(({ path: at }) => at === "/order_id"), "the fault's place");
  check(explain(malformed.error).includes("/order_id"), "a text to show");

  const missing = await api.GET("/orders/{order_id}", { params: { path: { order_id: "none" } } });
  check(missing.error?.code === "not_found", "a 404 is a problem, too");
}
