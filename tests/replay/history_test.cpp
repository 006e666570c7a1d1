#include "replay/history.hpp"

#include <filesystem>
#include <fstream>

#include "replay/manifest.hpp"
#include "replay/verify/merkle.hpp"
#include "replay/verify/proof.hpp"
#include "schemas/notation.hpp"
#include "tests/replay/shop.hpp"
#include "tests/support/seed.hpp"
#include "tests/support/temporary.hpp"

namespace {

using namespace replayed;

// The numbers of the commits in a range.
std::vector<kernel::CommitNumber> numbers(fold::Log& log, const Range& range) {
  std::vector<kernel::CommitNumber> all;
  replay::History{log, {}}.read(range, [&](const auto& commit, const auto&) {
    all.push_back(commit.number);
    return true;
  });
  return all;
}

using Numbers = std::vector<kernel::CommitNumber>;

}  // namespace

TEST_SUITE("replay: moments") {
  TEST_CASE("a moment is a number, a position, a time or the end") {
    CHECK(parse_moment("41").commit == 41);
    CHECK(parse_moment("seq:41").commit == 41);
    CHECK(parse_moment("5f0c2a91-41").incarnation == "5f0c2a91");
    CHECK(parse_moment("time:2025-06-15T15:06:40Z").time == history::beginning);
    CHECK(parse_moment("last").kind == replay::Moment::Kind::last);
    for (const auto* none :
         {"",
          "x",
          "-1",
          "seq:",
          "seq:4x",
          "time:",
          "time:yesterday",
          "1.5",
          "99999999999999999999"})
      CHECK_MESSAGE(
          refused([&] { parse_moment(none); }).find("is no moment") != std::string::npos, none);
  }
}

