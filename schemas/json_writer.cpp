#include <fmt/format.h>

#include <charconv>
#include <iterator>
#include <limits>

#include "schemas/flat_bytes.hpp"
#include "schemas/json.hpp"
#include "schemas/wire.hpp"

namespace schemas {
namespace {

enum class Form : std::uint8_t { complete, canonical };

// Appends what stands for a character that cannot stand for itself.
void write_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\t':
      out += "\\t";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\r':
      out += "\\r";
      break;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
  }
}

constexpr bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// Appends UTF-8 as a JSON string: runs without escapes whole.
void write_utf8(std::string& out, std::string_view text) {
  out += '"';
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape(text[i])) continue;
    out += text.substr(run, i - run);
    write_escape(out, text[i]);
    run = i + 1;
  }
  out += text.substr(run);
  out += '"';
}

// Writes one buffer's tables. Checks as it goes, so nothing is read that was not checked.
class Writer {
 public:
  Writer(std::string& out, std::string_view bytes, Form form)
      : out_{out}, bytes_{bytes}, form_{form} {}

  void root(const Table& type) { table(type, bytes_.root()); }
  void root_member(const Field& field) { member(field, bytes_.field(bytes_.root(), field.slot)); }

 private:
  void table(const Table& type, const FlatBytes::TableAt& table) {
    if (++tables_deep_ > tables_deep_max) throw Corrupt("tables are nested too deeply");
    out_ += '{';
    bool first = true;
    for (std::size_t i = 0; i < type.fields.size(); ++i) {
      const Field& field = type.fields[form_ == Form::canonical ? type.canonical[i] : i];
      const auto at = bytes_.field(table, field.slot);
      if (at == 0 && !field.optional) throw Corrupt(field.name + " is missing");
      if (at == 0 && form_ == Form::canonical) continue;
      if (!first) out_ += ',';
      first = false;
      out_ += '"';
      out_ += field.name;
      out_ += "\":";
      member(field, at);
    }
    out_ += '}';
    --tables_deep_;
  }

  void member(const Field& field, std::size_t at) {
    if (at == 0)
      out_ += "null";
    else if (field.type.list)
      list(field, at);
    else
      value(field, at);
  }

  void list(const Field& field, std::size_t at) {
    const auto item_size = inline_size(field.type.kind);
    const auto items = bytes_.list(bytes_.follow(at), item_size);
    out_ += '[';
    for (std::uint32_t i = 0; i < items.size; ++i) {
      if (i > 0) out_ += ',';
      value(field, items.first + i * item_size);
    }
    out_ += ']';
  }

  // A field's value, or one item of it: what stands at `at` in a table or a list.
  void value(const Field& field, std::size_t at) {
    const auto kind = field.type.kind;
    if (kind == Kind::table) return table(*field.type.table, bytes_.table(bytes_.follow(at)));
    if (kind == Kind::bytes) {
      fmt::format_to(
          std::back_inserter(out_), "\"{}\"", to_base64(bytes_.content(bytes_.follow(at))));
      return;
    }
    if (kind == Kind::text) return text(field, bytes_.content(bytes_.follow(at)));
    scalar(field, bytes_.scalar(kind, at));
  }

  void text(const Field& field, std::string_view text) {
    if (!is_utf8(text)) throw Corrupt(field.name + " is not UTF-8");
    write_utf8(out_, text);
  }

  void scalar(const Field& field, std::int64_t value) {
    if (field.type.kind == Kind::enumeration) {
      const auto* known = field.type.enumeration->value(value);
      if (!known)
        throw Corrupt(
            fmt::format("{} has the value {}, which this build does not know", field.name, value));
      write_utf8(out_, known->name);
    } else if (field.type.kind == Kind::boolean) {
      if (value != 0 && value != 1) throw Corrupt(field.name + " is neither true nor false");
      out_ += value == 1 ? "true" : "false";
    } else if (field.meaning == Meaning::time) {
      write_utf8(out_, format_time(value));
    } else {
      write_integer(out_, value);
    }
  }

  std::string& out_;
  FlatBytes bytes_;
  Form form_;
  std::size_t tables_deep_ = 0;
};

void write(std::string& out, const Table& table, std::string_view bytes, Form form) try {
  Writer{out, bytes, form}.root(table);
} catch (const Corrupt& damage) {
  throw Corrupt(fmt::format("the stored bytes are not a {}: {}", table.name, damage.what()));
}

}  // namespace

void write_json(
    std::string& out, const Table& table, const Field& field, std::string_view bytes) try {
  Writer{out, bytes, Form::complete}.root_member(field);
} catch (const Corrupt& damage) {
  throw Corrupt(fmt::format("the stored bytes are not a {}: {}", table.name, damage.what()));
}

void write_json(std::string& out, const Table& table, std::string_view bytes) {
  write(out, table, bytes, Form::complete);
}

std::string canonical_json(const Table& table, std::string_view bytes) {
  std::string out;
  write(out, table, bytes, Form::canonical);
  return out;
}

void write_integer(std::string& out, std::int64_t value) {
  char digits[std::numeric_limits<std::int64_t>::digits10 + 3];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  const bool quoted = !is_exact_integer(value);
  if (quoted) out += '"';
  out.append(digits, end);
  if (quoted) out += '"';
}

void write_text(std::string& out, std::string_view text) {
  if (is_utf8(text)) return write_utf8(out, text);
  std::string mended;
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x80)
      mended += c;
    else
      mended += "\xEF\xBF\xBD";
  write_utf8(out, mended);
}

}  // namespace schemas
