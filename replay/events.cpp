#include <algorithm>
#include <deque>
#include <fstream>
#include <optional>

#include "code_hash.hpp"
#include "replay/manifest.hpp"
#include "replay/ocel.hpp"
#include "replay/sqlite.hpp"
#include "replay/verbs.hpp"

namespace replay {
namespace {

using nlohmann::ordered_json;

// The one kind of fact that a filter lets through; null when there are several.
const schemas::Table* only_fact(const Filter& filter) {
  const schemas::Table* only = nullptr;
  for (const auto& table : schemas::platform().tables()) {
    if (table.role != schemas::Role::fact || !filter.may_take(table)) continue;
    if (only) return nullptr;
    only = &table;
  }
  return only;
}

// Calls with each event that the filter takes; `use` says whether it wants more.
template <class Use>
bool each_event(
    const Filter& filter, const fold::CommitView& commit, const fold::Life& life, Use&& use) {
  for (std::size_t i = 0; i < commit.facts.size(); ++i) {
    const auto& fact = commit.facts[i];
    if (!filter.takes(commit, fact)) continue;
    if (!use(fold::Event{life, commit, fact, i, table_of(fact)})) return false;
  }
  return true;
}

// The last ones of a reading, kept until it is over: the commits that hold them.
class Tail {
 public:
  explicit Tail(std::uint64_t most) : most_{most} {}

  void add(const fold::Event& event) {
    if (most_ == 0) return;
    if (kept_.empty() || kept_.back().number != event.commit.number)
      kept_.push_back({event.commit.number, std::string{event.commit.bytes}, event.life, {}});
    kept_.back().facts.push_back(event.index);
    if (++count_ <= most_) return;
    kept_.front().facts.pop_front();
    if (kept_.front().facts.empty()) kept_.pop_front();
    --count_;
  }
  // The oldest first, or the newest.
  template <class Use>
  void each(bool reverse, Use&& use) const {
    fold::CommitView commit;
    in_order(kept_, reverse, [&](const Kept& kept) {
      fold::read(kept.number, kept.bytes, commit);
      in_order(kept.facts, reverse, [&](std::size_t index) {
        const auto& fact = commit.facts[index];
        use(fold::Event{kept.life, commit, fact, index, table_of(fact)});
      });
    });
  }

 private:
  template <class All, class Use>
  static void in_order(const All& all, bool reverse, Use&& use) {
    if (reverse)
      std::for_each(all.rbegin(), all.rend(), use);
    else
      std::for_each(all.begin(), all.end(), use);
  }

  struct Kept {
    kernel::CommitNumber number;
    std::string bytes;
    fold::Life life;
    std::deque<std::size_t> facts;
  };
  const std::uint64_t most_;
  std::uint64_t count_ = 0;
  std::deque<Kept> kept_;
};

bool is_database(ExportForm form) {
  return form == ExportForm::sqlite || form == ExportForm::ocel2_sqlite;
}

ordered_json describe(const Export& asked, const Extent& extent, std::uint64_t events) {
  static constexpr const char* forms[] = {"jsonl", "csv", "sqlite", "ocel2-json", "ocel2-sqlite"};
  auto manifest = replay::describe(extent);
  manifest["kind"] = "export";
  manifest["form"] = forms[static_cast<std::size_t>(asked.form)];
  manifest["code"] = code_hash;
  manifest["filter"] = asked.filter.text();
  manifest["events"] = events;
  return manifest;
}

std::unique_ptr<Sink> sink_for(const Export& asked, const NewFile& file, Output& out) {
  switch (asked.form) {
    case ExportForm::jsonl:
      return make_sink(Form::jsonl, asked.cells, nullptr, out);
    case ExportForm::csv:
      return make_sink(Form::csv, asked.cells, only_fact(asked.filter), out);
    case ExportForm::sqlite:
      return std::make_unique<Sqlite>(
          file.partial(), [&](const auto& table) { return asked.filter.may_take(table); });
    case ExportForm::ocel2_json:
      return std::make_unique<OcelJson>(out);
    case ExportForm::ocel2_sqlite:
      return std::make_unique<OcelSqlite>(file.partial());
  }
  return nullptr;
}

// Says how long the file is, and its hash.
void add_digest(const std::filesystem::path& path, ordered_json& manifest) {
  std::ifstream file{path, std::ios::binary};
  kernel::Sha256 digest;
  std::uint64_t bytes = 0;
  for (std::string piece(64 * 1024, '\0');
       file.read(piece.data(), std::ssize(piece)), file.gcount() > 0;) {
    const auto count = static_cast<std::size_t>(file.gcount());
    digest.add(std::string_view{piece}.substr(0, count));
    bytes += count;
  }
  manifest["bytes"] = bytes;
  manifest["sha256"] = kernel::to_hex(kernel::text(digest.end()));
}

std::string text_of(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

}  // namespace

Found show_events(History& history, const Events& asked, Output& out) {
  const auto sink = make_sink(asked.form, asked.cells, only_fact(asked.filter), out);
  std::uint64_t events = 0;
  Tail tail{asked.tail.value_or(0)};
  const auto visit = [&](const fold::CommitView& commit, const fold::Life& life) {
    return each_event(asked.filter, commit, life, [&](const fold::Event& event) {
      if (asked.limit && events == *asked.limit) return false;
      ++events;
      if (asked.tail)
        tail.add(event);
      else
        sink->add(event);
      return !asked.limit || events < *asked.limit;
    });
  };
  if (asked.follow)
    history.follow(asked.range, visit);
  else
    history.read(asked.range, visit);
  tail.each(asked.reverse, [&](const fold::Event& event) { sink->add(event); });
  sink->end();
  out.flush();
  return events > 0 || asked.follow ? Found::yes : Found::no;
}

void export_events(History& history, const Export& asked, Output& out) {
  NewFile file{asked.file};
  std::optional<NewFile> beside;
  if (asked.form != ExportForm::sqlite) beside.emplace(asked.file.string() + ".manifest.json");
  Output text{file.file(), file.partial().string()};
  ordered_json manifest;
  {
    const auto sink = sink_for(asked, file, text);
    std::uint64_t events = 0;
    const auto extent = history.read(asked.range, [&](const auto& commit, const auto& life) {
      return each_event(asked.filter, commit, life, [&](const fold::Event& event) {
        sink->add(event);
        return ++events > 0;
      });
    });
    manifest = describe(asked, extent, events);
    if (auto* database = dynamic_cast<Sqlite*>(sink.get())) {
      for (const auto& [name, value] : manifest.items()) database->say(name, text_of(value));
    }
    sink->end();
    if (!is_database(asked.form)) text.flush();
  }
  if (beside) {
    add_digest(file.partial(), manifest);
    Output said{beside->file(), beside->partial().string()};
    said.buffer() = manifest.dump(2) + '\n';
    said.flush();
  }
  file.keep();
  if (beside) beside->keep();
  out.buffer() = manifest.dump(2) + '\n';
  out.flush();
}

}  // namespace replay
