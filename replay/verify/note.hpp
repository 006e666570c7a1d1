// Signed notes, and the checkpoints that are made of them, as their reader sees them
// (c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature).
//
// What is read is strict: whatever could be read in two ways is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "replay/verify/merkle.hpp"

namespace verify {

// What was to be verified is not what it must be; a sentence.
struct NotVerified : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Signature {
  std::string name;
  std::string key_id;  // 4 bytes
  std::string bytes;   // what follows them

  std::string line() const;  // as in a note, with its newline
};

struct Note {
  std::string text;  // what is signed, with its last newline
  std::vector<Signature> signatures;
};
Note parse_note(std::string_view bytes);           // throws NotVerified
Signature parse_signature(std::string_view line);  // without its newline; throws NotVerified

// Which kind of signature a key makes; the byte of its vkey.
enum class Kind : std::uint8_t { log = 1, witness = 4 };

struct PublicKey {
  std::string name;
  std::string id;  // 4 bytes
  Kind kind = Kind::log;
  std::string key;  // 32 bytes
};
// "<name>+<id in hexadecimal>+<base64>". Absent when it is no vkey of Ed25519.
std::optional<PublicKey> parse_vkey(std::string_view vkey);

// A signature of this key over the text of the note that is good; absent when there is none. Throws
// NotVerified when there is one that is bad: then nothing in the note counts.
std::optional<Signature> find_signature(const Note& note, const PublicKey& key);
// When the witness gave it: seconds since 1970.
std::uint64_t cosigned_at(const Signature& signature);
// What a witness signs.
std::string cosigned_text(std::uint64_t seconds, std::string_view text);

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};
};
Checkpoint parse_checkpoint(std::string_view text);  // of a note; throws NotVerified
Checkpoint checkpoint_in(std::string_view note);     // its bytes; throws NotVerified

std::optional<Digest> parse_hash(std::string_view base64);

}  // namespace verify
