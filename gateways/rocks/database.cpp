#include "gateways/rocks/database.hpp"

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/checkpoint.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace rocks {
namespace {

constexpr std::size_t block_cache_bytes = 64u << 20;
constexpr std::size_t write_buffer_bytes = 32u << 20;
// Of the family that has the fold's place, which is written again with each batch: what has been
// overwritten is in memory, and in that of each reader, until the buffer is written out.
constexpr std::size_t cursor_buffer_bytes = 1u << 20;
constexpr std::uint64_t wal_bytes_most = 64u << 20;
constexpr double bloom_bits_per_key = 10;
// How many table files of a family may lie one over the other until they become one.
constexpr int files_read = 4, files_unread = 24;

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
  options.level0_file_num_compaction_trigger = files_read;
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
  // Without a write-ahead log this is what keeps the families together.
  options.atomic_flush = as == Database::As::unread_fold;
  options.keep_log_file_num = 2;
  options.max_log_file_size = 4u << 20;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  if (as == Database::As::secondary) {
    options.max_open_files = -1;  // It must hold all open: the primary may delete one at any time.
    // It looks for new ones in each family whenever it catches up, and would each time start, and
    // end, fifteen threads for that.
    options.max_file_opening_threads = 1;
  }
  return options;
}

void check(const rocksdb::Status& status, std::string_view what) {
  if (!status.ok()) throw fold::StoreFailed(fmt::format("{}: {}", what, status.ToString()));
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream file{path};
  if (!file) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

// Beside a store's files once they were found damaged; says how. It has the name that RocksDB gives
// every store when it makes it, since a reader may still have the files of one that was given up
// meanwhile.
std::filesystem::path note_in(const std::filesystem::path& folder) {
  return folder / ("DAMAGED-" + read_file(folder / "IDENTITY").value_or(""));
}

// A change's place among those of its batch.
struct Place {
  fold::Family family;
  std::uint64_t begin;  // of the key, behind what all keys of the family begin with
  const fold::Change* change;

  bool operator<(const Place& other) const {
    if (family != other.family) return family < other.family;
    if (begin != other.begin) return begin < other.begin;
    const auto order = change->key.compare(other.change->key);
    return order != 0 ? order < 0 : change < other.change;
  }
};

// By family and key, as the store finds the next place fastest beside the last one; what is changed
// twice in the order given.
std::vector<Place> in_order(const fold::Batch& batch) {
  std::vector<std::optional<std::string_view>> common;  // to all keys of a family
  for (const auto& change : batch) {
    if (change.family >= common.size()) common.resize(change.family + 1);
    auto& same = common[change.family];
    if (!same) same = change.key;
    same = same->substr(0, std::ranges::mismatch(*same, change.key).in1 - same->begin());
  }
  std::vector<Place> places;
  places.reserve(batch.size());
  for (const auto& change : batch) {
    const auto rest = std::string_view{change.key}.substr(common[change.family]->size());
    std::uint64_t begin = 0;
    for (std::size_t i = 0; i < sizeof begin; ++i)
      begin = begin << 8 | (i < rest.size() ? static_cast<std::uint8_t>(rest[i]) : 0);
    places.push_back({change.family, begin, &change});
  }
  std::sort(places.begin(), places.end());
  return places;
}

bool folds(Database::As as) { return as == Database::As::fold || as == Database::As::unread_fold; }

rocksdb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Database::Database(
    As as,
    const std::filesystem::path& folder,
    const std::vector<std::string>& families,
    const std::filesystem::path& own)
    : as_{as}, folder_{folder} {
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors{
      {rocksdb::kDefaultColumnFamilyName, family_options()}};
  for (const auto& name : families) descriptors.emplace_back(name, family_options());
  if (as == As::fold)
    descriptors.at(fold::cursor_family).options.write_buffer_size = cursor_buffer_bytes;
  // What nobody reads yet need not be tidied up again and again while it is made.
  if (as == As::unread_fold)
    for (auto& family : descriptors) {
      family.options.level0_file_num_compaction_trigger = files_unread;
      family.options.level0_slowdown_writes_trigger = 2 * files_unread;
      family.options.level0_stop_writes_trigger = 3 * files_unread;
    }
  note_ = note_in(folder);
  if (as == As::secondary) {
    std::filesystem::create_directories(own);
    check(
        rocksdb::DB::OpenAsSecondary(
            database_options(as), folder.string(), own.string(), descriptors, &handles_, &db_),
        "cannot read the store " + folder.string());
    try {
      read_standing();
    } catch (...) {
      close();
      throw;
    }
    return;
  }
  if (folds(as)) given_up_ = read_file(note_);
  auto status = given_up_ ? rocksdb::Status::OK() : open(descriptors);
  if (folds(as) && (status.IsCorruption() || status.IsPathNotFound()))
    given_up_ = status.ToString();
  if (given_up_) {
    check(
        rocksdb::DestroyDB(folder.string(), rocksdb::Options{}),
        "cannot give up the damaged store " + folder.string());
    std::filesystem::remove(note_);
    status = open(descriptors);
  }
  check(status, "cannot open the store " + folder.string());
  note_ = note_in(folder);
}

rocksdb::Status Database::open(const std::vector<rocksdb::ColumnFamilyDescriptor>& families) {
  std::filesystem::create_directories(folder_);
  return rocksdb::DB::Open(database_options(as_), folder_.string(), families, &handles_, &db_);
}

Database::~Database() { close(); }

void Database::close() {
  for (auto* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
  delete db_;
}

void Database::make_durable() {
  if (as_ != As::unread_fold) return;
  check(db_->Flush({}, handles_), "cannot write to the store " + folder_.string());
  const auto keep = [this](rocksdb::ColumnFamilyHandle* family, const char* option, auto value) {
    check(
        db_->SetOptions(family, {{option, std::to_string(value)}}),
        "cannot change how the store is kept " + folder_.string());
  };
  for (auto* family : handles_) keep(family, "level0_file_num_compaction_trigger", files_read);
  keep(handles_.at(fold::cursor_family), "write_buffer_size", cursor_buffer_bytes);
  as_ = As::fold;
}

void Database::checkpoint(const std::filesystem::path& folder) const {
  rocksdb::Checkpoint* made = nullptr;
  check(rocksdb::Checkpoint::Create(db_, &made), "cannot copy the store");
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint{made};
  check(checkpoint->CreateCheckpoint(folder.string()), "cannot copy the store");
}

std::optional<std::string> Database::get(fold::Family at, std::string_view key) const {
  if (as_ == As::secondary && at == fold::cursor_family) {
    const auto found = standing_.find(key);
    return found == standing_.end() ? std::nullopt : std::optional{found->second};
  }
  std::string value;
  const auto status = db_->Get({}, family(at), slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  check_read(status);
  return value;
}

bool Database::may_have(fold::Family at, std::string_view key) const {
  std::string ignored;
  return db_->KeyMayExist({}, family(at), slice(key), &ignored);
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
    check_read(statuses[i]);
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
  check_read(row->status());
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
  check_read(row->status());
}

// A secondary's owner may not come upon the same place for long; so whoever does notes it.
void Database::check_read(const rocksdb::Status& status) const {
  if (status.IsCorruption() && as_ != As::primary) note(status);
  check(status, "cannot read the store " + folder_.string());
}

void Database::note(const rocksdb::Status& status) const {
  std::ofstream{note_} << status.ToString();
}

void Database::check_sound() const {
  if (!folds(as_)) return;
  if (const auto why = read_file(note_))
    throw fold::StoreFailed(fmt::format("the store {} is damaged: {}", folder_.string(), *why));
}

void Database::write(const fold::Batch& batch) { write(batch, Sync::no); }
void Database::write_synced(const fold::Batch& batch) { write(batch, Sync::yes); }

void Database::write(const fold::Batch& batch, Sync sync) {
  rocksdb::WriteBatch changes;
  for (const auto& [at, begin, change] : in_order(batch))
    check(
        change->value ? changes.Put(family(at), change->key, *change->value)
                      : changes.Delete(family(at), change->key),
        "cannot write to the store");
  rocksdb::WriteOptions options;
  options.sync = sync == Sync::yes;
  options.disableWAL = as_ == As::unread_fold;
  const auto status = db_->Write(options, &changes);
  if (status.IsCorruption() && folds(as_)) note(status);
  check(status, "cannot write to the store " + folder_.string());
}

void Database::catch_up() {
  check(db_->TryCatchUpWithPrimary(), "cannot follow the store");
  read_standing();
}

void Database::read_standing() {
  standing_.clear();
  scan(fold::cursor_family, "", "", [this](std::string_view key, std::string_view value) {
    standing_.emplace(key, value);
    return true;
  });
}

}  // namespace rocks
