// The addresses that are about the service itself: /, /healthz, /readyz, /metrics, /openapi.json,
// /docs, /problems.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "gateways/http/api.hpp"
#include "gateways/http/api/endpoint.hpp"

namespace http {

// An endpoint that is one function.
class PageEndpoint final : public Endpoint {
 public:
  PageEndpoint(std::string name, std::function<Response(const Call&)> make)
      : Endpoint{std::move(name)}, make_{std::move(make)} {}
  void handle(const Call& call, Reply reply) override { reply(make_(call)); }

 private:
  std::function<Response(const Call&)> make_;
};

Response home_page(const Request& request);
Response docs_page();
Response readiness(const Dependencies& dependencies, const Request& request);
Response explain_problem(const Call& call, const Dependencies& dependencies);

}  // namespace http
