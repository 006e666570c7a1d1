// Checkpoints and who signs them: signed notes with Ed25519 (c2sp.org/signed-note,
// c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature).
//
//   <origin>\n<size>\n<root in base64>\n\n— <origin> <base64(key id (4) signature (64))>\n
//   key id = SHA-256(<name> 0x0A <kind> <public key>)[:4]
//   vkey   = <name>+<key id in hexadecimal>+<base64(kind public key)>
//   skey   = PRIVATE+KEY+<name>+<key id in hexadecimal>+<base64(kind seed)>
//   kind   = 0x01 of a log, 0x04 of a witness, whose signatures begin with the time (8)
//
// Names hold neither spaces nor '+' nor control characters; a log's is the origin of its
// checkpoints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "domain/kernel/crypto.hpp"

namespace audit {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  kernel::Digest root{};

  bool operator==(const Checkpoint&) const = default;
};
// The text of its note: what is signed.
std::string body_of(const Checkpoint& checkpoint);
// Of a note that this log has signed; whether it did is not looked at.
std::optional<Checkpoint> read_checkpoint(std::string_view note);

bool is_name(std::string_view text);

enum class Signer : std::uint8_t { log = 1, witness = 4 };

class Key {
 public:
  // Throws std::invalid_argument unless the name is one and the seed has 32 bytes.
  Key(Signer kind, std::string name, std::string seed);
  static std::optional<Key> parse(std::string_view skey);

  Signer kind() const { return kind_; }
  const std::string& name() const { return name_; }
  std::string skey() const;
  std::string vkey() const;
  // The note of a text that ends in a newline. Of a log.
  std::string sign(std::string_view text) const;
  // A signature line for such a note, its newline included. Of a witness.
  std::string cosign(std::string_view text, std::uint64_t seconds_since_1970) const;
  // Whether it is one of its own.
  bool signed_by(std::string_view note) const;

 private:
  std::string id() const;
  std::string typed(std::string_view key) const;
  std::string line(std::string_view signature) const;

  Signer kind_;
  std::string name_, seed_, public_key_;
};

}  // namespace audit
