// ceiling_rows STORE FOLDER: reads all that a store of the view "stock" holds, and writes it to a
// fresh RocksDB below the folder, in the order of the keys. Prints
// {"read_seconds":…,"write_seconds":…}. What no fold that makes these rows goes beyond.

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "domain/kernel/thread.hpp"
#include "gateways/rocks/database.hpp"
#include "projections/inventory/stock.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t batch_changes = 1'000;

void run(const std::filesystem::path& store, const std::filesystem::path& folder) {
  kernel::yield_to_others();  // as a rebuild does
  const auto families = views::families(inventory::stock());
  const rocks::Database from{
      rocks::Database::As::secondary, canonical(store), families, folder / "secondary"};
  std::vector<fold::Batch> batches(1);
  auto begin = Clock::now();
  for (fold::Family family = 0; family <= families.size(); ++family)
    from.scan(family, "", "", [&](auto key, auto value) {
      if (batches.back().size() == batch_changes) batches.emplace_back();
      batches.back().push_back({family, std::string{key}, std::string{value}});
      return true;
    });
  const Seconds read = Clock::now() - begin;
  rocks::Database to{rocks::Database::As::primary, folder / "written", families};
  begin = Clock::now();
  for (const auto& batch : batches) to.write(batch);
  const Seconds written = Clock::now() - begin;
  fmt::print(
      "{{\"read_seconds\":{:.6f},\"write_seconds\":{:.6f}}}\n", read.count(), written.count());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: ceiling_rows STORE FOLDER\n", stderr);
    return 2;
  }
  try {
    run(argv[1], argv[2]);
  } catch (const std::exception& error) {
    fmt::print(stderr, "ceiling_rows: {}\n", error.what());
    return 1;
  }
}
