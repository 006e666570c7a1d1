#include "replay/rebuilt.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "replay/manifest.hpp"
#include "replay/output.hpp"
#include "schemas/json.hpp"
#include "view_code_hash.hpp"

namespace replay {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr std::uint64_t commits_per_write = 4096;
constexpr std::size_t rows_per_page = 256;

fs::path store_of(const fs::path& folder) { return folder / "store"; }
fs::path manifest_of(const fs::path& folder) { return folder / "manifest.json"; }

void make_empty(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_empty(folder))
    throw Refused(fmt::format(
        "{} is not a folder that is empty and can be written; give another one with --out",
        folder.string()));
}

// Whether a fact has a part in a row.
bool concerns(const views::ViewType& view, std::string_view row, std::string_view aggregate) {
  const auto id = fold::id_of(aggregate);
  return view.whole || row == id ||
         (row.starts_with(id) && row.size() > id.size() && row[id.size()] == '~');
}

// Commits into a view's store.
class Folding {
 public:
  Folding(const views::ViewType& view, const fs::path& folder)
      : view_{view},
        store_{rocks::Database::As::primary, store_of(folder), views::families(view)} {}

  void add(const fold::CommitView& commit) {
    const auto shown = std::ranges::count_if(commit.facts, [&](const fold::FactView& fact) {
      table_of(fact);  // This build knows it.
      return view_.facts.contains(fact.type);
    });
    if (shown == 0) return;
    facts_ += static_cast<std::uint64_t>(shown);
    fold_.apply(commit, batch_);
    if (++pending_ == commits_per_write) write();
  }
  void write() {
    fold_.flush(batch_);
    store_.write(batch_);
    batch_.clear();
    pending_ = 0;
  }

  std::uint64_t facts() const { return facts_; }
  std::vector<views::SetAside> set_aside() const { return views::set_aside(store_, view_); }
  // The hash of all its rows, and how many there are.
  std::pair<kernel::Digest, std::uint64_t> state() const {
    kernel::Sha256 hash;
    std::uint64_t count = 0;
    std::string line;
    for (const auto& table : view_.tables) {
      Rows rows{store_, view_, table};
      for (auto row = rows.next(); row; row = rows.next()) {
        line.clear();
        write_row(line, table, *row);
        line += '\n';
        hash.add(line);
        ++count;
      }
    }
    return {hash.end(), count};
  }

 private:
  const views::ViewType& view_;
  rocks::Database store_;
  views::ViewFold fold_{view_, store_, [](const std::string&) {}};
  fold::Batch batch_;
  std::uint64_t pending_ = 0, facts_ = 0;
};

void write_manifest(const fs::path& folder, const ordered_json& manifest) {
  NewFile file{manifest_of(folder)};
  Output out{file.file(), file.partial().string()};
  out.buffer() = manifest.dump(2) + '\n';
  out.flush();
  file.keep();
}

// What a rebuilding that did not come to its end has made is removed.
class Unfinished {
 public:
  explicit Unfinished(fs::path store) : store_{std::move(store)} {}
  ~Unfinished() {
    std::error_code ignored;
    if (!finished) fs::remove_all(store_, ignored);
  }
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;

  bool finished = false;

 private:
  fs::path store_;
};

}  // namespace

Scratch::Scratch() {
  auto pattern = (fs::temp_directory_path() / "construct-replay-XXXXXX").string();
  if (!mkdtemp(pattern.data()))
    throw std::runtime_error(
        "no temporary folder can be made; make room, or name a folder in TMPDIR");
  path_ = pattern;
}
Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

const views::ViewType& view_named(std::string_view name) {
  const auto& all = views::all();
  const auto found = std::ranges::find(all, name, &views::ViewType::name);
  if (found != all.end()) return *found;
  std::vector<std::string> names;
  for (const auto& view : all) names.push_back(view.name);
  throw Refused(fmt::format("there is no view {}; there are {}", name, fmt::join(names, ", ")));
}

