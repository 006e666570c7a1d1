// Cursors: where a list goes on, as a token that clients cannot make themselves.
//
//   cursor  = base64url( mac[8] version-size[1] version incarnation-size[1] incarnation key )
//   mac     = the first bytes of HMAC("cursor", scope 0 what-follows-the-mac)
//
// The scope, a list's path and its filters, is not in the cursor: under another one the MAC is
// simply wrong. Cursors survive restarts, as the key does.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateways/http/api/digest.hpp"

namespace http {

struct Cursor {
  std::string version;      // of the view
  std::string incarnation;  // of the log
  std::string key;          // the last one shown
};

std::string write_cursor(const Digest& digest, std::string_view scope, const Cursor& cursor);

// Absent when the token was not made by write_cursor for this scope.
std::optional<Cursor> read_cursor(
    const Digest& digest, std::string_view scope, std::string_view token);

}  // namespace http
