#include "gateways/cli/replay.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <map>
#include <optional>
#include <set>

#include "gateways/cli/audit/signed_log.hpp"
#include "gateways/cli/config.hpp"
#include "gateways/cli/data_folder.hpp"
#include "gateways/cli/process.hpp"
#include "replay/progress.hpp"
#include "replay/source.hpp"
#include "replay/verbs.hpp"
#include "schemas/notation.hpp"

namespace cli {
namespace {

using ::replay::Refused;

constexpr std::string_view usage = R"(usage: construct replay VERB [--key value]...

  events        show facts: -o text|json|jsonl|csv, --limit N, or --tail N with or without
                --reverse, the newest first; -f follows
  state NAME    the state of an aggregate such as ordering/Order/o-1, or of all of a kind such as
                ordering/Order, --at a moment
  state         rows of a read model, [--table T] [--key K]: --view NAME --at a moment, or
                --from DIR that `run` made
  run           rebuild a read model as of a moment: --projection NAME --at M --out DIR;
                what if: --drop FILTER, --replace FILE of events
  diff A B      what two of these have that differs, row by row; or two moments of --view NAME:
                [--table T] -o text|json|jsonl
  trace         what led to what: --correlation ID, or --event ID; -o tree|dot|mermaid|json
  funnel        how many came how far: --steps FACT,FACT,... --by FIELD [--within 7d]
                -o table|csv|json
  export        --format jsonl|csv|sqlite|ocel2-json|ocel2-sqlite --out FILE

A moment M is seq:41, a position such as 5f0c2a91-41, time:2026-11-21T05:25:00Z, ckpt:FILE (all
that a signed checkpoint covers), or last.
events and export take --from M and --to M, the commits from the one on and before the other, and
--context, --aggregate, --fact, --actor, --correlation and --where FIELD=VALUE (also != < <= > >=),
any of them several times. A FILTER is such words: 'fact=StockAdjusted;where=quantity<0'.
--spreadsheet-safe keeps spreadsheets from taking a cell of CSV for a formula.
--data DIR names the deployment's folder (data), or --nats-url its log.

Data is on stdout, all else on stderr. Ends with 0; 1: nothing found, or a difference; 2: error.
)";

const std::set<std::string, std::less<>> flags{"follow", "reverse", "spreadsheet-safe"};
const std::set<std::string, std::less<>> of_config{"data", "nats-url", "config", "log"};
const std::map<std::string, std::string, std::less<>> short_names{
    {"-o", "output"}, {"-f", "follow"}, {"-n", "tail"}};

// Which words each verb knows.
const std::map<std::string, std::set<std::string, std::less<>>, std::less<>>& verbs() {
  static const auto all = [] {
    std::set<std::string, std::less<>> range{"from", "to"};
    for (const auto word : ::replay::Filter::words()) range.emplace(word);
    const auto and_range = [&](std::set<std::string, std::less<>> words) {
      words.insert(range.begin(), range.end());
      return words;
    };
    return std::map<std::string, std::set<std::string, std::less<>>, std::less<>>{
        {"events", and_range({"output", "limit", "tail", "reverse", "follow", "spreadsheet-safe"})},
        {"state", {"at", "view", "table", "key", "from"}},
        {"run", {"projection", "at", "out", "drop", "replace"}},
        {"diff", {"view", "table", "output"}},
        {"trace", {"correlation", "event", "output"}},
        {"funnel", {"steps", "by", "within", "from", "to", "output"}},
        {"export", and_range({"format", "out", "spreadsheet-safe"})}};
  }();
  return all;
}

// What stands behind `construct replay`.
class Words {
 public:
  Words(int argc, char** argv) {
    for (int i = 2; i < argc; ++i) take(argv[i], i, argc, argv);
    if (help) return;
    if (words.empty()) throw Refused("say what to do; `construct replay help` lists the verbs");
    const auto known = verbs().find(words.front());
    if (known == verbs().end())
      throw Refused(fmt::format(
          "there is no verb replay {}; `construct replay help` lists them", words.front()));
    for (const auto& [name, value] : given_)
      if (!known->second.contains(name))
        throw Refused(fmt::format(
            "replay {} takes no --{}; see `construct replay help`", words.front(), name));
  }

