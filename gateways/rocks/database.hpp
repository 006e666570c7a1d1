// A fold's store in RocksDB: one database, one column family per family.
//
// Writes go through RocksDB's write-ahead log without fsync: killing the process loses nothing, and
// after a power cut the fold finds an older state with its cursor and follows the log from there.
// write_synced() is for what is no fold and could not be made again.
//
// A fold's store whose files turn out to be damaged, to its owner or to a reader, is given up: that
// is noted beside them, and who opens it next finds it empty, to be folded afresh.
//
// Concurrency: any thread.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/fold/store.hpp"

namespace rocksdb {
struct ColumnFamilyDescriptor;
class ColumnFamilyHandle;
class DB;
class Status;
}  // namespace rocksdb

namespace rocks {

class Database : public fold::Store {
 public:
  // What the log can make again; the same while it is made and nobody reads it, of which a crash
  // takes some of the last batches, each whole; what cannot be made again; another process's fold.
  enum class As : std::uint8_t { fold, unread_fold, primary, secondary };

  // Throws fold::StoreFailed with a sentence when it cannot be opened. A secondary follows the
  // primary's files and keeps a little of its own beside them, in `own`.
  Database(
      As as,
      const std::filesystem::path& folder,
      const std::vector<std::string>& families,
      const std::filesystem::path& own = {});
  ~Database() override;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Of a fold: why it was given up, and is empty now.
  const std::optional<std::string>& given_up() const { return given_up_; }

  // A copy of it as it is now, in a folder that is not there yet; on the same disk it takes no
  // time and little room. Throws std::runtime_error.
  void checkpoint(const std::filesystem::path& folder) const;

  std::string name() const override { return "the store " + folder_.string(); }
  // Of a fold that nobody read: what it has is durable, and from now on it is as any other. No
  // batch may be on its way.
  void make_durable();
  // Of a secondary: sees what the primary has written since. Nobody may read it meanwhile.
  void catch_up();

  std::optional<std::string> get(fold::Family family, std::string_view key) const override;
  bool may_have(fold::Family family, std::string_view key) const override;
  std::vector<std::optional<std::string>> get(
      fold::Family family, const std::vector<std::string>& keys) const override;
  void scan(
      fold::Family family,
      std::string_view prefix,
      std::string_view from,
      const std::function<bool(std::string_view key, std::string_view value)>& visit)
      const override;
  void scan_back(
      fold::Family family,
      std::string_view prefix,
      std::string_view before,
      const std::function<bool(std::string_view key, std::string_view value)>& visit)
      const override;
  void write(const fold::Batch& batch) override;  // of a primary
  void check_sound() const override;
  // The same, and fsynced when it returns.
  void write_synced(const fold::Batch& batch);

 private:
  enum class Sync : std::uint8_t { no, yes };
  rocksdb::Status open(const std::vector<rocksdb::ColumnFamilyDescriptor>& families);
  void write(const fold::Batch& batch, Sync sync);
  void close();
  void read_standing();
  void check_read(const rocksdb::Status& status) const;
  void note(const rocksdb::Status& damage) const;
  rocksdb::ColumnFamilyHandle* family(fold::Family at) const { return handles_.at(at); }

  std::atomic<As> as_;
  std::filesystem::path folder_;
  std::filesystem::path note_;  // where it would be said that it is damaged
  std::optional<std::string> given_up_;
  rocksdb::DB* db_ = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
  // Of a secondary: what the fold runtime's own family holds, which whoever reads begins with.
  std::map<std::string, std::string, std::less<>> standing_;
};

}  // namespace rocks
