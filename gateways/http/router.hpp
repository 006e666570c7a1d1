// Which endpoint answers a method and a path.
//
// A pattern is a path whose segments are literal or a {parameter}, which stands for one segment
// that is not empty. A literal wins over a parameter, segment by segment from the left, so the
// order of declaration does not matter. Constant once built; any thread may search it.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/json.hpp"

namespace http {

class Router {
 public:
  static constexpr std::size_t segments_max = 12;
  using Endpoint = std::size_t;

  Router();
  ~Router();

  // Throws std::invalid_argument when the pattern is not one or has an endpoint for this method
  // already.
  void add(std::string_view method, std::string_view pattern, Endpoint endpoint);

  enum class Outcome { found, not_found, method_not_allowed, malformed };

  // Views point into the path, into `decoded` and into the router.
  struct Found {
    Outcome outcome = Outcome::not_found;
    Endpoint endpoint = 0;
    std::array<schemas::Given, segments_max> given;  // the parameters, in the pattern's order
    std::size_t count = 0;
    std::vector<std::string> decoded;  // segments that had escapes
    std::string allow;                 // of method_not_allowed: the methods there are

    std::span<const schemas::Given> parameters() const { return {given.data(), count}; }
  };

  // HEAD is answered by what answers GET.
  Found find(std::string_view method, std::string_view path) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

// The names of a pattern's parameters, in order.
std::vector<std::string> parameters_of(std::string_view pattern);

}  // namespace http
