// A request as the server hands it to the application, and the response it takes back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace http {

struct Header {
  std::string_view name;
  std::string_view value;
};

struct Parameter {
  std::string name;
  std::string value;
};

// Its views point into the connection's buffers: they hold until the handler returns, so a handler
// copies what it needs later.
struct Request {
  std::string_view method;
  std::string_view path;         // as sent: percent-encoded, without the query
  std::vector<Parameter> query;  // decoded, in the order sent
  std::vector<Header> headers;   // in the order sent; names in any case
  std::string_view body;

  // The first header of that name; header names know no case.
  std::optional<std::string_view> header(std::string_view name) const;
};

bool same_name(std::string_view left, std::string_view right);

struct Response {
  unsigned status = 200;
  std::string_view content_type;  // a literal of static storage; empty when there is no body
  std::string head;               // further header lines, each ended by CRLF; made by add()
  std::string body;

  // Control characters in the value are dropped, so that no value can forge a header line.
  Response& add(std::string_view name, std::string_view value);
  Response& add(std::string_view name, std::uint64_t value);
};

namespace content {
inline constexpr std::string_view json = "application/json";
inline constexpr std::string_view problem = "application/problem+json";
inline constexpr std::string_view ndjson = "application/x-ndjson";
inline constexpr std::string_view events = "text/event-stream";
inline constexpr std::string_view html = "text/html; charset=utf-8";
inline constexpr std::string_view prometheus = "text/plain; version=0.0.4; charset=utf-8";
}  // namespace content

}  // namespace http
