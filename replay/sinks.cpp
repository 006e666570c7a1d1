#include "replay/sinks.hpp"

#include <fmt/format.h>

#include <iterator>

#include "domain/fold/names.hpp"
#include "domain/fold/states.hpp"
#include "domain/kernel/crypto.hpp"
#include "replay/cells.hpp"
#include "schemas/json.hpp"

namespace replay {
namespace {

class Text final : public Sink {
 public:
  explicit Text(Output& out) : out_{out} {}

  void add(const fold::Event& event) override {
    auto& text = out_.buffer();
    fmt::format_to(
        std::back_inserter(text),
        "{}  {}  {} v{}  {}  by {}  ",
        position_of(event),
        schemas::format_time(event.commit.at),
        event.fact.aggregate,
        event.fact.version,
        event.fact.type,
        event.commit.actor.empty() ? "nobody" : event.commit.actor);
    schemas::write_json(text, event.table, event.fact.data);
    text += '\n';
    out_.more();
  }

 private:
  Output& out_;
};

class Json final : public Sink {
 public:
  enum class As : std::uint8_t { lines, array };
  Json(Output& out, As as) : out_{out}, as_{as} {}

  void add(const fold::Event& event) override {
    auto& text = out_.buffer();
    if (as_ == As::array) text += first_ ? "[\n" : ",\n";
    first_ = false;
    fold::write_cloud_event(text, event);
    if (as_ == As::lines) text += '\n';
    out_.more();
  }
  void end() override {
    if (as_ == As::array) out_.buffer() += first_ ? "[]\n" : "\n]\n";
  }

 private:
  Output& out_;
  As as_;
  bool first_ = true;
};

class Csv final : public Sink {
 public:
  Csv(Output& out, Cells cells, const schemas::Table* only)
      : out_{out}, cells_{cells}, only_{only} {
    auto& text = out_.buffer();
    text +=
        "position,commit_number,fact_index,committed_at,context,aggregate,aggregate_id,"
        "aggregate_version,fact,actor,command,command_id,correlation_id,causation_id";
    if (only_)
      for (const auto& field : only_->fields) text += ',' + field.name;
    else
      text += ",data";
    text += "\r\n";
  }

  void add(const fold::Event& event) override {
    const auto& [life, commit, fact, index, table] = event;
    auto& text = out_.buffer();
    text += position_of(event);
    fmt::format_to(std::back_inserter(text), ",{},{},", commit.number, index);
    text += schemas::format_time(commit.at);
    cell(fold::context_of(fact.aggregate));
    cell(fold::type_of(fact.aggregate));
    cell(fold::id_of(fact.aggregate));
    fmt::format_to(std::back_inserter(text), ",{}", fact.version);
    for (const auto one : {fact.type, commit.actor, commit.command}) cell(one);
    text += ',' + kernel::to_uuid(commit.command_id);
    cell(commit.correlation);
    cell(commit.causation);
    if (only_) {
      for (const auto& field : only_->fields) cell(field, cell_of(*only_, field, fact.data));
    } else {
      data_.clear();
      schemas::write_json(data_, table, fact.data);
      cell(data_);
    }
    text += "\r\n";
    out_.more();
  }

 private:
  void cell(const schemas::Field& field, const Cell& value) {
    auto& text = out_.buffer();
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      if (field.type.kind == schemas::Kind::boolean)
        text += *number ? ",true" : ",false";
      else
        fmt::format_to(std::back_inserter(text), ",{}", *number);
    } else if (const auto* words = std::get_if<std::string>(&value)) {
      cell(*words);
    } else {
      text += ',';
    }
  }
  void cell(std::string_view words) {
    auto& text = out_.buffer();
    text += ',';
    const bool formula = cells_ == Cells::safe_in_spreadsheets && !words.empty() &&
                         std::string_view{"=+-@\t\r"}.find(words.front()) != words.npos;
    const bool quoted = words.find_first_of(",\"\r\n") != words.npos;
    if (quoted) text += '"';
    if (formula) text += '\'';
    for (const char c : words) {
      text += c;
      if (c == '"') text += '"';
    }
    if (quoted) text += '"';
  }

  Output& out_;
  Cells cells_;
  const schemas::Table* only_;
  std::string data_;
};

}  // namespace

std::unique_ptr<Sink> make_sink(Form form, Cells cells, const schemas::Table* only, Output& out) {
  switch (form) {
    case Form::text:
      return std::make_unique<Text>(out);
    case Form::json:
      return std::make_unique<Json>(out, Json::As::array);
    case Form::jsonl:
      return std::make_unique<Json>(out, Json::As::lines);
    case Form::csv:
      return std::make_unique<Csv>(out, cells, only);
  }
  return nullptr;
}

}  // namespace replay
