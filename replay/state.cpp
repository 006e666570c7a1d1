#include <fmt/format.h>

#include "replay/manifest.hpp"
#include "replay/rebuilt.hpp"
#include "replay/states.hpp"
#include "replay/verbs.hpp"
#include "schemas/json.hpp"

namespace replay {
namespace {

constexpr std::string_view log_kind = "construct/Log";

}  // namespace

Found show_state(History& history, const std::string& aggregate, const Moment& at, Output& out) {
  Filter{}.add("aggregate", aggregate);  // there is such a kind
  if (fold::kind_of(aggregate).empty() ? aggregate == log_kind
                                       : fold::kind_of(aggregate) == log_kind)
    throw Refused("the log itself has no state; `construct replay events` shows what it holds");
  Aggregates aggregates{aggregate};
  const auto extent =
      history.read(Range::as_of(at), [&](const fold::CommitView& commit, const fold::Life& life) {
        aggregates.add(commit, life);
        return true;
      });
  const auto manifest = describe(extent).dump();
  aggregates.each([&](const std::string& name, const Aggregates::Known& known) {
    auto& text = out.buffer();
    text += R"({"aggregate":)";
    schemas::write_text(text, name);
    fmt::format_to(
        std::back_inserter(text),
        R"(,"version":{},"position":"{}","time":"{}","state":)",
        known.version,
        kernel::to_token({*known.incarnation, known.commit}),
        schemas::format_time(known.at));
    known.state->write_json(text);
    text += R"(,"manifest":)" + manifest + "}\n";
    out.more();
  });
  out.flush();
  return aggregates.count() > 0 ? Found::yes : Found::no;
}

Found show_rows(const std::filesystem::path& folder, const RowsAsked& asked, Output& out) {
  const Rebuilt rebuilt{folder};
  if (!asked.table.empty()) rebuilt.table(asked.table);
  bool any = false;
  const auto show = [&](const views::TableType& table, const views::Row& row) {
    any = true;
    write_row(out.buffer(), table, row);
    out.buffer() += '\n';
    out.more();
  };
  for (const auto& table : rebuilt.view().tables) {
    if (!asked.table.empty() && table.name != asked.table) continue;
    if (asked.key) {
      if (const auto row = rebuilt.get(table, *asked.key)) show(table, *row);
      continue;
    }
    auto rows = rebuilt.rows(table);
    for (auto row = rows.next(); row; row = rows.next()) show(table, *row);
  }
  out.flush();
  return any ? Found::yes : Found::no;
}

Found show_rows(
    History& history,
    const std::string& view,
    const Moment& at,
    const RowsAsked& asked,
    Output& out) {
  const Scratch scratch;
  const auto folder = scratch.path() / "run";
  rebuild(history, view_named(view), at, {}, folder, asked.key);
  return show_rows(folder, asked, out);
}

void run(
    History& history,
    const std::string& view,
    const Moment& at,
    Changes changes,
    const std::filesystem::path& folder,
    Output& out) {
  rebuild(history, view_named(view), at, std::move(changes), folder);
  out.buffer() = Rebuilt{folder}.manifest().dump(2) + '\n';
  out.flush();
}

}  // namespace replay
