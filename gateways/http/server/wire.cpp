#include "gateways/http/server/wire.hpp"

#include <fmt/compile.h>

#include <ctime>
#include <iterator>

namespace http {
namespace {

std::string_view reason(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";  // The phrase may be empty (RFC 9112, 4).
  }
}

// The Date header's line; it changes once a second, so each thread keeps its own.
std::string_view date_line() {
  thread_local std::time_t made_at = -1;
  thread_local char line[64];
  thread_local std::size_t size = 0;
  if (const auto now = std::time(nullptr); now != made_at) {
    made_at = now;
    std::tm utc{};
    gmtime_r(&now, &utc);
    size = std::strftime(line, sizeof line, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc);
  }
  return {line, size};
}

void write_start(std::string& out, unsigned status, std::string_view content_type, After after) {
  fmt::format_to(
      std::back_inserter(out), FMT_COMPILE("HTTP/1.1 {} {}\r\n"), status, reason(status));
  out += date_line();
  if (!content_type.empty()) out.append("Content-Type: ").append(content_type).append("\r\n");
  if (after == After::close) out += "Connection: close\r\n";
  if (after == After::keep_alive_1_0) out += "Connection: keep-alive\r\n";
}

}  // namespace

void write_head(std::string& out, const Response& response, After after) {
  write_start(out, response.status, response.content_type, after);
  // These two have no body by definition, and so no length.
  if (response.status != 204 && response.status != 304)
    fmt::format_to(
        std::back_inserter(out), FMT_COMPILE("Content-Length: {}\r\n"), response.body.size());
  out.append(response.head).append("\r\n");
}

void write_open_head(std::string& out, const Response& response, Framing framing, After after) {
  write_start(out, response.status, response.content_type, after);
  if (framing == Framing::chunks) out += "Transfer-Encoding: chunked\r\n";
  out.append(response.head).append("\r\n");
}

void write_chunk(std::string& out, std::string_view text) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n", text.size());
  out.append(text).append("\r\n");
}

}  // namespace http
