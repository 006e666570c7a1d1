// HMAC-SHA256 under the deployment's digest key.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace http {

// Any thread.
class Digest {
 public:
  explicit Digest(std::string key);

  // 32 bytes: the MAC of `domain`, a zero byte and `text`. A command's domain is its name; those of
  // other uses are in lower case, so that they never meet.
  std::string operator()(std::string_view domain, std::string_view text) const;

 private:
  std::string key_;
  std::uint64_t number_;  // tells the digests of one process apart; see digest.cpp
};

}  // namespace http