  bool help = false;
  std::vector<std::string> words;  // the verb first
  std::vector<char*> config;       // for cli::parse

  // Of a word that may be given once.
  std::optional<std::string> get(std::string_view name) const {
    const auto [first, last] = given_.equal_range(name);
    if (first == last) return std::nullopt;
    if (std::next(first) != last) throw Refused(fmt::format("--{} is given twice", name));
    return first->second;
  }
  std::string need(std::string_view name) const {
    auto value = get(name);
    if (!value)
      throw Refused(
          fmt::format("replay {} needs --{}; see `construct replay help`", words.front(), name));
    return *value;
  }
  bool has(std::string_view name) const { return given_.contains(name); }
  std::vector<std::string> all(std::string_view name) const {
    std::vector<std::string> values;
    for (auto [one, last] = given_.equal_range(name); one != last; ++one)
      values.push_back(one->second);
    return values;
  }

 private:
  void take(std::string word, int& i, int argc, char** argv) {
    if (word == "help" || word == "--help" || word == "-h") {
      help = true;
      return;
    }
    const auto whole = i;
    if (const auto found = short_names.find(word); found != short_names.end())
      word = "--" + found->second;
    if (!word.starts_with("--")) {
      words.push_back(word);
      return;
    }
    word.erase(0, 2);
    std::optional<std::string> value;
    if (const auto equals = word.find('='); equals != std::string::npos) {
      value = word.substr(equals + 1);
      word.resize(equals);
    } else if (!flags.contains(word)) {
      if (i + 1 == argc || std::string_view{argv[i + 1]}.starts_with("--"))
        throw Refused(fmt::format("--{} needs a value", word));
      value = argv[++i];
    }
    if (of_config.contains(word))
      for (auto at = whole; at <= i; ++at) config.push_back(argv[at]);
    else
      given_.emplace(word, value.value_or("true"));
  }

  std::multimap<std::string, std::string, std::less<>> given_;
};

nats::Address address_of(const Config& config) {
  if (!config.nats_url.empty()) return {config.nats_url};
  const auto url = read_file(Folders{config.data}.replay_address());
  if (url.empty())
    throw Refused(fmt::format(
        "nothing runs on the data folder {}; name the right one with --data, or start it with "
        "`construct up`",
        config.data.string()));
  return {url};
}

template <class Value, std::size_t Count>
Value choice(
    std::string_view word,
    const std::string& given,
    const std::array<std::pair<std::string_view, Value>, Count>& all) {
  const auto found = std::ranges::find(all, given, &std::pair<std::string_view, Value>::first);
  if (found != all.end()) return found->second;
  std::vector<std::string_view> names;
  for (const auto& [name, value] : all) names.push_back(name);
  throw Refused(
      fmt::format("{} is no value for --{}; it takes {}", given, word, fmt::join(names, ", ")));
}

std::optional<std::uint64_t> number(const Words& words, std::string_view name) {
  const auto given = words.get(name);
  if (!given) return std::nullopt;
  const auto read = schemas::parse_integer(*given);
  if (!read || *read < 0)
    throw Refused(
        fmt::format("--{} takes a whole number that is not below 0, not {}", name, *given));
  return static_cast<std::uint64_t>(*read);
}

::replay::Range range_of(const Words& words) {
  ::replay::Range range;
  if (const auto from = words.get("from")) range.from = ::replay::parse_moment(*from);
  if (const auto to = words.get("to")) range.until = ::replay::parse_moment(*to);
  return range;
}

::replay::Filter filter_of(const Words& words) {
  ::replay::Filter filter;
  for (const auto word : ::replay::Filter::words())
    for (const auto& value : words.all(word)) filter.add(word, value);
  return filter;
}

::replay::Cells cells_of(const Words& words) {
  return words.has("spreadsheet-safe") ? ::replay::Cells::safe_in_spreadsheets
                                       : ::replay::Cells::exact;
}

// One call of it.
class Replay {
 public:
  explicit Replay(const Words& words)
      : words_{words}, config_{parse(static_cast<int>(words.config.size()), words.config)} {}

  int run() {
    try {
      return static_cast<int>(done());
    } catch (const ::replay::NobodyReads&) {
      return 0;
    }
  }

 private:
  using Found = ::replay::Found;

