#include "replay/verify/verbs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "replay/verify/events.hpp"
#include "replay/verify/log.hpp"

namespace verify {
namespace {

constexpr std::string_view help =
    "usage: construct verify VERB ... --policy FILE [--json]\n\n"
    "  log DIR [--since CHECKPOINT] [--entries-only]\n"
    "      all of a log, from the copy of it that `construct mirror` made; with --since, that it\n"
    "      continues a checkpoint that was kept before\n"
    "  proof PROOF --commit FILE\n"
    "      that these bytes are a commit of the log, by what GET /proof/inclusion gave\n"
    "  consistency OLD NEW --tiles DIR\n"
    "      that of two checkpoints the later continues the earlier\n"
    "  events FILE.jsonl --log DIR\n"
    "      that facts which were exported are those of the log in DIR, and how many of all\n"
    "  diff ONE OTHER\n"
    "      whether two checkpoints contradict each other; if so they prove that the log lies\n\n"
    "The policy says whose signatures count (c2sp.org/tlog-policy): at least\n"
    "  log VKEY\n  quorum none\n"
    "It ends with 0: verified, 1: NOT verified, 2: these words or files are not usable, 3:\n"
    "incomplete, so nothing is known. It reads files only and never the network.\n";

struct Arguments {
  std::vector<std::string> words;
  std::map<std::string, std::string> options;

  const std::string& option(const std::string& name) const {
    const auto found = options.find(name);
    if (found == options.end())
      throw Usage(fmt::format("say --{} FILE; see `construct verify`", name));
    return found->second;
  }
};

constexpr std::array flags{"json", "entries-only"};

Arguments parse(const std::vector<std::string>& words, const std::vector<std::string>& known) {
  Arguments arguments;
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (!word->starts_with("--")) {
      arguments.words.push_back(*word);
      continue;
    }
    const auto name = word->substr(2);
    if (std::ranges::find(known, name) == known.end())
      throw Usage(fmt::format("there is no --{} here; see `construct verify`", name));
    if (std::ranges::find(flags, name) != flags.end()) {
      arguments.options[name] = "";
    } else {
      if (++word == words.end()) throw Usage(fmt::format("--{} needs a value", name));
      arguments.options[name] = *word;
    }
  }
  return arguments;
}

// Of a file that the user has named.
std::string read_named(const std::string& path) {
  try {
    return read_whole(path);
  } catch (const Incomplete&) {
    throw Usage(path + " cannot be read; name another file");
  }
}

Mirror named_mirror(const std::string& folder) {
  if (!std::filesystem::is_directory(folder))
    throw Usage(folder + " is no folder; name one that `construct mirror` made");
  return Mirror{folder};
}

struct Verb {
  std::string name;
  std::size_t words;  // besides the name
  std::vector<std::string> options;
  Report (*run)(const Arguments& arguments, const Policy& policy);
};

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all{
      {"log",
       1,
       {"since", "entries-only"},
       [](const Arguments& given, const Policy& policy) {
         LogOptions options{.commits = !given.options.contains("entries-only"), .since = {}};
         if (given.options.contains("since")) options.since = read_named(given.option("since"));
         return verify_log(named_mirror(given.words[0]), policy, options);
       }},
      {"proof",
       1,
       {"commit"},
       [](const Arguments& given, const Policy& policy) {
         return verify_proof(
             read_named(given.words[0]), read_named(given.option("commit")), policy);
       }},
      {"consistency",
       2,
       {"tiles"},
       [](const Arguments& given, const Policy& policy) {
         return verify_consistency(
             read_named(given.words[0]),
             read_named(given.words[1]),
             named_mirror(given.option("tiles")),
             policy);
       }},
      {"events",
       1,
       {"log"},
       [](const Arguments& given, const Policy& policy) {
         return verify_events(given.words[0], named_mirror(given.option("log")), policy);
       }},
      {"diff", 2, {}, [](const Arguments& given, const Policy& policy) {
         return compare(read_named(given.words[0]), read_named(given.words[1]), policy);
       }}};
  return all;
}

int run_verb(const std::vector<std::string>& words) {
  const auto verb = std::ranges::find(verbs(), words.front(), &Verb::name);
  if (verb == verbs().end())
    throw Usage(fmt::format("nothing is verified by {}; see `construct verify`", words.front()));
  auto known = verb->options;
  known.insert(known.end(), {"policy", "json"});
  const auto given = parse({words.begin() + 1, words.end()}, known);
  if (given.words.size() != verb->words)
    throw Usage(
        fmt::format("{} takes {} names of files; see `construct verify`", verb->name, verb->words));
  const auto policy = Policy::parse(read_named(given.option("policy")));
  const auto report = verb->run(given, policy);
  fmt::print("{}", given.options.contains("json") ? to_json(report) : to_text(report));
  return static_cast<int>(report.result());
}

}  // namespace

int run(const std::vector<std::string>& words) {
  if (words.empty() || words.front() == "help" || words.front() == "--help") {
    fmt::print("{}", help);
    return words.empty() ? static_cast<int>(Result::unusable) : 0;
  }
  try {
    return run_verb(words);
  } catch (const std::exception& why) {
    fmt::print(stderr, "construct verify: {}\n", why.what());
    return static_cast<int>(Result::unusable);
  }
}

}  // namespace verify
