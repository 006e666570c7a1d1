#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "domain/kernel/crypto.hpp"
#include "replay/manifest.hpp"
#include "replay/verbs.hpp"
#include "schemas/json.hpp"

namespace replay {
namespace {

using kernel::CommitNumber;
using nlohmann::ordered_json;

// One commit of a trace, and which it led to.
struct Step {
  ordered_json shown;
  std::string title;
  std::vector<std::string> facts;
  std::vector<CommitNumber> led_to;
  CommitNumber root = 0;  // the first commit that led to it
};

class Trace {
 public:
  void add(const fold::CommitView& commit, const fold::Life& life) {
    Step step;
    const auto position = kernel::to_token({life.incarnation, commit.number});
    const auto time = schemas::format_time(commit.at);
    step.title = fmt::format("{}  {}  {} by {}", position, time, commit.command, commit.actor);
    step.shown = {
        {"position", position},
        {"commit", commit.number},
        {"time", time},
        {"command", commit.command},
        {"commandid", kernel::to_uuid(commit.command_id)},
        {"actor", commit.actor},
        {"correlationid", commit.correlation},
        {"causationid", commit.causation},
        {"facts", ordered_json::array()}};
    if (commit.rejection) {
      step.title += fmt::format(", refused: {}", *commit.rejection);
      step.shown["rejection"] = *commit.rejection;
    }
    for (const auto& fact : commit.facts) {
      step.facts.push_back(fmt::format("{} v{}  {}", fact.aggregate, fact.version, fact.type));
      std::string data;
      schemas::write_json(data, table_of(fact), fact.data);
      step.shown["facts"].push_back(
          {{"aggregate", fact.aggregate},
           {"version", fact.version},
           {"fact", fact.type},
           {"data", ordered_json::parse(data)}});
    }
    // What it is caused by came before it; what lies outside of the trace is no part of it.
    const auto cause = fold::cause_of(commit.causation);
    const auto parent = cause ? steps_.find(*cause) : steps_.end();
    step.root = commit.number;
    if (parent == steps_.end()) {
      roots_.push_back(commit.number);
    } else {
      parent->second.led_to.push_back(commit.number);
      step.root = parent->second.root;
    }
    steps_.emplace(commit.number, std::move(step));
  }
  // Keeps what a commit came from and what else came from that.
  void keep_around(CommitNumber commit) {
    const auto root = steps_.at(commit).root;
    roots_ = {root};
    std::erase_if(steps_, [&](const auto& entry) { return entry.second.root != root; });
  }

  bool empty() const { return steps_.empty(); }

  void write(TraceForm form, std::string& out) const {
    switch (form) {
      case TraceForm::tree:
        for (const auto root : roots_) tree(root, "", "", out);
        return;
      case TraceForm::dot:
        return dot(out);
      case TraceForm::mermaid:
        return mermaid(out);
      case TraceForm::json: {
        auto all = ordered_json::array();
        for (const auto root : roots_) all.push_back(nested(root));
        out += all.dump(2) + '\n';
      }
    }
  }

 private:
  void tree(
      CommitNumber number,
      const std::string& before,
      const std::string& below,
      std::string& out) const {
    const auto& step = steps_.at(number);
    out += before + step.title + '\n';
    for (const auto& fact : step.facts)
      out += below + (step.led_to.empty() ? "    " : "│   ") + fact + '\n';
    for (std::size_t i = 0; i < step.led_to.size(); ++i) {
      const bool last = i + 1 == step.led_to.size();
      tree(step.led_to[i], below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "), out);
    }
  }

  ordered_json nested(CommitNumber number) const {
    const auto& step = steps_.at(number);
    auto shown = step.shown;
    shown["led_to"] = ordered_json::array();
    for (const auto next : step.led_to) shown["led_to"].push_back(nested(next));
    return shown;
  }

  // Its words, as the label of a node: lines, and no character that means something there.
  static std::string label(const Step& step, std::string_view line_end) {
    auto text = step.title;
    for (const auto& fact : step.facts) text += '\n' + fact;
    std::string safe;
    for (const char c : text)
      if (c == '\n')
        safe += line_end;
      else
        safe += c == '"' || c == '\\' ? '\'' : c;
    return safe;
  }

  // Graphviz.
  void dot(std::string& out) const {
    out += "digraph trace {\n  node [shape=box];\n";
    for (const auto& [number, step] : steps_)
      out += fmt::format("  c{} [label=\"{}\"];\n", number, label(step, "\\l"));
    for (const auto& [number, step] : steps_)
      for (const auto next : step.led_to) out += fmt::format("  c{} -> c{};\n", number, next);
    out += "}\n";
  }

  void mermaid(std::string& out) const {
    out += "flowchart TD\n";
    for (const auto& [number, step] : steps_)
      out += fmt::format("  c{}[\"{}\"]\n", number, label(step, "<br>"));
    for (const auto& [number, step] : steps_)
      for (const auto next : step.led_to) out += fmt::format("  c{} --> c{}\n", number, next);
  }

  std::map<CommitNumber, Step> steps_;
  std::vector<CommitNumber> roots_;
};

// The commit that a position, or an event's id, names.
Moment commit_of(const std::string& event) {
  // "5f0c2a91-41-0" without the fact's index is a position.
  const auto second = event.find('-', event.find('-') + 1);
  auto moment = parse_moment(event.substr(0, second));
  if (moment.kind != Moment::Kind::commit)
    throw Refused(fmt::format(
        "{} is no event; give its id as `replay events -o jsonl` shows it, or its position",
        event));
  return moment;
}

std::string correlation_of(History& history, const Moment& moment) {
  std::string found;
  history.read(
      {.from = moment, .until = moment, .through = true},
      [&](const fold::CommitView& commit, const auto&) {
        found = commit.correlation;
        return true;
      });
  if (found.empty())
    throw Refused(fmt::format("commit {} has no correlation that could be traced", moment.commit));
  return found;
}

}  // namespace

Found show_trace(History& history, const TraceAsked& asked, Output& out) {
  std::optional<Moment> around;
  if (!asked.event.empty()) around = commit_of(asked.event);
  const auto correlation = around ? correlation_of(history, *around) : asked.correlation;
  Trace trace;
  history.read({}, [&](const fold::CommitView& commit, const fold::Life& life) {
    if (commit.correlation == correlation) trace.add(commit, life);
    return true;
  });
  if (around) trace.keep_around(around->commit);
  trace.write(asked.form, out.buffer());
  out.flush();
  return trace.empty() ? Found::no : Found::yes;
}

}  // namespace replay