  // cli::parse looks at what stands behind the program's name.
  static Config parse(int count, const std::vector<char*>& words) {
    std::vector<char*> all{nullptr};
    all.insert(all.end(), words.begin(), words.end());
    return cli::parse(count + 1, all.data()).config;
  }

  Found done() {
    const auto& verb = words_.words.front();
    if (verb == "events") return events();
    if (verb == "state") return state();
    if (verb == "diff") return diff();
    if (verb == "trace") return trace();
    if (verb == "funnel") return funnel();
    no_more_words(1);
    if (verb == "export")
      export_events();
    else
      rebuild();
    return Found::yes;
  }

  Found events() {
    no_more_words(1);
    using ::replay::Form;
    ::replay::Events asked{
        .range = range_of(words_),
        .filter = filter_of(words_),
        .form = choice(
            "output",
            words_.get("output").value_or("text"),
            std::array<std::pair<std::string_view, Form>, 4>{
                {{"text", Form::text},
                 {"json", Form::json},
                 {"jsonl", Form::jsonl},
                 {"csv", Form::csv}}}),
        .cells = cells_of(words_),
        .limit = number(words_, "limit"),
        .tail = number(words_, "tail"),
        .reverse = words_.has("reverse"),
        .follow = words_.has("follow")};
    if (asked.follow && (asked.tail || words_.has("to")))
      throw Refused("what is followed has no end; leave --to and --tail out, or -f");
    if (asked.limit && asked.tail)
      throw Refused("give --limit, the first so many, or --tail, the last so many");
    if (asked.reverse && !asked.tail)
      throw Refused("say with --tail N how many are shown, the newest first");
    return ::replay::show_events(history(), asked, out_);
  }

  Found state() {
    const ::replay::RowsAsked rows{
        .table = words_.get("table").value_or(""), .key = words_.get("key")};
    const auto folder = words_.get("from"), view = words_.get("view");
    const bool aggregate = words_.words.size() == 2;
    if (aggregate + folder.has_value() + view.has_value() != 1 || words_.words.size() > 2)
      throw Refused(
          "say whose state: an aggregate such as ordering/Order/o-1, a read model with --view, or "
          "a folder that `replay run` made with --from");
    if (aggregate && (rows.key || !rows.table.empty()))
      throw Refused("an aggregate has neither tables nor keys; leave --table and --key out");
    if (folder && words_.has("at"))
      throw Refused("a folder is of the moment that it was made for; leave --at out");
    const auto found = folder      ? ::replay::show_rows(*folder, rows, out_)
                       : aggregate ? ::replay::show_state(history(), words_.words[1], at(), out_)
                                   : ::replay::show_rows(history(), *view, at(), rows, out_);
    if (found == Found::no) say("nothing of that name was there at that moment");
    return found;
  }

  Found diff() {
    no_more_words(3);
    using ::replay::DiffForm;
    const ::replay::Diff asked{
        .before = words_.words[1],
        .after = words_.words[2],
        .view = words_.get("view").value_or(""),
        .table = words_.get("table").value_or(""),
        .form = choice(
            "output",
            words_.get("output").value_or("text"),
            std::array<std::pair<std::string_view, DiffForm>, 3>{
                {{"text", DiffForm::text}, {"json", DiffForm::json}, {"jsonl", DiffForm::jsonl}}})};
    return ::replay::show_diff([this]() -> ::replay::History& { return history(); }, asked, out_);
  }

  Found trace() {
    no_more_words(1);
    using ::replay::TraceForm;
    const ::replay::TraceAsked asked{
        .correlation = words_.get("correlation").value_or(""),
        .event = words_.get("event").value_or(""),
        .form = choice(
            "output",
            words_.get("output").value_or("tree"),
            std::array<std::pair<std::string_view, TraceForm>, 4>{
                {{"tree", TraceForm::tree},
                 {"dot", TraceForm::dot},
                 {"mermaid", TraceForm::mermaid},
                 {"json", TraceForm::json}}})};
    if (asked.correlation.empty() == asked.event.empty())
      throw Refused("say what to trace: --correlation, or an event with --event");
    return ::replay::show_trace(history(), asked, out_);
  }

