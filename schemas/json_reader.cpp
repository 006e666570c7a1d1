#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

#include "schemas/json.hpp"
#include "schemas/json_cursor.hpp"
#include "schemas/json_faults.hpp"

namespace schemas {
namespace {

constexpr std::size_t faults_max = 50;

// Follows nlohmann's parser through a body, collecting faults and building the FlatBuffer from the
// inside out: a string when it is met, a list or a table when it ends. After the first fault
// nothing is built any more.
class Reader {
 public:
  Parsed read(const Table& table, std::string_view json, std::span<const Given> given);

  // What nlohmann's parser calls; false ends the parsing.
  bool null();
  bool boolean(bool value);
  bool number_integer(std::int64_t value);
  bool number_unsigned(std::uint64_t value);
  bool number_float(double value, const std::string& raw);
  bool string(std::string& text);
  bool binary(nlohmann::json::binary_t&) { return false; }  // JSON has none.
  bool start_object(std::size_t size);
  bool key(std::string& name);
  bool end_object();
  bool start_array(std::size_t size);
  bool end_array();
  bool parse_error(
      std::size_t at, const std::string& token, const nlohmann::json::exception& error);

 private:
  using State = FlatBuilder::Value::State;

  bool put(std::int64_t raw);
  bool put_quoted(std::string_view text);
  bool leave(std::int64_t made);
  bool skip_after(bool go_on);
  void give(const Given& given);
  void check_complete();
  bool fault(std::string path, std::string message);
  bool refuse(std::string message);
  bool refuse_type(std::string_view met);
  bool refuse_range();

