#include <fmt/format.h>

#include <memory>

#include "replay/rebuilt.hpp"
#include "replay/verbs.hpp"
#include "schemas/json.hpp"

namespace replay {
namespace {

// One side: a folder that is there, or one that is made for it.
struct Side {
  Side(const std::function<History&()>& history, const std::string& name, const std::string& view)
      : rebuilt{folder_of(history, name, view)} {}

  std::filesystem::path folder_of(
      const std::function<History&()>& history, const std::string& name, const std::string& view) {
    if (std::filesystem::exists(name)) return name;
    Moment at;
    try {
      at = parse_moment(name);
    } catch (const Refused& none) {
      throw Refused(fmt::format("{}; nor is it a folder that `replay run` made", none.what()));
    }
    if (view.empty())
      throw Refused(fmt::format("{} is a moment; say of which view, with --view", name));
    rebuild(history(), view_named(view), at, {}, scratch.path() / "run");
    return scratch.path() / "run";
  }

  Scratch scratch;
  Rebuilt rebuilt;
};

void check_comparable(const Rebuilt& before, const Rebuilt& after) {
  const auto refuse = [](std::string_view what, const std::string& one, const std::string& other) {
    throw Refused(fmt::format(
        "they are of different {}, {} and {}; compare two of the same", what, one, other));
  };
  if (&before.view() != &after.view()) refuse("views", before.view().name, after.view().name);
  const auto deployment = [](const Rebuilt& of) { return of.manifest().value("deployment", ""); };
  if (deployment(before) != deployment(after))
    refuse("logs", deployment(before), deployment(after));
}

std::string json_of(const views::TableType& table, const views::Row& row) {
  std::string json;
  schemas::write_json(json, *table.row, row.bytes);
  return json;
}

class Shown {
 public:
  Shown(DiffForm form, Output& out) : form_{form}, out_{out} {}

  void add(
      const views::TableType& table,
      const std::optional<views::Row>& before,
      const std::optional<views::Row>& after) {
    any_ = true;
    if (form_ == DiffForm::text)
      text(table, before, after);
    else
      json(table, before, after);
    out_.more();
  }
  Found end() {
    if (form_ == DiffForm::json) out_.buffer() += any_ ? "\n]\n" : "[]\n";
    out_.flush();
    return any_ ? Found::no : Found::yes;
  }

 private:
  static const char* what(const auto& before, const auto& after) {
    return !before ? "added" : !after ? "removed" : "changed";
  }

  // The row's name, and below it what of it is another.
  void text(const views::TableType& table, const auto& before, const auto& after) {
    auto& text = out_.buffer();
    fmt::format_to(
        std::back_inserter(text),
        "{} {} {}\n",
        what(before, after),
        table.name,
        before ? before->key : after->key);
    if (!before || !after) {
      text += (before ? "  - " : "  + ") + json_of(table, before ? *before : *after) + '\n';
      return;
    }
    for (const auto& field : table.row->fields) {
      std::string was, is;
      schemas::write_json(was, *table.row, field, before->bytes);
      schemas::write_json(is, *table.row, field, after->bytes);
      if (was != is)
        fmt::format_to(std::back_inserter(text), "  {}: {} -> {}\n", field.name, was, is);
    }
  }

  void json(const views::TableType& table, const auto& before, const auto& after) {
    auto& text = out_.buffer();
    if (form_ == DiffForm::json) text += first_ ? "[\n" : ",\n";
    first_ = false;
    fmt::format_to(
        std::back_inserter(text),
        R"({{"change":"{}","table":"{}","key":)",
        what(before, after),
        table.name);
    schemas::write_text(text, before ? before->key : after->key);
    text += R"(,"before":)" + (before ? json_of(table, *before) : "null");
    text += R"(,"after":)" + (after ? json_of(table, *after) : "null") + '}';
    if (form_ == DiffForm::jsonl) text += '\n';
  }

  DiffForm form_;
  Output& out_;
  bool any_ = false, first_ = true;
};

// Both sides in the order of their keys, side by side.
void compare(
    const Rebuilt& before, const Rebuilt& after, const views::TableType& table, Shown& shown) {
  auto befores = before.rows(table), afters = after.rows(table);
  auto was = befores.next(), is = afters.next();
  while (was || is) {
    if (was && (!is || was->key < is->key)) {
      shown.add(table, was, std::nullopt);
      was = befores.next();
    } else if (is && (!was || is->key < was->key)) {
      shown.add(table, std::nullopt, is);
      is = afters.next();
    } else {
      if (was->bytes != is->bytes && json_of(table, *was) != json_of(table, *is))
        shown.add(table, was, is);
      was = befores.next();
      is = afters.next();
    }
  }
}

}  // namespace

Found show_diff(const std::function<History&()>& history, const Diff& asked, Output& out) {
  const Side before{history, asked.before, asked.view}, after{history, asked.after, asked.view};
  check_comparable(before.rebuilt, after.rebuilt);
  if (!asked.table.empty()) before.rebuilt.table(asked.table);
  Shown shown{asked.form, out};
  for (const auto& table : before.rebuilt.view().tables)
    if (asked.table.empty() || table.name == asked.table)
      compare(before.rebuilt, after.rebuilt, table, shown);
  return shown.end();
}

}  // namespace replay
