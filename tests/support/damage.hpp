// Bytes that change on a disk.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace support {

// Changes one byte in the first block of each of a RocksDB store's table files, where its rows are.
inline void damage_table(const std::filesystem::path& folder) {
  bool found = false;
  for (const auto& file : std::filesystem::directory_iterator{folder}) {
    if (file.path().extension() != ".sst") continue;
    found = true;
    std::fstream bytes{file.path(), std::ios::in | std::ios::out | std::ios::binary};
    constexpr std::streamoff within_first_block = 10;
    const auto byte = bytes.seekg(within_first_block).get();
    bytes.seekp(within_first_block).put(static_cast<char>(byte ^ 1));
  }
  if (!found) throw std::runtime_error("no table file in " + folder.string());
}

}  // namespace support
