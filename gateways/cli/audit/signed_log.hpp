// Every checkpoint that a log has signed, in a file that only grows: what it must never contradict.
//
//   for each of them its note, as audit::Key::sign makes it, and an empty line
//
// Concurrency: one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "projections/audit/note.hpp"

namespace cli {

class SignedLog {
 public:
  // Makes the file where there is none. What was being written when the machine stopped was never
  // shown to anybody, and is cut off. Throws std::runtime_error with a sentence when the last
  // checkpoint is not of this key, or another process has the file: two that sign beside each other
  // could contradict each other.
  SignedLog(std::filesystem::path path, const audit::Key& key);
  ~SignedLog();
  SignedLog(const SignedLog&) = delete;
  SignedLog& operator=(const SignedLog&) = delete;

  // The last one; of size 0 when there is none.
  const audit::Checkpoint& last() const { return last_; }
  const std::string& last_note() const { return last_note_; }
  // On the disk when it returns. Throws std::runtime_error.
  void append(const audit::Checkpoint& checkpoint, const std::string& note);
  // Each note, in the order in which they were signed.
  void read(const std::function<void(const std::string& note)>& use) const;

 private:
  explicit SignedLog(std::filesystem::path path);

  std::filesystem::path path_;
  int file_ = -1;
  audit::Checkpoint last_;
  std::string last_note_;
};

// In such a file, which may be growing: the first that covers so many commits, or else the last;
// absent when there is none. Reads a few kilobytes, however long the file is. Any thread.
std::optional<audit::Checkpoint> find_signed(
    const std::filesystem::path& path, std::uint64_t commits);

}  // namespace cli
