// Small checks on text from outside.
#pragma once

#include <string>
#include <string_view>

namespace http {

bool is_utf8(std::string_view text);

// From '!' to '~', between `1` and `longest` characters: what keys and correlation ids may be.
bool is_visible_ascii(std::string_view text, std::size_t longest);

std::string_view trim(std::string_view text);  // of spaces and tabs

// Calls visit(item) for each item of a comma-separated header value, trimmed, leaving out empty
// ones.
template <class Visit>
void each_item(std::string_view list, Visit&& visit) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    const auto item = trim(list.substr(0, comma));
    if (!item.empty()) visit(item);
    list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  }
}

// "insufficient_stock" as "Insufficient stock".
std::string humanise(std::string_view name);

// For text inside HTML, attributes included.
std::string escape_html(std::string_view text);

}  // namespace http
