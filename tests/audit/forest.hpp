// A log of commits folded into an audit tree in memory, and what an auditor would be given of it.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "projections/audit/fold.hpp"
#include "projections/audit/growth.hpp"
#include "projections/audit/note.hpp"
#include "replay/verify/mirror.hpp"
#include "replay/verify/policy.hpp"
#include "schemas/inventory.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/support/temporary.hpp"

namespace forest {

inline constexpr schemas::Time epoch{std::chrono::hours{24 * 365 * 56}};
inline const std::string seed(32, '\x07');

// A log of one's own making. Commits are as the engine encodes them.
class Log {
 public:
  static construct::Commit content(std::uint64_t number) {
    construct::Commit commit;
    commit.command = number == 0 ? "StartLog" : "ReceiveStock";
    commit.actor = "ann";
    commit.at = epoch + std::chrono::seconds{number};
    auto& fact = commit.facts.emplace_back();
    fact.version = number == 0 ? 1 : number;
    if (number == 0) {
      fact.aggregate = "construct/Log/construct";
      fact.type = construct::LogStarted::type_name;
      fact.data.data = encode(construct::LogStarted{
          .deployment = "construct", .incarnation = "0badcafe", .format = fold::log_format});
    } else {
      fact.aggregate = "inventory/StockItem/sku-1";
      fact.type = "StockReceived";
      fact.data.data = encode(inventory::StockReceived{
          .quantity = static_cast<std::int64_t>(number), .source_ref = "po-7"});
    }
    return commit;
  }

  // Folds commits up to so many, in batches of this size.
  void grow(std::uint64_t size, std::uint64_t batch_size = 100) {
    while (commits.size() < size) {
      std::vector<construct::StoredCommit> stored;
      while (stored.size() < batch_size && commits.size() < size) {
        commits.push_back(encode(content(commits.size())));
        stored.emplace_back().bytes.data = commits.back();
      }
      messages.push_back({messages.size() + 1, fold::make_block(head, 1, std::move(stored))});
      fold::follow(head, messages.back());
      head.last_commit_at = content(commits.size() - 1).at;
      runner.apply({messages.back()});
    }
  }

  std::string sign() const {
    const auto size = commits.size();
    return key.sign(audit::body_of({key.name(), size, audit::Tree{store}.root(size)}));
  }

  std::vector<std::string> commits;
  std::vector<fold::Message> messages;
  fold::Head head;
  simulation::MemoryStore store;
  audit::TreeFold tree{store};
  fold::Runner runner{store, tree, [](const auto&, const auto&) {}};
  audit::Key key{audit::Signer::log, "log.example.com/construct/0badcafe", seed};
};

// What `construct mirror` would make of it.
inline void mirror(const Log& log, const std::filesystem::path& folder) {
  const auto write = [&](const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream{folder / name, std::ios::binary} << bytes;
  };
  const auto copy = [&](const std::string& kind, fold::Family family, const std::string& prefix) {
    log.store.scan(family, prefix, "", [&](std::string_view key, std::string_view value) {
      const auto each = kind == "entries" ? audit::framed_entry_size : audit::hash_size;
      write(
          "tile/" + kind + '/' +
              verify::tile_name(fold::from_ordered(key.substr(prefix.size())), value.size() / each),
          std::string{value});
      return true;
    });
  };
  write("checkpoint", log.sign());
  copy("entries", audit::Families::entries, "");
  for (char level = 0; level < 8; ++level)
    copy(std::to_string(level), audit::Families::tiles, std::string(1, level));
  std::string all;
  for (const auto& commit : log.commits)
    all.append(fold::ordered(commit.size()).substr(4)).append(commit);
  write("commits", all);
}

inline verify::Policy policy_of(const Log& log) {
  return verify::Policy::parse("log " + log.key.vkey() + "\nquorum none\n");
}

}  // namespace forest
