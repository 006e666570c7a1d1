#include "domain/fold/write_behind.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/simulation/memory_store.hpp"
#include "tests/support/seed.hpp"

namespace {

using fold::Batch;
using fold::WriteBehind;
using simulation::MemoryStore;

constexpr fold::Family families = 3;

std::string key(std::uint64_t number) { return "key-" + std::to_string(number % 40); }

Batch random_batch(std::mt19937_64& random) {
  Batch batch;
  for (auto left = random() % 20; left > 0; --left)
    batch.push_back(
        {random() % families,
         key(random()),
         random() % 4 == 0 ? std::nullopt : std::optional{std::to_string(random())}});
  return batch;
}

using Seen = std::vector<std::pair<std::string, std::string>>;

Seen all(const fold::Reads& store, fold::Family family) {
  Seen seen;
  store.scan(family, "key-", "", [&](auto at, auto value) {
    seen.emplace_back(at, value);
    return true;
  });
  return seen;
}

// Several threads may read it while one writes, as a store must allow.
class SharedStore final : public MemoryStore {
 public:
  void write(const Batch& batch) override {
    const std::lock_guard lock{mutex_};
    MemoryStore::write(batch);
  }
  std::optional<std::string> get(fold::Family family, std::string_view key) const override {
    const std::lock_guard lock{mutex_};
    return MemoryStore::get(family, key);
  }

 private:
  mutable std::mutex mutex_;
};

// Takes no more.
class Broken final : public MemoryStore {
 public:
  void write(const Batch&) override { throw fold::StoreFailed{"the disk is gone"}; }
};

}  // namespace

TEST_SUITE("fold: write behind") {
  TEST_CASE("what was handed over is read back at once, and is in the store in the end") {
    std::mt19937_64 random{support::seed()};
    MemoryStore model;
    SharedStore store;
    {
      WriteBehind behind{store};
      for (int i = 0; i < 2'000; ++i) {
        auto batch = random_batch(random);
        model.write(batch);
        behind.take(std::move(batch));
        const auto family = random() % families;
        const auto asked = key(random());
        REQUIRE(behind.get(family, asked) == model.get(family, asked));
        REQUIRE(
            behind.get(family, std::vector{asked, key(7)}) ==
            model.get(family, std::vector{asked, key(7)}));
        if (random() % 20 == 0) REQUIRE(all(behind, family) == all(model, family));
        if (random() % 500 == 0) {
          behind.keep_up();
          for (fold::Family each = 0; each < families; ++each)
            REQUIRE(all(store, each) == all(model, each));
        }
      }
    }
    for (fold::Family each = 0; each < families; ++each)
      CHECK(all(store, each) == all(model, each));
  }

  TEST_CASE("a store that fails is told of, and nothing more is taken") {
    Broken store;
    WriteBehind behind{store};
    behind.take({{0, "a", "1"}});
    CHECK_THROWS_AS(behind.take({{0, "b", "2"}}), fold::StoreFailed);
    CHECK_THROWS_AS(behind.take({{0, "c", "3"}}), fold::StoreFailed);
    CHECK_THROWS_AS(behind.keep_up(), fold::StoreFailed);
  }
}
