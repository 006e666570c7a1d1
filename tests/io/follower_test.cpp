#include "gateways/rocks/follower.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "domain/fold/fold.hpp"
#include "tests/support/damage.hpp"
#include "tests/support/temporary.hpp"
#include "tests/support/wait.hpp"

namespace {

const std::vector<std::string> families{"rows"};

fold::Batch moved_to(kernel::CommitNumber next, const std::string& value) {
  construct::Cursor cursor;
  cursor.next_commit = next;
  cursor.hash.data = std::string(32, '\0');
  return {{1, "key", value}, {fold::cursor_family, "cursor", encode(cursor)}};
}

struct Stores {
  support::TemporaryFolder folder;
  std::filesystem::path primary = folder.path() / "primary";
  rocks::Follower follower{primary, folder.path() / "reader", families};

  bool reaches(
      kernel::CommitNumber wanted, std::chrono::milliseconds patience = support::patience) {
    const auto answer = std::make_shared<support::Awaited<bool>>();
    follower.when(wanted, patience, [answer](bool reached) { answer->give(reached); });
    return answer->take();
  }
  std::optional<std::string> value() {
    std::optional<std::string> value;
    follower.read([&](const fold::Reads& store) { value = store.get(1, "key"); });
    return value;
  }
};

}  // namespace

TEST_SUITE("rocks: follower") {
  TEST_CASE_FIXTURE(
      Stores, "no row is older than the position, though its owner is started again and again") {
    for (kernel::CommitNumber life = 0; life < 20; life += 2) {
      {
        rocks::Database store{rocks::Database::As::primary, primary, families};
        store.write(moved_to(life + 1, std::to_string(life)));
        REQUIRE(reaches(life));
        CHECK(value() == std::to_string(life));
        // Nobody tells the follower of this one before it is moved into a table file.
        store.write(moved_to(life + 2, std::to_string(life + 1)));
      }
      rocks::Database store{rocks::Database::As::primary, primary, families};
      REQUIRE(reaches(life + 1));
      CHECK(value() == std::to_string(life + 1));
    }
  }

  TEST_CASE_FIXTURE(
      Stores, "a store that does not exist yet is said to be missing, and read when it is there") {
    CHECK_THROWS_WITH_AS(value(), doctest::Contains("not there yet"), std::runtime_error);
    rocks::Database store{rocks::Database::As::primary, primary, families};
    store.write(moved_to(1, "first"));
    CHECK(reaches(0));
    CHECK(value() == "first");
  }

  TEST_CASE_FIXTURE(
      Stores, "whoever waits for a commit is called when it is folded, and not before") {
    rocks::Database store{rocks::Database::As::primary, primary, families};
    store.write(moved_to(5, "four"));
    CHECK(reaches(4));
    CHECK_FALSE(reaches(5, std::chrono::milliseconds{30}));
    const auto answer = std::make_shared<support::Awaited<bool>>();
    follower.when(5, support::patience, [answer](bool reached) { answer->give(reached); });
    store.write(moved_to(6, "five"));
    follower.nudge();
    CHECK(answer->take());
    CHECK(value() == "five");
  }

  TEST_CASE_FIXTURE(Stores, "without a word from the owner it looks by itself") {
    rocks::Database store{rocks::Database::As::primary, primary, families};
    store.write(moved_to(1, "first"));
    CHECK(reaches(0));
    store.write(moved_to(2, "second"));
    CHECK(support::eventually([&] { return value() == "second"; }));
  }

  TEST_CASE_FIXTURE(
      Stores, "whoever reads is never refused, while its owner moves rows into table files") {
    const auto row_at = [](kernel::CommitNumber next) {
      return std::string(100, static_cast<char>('a' + next % 26));
    };
    constexpr std::size_t lives = 100, commits = 20;
    rocks::Database{rocks::Database::As::primary, primary, families}.write(moved_to(1, row_at(1)));
    REQUIRE(reaches(0));
    std::thread owner{[&] {
      kernel::CommitNumber next = 1;
      for (std::size_t life = 0; life < lives; ++life) {
        // Moves what was logged into a table file.
        rocks::Database store{rocks::Database::As::primary, primary, families};
        for (std::size_t i = 0; i < commits; ++i) {
          ++next;
          store.write(moved_to(next, row_at(next)));
          follower.nudge();
        }
      }
    }};
    std::size_t refused = 0, mixed = 0;
    while (!reaches(lives * commits, std::chrono::milliseconds{0})) try {
        follower.read([&](const fold::Reads& read) {
          const auto next = fold::read_cursor(read)->head.next;
          const auto row = read.get(1, "key").value();
          if (row != row_at(next)) ++mixed;
        });
      } catch (const std::runtime_error&) {
        ++refused;
      }
    owner.join();
    CHECK(refused == 0);
    CHECK(mixed == 0);
  }

  TEST_CASE_FIXTURE(Stores, "a store that is made again is not read before it is where it was") {
    using rocks::Database;
    Database{Database::As::fold, primary, families}.write(moved_to(3, "old"));
    { const Database moves_what_was_logged{Database::As::fold, primary, families}; }
    REQUIRE(reaches(2));
    support::damage_table(primary);
    CHECK(support::eventually([&] {
      // The reader may have the file's block in memory still; its owner reads it when it opens.
      Database store{Database::As::fold, primary, families};
      if (store.given_up()) return true;
      CHECK_THROWS(store.get(1, "key"));
      return false;
    }));
    Database store{Database::As::fold, primary, families};
    store.write(moved_to(1, "new"));
    follower.nudge();
    CHECK(support::eventually([&] {
      try {
        value();
      } catch (const std::runtime_error& why) {
        return std::string{why.what()}.find("being made again") != std::string::npos;
      }
      return false;
    }));
    store.check_sound();  // whatever the reader has found in the files of the one before
    store.write(moved_to(3, "newer"));
    REQUIRE(reaches(2));
    CHECK(value() == "newer");
  }

  TEST_CASE("a store is found again after its process was thrown away") {
    const support::TemporaryFolder folder;
    rocks::Database{rocks::Database::As::primary, folder.path(), families}.write(
        moved_to(3, "kept"));
    const rocks::Database again{rocks::Database::As::primary, folder.path(), families};
    CHECK(again.get(1, "key") == "kept");
    CHECK(fold::read_cursor(again)->head.next == 3);
  }

  TEST_CASE("a store that another process holds is refused with a sentence") {
    const support::TemporaryFolder folder;
    const rocks::Database first{rocks::Database::As::primary, folder.path(), families};
    CHECK_THROWS_WITH_AS(
        (rocks::Database{rocks::Database::As::primary, folder.path(), families}),
        doctest::Contains("cannot open the store"),
        std::runtime_error);
  }
}
