// The verbs of `construct replay`: the past, for analysts. Nothing is decided and nothing is
// changed here; the log is read with a user that may do nothing else.
//
// Each throws Refused, with a sentence that says what to do, when what is asked for cannot be, and
// std::runtime_error when the log or a disk fails. Data goes to the output only.
//
// Concurrency: one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "replay/changes.hpp"
#include "replay/filter.hpp"
#include "replay/history.hpp"
#include "replay/output.hpp"
#include "replay/sinks.hpp"

namespace replay {

// What `diff` tells apart, and what shells do: grep and diff end in the same way.
enum class Found : int { yes = 0, no = 1 };

struct Events {
  Range range;
  Filter filter;
  Form form = Form::text;
  Cells cells = Cells::exact;
  std::optional<std::uint64_t> limit;  // the first so many
  std::optional<std::uint64_t> tail;   // the last so many
  bool reverse = false;                // of those the newest first
  bool follow = false;                 // goes on with what is committed from then on
};
Found show_events(History& history, const Events& asked, Output& out);

// The state of one aggregate, "ordering/Order/o-1", or of all of a kind, "ordering/Order": a JSON
// object each, a line each, with the manifest. No when there was none.
Found show_state(History& history, const std::string& aggregate, const Moment& at, Output& out);

// Rows of a view, a JSON object on a line each: of a table or of all, of a key or of all. No when
// there is none.
struct RowsAsked {
  std::string table;  // empty: all
  std::optional<std::string> key;
};
Found show_rows(const std::filesystem::path& rebuilt, const RowsAsked& asked, Output& out);
// The same of a view as of a moment, folded for it.
Found show_rows(
    History& history,
    const std::string& view,
    const Moment& at,
    const RowsAsked& asked,
    Output& out);

// Rebuilds a view (replay/rebuilt.hpp) and shows its manifest.
void run(
    History& history,
    const std::string& view,
    const Moment& at,
    Changes changes,
    const std::filesystem::path& folder,
    Output& out);

// Row by row, what is in one and not in the other, or otherwise there. Each side is a folder that
// `run` made, or a moment of `view`. `no` when they differ.
enum class DiffForm : std::uint8_t { text, json, jsonl };
struct Diff {
  std::string before, after;
  std::string view;   // of moments
  std::string table;  // empty: all
  DiffForm form = DiffForm::text;
};
Found show_diff(const std::function<History&()>& history, const Diff& asked, Output& out);

// What led to what: the commits of one correlation, each below the commit that caused it. A command
// of a flow or an effect names its cause; what people send is a root. No when there are none.
enum class TraceForm : std::uint8_t { tree, dot, mermaid, json };
struct TraceAsked {
  std::string correlation;
  std::string event;  // instead: an event's id or position; what it came from, and what that led to
  TraceForm form = TraceForm::tree;
};
Found show_trace(History& history, const TraceAsked& asked, Output& out);

// How many came how far: of the keys whose first step is in the range, those that took each next
// step after the one before, all within a time of the first. The key of a fact is its field `by`,
// or where it is a fact of what that field names, as OrderPlaced is of order_id's Order, its
// aggregate's id. No when nobody began.
enum class FunnelForm : std::uint8_t { table, csv, json };
struct FunnelAsked {
  std::vector<std::string> steps;  // facts
  std::string by;
  std::optional<std::chrono::microseconds> within;
  Range range;
  FunnelForm form = FunnelForm::table;
};
Found show_funnel(History& history, const FunnelAsked& asked, Output& out);
// "7d", "12h", "30m", "90s". Throws Refused.
std::chrono::microseconds parse_duration(std::string_view text);

// Into a file that is there whole or not at all. SQLite has its manifest inside, the others beside
// them: FILE.manifest.json, with the file's SHA-256.
enum class ExportForm : std::uint8_t { jsonl, csv, sqlite, ocel2_json, ocel2_sqlite };
struct Export {
  Range range;
  Filter filter;
  ExportForm form = ExportForm::jsonl;
  Cells cells = Cells::exact;
  std::filesystem::path file;
};
// Shows the manifest.
void export_events(History& history, const Export& asked, Output& out);

}  // namespace replay
