// Which pages may call this service from a browser (CORS, as the Fetch standard has it).
//
// A browser shows an answer to a page of another origin only when the answer names that origin, and
// asks first (a preflight) before it sends what a plain form could not. An origin that is not
// allowed gets none of these headers: the browser then refuses on its side, and other clients, who
// send no Origin, see no difference. Cookies mean nothing here, so none are allowed for.
//
// Constant once made; any thread may ask it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateways/http/message.hpp"

namespace http {

class Cors {
 public:
  // Pages of every other origin are kept out.
  Cors() = default;

  // Of origins with commas between them, such as https://shop.example, http://localhost:* (any
  // port). Absent when one is not an origin: a scheme and a host in lower case, no path.
  static std::optional<Cors> parse(std::string_view origins);

  // Adds what an answer to this request needs for its page to read it, contract headers included.
  void permit(const Request& request, Response& response) const;

  // Adds to the answer to an OPTIONS what a preflight asks; `methods` are those of its address.
  void permit_methods(const Request& request, std::string_view methods, Response& response) const;

 private:
  bool allows(std::string_view origin) const;

  std::vector<std::string> origins_;  // as given; ":*" stands for any port, or none
};

}  // namespace http