  Found funnel() {
    no_more_words(1);
    using ::replay::FunnelForm;
    ::replay::FunnelAsked asked{
        .by = words_.need("by"),
        .range = range_of(words_),
        .form = choice(
            "output",
            words_.get("output").value_or("table"),
            std::array<std::pair<std::string_view, FunnelForm>, 3>{
                {{"table", FunnelForm::table},
                 {"csv", FunnelForm::csv},
                 {"json", FunnelForm::json}}})};
    const auto steps = words_.need("steps");
    for (std::size_t at = 0; at <= steps.size();) {
      const auto end = std::min(steps.find(',', at), steps.size());
      asked.steps.push_back(steps.substr(at, end - at));
      at = end + 1;
    }
    if (const auto within = words_.get("within")) asked.within = ::replay::parse_duration(*within);
    return ::replay::show_funnel(history(), asked, out_);
  }

  void rebuild() {
    ::replay::Changes changes;
    for (const auto& drop : words_.all("drop")) changes.drop(::replay::Filter::parse(drop));
    if (const auto file = words_.get("replace")) changes.replace(*file);
    const auto view = words_.need("projection"), folder = words_.need("out");
    ::replay::run(history(), view, at(), std::move(changes), folder, out_);
  }

  void export_events() {
    using ::replay::ExportForm;
    const ::replay::Export asked{
        .range = range_of(words_),
        .filter = filter_of(words_),
        .form = choice(
            "format",
            words_.need("format"),
            std::array<std::pair<std::string_view, ExportForm>, 5>{
                {{"jsonl", ExportForm::jsonl},
                 {"csv", ExportForm::csv},
                 {"sqlite", ExportForm::sqlite},
                 {"ocel2-json", ExportForm::ocel2_json},
                 {"ocel2-sqlite", ExportForm::ocel2_sqlite}}}),
        .cells = cells_of(words_),
        .file = words_.need("out")};
    ::replay::export_events(history(), asked, out_);
  }

  void no_more_words(std::size_t count) const {
    if (words_.words.size() != count)
      throw Refused(fmt::format(
          "replay {} takes {} more word{}; see `construct replay help`",
          words_.words.front(),
          count == 1 ? "no" : std::to_string(count - 1),
          count == 2 ? "" : "s"));
  }

  ::replay::Moment at() const { return ::replay::parse_moment(words_.get("at").value_or("last")); }

  static void say(std::string_view sentence) { fmt::print(stderr, "construct: {}\n", sentence); }

  // Opened when it is needed: folders are read without a log.
  ::replay::History& history() {
    if (history_) return *history_;
    signals_.emplace();
    source_.emplace(address_of(config_));
    history_.emplace(source_->log(), hooks());
    return *history_;
  }

  ::replay::History::Hooks hooks() {
    ::replay::History::Hooks hooks;
    hooks.stopped = [this] {
      const auto signal = signals_->take(std::chrono::milliseconds{0});
      return signal && *signal != SIGCHLD;
    };
    hooks.progress = [this](auto at, auto end) { progress_.at(at, end); };
    hooks.checkpoint = [this](const std::string& incarnation, std::uint64_t commits) {
      return signed_checkpoint(incarnation, commits);
    };
    hooks.idle = [this] { out_.flush(); };
    return hooks;
  }

  std::optional<verify::Checkpoint> signed_checkpoint(
      const std::string& incarnation, std::uint64_t commits) const {
    const auto found = find_signed(Folders{config_.data}.audit_signed(incarnation), commits);
    if (!found) return std::nullopt;
    return verify::Checkpoint{found->origin, found->size, found->root};
  }

  const Words& words_;
  const Config config_;
  ::replay::Output out_{STDOUT_FILENO, "standard output"};
  ::replay::Progress progress_{
      isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO) ? ::replay::Progress::Show::line
                                                      : ::replay::Progress::Show::nothing};
  std::optional<Signals> signals_;  // before the first thread
  std::optional<::replay::Source> source_;
  std::optional<::replay::History> history_;
};

}  // namespace

int replay(int argc, char** argv) try {
  const Words words{argc, argv};
  if (words.help) {
    fmt::print("{}", usage);
    return 0;
  }
  return Replay{words}.run();
} catch (const std::exception& error) {
  fmt::print(stderr, "construct: {}\n", error.what());
  return 2;
}

}  // namespace cli
