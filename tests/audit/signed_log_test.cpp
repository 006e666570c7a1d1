// The file of what was signed: it goes on where it was, whatever the machine was doing.
#include "gateways/cli/audit/signed_log.hpp"

#include <algorithm>
#include <random>

#include "tests/audit/forest.hpp"
#include "tests/support/seed.hpp"

namespace {

namespace fs = std::filesystem;

struct Signing {
  support::TemporaryFolder folder;
  fs::path path = folder.path() / "signed";
  audit::Key key{audit::Signer::log, "log.example.com/a/b", forest::seed};

  static audit::Checkpoint checkpoint(const audit::Key& by, std::uint64_t size) {
    return {by.name(), size, kernel::sha256(std::to_string(size))};
  }
  void sign(cli::SignedLog& log, std::uint64_t size) const {
    const auto made = checkpoint(key, size);
    log.append(made, key.sign(audit::body_of(made)));
  }
  std::string bytes() const { return verify::read_whole(path); }
};

}  // namespace

TEST_SUITE("audit: what was signed") {
  TEST_CASE_FIXTURE(Signing, "the last one is known again, and all can be read") {
    {
      cli::SignedLog log{path, key};
      CHECK(log.last().size == 0);
      for (std::uint64_t size = 1; size <= 40; ++size) sign(log, size);
    }
    const cli::SignedLog log{path, key};
    CHECK(log.last() == checkpoint(key, 40));
    CHECK(log.last_note() == key.sign(audit::body_of(log.last())));
    std::uint64_t next = 1;
    log.read([&](const std::string& note) {
      CHECK(audit::read_checkpoint(note) == checkpoint(key, next++));
      CHECK(key.signed_by(note));
    });
    CHECK(next == 41);
    CHECK((fs::status(path).permissions() & fs::perms::others_all) == fs::perms::none);
  }

  TEST_CASE_FIXTURE(Signing, "the checkpoint that covers so many commits is found in a long file") {
    CHECK_FALSE(cli::find_signed(path, 1));
    cli::SignedLog log{path, key};
    CHECK_FALSE(cli::find_signed(path, 1));
    std::vector<std::uint64_t> sizes;
    std::mt19937_64 random{support::seed()};
    for (std::uint64_t size = 1; sizes.size() < 300; size += 1 + random() % 1'000'000) {
      sign(log, size);
      sizes.push_back(size);
    }
    for (const auto size : sizes)
      for (const auto commits : {size - 1, size, size + 1}) {
        const auto first = std::ranges::lower_bound(sizes, commits);
        const auto expected = first == sizes.end() ? sizes.back() : *first;
        CAPTURE(commits);
        const auto found = cli::find_signed(path, commits);
        REQUIRE(found);
        CHECK(*found == checkpoint(key, expected));
      }
  }

  TEST_CASE_FIXTURE(Signing, "nobody signs beside another") {
    {
      const cli::SignedLog first{path, key};
      CHECK_THROWS_WITH_AS(
          (cli::SignedLog{path, key}), doctest::Contains("stop one of them"), std::runtime_error);
    }
    const cli::SignedLog next{path, key};
  }

  TEST_CASE_FIXTURE(Signing, "wherever the last record was cut off, the one before is the last") {
    std::size_t before = 0;
    {
      cli::SignedLog log{path, key};
      sign(log, 1);
      sign(log, 2);
      before = bytes().size();
      sign(log, 3);
    }
    const auto all = bytes();
    for (auto size = before; size < all.size(); ++size) {
      std::ofstream{path, std::ios::binary} << all.substr(0, size);
      CAPTURE(size);
      cli::SignedLog log{path, key};
      CHECK(log.last().size == 2);
      sign(log, 3);
      CHECK(bytes() == all);
    }
  }

  TEST_CASE_FIXTURE(
      Signing, "what another has signed, or somebody has changed, is not gone on from") {
    {
      cli::SignedLog log{path, key};
      sign(log, 1);
    }
    const audit::Key other{audit::Signer::log, key.name(), std::string(32, '\x09')};
    CHECK_THROWS_WITH_AS(
        (cli::SignedLog{path, other}), doctest::Contains("restore"), std::runtime_error);
    auto changed = bytes();
    changed[key.name().size() + 1] = '7';  // the size
    std::ofstream{path, std::ios::binary} << changed;
    CHECK_THROWS_AS((cli::SignedLog{path, key}), std::runtime_error);
  }
}
