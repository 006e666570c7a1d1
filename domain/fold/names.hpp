// Texts by which the log's content names other content of it.
//
// An aggregate is named "<context>/<Aggregate>/<id>": "inventory/StockItem/sku-1". What is no such
// name has none of the parts. Any thread; no state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/kernel/position.hpp"

namespace fold {

std::string_view context_of(std::string_view aggregate);  // "inventory"
std::string_view type_of(std::string_view aggregate);     // "StockItem"
std::string_view kind_of(std::string_view aggregate);     // "inventory/StockItem"
std::string_view id_of(std::string_view aggregate);       // "sku-1"

// The cause of what flows and effects send is a commit: "commit 41". A client may give another
// text, which names no commit.
std::string causation_by(kernel::CommitNumber number);
std::optional<kernel::CommitNumber> cause_of(std::string_view causation);

}  // namespace fold
