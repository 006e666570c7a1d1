#include "replay/verify/note.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "domain/fold/store.hpp"
#include "schemas/notation.hpp"

namespace verify {
namespace {

constexpr std::string_view dash = "\u2014 ";
constexpr std::size_t id_size = 4, key_size = 32, signature_size = 64, time_size = 8;
constexpr std::size_t signatures_most = 64;

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c == '+'; });
}

std::string id_of(std::string_view name, std::string_view typed_key) {
  std::string bytes{name};
  bytes.append("\n").append(typed_key);
  return std::string{kernel::text(kernel::sha256(bytes)).substr(0, id_size)};
}

bool is_good(const Signature& signature, const PublicKey& key, const std::string& text) {
  if (key.kind == Kind::log) return kernel::verify_ed25519(key.key, text, signature.bytes);
  return signature.bytes.size() == time_size + signature_size &&
         kernel::verify_ed25519(
             key.key,
             cosigned_text(cosigned_at(signature), text),
             std::string_view{signature.bytes}.substr(time_size));
}

}  // namespace

std::string Signature::line() const {
  return fmt::format("{}{} {}\n", dash, name, schemas::to_base64(key_id + bytes));
}

Signature parse_signature(std::string_view line) {
  if (!line.starts_with(dash)) throw NotVerified("a signature line does not begin with a dash");
  line.remove_prefix(dash.size());
  const auto space = line.find(' ');
  const auto bytes =
      space == std::string_view::npos ? std::nullopt : schemas::from_base64(line.substr(space + 1));
  if (!bytes || bytes->size() <= id_size || !is_name(line.substr(0, space)))
    throw NotVerified("a signature line has not the form \"\u2014 name base64\"");
  return {std::string{line.substr(0, space)}, bytes->substr(0, id_size), bytes->substr(id_size)};
}

Note parse_note(std::string_view bytes) {
  if (!schemas::is_utf8(bytes) ||
      std::ranges::any_of(bytes, [](unsigned char c) { return c < ' ' && c != '\n'; }))
    throw NotVerified("the note is not UTF-8 without control characters");
  const auto end = bytes.rfind("\n\n");
  if (end == std::string_view::npos || !bytes.ends_with('\n') || bytes.size() == end + 2)
    throw NotVerified("the note is not a text, an empty line and signatures");
  Note note{std::string{bytes.substr(0, end + 1)}, {}};
  for (auto rest = bytes.substr(end + 2); !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    note.signatures.push_back(parse_signature(line));
    if (note.signatures.size() > signatures_most)
      throw NotVerified("the note has more signatures than anybody needs");
    rest.remove_prefix(line.size() + 1);
  }
  return note;
}

std::optional<PublicKey> parse_vkey(std::string_view vkey) {
  const auto first = vkey.find('+');
  const auto second = first == std::string_view::npos ? first : vkey.find('+', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto id = kernel::from_hex(vkey.substr(first + 1, second - first - 1));
  const auto typed = schemas::from_base64(vkey.substr(second + 1));
  if (!id || id->size() != id_size || !typed || typed->size() != 1 + key_size ||
      !is_name(vkey.substr(0, first)))
    return std::nullopt;
  const auto kind = static_cast<Kind>(typed->front());
  if ((kind != Kind::log && kind != Kind::witness) || id_of(vkey.substr(0, first), *typed) != *id)
    return std::nullopt;
  return PublicKey{std::string{vkey.substr(0, first)}, *id, kind, typed->substr(1)};
}

std::optional<Signature> find_signature(const Note& note, const PublicKey& key) {
  std::optional<Signature> good;
  for (const auto& signature : note.signatures) {
    if (signature.name != key.name || signature.key_id != key.id) continue;
    if (!is_good(signature, key, note.text))
      throw NotVerified(fmt::format("the signature of {} is wrong", key.name));
    good = signature;
  }
  return good;
}

std::uint64_t cosigned_at(const Signature& signature) {
  return fold::from_ordered(signature.bytes);
}

std::string cosigned_text(std::uint64_t seconds, std::string_view text) {
  return fmt::format("cosignature/v1\ntime {}\n{}", seconds, text);
}

std::optional<Digest> parse_hash(std::string_view base64) {
  const auto bytes = schemas::from_base64(base64);
  Digest hash;
  if (!bytes || bytes->size() != hash.size()) return std::nullopt;
  std::ranges::copy(*bytes, hash.begin());
  return hash;
}

Checkpoint parse_checkpoint(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    lines.push_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), lines.back().size() + 1));
  }
  const bool whole = lines.size() >= 3 && std::ranges::none_of(lines, &std::string_view::empty);
  const auto size = whole ? schemas::parse_unsigned(lines[1]) : std::nullopt;
  const auto root = whole ? parse_hash(lines[2]) : std::nullopt;
  if (!size || !root) throw NotVerified("the checkpoint is not an origin, a size and a root");
  return {std::string{lines[0]}, *size, *root};
}

Checkpoint checkpoint_in(std::string_view note) { return parse_checkpoint(parse_note(note).text); }

}  // namespace verify
