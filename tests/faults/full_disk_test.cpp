// Disks that take no more.
#include <optional>

#include "tests/e2e/load.hpp"
#include "tests/faults/checker.hpp"
#include "tests/faults/marketplace.hpp"
#include "tests/support/small_disk.hpp"

namespace {

constexpr std::size_t disk_bytes = std::size_t{2} << 30;  // RocksDB reserves what it will log

bool has_disk(const support::SmallDisk& disk) {
  if (!disk.mounted()) MESSAGE("skipped: only root may mount a disk to be filled");
  return disk.mounted();
}

}  // namespace

TEST_SUITE("faults: full disk") {
  TEST_CASE("a full disk refuses commands and loses none, and goes on once there is room") {
    std::optional<support::SmallDisk> disk;
    faults::Marketplace there{
        {}, [&](auto& deployment) { disk.emplace(deployment.data(), disk_bytes); }};
    if (!has_disk(*disk)) return;
    faults::Market market{there.deployment.ports(), 4, 1};
    REQUIRE(support::eventually([&] { return market.answered() > 100; }));
    // Whoever asks now is not told that it is done. Files that are tidied away make room again.
    e2e::Client client{there.deployment.port()};
    int number = 0;
    e2e::Answer refused;
    REQUIRE(support::eventually([&] {
      disk->fill();
      const auto id = "full-" + std::to_string(++number);
      refused = client.post("/commands/inventory/CreateStockItem", e2e::item(id));
      return refused.status == 503;
    }));
    const auto before = market.answered();
    disk->make_room();
    REQUIRE_MESSAGE(
        support::eventually([&] { return market.answered() > before + 100; }),
        there.deployment.output());
    const auto told = market.stop();
    there.check_views();
    for (const auto& wrong : faults::check(faults::read_log(there.deployment.data()), told))
      FAIL_CHECK(wrong);
    there.check_fresh_folds();
    MESSAGE("refused: ", refused.body);
    CHECK(there.deployment.terminate().status == 0);
    disk.reset();
  }

  TEST_CASE("a data folder that cannot be written to is said to be one") {
    support::TemporaryFolder folder;
    const support::SmallDisk disk{folder.path(), disk_bytes};
    if (!has_disk(disk)) return;
    disk.make_read_only();
    const auto ended = e2e::run({"up", "--empty", "--data", (folder.path() / "data").string()});
    CHECK(ended.status == 1);
    CAPTURE(ended.output);
    CHECK(ended.output.find("Read-only file system") != std::string::npos);
    CHECK(ended.output.find((folder.path() / "data").string()) != std::string::npos);
  }
}
