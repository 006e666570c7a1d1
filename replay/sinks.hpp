// Facts in the forms that people and programs read them in, written as they come.
//
//   text    a line each, for people
//   jsonl   a CloudEvent each (domain/fold/cloud_event.hpp), a line each
//   json    the same as one array
//   csv     RFC 4180, lines end with CRLF, the first one names the columns. What is absent is
//   empty.
//           Of one kind of fact alone every field has a column; of several, `data` has them as JSON
//   sqlite  replay/sqlite.hpp
//
// Concurrency: one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "domain/fold/cloud_event.hpp"
#include "replay/output.hpp"

namespace replay {

class Sink {
 public:
  virtual ~Sink() = default;
  virtual void add(const fold::Event& event) = 0;
  virtual void end() {}
};

enum class Form : std::uint8_t { text, json, jsonl, csv };
// What a spreadsheet would take for a formula, cells that begin with = + - @, a tab or CR, gets a '
// in front (OWASP, "CSV Injection"). Numbers do not.
enum class Cells : std::uint8_t { exact, safe_in_spreadsheets };

// `only` is the one kind of fact that comes, if there is one. `out` outlives it.
std::unique_ptr<Sink> make_sink(Form form, Cells cells, const schemas::Table* only, Output& out);

}  // namespace replay
