#include "gateways/rocks/database.hpp"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <stdexcept>

namespace rocks {
namespace {

constexpr std::size_t block_cache_bytes = 64u << 20;
constexpr std::size_t write_buffer_bytes = 32u << 20;
constexpr std::uint64_t wal_bytes_most = 64u << 20;
constexpr double bloom_bits_per_key = 10;

rocksdb::ColumnFamilyOptions family_options() {
  // One cache for all databases of the process.
  static const auto cache = rocksdb::NewLRUCache(block_cache_bytes);
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  // Most look-ups are for what is not there: a new command's id, a new aggregate.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(bloom_bits_per_key));
  table.checksum = rocksdb::kXXH3;  // Debian's build has no fast CRC-32C.
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = write_buffer_bytes;
  options.compression = rocksdb::kLZ4Compression;
  return options;
}

rocksdb::DBOptions database_options(Database::As as) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  // Whoever opens the store as a secondary replays as much.
  options.max_total_wal_size = wal_bytes_most;
  options.allow_concurrent_memtable_write = false;  // One thread folds into each store.
  options.keep_log_file_num = 2;
  options.max_log_file_size = 4u << 20;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  // A secondary must hold all files open: the primary may delete one at any time.
  if (as == Database::As::secondary) options.max_open_files = -1;
  return options;
}

void check(const rocksdb::Status& status, std::string_view what) {
  if (!status.ok()) throw fold::StoreFailed(fmt::format("{}: {}", what, status.ToString()));
}

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Database::Database(
    As as,
    const std::filesystem::path& folder,
    const std::vector<std::string>& families,
    const std::filesystem::path& own)
    : folder_{folder} {
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors{
      {rocksdb::kDefaultColumnFamilyName, family_options()}};
  for (const auto& name : families) descriptors.emplace_back(name, family_options());
  const auto options = database_options(as);
  if (as == As::primary) {
    std::filesystem::create_directories(folder);
    check(
        rocksdb::DB::Open(options, folder.string(), descriptors, &handles_, &db_),
        "cannot open the store " + folder.string());
  } else {
    std::filesystem::create_directories(own);
    check(
        rocksdb::DB::OpenAsSecondary(
            options, folder.string(), own.string(), descriptors, &handles_, &db_),
        "cannot read the store " + folder.string());
  }
}

Database::~Database() {
  for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  delete db_;
}

void Database::checkpoint(const std::filesystem::path& folder) const {
  rocksdb::Checkpoint* made = nullptr;
  check(rocksdb::Checkpoint::Create(db_, &made), "cannot copy the store");
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint{made};
  check(checkpoint->CreateCheckpoint(folder.string()), "cannot copy the store");
}

std::optional<std::string> Database::get(fold::Family at, std::string_view key) const {
  std::string value;
  const auto status = db_->Get({}, family(at), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  check(status, "cannot read the store");
  return value;
}

std::vector<std::optional<std::string>> Database::get(
    fold::Family at, const std::vector<std::string>& keys) const {
  std::vector<rocksdb::Slice> slices{keys.begin(), keys.end()};
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet({}, family(at), keys.size(), slices.data(), values.data(), statuses.data());
  std::vector<std::optional<std::string>> found(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    check(statuses[i], "cannot read the store");
    found[i] = values[i].ToString();
  }
  return found;
}

void Database::scan(
    fold::Family at,
    std::string_view prefix,
    std::string_view from,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> row{db_->NewIterator({}, family(at))};
  for (row->Seek(slice(std::max(prefix, from))); row->Valid(); row->Next()) {
    if (!row->key().starts_with(slice(prefix))) break;
    if (!visit(row->key().ToStringView(), row->value().ToStringView())) break;
  }
  check(row->status(), "cannot read the store");
}

void Database::scan_back(
    fold::Family at,
    std::string_view prefix,
    std::string_view before,
    const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const std::unique_ptr<rocksdb::Iterator> row{db_->NewIterator({}, family(at))};
  const auto end = before.empty() ? fold::behind_all(prefix) : std::string{before};
  if (end.empty()) {
    row->SeekToLast();
  } else {
    row->SeekForPrev(end);
    if (row->Valid() && row->key() == slice(end)) row->Prev();
  }
  for (; row->Valid() && row->key().starts_with(slice(prefix)); row->Prev())
    if (!visit(row->key().ToStringView(), row->value().ToStringView())) break;
  check(row->status(), "cannot read the store");
}

void Database::write(const fold::Batch& batch) { write(batch, Sync::no); }
void Database::write_synced(const fold::Batch& batch) { write(batch, Sync::yes); }

void Database::write(const fold::Batch& batch, Sync sync) {
  rocksdb::WriteBatch changes;
  for (const auto& [at, key, value] : batch)
    check(
        value ? changes.Put(family(at), key, *value) : changes.Delete(family(at), key),
        "cannot write to the store");
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::yes;
  check(db_->Write(options, &changes), "cannot write to the store");
}

void Database::catch_up() { check(db_->TryCatchUpWithPrimary(), "cannot follow the store"); }

}  // namespace rocks
