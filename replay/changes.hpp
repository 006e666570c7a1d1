// What if: facts of the past left out, or others in their place. The log itself is never changed.
//
// Concurrency: one thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/fold/cloud_event.hpp"
#include "replay/filter.hpp"

namespace replay {

class Changes {
 public:
  // Facts that the filter takes did not happen.
  void drop(Filter filter) { drops_.push_back(std::move(filter)); }
  // A file of CloudEvents, a line each, as `replay events -o jsonl` writes them: each stands for
  // the fact of its id, with its `data`. Throws Refused with the line that cannot be.
  void replace(const std::filesystem::path& file);

  // The commit as it would have been.
  void apply(fold::CommitView& commit, const fold::Life& life);
  // Every replacement found its fact. Throws Refused.
  void check_all_used() const;

  std::uint64_t dropped() const { return dropped_; }
  std::uint64_t replaced() const { return replaced_; }
  bool none() const { return drops_.empty() && others_.empty(); }
  // As they were given, for manifests.
  std::vector<std::string> text() const;

 private:
  struct Other {
    std::size_t line = 0;
    const schemas::Table* table = nullptr;
    std::string data;
    bool used = false;
  };
  void read_line(std::size_t line, const std::string& text);

  std::vector<Filter> drops_;
  std::string file_;
  std::map<std::string, Other, std::less<>> others_;  // by the id of the event
  std::uint64_t dropped_ = 0, replaced_ = 0;
};

}  // namespace replay
