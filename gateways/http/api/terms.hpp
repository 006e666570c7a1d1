// What a request's headers say about how it is to be treated.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gateways/http/message.hpp"
#include "gateways/http/problem.hpp"
#include "projections/views/reader.hpp"

namespace http {

// Of a command.
struct Terms {
  std::string key;  // the client's, or a new one
  bool key_is_new = false;
  std::string correlation;  // likewise
  std::optional<std::uint64_t> if_match;
  std::vector<schemas::Fault> faults;
};

Terms read_terms(const Request& request, std::chrono::system_clock::time_point now);

// Idempotency keys, and the ids of streamed lines: 1 to 255 visible ASCII characters.
bool is_key(std::string_view text);

bool is_correlation(std::string_view text);
// The client's correlation id when it sent a good one, else a new one.
std::string correlation_of(const Request& request, std::chrono::system_clock::time_point now);

// Whether the Content-Type is `type`, with no charset but UTF-8.
bool has_content_type(const Request& request, std::string_view type);

// Whether the value of If-None-Match names this ETag. Compared weakly, as RFC 9110 says for
// reading.
bool names_etag(std::string_view if_none_match, std::string_view etag);

// Every value of a header that may be repeated, joined as the standard allows.
std::string joined_header(const Request& request, std::string_view name);

// The ETag of a row or of an aggregate: "version-position", in quotes; of a row that is set aside,
// "version-position-q".
std::string make_etag(std::uint64_t version, std::uint64_t position);
std::string make_etag(const views::Row& row);

// The problem, with the request's correlation id, as the answer.
Response refuse(Problem problem, std::string correlation);

}  // namespace http
