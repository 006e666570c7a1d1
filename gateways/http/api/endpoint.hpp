// What answers the requests of one route.
#pragma once

#include <span>

#include "gateways/http/metrics.hpp"
#include "gateways/http/server.hpp"
#include "schemas/json.hpp"

namespace http {

// A request that has found its route.
struct Call {
  const Request& request;
  std::span<const schemas::Given> path;  // the pattern's parameters
};

class Endpoint {
 public:
  explicit Endpoint(std::string name) : stats{std::move(name)} {}
  virtual ~Endpoint() = default;
  virtual void handle(const Call& call, Reply reply) = 0;

  RouteStats stats;
};

}  // namespace http
