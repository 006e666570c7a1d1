// The view "stock": stock items, reservations, locations and transfers, as frontends see them.
#pragma once

#include "projections/views/view.hpp"
#include "schemas/inventory.hpp"

namespace inventory {

inline constexpr views::Table<StockItemRow> items{"items"};  // by inventory id
inline constexpr views::Table<ReservationRow> reservations{
    "reservations"};  // by inventory id ~ reservation id
inline constexpr views::Table<LocationRow> locations{"locations"};
inline constexpr views::Table<TransferRow> transfers{"transfers"};

views::ViewType stock();

// The stock of a product over all its locations, at most 500 of them; its row holds a
// ProductStockRow. Absent when no stock item has the product.
std::optional<views::Row> product_stock(const views::Moment& moment, std::string_view product_id);

}  // namespace inventory
