// The data folder while a process owns it.
#pragma once

#include <string>
#include <string_view>

#include "gateways/cli/folders.hpp"

namespace cli {

// Makes the folder, checks that it can be written, and keeps other instances out of it while it
// lives.
class DataFolder {
 public:
  // Throws std::runtime_error with a sentence when it is in use, cannot be written or is full.
  explicit DataFolder(const Folders& folders);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

 private:
  int lock_ = -1;
};

// All of a file; empty when it cannot be read.
std::string read_file(const std::filesystem::path& path);
// Writes a file, or a folder's names, to the disk. Throws std::runtime_error.
void sync(const std::filesystem::path& path);
// A file that only its owner may read, whole or not at all, and still there after a power cut.
// Throws std::runtime_error.
void write_secret(const std::filesystem::path& path, std::string_view content);

// 32 random bytes in such a file, unless it is there. Throws std::runtime_error.
void make_key(const std::filesystem::path& path);

}  // namespace cli
