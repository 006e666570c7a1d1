// The store in RocksDB gives what a store in memory gives.

#include "gateways/rocks/database.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <random>

#include "tests/simulation/memory_store.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temporary.hpp"
#include "tests/support/wait.hpp"

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

// A store of many rows in table files, of which one has a byte changed.
struct Damaged {
  using As = rocks::Database::As;
  support::TemporaryFolder temporary;
  std::filesystem::path folder = temporary.path() / "db";
  explicit Damaged(As as) {
    fold::Batch batch;
    for (int i = 0; i < 1000; ++i) batch.push_back({1, "key-" + std::to_string(i), "value"});
    rocks::Database{as, folder, {"rows"}}.write(batch);
    rocks::Database{as, folder, {"rows"}};  // moves what was logged into a table file
    support::damage_table(folder);
  }
};

}  // namespace

TEST_SUITE("rocks: database") {
  TEST_CASE("of changes of one key the last holds, in whatever order a batch has them") {
    std::mt19937_64 random{support::seed()};
    const support::TemporaryFolder folder;
    rocks::Database store{rocks::Database::As::primary, folder.path() / "db", {"rows", "index"}};
    simulation::MemoryStore memory;
    for (int i = 0; i < 50; ++i) {
      fold::Batch batch;
      for (auto left = random() % 200; left > 0; --left) {
        // Keys that share long beginnings, zeros and ends among them.
        std::string key(random() % 12, 'k');
        for (auto more = random() % 3; more > 0; --more)
          key.push_back(static_cast<char>(random() % 3));
        std::optional<std::string> value;
        if (random() % 4 != 0) value = std::to_string(random());
        batch.push_back({1 + random() % 2, key, value});
      }
      store.write(batch);
      memory.write(batch);
      for (const auto& change : batch)
        CHECK(store.get(change.family, change.key) == memory.get(change.family, change.key));
      CHECK(forward(store, "", "") == forward(memory, "", ""));
    }
  }

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
  TEST_CASE("a fold's store that is found damaged is given up, and says so") {
    const Damaged damaged{rocks::Database::As::fold};
    {
      rocks::Database store{rocks::Database::As::fold, damaged.folder, {"rows"}};
      CHECK_FALSE(store.given_up());
      store.check_sound();
      CHECK_THROWS_AS(forward(store, "", ""), fold::StoreFailed);
      CHECK_THROWS_AS(store.check_sound(), fold::StoreFailed);
    }
    rocks::Database store{rocks::Database::As::fold, damaged.folder, {"rows"}};
    REQUIRE(store.given_up());
    CHECK(store.given_up().value().find("Corruption") != std::string::npos);
    CHECK(forward(store, "", "").empty());
    store.write({{1, "other", "value"}});
    CHECK(forward(store, "", "") == Keys{"other"});
  }
  TEST_CASE("a fold's store that cannot even be opened is given up, too") {
    const Damaged damaged{rocks::Database::As::fold};
    std::ofstream{damaged.folder / "CURRENT"} << "MANIFEST-999999\n";
    rocks::Database store{rocks::Database::As::fold, damaged.folder, {"rows"}};
    CHECK(store.given_up());
    CHECK(forward(store, "", "").empty());
  }
  TEST_CASE("what cannot be made again is never given up") {
    const Damaged damaged{rocks::Database::As::primary};
    for (int i = 0; i < 2; ++i) {
      const rocks::Database store{rocks::Database::As::primary, damaged.folder, {"rows"}};
      CHECK_FALSE(store.given_up());
      CHECK_THROWS_AS(forward(store, "", ""), fold::StoreFailed);
    }
  }

  TEST_CASE("of a fold that nobody reads yet a crash leaves whole batches, once durable all") {
    const support::TemporaryFolder folder;
    const std::vector<std::string> families{"rows", "index"};
    constexpr std::size_t value_bytes = 100'000;  // so that some of it is moved to table files
    const auto batch = [](int number) {
      const auto text = std::to_string(number);
      return fold::Batch{
          {fold::cursor_family, "last", text},
          {1, text, std::string(value_bytes, 'x')},
          {2, text, text}};
    };
    // What is in the files that the process has left, had it been killed now.
    int images = 0;
    const auto left = [&] {
      const auto image = folder.path() / ("image-" + std::to_string(++images));
      std::filesystem::copy(folder.path() / "db", image);
      const rocks::Database store{rocks::Database::As::unread_fold, image, families};
      const auto last = std::stoi(store.get(fold::cursor_family, "last").value_or("0"));
      for (int number = 1; number <= last; ++number) {
        const auto text = std::to_string(number);
        CHECK(store.get(1, text).has_value());
        CHECK(store.get(2, text) == text);
      }
      CHECK(forward(store, "", "").size() == static_cast<std::size_t>(last));
      return last;
    };
    rocks::Database store{rocks::Database::As::unread_fold, folder.path() / "db", families};
    int number = 0;
    const auto write = [&](int batches) {
      for (const auto until = number + batches; number < until;) store.write(batch(++number));
    };
    write(400);
    CHECK(left() < 400);
    write(400);
    store.make_durable();
    CHECK(left() == 800);
    write(10);
    CHECK(left() == 810);
  }

  TEST_CASE("a fold whose place moves on while nothing else changes takes up no more and more") {
    const support::TemporaryFolder folder;
    const auto path = folder.path() / "db";
    // What a process that is started finds to do again, and every reader has in memory.
    const auto logged = [&path] {
      std::uintmax_t bytes = 0;
      for (const auto& file : std::filesystem::directory_iterator{path}) {
        std::error_code gone;
        const auto size = file.file_size(gone);
        if (!gone && file.path().extension() == ".log") bytes += size;
      }
      return bytes;
    };
    constexpr std::size_t place_bytes = 200, written = 16u << 20, left = 4u << 20;
    auto as = rocks::Database::As::fold;
    SUBCASE("from the beginning") {}
    SUBCASE("once it is read") { as = rocks::Database::As::unread_fold; }
    rocks::Database store{as, path, {"rows"}};
    store.make_durable();
    for (std::size_t bytes = 0; bytes < written; bytes += place_bytes)
      store.write({{fold::cursor_family, "place", std::string(place_bytes, 'x')}});
    CHECK(support::eventually([&] { return logged() < left; }));
  }
}
