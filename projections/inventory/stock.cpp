#include "projections/inventory/stock.hpp"

#include <algorithm>

namespace inventory {
namespace {

using views::FactInfo;
using views::Tables;
using Id = schemas::Id<"StockItem">;

constexpr std::size_t locations_max = 500;

void show_available(StockItemRow& row) {
  const auto available = row.quantity_on_hand - row.quantity_reserved - row.safety_stock;
  row.quantity_available = std::max<std::int64_t>(0, available);
  row.quantity_backordered = std::max<std::int64_t>(0, -available);
}

template <class Change>
void edit_item(Tables& tables, const FactInfo& info, Change&& change) {
  tables.edit(items, info.id, info, [&](StockItemRow& row) {
    change(row);
    show_available(row);
    row.last_updated = info.at;
  });
}

std::string key_of(const FactInfo& info, const schemas::Id<"Reservation">& reservation) {
  return std::string{info.id} + '~' + reservation.text();
}

template <class Change>
void edit_reservation(
    Tables& tables, const FactInfo& info, const schemas::Id<"Reservation">& id, Change&& change) {
  tables.edit(reservations, key_of(info, id), info, std::forward<Change>(change));
}

// The units are no longer set aside; without any the reservation ends.
void give_back(
    Tables& tables,
    const FactInfo& info,
    const schemas::Id<"Reservation">& id,
    std::int64_t quantity,
    ReservationStatus status) {
  edit_item(tables, info, [&](auto& row) { row.quantity_reserved -= quantity; });
  edit_reservation(tables, info, id, [&](auto& row) {
    row.quantity_reserved -= quantity;
    if (row.quantity_reserved == 0) row.status = status;
  });
}

void end_transfer(Tables& tables, const FactInfo& info, TransferStatus status) {
  tables.edit(transfers, info.id, info, [&](TransferRow& row) {
    row.status = status;
    row.updated_at = info.at;
  });
}

// A low threshold that nobody set is none.
bool runs_low(const StockItemRow& row) {
  return row.low_threshold > 0 && row.quantity_available <= row.low_threshold;
}

}  // namespace

void project(Tables& tables, const FactInfo& info, const StockItemCreated& fact) {
  tables.insert(
      items,
      info.id,
      info,
      StockItemRow{
          .inventory_id = Id{info.id},
          .product_id = fact.product_id,
          .variant_id = fact.variant_id,
          .location_id = fact.location_id,
          .last_updated = info.at});
}

void project(Tables& tables, const FactInfo& info, const StockReceived& fact) {
  edit_item(tables, info, [&](auto& row) { row.quantity_on_hand += fact.quantity; });
}

void project(Tables& tables, const FactInfo& info, const StockAdjusted& fact) {
  edit_item(tables, info, [&](auto& row) { row.quantity_on_hand += fact.delta; });
}

void project(Tables& tables, const FactInfo& info, const StockCounted& fact) {
  edit_item(tables, info, [&](auto& row) { row.quantity_on_hand = fact.counted; });
}

void project(Tables& tables, const FactInfo& info, const StockReserved& fact) {
  edit_item(tables, info, [&](auto& row) { row.quantity_reserved += fact.quantity; });
  tables.put(
      reservations,
      key_of(info, fact.reservation_id),
      info,
      ReservationRow{
          .reservation_id = fact.reservation_id,
          .inventory_id = Id{info.id},
          .order_id = fact.order_id,
          .cart_id = fact.cart_id,
          .quantity_reserved = fact.quantity,
          .status = ReservationStatus::held,
          .reserved_at = info.at,
          .expires_at = fact.expires_at});
}

void project(Tables& tables, const FactInfo& info, const ReservationResized& fact) {
  edit_item(tables, info, [&](auto& row) {
    row.quantity_reserved += fact.quantity - fact.previous_quantity;
  });
  edit_reservation(
      tables, info, fact.reservation_id, [&](auto& row) { row.quantity_reserved = fact.quantity; });
}

void project(Tables& tables, const FactInfo& info, const ReservationExtended& fact) {
  edit_reservation(
      tables, info, fact.reservation_id, [&](auto& row) { row.expires_at = fact.expires_at; });
}

void project(Tables& tables, const FactInfo& info, const ReservationCommitted& fact) {
  edit_reservation(tables, info, fact.reservation_id, [&](auto& row) {
    row.status = ReservationStatus::committed;
    if (fact.order_id) row.order_id = fact.order_id;
  });
}

void project(Tables& tables, const FactInfo& info, const ReservationReleased& fact) {
  give_back(tables, info, fact.reservation_id, fact.quantity, ReservationStatus::released);
}

void project(Tables& tables, const FactInfo& info, const ReservationExpired& fact) {
  give_back(tables, info, fact.reservation_id, fact.quantity, ReservationStatus::expired);
}

void project(Tables& tables, const FactInfo& info, const StockDeducted& fact) {
  edit_item(tables, info, [&](auto& row) {
    row.quantity_on_hand -= fact.quantity;
    row.quantity_reserved -= fact.quantity;
  });
  edit_reservation(tables, info, fact.reservation_id, [&](auto& row) {
    row.quantity_reserved -= fact.quantity;
    if (row.quantity_reserved == 0) row.status = ReservationStatus::consumed;
  });
}

void project(Tables& tables, const FactInfo& info, const StockRestocked& fact) {
  if (fact.condition != ReturnCondition::resellable) return;
  edit_item(tables, info, [&](auto& row) { row.quantity_on_hand += fact.quantity; });
}

void project(Tables& tables, const FactInfo& info, const ThresholdsSet& fact) {
  edit_item(tables, info, [&](auto& row) {
    row.safety_stock = fact.safety_stock;
    row.low_threshold = fact.low_threshold;
    row.backorder_limit = fact.backorder_limit;
  });
}

// What these tell, the row shows already.
void project(Tables&, const FactInfo&, const StockReplenished&) {}
void project(Tables&, const FactInfo&, const StockShortfallDetected&) {}
void project(Tables&, const FactInfo&, const LowStockDetected&) {}
void project(Tables&, const FactInfo&, const StockDepleted&) {}

void project(Tables& tables, const FactInfo& info, const LocationRegistered& fact) {
  tables.put(
      locations,
      info.id,
      info,
      LocationRow{
          .location_id = schemas::Id<"Location">{info.id},
          .type = fact.type,
          .address = fact.address,
          .registered_at = info.at});
}

void project(Tables& tables, const FactInfo& info, const StockTransferStarted& fact) {
  tables.put(
      transfers,
      info.id,
      info,
      TransferRow{
          .transfer_id = schemas::Id<"Transfer">{info.id},
          .from_location_id = fact.from_location_id,
          .to_location_id = fact.to_location_id,
          .lines = fact.lines,
          .status = TransferStatus::started,
          .started_at = info.at,
          .updated_at = info.at});
}

void project(Tables& tables, const FactInfo& info, const StockTransferCompleted&) {
  end_transfer(tables, info, TransferStatus::completed);
}

void project(Tables& tables, const FactInfo& info, const StockTransferCancelled&) {
  end_transfer(tables, info, TransferStatus::cancelled);
}

views::ViewType stock() {
  return views::Builder{"stock", 2}
      .table(
          items,
          {{.by = {"product_id", "location_id"}},
           {.by = {"location_id"}},
           {.by = {"quantity_available"}, .among = "low", .holds = runs_low},
           {.by = {"location_id", "quantity_available"}, .among = "low", .holds = runs_low}})
      .table(reservations)
      .table(locations)
      .table(transfers, {{.by = {"started_at"}}, {.by = {"status", "started_at"}}})
      .facts<StockItemFact, LocationFact, TransferFact>()
      .build();
}

std::optional<views::Row> product_stock(const views::Moment& moment, std::string_view product_id) {
  const auto entries = moment.scan(
      {.table = "items",
       .index = "product_id+location_id",
       .prefix = views::index_part(product_id),
       .limit = locations_max});
  if (entries.empty()) return std::nullopt;
  ProductStockRow product{.product_id = schemas::Id<"Product">{product_id}};
  views::Row found{.key = std::string{product_id}};
  for (const auto& entry : entries) {
    StockItemRow item;
    decode(entry.row.bytes, item);
    product.quantity_available += item.quantity_available;
    product.quantity_reserved += item.quantity_reserved;
    product.last_updated = std::max(product.last_updated, item.last_updated);
    product.locations.push_back(std::move(item));
    // Every change of an item raises its version, so the sum changes whenever one does.
    found.version += entry.row.version;
    found.position = std::max(found.position, entry.row.position);
    found.set_aside |= entry.row.set_aside;
  }
  found.bytes = encode(product);
  return found;
}

void views(std::vector<::views::ViewType>& all) { all.push_back(stock()); }

}  // namespace inventory
