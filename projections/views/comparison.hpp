// Whether a view's rows are what the log makes of them: compared with those of a fresh fold, row by
// row. A store's checksums tell of accidents; this tells of whoever wrote a row and its checksum.
//
// Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "domain/fold/store.hpp"

namespace views {

struct ViewType;

struct Comparison {
  struct Place {
    std::string table;
    std::string key;
  };

  std::uint64_t rows = 0;       // that were compared
  std::uint64_t differing = 0;  // that one of the two has otherwise, or has not
  std::optional<Place> first;   // of those, in the order of tables and keys
};

// Of two stores that have folded the same commits. Rows of keys that are set aside in the one that
// is `kept` are passed over: they are known not to be what the log says.
Comparison compare_rows(const ViewType& view, const fold::Reads& kept, const fold::Reads& fresh);

}  // namespace views
