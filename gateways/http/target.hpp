// Request targets: percent-encoding, strictly, and the query.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateways/http/message.hpp"

namespace http {

// Decodes one path segment. Absent when an escape is broken, or when it decodes to control
// characters or to what is not UTF-8.
std::optional<std::string> decode_segment(std::string_view text);

// Encodes one path segment: everything but RFC 3986's unreserved characters.
std::string encode_segment(std::string_view text);

struct Target {
  std::string_view path;
  std::string_view query;
};

// Splits a request target in origin form, or in the absolute form that proxies use. Absent for
// anything else.
std::optional<Target> split_target(std::string_view target);

// Appends the parameters of a query string, where '+' is a space. False as for decode_segment.
bool decode_query(std::string_view query, std::vector<Parameter>& parameters);

}  // namespace http
