#include "gateways/http/api/members.hpp"

#include <nlohmann/json.hpp>

namespace http {
namespace {

// Walks over an object's text:  '{' [ string ':' value { ',' string ':' value } ] '}'
class Walk {
 public:
  explicit Walk(std::string_view text) : text_{text} {}

  std::optional<std::vector<Member>> members(std::size_t most) {
    std::vector<Member> found;
    if (!take('{')) return std::nullopt;
    if (take('}')) return at_end() ? std::optional{found} : std::nullopt;
    do {
      skip_space();
      const auto name = text_of(string());
      if (!name || !take(':')) return std::nullopt;
      skip_space();
      const auto value = this->value();
      if (value.empty()) return std::nullopt;
      found.push_back({*name, value});
      if (found.size() == most) return found;
    } while (take(','));
    return take('}') && at_end() ? std::optional{found} : std::nullopt;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() &&
           std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool at_end() {
    skip_space();
    return at_ == text_.size();
  }

  // From the quote here to the one that ends it, both included; empty when there is none.
  std::string_view string() {
    const auto begin = at_;
    if (at_ == text_.size() || text_[at_] != '"') return {};
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '"')
        return text_.substr(begin, ++at_ - begin);
    }
    at_ = text_.size();
    return {};
  }

  std::string_view value() {
    const auto begin = at_;
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (string().empty()) return {};
        if (depth == 0) break;
        continue;
      }
      if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at_;
      if (depth == 0 && (c == '}' || c == ']')) break;
    }
    auto found = text_.substr(begin, at_ - begin);
    while (!found.empty() &&
           std::string_view{" \t\r\n"}.find(found.back()) != std::string_view::npos)
      found.remove_suffix(1);
    return found;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<Member>> members_of(std::string_view text, std::size_t most) {
  return Walk{text}.members(most);
}

std::optional<std::string> text_of(std::string_view value) {
  if (value.size() < 2 || value.front() != '"') return std::nullopt;
  const auto inner = value.substr(1, value.size() - 2);
  const bool plain =
      inner.find_first_of("\\\"") == std::string_view::npos &&
      std::all_of(inner.begin(), inner.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (plain && value.back() == '"') return std::string{inner};
  const auto parsed = nlohmann::json::parse(value, nullptr, false);
  if (!parsed.is_string()) return std::nullopt;
  return parsed.get<std::string>();
}

}  // namespace http
