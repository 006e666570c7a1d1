// A small shop's log, and how it is read back.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "replay/verbs.hpp"
#include "schemas/inventory.hpp"
#include "schemas/ordering.hpp"
#include "tests/flows/history.hpp"
#include "tests/support/temporary.hpp"

namespace replayed {

using nlohmann::json;
using replay::parse_moment;
using replay::Range;
using replay::Refused;

inline const std::string tea = "inventory/StockItem/tea", mug = "inventory/StockItem/mug";

inline inventory::StockItemCreated item(const std::string& product) {
  return {
      .product_id = schemas::Id<"Product">{product},
      .location_id = schemas::Id<"Location">{"main"}};
}
inline inventory::StockReceived received(std::int64_t quantity, const std::string& from = "po-7") {
  return {.quantity = quantity, .source_ref = from};
}

template <class Fact>
construct::Fact stored(const std::string& aggregate, const Fact& fact) {
  construct::Fact made;
  made.aggregate = aggregate;
  made.type = Fact::type_name;
  made.data.data = encode(fact);
  return made;
}

// Commit 1 makes tea, 2 receives 10 of it, 3 is ann's and receives 5 of tea and 7 of a new mug, 4
// receives -2^60 of mug, which no double keeps.
struct Shop {
  history::Log log;

  Shop() {
    log.fact(tea, item("green, \"loose\"")).fact(tea, received(10));
    construct::Commit both;
    both.actor = "ann";
    both.command = "ReceiveStock";
    both.correlation = "c-3";
    both.causation = "a \"cause\"";
    both.command_id.data = std::string(16, '\x5a');
    both.facts = {
        stored(tea, received(5, "=1+1")), stored(mug, item("mug")), stored(mug, received(7))};
    log.commit(both).fact(mug, received(-(std::int64_t{1} << 60)));
  }

  replay::History history() { return {log, {}}; }
};

inline Range range(const char* from, const char* to) {
  Range range;
  if (from) range.from = parse_moment(from);
  if (to) range.until = parse_moment(to);
  return range;
}

// The sentence of what cannot be; empty when it could.
template <class Do>
std::string refused(Do&& what) {
  try {
    what();
    return {};
  } catch (const Refused& why) {
    return why.what();
  }
}

// What a verb writes.
class Written {
 public:
  Written() { file_ = ::open(path_.c_str(), O_RDWR | O_CREAT, 0600); }
  ~Written() { ::close(file_); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;

  replay::Output out() { return {file_, "a test's output"}; }
  std::string text() const {
    std::ifstream file{path_, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  std::vector<json> lines() const {
    std::vector<json> all;
    std::ifstream file{path_};
    for (std::string line; std::getline(file, line);) all.push_back(json::parse(line));
    return all;
  }

 private:
  support::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "output";
  int file_ = -1;
};

inline std::string shown(fold::Log& log, const replay::Events& asked) {
  Written written;
  {
    auto out = written.out();
    replay::History history{log, {}};
    show_events(history, asked, out);
  }
  return written.text();
}

}  // namespace replayed
