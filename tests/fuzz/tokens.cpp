// What clients hand back to us: cursors, positions, signatures, idempotency keys, ETags. The first
// line is a cursor's scope and a secret, the second a token, and the rest is a body.
//
// No token is taken that we did not make, and what we make we take.

#include "domain/kernel/position.hpp"
#include "gateways/http/api/cursors.hpp"
#include "gateways/http/signature.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds now{1'780'000'000s};
constexpr std::size_t longest_key = 1'000;

void check_cursor(std::string_view scope, std::string_view token, std::string_view key) {
  static const http::Digest digest{"a key that no fuzzer knows"};
  const auto read = http::read_cursor(digest, scope, token);
  fuzz::require(
      !read || http::write_cursor(digest, scope, *read) == token,
      "a cursor that is taken is one that we made");
  const http::Cursor cursor{"1.1", "5f0c2a91", std::string{key.substr(0, longest_key)}};
  auto ours = http::write_cursor(digest, scope, cursor);
  const auto again = http::read_cursor(digest, scope, ours);
  fuzz::require(again && again->key == cursor.key, "a cursor of ours is taken");
  fuzz::require(
      !http::read_cursor(digest, std::string{scope} + '?', ours),
      "a cursor is good for its own list only");
  auto& changed = ours[token.size() % ours.size()];
  changed = changed == 'A' ? 'B' : 'A';
  fuzz::require(!http::read_cursor(digest, scope, ours), "a changed cursor is not taken");
}

void check_position(std::string_view token) {
  const auto position = kernel::parse_position(token);
  fuzz::require(!position || kernel::to_token(*position) == token, "a position has one token only");
}

void check_signed(std::string_view signature, std::string_view secret, std::string_view body) {
  fuzz::require(
      http::check_signature(signature, "a secret that no fuzzer knows", body, now, 5min) ==
          http::Signed::wrong,
      "nothing is signed by who does not know the secret");
  if (secret.empty()) return;
  fuzz::require(
      http::check_signature(http::make_signature(secret, now, body), secret, body, now, 5min) ==
          http::Signed::well,
      "what we sign is signed well");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto input = fuzz::text(data, size);
  const auto scope = fuzz::first_line(input);
  const auto token = fuzz::first_line(input);
  check_cursor(scope, token, input);
  check_position(token);
  check_signed(token, scope, input);
  return 0;
}