void rebuild(
    History& history,
    const views::ViewType& view,
    const Moment& at,
    Changes changes,
    const fs::path& folder,
    const std::optional<std::string>& only_row) {
  make_empty(folder);
  Unfinished unfinished{store_of(folder)};
  ordered_json manifest;
  {
    Folding folding{view, folder};
    const auto extent =
        history.read(Range::as_of(at), [&](const fold::CommitView& commit, const fold::Life& life) {
          if (changes.none() && !only_row) {
            folding.add(commit);
            return true;
          }
          auto changed = commit;
          changes.apply(changed, life);
          if (only_row)
            std::erase_if(changed.facts, [&](const fold::FactView& fact) {
              return !concerns(view, *only_row, fact.aggregate);
            });
          folding.add(changed);
          return true;
        });
    changes.check_all_used();
    folding.write();
    manifest = describe(extent);
    manifest["kind"] = "run";
    manifest["view"] = {{"name", view.name}, {"version", view.version}};
    manifest["code"] = view_code_hash;
    manifest["facts"] = folding.facts();
    manifest["changes"] = changes.text();
    manifest["dropped"] = changes.dropped();
    manifest["replaced"] = changes.replaced();
    manifest["set_aside"] = ordered_json::array();
    for (const auto& key : folding.set_aside())
      manifest["set_aside"].push_back({{"key", key.key}, {"facts", key.facts}, {"why", key.why}});
    const auto [hash, rows] = folding.state();
    manifest["rows"] = rows;
    manifest["state_sha256"] = kernel::to_hex(kernel::text(hash));
  }
  write_manifest(folder, manifest);
  unfinished.finished = true;
}

void write_row(std::string& out, const views::TableType& table, const views::Row& row) {
  out += R"({"table":)";
  schemas::write_text(out, table.name);
  out += R"(,"key":)";
  schemas::write_text(out, row.key);
  fmt::format_to(
      std::back_inserter(out), R"(,"version":{},"commit":{},)", row.version, row.position);
  if (row.set_aside) out += R"("set_aside":true,)";
  out += R"("row":)";
  schemas::write_json(out, *table.row, row.bytes);
  out += '}';
}

Rebuilt::Rebuilt(const fs::path& folder) {
  std::ifstream file{manifest_of(folder)};
  manifest_ = ordered_json::parse(file, nullptr, false);
  if (!manifest_.is_object() || manifest_.value("kind", "") != "run")
    throw Refused(fmt::format(
        "{} is no replay, or one that was not finished: it has no manifest.json; make one with "
        "`construct replay run`",
        folder.string()));
  const auto name = manifest_["view"].value("name", "");
  view_ = &view_named(name);
  if (manifest_.value("format", 0) != manifest_format ||
      manifest_["view"].value("version", 0) != view_->version)
    throw Refused(fmt::format(
        "{} holds version {} of the view {}, which {} made; read it with that build, or make it "
        "anew",
        folder.string(),
        manifest_["view"].value("version", 0),
        name,
        manifest_.value("made_by", "another one")));
  store_ = std::make_unique<rocks::Database>(
      rocks::Database::As::secondary, store_of(folder), views::families(*view_), scratch_.path());
}

const views::TableType& Rebuilt::table(std::string_view name) const {
  const auto found = std::ranges::find(view_->tables, name, &views::TableType::name);
  if (found != view_->tables.end()) return *found;
  std::vector<std::string> names;
  for (const auto& table : view_->tables) names.push_back(table.name);
  throw Refused(fmt::format(
      "the view {} has no table {}; it has {}", view_->name, name, fmt::join(names, ", ")));
}

std::optional<views::Row> Rebuilt::get(const views::TableType& table, std::string_view key) const {
  const auto stored = store_->get(views::family(*view_, table.name), key);
  if (!stored) return std::nullopt;
  auto row = views::from_stored(key, *stored);
  row.set_aside = views::is_set_aside(*store_, *view_, key);
  return row;
}

Rows::Rows(const fold::Reads& store, const views::ViewType& view, const views::TableType& table)
    : store_{store},
      view_{view},
      family_{views::family(view, table.name)},
      any_set_aside_{views::count_set_aside(store) > 0} {}

std::optional<views::Row> Rows::next() {
  if (page_.empty() && !done_) {
    store_.scan(family_, "", from_, [&](auto key, auto stored) {
      auto& row = page_.emplace_back(views::from_stored(key, stored));
      row.set_aside = any_set_aside_ && views::is_set_aside(store_, view_, key);
      return page_.size() < rows_per_page;
    });
    done_ = page_.size() < rows_per_page;
    if (!page_.empty()) from_ = page_.back().key + '\0';
    std::ranges::reverse(page_);
  }
  if (page_.empty()) return std::nullopt;
  auto row = std::move(page_.back());
  page_.pop_back();
  return row;
}

}  // namespace replay
