#include "domain/kernel/signing.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include "domain/kernel/crypto.hpp"

using namespace kernel;

namespace {

std::string bytes(std::string_view hex) { return from_hex(hex).value(); }

}  // namespace

TEST_SUITE("kernel: signing") {
  TEST_CASE("whoever has the seed signs as RFC 8032 says") {
    const auto seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    // RFC 8032, 7.1, test 2.
    CHECK(
        ed25519_public_key(seed) ==
        bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
    CHECK(
        sign_ed25519(seed, "r") ==
        bytes("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
              "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
    CHECK(verify_ed25519(ed25519_public_key(seed), "any", sign_ed25519(seed, "any")));
    CHECK_THROWS_AS(sign_ed25519("short", "r"), std::invalid_argument);
  }
}
