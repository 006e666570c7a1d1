#include "projections/audit/note.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "domain/kernel/signing.hpp"
#include "schemas/notation.hpp"

namespace audit {
namespace {

constexpr std::string_view private_prefix = "PRIVATE+KEY+";
constexpr std::size_t id_size = 4, seed_size = 32;

// The text before the next newline, which is taken away; absent when there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string body_of(const Checkpoint& checkpoint) {
  return fmt::format(
      "{}\n{}\n{}\n",
      checkpoint.origin,
      checkpoint.size,
      schemas::to_base64(kernel::text(checkpoint.root)));
}

std::optional<Checkpoint> read_checkpoint(std::string_view note) {
  const auto origin = take_line(note), size = take_line(note), root = take_line(note);
  if (!root) return std::nullopt;
  Checkpoint read{.origin = std::string{*origin}};
  const auto count = schemas::parse_unsigned(*size);
  const auto bytes = schemas::from_base64(*root);
  if (!count || !bytes || bytes->size() != read.root.size()) return std::nullopt;
  read.size = *count;
  std::ranges::copy(*bytes, read.root.begin());
  return read;
}

// Spaces beyond ASCII are left to whoever chooses a name with such letters.
bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::none_of(text, [](unsigned char letter) {
    return letter <= ' ' || letter == '+' || letter == '\x7f';
  });
}

Key::Key(Signer kind, std::string name, std::string seed)
    : kind_{kind},
      name_{std::move(name)},
      seed_{std::move(seed)},
      public_key_{kernel::ed25519_public_key(seed_)} {
  if (!is_name(name_)) throw std::invalid_argument(name_ + " cannot be the name of a key");
}

std::optional<Key> Key::parse(std::string_view skey) {
  if (!skey.starts_with(private_prefix)) return std::nullopt;
  skey.remove_prefix(private_prefix.size());
  if (skey.ends_with('\n')) skey.remove_suffix(1);
  const auto name = skey.substr(0, skey.find('+'));
  const auto last = skey.substr(std::min(skey.size(), name.size() + 10));  // behind "+8 digits+"
  const auto bytes = schemas::from_base64(last);
  if (!is_name(name) || !bytes || bytes->size() != 1 + seed_size) return std::nullopt;
  const auto kind = static_cast<Signer>(bytes->front());
  if (kind != Signer::log && kind != Signer::witness) return std::nullopt;
  Key key{kind, std::string{name}, bytes->substr(1)};
  if (key.skey().substr(private_prefix.size()) != skey) return std::nullopt;
  return key;
}

std::string Key::typed(std::string_view key) const {
  return std::string(1, static_cast<char>(kind_)).append(key);
}

std::string Key::id() const {
  const auto digest = kernel::sha256(name_ + '\n' + typed(public_key_));
  return std::string{kernel::text(digest).substr(0, id_size)};
}

std::string Key::skey() const {
  return fmt::format(
      "{}{}+{}+{}", private_prefix, name_, kernel::to_hex(id()), schemas::to_base64(typed(seed_)));
}

std::string Key::vkey() const {
  return fmt::format(
      "{}+{}+{}", name_, kernel::to_hex(id()), schemas::to_base64(typed(public_key_)));
}

std::string Key::line(std::string_view signature) const {
  return fmt::format("\u2014 {} {}\n", name_, schemas::to_base64(id().append(signature)));
}

std::string Key::sign(std::string_view text) const {
  return fmt::format("{}\n{}", text, line(kernel::sign_ed25519(seed_, text)));
}

std::string Key::cosign(std::string_view text, std::uint64_t seconds_since_1970) const {
  std::string time;
  for (int shift = 56; shift >= 0; shift -= 8)
    time += static_cast<char>(seconds_since_1970 >> shift & 255);
  const auto message = fmt::format("cosignature/v1\ntime {}\n{}", seconds_since_1970, text);
  return line(time + kernel::sign_ed25519(seed_, message));
}

// There is one signature of each text (RFC 8032), so it is compared.
bool Key::signed_by(std::string_view note) const {
  const auto end = note.find("\n\n");
  return end != std::string_view::npos && sign(note.substr(0, end + 1)) == note;
}

}  // namespace audit
