// What auditors read: the facts of one aggregate, one after the other.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/kernel/position.hpp"

namespace construct {
struct Commit;
struct Fact;
}  // namespace construct

namespace http {

// One fact with what the log says about the commit it came with.
struct StoredFact {
  kernel::CommitNumber position = 0;
  std::uint64_t version = 0;  // of the aggregate, with this fact
  std::string type;           // "StockReserved"
  std::int64_t time = 0;      // microseconds since 1970
  std::string actor;
  std::string command;     // "ReserveStock"
  std::string command_id;  // 16 bytes
  std::string correlation;
  std::string causation;
  std::string data;  // the fact's FlatBuffer
};

StoredFact to_stored(
    kernel::CommitNumber number, const construct::Commit& commit, const construct::Fact& fact);

struct StreamPage {
  std::optional<kernel::Position>
      position;                   // how far the source has read the log, taken before the facts
  std::vector<StoredFact> facts;  // in the order of their versions
};

// Any thread may call it.
class StreamSource {
 public:
  virtual ~StreamSource() = default;

  // The facts of `stream` ("inventory/StockItem/sku-1") whose version is above `after`, at most
  // `limit`. Throws std::runtime_error when the store cannot be read.
  virtual StreamPage read(std::string_view stream, std::uint64_t after, std::size_t limit) = 0;

  // As views::Reader::when.
  virtual void when(
      kernel::CommitNumber wanted,
      std::chrono::milliseconds patience,
      std::function<void(bool)> then) = 0;
};

}  // namespace http
