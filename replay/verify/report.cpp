#include "replay/verify/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "schemas/json.hpp"

namespace verify {
namespace {

constexpr std::array names{"verified", "not_verified", "unusable", "incomplete"};
constexpr std::array words{"ok", "WRONG", "unusable", "missing"};
constexpr std::array verdicts{"VERIFIED", "NOT VERIFIED", "NOT USABLE", "INCOMPLETE, NOT VERIFIED"};

template <class Names>
const char* pick(const Names& from, Result result) {
  return from.at(static_cast<std::size_t>(result));
}

}  // namespace

Result Report::result() const {
  for (const auto worst : {Result::unusable, Result::not_verified, Result::incomplete})
    if (std::ranges::find(checks, worst, &Check::result) != checks.end()) return worst;
  return checks.empty() ? Result::incomplete : Result::verified;
}

std::string to_text(const Report& report) {
  std::string text;
  for (const auto& check : report.checks)
    text += fmt::format("{:<9}{:<12} {}\n", pick(words, check.result), check.name, check.detail);
  return text + pick(verdicts, report.result()) + '\n';
}

std::string to_json(const Report& report) {
  auto text = fmt::format(R"({{"result":"{}","checks":[)", pick(names, report.result()));
  for (const auto& check : report.checks) {
    text += fmt::format(
        R"({}{{"name":"{}","result":"{}","detail":)",
        &check == report.checks.data() ? "" : ",",
        check.name,
        pick(names, check.result));
    schemas::write_text(text, check.detail);
    text += '}';
  }
  return text + "]}\n";
}

}  // namespace verify
