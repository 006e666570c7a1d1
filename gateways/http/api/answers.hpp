// What the engine answered, as clients are told it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "commands/engine/port.hpp"
#include "gateways/http/api/terms.hpp"
#include "gateways/http/routes.hpp"

namespace http {

class Answers {
 public:
  explicit Answers(const Routes& routes);

  Response to_response(const engine::Answer& answer, const Terms& terms) const;

  // For a streamed body: one line of JSON.
  struct Line {
    unsigned status;
    std::string text;
  };
  Line to_line(const engine::Answer& answer, const Terms& terms) const;

  // Where the aggregate of this stream can be read: as a row where a route shows it, else its
  // facts.
  std::string location(std::string_view stream) const;

 private:
  std::map<std::string, std::string, std::less<>>
      row_paths_;  // by kind of aggregate: the path up to the id
};

// Adds what the answer to every command carries.
void add_terms(Response& response, const Terms& terms);

}  // namespace http
