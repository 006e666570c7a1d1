#include "replay/verify/policy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "schemas/notation.hpp"

namespace verify {
namespace {

constexpr const char* none = "none";

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  constexpr std::string_view blank = " \t";
  for (auto at = line.find_first_not_of(blank); at != std::string_view::npos;) {
    const auto end = std::min(line.find_first_of(blank, at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = line.find_first_not_of(blank, end);
  }
  return words;
}

bool has_control_characters(std::string_view line) {
  return std::ranges::any_of(
      line, [](unsigned char c) { return (c < ' ' && c != '\t') || c == '\x7f'; });
}

}  // namespace

Policy Policy::parse(std::string_view text) {
  Policy policy;
  std::istringstream lines{std::string{text}};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    try {
      if (has_control_characters(line)) throw Usage("it holds a control character");
      const auto words = words_of(line);
      if (!words.empty() && !words.front().starts_with('#')) policy.read_line(words);
    } catch (const Usage& why) {
      throw Usage(
          fmt::format("line {} of the policy: {}; see c2sp.org/tlog-policy", number, why.what()));
    }
  }
  if (!policy.quorum_)
    throw Usage("the policy has no quorum; end it with \"quorum none\" or the name of a group");
  return policy;
}

void Policy::read_line(const std::vector<std::string>& words) {
  const auto& what = words.front();
  if (what == "log" && (words.size() == 2 || words.size() == 3)) {
    logs_.push_back({{}, read_key(words[1], Kind::log, logs_), words.size() == 3 ? words[2] : ""});
  } else if (what == "witness" && (words.size() == 3 || words.size() == 4)) {
    name_once(words[1]);
    witnesses_.push_back(
        {words[1],
         read_key(words[2], Kind::witness, witnesses_),
         words.size() == 4 ? words[3] : ""});
  } else if (what == "group" && words.size() >= 4) {
    name_once(words[1]);
    Group group{0, {words.begin() + 3, words.end()}};
    for (const auto& member : group.members) {
      const bool known = groups_.contains(member) ||
                         std::ranges::find(witnesses_, member, &Trusted::name) != witnesses_.end();
      const bool taken = std::ranges::any_of(groups_, [&](const auto& other) {
        return std::ranges::find(other.second.members, member) != other.second.members.end();
      });
      if (!known || taken || std::ranges::count(group.members, member) != 1)
        throw Usage(fmt::format("{} is not defined above, or is a member twice", member));
    }
    const auto size = group.members.size();
    const auto k = words[2] == "all"   ? size
                   : words[2] == "any" ? 1
                                       : schemas::parse_unsigned(words[2]).value_or(0);
    if (k < 1 || k > size) throw Usage(fmt::format("{} of {} members is no rule", words[2], size));
    group.needed = k;
    groups_.emplace(words[1], std::move(group));
  } else if (what == "quorum" && words.size() == 2) {
    const bool known = words[1] == none || groups_.contains(words[1]) ||
                       std::ranges::find(witnesses_, words[1], &Trusted::name) != witnesses_.end();
    if (quorum_ || !known) throw Usage("the quorum is named twice, or is not defined above");
    quorum_ = words[1];
  } else {
    throw Usage(
        fmt::format("\"{}\" with {} words is nothing that a policy has", what, words.size()));
  }
}

void Policy::name_once(const std::string& name) const {
  if (name == none || groups_.contains(name) ||
      std::ranges::find(witnesses_, name, &Trusted::name) != witnesses_.end())
    throw Usage(fmt::format("the name {} is taken", name));
}

PublicKey Policy::read_key(
    const std::string& vkey, Kind kind, const std::vector<Trusted>& others) const {
  const auto key = parse_vkey(vkey);
  if (!key || key->kind != kind)
    throw Usage(fmt::format("{} is no vkey of a {}", vkey, kind == Kind::log ? "log" : "witness"));
  if (std::ranges::any_of(others, [&](const auto& other) { return other.key.key == key->key; }))
    throw Usage("the same key is there twice");
  return *key;
}

bool Policy::counts(const std::string& name, const std::vector<std::string>& by) const {
  const auto group = groups_.find(name);
  if (group == groups_.end()) return std::ranges::find(by, name) != by.end();
  return std::ranges::count_if(group->second.members, [&](const auto& member) {
           return counts(member, by);
         }) >= static_cast<std::ptrdiff_t>(group->second.needed);
}

Policy::Judgement Policy::judge(const Note& note) const {
  Judgement judgement{parse_checkpoint(note.text), {}};
  bool by_a_log = false;
  for (const auto& log : logs_)
    by_a_log |= log.key.name == judgement.checkpoint.origin && find_signature(note, log.key);
  if (!by_a_log)
    throw NotVerified(fmt::format(
        "no log of the policy has signed the checkpoint of {}", judgement.checkpoint.origin));
  judgement.witnessed = witnessed(note);
  return judgement;
}

Policy::Witnessed Policy::witnessed(const Note& note) const {
  Witnessed found;
  for (const auto& witness : witnesses_)
    if (find_signature(note, witness.key)) found.by.push_back(witness.name);
  found.quorum = *quorum_ == none || counts(*quorum_, found.by);
  return found;
}

}  // namespace verify
