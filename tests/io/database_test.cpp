// The store in RocksDB gives what a store in memory gives.

#include "gateways/rocks/database.hpp"

#include <doctest/doctest.h>

#include "tests/simulation/memory_store.hpp"
#include "tests/support/temporary.hpp"

namespace {

using Keys = std::vector<std::string>;

Keys forward(const fold::Reads& store, const std::string& prefix, const std::string& from) {
  Keys seen;
  store.scan(1, prefix, from, [&](auto key, auto) {
    seen.emplace_back(key);
    return true;
  });
  return seen;
}

Keys backward(const fold::Reads& store, const std::string& prefix, const std::string& before) {
  Keys seen;
  store.scan_back(1, prefix, before, [&](auto key, auto) {
    seen.emplace_back(key);
    return true;
  });
  return seen;
}

}  // namespace

TEST_SUITE("rocks: database") {
  TEST_CASE("scans go up and down, over any bytes, from any key") {
    const support::TemporaryFolder folder;
    rocks::Database store{rocks::Database::As::primary, folder.path() / "db", {"rows"}};
    simulation::MemoryStore memory;
    const Keys keys{"a", "ab", "ab\xff", "ab\xff\xff", "abc", "b", "\xff", "\xff\xff"};
    fold::Batch batch;
    for (const auto& key : keys) batch.push_back({1, key, "value"});
    store.write(batch);
    memory.write(batch);
    for (const std::string prefix : {"", "a", "ab", "ab\xff", "b", "c", "\xff"})
      for (const std::string place : {"", "a", "ab", "ab\xff", "abb", "b", "\xff"}) {
        CAPTURE(prefix);
        CAPTURE(place);
        CHECK(forward(store, prefix, place) == forward(memory, prefix, place));
        if (!place.starts_with(prefix) && !place.empty()) continue;
        CHECK(backward(store, prefix, place) == backward(memory, prefix, place));
      }
    CHECK(backward(store, "ab", "") == Keys{"ab\xff\xff", "ab\xff", "abc", "ab"});
    CHECK(backward(store, "", "ab") == Keys{"a"});
  }
}