  JsonCursor at_;
  FlatBuilder builder_;
  std::vector<Fault> faults_;
  std::span<const Given> given_;
};

Parsed Reader::read(const Table& table, std::string_view json, std::span<const Given> given) {
  at_.start(table);
  builder_.clear();
  faults_.clear();
  given_ = given;
  const auto nul = json.find('\0');  // To nlohmann it is the end.
  if (json.empty()) {
    start_object(0) && end_object();
  } else if (nul != std::string_view::npos) {
    fault(
        "", fmt::format("valid JSON is required: at byte {} there is the character NUL", nul + 1));
  } else {
    nlohmann::json::sax_parse(json.begin(), json.end(), this);
  }
  if (!faults_.empty()) return {.bytes = {}, .faults = std::move(faults_)};
  return {.bytes = builder_.finish(at_.made()), .faults = {}};
}

// ---- Values ----

bool Reader::null() {
  if (at_.skipping()) return true;
  // Absence has no place in a list.
  return at_.field().optional && !at_.in_list() ? true : refuse_type("null");
}

bool Reader::boolean(bool value) {
  if (at_.skipping()) return true;
  return at_.wants(Kind::boolean) ? put(value) : refuse_type("a boolean");
}

bool Reader::number_integer(std::int64_t value) {
  if (at_.skipping()) return true;
  if (!at_.wants_integer()) return refuse_type("a number");
  if (value < at_.field().minimum || value > at_.field().maximum) return refuse_range();
  if (is_exact_integer(value)) return put(value);
  return refuse(fmt::format("a whole number beyond {} has to stand in quotes", exact_integer_max));
}

bool Reader::number_unsigned(std::uint64_t value) {
  if (std::in_range<std::int64_t>(value)) return number_integer(static_cast<std::int64_t>(value));
  if (at_.skipping()) return true;
  return at_.wants_integer() ? refuse_range() : refuse_type("a number");
}

bool Reader::number_float(double, const std::string& raw) {
  if (at_.skipping()) return true;
  if (!at_.wants_integer()) return refuse_type("a number");
  // An integer beyond 64 bits arrives here too.
  if (raw.find_first_of(".eE") == std::string::npos) return refuse_range();
  return refuse("a whole number without fraction or exponent is required");
}

bool Reader::string(std::string& text) {
  if (at_.skipping()) return true;
  const Field& field = at_.field();
  if (at_.wants(Kind::text)) {
    const auto* unfit = text_fault(field, text);
    return unfit ? refuse(unfit) : put(builder_.text(text));
  }
  if (at_.wants(Kind::enumeration)) {
    const auto* known = field.type.enumeration->value(text);
    return known ? put(known->number) : refuse(wanted_item(field) + " is required");
  }
  if (field.meaning == Meaning::time) {
    const auto time = parse_time(text);
    return time ? put(*time) : refuse(wanted_item(field) + " is required");
  }
  return at_.wants_integer() ? put_quoted(text) : refuse_type("a string");
}

// Only what is not exact as a JSON number may be quoted, so that one value has one form.
bool Reader::put_quoted(std::string_view text) {
  if (!is_decimal(text)) return refuse_type("a string");
  const auto value = parse_integer(text);
  if (!value || *value < at_.field().minimum || *value > at_.field().maximum) return refuse_range();
  return is_exact_integer(*value) ? refuse_type("a string") : put(*value);
}

bool Reader::put(std::int64_t raw) {
  at_.put(raw);
  return faults_.size() < faults_max;
}

// ---- Objects and lists ----

bool Reader::start_object(std::size_t) {
  if (at_.skipping()) return skip_after(true);
  if (!at_.wants(Kind::table)) return skip_after(refuse_type("an object"));
  if (at_.at_limit()) return skip_after(refuse("this is nested too deeply; nest less"));
  at_.enter_object();
  return true;
}

bool Reader::key(std::string& name) {
  if (at_.in_skipped()) return true;
  at_.expect(nullptr);
  const Field* field = at_.table().field(name);
  if (!field) return fault(at_.path(name), "the schema has no such field; leave it out");
  const auto before = std::exchange(at_.value_of(*field).state, State::null);
  if (before != State::unseen)
    return fault(at_.path(name), "this field is there already; give it once");
  at_.expect(field);
  return true;
}

bool Reader::end_object() {
  if (at_.in_skipped()) return at_.leave_skipped(), true;
  if (at_.in_body())
    for (const auto& given : given_) give(given);
  check_complete();
  return leave(faults_.empty() ? builder_.table(at_.table(), at_.values()) : 0);
}

bool Reader::start_array(std::size_t) {
  if (at_.skipping()) return skip_after(true);
  if (!at_.wants_list()) return skip_after(refuse_type("a list"));
  at_.enter_list();
  return true;
}

bool Reader::end_array() {
  if (at_.in_skipped()) return at_.leave_skipped(), true;
  return leave(faults_.empty() ? builder_.list(at_.field().type.kind, at_.values()) : 0);
}

bool Reader::leave(std::int64_t made) {
  at_.leave();
  return put(made);
}

bool Reader::skip_after(bool go_on) {
  at_.enter_skipped();
  return go_on;
}

bool Reader::parse_error(
    std::size_t at, const std::string&, const nlohmann::json::exception& error) {
  constexpr int number_overflow = 406;
  if (error.id == number_overflow)
    fault(at_.skipping() ? "" : at_.path(), "a smaller number is required");
  else
    fault(
        "",
        fmt::format(
            "valid JSON is required: at byte {} there is an {}", at, syntax_fault(error.what())));
  return false;
}

// What the request's path gives counts as if the body had said it.
void Reader::give(const Given& given) {
  const Field* field = at_.table().field(given.field);
  if (!field || field->type.kind != Kind::text || field->type.list)
    throw std::logic_error(
        fmt::format("{} has no string field {} for a path to give", at_.table().name, given.field));
  auto& value = at_.value_of(*field);
  if (value.state == State::unseen) {
    value.state = State::null;
    const auto* unfit =
        is_utf8(given.value) ? text_fault(*field, given.value) : "UTF-8 is required";
    if (unfit)
      fault(at_.path(given.field), unfit);
    else
      value = {State::filled, builder_.text(given.value)};
    return;
  }
  const bool refused_or_null = value.raw == 0;
  if (!refused_or_null && builder_.text_at(value.raw) != given.value)
    fault(
        at_.path(given.field),
        "the path of the request says otherwise; leave this out, or give the same");
}

void Reader::check_complete() {
  for (const auto& field : at_.table().fields)
    if (!field.optional && at_.value_of(field).state == State::unseen)
      fault(at_.path(field.name), "this field is required");
}

// ---- Faults ----

// Notes a fault; false when there are enough of them.
bool Reader::fault(std::string path, std::string message) {
  if (faults_.size() < faults_max) faults_.push_back({std::move(path), std::move(message)});
  return faults_.size() < faults_max;
}

// Notes why the next value is refused, and puts anything in its place.
bool Reader::refuse(std::string message) {
  fault(at_.path(), std::move(message));
  return put(0);
}

bool Reader::refuse_type(std::string_view met) {
  const auto wish = at_.in_list() ? wanted_item(at_.field()) : wanted(at_.field());
  return refuse(fmt::format("{} is required, not {}", wish, met));
}

bool Reader::refuse_range() {
  return refuse(fmt::format(
      "a whole number from {} to {} is required", at_.field().minimum, at_.field().maximum));
}

}  // namespace

Parsed read_json(const Table& table, std::string_view json, std::span<const Given> given) {
  thread_local Reader reader;
  return reader.read(table, json, given);
}

}  // namespace schemas
