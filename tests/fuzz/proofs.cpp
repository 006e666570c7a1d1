// What auditors and witnesses are given by whoever runs a log: notes, proofs, entries, policies,
// requests for a cosignature, and the addresses of tiles. The first line says which.
//
// What is read has one text only, and nothing is believed that a trusted key has not signed.

#include <vector>

#include "domain/kernel/signing.hpp"
#include "gateways/http/api/tile_address.hpp"
#include "replay/verify/merkle.hpp"
#include "replay/verify/mirror.hpp"
#include "replay/verify/policy.hpp"
#include "replay/verify/proof.hpp"
#include "replay/verify/witness.hpp"
#include "schemas/notation.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

using verify::NotVerified;

// Of a key that no fuzzer knows.
const verify::Policy& policy() {
  static const auto made = [] {
    const std::string name = "log.example.com/construct/5f0c2a91";
    const auto typed =
        '\x01' + kernel::ed25519_public_key(kernel::text(kernel::sha256("nobody's seed")));
    const std::string id{kernel::text(kernel::sha256(name + '\n' + typed)).substr(0, 4)};
    return verify::Policy::parse(
        "log " + name + '+' + kernel::to_hex(id) + '+' + schemas::to_base64(typed) +
        "\nquorum none\n");
  }();
  return made;
}

// What the input is not is said by exceptions of these kinds, and no others.
template <class Read>
void reading(Read read) {
  try {
    read();
  } catch (const NotVerified&) {
  } catch (const verify::Usage&) {
  }
}

void check_note(std::string_view input) {
  reading([&] {
    const auto note = verify::parse_note(input);
    auto text = note.text + '\n';
    for (const auto& signature : note.signatures) text += signature.line();
    fuzz::require(text == input, "a note has one text only");
    bool believed = true;
    try {
      policy().judge(note);
    } catch (const NotVerified&) {
      believed = false;
    }
    fuzz::require(!believed, "nothing is signed by who does not know the seed");
    verify::parse_checkpoint(note.text);
  });
}

void check_proof(std::string_view input) {
  reading([&] {
    const auto proof = verify::parse_proof(input);
    const kernel::Digest leaf = verify::leaf_of("an entry");
    fuzz::require(
        !verify::included(leaf, proof.index, proof.index + 1, proof.path, verify::leaf_of("")),
        "no path leads from an entry to a root that is not of it");
  });
  reading([&] { verify::parse_hashes(input); });
}

void check_entry(std::string_view input) {
  reading([&] {
    fuzz::require(
        verify::to_bytes(verify::parse_entry(input)) == input, "an entry has one text only");
  });
  reading([&] { verify::entry_of(7, input); });
}

void check_policy(std::string_view input) {
  reading([&] { verify::Policy::parse(input); });
  verify::parse_vkey(input);
}

void check_request(std::string_view input) {
  struct Nothing final : verify::Witness::Memory {
    std::optional<std::string> load(const std::string&) override { return std::nullopt; }
    void store(const std::string&, const std::string&) override {
      fuzz::require(false, "a witness signs for logs that it knows only");
    }
  } memory;
  verify::Witness witness{policy(), memory, [](std::string_view) { return std::string{}; }};
  fuzz::require(
      witness.add_checkpoint(input).status != 200, "a witness signs for logs that it knows only");
}

void check_tile(std::string_view input) {
  std::vector<schemas::Given> segments;
  for (auto rest = input;;) {
    const auto slash = rest.find('/');
    segments.push_back({.value = rest.substr(0, slash)});
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  const auto address = http::parse_tile(segments);
  fuzz::require(
      !address || verify::tile_name(address->index, address->width) == input,
      "a tile has one address only");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto input = fuzz::text(data, size);
  const auto kind = fuzz::first_line(input);
  if (kind == "note") check_note(input);
  if (kind == "proof") check_proof(input);
  if (kind == "entry") check_entry(input);
  if (kind == "policy") check_policy(input);
  if (kind == "request") check_request(input);
  if (kind == "tile") check_tile(input);
  return 0;
}
