// The few pages for people: plain HTML that needs nothing from anywhere else.
#pragma once

#include <string_view>

#include "gateways/http/message.hpp"

namespace http {

// A whole page around `body`, which is HTML already; the title is text.
Response page(std::string_view title, std::string_view body);

// Whether the client is a browser: it names text/html among what it accepts.
bool wants_html(const Request& request);

}  // namespace http
