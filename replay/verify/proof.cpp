#include "replay/verify/proof.hpp"

#include <algorithm>

#include "schemas/construct.hpp"
#include "schemas/notation.hpp"

namespace verify {
namespace {

constexpr char entry_version = 2;
constexpr std::size_t path_most = 64;  // a tree is no deeper

template <class Number>
Number take(std::string_view& bytes) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i)
    number = static_cast<Number>(number << 8 | static_cast<std::uint8_t>(bytes[i]));
  bytes.remove_prefix(sizeof number);
  return number;
}

template <class Number>
void put(std::string& bytes, Number number) {
  for (std::size_t i = sizeof number; i-- > 0;) bytes += static_cast<char>(number >> 8 * i & 255);
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) throw NotVerified("the proof is cut off");
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

Entry parse_entry(std::string_view bytes) {
  if (bytes.size() != entry_size || bytes.front() != entry_version)
    throw NotVerified("it is no entry of 53 bytes that begins with 2");
  bytes.remove_prefix(1);
  Entry entry;
  entry.number = take<std::uint64_t>(bytes);
  entry.time_us = static_cast<std::int64_t>(take<std::uint64_t>(bytes));
  entry.length = take<std::uint32_t>(bytes);
  std::ranges::copy(bytes, entry.hash.begin());
  return entry;
}

Entry entry_of(std::uint64_t number, std::string_view commit) {
  construct::Commit content;
  try {
    decode(commit, content);
  } catch (const schemas::Corrupt&) {
    throw NotVerified("the bytes are no commit");
  }
  return {
      number,
      content.at.time_since_epoch().count(),
      static_cast<std::uint32_t>(commit.size()),
      kernel::sha256(commit)};
}

std::string to_bytes(const Entry& entry) {
  std::string bytes(1, entry_version);
  put(bytes, entry.number);
  put(bytes, static_cast<std::uint64_t>(entry.time_us));
  put(bytes, entry.length);
  return bytes.append(kernel::text(entry.hash));
}

std::vector<Digest> parse_hashes(std::string_view lines) {
  std::vector<Digest> hashes;
  while (!lines.empty()) {
    const auto hash = parse_hash(take_line(lines));
    if (!hash || hashes.size() == path_most)
      throw NotVerified("a line of the proof is no hash in base64, or there are too many");
    hashes.push_back(*hash);
  }
  return hashes;
}

Proof parse_proof(std::string_view text) {
  if (take_line(text) != "c2sp.org/tlog-proof@v1")
    throw NotVerified("it is no c2sp.org/tlog-proof@v1");
  auto line = take_line(text);
  if (line.starts_with("extra ")) line = take_line(text);
  constexpr std::string_view index_word = "index ";
  const auto index = line.starts_with(index_word)
                         ? schemas::parse_unsigned(line.substr(index_word.size()))
                         : std::nullopt;
  if (!index) throw NotVerified("the proof does not name an index");
  const auto end = text.starts_with('\n') ? 0 : text.find("\n\n");
  if (end == std::string_view::npos) throw NotVerified("the proof holds no checkpoint");
  const auto hashes = end == 0 ? std::string_view{} : text.substr(0, end + 1);
  return {*index, parse_hashes(hashes), std::string{text.substr(hashes.empty() ? 1 : end + 2)}};
}

}  // namespace verify
