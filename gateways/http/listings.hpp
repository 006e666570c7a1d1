// Which filters of a list go together, and in which orders: worked out when it is declared, from
// the indexes of its table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "projections/views/index.hpp"
#include "projections/views/reader.hpp"

namespace views {
struct TableType;
}

namespace http {

// The rows of a table. Parameters of its address are fields of the row, and narrow the list as its
// filters do. Which of them go together, and with which sorts, is what the table's indexes answer:
// an index whose first fields are the filters and whose next is the sort (projections/views).
struct ListQuery {
  std::string view;
  std::string table;
  std::string row;
  std::string among = {};                 // a subset that indexes of the table hold; empty: all
  std::vector<std::string> filters = {};  // fields by which clients may narrow it
  // Fields by which clients may sort it; the first that an index has for the filters at hand is the
  // order without `sort`. A '-' before one: then from the last down.
  std::vector<std::string> sorts = {};
};

// One set of filters that a list answers, in one order.
struct Listing {
  std::vector<std::string> filters;  // those of the address first, then as ListQuery has them
  std::string sort;                  // a field; empty: the order of the index or of the keys
  views::Order order = views::Order::ascending;  // when the client does not say
  const views::IndexType* index = nullptr;       // null: the table itself
};

// All that the table's indexes answer; of several with the same filters the first is the one
// without `sort`. Throws std::invalid_argument with a sentence when a filter or a sort is never
// possible.
std::vector<Listing> listings_of(
    const views::TableType& table,
    const ListQuery& query,
    const std::vector<std::string>& in_address);

// The listing for exactly these filters, in any order, and this sort (empty: any); null when there
// is none.
const Listing* find_listing(
    std::span<const Listing> listings,
    const std::vector<std::string_view>& filters,
    std::string_view sort);

// "status (sort by started_at); none (sort by started_at)": what goes together, for people. Without
// what the address gives.
std::string describe(std::span<const Listing> listings, std::size_t in_address);

}  // namespace http
