#include "gateways/http/message.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace http {
namespace {

constexpr std::size_t usual_head = 256;  // what the headers of a command's answer take

}  // namespace

bool same_name(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [&](char a, char b) {
           return lower(a) == lower(b);
         });
}

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const auto& each : headers)
    if (same_name(each.name, name)) return each.value;
  return std::nullopt;
}

Response& Response::add(std::string_view name, std::string_view value) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (head.empty()) head.reserve(usual_head);
  head.append(name).append(": ");
  if (std::ranges::none_of(value, is_control))
    head += value;
  else
    std::ranges::remove_copy_if(value, std::back_inserter(head), is_control);
  head.append("\r\n");
  return *this;
}

Response& Response::add(std::string_view name, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  return add(name, std::string_view{digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace http
