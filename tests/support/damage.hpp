// Bytes that change on a disk.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace support {

// Changes bytes at the beginning of each of a RocksDB store's table files, where their rows are.
inline void damage_table(const std::filesystem::path& folder) {
  bool found = false;
  for (const auto& file : std::filesystem::directory_iterator{folder}) {
    if (file.path().extension() != ".sst") continue;
    found = true;
    std::fstream bytes{file.path(), std::ios::in | std::ios::out | std::ios::binary};
    constexpr std::streamoff within_first_block = 10;
    bytes.seekp(within_first_block) << "damaged!";
  }
  if (!found) throw std::runtime_error("no table file in " + folder.string());
}

}  // namespace support
