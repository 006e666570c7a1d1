// Where data goes: standard output, or a file that is there whole or not at all.
//
// Concurrency: one thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace replay {

// Whoever read it does not read on, such as `head`.
struct NobodyReads {};

// Gathers what is written. Throws NobodyReads, or std::runtime_error when the disk does not take
// it.
class Output {
 public:
  Output(int file, std::string name) : file_{file}, name_{std::move(name)} {}

  // What is appended here is written with the next more().
  std::string& buffer() { return buffer_; }
  void more() {
    if (buffer_.size() >= buffer_most) flush();
  }
  void flush();

 private:
  static constexpr std::size_t buffer_most = 64 * 1024;

  const int file_;
  const std::string name_;
  std::string buffer_;
};

// A file under another name, NAME.partial, until it is kept: fsynced and renamed. One that is given
// up is removed; one that was left over by a kill is begun anew.
class NewFile {
 public:
  // Throws Refused when there is such a file already, or none can be made.
  explicit NewFile(std::filesystem::path path);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  const std::filesystem::path& partial() const { return partial_; }
  int file() const { return file_; }
  void keep();

 private:
  std::filesystem::path path_, partial_;
  int file_ = -1;
  bool kept_ = false;
};

}  // namespace replay
