// What arrives at the gateway's port, up to what endpoints are given of it. However the network
// cuts a request into pieces, it is the same request, or is refused for the same reason.
//
// The first line of the input is cut off and says where to cut the rest: each byte is a length.

#include <fmt/format.h>

#include <memory>

#include "gateways/http/router.hpp"
#include "gateways/http/server/incoming.hpp"
#include "gateways/http/target.hpp"
#include "gateways/http/text.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

constexpr std::size_t head_bytes = 16 * 1024;

struct Heard {
  std::string told;  // all of the request but its body
  std::string body;
  std::string ended;  // "whole", or why it is refused; empty while more is to come

  bool operator==(const Heard&) const = default;
};

const http::Router& router() {
  static const auto made = [] {
    auto built = std::make_unique<http::Router>();
    built->add("GET", "/orders", 0);
    built->add("GET", "/orders/{order_id}", 1);
    built->add("POST", "/orders/{order_id}/items/{item_id}/ship", 2);
    built->add("POST", "/commands/inventory/ReserveStock", 3);
    return built;
  }();
  return *made;
}

std::string route(std::string_view method, std::string_view path) {
  const auto found = router().find(method, path);
  auto told =
      fmt::format("{} {} {}\n", static_cast<int>(found.outcome), found.endpoint, found.allow);
  for (const auto& [name, value] : found.parameters()) {
    fuzz::require(http::is_utf8(value), "a parameter of a path is UTF-8");
    fuzz::require(
        http::decode_segment(http::encode_segment(value)) == value,
        "a parameter of a path is the same when it is encoded again");
    told += fmt::format("{}={}\n", name, value);
  }
  return told;
}

std::string tell(http::Incoming& incoming) {
  auto& request = incoming.request();
  std::string told{request.method};
  for (const auto& [name, value] : request.headers) told += fmt::format("{}: {}\n", name, value);
  const auto target = http::split_target(incoming.target());
  if (!target || !http::decode_query(target->query, request.query)) return told + "no target";
  for (const auto& [name, value] : request.query) {
    fuzz::require(http::is_utf8(name) && http::is_utf8(value), "a query is UTF-8");
    told += fmt::format("{}={}\n", name, value);
  }
  return told + route(request.method, target->path);
}

// Hears one request, as a connection does, from pieces of these lengths in turn.
Heard hear(std::string_view bytes, std::string_view lengths) {
  using Progress = http::Incoming::Progress;
  Heard heard;
  http::Incoming incoming{head_bytes};
  std::string buffer;
  for (std::size_t piece = 0;;) {
    const auto step = incoming.put(buffer);
    fuzz::require(step.used <= buffer.size(), "no more is used than there is");
    buffer.erase(0, step.used);
    if (step.progress == Progress::head) heard.told = tell(incoming);
    heard.body = incoming.body();
    if (step.progress == Progress::done) return heard.ended = "whole", heard;
    if (step.progress == Progress::malformed) return heard.ended = incoming.fault(), heard;
    if (step.progress == Progress::head_too_large) return heard.ended = "too large", heard;
    if (step.progress != Progress::need_more) continue;
    if (bytes.empty()) return heard;
    const auto length = lengths.empty()
                            ? bytes.size()
                            : 1 + static_cast<unsigned char>(lengths[piece++ % lengths.size()]);
    buffer += bytes.substr(0, length);
    bytes.remove_prefix(std::min(length, bytes.size()));
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto bytes = fuzz::text(data, size);
  const auto lengths = fuzz::first_line(bytes);
  const auto whole = hear(bytes, {});
  const auto cut = hear(bytes, lengths);
  fuzz::require((whole.ended == "whole") == (cut.ended == "whole"), "a request ends in pieces too");
  if (whole.ended == "whole")
    fuzz::require(whole == cut, "a request is the same however it is cut into pieces");
  return 0;
}
