// Bytes that change on a disk.
#pragma once

#include <rocksdb/db.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <vector>

namespace support {

inline void damage_file(const std::filesystem::path& file) {
  std::fstream bytes{file, std::ios::in | std::ios::out | std::ios::binary};
  constexpr std::streamoff within_first_block = 10;
  const auto byte = bytes.seekg(within_first_block).get();
  bytes.seekp(within_first_block).put(static_cast<char>(byte ^ 1));
}

// Changes one byte in the first block of each of a RocksDB store's table files, where its rows are.
inline void damage_table(const std::filesystem::path& folder) {
  bool found = false;
  for (const auto& file : std::filesystem::directory_iterator{folder}) {
    if (file.path().extension() != ".sst") continue;
    found = true;
    damage_file(file.path());
  }
  if (!found) throw std::runtime_error("no table file in " + folder.string());
}

// The same, of the files of one family only. Nobody has the store open.
inline void damage_table(const std::filesystem::path& folder, const std::string& family) {
  const auto must = [&](bool holds, const std::string& what) {
    if (!holds) throw std::runtime_error(what + " in " + folder.string());
  };
  std::vector<std::string> names;
  must(rocksdb::DB::ListColumnFamilies({}, folder.string(), &names).ok(), "no store");
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const auto& name : names) families.emplace_back(name, rocksdb::ColumnFamilyOptions{});
  std::vector<rocksdb::LiveFileMetaData> files;
  {
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    must(
        rocksdb::DB::OpenForReadOnly({}, folder.string(), families, &handles, &opened).ok(),
        "no readable store");
    const std::unique_ptr<rocksdb::DB> store{opened};
    store->GetLiveFilesMetaData(&files);
    for (auto* handle : handles) store->DestroyColumnFamilyHandle(handle);
  }
  std::erase_if(files, [&](const auto& file) { return file.column_family_name != family; });
  must(!files.empty(), "no table file of " + family);
  for (const auto& file : files) damage_file(folder / file.relative_filename);
}

}  // namespace support