TEST_SUITE("replay: history") {
  TEST_CASE_FIXTURE(Shop, "a range has its first commit and not its last") {
    CHECK(numbers(log, {}) == Numbers{0, 1, 2, 3, 4});
    CHECK(numbers(log, range("1", "3")) == Numbers{1, 2});
    CHECK(numbers(log, range("3", "3")).empty());
    CHECK(numbers(log, range("5", nullptr)).empty());
    CHECK(numbers(log, range(nullptr, "5")) == Numbers{0, 1, 2, 3, 4});
    CHECK(numbers(log, range("last", "last")).empty());
    CHECK(numbers(log, Range::as_of(parse_moment("3"))) == Numbers{0, 1, 2, 3});
    CHECK(numbers(log, Range::as_of(parse_moment("last"))) == Numbers{0, 1, 2, 3, 4});
  }

  TEST_CASE_FIXTURE(Shop, "a time is everything up to it, and begins with what is at it") {
    // Commit n is n microseconds after the first.
    const auto at = "time:2025-06-15T15:06:40.000002Z";
    CHECK(numbers(log, Range::as_of(parse_moment(at))) == Numbers{0, 1, 2});
    CHECK(numbers(log, range(nullptr, at)) == Numbers{0, 1});
    CHECK(numbers(log, range(at, nullptr)) == Numbers{2, 3, 4});
    CHECK(numbers(log, Range::as_of(parse_moment("time:2001-01-01T00:00:00Z"))).empty());
  }

  TEST_CASE_FIXTURE(Shop, "what is not there yet is refused before anything is told") {
    const auto told = [&](const Range& range) {
      int commits = 0;
      const auto why = refused(
          [&] { history().read(range, [&](const auto&, const auto&) { return ++commits > 0; }); });
      CHECK(commits == 0);
      return why;
    };
    CHECK(told(range("6", nullptr)).find("the log ends with commit 4") != std::string::npos);
    CHECK(told(range(nullptr, "6")).find("the log ends with commit 4") != std::string::npos);
    CHECK(
        told(Range::as_of(parse_moment("5"))).find("there is no commit 5 yet") !=
        std::string::npos);
    CHECK(told(range("3", "2")).find("ends before it begins") != std::string::npos);
    CHECK(
        told(range(nullptr, "time:9000-01-01T00:00:00Z")).find("still to come") !=
        std::string::npos);
  }

  TEST_CASE_FIXTURE(
      Shop, "a stray at the end does not make the log longer, nor one amid it shorter") {
    log.stray();
    CHECK(numbers(log, range(nullptr, "5")).size() == 5);
    CHECK(!refused([&] { numbers(log, range(nullptr, "6")); }).empty());
    log.fact(tea, received(1));
    CHECK(numbers(log, {}).size() == 6);
  }

  TEST_CASE_FIXTURE(Shop, "a position of another log, or of another life of it, is refused") {
    CHECK(numbers(log, range("0badcafe-3", nullptr)) == Numbers{3, 4});
    CHECK(refused([&] {
            numbers(log, range("5f0c2a91-3", nullptr));
          }).find("of another log") != std::string::npos);
    log.restored();
    CHECK(numbers(log, range("1badcafe-5", nullptr)) == Numbers{5});
    CHECK(!refused([&] { numbers(log, range("0badcafe-5", nullptr)); }).empty());
    CHECK(numbers(log, range("0badcafe-4", nullptr)) == Numbers{4, 5});
    CHECK(!refused([&] { numbers(log, range(nullptr, "5f0c2a91-1")); }).empty());
  }

  TEST_CASE_FIXTURE(Shop, "a checkpoint is all that it covers, and the log must have its root") {
    constexpr std::uint64_t size = 3;
    verify::Growing tree;
    history().read({}, [&](const auto& commit, const auto&) {
      tree.add(verify::leaf_of(verify::to_bytes(verify::entry_of(commit.number, commit.bytes))));
      return tree.size() < size;
    });
    const support::TemporaryFolder folder;
    const auto file = folder.path() / "checkpoint";
    const auto checkpoint = "ckpt:" + file.string();
    const auto write = [&](const std::string& incarnation, std::uint64_t covers, auto root) {
      std::ofstream{file} << "shop.example/" << incarnation << '\n'
                          << covers << '\n'
                          << schemas::to_base64(kernel::text(root)) << "\n\n\u2014 shop.example/"
                          << incarnation << " AAAAAAAA\n";
    };
    const auto refusal = [&](const Range& range) { return refused([&] { numbers(log, range); }); };
    write("0badcafe", size, tree.root());
    CHECK(numbers(log, range(nullptr, checkpoint.c_str())) == Numbers{0, 1, 2});
    CHECK(numbers(log, Range::as_of(parse_moment(checkpoint))) == Numbers{0, 1, 2});
    CHECK(numbers(log, range(checkpoint.c_str(), nullptr)) == Numbers{3, 4});
    const auto extent = history().read(
        range(nullptr, checkpoint.c_str()), [](const auto&, const auto&) { return true; });
    REQUIRE(extent.checkpoint);
    CHECK(replay::describe(extent)["checkpoint"]["size"] == size);

    const auto until_it = [&] {
      return refused([&] { numbers(log, range(nullptr, checkpoint.c_str())); });
    };
    write("0badcafe", size, kernel::sha256("another history"));
    CHECK(until_it().find("another root") != std::string::npos);
    CHECK(refusal(range(checkpoint.c_str(), nullptr)).find("another root") != std::string::npos);
    write("5f0c2a91", size, tree.root());
    CHECK(until_it().find("of another log") != std::string::npos);
    write("0badcafe", 9, tree.root());
    CHECK(until_it().find("there is no commit 8 yet") != std::string::npos);
    std::ofstream{file} << "nothing";
    CHECK(until_it().find("is no checkpoint") != std::string::npos);
    std::filesystem::remove(file);
    CHECK(until_it().find("is no checkpoint") != std::string::npos);
  }

  TEST_CASE("what holds no log of ours is refused") {
    struct Other final : fold::Log {
      std::vector<fold::Message> messages;
      std::unique_ptr<fold::Subscription> subscribe(std::uint64_t) override {
        struct Reading final : fold::Subscription {
          std::vector<fold::Message> left;
          std::vector<fold::Message> next(std::size_t, int) override {
            return std::exchange(left, {});
          }
        };
        auto made = std::make_unique<Reading>();
        made->left = messages;
        return made;
      }
      std::optional<std::uint64_t> end() override { return messages.size(); }
    };
    Other log;
    CHECK(refused([&] { numbers(log, {}); }).find("has no commits") != std::string::npos);
    log.messages = {{1, "hello"}};
    CHECK(refused([&] { numbers(log, {}); }).find("has no commits") != std::string::npos);
    construct::Commit commit;
    commit.facts = {stored(tea, received(1))};
    construct::StoredCommit bytes;
    bytes.bytes.data = encode(commit);
    log.messages = {{1, fold::make_block({}, 1, {bytes})}};
    CHECK(refused([&] { numbers(log, {}); }).find("no log of construct") != std::string::npos);
  }

  TEST_CASE_FIXTURE(Shop, "it stops when it is asked to, and what is followed ends well") {
    const auto visit = [](const auto&, const auto&) { return true; };
    replay::History asked{log, {.stopped = [] { return true; }}};
    CHECK_THROWS_AS(asked.read({}, visit), replay::Interrupted);
    int turns = 0;
    replay::History following{log, {.stopped = [&] { return ++turns > 3; }}};
    CHECK(following.follow({}, visit).commits == 5);
  }

  TEST_CASE_FIXTURE(Shop, "what is followed from the end on is only what comes") {
    bool idle = false;
    Numbers seen;
    replay::History following{
        log,
        {.stopped = [&] { return !seen.empty(); },
         .idle =
             [&] {
               if (!std::exchange(idle, true)) log.fact(tea, received(1));
             }}};
    following.follow(range("last", nullptr), [&](const auto& commit, const auto&) {
      seen.push_back(commit.number);
      return true;
    });
    CHECK(seen == Numbers{5});
  }
}
