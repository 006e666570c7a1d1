#include "domain/kernel/crypto.hpp"

#include <doctest/doctest.h>

using namespace kernel;

namespace {

std::string bytes(std::string_view hex) { return from_hex(hex).value(); }

// RFC 8032, 7.1, test 2.
const auto key = bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
const auto signature = bytes(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
const std::string message = bytes("72");

}  // namespace

TEST_SUITE("kernel: crypto") {
  TEST_CASE("a signature is of its own key, message and bytes") {
    CHECK(verify_ed25519(key, message, signature));
    CHECK(verify_ed25519(
        bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
        "",
        bytes("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
              "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")));
    CHECK_FALSE(verify_ed25519(key, "s", signature));
    CHECK_FALSE(verify_ed25519(key, message + message, signature));
    for (std::size_t i = 0; i < signature.size(); ++i) {
      auto forged = signature;
      forged[i] = static_cast<char>(forged[i] ^ 1);
      CHECK_FALSE(verify_ed25519(key, message, forged));
    }
    auto other = key;
    other.back() = static_cast<char>(other.back() ^ 1);
    CHECK_FALSE(verify_ed25519(other, message, signature));
  }
  TEST_CASE("what has not the size of a key or a signature verifies nothing") {
    CHECK_FALSE(verify_ed25519("", message, signature));
    CHECK_FALSE(verify_ed25519(key, message, ""));
    CHECK_FALSE(verify_ed25519(key + '\0', message, signature));
    CHECK_FALSE(verify_ed25519(key, message, signature + '\0'));
    CHECK_FALSE(verify_ed25519(std::string(32, '\xff'), message, signature));
  }
  TEST_CASE("hexadecimal is in lower case, two digits a byte") {
    CHECK(to_hex(std::string_view{"\0\x7f\xff", 3}) == "007fff");
    CHECK(from_hex("007fff") == std::string{"\0\x7f\xff", 3});
    CHECK(from_hex("") == "");
    for (const auto* wrong : {"0", "0g", "FF", " 0", "0x"}) CHECK_FALSE(from_hex(wrong));
    CHECK(
        to_hex(text(sha256("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}
