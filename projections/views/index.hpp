// Other orders in which a table's rows are listed.
//
// An index is named by what it is: the fields of its key, in their order, and the subset of the
// rows that it holds. A list narrowed to values of its first fields is one stretch of it, sorted by
// the next field, then by the row's key. A field that is a list puts its row at each of its items.
//
//   entry = { part 0 } row-key      a part for each field, none of which holds a zero byte
//
// Any thread; no state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/model.hpp"

namespace views {

struct IndexType {
  std::string name;  // "user_id+created_at"; of a subset, "low:quantity_available"
  std::vector<const schemas::Field*> fields;
  std::string among;  // the name of the subset; empty: all rows
};

// The part for a field's value. Integers, times, enums and booleans sort as they count, texts by
// their bytes, of which the first index_text_most count; an absent value comes first.
std::string index_part(std::int64_t value);
std::string index_part(std::string_view text);
inline constexpr std::size_t index_text_most = 200;

// Where a row stands in an index. Throws schemas::Corrupt when it is no row of its table.
std::vector<std::string> index_entries(
    const IndexType& index, std::string_view row_key, std::string_view row);

// The key of the row that an entry is for.
std::string_view row_key_of(std::string_view index_entry);

}  // namespace views
